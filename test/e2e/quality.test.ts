// Does a pull request get its quality delta, and does the gate hold what the policy limits?
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { App } from '../fakes/github/index.js';
import type { PullRequestHandle } from '../fakes/github/model/handles.js';
import { makeZip } from '../formats/make-zip.js';
import { createSite, SESSION, type Site, type World } from './world.js';

// Reports are read in a thread, which takes seconds to begin on a busy machine.
jest.setTimeout(60_000);

let site: Site;
let actions: App;
let world: World;
const begin = async (quality: string, more = '') => {
  world = site.found({
    policy: `version: 1\nowner: "@acme/platform"\ntrace: { required: true }\n${quality}${more}`,
  });
  site.github.install(actions, world.owner, { repositories: 'all' });
  await site.settle();
};
beforeAll(async () => {
  site = await createSite();
  actions = site.github.createApp({ slug: 'github-actions' });
}, 60_000);
afterEach(() => site.github.assertClean());
afterAll(() => site.close());

const qualityOn = (pull: PullRequestHandle) => {
  const name = 'agent-policy/quality-delta';
  const run = world.repository.checkRuns({ sha: pull.headSha, name, app: site.app, latest: true }).at(-1);
  if (run === undefined) return null;
  const { conclusion, title, summary, text } = run;
  return { conclusion, title: title ?? '', summary: summary ?? '', text: text ?? '' };
};
const lines = (count: number, word = 'line') =>
  Array.from({ length: count }, (_, at) => `export const ${word}${at} = ${at};\n`).join('');
const runTests = (pull: PullRequestHandle, conclusion: 'success' | null = null) =>
  void world.repository.createCheckRun({
    app: actions,
    name: 'test',
    sha: pull.headSha,
    status: conclusion === null ? 'in_progress' : 'completed',
    ...(conclusion === null ? {} : { conclusion }),
  });

describe('a stated limit of size', () => {
  test('blocks a larger agent change, and its own check says by how much and where to cut', async () => {
    await begin('quality_delta: { size: { warn: 20, fail: 40 } }\n');
    const pull = world.openCopilot({ 'src/a/one.ts': lines(30), 'src/b/two.ts': lines(25) });
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Blocked: 55 lines/),
    });
    const quality = qualityOn(pull);
    expect(quality).toMatchObject({ conclusion: 'failure', title: expect.stringMatching(/^Blocked: /) });
    expect(quality?.title).toContain('55 lines');
    expect(quality?.summary).toMatch(/`src\/a/);
    expect(pull.merge({ by: 'dana' })).toMatchObject({ merged: false });
  });

  test('does not count what the default branch calls generated, whatever the pull request says of itself', async () => {
    await begin('quality_delta: { size: { fail: 40 } }\n');
    world.repository.commit({
      files: { '.gitattributes': 'src/generated/** linguist-generated\n' },
      message: 'Mark',
      author: 'dana',
    });
    const generated = world.openCopilot({ 'src/generated/api.ts': lines(90) }, { head: 'copilot/one' });
    const forged = world.openCopilot(
      { 'src/mine.ts': lines(90), '.gitattributes': 'src/** linguist-generated\n' },
      { head: 'copilot/two' },
    );
    await world.settle();
    expect(qualityOn(generated)?.conclusion).toBe('success');
    expect(qualityOn(forged)?.conclusion).toBe('failure');
    expect(world.check(forged)?.title).toMatch(/^Blocked: /);
  });

  test('binds people only in a zone that is for everyone', async () => {
    await begin(
      'zones:\n  money: { paths: ["src/money/**"], for: everyone, quality_delta: { size: { fail: 10 } } }\n',
    );
    const free = world.openByPerson('lee', { 'src/free.ts': lines(30) }, 'free');
    const bound = world.openByPerson(
      'kim',
      { 'src/money/tax.ts': lines(30), 'src/other.ts': lines(5) },
      'bound',
    );
    await world.settle();
    expect(qualityOn(free)).toBeNull();
    expect(qualityOn(bound)?.conclusion).toBe('failure');
    expect(world.check(bound)?.conclusion).toBe('failure');
  });

  test('is only reported in observe mode', async () => {
    await begin('quality_delta: { mode: observe, size: { fail: 10 } }\n');
    const pull = world.openCopilot({ 'src/a.ts': lines(30) });
    await world.settle();
    expect(qualityOn(pull)).toMatchObject({
      conclusion: 'neutral',
      title: expect.stringMatching(/^Would block: /),
    });
    expect(world.check(pull)?.conclusion).not.toBe('failure');
  });
});

describe('a policy without limits', () => {
  test('reports the figures with one request more and blocks nothing', async () => {
    await begin('');
    const before = site.github.requests.length;
    const pull = world.openCopilot({ 'src/a.ts': lines(300) }, { body: SESSION });
    await world.settle();
    expect(qualityOn(pull)).toMatchObject({
      conclusion: 'success',
      title: expect.stringMatching(/^Passed: /),
    });
    const own = site.github.requests.slice(before).filter(({ path }) => path.endsWith('/check-runs'));
    expect(own.map(({ body }) => (body as { name: string }).name)).toEqual([
      'agent-policy',
      'agent-policy/quality-delta',
    ]);
  });

  test('takes back what stood there once nothing is asked any more', async () => {
    await begin('quality_delta: { size: { fail: 10 } }\n');
    const pull = world.openCopilot({ 'src/a.ts': lines(30) });
    await world.settle();
    expect(qualityOn(pull)?.conclusion).toBe('failure');
    world.repository.commit({
      files: { '.github/agent-policy.yml': world.own('version: 1\nowner: "@acme/platform"\n') },
      message: 'No limits',
      author: 'dana',
    });
    await world.settle();
    expect(qualityOn(pull)?.conclusion).toBe('success');
  });
});

describe('coverage', () => {
  const POLICY = 'quality_delta: { coverage: { artifact: coverage, patch_min: 80%, missing: fail } }\n';
  const CHANGE = { 'src/tax.ts': lines(10) };
  const lcov = (covered: number) =>
    makeZip([
      {
        name: 'lcov.info',
        content: `TN:\nSF:src/tax.ts\n${Array.from({ length: 10 }, (_, at) => `DA:${at + 1},${at < covered ? 1 : 0}\n`).join('')}end_of_record\n`,
      },
    ]);

  test('is waited for while the tests run, and blocks below its limit with the lines at fault', async () => {
    await begin(POLICY);
    const pull = world.openCopilot(CHANGE);
    runTests(pull);
    await world.settle();
    expect(qualityOn(pull)?.conclusion).toBeNull();
    expect(qualityOn(pull)?.title).toMatch(/^Running: /);
    world.repository.uploadArtifact({ name: 'coverage', content: lcov(6), headSha: pull.headSha });
    const before = site.github.requests.length;
    runTests(pull, 'success');
    await world.settle();
    expect(qualityOn(pull)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringContaining('60 % of 80 %'),
    });
    expect(world.check(pull)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Blocked: 60% of new lines tested \(80% needed\)/),
    });
    const quality = site.github.requests
      .slice(before)
      .filter(({ path, body }) => /artifacts|pulls\/\d+\/files/.test(path) || isQuality(body));
    expect(quality.length).toBeLessThanOrEqual(4);
    const annotated = (name: string) =>
      world.repository.checkRuns({ sha: pull.headSha, name, app: site.app, latest: true }).at(-1)
        ?.annotations;
    expect(annotated('agent-policy/quality-delta')).toMatchObject([
      { path: 'src/tax.ts', start_line: 7, end_line: 10 },
    ]);
    // Shown once, not by the gate as well.
    expect(annotated('agent-policy')).toEqual([]);
  });

  test('above the limit it passes, and the next review asks for no artifact', async () => {
    await begin(POLICY);
    const pull = world.openCopilot(CHANGE);
    runTests(pull);
    world.repository.uploadArtifact({ name: 'coverage', content: lcov(9), headSha: pull.headSha });
    runTests(pull, 'success');
    await world.settle();
    expect(qualityOn(pull)).toMatchObject({ conclusion: 'success', title: expect.stringContaining('90 %') });
    const before = site.github.requests.length;
    pull.review({ by: 'dana', state: 'APPROVED' });
    await world.settle();
    expect(site.github.requests.slice(before).filter(({ path }) => /artifacts/.test(path))).toEqual([]);
    expect(world.check(pull)?.conclusion).toBe('success');
  });

  test('of another head does not count', async () => {
    await begin(POLICY);
    const pull = world.openCopilot(CHANGE);
    world.repository.uploadArtifact({ name: 'coverage', content: lcov(10), headSha: pull.headSha });
    pull.push({ files: { 'src/pay.ts': lines(5) }, message: 'More', author: 'Copilot', signature: 'github' });
    runTests(pull, 'success');
    await world.settle();
    expect(qualityOn(pull)?.conclusion).not.toBe('success');
    expect(world.check(pull)?.conclusion).not.toBe('success');
  });

  const isQuality = (body: unknown) =>
    (body as { name?: unknown } | null)?.name === 'agent-policy/quality-delta';
});

describe('an exact revert', () => {
  const POLICY = 'quality_delta: { size: { fail: 40 } }\n';
  const revert = (files: Record<string, string | null>, number: number) => {
    const head = `copilot/revert-${number}`;
    world.repository.branch(head, 'main');
    world.repository.commit({
      branch: head,
      files,
      message: 'Revert\n\nCo-authored-by: bo <bo@users.noreply.github.com>',
      author: 'Copilot',
      signature: 'github',
    });
    return world.repository.openPullRequest({
      author: 'Copilot',
      head,
      base: 'main',
      title: 'Revert "Add much"',
      body: `Reverts ${world.owner}/shop#${number}`,
      assignees: ['bo', 'Copilot'],
    });
  };
  const mergeMuch = async () => {
    const much = world.openByPerson('lee', { 'src/much.ts': lines(90) }, 'much');
    much.review({ by: 'dana', state: 'APPROVED' });
    await world.settle();
    expect(much.merge({ by: 'dana' })).toMatchObject({ merged: true });
    await world.settle();
    return much;
  };

  test('owes no quality delta and no trace link, and still the approval', async () => {
    await begin(POLICY);
    const much = await mergeMuch();
    const pull = revert({ 'src/much.ts': null }, much.number);
    await world.settle();
    expect(world.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title: expect.stringMatching(/^Waiting: 1 approval/),
    });
    expect(qualityOn(pull)?.conclusion ?? 'success').toBe('success');
    pull.review({ by: 'dana', state: 'APPROVED' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
  });

  test('with one line of its own owes everything', async () => {
    await begin(POLICY);
    const much = await mergeMuch();
    const pull = revert({ 'src/much.ts': 'export const mine = 1;\n' }, much.number);
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('failure');
    expect(world.check(pull)?.summary).toContain('trace-link');
    expect(qualityOn(pull)?.conclusion).toBe('failure');
  });

  test('a push after it was found exact is judged anew', async () => {
    await begin(POLICY);
    const much = await mergeMuch();
    const pull = revert({ 'src/much.ts': null }, much.number);
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('action_required');
    pull.push({
      files: { 'src/evil.ts': lines(2) },
      message: 'More',
      author: 'Copilot',
      signature: 'github',
    });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('failure');
  });
});

test('what was merged here is on record with the next change', async () => {
  await begin('');
  const first = world.openCopilot({ 'src/tax.ts': lines(5) }, { head: 'copilot/first' });
  first.review({ by: 'dana', state: 'APPROVED' });
  await world.settle();
  expect(first.merge({ by: 'dana' })).toMatchObject({ merged: true });
  await world.settle();
  const next = world.openCopilot({ 'src/tax.ts': lines(6) }, { head: 'copilot/next' });
  await world.settle();
  expect(qualityOn(next)?.summary).toMatch(/`copilot`: 0 of 1/);
});
