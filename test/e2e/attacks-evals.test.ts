// What would somebody try who wants a suite's failure forgotten, or another's pass to count?
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { artifact, type EvalStreet, FILE, openEvalStreet, resultsOf, WORKFLOW } from '../app/eval-street.js';
import { policyOf } from './evals-world.js';

jest.setTimeout(60_000);

let street: EvalStreet;
beforeAll(async () => {
  street = await openEvalStreet();
}, 60_000);
afterEach(() => street.github.assertClean());
afterAll(() => street.close());

const GOOD = artifact(resultsOf(4));
const BAD = artifact(resultsOf(0));
const PROMPT = { 'prompts/refund.md': 'Refund change.\n' };

/** A pull request whose first run has failed. */
async function failed(suite = '') {
  const shop = await street.foundShop({ suite });
  const pull = shop.open();
  await shop.step(pull);
  shop.runs()[0]!.play(BAD);
  await shop.step(pull);
  expect(shop.gate(pull).conclusion).toBe('failure');
  const again = () =>
    shop.repository.commit({ branch: 'change', files: {}, message: 'Again', author: 'lee', pusher: 'lee' });
  const lucky = async (which = pull) => {
    await shop.step(which);
    shop.runs().at(-1)!.play(GOOD);
    await shop.step(which);
  };
  return { shop, pull, again, lucky };
}

describe('a failure is not forgotten', () => {
  test('by closing the pull request and opening another with the same diff', async () => {
    const { shop, pull, lucky } = await failed();
    pull.close('lee');
    const other = shop.open('fresh', PROMPT);
    await lucky(other);
    expect(shop.runs()).toHaveLength(2);
    expect(shop.gate(other).conclusion).toBe('failure');
  });

  test('by judging the head against another base branch in between', async () => {
    const { shop, pull, again, lucky } = await failed();
    shop.repository.branch('side', 'main');
    shop.repository.commit({
      ...{ branch: 'side', files: { 'prompts/refund.md': 'Else.\n' }, message: 'Side', author: 'lee' },
    });
    pull.edit({ base: 'side', by: 'lee' });
    await shop.step(pull);
    again();
    pull.edit({ base: 'main', by: 'lee' });
    await lucky();
    expect(shop.gate(pull).conclusion).toBe('failure');
  });

  test('by a push just after its run has ended', async () => {
    const shop = await street.foundShop({ suite: 'cancel_superseded: true' });
    const pull = shop.open();
    await shop.step(pull);
    shop.runs()[0]!.play(BAD);
    shop.repository.commit({ branch: 'change', files: {}, message: 'Again', author: 'lee', pusher: 'lee' });
    await shop.step(pull);
    expect(shop.runs()).toHaveLength(2);
    shop.runs()[1]!.play(GOOD);
    await shop.step(pull);
    expect(shop.gate(pull).conclusion).toBe('failure');
  });
});

test('passes of the same diff on another base branch, where the answers are written down, outvote nothing', async () => {
  const shop = await street.foundShop();
  shop.repository.branch('side', 'main');
  const easy = { 'src/answers.ts': 'export const answers = [];\n' };
  shop.repository.commit({ branch: 'side', files: easy, message: 'Answers', author: 'lee', pusher: 'lee' });
  shop.repository.branch('stacked', 'side');
  shop.repository.commit({
    ...{ branch: 'stacked', files: PROMPT, message: 'Change it', author: 'lee', pusher: 'lee' },
  });
  const stacked = shop.repository.openPullRequest({
    ...{ author: 'lee', head: 'stacked', base: 'side', title: 'Change it', body: 'Because.' },
  });
  for (let round = 0; round < 3; round += 1) {
    if (round > 0) shop.press(stacked, 'lee');
    await shop.step(stacked);
    shop.runs().at(-1)!.play(GOOD);
    await shop.step(stacked);
  }
  expect(shop.runs()).toHaveLength(3);
  const pull = shop.open('change', PROMPT);
  await shop.step(pull);
  shop.runs().at(-1)!.play(BAD);
  await shop.step(pull);
  expect(shop.gate(pull).conclusion).toBe('failure');
});

test('a pass of the workflow that the suite had before is none of the one that it has now', async () => {
  const shop = await street.foundShop();
  const pull = shop.open();
  await shop.step(pull);
  shop.runs()[0]!.play(GOOD);
  await shop.step(pull);
  expect(shop.gate(pull).conclusion).toBe('success');
  const policy = policyOf({}).replaceAll('@acme', `@${shop.owner}`).replace(FILE, 'strict.yml');
  const files = { '.github/agent-policy.yml': policy, '.github/workflows/strict.yml': WORKFLOW };
  shop.repository.commit({ files, message: 'Ask more', author: 'dana', pusher: 'dana' });
  await shop.step(pull);
  expect(shop.gate(pull).conclusion).toBeNull();
  const [strict] = shop.repository.runs('strict.yml');
  strict!.play(BAD);
  await shop.step(pull);
  expect(shop.gate(pull).conclusion).toBe('failure');
});
