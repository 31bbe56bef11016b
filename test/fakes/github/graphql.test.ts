// Does the GraphQL side answer as GitHub does, and tell when a query would not be understood there?
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { call, query } from './client-for-tests.js';
import { type Scene, setScene } from './scene-for-tests.js';

let scene: Scene;
beforeEach(async () => {
  scene = await setScene();
});
afterEach(() => scene.close());

/** Asks about the pull request. */
async function ask(fields: string) {
  const text = `query { repository(owner: "acme", name: "shop") { pullRequest(number: 1) { ${fields} } } }`;
  const { body } = await query(scene.github, scene.token, text);
  expect(body.errors).toBeUndefined();
  return body.data.repository.pullRequest;
}

describe('a pull request', () => {
  test('names a bot without [bot], by its own login and id', async () => {
    const fields = 'author { __typename login ... on Bot { databaseId } }';
    expect(await ask(fields)).toEqual({
      author: { __typename: 'Bot', login: 'copilot-swe-agent', databaseId: 198982749 },
    });
    scene.github.createBot('devin-ai-integration');
    scene.repository.commit({ branch: 'd', files: { d: '1\n' }, author: 'kim' });
    const pull = scene.repository.openPullRequest({ author: 'devin-ai-integration[bot]', head: 'd' });
    const text = `query { repository(owner: "acme", name: "shop") { pullRequest(number: ${pull.number}) { ${fields} } } }`;
    expect((await query(scene.github, scene.token, text)).body.data.repository.pullRequest.author.login).toBe(
      'devin-ai-integration',
    );
  });

  test('has its commits with people, signature and files', async () => {
    const { commits } = await ask(`commits(first: 10) { totalCount nodes { commit { oid message
      author { name email user { login } } authors(first: 5) { totalCount nodes { email } }
      committer { email } signature { isValid state wasSignedByGitHub signer { login } }
      parents(first: 2) { nodes { oid } } file(path: "src/a.ts") { mode type object { ... on Blob { text isBinary byteSize } } } } } }`);
    expect(commits).toMatchObject({
      totalCount: 1,
      nodes: [
        {
          commit: {
            oid: scene.pull.headSha,
            author: { email: '198982749+Copilot@users.noreply.github.com', user: null },
            authors: { totalCount: 2 },
            committer: { email: 'noreply@github.com' },
            signature: {
              isValid: true,
              state: 'VALID',
              wasSignedByGitHub: true,
              signer: { login: 'web-flow' },
            },
            parents: { nodes: [{ oid: scene.repository.tip() }] },
            file: {
              mode: 33188,
              type: 'blob',
              object: { text: 'export const a = 1;\n', isBinary: false, byteSize: 20 },
            },
          },
        },
      ],
    });
  });

  test('lists files without former names, and no bots among the assignees', async () => {
    scene.pull.push({ rename: { 'infra/main.tf': 'infra/core.tf' }, author: 'Copilot' });
    expect(
      await ask(
        'changedFiles files(first: 9) { totalCount nodes { path changeType } } assignees(first: 9) { nodes { login } }',
      ),
    ).toEqual({
      changedFiles: 2,
      files: {
        totalCount: 2,
        nodes: [
          { path: 'infra/core.tf', changeType: 'RENAMED' },
          { path: 'src/a.ts', changeType: 'ADDED' },
        ],
      },
      assignees: { nodes: [{ login: 'kim' }] },
    });
  });

  test('has the newest opinion of each person with write access', async () => {
    const old = scene.pull.headSha;
    scene.pull.review({ by: 'kim', state: 'CHANGES_REQUESTED' });
    scene.pull.review({ by: 'kim', state: 'APPROVED' });
    scene.pull.review({ by: 'kim', state: 'COMMENTED' });
    scene.pull.review({ by: 'bo', state: 'APPROVED' });
    const dismissed = scene.pull.review({ by: 'lee', state: 'APPROVED' });
    scene.pull.push({ files: { b: '1\n' }, author: 'Copilot' });
    scene.pull.dismissReview(dismissed, 'kim');
    const fields = '{ nodes { state author { login } commit { oid } } }';
    const answer = await ask(
      `writers: latestOpinionatedReviews(first: 9, writersOnly: true) ${fields} all: latestOpinionatedReviews(first: 9) ${fields} reviews(first: 9) { totalCount }`,
    );
    expect(answer.writers.nodes).toEqual([
      { state: 'APPROVED', author: { login: 'kim' }, commit: { oid: old } },
      { state: 'DISMISSED', author: { login: 'lee' }, commit: { oid: old } },
    ]);
    expect(answer.all.nodes).toHaveLength(3);
    expect(answer.reviews.totalCount).toBe(5);
  });

  test('remembers retargets and force-pushes', async () => {
    scene.repository.branch('dev');
    scene.pull.edit({ base: 'dev', by: 'kim' });
    const before = scene.pull.headSha;
    scene.pull.forcePush({ commits: [{ files: { c: '1\n' }, author: 'Copilot' }] });
    const { timelineItems, baseRefName } =
      await ask(`baseRefName timelineItems(first: 9, itemTypes: [BASE_REF_CHANGED_EVENT, HEAD_REF_FORCE_PUSHED_EVENT, AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT]) { nodes { __typename
      ... on BaseRefChangedEvent { createdAt previousRefName currentRefName actor { login } }
      ... on HeadRefForcePushedEvent { beforeCommit { oid } afterCommit { oid } } } }`);
    expect(baseRefName).toBe('dev');
    expect(timelineItems.nodes).toMatchObject([
      {
        __typename: 'BaseRefChangedEvent',
        previousRefName: 'main',
        currentRefName: 'dev',
        actor: { login: 'kim' },
      },
      {
        __typename: 'HeadRefForcePushedEvent',
        beforeCommit: { oid: before },
        afterCommit: { oid: scene.pull.headSha },
      },
    ]);
  });

  test('remembers who dismissed a review, and what it had said', async () => {
    const review = scene.pull.review({ by: 'kim', state: 'CHANGES_REQUESTED' });
    scene.pull.dismissReview(review, 'lee');
    const { timelineItems } =
      await ask(`timelineItems(first: 9, itemTypes: [REVIEW_DISMISSED_EVENT]) { nodes {
      ... on ReviewDismissedEvent { previousReviewState actor { login } review { state author { login } } } } }`);
    expect(timelineItems.nodes).toEqual([
      {
        previousReviewState: 'CHANGES_REQUESTED',
        actor: { login: 'lee' },
        review: { state: 'DISMISSED', author: { login: 'kim' } },
      },
    ]);
  });

  test('moves to the default branch when its base is deleted after a merge', async () => {
    scene.repository.commit({ branch: 'stacked', from: 'copilot/work', files: { s: '1\n' }, author: 'kim' });
    const stacked = scene.repository.openPullRequest({
      author: 'kim',
      head: 'stacked',
      base: 'copilot/work',
    });
    expect(scene.pull.merge({ by: 'kim', deleteBranch: true }).merged).toBe(true);
    expect(stacked.record.baseRef).toBe('main');
    const text = `query { repository(owner: "acme", name: "shop") { pullRequest(number: ${stacked.number}) { timelineItems(last: 1, itemTypes: [AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT]) { nodes { ... on AutomaticBaseChangeSucceededEvent { oldBase newBase } } } } } }`;
    const { body } = await query(scene.github, scene.token, text);
    expect(body.data.repository.pullRequest.timelineItems.nodes).toEqual([
      { oldBase: 'copilot/work', newBase: 'main' },
    ]);
  });

  test('is paged', async () => {
    scene.pull.push(
      ...[1, 2, 3].map((index) => ({ files: { n: `${index}\n` }, message: `${index}`, author: 'Copilot' })),
    );
    const page = (args: string) =>
      ask(`commits(${args}) { totalCount pageInfo { hasNextPage endCursor } nodes { commit { message } } }`);
    const first = (await page('first: 3')).commits;
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    const rest = (await page(`first: 3, after: "${first.pageInfo.endCursor}"`)).commits;
    expect(rest).toMatchObject({ pageInfo: { hasNextPage: false }, nodes: [{ commit: { message: '3' } }] });
    expect((await page('last: 1')).commits.nodes).toEqual([{ commit: { message: '3' } }]);
  });
});

describe('checks', () => {
  test('are found by app, newest of a name, and in the rollup', async () => {
    const other = scene.github.createApp({ slug: 'other' });
    const sha = scene.pull.headSha;
    scene.repository.createCheckRun({
      app: scene.app,
      name: 'gate',
      sha,
      conclusion: 'failure',
      externalId: 'old',
    });
    scene.repository.createCheckRun({
      app: scene.app,
      name: 'gate',
      sha,
      conclusion: 'success',
      externalId: 'new',
    });
    scene.repository.createCheckRun({ app: other, name: 'gate', sha, status: 'in_progress' });
    scene.repository.createStatus({ context: 'ci', state: 'success', by: 'kim', sha });
    const { commits } = await ask(`commits(last: 1) { nodes { commit {
      checkSuites(first: 5, filterBy: { appId: ${scene.app.id} }) { nodes { app { databaseId } checkRuns(first: 5, filterBy: { checkType: LATEST }) { nodes { name status conclusion externalId } } } }
      statusCheckRollup { state contexts(first: 9) { totalCount checkRunCount nodes { __typename ... on CheckRun { name checkSuite { app { slug } } } ... on StatusContext { context state } } } }
      associatedPullRequests(first: 5) { nodes { number headRefOid } } } } }`);
    const { commit } = commits.nodes[0];
    expect(commit.checkSuites.nodes).toEqual([
      {
        app: { databaseId: scene.app.id },
        checkRuns: {
          nodes: [{ name: 'gate', status: 'COMPLETED', conclusion: 'SUCCESS', externalId: 'new' }],
        },
      },
    ]);
    expect(commit.statusCheckRollup).toMatchObject({
      state: 'PENDING',
      contexts: { totalCount: 3, checkRunCount: 2 },
    });
    expect(commit.statusCheckRollup.contexts.nodes).toContainEqual({
      __typename: 'StatusContext',
      context: 'ci',
      state: 'SUCCESS',
    });
    expect(commit.associatedPullRequests.nodes).toEqual([{ number: 1, headRefOid: sha }]);
  });
});

describe('a repository', () => {
  const repository = (fields: string, name = 'shop') =>
    query(scene.github, scene.token, `query { repository(owner: "acme", name: "${name}") { ${fields} } }`);

  test('answers files by expression; what is not there is null without an error', async () => {
    const { body } =
      await repository(`defaultBranchRef { name } a: object(expression: "HEAD:README.md") { ... on Blob { text } }
      b: object(expression: "copilot/work:src/a.ts") { ... on Blob { text } } c: object(expression: "HEAD:nothing") { oid }
      d: object(expression: "HEAD:infra") { __typename } e: object(expression: "main") { oid __typename } f: object(oid: "${scene.pull.headSha}") { __typename }
      g: object(expression: "${scene.pull.headSha}:src/a.ts") { __typename }`);
    expect(body).toEqual({
      data: {
        repository: {
          defaultBranchRef: { name: 'main' },
          a: { text: '# shop\n' },
          b: { text: 'export const a = 1;\n' },
          c: null,
          d: { __typename: 'Tree' },
          e: { oid: scene.repository.tip(), __typename: 'Commit' },
          f: { __typename: 'Commit' },
          g: { __typename: 'Blob' },
        },
      },
    });
  });

  test('that may not be seen is null with NOT_FOUND', async () => {
    scene.github.createRepository('acme/.github', { private: true });
    for (const name of ['.github', 'nothing']) {
      const { status, body } = await repository('id', name);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        data: { repository: null },
        errors: [{ type: 'NOT_FOUND', path: ['repository'] }],
      });
    }
    scene.github.createRepository('acme/open');
    expect((await repository('name', 'open')).body.data.repository).toEqual({ name: 'open' });
  });

  test('a file that a commit lacks is null with NOT_FOUND at its path', async () => {
    const { body } = await repository(
      `object(oid: "${scene.pull.headSha}") { ... on Commit { oid file(path: "no") { mode } } }`,
    );
    expect(body.data.repository.object).toEqual({ oid: scene.pull.headSha, file: null });
    expect(body.errors).toMatchObject([{ type: 'NOT_FOUND', path: ['repository', 'object', 'file'] }]);
  });

  test('lists pull requests by state and its merge queue', async () => {
    const main = scene.repository.tip();
    const group = scene.pull.enqueue('kim');
    const { body } =
      await repository(`pullRequests(first: 5, states: [OPEN]) { totalCount } closed: pullRequests(first: 5, states: [CLOSED, MERGED]) { totalCount }
      mergeQueue(branch: "main") { entries(first: 5) { nodes { position headCommit { oid } baseCommit { oid } pullRequest { number isInMergeQueue } } } } none: mergeQueue(branch: "dev") { id }`);
    expect(body.data.repository).toEqual({
      pullRequests: { totalCount: 1 },
      closed: { totalCount: 0 },
      mergeQueue: {
        entries: {
          nodes: [
            {
              position: 1,
              headCommit: { oid: group.headSha },
              baseCommit: { oid: main },
              pullRequest: { number: 1, isInMergeQueue: true },
            },
          ],
        },
      },
      none: null,
    });
  });
});

describe('a team', () => {
  const team = (fields: string, token = scene.token) =>
    query(
      scene.github,
      token,
      `query { organization(login: "acme") { team(slug: "platform") { ${fields} } } }`,
    );

  test('tells direct members from those of child teams, and its permission here', async () => {
    scene.organization.addTeam('platform', ['kim'], { repositories: { 'acme/shop': 'maintain' } });
    scene.organization.addTeam('sre', ['bo'], { parent: 'platform' });
    const { body } =
      await team(`members(first: 9, membership: IMMEDIATE) { nodes { login } } all: members(first: 9) { totalCount }
      repositories(first: 9, query: "shop") { edges { permission node { nameWithOwner } } }`);
    expect(body.data.organization.team).toEqual({
      members: { nodes: [{ login: 'kim' }] },
      all: { totalCount: 2 },
      repositories: { edges: [{ permission: 'MAINTAIN', node: { nameWithOwner: 'acme/shop' } }] },
    });
  });

  test('that is not there is null; without the permission it is FORBIDDEN', async () => {
    expect((await team('name')).body).toEqual({ data: { organization: { team: null } } });
    const { body } = await team('name', scene.github.createToken('mallory'));
    expect(body).toMatchObject({ data: { organization: { team: null } }, errors: [{ type: 'FORBIDDEN' }] });
  });
});

describe('what GitHub would not understand', () => {
  test.each([
    ['a misspelt field', '{ repository(owner: "acme", name: "shop") { nameWithOwnr } }', 'nameWithOwnr'],
    ['a broken query', '{ repository(', 'Syntax Error'],
    [
      'a list without its length',
      '{ repository(owner: "acme", name: "shop") { pullRequests { totalCount } } }',
      'You must provide a `first` or `last`',
    ],
    [
      'a page of more than 100',
      '{ repository(owner: "acme", name: "shop") { pullRequests(first: 101) { totalCount } } }',
      'limit of 100',
    ],
    [
      'a variable that is not given',
      'query($n: Int!) { repository(owner: "acme", name: "shop") { pullRequest(number: $n) { id } } }',
      '$n',
    ],
    [
      'a field the simulator does not know',
      '{ repository(owner: "acme", name: "shop") { diskUsage } }',
      'Repository.diskUsage',
    ],
  ])('%s is recorded', async (_name, text, words) => {
    const { status, body } = await query(scene.github, scene.token, text);
    expect(status).toBe(200);
    expect(JSON.stringify(body.errors)).toContain(words.replaceAll('"', '\\"'));
    expect(() => scene.github.assertClean()).toThrow(words);
    (scene.github.violations as string[]).length = 0;
  });

  test('nobody asks without signing in', async () => {
    expect((await call(scene.github, '/graphql', { body: { query: '{ id }' } })).status).toBe(401);
  });

  test('an empty budget answers 200 with RATE_LIMITED', async () => {
    scene.github.setRateLimit(scene.installation, 'graphql', { remaining: 0 });
    const { status, body, headers } = await query(scene.github, scene.token, '{ id }');
    expect(status).toBe(200);
    expect(body.errors).toMatchObject([{ type: 'RATE_LIMITED' }]);
    expect(headers.get('x-ratelimit-resource')).toBe('graphql');
  });
});
