// Is the chance the sum of its terms, and does each weight push the way its doc says?
import { describe, expect, test } from '@jest/globals';
import { EMPTY_TALLY, type LedgerReading, type Tally } from '../../src/domain/ledger.js';
import { type Chance, logistic, scoreChange } from '../../src/quality/chance.js';
import { sayPercent, sayTimesUsual, sayTopShare } from '../../src/quality/chance-words.js';
import type { ChangeFacts } from '../../src/quality/terms.js';
import { QUALITY_WEIGHTS } from '../../src/quality/weights.js';

const tally = (weight: number, weightFailed: number): Tally => ({
  changes: Math.round(weight),
  failed: Math.round(weightFailed),
  weight,
  weightFailed,
  lastFailedAt: null,
});
const READING: LedgerReading = {
  repository: tally(1000, 12),
  author: tally(40, 0.5),
  paths: [tally(15, 0.2)],
  folders: [tally(60, 0.7)],
  familiarPaths: 1,
};
const CHANGE: ChangeFacts = {
  title: 'Add a retry',
  files: [{ path: 'src/a.ts', additions: 20, deletions: 3 }],
};
const NONE = { logOdds: 0 };
const chance = (change: Partial<ChangeFacts>, reading: Partial<LedgerReading> = {}): Chance =>
  scoreChange({ ...CHANGE, ...change }, { ...READING, ...reading }, NONE);

describe('the chance', () => {
  test('is the logistic of the repository and its terms, so that every line of the check adds up', () => {
    const { probability, repository, terms } = chance({});
    expect(logistic(repository + terms.reduce((sum, term) => sum + term.points, 0))).toBeCloseTo(
      probability,
      12,
    );
  });

  test('without correction a typical change has the shipped chance', () => {
    expect(chance({}).typical).toBeCloseTo(QUALITY_WEIGHTS.typicalChance, 12);
  });

  test.each<[string, Partial<ChangeFacts>, Partial<LedgerReading>, 'rises' | 'falls']>([
    ['paths that failed', {}, { paths: [tally(15, 3)] }, 'rises'],
    ['a folder that failed', {}, { folders: [tally(60, 8)] }, 'rises'],
    ['an author whose changes failed', {}, { author: tally(40, 6) }, 'rises'],
    ['files the author never changed', {}, { familiarPaths: 0 }, 'rises'],
    ['files that change often', {}, { paths: [{ ...tally(15, 0.2), changes: 500 }] }, 'rises'],
    ['many lines', { files: [{ path: 'src/a.ts', additions: 2000, deletions: 0 }] }, {}, 'rises'],
    ['settings only', { files: [{ path: 'a.json', additions: 20, deletions: 0 }] }, {}, 'rises'],
    ['documents only', { files: [{ path: 'a.md', additions: 20, deletions: 0 }] }, {}, 'falls'],
    ['a stopgap', { title: 'Temporarily disable it' }, {}, 'rises'],
    ['a fix', { title: 'Fix the retry' }, {}, 'falls'],
    ['wording', { title: 'Correct a typo' }, {}, 'falls'],
    ['tidying', { title: 'Refactor the retry' }, {}, 'falls'],
  ])('%s: it moves as documented', (_, change, reading, direction) => {
    const moved = chance(change, reading).probability - chance({}).probability;
    expect(moved > 0 ? 'rises' : 'falls').toBe(direction);
  });

  test('a title, which its author writes, cannot halve it much further', () => {
    const least = Math.min(
      ...['Fix it', 'docs typo', 'Refactor', 'docs: fix typo, refactor, cleanup, format, version'].map(
        (title) => chance({ title }).probability / chance({}).probability,
      ),
    );
    expect(least).toBeGreaterThan(0.49);
  });

  test('stays a probability for absurd records', () => {
    const absurd = chance(
      { files: [{ path: 'a', additions: 1e308, deletions: -1 }] },
      { paths: [tally(1e9, 1e9)], folders: [EMPTY_TALLY] },
    ).probability;
    expect(absurd).toBeGreaterThan(0);
    expect(absurd).toBeLessThan(1);
  });
});

test.each([
  [0.0004, 'under 0.1 %'],
  [0.0042, '0.4 %'],
  [0.026, '2.6 %'],
  [0.0996, '10 %'],
])('%d is said as %s', (share, words) => {
  expect(sayPercent(share)).toBe(words);
});

test.each([
  [0.3, 'far below the usual'],
  [0.5, 'half the usual'],
  [0.8, 'below the usual'],
  [1, 'about the usual'],
  [1.4, 'above the usual'],
  [2, 'twice the usual'],
  [3.2, '3 times the usual'],
])('%d times is said as %s', (times, words) => {
  expect(sayTimesUsual(0.012 * times, 0.012)).toBe(words);
});

test('the share of changes at least as large is rounded up and never 0', () => {
  expect([0.94, 0.935, 1, 0.5, 0.42, 0].map(sayTopShare)).toEqual([
    'top 6 %',
    'top 7 %',
    'top 1 %',
    'top 50 %',
    'smallest 42 %',
    'smallest 1 %',
  ]);
});
