// Is the history of a default branch read page by page, whichever way its changes came there?
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import nock from 'nock';
import type { GitHubClient } from '../../src/github/client.js';
import { createTokenClient } from '../../src/github/connect.js';
import { readCommitDiff, readCommitFiles } from '../../src/github/read-diff.js';
import { readTrunk } from '../../src/github/read-trunk.js';
import { fetchToken } from '../fakes/github/client-for-tests.js';
import { type GitHub, startGitHub } from '../fakes/github/index.js';
import type { RepositoryHandle } from '../fakes/github/model/handles.js';
import { blob, error } from './answers.js';
import { openApi } from './github-api.js';

jest.setTimeout(60_000);

let github: GitHub;
let client: GitHubClient;
let founded = 0;

beforeAll(async () => {
  nock.enableNetConnect('127.0.0.1');
  github = await startGitHub();
  const app = github.createApp({ slug: 'gate', webhookSecret: 's' });
  github.createUser('kim');
  github.createOrganization('acme');
  const installation = github.install(app, 'acme', { repositories: 'all' });
  const endpoints = { apiUrl: github.url, graphqlUrl: github.graphqlUrl };
  client = createTokenClient({ token: await fetchToken(github, installation), endpoints, now: Date.now });
});
afterEach(() => github.assertClean());
afterAll(() => github.close());

function found(files: Record<string, string> = { 'a.txt': 'a\n' }): RepositoryHandle {
  founded += 1;
  return github.createRepository(`acme/shop-${founded}`, { files, collaborators: { kim: 'write' } });
}

function open(shop: RepositoryHandle, head: string, commits: readonly Record<string, string>[]) {
  shop.branch(head);
  for (const [index, files] of commits.entries())
    shop.commit({ branch: head, files, message: `${head} ${index + 1}`, author: 'kim' });
  return shop.openPullRequest({ author: 'kim', head, title: `Do ${head}`, body: 'Because.' });
}

function read(
  shop: RepositoryHandle,
  more: { from?: string | null; after?: string | null; first?: number } = {},
) {
  const [owner, repo] = shop.fullName.split('/') as [string, string];
  return readTrunk(client, { owner, repo, from: null, after: null, first: 50, ...more });
}

describe('a page of the history', () => {
  test('tells which pull request became which commit', async () => {
    const shop = found({ '.gitattributes': 'gen/** linguist-generated\n' });
    const squashed = open(shop, 'squash', [{ 's1.ts': '1\n' }, { 's2.ts': '1\n2\n' }]);
    const squash = squashed.merge({ by: 'kim', method: 'squash' });
    const merged = open(shop, 'merge', [{ 'm1.ts': '1\n' }, { 'm2.ts': '1\n' }]);
    const merge = merged.merge({ by: 'kim', method: 'merge' });
    const rebased = open(shop, 'rebase', [{ 'r1.ts': '1\n' }, { 'r2.ts': '1\n' }]);
    shop.commit({ files: { 'between.ts': '1\n' }, message: 'Push it', author: 'kim' });
    const rebase = rebased.merge({ by: 'kim', method: 'rebase' });

    const reading = (await read(shop))!;
    expect(reading.repository).toMatchObject({
      id: shop.id,
      owner: 'acme',
      defaultBranch: 'main',
      headSha: shop.tip(),
      attributes: 'gen/** linguist-generated\n',
    });
    const page = reading.page!;
    expect(page).toMatchObject({ from: shop.tip(), next: null });
    const told = page.entries.map(({ commit, parentCount, pulls }) => [
      commit.message.split('\n')[0],
      parentCount,
      pulls.map(({ number, mergeSha }) => [number, mergeSha === commit.sha]),
    ]);
    expect(told).toEqual([
      ['rebase 2', 1, [[3, true]]],
      ['rebase 1', 1, [[3, false]]],
      ['Push it', 1, []],
      [expect.stringMatching(/^Merge pull request #2 /), 2, [[2, true]]],
      ['merge 2', 1, [[2, false]]],
      ['merge 1', 1, [[2, false]]],
      ['Do squash (#1)', 1, [[1, true]]],
      ['Initial commit', 0, []],
    ]);
    expect([squash, merge, rebase].every((answer) => answer.merged)).toBe(true);
    expect(page.entries.at(-2)!.pulls[0]).toMatchObject({
      title: 'Do squash',
      body: 'Because.',
      author: { login: 'kim', type: 'User' },
      baseRef: 'main',
      headRef: 'squash',
      hasAllOfFiles: true,
      files: [
        { path: 's1.ts', status: 'added', additions: 1 },
        { path: 's2.ts', status: 'added', additions: 2 },
      ],
      commits: [{ message: 'squash 1' }, { message: 'squash 2' }],
      commitCount: 2,
    });
  });

  test('goes on from the same commit whatever is pushed meanwhile', async () => {
    const shop = found();
    for (let index = 0; index < 5; index += 1)
      shop.commit({ files: { 'a.txt': `${index}\n` }, message: `push ${index}`, author: 'kim' });
    const first = (await read(shop, { first: 3 }))!.page!;
    shop.commit({ files: { 'a.txt': 'later\n' }, message: 'later', author: 'kim' });
    const second = (await read(shop, { first: 3, from: first.from, after: first.next }))!.page!;
    const subjects = [...first.entries, ...second.entries].map(({ commit }) => commit.message);
    expect(subjects).toEqual(['push 4', 'push 3', 'push 2', 'push 1', 'push 0', 'Initial commit']);
    expect(second.next).toBeNull();
  });

  test('says where files are more than it tells: renames, and more than a hundred', async () => {
    const shop = found({ 'old name.ts': '1\n2\n3\n' });
    shop.branch('rename');
    shop.commit({ branch: 'rename', rename: { 'old name.ts': 'ünïcode – ☃.ts' }, author: 'kim' });
    shop.openPullRequest({ author: 'kim', head: 'rename' }).merge({ by: 'kim', method: 'squash' });
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}.ts`, '1\n']));
    open(shop, 'many', [many]).merge({ by: 'kim', method: 'squash' });
    const [large, renamed] = (await read(shop))!.page!.entries;
    expect(large!.pulls[0]).toMatchObject({ hasAllOfFiles: false });
    expect(large!.pulls[0]!.files).toHaveLength(100);
    expect(renamed!.pulls[0]).toMatchObject({
      hasAllOfFiles: false,
      files: [{ path: 'ünïcode – ☃.ts', status: 'renamed', previousPath: null }],
    });
  });

  test('an octopus merge has all its parents counted', async () => {
    const shop = found();
    for (const name of ['one', 'two', 'three']) {
      shop.branch(name, 'main');
      shop.commit({ branch: name, files: { [`${name}.ts`]: '1\n' }, author: 'kim' });
    }
    shop.commit({ merge: ['one', 'two', 'three'], message: 'Merge all', author: 'kim' });
    expect((await read(shop))!.page!.entries[0]).toMatchObject({ parentCount: 4, pulls: [] });
  });

  test.each(['1970-01-01T00:00:00Z', '2106-02-07T06:28:15Z'])('keeps a clock as it is: %s', async (date) => {
    const shop = found();
    shop.commit({ files: { 'b.ts': '1\n' }, date: new Date(date), author: 'kim' });
    expect((await read(shop))!.page!.entries[0]!.committedAt).toBe(Date.parse(date) / 1_000);
  });

  test('is none of an empty repository, nor from a commit that a rewritten branch has lost', async () => {
    const shop = found();
    expect((await read(shop, { from: 'f'.repeat(40) }))!).toMatchObject({
      repository: { headSha: shop.tip() },
      page: null,
    });
    shop.record.branches.clear();
    expect(await read(shop)).toMatchObject({
      repository: { defaultBranch: null, headSha: null },
      page: null,
    });
  });

  test('of a repository that is gone is null', async () => {
    const shop = found();
    shop.delete();
    expect(await read(shop)).toBeNull();
  });
});

describe('a commit by itself', () => {
  const at = (shop: RepositoryHandle, sha: string) => ({ owner: 'acme', repo: shop.record.name, sha });

  test('tells its files with their former paths, the first one of all its whole tree', async () => {
    const shop = found({ 'a.ts': '1\n2\n3\n' });
    const root = shop.tip();
    const moved = shop.commit({ rename: { 'a.ts': 'b.ts' }, author: 'kim' });
    expect(await readCommitFiles(client, at(shop, moved))).toMatchObject([
      { path: 'b.ts', previousPath: 'a.ts', status: 'renamed' },
    ]);
    expect(await readCommitFiles(client, at(shop, root))).toMatchObject([
      { path: 'a.ts', status: 'added', additions: 3 },
    ]);
  });

  test('with more files than a page is read on, to 3,000', async () => {
    const shop = found();
    const files = Object.fromEntries(Array.from({ length: 3_100 }, (_, index) => [`d/f${index}.ts`, '1\n']));
    const sha = shop.commit({ files, author: 'kim' });
    github.takeRequests();
    expect(await readCommitFiles(client, at(shop, sha))).toHaveLength(3_000);
    expect(github.takeRequests()).toHaveLength(10);
  });

  test('that is gone is null, and its diff is gone', async () => {
    const shop = found();
    expect(await readCommitFiles(client, at(shop, 'f'.repeat(40)))).toBeNull();
    expect(await readCommitDiff(client, at(shop, 'f'.repeat(40)))).toEqual({ kind: 'gone' });
  });

  test('gives its diff against its first parent', async () => {
    const shop = found({ 'a.ts': '1\n2\n' });
    const sha = shop.commit({ files: { 'a.ts': '1\n3\n' }, author: 'kim' });
    const diff = await readCommitDiff(client, at(shop, sha));
    expect(diff).toMatchObject({ kind: 'diff', text: expect.stringContaining('-2\n+3\n') });
  });
});

describe("GitHub's answer", () => {
  afterAll(() => nock.enableNetConnect('127.0.0.1'));

  const node = (changes: object = {}) => {
    const kim = { name: 'Kim', email: 'kim@example.com', user: { login: 'kim', databaseId: 7 } };
    return {
      oid: 'a'.repeat(40),
      message: 'Change',
      committedDate: '2026-11-20T12:00:00Z',
      author: kim,
      committer: kim,
      signature: null,
      parents: { totalCount: 1, nodes: [{ oid: 'b'.repeat(40) }] },
      associatedPullRequests: { nodes: [] },
      ...changes,
    };
  };
  const pull = (changes: object = {}) => ({
    number: 7,
    title: 'Change',
    body: '',
    state: 'MERGED',
    baseRefName: 'main',
    headRefName: 'x',
    headRefOid: 'c'.repeat(40),
    author: null,
    baseRepository: { databaseId: 99 },
    mergeCommit: { oid: 'a'.repeat(40) },
    files: { totalCount: 0, nodes: [] },
    commits: { totalCount: 0, nodes: [] },
    ...changes,
  });
  const answer = (nodes: readonly object[]) => ({
    repository: {
      databaseId: 99,
      name: 'shop',
      owner: { login: 'acme' },
      defaultBranchRef: { name: 'main', target: { __typename: 'Commit', oid: 'a'.repeat(40) } },
      policy: null,
      attributes: blob(''),
      trunk: {
        __typename: 'Commit',
        oid: 'a'.repeat(40),
        history: { pageInfo: { hasNextPage: false, endCursor: null }, nodes },
      },
    },
  });
  const ask = async (body: object) => {
    const api = openApi();
    api.graphql(body);
    const where = { owner: 'acme', repo: 'shop', from: null, after: null, first: 50 };
    const reading = await readTrunk(api.client, where);
    api.verify();
    return reading!;
  };
  const AT = ['repository', 'trunk', 'history', 'nodes', 0];

  test('without the files of one pull request is read, and the files are asked for', async () => {
    const reading = await ask({
      data: answer([node({ associatedPullRequests: { nodes: [pull({ files: null })] } })]),
      errors: [error(null, [...AT, 'associatedPullRequests', 'nodes', 0, 'files'], 'Something went wrong')],
    });
    expect(reading.page!.entries[0]!.pulls[0]).toMatchObject({ hasAllOfFiles: false, files: [] });
  });

  test('without the pull requests of a commit is none: a change would be taken for a direct push', async () => {
    const body = {
      data: answer([node({ associatedPullRequests: null })]),
      errors: [error(null, [...AT, 'associatedPullRequests'], 'Something went wrong')],
    };
    await expect(ask(body)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('counts no pull request that is open, closed, or of a fork', async () => {
    const nodes = [
      pull({ state: 'OPEN' }),
      pull({ state: 'CLOSED' }),
      pull({ baseRepository: { databaseId: 100 } }),
      null,
    ];
    const reading = await ask({ data: answer([node({ associatedPullRequests: { nodes } })]) });
    expect(reading.page!.entries[0]!.pulls).toEqual([]);
  });
});
