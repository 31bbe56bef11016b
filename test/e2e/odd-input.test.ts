// Does the app live and give a safe verdict when what it meets is odd, gone or half there?
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { renderGitHubMarkdown } from '../checks/github-markdown.js';
import { createSite, type Site, type World } from './world.js';

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

const lives = async () => {
  const answer = await fetch(`${site.running.url}/readyz`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ queue: { waiting: 0, active: 0, dead: 0 } });
};

describe('a pull request', () => {
  test('without any changed file is judged', async () => {
    await begin();
    world.repository.branch('copilot/nothing', 'main');
    world.repository.commit({
      branch: 'copilot/nothing',
      files: {},
      message: 'Nothing',
      author: 'Copilot',
      pusher: 'Copilot',
    });
    const pull = world.repository.openPullRequest({
      author: 'Copilot',
      head: 'copilot/nothing',
      base: 'main',
      title: 'Nothing',
      body: '',
    });
    await world.settle();
    expect(world.check(pull)).not.toBeNull();
    expect(world.check(pull)?.conclusion).not.toBe('success');
    await lives();
  });

  test('closed meanwhile gets no verdict, and opened again gets one', async () => {
    await begin();
    site.github.pauseDeliveries();
    const pull = world.openCopilot({ 'src/index.ts': '1\n' });
    pull.close('bo');
    site.github.resumeDeliveries();
    await world.settle();
    expect(world.check(pull)).toBeNull();
    pull.reopen('bo');
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('action_required');
    await lives();
  });

  test('of a fork is judged by the same rules, with the check on its head', async () => {
    await begin();
    const fork = world.repository.fork('mallory');
    fork.branch('claude/fix-abcde', 'main');
    fork.commit({
      branch: 'claude/fix-abcde',
      files: { 'infra/main.tf': 'x\n' },
      message: 'Fix',
      author: { name: 'Claude', email: 'noreply@anthropic.com' },
      pusher: 'mallory',
    });
    const pull = world.repository.openPullRequest({
      author: 'mallory',
      head: 'claude/fix-abcde',
      base: 'main',
      title: 'Fix',
      body: 'x',
      fromFork: fork,
    });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/trace link/),
    });
    await lives();
  });

  test('with more commits than GitHub lists fails, and says what would lift it', async () => {
    await begin();
    world.repository.branch('copilot/long', 'main');
    world.repository.push({
      branch: 'copilot/long',
      pusher: 'Copilot',
      commits: Array.from({ length: 251 }, (_, i) => ({
        files: { 'src/n.ts': `${i}\n` },
        message: `Step ${i}`,
        author: 'Copilot',
      })),
    });
    const pull = world.repository.openPullRequest({
      author: 'Copilot',
      head: 'copilot/long',
      base: 'main',
      title: 'Long',
      body: 'x',
    });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('failure');
    expect(world.check(pull)?.summary).toMatch(/250 of 251 commits|251 commits/);
    await lives();
  }, 30_000);

  test('with file names that attack the page writes none of them as Markdown', async () => {
    await begin();
    const pull = world.openCopilot({ 'infra/a|b`c`\n@kim <img src=x>\u202e.tf': 'x\n' });
    await world.settle();
    const { summary = '', text = '' } = world.check(pull) ?? {};
    expect(world.check(pull)?.conclusion).toBe('action_required');
    for (const rendered of [summary, text.split('```json')[0]!]) {
      expect(rendered).not.toContain('\u202e');
      expect(renderGitHubMarkdown(rendered)).not.toMatch(/<img|<a [^>]*kim/);
    }
    await lives();
  });
});

describe('an event', () => {
  test('of a repository that was deleted meanwhile is done with', async () => {
    await begin();
    site.github.pauseDeliveries();
    world.openCopilot({ 'src/index.ts': '1\n' });
    world.repository.delete();
    site.github.resumeDeliveries();
    await world.settle();
    await lives();
  });

  test('of an installation that is unknown or gone is done with', async () => {
    await begin();
    site.github.pauseDeliveries();
    world.openCopilot({ 'src/index.ts': '1\n' });
    site.github.uninstall(world.installation);
    site.github.resumeDeliveries();
    await world.settle();
    await lives();
  }, 60_000);
});

describe.each([
  ['a list', '- a\n'],
  ['empty', ''],
  ['1 MB', `version: 1\nowner: "@acme/platform"\n# ${'x'.repeat(1_048_576)}\n`],
  ['billion laughs', 'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nversion: *c\n'],
  [
    'globs of 100 KB',
    `version: 1\nowner: "@acme/platform"\nzones: { z: { paths: ["${'a*'.repeat(50_000)}"] } }\n`,
  ],
])('a policy that is %s', (_name, policy) => {
  test("fails agents' changes and lets people's pass", async () => {
    await begin({ policy });
    const agent = world.openCopilot({ 'src/index.ts': '1\n' });
    const person = world.openByPerson('bo', { 'src/other.ts': '1\n' });
    await world.settle();
    expect(world.check(agent)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Policy broken: /),
    });
    expect(world.check(person)).toMatchObject({ conclusion: 'success' });
    await lives();
  });
});

test('GitHub failing in the middle of a review leaves the old verdict, and the next attempt writes the new one', async () => {
  await begin();
  const pull = world.openCopilot({ 'src/index.ts': '1\n' });
  await world.settle();
  site.github.fail({ operation: 'checks/create' }, { status: 502, times: 2 });
  pull.review({ by: 'dana', state: 'APPROVED' });
  await world.settle();
  expect(world.check(pull)?.conclusion).toBe('success');
  const runs = world.repository.checkRuns({ sha: pull.headSha, name: 'agent-policy', app: site.app });
  expect(runs.map((run) => run.conclusion)).toEqual(['action_required', 'success']);
}, 60_000);

test('an answer of GitHub that nobody understands takes the green away until one is', async () => {
  await begin();
  const pull = world.openCopilot({ 'src/index.ts': '1\n' });
  pull.review({ by: 'dana', state: 'APPROVED' });
  await world.settle();
  expect(world.check(pull)?.conclusion).toBe('success');
  site.github.fail({ operation: 'graphql:PullRequest' }, { status: 422, body: { message: 'No.' } });
  pull.edit({ title: 'Other words', by: 'bo' });
  await world.settle();
  const runs = world.repository.checkRuns({ sha: pull.headSha, name: 'agent-policy', app: site.app });
  expect(runs.slice(-2).map(({ conclusion, title }) => [conclusion, title])).toEqual([
    ['failure', 'Blocked: this head could not be judged'],
    ['success', expect.stringMatching(/^Passed: /)],
  ]);
}, 60_000);
