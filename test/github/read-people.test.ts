import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readPerson, readTeams } from '../../src/github/read-people.js';
import { error } from './answers.js';
import { type Api, openApi } from './github-api.js';

let api: Api;
beforeEach(() => {
  api = openApi();
});
afterEach(() => api.verify());

const AT = { owner: 'acme', repo: 'shop' };

describe('a person', () => {
  const read = (login: string) => readPerson(api.client, { ...AT, login });
  const path = (login: string) => `/repos/acme/shop/collaborators/${login}/permission`;
  const user = { login: 'Kim', id: 4, type: 'User' };

  test.each([
    ['write', 'maintain', 'maintain'],
    ['write', 'triage-plus-custom', 'write'],
    ['read', 'read', 'read'],
    ['admin', undefined, 'admin'],
  ])('with permission %s and role %s has %s', async (permission, role_name, expected) => {
    api.scope.get(path('kim')).reply(200, { permission, role_name, user });
    expect(await read('kim')).toEqual({ account: user, permission: expected });
  });

  test('GitHub does not know has none, and no type', async () => {
    api.scope.get(path('nobody')).reply(404, { message: 'Not Found' });
    expect(await read('nobody')).toEqual({
      account: { login: 'nobody', id: null, type: null },
      permission: 'none',
    });
  });

  test('a bot is told as one', async () => {
    api.scope
      .get(path('devin%5Bbot%5D'))
      .reply(200, { permission: 'write', user: { login: 'devin[bot]', id: 9, type: 'Bot' } });
    expect((await read('devin[bot]')).account.type).toBe('Bot');
  });

  test.each(['../../user', 'a/b', 'kim?x=1', ''])('%j is no login, and asks nothing', async (login) => {
    expect(await read(login)).toMatchObject({ permission: 'none' });
    expect(api.seen).toEqual([]);
  });

  test.each([
    ['an unknown permission', 200, { permission: 'sudo', user }, 'unexpected'],
    ['an unknown type', 200, { permission: 'read', user: { ...user, type: 'Cyborg' } }, 'unexpected'],
    ['a refusal', 403, { message: 'Resource not accessible' }, 'forbidden'],
  ])('%s is a failure, never "none"', async (_, status, body, kind) => {
    api.scope.get(path('kim')).reply(status, body);
    await expect(read('kim')).rejects.toMatchObject({ kind });
  });
});

describe('teams', () => {
  const team = (
    logins: readonly string[],
    permission: string | null = 'WRITE',
    next: string | null = null,
  ) => ({
    team: {
      members: {
        pageInfo: { hasNextPage: next !== null, endCursor: next },
        nodes: logins.map((login) => ({ login })),
      },
      repositories: {
        edges: [
          { permission: 'ADMIN', node: { nameWithOwner: 'acme/shop-front' } },
          ...(permission === null ? [] : [{ permission, node: { nameWithOwner: 'Acme/Shop' } }]),
        ],
      },
    },
  });
  const read = (...teams: string[]) => readTeams(api.client, { ...AT, teams });

  test('several are asked for in one request, direct members only', async () => {
    api.graphql({ data: { t0: team(['kim', 'Lee']), t1: team([], 'READ') } });
    expect(await read('@acme/SRE', '@acme/docs', '@Acme/sre')).toEqual({
      '@acme/sre': { found: true, members: ['kim', 'Lee'], permission: 'write' },
      '@acme/docs': { found: true, members: [], permission: 'read' },
    });
    expect(api.seen).toHaveLength(1);
    expect((api.seen[0]!.body as { query: string }).query).toMatch(/membership: IMMEDIATE/);
    expect(api.variables()[0]).toEqual({
      repo: 'shop',
      o0: 'acme',
      s0: 'sre',
      a0: null,
      o1: 'acme',
      s1: 'docs',
      a1: null,
    });
  });

  test('a large one is read to its last member, without the others again', async () => {
    const hundred = Array.from({ length: 100 }, (_, index) => `m${index}`);
    api.graphql({ data: { t0: team(['kim']), t1: team(hundred, 'MAINTAIN', 'more') } });
    api.graphql({ data: { t0: team(['last'], 'MAINTAIN') } });
    const found = await read('@acme/small', '@acme/large');
    expect(found['@acme/large']).toEqual({
      found: true,
      members: [...hundred, 'last'],
      permission: 'maintain',
    });
    expect(api.variables()[1]).toEqual({ repo: 'shop', o0: 'acme', s0: 'large', a0: 'more' });
  });

  test('one that is missing or hidden is not found, the others are', async () => {
    api.graphql({
      data: { t0: { team: null }, t1: null, t2: null, t3: team(['kim']) },
      errors: [error('NOT_FOUND', ['t1'], 'no such organisation'), error('FORBIDDEN', ['t2'], 'not for you')],
    });
    expect(await read('@acme/none', '@nope/x', '@acme/secret', '@acme/sre')).toMatchObject({
      '@acme/none': { found: false },
      '@nope/x': { found: false, why: 'no such organisation' },
      '@acme/secret': { found: false, why: 'not for you' },
      '@acme/sre': { found: true, members: ['kim'] },
    });
  });

  test('what is not written like a team is not found, and asks nothing', async () => {
    expect(await read('acme/sre', '@acme', '@acme/a/b', '@acme/x") { y }')).toMatchObject({
      'acme/sre': { found: false },
      '@acme': { found: false },
      '@acme/a/b': { found: false },
      '@acme/x") { y }': { found: false },
    });
    expect(api.seen).toEqual([]);
  });

  test('trouble of GitHub is a failure, never a team without members', async () => {
    api.graphql({ data: { t0: null }, errors: [error(null, ['t0'], 'Something went wrong')] });
    await expect(read('@acme/sre')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    [200, { permissions: { pull: true, triage: true, push: true, maintain: false, admin: false } }, 'write'],
    [200, { permissions: { pull: true, push: false } }, 'read'],
    [204, undefined, 'none'],
    [404, { message: 'Not Found' }, 'none'],
  ])(
    'a repository that the search did not find is asked for exactly: %i is %s',
    async (status, body, permission) => {
      api.graphql({ data: { t0: team(['kim'], null) } });
      api.scope.get('/orgs/acme/teams/sre/repos/acme/shop').reply(status, body);
      expect(await read('@acme/sre')).toEqual({ '@acme/sre': { found: true, members: ['kim'], permission } });
    },
  );

  test('more than twenty go in several requests', async () => {
    const names = Array.from({ length: 21 }, (_, index) => `@acme/t${index}`);
    api.graphql({
      data: Object.fromEntries(names.slice(0, 20).map((_, index) => [`t${index}`, team(['kim'])])),
    });
    api.graphql({ data: { t0: team(['lee']) } });
    expect(Object.keys(await read(...names))).toHaveLength(21);
  });
});
