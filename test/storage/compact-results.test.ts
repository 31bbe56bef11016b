// Do eval results come back from their compact form as they were?
import { describe, expect, test } from '@jest/globals';
import type { EvalCase, EvalResults } from '../../src/domain/eval-results.js';
import { compactResults, readResults } from '../../src/storage/compact-results.js';

const CASE: EvalCase = {
  id: 'a',
  category: null,
  tags: [],
  status: 'passed',
  message: null,
  seconds: null,
  failedBefore: false,
};
const TOTALS = { cases: 0, passed: 0, failed: 0, errored: 0, skipped: 0 };

const resultsOf = (...runs: readonly (readonly EvalCase[])[]): EvalResults => ({
  ...{ format: 'json', tool: null, suite: null, head: null, cost: null, tokens: null, notes: [] },
  runs: runs.map((cases) => ({ cases, totals: TOTALS })),
});
const named = (...ids: readonly string[]) => ids.map((id) => ({ ...CASE, id }));
/** Through text, as a column does it. */
const roundTrip = (results: EvalResults) => readResults(JSON.parse(JSON.stringify(compactResults(results))));

describe('compact results', () => {
  test.each<readonly [string, EvalResults]>([
    ['no run', resultsOf()],
    ['a run without cases', resultsOf([])],
    ['runs of the same cases', resultsOf(named('a', 'b'), named('a', 'b'))],
    ['a shorter second run', resultsOf(named('a', 'b', 'c'), named('a'))],
    ['a second run in another order', resultsOf(named('a', 'b', 'c'), named('c', 'a'))],
    ['a second run with cases of its own', resultsOf(named('a'), named('b', 'a'))],
    ['ids like the names of an object', resultsOf(named('__proto__', 'constructor', ''))],
    [
      'a tag called like a category',
      resultsOf([
        { ...CASE, category: 'x', tags: ['x', 'y', 'x'] },
        { ...CASE, id: 'b', category: 'y' },
      ]),
    ],
  ])('keep %s', (_what, results) => {
    expect(roundTrip(results)).toEqual(results);
  });

  test('name each case once, however many runs there are', () => {
    const id = 'x'.repeat(300);
    const once = JSON.stringify(compactResults(resultsOf(named(id)))).length;
    const often = JSON.stringify(compactResults(resultsOf(...Array(10).fill(named(id))))).length;
    expect(often - once).toBeLessThan(9 * 300);
  });

  test('keep messages whole up to a size, and cut all to the same share above it', () => {
    const failed = (count: number, length: number) =>
      Array.from({ length: count }, (_, n): EvalCase => {
        return { ...CASE, id: String(n), status: 'failed', message: 'm'.repeat(length) };
      });
    const whole = resultsOf(failed(8000, 500));
    expect(roundTrip(whole)).toEqual(whole);
    const [run] = roundTrip(resultsOf([...failed(50_000, 500), { ...CASE, id: 'x', message: 'short' }])).runs;
    const lengths = new Set(run!.cases.map(({ message }) => message!.length));
    expect([...lengths]).toEqual([Math.floor((4 * 1024 * 1024) / 50_001), 5]);
    expect(run!.cases[0]!.message).toMatch(/^m+…$/);
    expect(run!.cases.at(-1)!.message).toBe('short');
  });

  test('of another version are not guessed at', () => {
    expect(() => readResults({ version: 2, ids: [], runs: [] })).toThrow('version 2');
  });
});
