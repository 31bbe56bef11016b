// Are the chances of a history that was read backwards those that were known at the time?
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { MergedChange } from '../../src/domain/ledger.js';
import { followOutcomes } from '../../src/history/follow-outcomes.js';
import { scoreHistory } from '../../src/history/score-history.js';
import { outcomeTurns } from '../../src/history/settle-outcomes.js';
import { logistic, logit, scoreChange } from '../../src/quality/chance.js';
import { createReplay } from '../../src/quality/replay.js';
import type { Ledger } from '../../src/storage/ledger.js';
import type { Storage } from '../../src/storage/storage.js';
import { change, NOW, openRepository, openTestStorage, shaOf, undoing } from './ledger-for-tests.js';

let storage: Storage;
let ledger: Ledger;
let repoId: number;
beforeAll(async () => {
  storage = await openTestStorage();
  ledger = storage.ledger;
}, 60_000);
afterAll(() => storage.close());
beforeEach(async () => {
  repoId = await openRepository(ledger);
});

async function readBackwards(changes: readonly MergedChange[]): Promise<void> {
  for (const one of changes.toReversed()) {
    const shas = await ledger.record(repoId, [one]);
    await followOutcomes(ledger, repoId, shas, NOW);
  }
  await scoreHistory(ledger, repoId, NOW);
}

async function chances(): Promise<Record<string, number | null>> {
  const all = await ledger.readChanges(repoId, null, 1_000);
  return Object.fromEntries(all.map(({ title, chance }) => [title, chance]));
}

const HISTORY: readonly MergedChange[] = [
  ...Array.from({ length: 20 }, (_, at) => change(`old-${at}`, at, { message: `Old ${at}` })),
  change('bad', 30, { message: 'Sell hats' }),
  change('before', 31, { message: 'Before it was known' }),
  change('undo', 32, undoing('Revert "Sell hats"', { changed: { isOrdinary: false } })),
  change('after', 33, { message: 'After it was known' }),
  change('back', 34, { message: `Reapply "Sell hats"\n\nThis reverts commit ${shaOf('undo')}.` }),
  change('late', 35, { message: 'After it came back' }),
];

describe('a failure', () => {
  test('lifts the chance of what follows, and of nothing before', async () => {
    await readBackwards(HISTORY);
    const told = await chances();
    repoId = await openRepository(ledger);
    await readBackwards(HISTORY.map((one) => ({ ...one, message: one.title.replace('Revert', 'Mention') })));
    const untold = await chances();
    for (const title of ['Sell hats', 'Before it was known', 'Revert "Sell hats"'])
      expect([title, told[title]]).toEqual([title, untold[title]]);
    expect(told['After it was known']!).toBeGreaterThan(untold['After it was known']!);
    expect(told['After it came back']!).toBeCloseTo(untold['After it came back']!, 6);
  });

  test('was known between the revert and the reland, and not outside', async () => {
    await readBackwards(HISTORY);
    const links = await ledger.readLinks(repoId);
    const names = await ledger.readNames(repoId, 0);
    const at = (name: string) => HISTORY.find(({ sha }) => sha === shaOf(name))!.mergedAt;
    expect(outcomeTurns(names, links)).toEqual([
      { sha: shaOf('bad'), at: at('undo'), failed: true },
      { sha: shaOf('bad'), at: at('back'), failed: false },
    ]);
  });
});

test('a chance is what a replay in time order gives, without correction, and is given once', async () => {
  await readBackwards(HISTORY);
  const replay = createReplay();
  const ids = new Map(HISTORY.map(({ sha }, index) => [sha, index]));
  const expected = HISTORY.map((one, id) => {
    if (one.sha === shaOf('after')) replay.turn(ids.get(shaOf('bad'))!, true);
    if (one.sha === shaOf('late')) replay.turn(ids.get(shaOf('bad'))!, false);
    const chance = replay.next({
      id,
      at: one.mergedAt,
      author: one.author,
      isAutomation: !one.isOrdinary,
      title: one.title,
      files: one.files,
      reverts: [],
    });
    return logistic(logit(chance.probability) - replay.correction.logOdds);
  });
  const scored = await ledger.readChanges(repoId, null, 1_000);
  scored.forEach(({ chance }, at) => {
    expect(chance).toBeCloseTo(expected[at]!, 12);
  });
  await ledger.setChances(repoId, [{ sha: shaOf('old-0'), chance: 0.5 }]);
  await scoreHistory(ledger, repoId, NOW);
  expect((await chances())['Old 0']).toBe(0.5);
});

test('the chance is that of the ledger itself at that moment', async () => {
  const last = HISTORY.at(-1)!;
  await readBackwards(HISTORY.slice(0, -1));
  const reading = await ledger.read(repoId, { at: last.mergedAt, author: last.author, paths: last.files });
  const live = scoreChange(last, reading, { logOdds: 0 }).probability;
  repoId = await openRepository(ledger);
  await readBackwards(HISTORY);
  expect((await chances())[last.title]).toBeCloseTo(live, 9);
});
