// Are the intervals Wilson's, and honest where little was counted?
import { describe, expect, test } from '@jest/globals';
import { overlap, wilsonInterval } from '../../src/quality/wilson.js';

describe('the interval', () => {
  // Newcombe 1998, Statistics in Medicine 17, table I, method 3 (score without continuity correction).
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%d of %d: %d to %d, as published', (hits, total, low, high) => {
    const found = wilsonInterval(hits, total);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  test('nothing counted excludes nothing', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(wilsonInterval(3, Number.NaN)).toEqual({ low: 0, high: 1 });
  });

  test('none of few is not "never", all of few is not "always"', () => {
    expect(wilsonInterval(0, 5).high).toBeGreaterThan(0.4);
    expect(wilsonInterval(5, 5).low).toBeLessThan(0.6);
    expect(wilsonInterval(5, 5).high).toBe(1);
  });

  test('counts that cannot be stay within 0 and 1', () => {
    for (const found of [wilsonInterval(9, 3), wilsonInterval(-4, 3)]) {
      expect(found.low).toBeGreaterThanOrEqual(0);
      expect(found.high).toBeLessThanOrEqual(1);
    }
  });
});

test('intervals that touch overlap', () => {
  expect(overlap({ low: 0, high: 0.2 }, { low: 0.2, high: 0.3 })).toBe(true);
  expect(overlap({ low: 0.1, high: 0.4 }, { low: 0.2, high: 0.3 })).toBe(true);
  expect(overlap({ low: 0, high: 0.1 }, { low: 0.2, high: 0.3 })).toBe(false);
});
