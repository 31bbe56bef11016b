// Does the assessment say what the facts say, and can a change be dressed up to look better than it is?
import { describe, expect, test } from '@jest/globals';
import type { CoverageFacts, HistoryFacts } from '../../src/domain/quality.js';
import type { ChangedFile } from '../../src/domain/snapshot.js';
import { assessQuality, type QualitySettings } from '../../src/quality/assess.js';
import { logistic, logit } from '../../src/quality/chance.js';
import { anUnreadHistory, aRecord, coverageOf, measured, someHistory } from '../builders/quality-facts.js';
import { aFile, aSnapshot } from '../builders/snapshot.js';

const NO_LIMITS: QualitySettings['limits'] = {
  sizeWarn: null,
  sizeFail: null,
  patchMin: null,
  missingCoverage: 'pass',
  warnBelow: null,
  failBelow: null,
};

interface Given {
  readonly limits?: Partial<QualitySettings['limits']>;
  readonly settings?: Partial<QualitySettings>;
  readonly files?: readonly ChangedFile[];
  readonly history?: HistoryFacts | null;
  readonly coverage?: CoverageFacts;
  readonly title?: string | null;
  readonly attributes?: string | null;
}

function assess(given: Given) {
  const { limits, settings, files, history = someHistory(), coverage, title, attributes = '' } = given;
  const snapshot = aSnapshot({
    pullRequest: { title: title === undefined ? 'Round the tax' : title },
    files: files ?? [code('src/tax.ts', 30)],
    attributes,
    quality: { history, coverage: coverage === undefined ? {} : { 'head:coverage': coverage } },
  });
  return assessQuality(snapshot, {
    limits: { ...NO_LIMITS, ...limits },
    ignore: [],
    coverage: coverage === undefined ? null : { artifact: 'coverage', run: 'head' },
    paths: null,
    ...settings,
  });
}

function code(path: string, additions: number, changes: Partial<ChangedFile> = {}): ChangedFile {
  return aFile(path, { additions, deletions: 0, patch: null, ...changes });
}

const why = (report: ReturnType<typeof assess>, part: string) =>
  report.result.missing.find((one) => one.part === part)?.why;

describe('the chance', () => {
  test('is held against the median of merged changes, both corrected alike', () => {
    const correction = { ...someHistory().correction, logOdds: 0.7 };
    const plain = assess({});
    const corrected = assess({ history: someHistory({ correction }) });
    expect(plain.usual).toBeCloseTo(0.01, 12);
    expect(corrected.usual).toBeCloseTo(logistic(logit(0.01) + 0.7), 12);
    expect(corrected.chance!.probability).toBeGreaterThan(plain.chance!.probability);
    expect(corrected.result.points.history).toBe(plain.result.points.history);
  });

  test('is held against a typical change where no median is known', () => {
    const report = assess({ history: someHistory({ usualChance: null }) });
    expect(report.usual).toBe(report.chance!.typical);
    expect(report.result.points.history).not.toBeNull();
  });

  test('of a repository with few merged changes gives no points', () => {
    const reading = { ...someHistory().reading, repository: aRecord(19) };
    const report = assess({
      history: someHistory({ usualChance: null, reading, sizes: [{ lines: 5, changes: 19 }] }),
    });
    expect(report.chance).not.toBeNull();
    expect(report.result).toMatchObject({ delta: null, points: { history: null, size: null } });
    expect([why(report, 'history'), why(report, 'size')]).toEqual(['few-changes', 'few-changes']);
  });

  test.each([
    ['no history at hand', null],
    ['a history of which nothing was read', anUnreadHistory()],
  ])('is not made up from %s', (_name, history) => {
    const report = assess({ history });
    expect([report.chance, report.usual, report.result.delta]).toEqual([null, null, null]);
    expect([why(report, 'history'), why(report, 'size')]).toEqual(['ledger-not-ready', 'ledger-not-ready']);
  });

  test('uses a history that is partly read', () => {
    const report = assess({ history: someHistory({ readDays: 41 }) });
    expect(report.result.points.history).not.toBeNull();
  });
});

describe('coverage', () => {
  const points = (
    facts: Partial<Extract<CoverageFacts, { kind: 'measured' }>>,
    patchMin: number | null = null,
  ) =>
    assess({ coverage: measured([coverageOf('src/tax.ts', 6, 10)], facts), limits: { patchMin } }).result
      .points.coverage;

  test('is held against merged changes, else the project, else the policy, else nothing', () => {
    expect(points({})).toBe(-10);
    expect(points({ usual: null, base: { covered: 70, executable: 100, pullRequest: null } })).toBe(-5);
    expect(points({ usual: null, base: null }, 0.9)).toBe(-15);
    expect(points({ usual: null, base: null })).toBeNull();
    expect(points({ usual: null, base: { covered: 0, executable: 0, pullRequest: null } })).toBeNull();
  });

  test.each([
    ['pending', { kind: 'pending', why: 'checks-running' }, 'coverage-running'],
    ['no report', { kind: 'missing', why: 'no-report', detail: '' }, 'no-report'],
    ['no patches', { kind: 'missing', why: 'no-patches', detail: '' }, 'no-patches'],
    ['not permitted', { kind: 'missing', why: 'not-permitted', detail: '' }, 'not-permitted'],
  ] as const)('that is missing says why: %s', (_name, coverage, reason) => {
    expect(why(assess({ coverage }), 'coverage')).toBe(reason);
  });

  test('that was configured and not read is neither a pass nor a breach', () => {
    const report = assess({
      limits: { patchMin: 0.8, missingCoverage: 'fail' },
      settings: { coverage: { artifact: 'coverage', run: 'default-branch' } },
    });
    expect(report.coverage).toEqual({ kind: 'unread' });
    expect(report.breaches).toEqual([]);
  });
});

describe('the files in question', () => {
  const files = [code('billing/a.ts', 100), code('web/b.ts', 500)];
  const coverage = measured([coverageOf('billing/a.ts', 10, 10), coverageOf('web/b.ts', 0, 90)]);

  test('alone are held against size and coverage; the delta is of the whole change', () => {
    const whole = assess({ files, coverage });
    const part = assess({ files, coverage, settings: { paths: ['billing/a.ts'] } });
    expect(part.size.lines).toBe(100);
    expect(part.coverage).toMatchObject({ covered: 10, executable: 10 });
    expect(part.result).toEqual(whole.result);
    expect(whole.size.lines).toBe(600);
  });

  test('take in a renamed file under its former name', () => {
    const renamed = [code('web/a.ts', 100, { status: 'renamed', previousPath: 'billing/a.ts' })];
    expect(assess({ files: renamed, settings: { paths: ['billing/a.ts'] } }).size.lines).toBe(100);
  });
});

describe('nobody can', () => {
  test('hide code behind names that only look like lockfiles', () => {
    const files = [code('src/evil.lock', 900), code('src/package-lock.json.ts', 100)];
    expect(assess({ files }).size).toMatchObject({ lines: 1000, leftOut: [] });
  });

  test('hide untested code in a file that counts for no size', () => {
    const files = [code('vendor/evil.js', 900), code('src/tax.ts', 1)];
    const report = assess({
      files,
      limits: { patchMin: 0.8 },
      coverage: measured([coverageOf('vendor/evil.js', 0, 900), coverageOf('src/tax.ts', 1, 1)]),
    });
    expect(report.size.lines).toBe(1);
    expect(report.size.leftOut).toEqual([{ path: 'vendor/evil.js', why: 'vendored' }]);
    expect(report.breaches).toMatchObject([{ what: 'coverage', fails: true }]);
  });

  test('mark files as generated in the change itself', () => {
    const own = code('.gitattributes', 1, { patch: '@@ -0,0 +1 @@\n+src/** linguist-generated' });
    const files = [own, code('src/tax.ts', 500)];
    expect(assess({ files, attributes: '' }).size.lines).toBe(501);
    expect(assess({ files, attributes: 'src/** linguist-generated' }).size.lines).toBe(1);
    expect(assess({ files, attributes: null }).size.lines).toBe(501);
  });

  test('dodge the limit of size by deleting what is written anew, line by line', () => {
    const block = Array.from({ length: 300 }, (_, at) => `const value${at} = compute(${at});`);
    const fresh = block.map((line) => line.replace('compute', 'steal'));
    const patch = (sign: string, lines: readonly string[]) =>
      [
        `@@ -${sign === '-' ? `1,${lines.length}` : '0,0'} +${sign === '+' ? `1,${lines.length}` : '0,0'} @@`,
        ...lines.map((line) => sign + line),
      ].join('\n');
    const change = (added: readonly string[]) => [
      aFile('src/old.ts', { status: 'removed', additions: 0, deletions: 300, patch: patch('-', block) }),
      aFile('src/new.ts', {
        status: 'added',
        additions: added.length,
        deletions: 0,
        patch: patch('+', added),
      }),
    ];
    const limits = { sizeFail: 400 };
    expect(assess({ files: change(fresh), limits }).breaches).toMatchObject([{ what: 'size', found: 600 }]);
    // What was deleted once excuses one copy.
    expect(assess({ files: change([...block, ...block, ...block]), limits })).toMatchObject({
      size: { lines: 600, moved: 600 },
      breaches: [{ what: 'size', found: 600 }],
    });
    expect(assess({ files: change(block), limits })).toMatchObject({
      size: { lines: 0, additions: 0, deletions: 0, moved: 600 },
      breaches: [],
    });
  });

  test('lift a limit of size or tests by the words of the title', () => {
    const given = {
      files: [code('src/tax.ts', 900)],
      limits: { sizeFail: 400, patchMin: 0.8 },
      coverage: measured([coverageOf('src/tax.ts', 1, 900)]),
    };
    const plain = assess({ ...given, title: 'Charge the tax twice' });
    const harmless = assess({ ...given, title: 'docs: typo, lint, format, version, release, fix, refactor' });
    expect(harmless.chance!.probability).toBeLessThan(plain.chance!.probability);
    expect(harmless.breaches).toEqual(plain.breaches);
    expect(harmless.breaches.map(({ what }) => what)).toEqual(['coverage', 'size']);
  });

  test.each([
    ['fail', [{ what: 'missing-coverage', why: 'unmeasured-files', fails: true }]],
    ['warn', [{ what: 'missing-coverage', why: 'unmeasured-files', fails: false }]],
    ['pass', []],
  ] as const)(
    'hide untested code in a file that the report does not know (missing: %s)',
    (missingCoverage, breaches) => {
      const report = assess({
        files: [code('src/hidden.ts', 500), code('src/tax.ts', 1)],
        limits: { patchMin: 0.8, missingCoverage },
        coverage: measured([coverageOf('src/tax.ts', 1, 1)], {
          unmeasured: [{ path: 'src/hidden.ts', addedLines: 500 }],
        }),
      });
      expect(report.coverage).toMatchObject({ covered: 1, executable: 1 });
      expect(report.breaches).toEqual(breaches);
    },
  );

  test('shrink a change by counts that cannot be', () => {
    const files = [code('a.ts', -5000), code('b.ts', 500)];
    expect(assess({ files, limits: { sizeFail: 400 } }).breaches).toMatchObject([{ found: 500 }]);
  });
});

describe('suggested parts', () => {
  const files = [code('api/a.ts', 300), code('web/b.ts', 300), code('package-lock.json', 9000)];

  test('are given over a limit, of what counts', () => {
    expect(assess({ files, limits: { sizeWarn: 400 } }).splits).toEqual([
      { folder: 'api/', lines: 300, files: 1 },
      { folder: 'web/', lines: 300, files: 1 },
    ]);
  });

  test('are not given below it', () => {
    expect(assess({ files, limits: { sizeFail: 600 } }).splits).toEqual([]);
  });
});

test('the place among merged changes is that of the step a size falls in', () => {
  const standing = (lines: number, sizes: { lines: number; changes: number }[]) =>
    assess({ files: [code('a.ts', lines)], history: someHistory({ sizes }) }).size.standing;
  const sizes = [
    { lines: 10, changes: 3 },
    { lines: 98, changes: 4 },
    { lines: 200, changes: 5 },
  ];
  expect(standing(101, sizes)).toEqual({ smaller: 3, equal: 4, total: 12 });
  expect(standing(110, sizes)).toEqual({ smaller: 7, equal: 0, total: 12 });
  expect(standing(11, sizes)).toEqual({ smaller: 3, equal: 0, total: 12 });
});

test('50,000 files are assessed in time', () => {
  const files = Array.from({ length: 50_000 }, (_, at) => code(`src/f${at % 100}/g${at}.ts`, 3));
  const reading = { ...someHistory().reading, paths: files.map(() => aRecord(1)) };
  const started = performance.now();
  const report = assess({
    files,
    history: someHistory({ reading }),
    attributes: 'gen/** linguist-generated',
  });
  expect(report.size.lines).toBe(150_000);
  expect(performance.now() - started).toBeLessThan(4000);
});
