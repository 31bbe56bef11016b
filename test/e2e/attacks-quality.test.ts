// Can somebody get around the quality delta, or make its check tell a lie? From the outside, with the real app.
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
const begin = async (quality: string) => {
  world = site.found({
    policy: `version: 1\nowner: "@acme/platform"\ntrace: { required: true }\n${quality}`,
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
  return run === undefined ? null : { conclusion: run.conclusion, title: run.title ?? '' };
};
const lines = (count: number, word = 'line') =>
  Array.from({ length: count }, (_, at) => `export const ${word}${at} = ${at};\n`).join('');

describe('a change that only claims to be an exact revert', () => {
  const POLICY = 'quality_delta: { size: { fail: 40 } }\n';
  const claim = (files: Record<string, string | null>, number: number, title = 'Revert "Change it"') => {
    const head = `copilot/revert-${number}`;
    const signed = { author: 'Copilot', pusher: 'Copilot', signature: 'github' } as const;
    world.repository.branch(head, 'main');
    world.repository.commit({
      branch: head,
      files,
      message: 'Revert\n\nCo-authored-by: bo <bo@users.noreply.github.com>',
      ...signed,
    });
    return world.repository.openPullRequest({
      author: 'Copilot',
      head,
      base: 'main',
      title,
      body: `Reverts ${world.owner}/shop#${number}`,
      assignees: ['bo', 'Copilot'],
    });
  };
  const mergeIt = async (pull: PullRequestHandle, method: 'merge' | 'squash' | 'rebase') => {
    pull.review({ by: 'dana', state: 'APPROVED' });
    await world.settle();
    expect(pull.merge({ by: 'dana', method })).toMatchObject({ merged: true });
    await world.settle();
  };
  const owesEverything = async (pull: PullRequestHandle) => {
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('failure');
    expect(world.check(pull)?.summary).toContain('trace-link');
  };

  test('undoes the last of several rebased commits, and leaves the others', async () => {
    await begin(POLICY);
    const two = world.openByPerson('lee', { 'src/first.ts': lines(90, 'first') }, 'two');
    two.push({ files: { 'src/second.ts': lines(90, 'second') }, message: 'More', author: 'lee' });
    await mergeIt(two, 'rebase');
    await owesEverything(claim({ 'src/second.ts': null }, two.number));
  });

  test('undoes all of several rebased commits, which no single diff proves', async () => {
    await begin(POLICY);
    const two = world.openByPerson('lee', { 'src/first.ts': lines(90, 'first') }, 'two');
    two.push({ files: { 'src/second.ts': lines(90, 'second') }, message: 'More', author: 'lee' });
    await mergeIt(two, 'rebase');
    await owesEverything(claim({ 'src/first.ts': null, 'src/second.ts': null }, two.number));
  });

  test('brings back what was taken out, by undoing the revert', async () => {
    await begin(POLICY);
    const much = world.openByPerson('lee', { 'src/much.ts': lines(90) }, 'much');
    await mergeIt(much, 'squash');
    const back = world.repository.branch('back', 'main');
    expect(back).not.toBeNull();
    world.repository.commit({
      branch: 'back',
      files: { 'src/much.ts': null },
      message: 'Revert "Change it"',
      author: 'kim',
      pusher: 'kim',
    });
    const revert = world.repository.openPullRequest({
      author: 'kim',
      head: 'back',
      base: 'main',
      title: 'Revert "Change it"',
      body: `Reverts ${world.owner}/shop#${much.number}`,
    });
    await mergeIt(revert, 'squash');
    const again = claim({ 'src/much.ts': lines(90) }, revert.number, 'Revert "Revert "Change it""');
    await owesEverything(again);
    expect(qualityOn(again)?.conclusion).toBe('failure');
  });
});

describe('two pull requests on one head', () => {
  test('the small one into another branch does not speak for the large one', async () => {
    await begin('quality_delta: { size: { fail: 40 } }\n');
    const signed = { author: 'Copilot', pusher: 'Copilot', signature: 'github' } as const;
    world.repository.branch('copilot/change', 'main');
    world.repository.commit({
      branch: 'copilot/change',
      files: { 'src/big.ts': lines(90) },
      message: 'Big',
      ...signed,
    });
    world.repository.branch('parking', 'copilot/change');
    world.repository.commit({
      branch: 'copilot/change',
      files: { 'src/small.ts': lines(2) },
      message: 'Small',
      ...signed,
    });
    const open = (base: string) =>
      world.repository.openPullRequest({
        ...{ author: 'Copilot', head: 'copilot/change', base, title: 'Change it' },
        ...{ body: `Session: ${SESSION}`, assignees: ['bo', 'Copilot'] },
      });
    const decoy = open('parking');
    await world.settle();
    expect(qualityOn(decoy)?.conclusion).toBe('success');
    const real = open('main');
    await world.settle();
    expect(world.check(real)?.conclusion).toBe('failure');
    expect(qualityOn(real)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Blocked: /),
    });
    decoy.edit({ by: 'bo', title: 'Change it a little' });
    await world.settle();
    expect(qualityOn(real)?.conclusion).toBe('failure');
    real.close('bo');
    await world.settle();
    expect(qualityOn(decoy)?.conclusion).toBe('success');
  });
});

describe('coverage', () => {
  const POLICY = 'quality_delta: { coverage: { artifact: coverage, patch_min: 80%, missing: fail } }\n';
  const upload = (pull: PullRequestHandle, covered: number) => {
    const records = Array.from({ length: 10 }, (_, at) => `DA:${at + 1},${at < covered ? 1 : 0}\n`).join('');
    const content = makeZip([
      { name: 'lcov.info', content: `TN:\nSF:src/tax.ts\n${records}end_of_record\n` },
    ]);
    world.repository.uploadArtifact({ name: 'coverage', content, headSha: pull.headSha });
  };
  const endTests = ({ headSha: sha }: PullRequestHandle) =>
    void world.repository.createCheckRun({ app: actions, name: 'test', sha, conclusion: 'success' });

  test('of a tested file does not stand for an untested one whose path ends alike', async () => {
    await begin(POLICY);
    world.repository.commit({ files: { 'src/tax.ts': lines(10) }, message: 'Tax', author: 'dana' });
    await world.settle();
    const pull = world.openCopilot({ 'evil/src/tax.ts': lines(10, 'evil') });
    upload(pull, 10);
    endTests(pull);
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('failure');
    expect(qualityOn(pull)?.conclusion).toBe('failure');
  });

  test('is read anew when somebody has our check run again, as a late report brings no event', async () => {
    await begin(POLICY);
    const pull = world.openCopilot({ 'src/tax.ts': lines(10) });
    upload(pull, 6);
    endTests(pull);
    await world.settle();
    expect(qualityOn(pull)?.conclusion).toBe('failure');
    upload(pull, 9);
    const name = 'agent-policy/quality-delta';
    const run = world.repository.checkRuns({ sha: pull.headSha, name, app: site.app, latest: true }).at(-1);
    world.repository.rerequest(run!, 'bo');
    await world.settle();
    expect(qualityOn(pull)).toMatchObject({ conclusion: 'success', title: expect.stringContaining('90 %') });
  });
});
