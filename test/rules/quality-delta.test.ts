import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/domain/message.js';
import type { CoverageFacts } from '../../src/domain/quality.js';
import type { ChangedFile, Snapshot } from '../../src/domain/snapshot.js';
import { assessFor, qualityDelta } from '../../src/rules/quality-delta.js';
import type { QualityDeltaSettings } from '../../src/rules/quality-settings.js';
import { aContext, explain, judge } from '../builders/context.js';
import { anUnreadHistory, coverageOf, measured, someHistory } from '../builders/quality-facts.js';
import { aFile, aSnapshot } from '../builders/snapshot.js';

const NO_LIMITS: QualityDeltaSettings['limits'] = {
  sizeWarn: null,
  sizeFail: null,
  patchMin: null,
  missingCoverage: 'pass',
  warnBelow: null,
  failBelow: null,
};
const SOURCE = { artifact: 'coverage', run: 'head' } as const;

interface Row {
  readonly limits?: Partial<QualityDeltaSettings['limits']>;
  readonly settings?: Partial<QualityDeltaSettings>;
  readonly files?: readonly ChangedFile[];
  readonly coverage?: CoverageFacts | null;
  readonly history?: Snapshot['quality']['history'];
  readonly snapshot?: Partial<Pick<Snapshot, 'quality'>>;
  /** Files that GitHub counts and did not hand out. */
  readonly unread?: number;
}

const CODE = aFile('src/tax.ts', { additions: 80, deletions: 20, patch: null });

function contextOf({ files = [CODE], coverage = null, history, snapshot, unread = 0 }: Row) {
  return aContext({
    snapshot: aSnapshot({
      files,
      pullRequest: { changedFiles: files.length + unread },
      attributes: '',
      quality: {
        history: history === undefined ? someHistory() : history,
        coverage: coverage === null ? {} : { 'head:coverage': coverage },
      },
      ...snapshot,
    }),
  });
}

function settingsOf({ limits, settings, coverage }: Row): QualityDeltaSettings {
  return {
    limits: { ...NO_LIMITS, ...limits },
    stated: true,
    ignore: [],
    coverage: coverage === undefined ? null : SOURCE,
    zone: null,
    line: 50,
    paths: null,
    ...settings,
  };
}

const found = (row: Row) => qualityDelta.evaluate(settingsOf(row), contextOf(row))[0]!;
const judged = (row: Row) => judge(qualityDelta, settingsOf(row), contextOf(row))[0]!;
const tested = (covered: number, executable = 100) =>
  measured([coverageOf('src/tax.ts', covered, executable)]);

describe('quality-delta', () => {
  test.each([
    [
      'tested lines below the share',
      { limits: { patchMin: 0.8 }, coverage: tested(41) },
      'fail',
      /^41% of new lines tested \(80% needed\), delta −\d+$/,
    ],
    [
      'tested lines at the share',
      { limits: { patchMin: 0.8 }, coverage: tested(80) },
      'pass',
      /^delta .*, 80% of new lines tested, 100 lines$/,
    ],
    [
      '79.9% is not rounded up to 80%',
      { limits: { patchMin: 0.8 }, coverage: tested(799, 1000) },
      'fail',
      /^79% of new lines tested \(80% needed\)/,
    ],
    ['more lines than the limit', { limits: { sizeFail: 99 } }, 'fail', /^100 lines \(limit 99\), delta/],
    ['as many lines as the limit', { limits: { sizeFail: 100 } }, 'pass', /^delta .*, 100 lines$/],
    [
      'a delta below the limit',
      { limits: { failBelow: 20 } },
      'fail',
      /^quality delta −?\+?\d+ \(limit \+20\)$/,
    ],
    ['a delta at the limit', { limits: { failBelow: -100 } }, 'pass', /^delta /],
    [
      'size and tests at once',
      { limits: { sizeFail: 99, patchMin: 0.8 }, coverage: tested(41) },
      'fail',
      /^41% of new lines tested .* \(\+1\)$/,
    ],
    [
      'no report, where that fails',
      { limits: { missingCoverage: 'fail' }, coverage: missing('no-report') },
      'fail',
      /^no coverage report/,
    ],
    [
      'no report, where that warns',
      { limits: { missingCoverage: 'warn', patchMin: 0.8 }, coverage: missing('no-report') },
      'pass',
      /^no coverage report$/,
    ],
    [
      'no report, where that passes',
      { limits: { missingCoverage: 'pass', patchMin: 0.8 }, coverage: missing('no-report') },
      'pass',
      /^delta/,
    ],
    [
      'a report of another head',
      { limits: { missingCoverage: 'fail' }, coverage: missing('stale-report') },
      'fail',
      /^the coverage report is of another head/,
    ],
    [
      'a report that is broken',
      { limits: { missingCoverage: 'fail' }, coverage: missing('broken-report') },
      'fail',
      /^the coverage report cannot be read/,
    ],
    [
      'lines that GitHub does not hand out',
      { limits: { missingCoverage: 'fail' }, coverage: missing('no-patches') },
      'fail',
      /^coverage is not known, GitHub hands out no lines/,
    ],
    [
      'a report the app may not read',
      { limits: { missingCoverage: 'fail' }, coverage: missing('not-permitted') },
      'fail',
      /^the app may not read the coverage report/,
    ],
    [
      'coverage that is running',
      { limits: { patchMin: 0.8 }, coverage: { kind: 'pending', why: 'checks-running' } },
      'pending',
      /^coverage is running$/,
    ],
    [
      'coverage that has not started',
      { limits: { failBelow: -60 }, coverage: { kind: 'pending', why: 'not-started' } },
      'pending',
      /^coverage has not started$/,
    ],
    [
      'coverage that was not read',
      { limits: { patchMin: 0.8 }, coverage: null },
      'pending',
      /^coverage is not known$/,
    ],
    [
      'size over the limit while coverage runs',
      { limits: { sizeFail: 99 }, coverage: { kind: 'pending', why: 'checks-running' } },
      'fail',
      /^100 lines \(limit 99\)/,
    ],
    [
      'a history that was not read',
      { limits: { failBelow: -60 }, history: null },
      'pending',
      /^the history is not known$/,
    ],
    [
      'a stated lowest delta while nothing of the history is read',
      { limits: { failBelow: -60 }, history: anUnreadHistory() },
      'pending',
      /^history: 0 of 365 days read$/,
    ],
    [
      'the default lowest delta while nothing of the history is read',
      { limits: { failBelow: -60 }, settings: { stated: false }, history: anUnreadHistory() },
      'pass',
      /^no delta yet, 100 lines$/,
    ],
    [
      'a size limit while nothing of the history is read',
      { limits: { sizeFail: 99 }, history: anUnreadHistory() },
      'fail',
      /^100 lines \(limit 99\)$/,
    ],
    ['no limit at all', {}, 'skipped', /^delta .*, 100 lines$/],
    ['no limit and no history', { history: null }, 'skipped', /^no delta yet, 100 lines$/],
    [
      'warnings',
      { limits: { sizeWarn: 50, warnBelow: 50 } },
      'pass',
      /^delta .*\(warns below \+50\), 100 lines \(warns above 50\)$/,
    ],
  ] as const satisfies readonly (readonly [string, Row, string, RegExp])[])(
    '%s',
    (_name, row, state, title) => {
      const [foundState, foundTitle] = judged(row as Row);
      expect(foundState).toBe(state);
      expect(foundTitle).toMatch(title);
    },
  );
});

function missing(why: Extract<CoverageFacts, { kind: 'missing' }>['why']): CoverageFacts {
  return { kind: 'missing', why, detail: 'the artifact expired' };
}

describe('a broken limit says what lifts it', () => {
  const remedyOf = (row: Row) => {
    const { remedy } = found(row);
    return remedy === null ? null : `${remedy.by}: ${plain(remedy.what)}`;
  };

  test('how many more lines the tests must run, and where most are untested', () => {
    const coverage = measured([
      coverageOf('src/a.ts', 1, 40),
      coverageOf('src/b.ts', 40, 50),
      coverageOf('src/c.ts', 10, 10),
    ]);
    const files = ['src/a.ts', 'src/b.ts', 'src/c.ts'].map((path) => aFile(path, { patch: null }));
    expect(remedyOf({ limits: { patchMin: 0.8 }, coverage, files })).toBe(
      'author: Add tests that run at least 29 more of the 49 untested new lines, first in src/a.ts (39) and src/b.ts (10).',
    );
  });

  test('testing exactly that many lines lifts it', () => {
    expect(judged({ limits: { patchMin: 0.8 }, coverage: tested(70) })[0]).toBe('fail');
    expect(judged({ limits: { patchMin: 0.8 }, coverage: tested(80) })[0]).toBe('pass');
    expect(remedyOf({ limits: { patchMin: 0.8 }, coverage: tested(70) })).toMatch(
      /at least 10 more of the 30/,
    );
  });

  test('into which folders to split', () => {
    const files = [
      aFile('api/a.ts', { additions: 300, deletions: 0, patch: null }),
      aFile('web/b.ts', { additions: 200, deletions: 0, patch: null }),
    ];
    expect(remedyOf({ limits: { sizeFail: 400 }, files })).toBe(
      'author: Split this pull request by folder: api/ (300 lines) and web/ (200 lines).',
    );
  });

  test('how many lines are too many, where no folder parts the change', () => {
    expect(remedyOf({ limits: { sizeFail: 60 } })).toBe(
      'author: Take at least 40 lines out of this pull request, into one of their own.',
    );
  });

  test('that more tested lines would lift the delta, where they would', () => {
    const row = { limits: { failBelow: -8 }, coverage: tested(40), history: someHistory({ sizes: [] }) };
    const { delta } = assessFor(settingsOf(row), contextOf(row).snapshot).result;
    expect(delta).toBeLessThan(-8);
    const needed = Number(/at least (\d+) more/.exec(remedyOf(row) ?? '')?.[1]);
    expect(needed).toBeGreaterThan(0);
    expect(judged({ ...row, coverage: tested(40 + needed) })[0]).toBe('pass');
  });

  test('which files failed most, where the history weighs most', () => {
    const riskyPaths = [
      { path: 'src/tax.ts', changes: 41, failed: 3, failures: [] },
      { path: 'src/calm.ts', changes: 9, failed: 0, failures: [] },
    ];
    const history = someHistory({ usualChance: 0.0001, riskyPaths });
    expect(remedyOf({ limits: { failBelow: -20 }, history })).toBe(
      'author: Take what failed most here out of this pull request, into one of its own: src/tax.ts.',
    );
  });

  test.each([
    [
      'no-report',
      'author: Let a workflow of this head write a coverage report of its tests into the artifact coverage.',
    ],
    ['not-permitted', 'owner: Let the app read artifacts: grant it actions: read.'],
    ['no-patches', 'author: Split this pull request into smaller ones, so that its lines can be read.'],
  ] as const)('what brings coverage: %s', (why, words) => {
    expect(remedyOf({ limits: { missingCoverage: 'fail' }, coverage: missing(why) })).toBe(words);
  });

  test("a run of the default branch is the owner's to mend", () => {
    const source = { artifact: 'coverage', run: 'default-branch' } as const;
    const row = {
      limits: { missingCoverage: 'fail' as const },
      settings: { coverage: source },
      snapshot: {
        quality: { history: someHistory(), coverage: { 'default-branch:coverage': missing('no-report') } },
      },
    };
    expect(remedyOf(row)).toMatch(/^owner: /);
  });

  test('never asks to weaken the policy', () => {
    const rows: readonly Row[] = [
      { limits: { patchMin: 0.8 }, coverage: tested(1) },
      { limits: { sizeFail: 1 } },
      { limits: { failBelow: 90 } },
      { limits: { missingCoverage: 'fail' }, coverage: missing('broken-report') },
    ];
    for (const row of rows) expect(remedyOf(row)).not.toMatch(/polic|limit|CODEOWNERS|label|amend|force/i);
  });
});

describe('a change cannot', () => {
  const hidden = measured([coverageOf('src/tax.ts', 1, 1)], {
    unmeasured: [{ path: 'src/hidden.ts', addedLines: 500 }],
  });

  test.each([
    ['fail', 'fail', /^changed files are not in the coverage report, delta/],
    ['warn', 'pass', /^changed files are not in the coverage report$/],
  ] as const)(
    'hide untested code in a file that no report knows (missing: %s)',
    (missingCoverage, state, title) => {
      const row = {
        limits: { patchMin: 0.8, missingCoverage },
        coverage: hidden,
        files: [CODE, aFile('src/hidden.ts', { additions: 500, patch: null })],
      };
      expect(judged(row)[0]).toBe(state);
      expect(judged(row)[1]).toMatch(title);
      expect(explain(found(row))).toContain(
        'src/hidden.ts is not in the report: 500 new lines counted nowhere.',
      );
    },
  );

  test('pass a limit of the delta while the report that counts in it is still made', () => {
    const row = {
      limits: { failBelow: -100 },
      coverage: { kind: 'pending', why: 'checks-running' } as const,
    };
    expect(judged(row)[0]).toBe('pending');
  });

  test('escape a delta that no coverage could lift by never finishing the tests', () => {
    const history = someHistory({ usualChance: 0.0001 });
    const coverage = { kind: 'pending', why: 'checks-running' } as const;
    expect(judged({ limits: { failBelow: -20 }, history, coverage })[0]).toBe('fail');
  });

  test('speak through the names of a report', () => {
    const coverage = {
      kind: 'missing',
      why: 'broken-report',
      detail: '[click](https://evil.example) @all',
    } as const;
    const finding = found({ limits: { missingCoverage: 'fail' }, coverage });
    const parts = [finding.reason, ...finding.details].flatMap((message) => message.parts);
    expect(parts.filter(({ text }) => text.includes('evil')).map(({ kind }) => kind)).toEqual([
      'foreign',
      'foreign',
    ]);
  });
});

describe('what is asked', () => {
  const needs = (row: Row) => qualityDelta.needs(settingsOf(row), contextOf(row)).map(({ kind }) => kind);

  test('is the history always, and coverage where it is configured', () => {
    expect(needs({})).toEqual(['history']);
    expect(needs({ coverage: null })).toEqual(['history', 'coverage']);
  });

  test('is no coverage of a change that only deletes, which then owes none', () => {
    const row: Row = {
      limits: { patchMin: 0.8, missingCoverage: 'fail' },
      coverage: null,
      files: [aFile('src/tax.ts', { additions: 0, deletions: 40, patch: null })],
    };
    expect(needs(row)).toEqual(['history']);
    expect(judged(row)[0]).toBe('pass');
  });

  test('is coverage where files were left unread, whatever those that were read add', () => {
    const row: Row = {
      limits: { patchMin: 0.8 },
      coverage: null,
      files: [aFile('src/tax.ts', { additions: 0, deletions: 40, patch: null })],
      unread: 1,
    };
    expect(needs(row)).toEqual(['history', 'coverage']);
    expect(judged(row)[0]).toBe('pending');
  });
});

describe('in a clone', () => {
  const local = (row: Row) => {
    const { snapshot } = contextOf(row);
    const context = aContext({
      snapshot: { ...snapshot, source: 'local', pullRequest: { ...snapshot.pullRequest, title: null } },
    });
    return qualityDelta.evaluate(settingsOf(row), context)[0]!;
  };

  test.each([
    ['a stated lowest delta without history', { limits: { failBelow: -60 }, history: null }, 'waiting', true],
    [
      'the default lowest delta without history',
      { limits: { failBelow: -60 }, settings: { stated: false }, history: null },
      'pass',
      undefined,
    ],
    [
      'a share of tested lines without a report',
      { limits: { patchMin: 0.8 }, coverage: null },
      'waiting',
      true,
    ],
    ['a limit of size', { limits: { sizeFail: 99 }, history: null }, 'fail', undefined],
    [
      'nothing that hangs on coverage',
      { limits: { missingCoverage: 'warn' }, coverage: null },
      'pass',
      undefined,
    ],
  ] as const)('%s', (_name, row, state, notKnown) => {
    const finding = local(row as Row);
    expect([finding.state, finding.notKnown]).toEqual([state, notKnown]);
  });

  test('what is not known is said', () => {
    expect(explain(local({ history: null }))).toContain(
      'History: no merged changes were read to compare with.',
    );
    expect(explain(local({}))).toContain('The title is not known here');
  });
});

describe('the annotations', () => {
  const runs = Array.from({ length: 60 }, (_, at) => [at * 10 + 1, at * 10 + 1 + (at % 5)] as const);
  const coverage = measured([coverageOf('src/tax.ts', 0, 180, runs)]);

  test('are the untested lines, at most 50, the longest runs first', () => {
    const { annotations = [] } = found({ limits: { patchMin: 0.8 }, coverage });
    expect(annotations).toHaveLength(50);
    const lengths = annotations.map(({ startLine, endLine }) => endLine - startLine + 1);
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
    expect(annotations[0]).toMatchObject({ path: 'src/tax.ts', level: 'warning' });
    expect(plain(annotations[0]!.message)).toBe('No test runs these 5 new lines.');
  });

  test('are notices where the share is reached, and none where nobody asks for one', () => {
    const covered = measured([coverageOf('src/tax.ts', 9, 10, [[4, 4]])]);
    expect(found({ limits: { patchMin: 0.8 }, coverage: covered }).annotations).toMatchObject([
      { startLine: 4, endLine: 4, level: 'notice' },
    ]);
    expect(found({ limits: { sizeFail: 400 }, coverage: covered }).annotations).toBeUndefined();
  });
});

describe('the words', () => {
  test("say that coverage of the head's own run is the author's claim", () => {
    const row = { limits: { patchMin: 0.8 }, coverage: tested(41) };
    expect(explain(found(row))).toMatchInlineSnapshot(`
"59 of 100 new lines are not run by a test. The policy sets the limit (line 50). Coverage is measured by this head's own run, so it is the author's claim.
Add tests that run at least 39 more of the 59 untested new lines, first in src/tax.ts (59).
History −3.5: 1.1 % chance of a revert, about the usual.
Size −12.5: 100 lines in 1 file, top 25 % of the merged changes.
Coverage −19.5: tests run 41 of 100 new lines (41%)."
`);
    const ofCommandLine = { ...row, coverage: measured([coverageOf('src/tax.ts', 41, 100)], { runId: 0 }) };
    expect(explain(found(ofCommandLine))).not.toContain('claim');
  });

  test('say how much of the history was read', () => {
    expect(explain(found({ history: someHistory({ readDays: 41, wantedDays: 180 }) }))).toContain(
      'history: 41 of 180 days read',
    );
  });

  test('name the zone and what only moved or does not count', () => {
    const row: Row = {
      limits: { sizeFail: 99 },
      settings: { zone: 'money', paths: ['src/tax.ts'], line: 7 },
      files: [CODE, aFile('package-lock.json', { patch: null })],
    };
    expect(judged(row)[1]).toMatch(/^100 lines in zone money \(limit 99\)/);
  });

  test('tell the points of the whole change apart from the figures of a zone', () => {
    const files = [CODE, aFile('web/b.ts', { additions: 900, patch: null })];
    const zone = { zone: 'money', paths: ['src/tax.ts'], line: 7 };
    const limited = explain(found({ limits: { failBelow: 100 }, settings: zone, files }));
    expect(limited).toMatch(/Of the whole change: history \S+, size −25\./);
    expect(limited).toContain('Size: 100 lines in 1 file.');
    const unlimited = { limits: { sizeFail: 100 }, settings: zone, files };
    expect(judged(unlimited)).toEqual(['pass', '100 lines in zone money']);
    expect(explain(found(unlimited))).not.toContain('whole change');
  });

  test('give a limit as it is stated', () => {
    expect(judged({ limits: { patchMin: 0.795 }, coverage: tested(79) })[1]).toMatch(
      /^79% of new lines tested \(79.5% needed\)/,
    );
  });
});
