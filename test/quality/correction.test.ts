// Do a repository's own outcomes correct the shipped chances, carefully and within bounds?
import { describe, expect, test } from '@jest/globals';
import type { OutcomeRecord } from '../../src/domain/ledger.js';
import {
  addLateFailure,
  addOutcomes,
  correctRate,
  isRipe,
  NO_OUTCOMES,
} from '../../src/quality/correction.js';
import { DAY } from './history.js';

const record = (expected: number, failed: number): OutcomeRecord => ({
  expected,
  failed,
  changes: 1000,
  asOf: 0,
});
const factor = (one: OutcomeRecord) => Math.exp(correctRate(one).logOdds);

describe('the correction', () => {
  test('is none without outcomes, and none where the shipped chances hold', () => {
    expect(correctRate(NO_OUTCOMES)).toMatchObject({ logOdds: 0, bounded: false });
    expect(correctRate(record(40, 40)).logOdds).toBe(0);
  });

  test('trusts many outcomes more than few', () => {
    expect(factor(record(1, 2))).toBeCloseTo(7 / 6, 10);
    expect(factor(record(100, 200))).toBeCloseTo(205 / 105, 10);
  });

  test('is bounded both ways, and says so', () => {
    expect(factor(record(1, 1000))).toBeCloseTo(5, 10);
    expect(correctRate(record(1, 1000)).bounded).toBe(true);
    expect(factor(record(1000, 0))).toBeCloseTo(1 / 5, 10);
  });

  test('counts a change from its fourteenth day on', () => {
    expect([isRipe(0, 14 * DAY - 1), isRipe(0, 14 * DAY)]).toEqual([false, true]);
  });

  test('weighs old outcomes less: a repository that got better is believed', () => {
    const bad = addOutcomes(
      NO_OUTCOMES,
      Array.from({ length: 500 }, () => ({ mergedAt: 0, uncorrected: 0.012, failed: true })),
      14 * DAY,
    );
    const good = addOutcomes(
      bad,
      Array.from({ length: 500 }, () => ({ mergedAt: 900 * DAY, uncorrected: 0.012, failed: false })),
      914 * DAY,
    );
    expect(factor(bad)).toBeCloseTo(5, 10);
    expect(factor(good)).toBeLessThan(1);
    expect(good.changes).toBe(1000);
  });

  test('gives the same record whether a failure was known in time or came late', () => {
    const change = { mergedAt: 0, uncorrected: 0.02, failed: false };
    const inTime = addOutcomes(NO_OUTCOMES, [{ ...change, failed: true }], 60 * DAY);
    const late = addLateFailure(addOutcomes(NO_OUTCOMES, [change], 20 * DAY), 0, 60 * DAY);
    expect(late.failed).toBeCloseTo(inTime.failed, 12);
    expect(late.expected).toBeCloseTo(inTime.expected, 12);
  });
});
