// When does the default branch drift, and when is it chance?
import { describe, expect, test } from '@jest/globals';
import { findDrift } from '../../src/evals/drift.js';

function drift(passed: number, cases: number, earlier: readonly (readonly [number, number])[]) {
  return findDrift(
    { passed, cases },
    { earlier: earlier.map(([ok, all], at) => ({ passed: ok, cases: all, at })) },
  );
}

const STEADY = [
  [96, 100],
  [95, 100],
  [97, 100],
] as const;

describe('the default branch', () => {
  test('drifts when it falls by more than chance explains', () => {
    expect(drift(85, 100, STEADY)).toEqual({
      now: { passed: 85, cases: 100 },
      before: { passed: 288, cases: 300, runs: 3 },
    });
  });

  test('drifts upward too: it answers otherwise than it did', () => {
    expect(
      drift(100, 100, [
        [80, 100],
        [82, 100],
        [81, 100],
      ]),
    ).not.toBeNull();
  });

  test.each([
    ['a little lower', drift(93, 100, STEADY)],
    ['the same', drift(96, 100, STEADY)],
    ['compared with two runs only', drift(50, 100, STEADY.slice(1))],
    ['new', drift(50, 100, [])],
    ['without cases', drift(0, 0, STEADY)],
    [
      'compared with runs without cases',
      drift(50, 100, [
        [0, 0],
        [0, 0],
        [0, 0],
      ]),
    ],
    [
      'one case off a clean record',
      drift(99, 100, [
        [100, 100],
        [100, 100],
        [100, 100],
      ]),
    ],
  ])('does not drift when it is %s', (_name, found) => {
    expect(found).toBeNull();
  });

  test('drifts two cases off a long clean record', () => {
    const clean = Array.from({ length: 10 }, () => [100, 100] as const);
    expect(drift(98, 100, clean)).not.toBeNull();
  });
});
