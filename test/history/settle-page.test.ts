// Do wrong clocks move the time of a merge, or end a history?
import { describe, expect, test } from '@jest/globals';
import { settlePage } from '../../src/history/settle-page.js';

const NOW = Date.UTC(2026, 10, 21) / 1_000;
const HOUR = 3_600;
const IN_2106 = 4_294_967_295;

/** Newest first, an hour apart. */
function clocks(count: number, changed: Readonly<Record<number, number>> = {}): number[] {
  return Array.from({ length: count }, (_, index) => changed[index] ?? NOW - index * HOUR);
}

describe('the time of a merge', () => {
  test('is the clock of its commit where clocks are right', () => {
    expect(settlePage(clocks(4), NOW)).toEqual({ times: clocks(4), reachesTo: NOW - HOUR });
  });

  test('is never later than now', () => {
    const { times } = settlePage(clocks(3, { 0: IN_2106 }), NOW);
    expect(times).toEqual([NOW, NOW - HOUR, NOW - 2 * HOUR]);
  });

  test('of a clock that is ahead of us is that of the commit after it', () => {
    const { times } = settlePage(clocks(30, { 20: IN_2106 }), NOW);
    expect(times).toEqual(clocks(30, { 20: NOW - 19 * HOUR }));
  });

  test('of a clock that runs ahead of the commits after it is that of the earliest of them', () => {
    const days = Array.from({ length: 40 }, (_, index) => NOW - index * 24 * HOUR);
    const wrong = days.map((day, index) => (index === 30 ? NOW - HOUR : day));
    expect(settlePage(wrong, NOW).times[30]).toBe(days[29]);
  });

  test.each([0, -5, 1, Number.NaN])(
    'of a clock that was never set (%s) is that of its neighbour',
    (clock) => {
      expect(settlePage(clocks(5, { 2: clock }), NOW).times[2]).toBe(NOW - HOUR);
      expect(settlePage(clocks(5, { 4: clock }), NOW).times[4]).toBe(NOW - 3 * HOUR);
      expect(settlePage(clocks(5, { 0: clock }), NOW).times[0]).toBe(NOW - HOUR);
    },
  );

  test('never goes back along the trunk', () => {
    const { times } = settlePage(clocks(40, { 3: 0, 7: NOW - 500 * HOUR, 11: IN_2106, 12: 1 }), NOW);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });
});

describe('how far a page reaches', () => {
  test.each([0, IN_2106])('is not moved by one wrong clock (%s) at its end', (clock) => {
    const { reachesTo } = settlePage(clocks(50, { 49: clock }), NOW);
    expect(reachesTo).toBeGreaterThan(NOW - 49 * HOUR);
    expect(reachesTo).toBeLessThan(NOW - 35 * HOUR);
  });

  test('is nowhere where no clock was ever set', () => {
    expect(settlePage([0, 0, 0], NOW).reachesTo).toBe(NOW);
    expect(settlePage([], NOW)).toEqual({ times: [], reachesTo: NOW });
  });
});
