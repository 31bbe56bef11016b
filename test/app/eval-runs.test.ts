// Is every run started once, followed to its end, tried again where that helps, and does the check say how it stands?
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { NewEvalRun } from '../../src/storage/eval-runs.js';
import { makeZip } from '../formats/make-zip.js';
import { artifact, type EvalStreet, FILE, openEvalStreet, resultsOf, WORKFLOW } from './eval-street.js';

jest.setTimeout(60_000);

let street: EvalStreet;
beforeAll(async () => {
  street = await openEvalStreet();
}, 60_000);
afterEach(() => {
  street.github.setRunDetails('given');
  street.github.assertClean();
});
afterAll(() => street.close());

const DISPATCH = 'actions/create-workflow-dispatch';
const LIST = 'actions/list-workflow-runs';
/** Runs of a push and of a schedule. */
const BASELINE = [LIST, LIST];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NONCE = `ap-${'0f'.repeat(16)}`;
const READ = [
  'actions/list-jobs-for-workflow-run-attempt',
  'actions/list-workflow-run-artifacts',
  'actions/download-artifact',
];

/** As a process leaves it that died after it planned the run. */
const planOf = (
  shop: Awaited<ReturnType<EvalStreet['foundShop']>>,
  { number, headSha }: { readonly number: number; readonly headSha: string },
): NewEvalRun => ({
  ...{ repoId: shop.repository.id, pullRequest: number, suite: 'support', headSha, diffDigest: null },
  ...{ round: 1, attempt: 1, nonce: NONCE, workflow: FILE, requestedBy: null },
  plannedAt: new Date(shop.clock.ms),
});

describe('a suite', () => {
  test('is started with one request, shown with its page, and read with three', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    // The first review of a workflow looks for its baseline as well.
    expect(await shop.step(pull)).toEqual({ again: 0, actions: [...BASELINE, DISPATCH] });
    const [run] = shop.runs();
    expect(await shop.step(pull)).toMatchObject({ actions: ['actions/get-workflow-run'] });
    expect(shop.check(pull)).toMatchObject({
      conclusion: null,
      title: expect.stringMatching(/^Running: .*queued/),
      all: expect.stringContaining(`/actions/runs/${run!.id}`),
    });
    run!.start();
    shop.clock.ms += MINUTE;
    expect((await shop.step(pull)).actions).toEqual([]);
    expect(shop.check(pull).title).toMatch(/^Running: support, /);
    run!.job('answer', { conclusion: 'success' });
    const score = run!.job('score');
    run!.upload(artifact(resultsOf(3)));
    score.complete();
    run!.complete('success');
    expect((await shop.step(pull)).actions).toEqual(READ);
    expect(shop.check(pull)).toMatchObject({
      conclusion: 'success',
      all: expect.stringMatching(/75/),
    });
    expect(shop.gate(pull).conclusion).toBe('success');
    expect((await shop.step(pull)).actions).toEqual([]);
    expect(shop.runs()).toHaveLength(1);
  });

  test('that fails blocks, and names what failed', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    await shop.step(pull);
    shop.runs()[0]!.play(artifact(resultsOf(2)));
    await shop.step(pull);
    expect(shop.check(pull)).toMatchObject({
      conclusion: 'failure',
      all: expect.stringContaining('refund-3'),
    });
    expect(shop.gate(pull)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringMatching(/^Blocked/),
    });
  });

  test('is not started again by a review of the same head, nor by events delivered twice', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    await shop.step(pull);
    shop.runs()[0]!.play(artifact(resultsOf(4)));
    await street.github.idle();
    for (const delivery of street.github.deliveries.slice(-4)) await street.github.redeliver(delivery);
    for (let time = 0; time < 3; time += 1) await shop.step(pull);
    expect(shop.runs()).toHaveLength(1);
    expect((await shop.rows(pull)).map(({ end }) => end?.kind)).toEqual(['results']);
  });
});

describe('a process that died', () => {
  test('before it asked GitHub: the run is asked for again after a minute, under the same nonce', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    await shop.hear();
    await street.storage.evalRuns.plan(planOf(shop, pull));
    expect(await shop.review(pull)).toEqual({ again: MINUTE, actions: [LIST, ...BASELINE] });
    expect(shop.check(pull).conclusion).toBeNull();
    shop.clock.ms += MINUTE;
    expect((await shop.review(pull)).actions).toEqual([LIST, DISPATCH]);
    expect(shop.runs().map(({ inputs }) => inputs.nonce)).toEqual([NONCE]);
  });

  test('after GitHub took the run, and before that was written down: the run is found by its nonce', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    await shop.hear();
    street.github.fail({ operation: DISPATCH }, { drop: 'after' });
    await expect(shop.review(pull)).rejects.toThrow();
    expect(shop.runs()).toHaveLength(1);
    await shop.review(pull);
    shop.runs()[0]!.play(artifact(resultsOf(4)));
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(1);
    expect(shop.gate(pull).conclusion).toBe('success');
  });

  test('and whose run has ended meanwhile: it is found with its results', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    await shop.hear();
    street.github.fail({ operation: DISPATCH }, { drop: 'after' });
    await expect(shop.review(pull)).rejects.toThrow();
    shop.runs()[0]!.play(artifact(resultsOf(4)));
    await shop.miss();
    expect((await shop.review(pull)).actions).toEqual([LIST, ...READ]);
    expect(shop.gate(pull).conclusion).toBe('success');
  });
});

describe('a server that does not say which run it started', () => {
  test('is asked once more without that question, and the run is found by its name', async () => {
    street.github.setRunDetails('refused');
    const shop = await street.foundShop();
    const pull = shop.open();
    expect((await shop.step(pull)).actions).toEqual([...BASELINE, DISPATCH, DISPATCH]);
    expect((await shop.step(pull)).actions).toEqual([LIST]);
    expect((await shop.rows(pull))[0]).toMatchObject({ runId: shop.runs()[0]!.id });
    shop.runs()[0]!.play(artifact(resultsOf(4)));
    expect((await shop.step(pull)).actions).toEqual(READ);
    expect(shop.gate(pull).conclusion).toBe('success');
  });

  test('and whose workflow does not bear the nonce in its name is not started over and over', async () => {
    street.github.setRunDetails('refused');
    const shop = await street.foundShop({ workflow: WORKFLOW.replace(/^run-name:.*$/m, '') });
    const pull = shop.open();
    await shop.step(pull);
    shop.clock.ms += 2 * MINUTE;
    await shop.step(pull);
    expect(shop.check(pull).conclusion).toBeNull();
    shop.clock.ms += 10 * MINUTE;
    await shop.step(pull);
    expect(shop.check(pull)).toMatchObject({
      conclusion: 'action_required',
      all: expect.stringContaining('run-name'),
    });
    expect(shop.runs()).toHaveLength(1);
  });
});

describe('a run that ends without results', () => {
  test('is tried again as often as the policy says, and then waits for the owner', async () => {
    const shop = await street.foundShop({ suite: 'retries: 1' });
    const pull = shop.open();
    await shop.step(pull);
    const failRun = () => {
      const run = shop.runs().at(-1)!;
      run.start();
      run.job('answer', { conclusion: 'success' });
      run.job('score', { conclusion: 'failure' });
      run.complete('failure');
    };
    failRun();
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(2);
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBeNull();
    failRun();
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(2);
    expect(shop.check(pull)).toMatchObject({
      conclusion: 'action_required',
      all: expect.stringContaining('The job score ended with failure'),
    });
    expect(shop.gate(pull)).toMatchObject({ title: expect.stringMatching(/^Waiting/) });
  });

  const BOMB = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>`;
  test.each([
    ['no artifact', null, 'uploaded no artifact named eval-results'],
    ['an expired one', { ...artifact(resultsOf(4)), expired: true }, 'expired'],
    ['one that is too large', { ...artifact(resultsOf(4)), size: 200 * 1024 * 1024 }, 'larger than 100 MB'],
    ['one that is no archive', artifact(Buffer.from('no zip')), 'cannot be read'],
    ['results of another head', artifact(resultsOf(4, 'b'.repeat(40))), 'of commit'],
    [
      'a file that is cut short',
      artifact(zip('results.json', '{"format":"agent-policy-evals","cases":[')),
      '',
    ],
    [
      'no case',
      artifact(zip('results.json', '{"format":"agent-policy-evals","version":1,"cases":[]}')),
      'no case',
    ],
  ])('waits with words: %s', async (_what, uploaded, words) => {
    const shop = await street.foundShop({ suite: 'retries: 0' });
    const pull = shop.open();
    await shop.step(pull);
    const [run] = shop.runs();
    run!.start();
    run!.job('answer', { conclusion: 'success' });
    const score = run!.job('score');
    if (uploaded !== null) run!.upload(uploaded);
    score.complete();
    run!.complete('success');
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('action_required');
    expect(shop.check(pull).all).toContain(words);
  });

  test('reads no entity of an XML bomb', async () => {
    const shop = await street.foundShop({ suite: 'retries: 0', format: 'junit' });
    const pull = shop.open();
    await shop.step(pull);
    shop.runs()[0]!.play(artifact(zip('results.xml', BOMB)));
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('action_required');
  });

  test('that unpacks without end is refused', async () => {
    const shop = await street.foundShop({ suite: 'retries: 0', format: 'junit' });
    const pull = shop.open();
    await shop.step(pull);
    const huge = zip('results.xml', `<testsuite>${' '.repeat(64 * 1024 * 1024)}</testsuite>`);
    expect(huge.length).toBeLessThan(1024 * 1024);
    shop.runs()[0]!.play(artifact(huge));
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('action_required');
  });

  test('because it takes too long is cancelled, tried again, and waits', async () => {
    const shop = await street.foundShop({ suite: 'timeout: 30m, retries: 1' });
    const pull = shop.open();
    await shop.step(pull);
    shop.runs()[0]!.start();
    await shop.step(pull);
    shop.clock.ms += 31 * MINUTE;
    expect((await shop.review(pull)).actions).toEqual([
      'actions/get-workflow-run',
      'actions/cancel-workflow-run',
      DISPATCH,
    ]);
    expect(shop.runs().map((run) => run.conclusion())).toEqual(['cancelled', null]);
    // Nobody takes it.
    shop.clock.ms += 31 * MINUTE;
    await shop.step(pull);
    expect(shop.runs()[1]!.conclusion()).toBe('cancelled');
    expect(shop.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title: expect.stringContaining('longer than 30 min'),
    });
    expect(shop.runs()).toHaveLength(2);
  });

  test('because somebody cancelled it waits for the button, which starts it anew', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    await shop.step(pull);
    shop.runs()[0]!.start();
    shop.runs()[0]!.job('answer');
    shop.runs()[0]!.cancel();
    await shop.step(pull);
    expect(shop.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title: expect.stringContaining('cancelled'),
    });
    expect(shop.runs()).toHaveLength(1);
    shop.press(pull, 'lee');
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(2);
    expect((await shop.rows(pull)).map(({ round, requestedBy }) => [round, requestedBy])).toEqual([
      [1, null],
      [2, 'lee'],
    ]);
  });

  test('and of whose end no webhook told is asked about every five minutes', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    await shop.step(pull);
    const { again } = await shop.step(pull);
    expect(again).toBe(5 * MINUTE);
    shop.runs()[0]!.play(artifact(resultsOf(4)));
    await shop.miss();
    expect((await shop.review(pull)).actions).toEqual([]);
    shop.clock.ms += 5 * MINUTE;
    expect((await shop.review(pull)).actions).toEqual(['actions/get-workflow-run', ...READ]);
    expect(shop.gate(pull).conclusion).toBe('success');
  });
});

describe('a dispatch that GitHub refuses', () => {
  test.each([
    ['404', { workflow: null }, /no workflow .*agent-evals\.yml.* on .*main/],
    ['422', { suite: 'inputs: { colour: red }' }, /does not declare .*colour/],
    ['422 for lack of its trigger', { workflow: 'on: push\njobs: {}\n' }, /workflow\\?_dispatch/],
  ])('with %s waits for the owner and says why', async (_status, options, words) => {
    const shop = await street.foundShop(options);
    const pull = shop.open();
    await shop.step(pull);
    const { actions } = await shop.step(pull);
    expect(actions).toEqual([]);
    expect(shop.check(pull)).toMatchObject({ conclusion: 'action_required' });
    expect(shop.check(pull).all.replaceAll('`', '')).toMatch(words);
    expect(shop.runs()).toHaveLength(0);
  });

  test('with 403 names the permission', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    const message = 'Resource not accessible by integration';
    street.github.fail({ operation: DISPATCH }, { status: 403, body: { message } });
    await shop.step(pull);
    await shop.step(pull);
    expect(shop.check(pull)).toMatchObject({ conclusion: 'action_required' });
    expect(shop.check(pull).all.replaceAll('`', '')).toContain('actions: write');
    // Granted meanwhile: the button is enough.
    shop.press(pull, 'dana');
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(1);
  });
});

describe('an app that may not use Actions', () => {
  test('judges all the same, and says which permission it lacks', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    await shop.hear();
    const message = 'Resource not accessible by integration';
    street.github.fail({ operation: /^actions/ }, { status: 403, body: { message }, times: 2 });
    await shop.review(pull);
    await shop.review(pull);
    expect(shop.gate(pull).title).toMatch(/^Waiting/);
    expect(shop.check(pull).all.replaceAll('`', '')).toContain('actions: write');
  });

  test('any more while a run is under way waits for the owner', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    await shop.step(pull);
    const message = 'Resource not accessible by integration';
    street.github.fail({ operation: 'actions/get-workflow-run' }, { status: 403, body: { message } });
    await shop.step(pull);
    expect(shop.check(pull)).toMatchObject({ conclusion: 'action_required' });
    expect(shop.check(pull).all.replaceAll('`', '')).toContain('actions: write');
  });
});

describe('the cost', () => {
  test('is capped per pull request and day, and the check says until when', async () => {
    const shop = await street.foundShop({ evals: 'max_dispatches: 2' });
    const pull = shop.open();
    await shop.step(pull);
    const push = (word: string) =>
      shop.repository.commit({
        ...{ branch: 'change', files: { 'prompts/refund.md': word }, message: word, author: 'lee' },
      });
    push('two');
    shop.clock.ms += HOUR;
    await shop.step(pull);
    push('three');
    shop.clock.ms += HOUR;
    const { again } = await shop.step(pull);
    expect(shop.runs()).toHaveLength(2);
    expect(shop.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title: expect.stringContaining('used up'),
    });
    expect(again).toBeGreaterThan(21 * HOUR);
    expect(again).toBeLessThanOrEqual(22 * HOUR + 1_000);
    shop.clock.ms += again!;
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(3);
  });

  test('of an older head ends when a newer one starts, if the policy says so', async () => {
    const shop = await street.foundShop({ suite: 'cancel_superseded: true' });
    const pull = shop.open();
    await shop.step(pull);
    const first = pull.headSha;
    shop.repository.commit({
      ...{ branch: 'change', files: { 'prompts/refund.md': 'two' }, message: 'Two', author: 'lee' },
    });
    await shop.step(pull);
    expect(shop.runs().map((run) => run.conclusion())).toEqual(['cancelled', null]);
    const old = await street.storage.evalRuns.ofHead(shop.repository.id, pull.number, 'support', first);
    expect(old.map(({ end }) => end?.kind)).toEqual(['superseded']);
  });

  test('is not spent on a draft until it is ready', async () => {
    const shop = await street.foundShop();
    const pull = shop.open('draft', { 'prompts/refund.md': 'Draft.\n' }, true);
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(0);
    expect(shop.check(pull).title).toMatch(/draft/);
    pull.readyForReview('lee');
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(1);
  });
});

describe('the default branch', () => {
  test('is the baseline: looked for once after each of its runs, and regressions are named', async () => {
    const shop = await street.foundShop({ suite: 'max_regressions: 0' });
    shop.repository.startWorkflow(FILE, { event: 'push' }).play(artifact(resultsOf(4)));
    const pull = shop.open();
    expect((await shop.step(pull)).actions).toEqual([...BASELINE, ...READ, DISPATCH]);
    shop
      .runs()
      .at(-1)!
      .play(artifact(resultsOf(3)));
    expect((await shop.step(pull)).actions).toEqual(READ);
    expect(shop.check(pull)).toMatchObject({
      conclusion: 'failure',
      all: expect.stringContaining('refund-4'),
    });
    shop.repository.startWorkflow(FILE, { event: 'schedule' }).play(artifact(resultsOf(3)));
    expect((await shop.step(pull)).actions).toEqual([...BASELINE, ...READ]);
    expect(shop.check(pull).conclusion).toBe('success');
  });
});

describe('runs of the same diff', () => {
  test('add up over heads, so that a push that changes nothing is no second throw', async () => {
    const shop = await street.foundShop();
    const pull = shop.open();
    await shop.step(pull);
    shop.runs()[0]!.play(artifact(resultsOf(2)));
    await shop.step(pull);
    expect(shop.check(pull).conclusion).toBe('failure');
    shop.repository.commit({ branch: 'change', files: {}, message: 'Again', author: 'lee' });
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(2);
    shop.runs()[1]!.play(artifact(resultsOf(4)));
    await shop.step(pull);
    // Once failed, once passed: no majority.
    expect(shop.check(pull).conclusion).toBe('failure');
  });

  test('add up also where the older one ends after the newer one', async () => {
    const shop = await street.foundShop({ suite: 'cancel_superseded: false' });
    const pull = shop.open();
    await shop.step(pull);
    shop.repository.commit({ branch: 'change', files: {}, message: 'Again', author: 'lee' });
    await shop.step(pull);
    const [first, second] = shop.runs();
    second!.play(artifact(resultsOf(4)));
    await shop.step(pull);
    expect(shop.check(pull).conclusion).toBe('success');
    first!.play(artifact(resultsOf(0)));
    await shop.step(pull);
    expect(shop.check(pull).conclusion).toBe('failure');
  });
});

function zip(name: string, content: string): Buffer {
  return makeZip([{ name, content }]);
}
