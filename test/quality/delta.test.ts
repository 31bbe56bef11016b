// Is the quality delta 0 at the repository's median, and are its limits kept or named?
import { describe, expect, test } from '@jest/globals';
import { computeDelta, type DeltaInput } from '../../src/quality/delta.js';
import { type DeltaLimits, findBreaches } from '../../src/quality/delta-limits.js';
import { measureSize, sizePercentile } from '../../src/quality/size.js';

const sized = (lines: number, smaller: number, total = 1000): DeltaInput['size'] => ({
  kind: 'measured',
  size: { lines, additions: lines, deletions: 0, files: 1, leftOut: [] },
  standing: { smaller, equal: 0, total },
});
const TYPICAL: DeltaInput = {
  history: { kind: 'measured', probability: 0.012, usual: 0.012 },
  size: sized(40, 500),
  coverage: { kind: 'measured', covered: 8, executable: 10, usual: { share: 0.8, from: 'merged-changes' } },
};
const delta = (over: Partial<DeltaInput>) => computeDelta({ ...TYPICAL, ...over });

describe('the delta', () => {
  test('is 0 for the median merged change', () => {
    expect(delta({})).toEqual({ delta: 0, points: { history: 0, size: 0, coverage: 0 }, missing: [] });
    expect(Object.is(delta({}).delta, 0)).toBe(true);
  });

  test('adds up its parts: twice the usual chance, top 6 % in size, 62 % covered', () => {
    const found = delta({
      history: { kind: 'measured', probability: 0.026, usual: 0.013 },
      size: sized(812, 940),
      coverage: { kind: 'measured', covered: 62, executable: 100, usual: { share: 0.8, from: 'policy' } },
    });
    expect(found).toEqual({ delta: -51, points: { history: -20, size: -22, coverage: -9 }, missing: [] });
  });

  test('stays within −100 and +100, and each part within its share', () => {
    const worst = delta({
      history: { kind: 'measured', probability: 0.9, usual: 0.001 },
      size: sized(1e6, 1000),
      coverage: { kind: 'measured', covered: 0, executable: 9, usual: { share: 1, from: 'policy' } },
    });
    expect(worst).toMatchObject({ delta: -100, points: { history: -50, size: -25, coverage: -25 } });
    const best = delta({
      history: { kind: 'measured', probability: 0.001, usual: 0.05 },
      size: sized(0, 0),
      coverage: { kind: 'measured', covered: 9, executable: 9, usual: { share: 0, from: 'project' } },
    });
    expect(best.delta).toBe(100);
  });

  test('a missing part gives no points and is named; nothing measured is no delta', () => {
    const missing = { kind: 'missing', why: 'no-report' } as const;
    expect(delta({ coverage: missing })).toMatchObject({
      delta: 0,
      points: { coverage: null },
      missing: [{ part: 'coverage', why: 'no-report' }],
    });
    const nothing = computeDelta({
      history: { kind: 'missing', why: 'ledger-not-ready' },
      size: { kind: 'missing', why: 'ledger-not-ready' },
      coverage: missing,
    });
    expect(nothing.delta).toBeNull();
    expect(nothing.missing).toHaveLength(3);
  });

  test('a new repository has no usual size, instead of false precision', () => {
    expect(delta({ size: sized(812, 19, 19) }).missing).toEqual([{ part: 'size', why: 'few-changes' }]);
    expect(delta({ size: sized(812, 20, 20) }).missing).toEqual([]);
  });

  test('a patch without executable lines owes no coverage', () => {
    const coverage = { kind: 'measured', covered: 0, executable: 0, usual: null } as const;
    expect(delta({ coverage }).missing).toEqual([{ part: 'coverage', why: 'no-executable-lines' }]);
  });
});

describe('limits', () => {
  const NONE: DeltaLimits = {
    sizeWarn: null,
    sizeFail: null,
    patchMin: null,
    missingCoverage: 'warn',
    warnBelow: null,
    failBelow: null,
  };
  const breaches = (input: Partial<DeltaInput>, limits: Partial<DeltaLimits>) => {
    const all = { ...TYPICAL, ...input };
    return findBreaches(computeDelta(all), all, { ...NONE, ...limits }).map(
      (one) => `${one.what}:${one.fails ? 'fail' : 'warn'}`,
    );
  };

  test.each<[string, Partial<DeltaInput>, Partial<DeltaLimits>, readonly string[]]>([
    ['none stated', {}, {}, []],
    ['size above fail', { size: sized(1501, 500) }, { sizeWarn: 400, sizeFail: 1500 }, ['size:fail']],
    ['size at fail', { size: sized(1500, 500) }, { sizeWarn: 400, sizeFail: 1500 }, ['size:warn']],
    ['size at warn', { size: sized(400, 500) }, { sizeWarn: 400, sizeFail: 1500 }, []],
    ['coverage at the least share', {}, { patchMin: 0.8 }, []],
    ['coverage below', {}, { patchMin: 0.81 }, ['coverage:fail']],
    ['delta below fail', { size: sized(900, 1000) }, { failBelow: -20, warnBelow: -10 }, ['delta:fail']],
    ['delta at fail', { size: sized(900, 900) }, { failBelow: -20, warnBelow: -10 }, ['delta:warn']],
    [
      'what fails comes first',
      { size: sized(900, 1000), history: { kind: 'measured', probability: 0.012, usual: 0.012 } },
      { warnBelow: -10, sizeFail: 800 },
      ['size:fail', 'delta:warn'],
    ],
    [
      'a missing report that fails',
      { coverage: { kind: 'missing', why: 'stale-report' } },
      { missingCoverage: 'fail' },
      ['missing-coverage:fail'],
    ],
    [
      'a missing report that warns',
      { coverage: { kind: 'missing', why: 'broken-report' } },
      {},
      ['missing-coverage:warn'],
    ],
    [
      'a missing report that passes',
      { coverage: { kind: 'missing', why: 'no-report' } },
      { missingCoverage: 'pass' },
      [],
    ],
    [
      'nothing configured, nothing asked',
      { coverage: { kind: 'missing', why: 'no-coverage-configured' } },
      { missingCoverage: 'fail' },
      [],
    ],
    [
      'nothing configured, but a share asked',
      { coverage: { kind: 'missing', why: 'no-coverage-configured' } },
      { missingCoverage: 'fail', patchMin: 0.8 },
      ['missing-coverage:fail'],
    ],
    [
      'nothing to cover',
      { coverage: { kind: 'missing', why: 'no-executable-lines' } },
      { missingCoverage: 'fail', patchMin: 0.8 },
      [],
    ],
  ])('%s', (_, input, limits, expected) => {
    expect(breaches(input, limits)).toEqual(expected);
  });
});

describe('size', () => {
  const lines = (path: string, additions = 10, deletions = 5) => ({ path, additions, deletions });

  test('leaves out what nobody reads, with the reason', () => {
    const size = measureSize(
      [
        lines('src/a.ts'),
        lines('package-lock.json', 9000),
        lines('apps/web/yarn.lock'),
        lines('src/__snapshots__/a.snap'),
        lines('vendor/x/y.go'),
        lines('web/app.min.js'),
        lines('src/generated/api.ts'),
        lines('pkg/testdata/big.json'),
        lines('src/vendor.ts'),
      ],
      { ignore: ['**/testdata/**'], isGenerated: (path) => path.startsWith('src/generated/') },
    );
    expect(size).toEqual({
      lines: 30,
      additions: 20,
      deletions: 10,
      files: 2,
      leftOut: [
        { path: 'package-lock.json', why: 'lockfile' },
        { path: 'apps/web/yarn.lock', why: 'lockfile' },
        { path: 'src/__snapshots__/a.snap', why: 'snapshot' },
        { path: 'vendor/x/y.go', why: 'vendored' },
        { path: 'web/app.min.js', why: 'generated' },
        { path: 'src/generated/api.ts', why: 'generated' },
        { path: 'pkg/testdata/big.json', why: 'ignored' },
      ],
    });
  });

  test('counts a program that its author calls a snapshot', () => {
    const files = ['src/pay.snap.ts', 'src/__snapshots__/pay.JS', 'src/__snapshots__/run.py'];
    const size = measureSize(
      files.map((path) => lines(path)),
      { ignore: [], isGenerated: () => false },
    );
    expect(size).toMatchObject({ lines: 45, files: 3, leftOut: [] });
    const seen = measureSize([lines('e2e/page.snap.png'), lines('src/a.snap')], {
      ignore: [],
      isGenerated: () => false,
    });
    expect(seen).toMatchObject({ lines: 0, files: 0 });
  });

  test('binary files and negative counts have no lines', () => {
    const size = measureSize([lines('logo.png', -1, -1)], { ignore: [], isGenerated: () => false });
    expect(size).toMatchObject({ lines: 0, files: 1 });
  });

  test('the median change is at 0.5, also where all are of one size', () => {
    expect(sizePercentile({ smaller: 0, equal: 40, total: 40 })).toBe(0.5);
    expect(sizePercentile({ smaller: 940, equal: 0, total: 1000 })).toBe(0.94);
    expect(sizePercentile({ smaller: 0, equal: 0, total: 0 })).toBe(0.5);
  });
});
