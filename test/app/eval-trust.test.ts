// What would somebody do who wants a suite to pass that does not, or a run that he may not have?
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  artifact,
  type EvalShop,
  type EvalStreet,
  FILE,
  openEvalStreet,
  resultsOf,
  WORKFLOW,
} from './eval-street.js';

jest.setTimeout(60_000);

let street: EvalStreet;
let shop: EvalShop;
beforeAll(async () => {
  street = await openEvalStreet();
}, 60_000);
afterEach(() => street.github.assertClean());
afterAll(() => street.close());

const GOOD = artifact(resultsOf(4));
const BAD = artifact(resultsOf(0));

/** A pull request whose run has been started. */
async function begun(options: Parameters<EvalStreet['foundShop']>[0] = { suite: 'retries: 0' }) {
  shop = await street.foundShop(options);
  const pull = shop.open();
  await shop.step(pull);
  return { pull, run: shop.runs()[0]! };
}

describe('an artifact', () => {
  test('that the candidate uploads before the scoring job begins does not count', async () => {
    const { pull, run } = await begun();
    run.start();
    const answer = run.job('answer');
    run.upload(GOOD);
    answer.complete();
    run.job('score', { conclusion: 'success' });
    run.complete('success');
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('action_required');
    expect(shop.check(pull).all).toContain('not uploaded by the last job');
  });

  test('that the candidate uploads while the scoring job runs beside it does not count', async () => {
    const { pull, run } = await begun();
    run.start();
    const answer = run.job('answer');
    const score = run.job('score');
    run.upload(GOOD);
    answer.complete();
    score.complete();
    run.complete('success');
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('action_required');
  });

  test('of the candidate that the scoring job overwrites is gone', async () => {
    const { pull, run } = await begun();
    run.start();
    const answer = run.job('answer');
    run.upload(GOOD);
    answer.complete();
    const score = run.job('score');
    run.upload({ ...BAD, overwrite: true });
    score.complete();
    run.complete('success');
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('failure');
  });

  test('of a scoring job that failed does not count', async () => {
    const { pull, run } = await begun();
    run.start();
    run.job('answer', { conclusion: 'success' });
    const score = run.job('score');
    run.upload(GOOD);
    score.complete('failure');
    run.complete('failure');
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('action_required');
  });

  test('of a workflow with one job counts: that is its owner’s choice', async () => {
    const { pull, run } = await begun();
    run.start();
    const all = run.job('all');
    run.upload(GOOD);
    all.complete();
    run.complete('success');
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('success');
  });

  test('of the same name from another run counts for nothing', async () => {
    const { pull, run } = await begun();
    // By the pull request's own workflow, and by a person who dispatches with the very same inputs.
    shop.repository.uploadArtifact({ ...GOOD, headSha: pull.headSha, event: 'pull_request' });
    shop.repository.dispatchWorkflow(FILE, { by: 'lee', inputs: run.inputs }).play(GOOD);
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBeNull();
    run.play(BAD);
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('failure');
  });

  test('of a second attempt by hand counts for nothing', async () => {
    const { pull, run } = await begun();
    run.play(BAD);
    run.rerun('lee');
    run.play(GOOD);
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('failure');
    expect(shop.check(pull).all).toContain('refund-1');
  });

  test('of a second attempt counts for nothing either when the first gave none', async () => {
    const { pull, run } = await begun();
    run.start();
    run.job('answer', { conclusion: 'success' });
    run.job('score', { conclusion: 'failure' });
    run.complete('failure');
    run.rerun('lee');
    run.play(GOOD);
    await shop.miss();
    shop.clock.ms += 6 * 60_000;
    await shop.review(pull);
    expect(shop.gate(pull).conclusion).toBe('action_required');
  });
});

describe('a check run', () => {
  test('of the same name by another app changes nothing', async () => {
    const { pull, run } = await begun();
    const other = street.github.createApp({ slug: `other-${run.id}` });
    street.github.install(other, shop.owner, { repositories: 'all' });
    shop.repository.createCheckRun({
      ...{ app: other, name: 'agent-policy/evals', sha: pull.headSha, conclusion: 'success' },
    });
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBeNull();
  });
});

describe('a run found by its name', () => {
  test('is the one that bore the nonce first, and of the branch', async () => {
    street.github.setRunDetails('refused');
    const { pull, run } = await begun();
    await shop.hear();
    // Whoever reads the nonce in the first run's name can write it into another.
    shop.repository.dispatchWorkflow(FILE, { by: 'lee', inputs: run.inputs }).play(GOOD);
    shop.repository.branch('other', 'main');
    shop.repository.dispatchWorkflow(FILE, { by: 'lee', ref: 'other', inputs: run.inputs }).play(GOOD);
    await shop.step(pull);
    street.github.setRunDetails('given');
    expect((await shop.rows(pull))[0]?.runId).toBe(run.id);
    expect(shop.gate(pull).conclusion).toBeNull();
  });
});

describe('the button', () => {
  const failed = async () => {
    const { pull, run } = await begun();
    run.play(BAD);
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('failure');
    return pull;
  };

  test('starts a new run for a person with write access, and its result is added', async () => {
    const pull = await failed();
    shop.press(pull, 'kim');
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(2);
    // One press, one run.
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(2);
    shop.runs()[1]!.play(GOOD);
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('failure');
  });

  test('does nothing for somebody who may only read, nor later when that person may write', async () => {
    const pull = await failed();
    shop.press(pull, 'mallory');
    await shop.step(pull);
    shop.repository.setPermission('mallory', 'write');
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(1);
    expect(shop.gate(pull).conclusion).toBe('failure');
  });

  test('does nothing for a bot, whatever it may write', async () => {
    const bot = street.github.createBot(`press-${street.github.world.nextId()}`);
    const pull = await failed();
    shop.repository.setPermission(bot.login, 'write');
    shop.press(pull, bot.login);
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(1);
  });

  test('pressed while a run is under way asks for that run', async () => {
    const { pull } = await begun();
    await street.github.deliver({ app: street.app, event: 'check_run', payload: pressOn(pull) });
    await shop.step(pull);
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(1);
    shop.runs()[0]!.play(GOOD);
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('success');
    expect(shop.runs()).toHaveLength(1);
  });
});

describe('a fork', () => {
  const forked = async () => {
    shop = await street.foundShop({ suite: 'retries: 0' });
    const fork = shop.repository.fork('mallory');
    fork.branch('change', 'main');
    fork.commit({
      ...{ branch: 'change', files: { 'prompts/refund.md': 'Refund me.\n' } },
      ...{ message: 'Change it', author: 'mallory', pusher: 'mallory' },
    });
    const pull = shop.repository.openPullRequest({
      ...{ author: 'mallory', head: 'change', base: 'main', title: 'Change it', body: 'Because.' },
      fromFork: fork,
    });
    await shop.step(pull);
    return { pull, fork };
  };

  test('starts nothing until a person with write access presses for this very head', async () => {
    const { pull, fork } = await forked();
    expect(shop.runs()).toHaveLength(0);
    expect(shop.check(pull).conclusion).toBe('action_required');
    shop.press(pull, 'mallory', 'run-evals');
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(0);
    shop.press(pull, 'kim', 'run-evals');
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(1);
    shop.runs()[0]!.play(GOOD);
    await shop.step(pull);
    expect(shop.check(pull).conclusion).toBe('success');
    fork.commit({
      ...{ branch: 'change', files: { 'prompts/refund.md': 'Refund me twice.\n' } },
      ...{ message: 'More', author: 'mallory', pusher: 'mallory' },
    });
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(1);
    expect(shop.check(pull).conclusion).toBe('action_required');
  });
});

describe('a pull request that edits the workflow', () => {
  test('is evaluated by the copy of the default branch, and asks for approval as the control plane', async () => {
    shop = await street.foundShop();
    const tame = WORKFLOW.replace('evals/answer.js', 'evals/cheat.js');
    const pull = shop.open('cheat', {
      [`.github/workflows/${FILE}`]: tame.replace(/^run-name:.*$/m, 'run-name: mine'),
      'prompts/refund.md': 'Refund.\n',
    });
    await shop.step(pull);
    const [run] = shop.runs();
    expect(run!.title).toContain(run!.inputs.nonce);
    expect(run!.record).toMatchObject({ headBranch: 'main', headSha: shop.repository.tip('main') });
    run!.play(GOOD);
    await shop.step(pull);
    expect(shop.check(pull).conclusion).toBe('success');
    expect(shop.check(pull).all).toContain(FILE);
    expect(shop.gate(pull).conclusion).toBe('action_required');
  });
});

describe('the baseline', () => {
  test('is of no tag that is called like the default branch, nor of a run somebody dispatched', async () => {
    shop = await street.foundShop();
    shop.repository.branch('side', 'main');
    const sha = shop.repository.commit({
      ...{ branch: 'side', files: { 'prompts/x.md': 'x\n' }, message: 'Side', author: 'lee' },
    });
    // As GitHub shows the run of a tag `main`.
    shop.repository.startWorkflow(FILE, { event: 'push', branch: 'main', sha }).play(GOOD);
    shop.repository.dispatchWorkflow(FILE, { by: 'lee', inputs: INPUTS }).play(GOOD);
    const pull = shop.open();
    await shop.step(pull);
    expect(await street.storage.evalRuns.baselines(shop.repository.id, 'support', 5)).toEqual([]);
  });
});

const INPUTS = { head_sha: 'a'.repeat(40), pull_request: '1', suite: 'support', nonce: 'mine' };

/** The page shows no button while a run is under way; an old page may. */
function pressOn(pull: { readonly headSha: string }) {
  return {
    action: 'requested_action',
    installation: { id: shop.installation.id },
    repository: { id: shop.repository.id, name: 'shop', owner: { login: shop.owner } },
    sender: { login: 'kim', id: 1, type: 'User' },
    check_run: {
      head_sha: pull.headSha,
      name: 'agent-policy/evals',
      status: 'in_progress',
      app: { id: street.app.id, slug: 'agent-policy' },
    },
    requested_action: { identifier: 'rerun-evals' },
  };
}
