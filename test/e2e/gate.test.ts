// Is an agent's pull request judged, and does the verdict stand on it? From the signed webhook to the check run.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createSite, SESSION, type Site, type World } from './world.js';

let site: Site;
let world: World;
const begin = async (options?: Parameters<Site['found']>[0]) => {
  world = site.found(options);
  await site.settle();
};
beforeAll(async () => {
  site = await createSite();
}, 60_000);
afterEach(() => site.github.assertClean());
afterAll(() => site.close());

const INFRA = { 'infra/main.tf': 'a\nb\nc\nd\ne\nF\n' };
const COPILOT_COMMIT = {
  message: 'More\n\nCo-authored-by: bo <bo@users.noreply.github.com>',
  author: 'Copilot',
  signature: 'github',
} as const;

describe('an agent on infra/', () => {
  test('is blocked without a trace link, which no approval lifts', async () => {
    await begin();
    const pull = world.openCopilot(INFRA, { body: 'No link here.' });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Blocked: .*trace link/),
    });
    pull.review({ by: 'kim', state: 'APPROVED' });
    pull.review({ by: 'lee', state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)).toMatchObject({ conclusion: 'failure' });
    expect(pull.merge({ by: 'dana' })).toMatchObject({ merged: false });
  });

  test('waits for two people of the team, and passes with them', async () => {
    await begin();
    const pull = world.openCopilot(INFRA);
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title: expect.stringMatching(/^Waiting: 2 approvals from @acme\d+\/sre for infra\/.* \(0 of 2\)/),
    });
    pull.review({ by: 'kim', state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)?.title).toMatch(/\(1 of 2\)/);
    pull.review({ by: 'lee', state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'success',
      title: expect.stringMatching(/^Passed: /),
    });
    expect(pull.merge({ by: 'dana' })).toMatchObject({ merged: true });
  });

  test.each([
    ['an agent', 'review-agent[bot]'],
    ['whoever asked for the change', 'bo'],
    ['somebody outside the team', 'dana'],
    ['somebody without write access', 'mallory'],
  ])('an approval by %s does not count', async (_name, by) => {
    await begin();
    const pull = world.openCopilot(INFRA);
    pull.review({ by, state: 'APPROVED' });
    pull.review({ by: 'kim', state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title: expect.stringMatching(/\(1 of 2\)/),
    });
  });

  test('a push takes the approvals away, a clean rebase keeps them', async () => {
    await begin();
    const pull = world.openCopilot(INFRA);
    for (const by of ['kim', 'lee']) pull.review({ by, state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
    world.repository.commit({ files: { 'src/cart.ts': 'export {};\n' }, message: 'Add', author: 'dana' });
    pull.rebase('Copilot');
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
    pull.push({ files: { 'infra/main.tf': 'a\nb\nc\nd\ne\nG\n' }, ...COPILOT_COMMIT });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title: expect.stringMatching(/\(0 of 2\)/),
    });
  });

  test('the third head without a trace link asks for a person instead of the author', async () => {
    await begin();
    const pull = world.openCopilot(INFRA, { body: 'No link.' });
    await world.settle();
    for (const value of ['1', '2']) {
      expect(world.check(pull)?.text).toContain('"next":"author"');
      pull.push({ files: { 'infra/main.tf': value }, ...COPILOT_COMMIT });
      await world.settle();
    }
    expect(world.check(pull)?.text).toContain('"next":"person"');
    expect(world.check(pull)?.summary).toMatch(/`trace-link` failed on three heads or more/);
  });

  test('an approval of a head whose diff GitHub does not hand out asks its author, and no machine', async () => {
    await begin();
    const pull = world.openCopilot({ 'src/index.ts': '1\n' });
    pull.review({ by: 'dana', state: 'APPROVED' });
    await world.settle();
    const diffs = { path: new RegExp(`/${world.owner}/shop/compare/`) };
    site.github.fail(diffs, { status: 406, body: { message: 'too large' }, times: 20 });
    pull.push({ files: { 'src/index.ts': '2\n' }, author: 'Copilot' });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title: 'Waiting: @dana to re-approve, the head changed (0 of 1)',
    });
  });

  test('a dismissed approval turns the check red again', async () => {
    await begin();
    const pull = world.openCopilot(INFRA);
    const review = pull.review({ by: 'kim', state: 'APPROVED' });
    pull.review({ by: 'lee', state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
    pull.dismissReview(review, 'dana');
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('action_required');
  });

  test('changes requested by a writer block until they are lifted', async () => {
    await begin();
    const pull = world.openCopilot(INFRA);
    for (const by of ['kim', 'lee']) pull.review({ by, state: 'APPROVED' });
    const request = pull.review({ by: 'dana', state: 'CHANGES_REQUESTED' });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title: expect.stringContaining('@dana'),
    });
    pull.dismissReview(request, 'dana');
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
  });

  test('is found under its former path when a file is moved out', async () => {
    await begin();
    const pull = world.openCopilot({ 'infra/main.tf': null, 'lib/main.tf': 'a\nb\nc\nd\ne\nf\n' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('action_required');
    expect(world.check(pull)?.summary).toContain(`@${world.owner}/sre`);
    for (const by of ['dana', 'kim']) pull.review({ by, state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)?.title).toMatch(/^Waiting: 2 approvals from @acme\d+\/sre .*\(1 of 2\)/);
  });

  test('a retarget takes approvals of another diff away', async () => {
    await begin();
    world.repository.branch('feature', 'main');
    const pull = world.openCopilot(INFRA, { base: 'feature' });
    for (const by of ['kim', 'lee']) pull.review({ by, state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
    pull.edit({ base: 'main', by: 'Copilot' });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title: expect.stringMatching(/\(0 of 2\)/),
    });
  });
});

describe('who wrote it', () => {
  test("a person's change passes, and says why", async () => {
    await begin();
    const pull = world.openByPerson('bo', INFRA);
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'success',
      title: 'Passed: no agent evidence found',
    });
  });

  test('agent evidence is remembered over a force-push that removes it', async () => {
    await begin();
    const pull = world.openByPerson('bo', INFRA);
    pull.push({ files: { 'src/a.ts': '1\n' }, message: 'More', author: 'Copilot', pusher: 'bo' });
    await world.settle();
    expect(world.check(pull)?.conclusion).not.toBe('success');
    pull.forcePush({
      commits: [{ files: { ...INFRA, 'src/a.ts': '1\n' }, message: 'All mine', author: 'bo' }],
      pusher: 'bo',
    });
    await world.settle();
    expect(world.check(pull)?.conclusion).not.toBe('success');
  });

  test("the same diff under a person's name in a new pull request is still the agent's", async () => {
    await begin();
    const first = world.openCopilot(INFRA);
    await world.settle();
    first.close('bo');
    const again = world.openByPerson('bo', INFRA, 'all-mine');
    await world.settle();
    expect(again.headSha).not.toBe(first.headSha);
    expect(world.check(again)?.title).toMatch(/^(Waiting|Blocked): /);
    expect(world.check(again)?.summary).toMatch(/seen on pull request .*1: opened by/);
  });

  test('another diff with the same shape is not', async () => {
    await begin();
    const first = world.openCopilot(INFRA);
    await world.settle();
    first.close('bo');
    const other = world.openByPerson('bo', { 'infra/main.tf': 'a\nb\nc\nd\ne\nZ\n' }, 'other');
    await world.settle();
    expect(world.check(other)).toMatchObject({ conclusion: 'success' });
  });

  test('the label names the agent, and is put on once', async () => {
    await begin();
    const pull = world.openCopilot(INFRA);
    await world.settle();
    expect([...pull.record.labels]).toEqual(['agent:copilot']);
    const writes = world.github.requests.filter(
      (request) => request.method === 'POST' && request.path === `/repos/${world.owner}/shop/check-runs`,
    );
    expect(writes.map(({ body }) => (body as { name: string }).name)).toEqual([
      'agent-policy',
      'agent-policy/quality-delta',
    ]);
  });
});

describe('the policy', () => {
  test('comes from the default branch: a pull request cannot change the rules it is judged by', async () => {
    await begin();
    const pull = world.openCopilot({
      ...INFRA,
      '.github/agent-policy.yml': 'version: 1\nowner: "@mallory"\n',
    });
    for (const by of ['kim', 'lee']) pull.review({ by, state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('action_required');
    expect(world.check(pull)?.title).toContain(`@${world.owner}/platform`);
  });

  test('a push that changes it judges the open pull requests again', async () => {
    await begin();
    const pull = world.openCopilot({ 'src/index.ts': 'export const a = 1;\n' });
    pull.review({ by: 'dana', state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
    world.repository.commit({
      files: { '.github/agent-policy.yml': world.own('version: 1\nowner: "@acme/platform"\nhalt: true\n') },
      message: 'Stop the agents',
      author: 'dana',
    });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Halted: /),
    });
  });

  test('absent: everything passes, and the check says there is none', async () => {
    await begin({ policy: null });
    const pull = world.openCopilot(INFRA);
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'success',
      title: expect.stringMatching(/^Passed: no agent-policy\.yml/),
    });
    expect([...pull.record.labels]).toEqual([]);
  });

  test('broken: agents fail, people pass with a warning', async () => {
    await begin({
      policy: 'version: 1\nowner: "@acme/platform"\nagents: { default: { tier: reed-only } }\n',
    });
    const agent = world.openCopilot(INFRA);
    const person = world.openByPerson('bo', { 'src/b.ts': '1\n' });
    await world.settle();
    expect(world.check(agent)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Policy broken: line 3, unknown tier/i),
    });
    expect(world.check(person)?.conclusion).toBe('success');
  });

  test('in observe mode nothing is held, and the check says what would be', async () => {
    await begin({ policy: 'version: 1\nmode: observe\nowner: "@acme/platform"\n' });
    const pull = world.openCopilot(INFRA);
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'neutral',
      title: expect.stringMatching(/^Would wait: /),
    });
    expect(pull.merge({ by: 'dana' })).toMatchObject({ merged: true });
  });

  test("the organisation's is met as well: a repository can only tighten", async () => {
    await begin({
      orgPolicy: 'version: 1\nowner: "@acme/platform"\nzones:\n  all: { paths: ["**"], propose: 3 }\n',
    });
    const pull = world.openCopilot({ 'docs/a.md': '# B\n' });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringContaining('docs/a.md'),
    });
  });

  test('of the organisation, required by the server and not there, blocks', async () => {
    const strict = await createSite({ ORG_POLICY: 'required' });
    try {
      const other = strict.found();
      const pull = other.openCopilot({ 'docs/a.md': '# B\n' });
      await other.settle();
      expect(other.check(pull)?.conclusion).toBe('failure');
      strict.github.assertClean();
    } finally {
      await strict.close();
    }
  }, 60_000);
});

describe('our own check', () => {
  test('cannot be replaced by a namesake from somewhere else', async () => {
    await begin();
    const other = world.github.createApp({ slug: 'other-checks', webhookSecret: 'unused' });
    world.github.install(other, world.owner, { repositories: 'all' });
    const pull = world.openCopilot(INFRA);
    await world.settle();
    world.repository.createCheckRun({
      app: other,
      name: 'agent-policy',
      sha: pull.headSha,
      status: 'completed',
      conclusion: 'success',
    });
    world.repository.createStatus({ context: 'agent-policy', state: 'success', by: 'bo', sha: pull.headSha });
    await world.settle();
    expect(pull.mergeState().ready).toBe(false);
    expect(world.check(pull)?.conclusion).toBe('action_required');
  });

  test('is written again when somebody presses Re-check, and not when nothing changed', async () => {
    await begin();
    const pull = world.openCopilot(INFRA);
    await world.settle();
    const [run] = world.repository.checkRuns({ sha: pull.headSha, name: 'agent-policy', app: world.app });
    const before = world.github.requests.length;
    world.repository.pressAction(run!, 'recheck', 'bo');
    await world.settle();
    expect(world.github.requests.length - before).toBe(1);
  });

  test('two pull requests on one head show the strictest verdict, and closing it releases the other', async () => {
    await begin({
      policy: `version: 1\nowner: "@acme/platform"\nzones:\n  main-only: { paths: ["infra/**"], branches: [main], propose: 2 }\n`,
    });
    world.repository.branch('release', 'main');
    const strict = world.openCopilot(INFRA);
    const mild = world.repository.openPullRequest({
      author: 'Copilot',
      head: 'copilot/change',
      base: 'release',
      title: 'Same head',
      body: SESSION,
      assignees: ['bo', 'Copilot'],
    });
    mild.review({ by: 'dana', state: 'APPROVED' });
    await world.settle();
    expect(world.check(mild)).toMatchObject({ conclusion: 'failure' });
    strict.close('bo');
    await world.settle();
    expect(world.check(mild)).toMatchObject({ conclusion: 'success' });
  });
});

describe('the merge queue', () => {
  test('judges every pull request of the group again, at its recorded head', async () => {
    await begin();
    const pull = world.openCopilot(INFRA);
    for (const by of ['kim', 'lee']) pull.review({ by, state: 'APPROVED' });
    await world.settle();
    const group = pull.enqueue('dana');
    await world.settle();
    expect(world.checkOn(group.headSha)).toMatchObject({ conclusion: 'success' });
  });

  test('a pull request that lost its approval while queued is taken out', async () => {
    await begin();
    const pull = world.openCopilot(INFRA);
    const review = pull.review({ by: 'kim', state: 'APPROVED' });
    pull.review({ by: 'lee', state: 'APPROVED' });
    await world.settle();
    pull.dismissReview(review, 'dana');
    const group = pull.enqueue('dana');
    await world.settle();
    expect(world.checkOn(group.headSha)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Blocked: #1/),
    });
  });

  test('a group whose queue GitHub tells in a way nobody understands is a failure', async () => {
    await begin();
    const pull = world.openCopilot(INFRA);
    for (const by of ['kim', 'lee']) pull.review({ by, state: 'APPROVED' });
    await world.settle();
    site.github.fail({ operation: 'graphql:MergeQueue' }, { status: 422, body: { message: 'No.' } });
    const group = pull.enqueue('dana');
    await world.settle();
    expect(world.checkOn(group.headSha)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Blocked: merge group not resolved, read merge queue/),
    });
  });

  test('a group that cannot be resolved is a failure, since a silent check hangs the queue', async () => {
    await begin();
    const sha = world.repository.tip('main');
    await world.github.deliver({
      event: 'merge_group',
      payload: {
        action: 'checks_requested',
        installation: { id: world.installation.id },
        repository: {
          id: world.repository.id,
          name: 'shop',
          full_name: `${world.owner}/shop`,
          default_branch: 'main',
          owner: { login: world.owner },
        },
        merge_group: {
          head_sha: sha,
          head_ref: 'refs/heads/gh-readonly-queue/main/pr-9-x',
          base_sha: sha,
          base_ref: 'refs/heads/main',
        },
        sender: { login: 'dana', id: 1, type: 'User' },
      },
    });
    await world.settle();
    expect(world.checkOn(sha)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Blocked: merge group/),
    });
  });
});
