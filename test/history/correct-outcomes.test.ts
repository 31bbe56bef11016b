// Is the weekly correction that of the ripe outcomes, once each, and never beyond its bound?
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { correctIfDue } from '../../src/history/correct-outcomes.js';
import { addOutcomes, correctRate, NO_OUTCOMES } from '../../src/quality/correction.js';
import type { Ledger } from '../../src/storage/ledger.js';
import type { Storage } from '../../src/storage/storage.js';
import { change, DAY, NOW, openRepository, openTestStorage, shaOf } from './ledger-for-tests.js';

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

const CHANGES = Array.from({ length: 60 }, (_, at) =>
  change(`c${at}`, at * 48, { message: `Change ${at}`, changed: { chance: 0.01 } }),
);
const failed = (sha: string) => ({ sha, outcome: 'reverted', at: NOW, by: shaOf('x'), share: null }) as const;
const kept = (sha: string) => ({ sha, outcome: 'kept', at: null, by: null, share: null }) as const;

test('counts what had 14 days to fail, and says so with what is behind it', async () => {
  await ledger.record(repoId, CHANGES);
  await ledger.setOutcomes(repoId, [failed(shaOf('c3'))], NOW);
  expect(await correctIfDue(ledger, repoId, NOW)).toBe(true);
  const ripe = CHANGES.filter(({ mergedAt }) => mergedAt <= NOW - 14 * DAY);
  expect(ripe.length).toBeLessThan(CHANGES.length);
  const expected = correctRate(
    addOutcomes(
      NO_OUTCOMES,
      ripe.map(({ sha, mergedAt }) => ({ mergedAt, uncorrected: 0.01, failed: sha === shaOf('c3') })),
      NOW,
    ),
  );
  const { correction } = (await ledger.find(repoId))!;
  expect(correction).toMatchObject({ at: NOW, changes: ripe.length, bounded: false });
  expect(correction.logOdds).toBeCloseTo(expected.logOdds, 9);
  expect(await ledger.readCorrections(repoId, 5)).toEqual([correction]);
});

test('is worked out once a week, each change counted once, and every correction stays on record', async () => {
  await ledger.record(repoId, CHANGES);
  expect(await correctIfDue(ledger, repoId, NOW)).toBe(true);
  const { changes } = (await ledger.find(repoId))!.correction;
  expect(await correctIfDue(ledger, repoId, NOW + 7 * DAY - 1)).toBe(false);
  expect(await correctIfDue(ledger, repoId, NOW + 7 * DAY)).toBe(true);
  const after = (await ledger.find(repoId))!.correction;
  expect(after.changes).toBe(
    changes + CHANGES.filter(({ mergedAt }) => mergedAt > NOW - 14 * DAY && mergedAt <= NOW - 7 * DAY).length,
  );
  expect((await ledger.readCorrections(repoId, 5)).map(({ at }) => at)).toEqual([NOW + 7 * DAY, NOW]);
});

test('a change that fails after it was counted, or is cleared, moves the next correction', async () => {
  await ledger.record(repoId, CHANGES);
  await correctIfDue(ledger, repoId, NOW);
  const calm = (await ledger.find(repoId))!.outcomes.failed;
  await ledger.setOutcomes(repoId, [failed(shaOf('c3'))], NOW);
  expect((await ledger.find(repoId))!.outcomes.failed).toBeGreaterThan(calm);
  await ledger.setOutcomes(repoId, [kept(shaOf('c3'))], NOW);
  expect((await ledger.find(repoId))!.outcomes.failed).toBeCloseTo(calm, 9);
});

test('never corrects by more than a factor of five, and says that it would', async () => {
  await ledger.record(repoId, CHANGES);
  await ledger.setOutcomes(
    repoId,
    CHANGES.map(({ sha }) => failed(sha)),
    NOW,
  );
  await correctIfDue(ledger, repoId, NOW);
  const { correction } = (await ledger.find(repoId))!;
  expect([correction.logOdds, correction.bounded]).toEqual([Math.log(5), true]);
});

test('a repository without ledger is never due', async () => {
  expect(await correctIfDue(ledger, 999_999, NOW)).toBe(false);
});
