// Are the figures of the evals check written so that they are read right?
import { describe, expect, test } from '@jest/globals';
import { drawCount, sayChange, sayCost, sayElapsed } from '../../src/checks/evals-figures.js';

test.each([
  [0, 10, ''],
  [1, 1000, '▌'],
  [10, 10, '██████████'],
  [3, 4, '███████▌'],
  [99_800, 20, '██████████'],
  [1, 0, ''],
  [-1, 5, ''],
])('%d of at most %d is %j', (count, longest, bar) => {
  expect(drawCount(count, longest)).toBe(bar);
});

test.each([
  [229, 238, '−3.7 points'],
  [238, 229, '+3.7 points'],
  [238, 238, '±0.0 points'],
])('%d of 240 against %d is %s', (now, before, words) => {
  expect(sayChange({ passed: now, cases: 240 }, { passed: before, cases: 240 })).toBe(words);
});

describe('elapsed time', () => {
  const running = (seconds: number) =>
    sayElapsed({ kind: 'running', since: 1000, attempt: 1, url: null }, 1000 + seconds);
  test.each([
    [-50, 'under a minute'],
    [59, 'under a minute'],
    [4 * 60 + 59, '4 min'],
    [14 * 60, '10 min'],
    [119 * 60, '115 min'],
    [3 * 3600 + 40, '3 h'],
  ])('of %d seconds is %s', (seconds, words) => {
    expect(running(seconds)).toBe(words);
  });

  test('of a clock that is none is not said', () => {
    expect(running(Number.NaN)).toBeNull();
    expect(sayElapsed({ kind: 'to-start' }, 5)).toBeNull();
  });
});

test('what a run cost is said where the tool gives it', () => {
  expect([sayCost(1.8, 412_000), sayCost(null, 5), sayCost(0, null), sayCost(null, null)]).toEqual([
    '412,000 tokens, 1.80 USD',
    '5 tokens',
    '0.00 USD',
    null,
  ]);
});
