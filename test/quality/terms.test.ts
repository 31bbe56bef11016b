// Does each term measure what its doc says, and is every term documented?
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { EMPTY_TALLY, type LedgerReading, type Tally } from '../../src/domain/ledger.js';
import { fileKind } from '../../src/quality/file-kind.js';
import { measureTerms } from '../../src/quality/terms.js';
import { readTitleIntent } from '../../src/quality/title-intent.js';
import { TERM_NAMES } from '../../src/quality/weights.js';

const tally = (changes: number, failed: number): Tally => ({
  ...EMPTY_TALLY,
  changes,
  failed,
  weight: changes,
  weightFailed: failed,
});
const NOTHING: LedgerReading = {
  repository: EMPTY_TALLY,
  author: EMPTY_TALLY,
  paths: [],
  folders: [],
  familiarPaths: 0,
};
const lines = (path: string, additions = 0) => ({ path, additions, deletions: 0 });
const measure = (
  title: string,
  paths: readonly ReturnType<typeof lines>[],
  reading: Partial<LedgerReading> = {},
) => measureTerms({ title, files: paths }, { ...NOTHING, ...reading });

describe('records', () => {
  test('are level without any record', () => {
    const figures = measure('Change it', [lines('a.ts')], { paths: [EMPTY_TALLY], folders: [EMPTY_TALLY] });
    expect([figures.paths, figures.folders, figures.author]).toEqual([0, 0, 0]);
  });

  test('rise with failures, and one unlucky change condemns no file', () => {
    const repository = tally(1000, 12);
    const ratio = (path: Tally) => measure('x', [lines('a.ts')], { repository, paths: [path] }).paths;
    const unlucky = ratio(tally(1, 1));
    expect(unlucky).toBeGreaterThan(0);
    expect(unlucky).toBeLessThan(ratio(tally(40, 8)));
    expect(ratio(tally(400, 0))).toBeLessThan(-3);
  });

  test('measure a path against its own repository: the same record is worse where little fails', () => {
    const path = [tally(50, 2)];
    const calm = measure('x', [], { repository: tally(2000, 6), paths: path }).paths;
    const stormy = measure('x', [], { repository: tally(2000, 80), paths: path }).paths;
    expect(calm).toBeGreaterThan(stormy);
    expect(stormy).toBeCloseTo(0, 0);
  });

  test('count unfamiliar files by their share', () => {
    const paths = [tally(1, 0), tally(3, 0), EMPTY_TALLY, EMPTY_TALLY];
    const figures = measure('x', [], { paths, familiarPaths: 1 });
    expect(figures.unfamiliar).toBe(0.75);
    expect(figures.traffic).toBe(1);
  });
});

describe('the change itself', () => {
  test('counts added lines outside tests only, and caps absurd counts', () => {
    expect(measure('x', [lines('src/a.ts', 7), lines('test/a.test.ts', 500)]).lines).toBe(3);
    expect(measure('x', [lines('src/a.ts', 1e300)]).lines).toBeLessThan(20);
    expect(measure('x', [lines('src/a.ts', -5)]).lines).toBe(0);
  });

  test.each([
    [['docs/a.md', 'README.md'], { docs: 1, settings: 0 }],
    [['.github/workflows/ci.yml'], { docs: 0, settings: 1 }],
    [['package.json', 'pnpm-lock.yaml'], { docs: 0, settings: 1 }],
    [['package.json', '.github/workflows/ci.yml'], { docs: 0, settings: 1 }],
    [['package.json', 'src/a.ts'], { docs: 0, settings: 0 }],
    [['docs/a.md', 'src/a.ts'], { docs: 0, settings: 0 }],
    [[], { docs: 0, settings: 0 }],
  ])('files %j are %j', (paths, expected) => {
    expect(
      measure(
        'x',
        paths.map((path) => lines(path)),
      ),
    ).toMatchObject(expected);
  });

  test('hears one intent per title, so that harmless words cannot be piled up', () => {
    const { stopgap, wording, fix, tidying } = measure('docs: fix typo, refactor', []);
    expect([stopgap, wording, fix, tidying]).toEqual([0, 1, 0, 0]);
  });
});

test.each([
  ['Temporarily disable the cache', 'stopgap'],
  ['docs: temporarily disable the link check', 'stopgap'],
  ['Fix typo in README', 'wording'],
  ['fix(api): answer 404', 'fix'],
  ['Refactor the parser', 'tidying'],
  ['feat: platform information', 'other'],
  ['Add a prefix to paths', 'other'],
  ['', 'other'],
])('title %j is meant as %s', (title, intent) => {
  expect(readTitleIntent(title)).toBe(intent);
});

test.each([
  ['src/main/java/OrderServiceTest.java', 'tests'],
  ['pkg/parse_test.go', 'tests'],
  ['tests/test_api.py', 'tests'],
  ['src/latest.ts', 'code'],
  ['src/contest/entry.ts', 'code'],
  ['requirements.txt', 'settings'],
  ['docs/conf.py', 'docs'],
  ['.github/CODEOWNERS', 'ci'],
  ['Jenkinsfile', 'ci'],
  ['src/a.ts', 'code'],
] as const)('%s is %s', (path, kind) => {
  expect(fileKind(path)).toBe(kind);
});

test('every term has its line in docs/quality.md', () => {
  const text = readFileSync(new URL('../../docs/quality.md', import.meta.url), 'utf8');
  expect(TERM_NAMES.filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
});
