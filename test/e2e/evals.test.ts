// Is an eval suite started once, believed for the right reasons, and does its result hold the gate?
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { artifact, evalsCheck, FILE, foundSuite, resultsOf } from './evals-world.js';
import { createSite, type Site, type World } from './world.js';

// Results are read in a thread, which takes seconds to begin on a busy machine.
jest.setTimeout(60_000);

let site: Site;
let world: World;
beforeAll(async () => {
  site = await createSite();
}, 60_000);
afterEach(() => site.github.assertClean());
afterAll(() => site.close());

const CHANGE = { 'prompts/refund.md': 'Refund kindly.\n' };
const check = (pull: Parameters<typeof evalsCheck>[2]) => evalsCheck(site, world, pull);
const runs = () => world.repository.runs(FILE);
const operations = (from: number) => site.github.requests.slice(from).map(({ operation }) => operation);

describe('a suite that a zone names', () => {
  test('is started once for a head, runs, and lets the change through when it passes', async () => {
    world = await foundSuite(site);
    const before = site.github.requests.length;
    const pull = world.openByPerson('lee', CHANGE);
    await world.settle();
    expect(runs()).toHaveLength(1);
    expect(operations(before).filter((one) => one === 'actions/create-workflow-dispatch')).toHaveLength(1);
    const [run] = runs();
    expect(run!.inputs).toMatchObject({
      head_sha: pull.headSha,
      pull_request: String(pull.number),
      suite: 'support',
    });
    expect(run!.title).toContain(run!.inputs.nonce);
    expect(check(pull)).toMatchObject({ conclusion: null, title: expect.stringMatching(/^Running/) });
    expect(world.check(pull)?.conclusion).toBeNull();
    expect(check(pull)!.text + check(pull)!.summary).toContain(`/actions/runs/${run!.id}`);
    const asked = site.github.requests.length;
    run!.play(artifact(resultsOf(4)));
    await world.settle();
    expect(check(pull)).toMatchObject({ conclusion: 'success' });
    expect(world.check(pull)?.conclusion).toBe('success');
    expect(operations(asked).filter((one) => one.startsWith('actions/'))).toEqual([
      'actions/list-jobs-for-workflow-run-attempt',
      'actions/list-workflow-run-artifacts',
      'actions/download-artifact',
    ]);
  });

  test('is started once by ten events at once', async () => {
    world = await foundSuite(site);
    const pull = world.openByPerson('lee', CHANGE);
    for (let at = 0; at < 5; at += 1) {
      world.repository.createStatus({ context: `ci/${at}`, state: 'success', by: 'lee', sha: pull.headSha });
      pull.review({ by: at % 2 === 0 ? 'kim' : 'bo', state: 'COMMENTED' });
    }
    await world.settle();
    expect(runs()).toHaveLength(1);
  });

  test('blocks the merge when it fails, and says what fails', async () => {
    world = await foundSuite(site);
    const pull = world.openByPerson('lee', CHANGE);
    await world.settle();
    runs()[0]!.play(artifact(resultsOf(2)));
    await world.settle();
    expect(check(pull)).toMatchObject({ conclusion: 'failure' });
    expect(check(pull)!.summary).toContain('refund-3');
    expect(world.check(pull)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Blocked: /),
    });
    expect(pull.merge({ by: 'dana' })).toMatchObject({ merged: false });
    const pressed = check(pull)!.run;
    world.repository.pressAction(pressed, 'rerun-evals', 'kim');
    await world.settle();
    expect(runs()).toHaveLength(2);
    expect(check(pull)).toMatchObject({ conclusion: null });
  });

  test('starts for a draft when it is ready, and not before', async () => {
    world = await foundSuite(site);
    const pull = world.openByPerson('lee', CHANGE);
    await world.settle();
    expect(runs()).toHaveLength(1);
    pull.convertToDraft('lee');
    world.repository.commit({
      branch: 'change',
      files: { 'prompts/refund.md': 'Two.\n' },
      message: 'Two',
      author: 'lee',
    });
    await world.settle();
    expect(runs()).toHaveLength(1);
    pull.readyForReview('lee');
    await world.settle();
    expect(runs()).toHaveLength(2);
  });

  test('is not run for a change that its zone does not hold', async () => {
    world = await foundSuite(site);
    const pull = world.openByPerson('lee', { 'src/index.ts': 'export const a = 1;\n' });
    await world.settle();
    expect(runs()).toHaveLength(0);
    expect(check(pull)).toBeNull();
  });
});
