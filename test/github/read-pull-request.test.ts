import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GitHubFailure } from '../../src/github/failure.js';
import { readPullRequest } from '../../src/github/read-pull-request.js';
import {
  blob,
  commit,
  error,
  file,
  HEAD,
  head,
  list,
  pullRequest,
  reading,
  repository,
  review,
} from './answers.js';
import { type Api, openApi } from './github-api.js';

let api: Api;
beforeEach(() => {
  api = openApi();
});
afterEach(() => api.verify());

const ADDRESS = { owner: 'acme', repo: 'shop', number: 7, appId: 5 };
const read = () => readPullRequest(api.client, ADDRESS);

async function readOf(pull: object, errors: object[] = []) {
  api.graphql({ data: reading({ repository: repository({ pullRequest: pullRequest(pull) }) }), errors });
  const found = await read();
  if (found === null) throw new Error('gone');
  return found;
}

async function failureOf(promise: Promise<unknown>): Promise<GitHubFailure> {
  const caught = await promise.then(
    () => null,
    (thrown) => thrown,
  );
  expect(caught).toBeInstanceOf(GitHubFailure);
  return caught as GitHubFailure;
}

test('reads all of an ordinary pull request in one request', async () => {
  api.graphql({ data: reading() });
  const found = await read();
  expect(found).toMatchObject({
    requests: 1,
    needsFormerPaths: false,
    siblings: [],
    repositoryUrl: 'https://github.com/acme/shop',
    policies: {
      repository: { kind: 'found', text: 'version: 1\nowner: "@acme/ops"\n', sha: 'c'.repeat(40) },
      organization: { kind: 'absent' },
    },
    snapshot: {
      source: 'github',
      repository: { owner: 'acme', name: 'shop', id: 99, defaultBranch: 'main' },
      pullRequest: {
        number: 7,
        state: 'open',
        author: { login: 'alice', id: 1, type: 'User' },
        headSha: HEAD,
        headRepository: 'acme/shop',
        labels: ['bug'],
        assignees: [],
        baseChangedAt: 'never',
        commitCount: 1,
      },
      files: [{ path: 'infra/main.tf', previousPath: null, status: 'modified', mode: null, patch: null }],
      reviews: [],
      codeowners: { path: null, text: null },
      headPolicy: { kind: 'found', text: 'version: 1\n' },
      checks: [],
      ownChecks: [],
    },
  });
  expect(api.variables()[0]).toEqual({ owner: 'acme', repo: 'shop', number: 7, appId: 5, asApp: true });
});

describe('accounts', () => {
  test.each([
    [
      { __typename: 'Bot', login: 'devin-ai-integration', databaseId: 158243242 },
      'devin-ai-integration[bot]',
      'Bot',
    ],
    [{ __typename: 'Bot', login: 'copilot-swe-agent', databaseId: 198982749 }, 'Copilot', 'Bot'],
    [{ __typename: 'Bot', login: 'dependabot[bot]', databaseId: 49699333 }, 'dependabot[bot]', 'Bot'],
    // A person may call herself like an app: the type tells.
    [{ __typename: 'User', login: 'copilot-swe-agent', databaseId: 3 }, 'copilot-swe-agent', 'User'],
    [{ __typename: 'EnterpriseUserAccount', login: 'kim_acme' }, 'kim_acme', 'EnterpriseUserAccount'],
  ])('%j is %s', async (author, login, type) => {
    const found = await readOf({ author });
    expect(found.snapshot.pullRequest.author).toMatchObject({ login, type });
  });

  test('a deleted author is not known, and a deleted reviewer is nobody with rights', async () => {
    const found = await readOf({
      author: null,
      latestOpinionatedReviews: list([review('x', 1, { author: null })]),
    });
    expect(found.snapshot.pullRequest.author).toBeNull();
    expect(found.snapshot.reviews).toMatchObject([{ author: { login: 'ghost', id: null, type: null } }]);
  });

  test('an unknown account type is an error', async () => {
    api.graphql({
      data: reading({
        repository: repository({
          pullRequest: pullRequest({ author: { __typename: 'Robot', login: 'r', databaseId: 1 } }),
        }),
      }),
    });
    expect(await failureOf(read())).toMatchObject({ kind: 'unexpected', retryable: false });
  });
});

describe('the merge queue', () => {
  test('names the group that ends with a queued pull request', async () => {
    const mergeQueueEntry = { headCommit: { oid: 'e'.repeat(40) } };
    expect((await readOf({ mergeQueueEntry })).queuedAs).toBe('e'.repeat(40));
    expect((await readOf({})).queuedAs).toBeNull();
  });

  test('that the app may not see stops no review', async () => {
    const path = ['repository', 'pullRequest', 'mergeQueueEntry'];
    api.graphql({
      data: reading({ repository: repository({ pullRequest: pullRequest({ mergeQueueEntry: null }) }) }),
      errors: [{ type: 'FORBIDDEN', path, message: 'Resource not accessible by integration' }],
    });
    expect((await read())?.queuedAs).toBeNull();
  });
});

describe('commits', () => {
  const eve = { name: 'Eve', email: 'eve@home.example', user: { login: 'eve', databaseId: 9 } };
  const alice = { name: 'Alice', email: 'alice@example.com', user: { login: 'alice', databaseId: 1 } };

  test('tells the co-authors that GitHub ties to an account', async () => {
    const authors = { totalCount: 2, nodes: [alice, eve] };
    const found = await readOf({ commits: list([commit('1'.repeat(40), { authors })]) });
    expect(found.snapshot.commits[0]?.coAuthors).toEqual([
      { name: 'Eve', email: eve.email, account: { login: 'eve', id: 9, type: 'User' } },
    ]);
  });

  test('refuses a list of authors that is cut short', async () => {
    const authors = { totalCount: 101, nodes: [alice] };
    const commits = list([commit('1'.repeat(40), { authors })]);
    api.graphql({ data: reading({ repository: repository({ pullRequest: pullRequest({ commits }) }) }) });
    expect(await failureOf(read())).toMatchObject({ kind: 'unexpected' });
  });

  test('tells unsigned, signed by a person, and signed by GitHub apart', async () => {
    const signature = (isValid: boolean, wasSignedByGitHub: boolean, signer: object | null) => ({
      signature: { isValid, wasSignedByGitHub, signer },
    });
    const found = await readOf({
      commits: list([
        commit('1'.repeat(40)),
        commit('2'.repeat(40), signature(true, false, { login: 'kim', databaseId: 4 })),
        commit('3'.repeat(40), signature(true, true, { login: 'web-flow', databaseId: 19864447 })),
        commit('4'.repeat(40), signature(false, true, { login: 'kim', databaseId: 4 })),
      ]),
    });
    expect(found.snapshot.commits.map((one) => one.signature)).toEqual([
      { verified: false, signer: null, byGitHub: false },
      { verified: true, signer: { login: 'kim', id: 4, type: 'User' }, byGitHub: false },
      { verified: true, signer: null, byGitHub: true },
      { verified: false, signer: { login: 'kim', id: 4, type: 'User' }, byGitHub: false },
    ]);
  });

  test('a signature that GitHub could not check is not known, not absent', async () => {
    const place = ['repository', 'pullRequest', 'commits', 'nodes', 1, 'commit', 'signature'];
    const found = await readOf({ commits: list([commit('1'.repeat(40)), commit(HEAD)]) }, [
      error(null, place),
    ]);
    expect(found.snapshot.commits.map((one) => one.signature?.verified ?? null)).toEqual([false, null]);
  });

  test('a commit without author is unattributed', async () => {
    const found = await readOf({ commits: list([commit(HEAD, { author: null })]) });
    expect(found.snapshot.commits[0]!.author).toEqual({ name: '', email: '', account: null });
  });
});

describe('reviews', () => {
  test('keep their state and head; one of a vanished commit matches no head', async () => {
    const found = await readOf({
      latestOpinionatedReviews: list([
        review('kim', 4),
        review('lee', 5, { state: 'CHANGES_REQUESTED', commit: null }),
        review('pat', 6, {
          state: 'DISMISSED',
          author: { __typename: 'Bot', login: 'reviewer', databaseId: 8 },
        }),
      ]),
    });
    expect(
      found.snapshot.reviews!.map(({ author, state, headSha }) => [author.login, state, headSha]),
    ).toEqual([
      ['kim', 'APPROVED', HEAD],
      ['lee', 'CHANGES_REQUESTED', ''],
      ['reviewer[bot]', 'DISMISSED', HEAD],
    ]);
  });

  test('a list flooded over a hundred is read to its end, where the objection stands', async () => {
    const flood = Array.from({ length: 100 }, (_, index) => review(`writer${index}`, 1000 + index));
    api.graphql({
      data: reading({
        repository: repository({
          pullRequest: pullRequest({ latestOpinionatedReviews: list(flood, 'next') }),
        }),
      }),
    });
    api.graphql({
      data: {
        repository: {
          pullRequest: {
            headRefOid: HEAD,
            latestOpinionatedReviews: list([review('lee', 5, { state: 'CHANGES_REQUESTED' })]),
          },
          object: {},
        },
      },
    });
    const found = await read();
    expect(found!.requests).toBe(2);
    expect(found!.snapshot.reviews).toHaveLength(101);
    expect(found!.snapshot.reviews!.at(-1)).toMatchObject({
      author: { login: 'lee' },
      state: 'CHANGES_REQUESTED',
    });
    expect(api.variables()[1]).toMatchObject({
      moreReviews: true,
      reviews: 'next',
      moreFiles: false,
      moreCommits: false,
    });
  });

  test('dismissals flooded over a hundred are read to their end', async () => {
    const event = (login: string, id: number) => {
      const { state: _, ...dismissed } = review(login, id);
      const actor = { __typename: 'User', login: 'bo', databaseId: 2 };
      return { previousReviewState: 'CHANGES_REQUESTED', actor, review: dismissed };
    };
    const flood = Array.from({ length: 100 }, (_, index) => event(`writer${index}`, 1000 + index));
    const first = pullRequest({ dismissals: list(flood, 'next') });
    api.graphql({ data: reading({ repository: repository({ pullRequest: first }) }) });
    const rest = { headRefOid: HEAD, dismissals: list([event('lee', 5)]) };
    api.graphql({ data: { repository: { pullRequest: rest, object: {} } } });
    const found = await read();
    expect(found!.snapshot.reviews!.at(-1)).toMatchObject({
      author: { login: 'lee' },
      state: 'DISMISSED',
      dismissal: { by: { login: 'bo' }, from: 'CHANGES_REQUESTED' },
    });
    expect(api.variables()[1]).toMatchObject({
      moreDismissals: true,
      dismissals: 'next',
      moreReviews: false,
    });
  });

  test('a list without end is a failure, not a part of it', async () => {
    const endless = { latestOpinionatedReviews: list([review('kim', 4)], 'again') };
    api.graphql({ data: reading({ repository: repository({ pullRequest: pullRequest(endless) }) }) });
    for (let round = 0; round < 30; round += 1) {
      api.graphql({ data: { repository: { pullRequest: { headRefOid: HEAD, ...endless }, object: {} } } });
    }
    expect(await failureOf(read())).toMatchObject({ kind: 'unexpected' });
  });

  test('no list of reviews at all is a failure', async () => {
    api.graphql({
      data: reading({
        repository: repository({ pullRequest: pullRequest({ latestOpinionatedReviews: null }) }),
      }),
    });
    expect(await failureOf(read())).toMatchObject({ kind: 'unexpected' });
  });
});

describe('files and pages', () => {
  test('reads files and commits over a hundred together, a page of each a request', async () => {
    const files = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => file(`f${from + i}`));
    const commits = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => commit((from + i).toString(16).padStart(40, '0')));
    api.graphql({
      data: reading({
        repository: repository({
          pullRequest: pullRequest({
            changedFiles: 201,
            files: list(files(0, 100), 'f1'),
            commits: { ...list(commits(0, 100), 'c1'), totalCount: 150 },
          }),
        }),
      }),
    });
    const more = (lists: object) => ({
      data: { repository: { pullRequest: { headRefOid: HEAD, ...lists }, object: {} } },
    });
    api.graphql(more({ files: list(files(100, 100), 'f2'), commits: list(commits(100, 50)) }));
    api.graphql(more({ files: list(files(200, 1)) }));
    const found = await read();
    expect(found!.requests).toBe(3);
    expect(found!.snapshot.files.map((one) => one.path)).toEqual(files(0, 201).map((one) => one.path));
    expect(found!.snapshot.commits).toHaveLength(150);
    expect(api.variables().slice(1)).toMatchObject([
      { moreFiles: true, files: 'f1', moreCommits: true, commits: 'c1', moreReviews: false },
      { moreFiles: true, files: 'f2', moreCommits: false, moreReviews: false },
    ]);
  });

  test('a head that moves between two pages is a failure to be retried', async () => {
    api.graphql({
      data: reading({
        repository: repository({ pullRequest: pullRequest({ files: list([file('x')], 'next') }) }),
      }),
    });
    api.graphql({
      data: {
        repository: { pullRequest: { headRefOid: 'e'.repeat(40), files: list([file('y')]) }, object: {} },
      },
    });
    expect(await failureOf(read())).toMatchObject({ kind: 'unavailable', retryable: true });
  });

  test.each(['RENAMED', 'COPIED'])('%s says that the former path is still to be read', async (changeType) => {
    const found = await readOf({ files: list([file('docs/main.tf', changeType)]) });
    expect(found.needsFormerPaths).toBe(true);
    expect(found.snapshot.files[0]).toMatchObject({ status: changeType.toLowerCase(), previousPath: null });
  });

  test('a list of files that GitHub does not give leaves the count unmet', async () => {
    const found = await readOf({ files: null, changedFiles: 5000 });
    expect(found.snapshot.files).toEqual([]);
    expect(found.snapshot.pullRequest.changedFiles).toBe(5000);
  });

  test('no list and no count is a failure to be retried', async () => {
    api.graphql({
      data: reading({
        repository: repository({ pullRequest: pullRequest({ files: null, changedFiles: 0 }) }),
      }),
    });
    expect(await failureOf(read())).toMatchObject({ kind: 'unavailable' });
  });

  test('a pull request without files is read', async () => {
    const found = await readOf({ files: list([]), changedFiles: 0 });
    expect(found.snapshot.files).toEqual([]);
  });

  test.each([
    ['change type', { files: list([file('x', 'TELEPORTED')]) }],
    ['review state', { latestOpinionatedReviews: list([review('kim', 4, { state: 'SHRUGGED' })]) }],
    ['state', { state: 'FROZEN' }],
    ['SHA', { headRefOid: 'not-a-sha' }],
  ])('an unknown %s is an error, never a default', async (_, change) => {
    api.graphql({ data: reading({ repository: repository({ pullRequest: pullRequest(change) }) }) });
    expect(await failureOf(read())).toMatchObject({ kind: 'unexpected' });
  });

  test('hostile text arrives as it is', async () => {
    const evil = '](javascript:1) <img> @everyone \u202E | ` \n```';
    const found = await readOf({ title: evil, body: evil, headRefName: evil, files: list([file(evil)]) });
    expect(found.snapshot.pullRequest).toMatchObject({ title: evil, body: evil, headRef: evil });
    expect(found.snapshot.files[0]!.path).toBe(evil);
  });
});

describe('the head', () => {
  test('is asked for by its id where the list of commits ends before it', async () => {
    const other = pullRequest({ head: { nodes: [{ commit: head({ oid: '9'.repeat(40) }) }] } });
    api.graphql({ data: reading({ repository: repository({ pullRequest: other }) }) });
    api.graphql({
      data: {
        repository: {
          object: {
            __typename: 'Commit',
            ...head({
              file: null,
              checkSuites: { nodes: [{ checkRuns: { nodes: [ownRun(1, 'IN_PROGRESS', null)] } }] },
            }),
          },
        },
      },
      errors: [error('NOT_FOUND', ['repository', 'object', 'file'])],
    });
    const found = await read();
    expect(found).toMatchObject({
      requests: 2,
      snapshot: { headPolicy: { kind: 'absent' }, ownChecks: [{ id: 1 }] },
    });
    expect(api.variables()[1]).toMatchObject({ oid: HEAD, asApp: true });
  });

  test('that GitHub does not show yet is a failure to be retried', async () => {
    api.graphql({
      data: reading({ repository: repository({ pullRequest: pullRequest({ head: { nodes: [] } }) }) }),
    });
    api.graphql({ data: { repository: { object: null } } });
    expect(await failureOf(read())).toMatchObject({ kind: 'unavailable', retryable: true });
  });

  test('has our own runs, newest first, and those of others without ours', async () => {
    const run = (name: string, app: object | null, conclusion: string | null, status = 'COMPLETED') => ({
      __typename: 'CheckRun',
      ...{ name, status, conclusion, checkSuite: { app } },
    });
    const found = await readOf({
      head: {
        nodes: [
          {
            commit: head({
              checkSuites: {
                nodes: [
                  {
                    checkRuns: { nodes: [ownRun(1, 'COMPLETED', 'FAILURE'), ownRun(2, 'IN_PROGRESS', null)] },
                  },
                ],
              },
              statusCheckRollup: {
                contexts: list([
                  run('build', { slug: 'github-actions', databaseId: 15368 }, 'SUCCESS'),
                  run('slow', { slug: 'github-actions', databaseId: 15368 }, null, 'IN_PROGRESS'),
                  run('agent-policy', { slug: 'agent-policy', databaseId: 5 }, 'SUCCESS'),
                  run('agent-policy', { slug: 'impostor', databaseId: 6 }, 'SUCCESS'),
                  run('orphan', null, 'NEUTRAL'),
                  { __typename: 'StatusContext', context: 'legacy', state: 'ERROR' },
                  { __typename: 'StatusContext', context: 'expected', state: 'EXPECTED' },
                ]),
              },
            }),
          },
        ],
      },
    });
    expect(found.snapshot.ownChecks).toEqual([
      { id: 2, name: 'agent-policy', status: 'in_progress', conclusion: null, externalId: 'v1' },
      { id: 1, name: 'agent-policy', status: 'completed', conclusion: 'failure', externalId: 'v1' },
    ]);
    expect(found.snapshot.checks).toEqual([
      { name: 'build', app: 'github-actions', conclusion: 'success' },
      { name: 'slow', app: 'github-actions', conclusion: null },
      { name: 'agent-policy', app: 'impostor', conclusion: 'success' },
      { name: 'orphan', app: null, conclusion: 'neutral' },
      { name: 'legacy', app: null, conclusion: 'failure' },
      { name: 'expected', app: null, conclusion: null },
    ]);
  });

  test('whose checks GitHub refuses has unknown checks, not none', async () => {
    const place = ['repository', 'pullRequest', 'head', 'nodes', 0, 'commit', 'statusCheckRollup'];
    const found = await readOf({}, [error('FORBIDDEN', place)]);
    expect(found.snapshot.checks).toBeNull();
  });

  test('whose own runs GitHub refuses is a failure', async () => {
    const place = ['repository', 'pullRequest', 'head', 'nodes', 0, 'commit', 'checkSuites'];
    api.graphql({ data: reading(), errors: [error('FORBIDDEN', place)] });
    expect(await failureOf(read())).toMatchObject({ kind: 'forbidden' });
  });

  test('shared with another open pull request of this repository names it', async () => {
    const sibling = (number: number, changes: object = {}) => ({
      number,
      state: 'OPEN',
      headRefOid: HEAD,
      baseRepository: { databaseId: 99 },
      ...changes,
    });
    const found = await readOf({
      head: {
        nodes: [
          {
            commit: head({
              associatedPullRequests: list([
                sibling(7),
                sibling(8),
                sibling(9, { state: 'CLOSED' }),
                sibling(10, { headRefOid: 'e'.repeat(40) }),
                sibling(11, { baseRepository: { databaseId: 100 } }),
              ]),
            }),
          },
        ],
      },
    });
    expect(found.siblings).toEqual([{ number: 8, headSha: HEAD }]);
  });

  test('is read without own runs for a person', async () => {
    api.graphql({ data: reading() });
    await readPullRequest(api.client, { ...ADDRESS, appId: null });
    expect(api.variables()[0]).toMatchObject({ appId: null, asApp: false });
  });
});

describe('policies and CODEOWNERS', () => {
  const policies = async (data: object, errors: object[] = []) => {
    api.graphql({ data: reading(data), errors });
    return (await read())!.policies;
  };

  test('an organisation whose .github repository we do not see has no known policy', async () => {
    const found = await policies({ organization: null }, [error('NOT_FOUND', ['organization'])]);
    expect(found.organization).toEqual({ kind: 'not-visible' });
  });

  test.each([
    ['the repository', { organization: null }, ['organization']],
    ['the file', { organization: { policy: null } }, ['organization', 'policy']],
  ])(
    'an organisation policy that GitHub refuses with %s is unreadable, never absent',
    async (_, data, path) => {
      const found = await policies(data, [error('FORBIDDEN', path, 'IP allow list')]);
      expect(found.organization).toEqual({ kind: 'unreadable', why: 'IP allow list' });
    },
  );

  test('a repository policy that GitHub refuses is unreadable, never absent', async () => {
    const found = await policies({ repository: repository({ policy: null }) }, [
      error('FORBIDDEN', ['repository', 'policy']),
    ]);
    expect(found.repository).toMatchObject({ kind: 'unreadable' });
  });

  test.each([
    ['a folder', { __typename: 'Tree', oid: 'd'.repeat(40) }],
    ['binary', { ...blob('x'), isBinary: true, text: null }],
    ['cut short', { ...blob('version: 1'), isTruncated: true }],
    ['re-encoded by GitHub', { ...blob('owner: "é"'), byteSize: 10 }],
  ])('a policy that is %s is there without text', async (_, policy) => {
    const found = await policies({ repository: repository({ policy }) });
    expect(found.repository).toMatchObject({ kind: 'found', text: null });
  });

  test('no policy is absent', async () => {
    expect((await policies({ repository: repository({ policy: null }) })).repository).toEqual({
      kind: 'absent',
    });
  });

  test('a head without policy file is reported by GitHub as an error, and is absent', async () => {
    const place = ['repository', 'pullRequest', 'head', 'nodes', 0, 'commit', 'file'];
    const found = await readOf({ head: { nodes: [{ commit: head({ file: null }) }] } }, [
      error('NOT_FOUND', place),
    ]);
    expect(found.snapshot.headPolicy).toEqual({ kind: 'absent' });
  });

  test.each([
    ['there is none', null, ''],
    ['it is a file', blob('dist/** linguist-generated\n'), 'dist/** linguist-generated\n'],
    ['it is cut short', { ...blob('dist/**'), isTruncated: true }, null],
  ])('.gitattributes of the default branch: %s', async (_how, attributes, text) => {
    api.graphql({ data: reading({ repository: repository({ attributes }) }) });
    expect((await read())!.snapshot.attributes).toBe(text);
  });

  test('the first CODEOWNERS in GitHub’s order counts', async () => {
    api.graphql({
      data: reading({
        repository: repository({ codeowners2: blob('* @root'), codeowners3: blob('* @docs') }),
      }),
    });
    expect((await read())!.snapshot.codeowners).toEqual({ path: 'CODEOWNERS', text: '* @root' });
  });

  test('a first CODEOWNERS that is cut short hides no second one: it is not known', async () => {
    const codeowners1 = { ...blob('* @a'), isTruncated: true };
    api.graphql({ data: reading({ repository: repository({ codeowners1, codeowners2: blob('* @root') }) }) });
    expect((await read())!.snapshot.codeowners).toBeNull();
  });

  test('a CODEOWNERS that GitHub refuses is not known', async () => {
    api.graphql({ data: reading(), errors: [error('FORBIDDEN', ['repository', 'codeowners1'])] });
    expect((await read())!.snapshot.codeowners).toBeNull();
  });
});

describe('what is missing', () => {
  test.each([
    ['pull request', { repository: repository({ pullRequest: null }) }, ['repository', 'pullRequest']],
    ['repository', { repository: null, organization: null }, ['repository']],
  ])('a %s that is gone gives null', async (_, data, path) => {
    api.graphql({
      data: reading(data),
      errors: [error('NOT_FOUND', path), error('NOT_FOUND', ['organization'])],
    });
    expect(await read()).toBeNull();
  });

  test('a repository that GitHub refuses is a failure, not gone', async () => {
    api.graphql({ data: reading({ repository: null }), errors: [error('FORBIDDEN', ['repository'])] });
    expect(await failureOf(read())).toMatchObject({ kind: 'forbidden' });
  });

  test('a null without a reason is a failure, not gone', async () => {
    api.graphql({ data: reading({ repository: repository({ pullRequest: null }) }) });
    expect(await failureOf(read())).toMatchObject({ kind: 'unexpected' });
  });

  test.each([
    ['files', 'FORBIDDEN', 'forbidden'],
    ['latestOpinionatedReviews', null, 'unavailable'],
    ['labels', 'NEW_KIND_OF_ERROR', 'unexpected'],
  ])('an error at %s is a failure, whatever stands there', async (field, type, kind) => {
    api.graphql({ data: reading(), errors: [error(type, ['repository', 'pullRequest', field])] });
    expect(await failureOf(read())).toMatchObject({ kind });
  });

  test('a fork that we may not see is not known', async () => {
    const place = ['repository', 'pullRequest', 'headRepository'];
    const found = await readOf({ headRepository: null }, [error('NOT_FOUND', place)]);
    expect(found.snapshot.pullRequest.headRepository).toBeNull();
  });

  test('more labels than a page are not known, so none is missed', async () => {
    const found = await readOf({ labels: { totalCount: 101, nodes: [{ name: 'bug' }] } });
    expect(found.snapshot.pullRequest.labels).toBeNull();
  });

  test('a retarget is told with its time', async () => {
    const found = await readOf({
      timelineItems: { nodes: [{ __typename: 'BaseRefChangedEvent', createdAt: '2026-11-21T11:00:00Z' }] },
    });
    expect(found.snapshot.pullRequest.baseChangedAt).toBe('2026-11-21T11:00:00Z');
  });

  test('assignees are accounts', async () => {
    const found = await readOf({ assignees: { totalCount: 1, nodes: [{ login: 'kim', databaseId: 4 }] } });
    expect(found.snapshot.pullRequest.assignees).toEqual([{ login: 'kim', id: 4, type: 'User' }]);
  });
});

function ownRun(databaseId: number, status: string, conclusion: string | null) {
  return { databaseId, name: 'agent-policy', status, conclusion, externalId: 'v1' };
}
