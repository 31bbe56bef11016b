// Are counters independent of the order in which they are filled, as a backfill needs?
import { describe, expect, test } from '@jest/globals';
import { countChange, countFailure, openTally, readTally } from '../../src/quality/tally.js';
import { DAY } from './history.js';

const SPAN = { windowSeconds: 365 * DAY, halfLifeSeconds: 60 * DAY };

describe('a tally', () => {
  test('is the same whether history is read forwards or backwards', () => {
    const days = [0, 10, 35, 200, 201];
    const fill = (order: readonly number[]) => {
      const tally = openTally(0);
      for (const day of order) countChange(tally, day * DAY, 1, SPAN);
      countFailure(tally, 35 * DAY, 1, SPAN);
      return readTally(tally, 300 * DAY, SPAN);
    };
    const forwards = fill(days);
    const backwards = fill(days.toReversed());
    expect(backwards.weight).toBeCloseTo(forwards.weight, 12);
    expect(backwards.weightFailed).toBeCloseTo(forwards.weightFailed, 12);
    expect(backwards.changes).toBe(5);
  });

  test('loses exactly what is taken away', () => {
    const tally = openTally(0);
    countChange(tally, 0, 1, SPAN);
    countChange(tally, 60 * DAY, 1, SPAN);
    countChange(tally, 0, -1, SPAN);
    expect(readTally(tally, 120 * DAY, SPAN)).toMatchObject({ changes: 1, weight: 0.5 });
  });
});
