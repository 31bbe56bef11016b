import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/domain/message.js';
import type { CoverageFacts } from '../../src/domain/quality.js';
import type { ChangedFile, Snapshot } from '../../src/domain/snapshot.js';
import { qualityDelta } from '../../src/rules/quality-delta.js';
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
  readonly snapshot?: Partial<Snapshot>;
}

const CODE = aFile('src/tax.ts', { additions: 80, deletions: 20, patch: null });

function contextOf({ files = [CODE], coverage = null, history, snapshot }: Row) {
  return aContext({
    snapshot: aSnapshot({
      files,
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
