// Is the one line of the quality check true, short, and led by what breaks a limit?
import { describe, expect, test } from '@jest/globals';
import { graphemes } from '../../src/checks/escape.js';
import { say } from '../../src/domain/message.js';
import { type CoverageFacts, NOT_CORRECTED } from '../../src/domain/quality.js';
import type { Gate } from '../../src/domain/verdict.js';
import {
  aHistory,
  judgeQuality,
  measured,
  NEW_REPOSITORY,
  type QualityCase,
  qualityCheck,
  REPORT_ONLY,
  SMALL,
  SMALL_FILES,
} from '../builders/quality.js';
import { aFile } from '../builders/snapshot.js';

const titleOf = (one: QualityCase) => qualityCheck(one).title;

describe('the title', () => {
  test('a delta below its limit leads, with all three figures', () => {
    const history = aHistory({ usualChance: 0.0221 });
    expect(
      titleOf({ history, limits: { failBelow: -30, patchMin: 0.8, warnBelow: null, sizeWarn: null } }),
    ).toMatchInlineSnapshot(
      `"Blocked: −52 · patch coverage 61 % of 80 % · 6.4 % chance of revert, twice the usual · 812 lines (top 6 %)"`,
    );
  });

  test('untested lines lead where only they break a limit', () => {
    expect(titleOf({ limits: { failBelow: null, warnBelow: null, sizeWarn: null } })).toMatchInlineSnapshot(
      `"Blocked: patch coverage 61 % of 80 % · −76 · 6.4 % chance of revert, 5 times the usual · 812 lines (top 6 %)"`,
    );
  });

  test('the size leads where only it breaks a limit', () => {
    expect(
      titleOf({ limits: { failBelow: null, warnBelow: null, sizeFail: 800, patchMin: null } }),
    ).toMatchInlineSnapshot(
      `"Blocked: 812 lines (limit 800) · −76 · 6.4 % chance of revert, 5 times the usual · patch coverage 61 %"`,
    );
  });

  test('passed', () => {
    expect(titleOf(SMALL)).toMatchInlineSnapshot(
      `"Passed: +12 · 1.3 % chance of revert, about the usual · patch coverage 93 % · 41 lines (smallest 43 %)"`,
    );
  });

  test('a warning stays a pass and says its limit first', () => {
    const check = qualityCheck({ ...SMALL, limits: { sizeWarn: 40 } });
    expect(check.gate).toBe('success');
    expect(check.title).toMatchInlineSnapshot(
      `"Passed: 41 lines (warns above 40, smallest 43 %) · +12 · 1.3 % chance of revert · patch coverage 93 %"`,
    );
  });

  test('coverage on its way', () => {
    expect(titleOf({ ...SMALL, coverage: { kind: 'pending', why: 'checks-running' } })).toMatchInlineSnapshot(
      `"Running: coverage is being measured · 41 lines (smallest 43 %)"`,
    );
  });

  test('coverage on its way does not hide a limit that is broken whatever it says', () => {
    expect(
      titleOf({
        coverage: { kind: 'pending', why: 'checks-running' },
        limits: { sizeFail: 800, warnBelow: null },
      }),
    ).toMatchInlineSnapshot(
      `"Blocked: 812 lines (limit 800) · 6.4 % chance of revert, 5 times the usual · coverage is being measured"`,
    );
  });

  test.each<[string, CoverageFacts, string]>([
    ['missing', { kind: 'missing', why: 'no-report', detail: 'x' }, 'Blocked: no coverage report · '],
    [
      'stale',
      { kind: 'missing', why: 'stale-report', detail: 'x' },
      'Blocked: coverage report of another commit · ',
    ],
    [
      'broken',
      { kind: 'missing', why: 'broken-report', detail: 'x' },
      'Blocked: coverage report cannot be read · ',
    ],
    [
      'forbidden',
      { kind: 'missing', why: 'not-permitted', detail: 'x' },
      'Blocked: no permission to read coverage · ',
    ],
    [
      'without diff',
      { kind: 'missing', why: 'no-patches', detail: 'x' },
      'Blocked: no diff to measure coverage on · ',
    ],
  ])('coverage %s leads', (_, coverage, start) => {
    expect(titleOf({ ...SMALL, coverage }).startsWith(start)).toBe(true);
  });

  test('missing coverage that is let pass is not named', () => {
    const coverage: CoverageFacts = { kind: 'missing', why: 'no-report', detail: 'x' };
    expect(titleOf({ ...SMALL, coverage, limits: { missingCoverage: 'pass' } })).not.toContain('coverage');
  });

  test('files that the report does not know lead', () => {
    expect(
      titleOf({
        ...SMALL,
        files: [...SMALL_FILES, aFile('src/api/new.ts', { additions: 120, deletions: 0, patch: null })],
        coverage: measured({ unmeasured: [{ path: 'src/api/new.ts', addedLines: 120 }] }),
      }),
    ).toMatchInlineSnapshot(
      `"Blocked: 1 file not in the coverage report · patch coverage 77 % of 80 % · −21 · 1.5 % chance of revert"`,
    );
  });

  test('history partly read', () => {
    expect(
      titleOf({ ...SMALL, history: { ...SMALL.history!, readDays: 41, correction: NOT_CORRECTED } }),
    ).toMatchInlineSnapshot(
      `"Passed: +12 · 0.9 % chance of revert · patch coverage 93 % · 41 lines · history: 41 of 365 days read"`,
    );
  });

  test('history partly read that the policy waits for leads, and is said once', () => {
    expect(
      titleOf({
        ...SMALL,
        history: { ...NEW_REPOSITORY, readDays: 0 },
        coverage: measured({ files: [] }),
      }),
    ).toMatchInlineSnapshot(`"Running: history: 0 of 365 days read · 41 lines"`);
  });

  test('a new repository: no figure that nobody can know', () => {
    const title = titleOf({ ...REPORT_ONLY, history: NEW_REPOSITORY });
    expect(title).toMatchInlineSnapshot(`"Passed: 41 lines · no history here yet"`);
    expect(title).not.toMatch(/chance|%|[−+±]\d/);
  });

  test('a handful of merged changes', () => {
    const reading = {
      ...NEW_REPOSITORY.reading,
      repository: { ...NEW_REPOSITORY.reading.repository, changes: 7 },
    };
    expect(titleOf({ ...REPORT_ONLY, history: { ...NEW_REPOSITORY, reading } })).toMatchInlineSnapshot(
      `"Passed: 41 lines · history: only 7 merged changes"`,
    );
  });

  test('observe mode', () => {
    expect(titleOf({ mode: 'observe', limits: { warnBelow: null } })).toMatchInlineSnapshot(
      `"Would block: −76 · patch coverage 61 % of 80 % · 6.4 % chance of revert, 5 times the usual · 812 lines"`,
    );
  });

  test('79.96 % is not 80 %', () => {
    const files = [{ path: 'src/api/orders.ts', covered: 1999, executable: 2500, uncovered: [] }];
    expect(titleOf({ ...SMALL, coverage: measured({ files }) })).toContain('patch coverage 79 % of 80 %');
  });

  test('29 of 100 is 29 %, whatever binary fractions make of it', () => {
    const files = [{ path: 'src/api/orders.ts', covered: 29, executable: 100, uncovered: [] }];
    expect(titleOf({ ...SMALL, coverage: measured({ files }) })).toContain('patch coverage 29 % of 80 %');
  });

  test('a verdict that no figure explains leads with its own words', () => {
    const { report, verdicts } = judgeQuality(SMALL);
    const waiting = [{ ...verdicts[0]!, state: 'waiting' as const, title: say`@owner <b>to</b> decide` }];
    expect(qualityCheck(SMALL, { verdicts: waiting }).title).toMatchInlineSnapshot(
      `"Waiting: @owner <b>to</b> decide · +12 · 1.3 % chance of revert, about the usual · coverage 93 % · 41 lines"`,
    );
    expect(report.breaches).toEqual([]);
  });
});

describe('every title', () => {
  const WORDS: Readonly<Record<Gate, RegExp>> = {
    success: /^Passed: /,
    failure: /^Blocked: /,
    action_required: /^Waiting: /,
    in_progress: /^Running: /,
    neutral: /^Would (block|wait|run): /,
  };
  const coverages: readonly (CoverageFacts | null)[] = [
    null,
    measured(),
    measured({ files: [] }),
    measured({ unmeasured: [{ path: 'package-lock.json', addedLines: 5 }] }),
    { kind: 'pending', why: 'not-started' },
    { kind: 'missing', why: 'stale-report', detail: 'x' },
  ];
  const histories = [
    null,
    aHistory(),
    aHistory({ readDays: 41 }),
    aHistory({ readDays: 0 }),
    { ...NEW_REPOSITORY, readDays: 0 },
    NEW_REPOSITORY,
  ];
  const limits = [
    {},
    { failBelow: -5, warnBelow: null, sizeFail: 10 },
    { failBelow: null, patchMin: null, missingCoverage: 'warn' as const },
    { failBelow: null, warnBelow: 0, sizeFail: null, patchMin: 0.99995, missingCoverage: 'pass' as const },
  ];
  const files = [SMALL_FILES, undefined, [aFile('a', { additions: 1e15, deletions: 9, patch: null })]];
  const cases = coverages.flatMap((coverage) =>
    histories.flatMap((history) =>
      limits.flatMap((limit) =>
        files.flatMap((changed) =>
          (['enforce', 'observe'] as const).map(
            (mode): QualityCase => ({
              coverage,
              history,
              limits: limit,
              mode,
              ...(changed === undefined ? {} : { files: changed }),
            }),
          ),
        ),
      ),
    ),
  );

  test(`has the word of its conclusion, one lead and at most 110 characters (${cases.length} cases)`, () => {
    const gates = new Set<Gate>();
    for (const one of cases) {
      const { gate, title } = qualityCheck(one);
      gates.add(gate);
      expect(title).toMatch(WORDS[gate]);
      expect(graphemes(title).length).toBeLessThanOrEqual(110);
      expect(title).not.toMatch(/undefined|NaN|Infinity|null|-\d| {2}|: ·|· ·|·$|e\+/);
      expect(title.length).toBeGreaterThan(12);
    }
    expect([...gates].sort()).toEqual(['failure', 'in_progress', 'neutral', 'success']);
  });
});
