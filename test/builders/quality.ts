// What does a quality report look like? Facts of made-up repositories, assessed and judged by the real rule.
import { type QualityContext, renderQuality } from '../../src/checks/quality-check.js';
import type { AuthorshipFinding } from '../../src/domain/authorship.js';
import { EMPTY_TALLY, type LedgerReading, type PathRecord, type Tally } from '../../src/domain/ledger.js';
import {
  type CoverageFacts,
  coverageKey,
  type HistoryFacts,
  NOT_CORRECTED,
} from '../../src/domain/quality.js';
import type { ChangedFile, Snapshot } from '../../src/domain/snapshot.js';
import type { Mode, Verdict } from '../../src/domain/verdict.js';
import type { QualityReport } from '../../src/quality/assess.js';
import { assessFor, qualityDelta } from '../../src/rules/quality-delta.js';
import type { QualityDeltaSettings } from '../../src/rules/quality-settings.js';
import { aContext, NOW } from './context.js';
import { aDecision } from './decision.js';
import { aFile, aSnapshot } from './snapshot.js';

const DAY = 86_400;
const READ_AT = NOW.getTime() / 1000;

export function aTally(changes: number, failed: number, changesNow = {}): Tally {
  return {
    ...EMPTY_TALLY,
    changes,
    failed,
    weight: changes / 2,
    weightFailed: failed / 2,
    lastFailedAt: failed > 0 ? READ_AT - 12 * DAY : null,
    ...changesNow,
  };
}

export const TAX: PathRecord = {
  path: 'src/billing/tax.ts',
  changes: 41,
  failed: 3,
  failures: [812, 790, 771].map((pullRequest, index) => ({
    sha: `${pullRequest}a`.padEnd(40, '0'),
    pullRequest,
    outcome: 'reverted',
    at: READ_AT - (12 + index * 20) * DAY,
  })),
};

/** A year of a repository with 4,210 merged changes, 52 of which failed. */
export function aHistory(
  changes: Partial<Omit<HistoryFacts, 'reading'>> & { readonly reading?: Partial<LedgerReading> } = {},
): HistoryFacts {
  return {
    at: READ_AT,
    author: 'copilot',
    readDays: 365,
    wantedDays: 365,
    halfLifeDays: 60,
    correction: {
      logOdds: Math.log(1.4),
      changes: 812,
      expected: 9,
      failed: 14.6,
      bounded: false,
      at: Date.UTC(2026, 10, 14) / 1000,
    },
    usualChance: 0.0095,
    sizes: [
      { lines: 4, changes: 900 },
      { lines: 16, changes: 900 },
      { lines: 46, changes: 1100 },
      { lines: 128, changes: 700 },
      { lines: 362, changes: 360 },
      { lines: 1024, changes: 250 },
    ],
    riskyPaths: [TAX],
    agent: { name: 'copilot', changes: 31, failed: 2 },
    people: { changes: 3120, failed: 40 },
    ...changes,
    reading: {
      repository: aTally(4210, 52),
      author: aTally(31, 2),
      paths: [aTally(41, 3), aTally(12, 0), aTally(66, 1), aTally(9, 0)],
      folders: [aTally(160, 6), aTally(220, 2)],
      familiarPaths: 1,
      ...changes.reading,
    },
  };
}

/** Nothing was merged here yet, and that is all there is to read. */
export const NEW_REPOSITORY: HistoryFacts = aHistory({
  correction: NOT_CORRECTED,
  usualChance: null,
  sizes: [],
  riskyPaths: [],
  agent: { name: 'copilot', changes: 0, failed: 0 },
  people: { changes: 0, failed: 0 },
  reading: {
    repository: EMPTY_TALLY,
    author: EMPTY_TALLY,
    paths: [EMPTY_TALLY],
    folders: [EMPTY_TALLY],
    familiarPaths: 0,
  },
});

/** 812 lines in four files and two folders. */
const LARGE_FILES: readonly ChangedFile[] = [
  aFile('src/billing/tax.ts', { additions: 402, deletions: 60, patch: null }),
  aFile('src/billing/rates.ts', { additions: 150, deletions: 20, patch: null }),
  aFile('src/api/orders.ts', { additions: 130, deletions: 10, patch: null }),
  aFile('src/api/refunds.ts', { additions: 40, deletions: 0, patch: null }),
  aFile('package-lock.json', { additions: 900, deletions: 300, patch: null }),
];

export const SMALL_FILES: readonly ChangedFile[] = [
  aFile('src/api/orders.ts', { additions: 33, deletions: 8, patch: null }),
];

type Measured = Extract<CoverageFacts, { kind: 'measured' }>;

export function measured(changes: Partial<Measured> = {}): Measured {
  return {
    kind: 'measured',
    files: [
      {
        path: 'src/billing/tax.ts',
        covered: 30,
        executable: 60,
        uncovered: [
          { start: 12, end: 31, lines: 20 },
          { start: 88, end: 97, lines: 10 },
        ],
      },
      {
        path: 'src/api/orders.ts',
        covered: 31,
        executable: 40,
        uncovered: [{ start: 7, end: 15, lines: 9 }],
      },
    ],
    unmeasured: [],
    project: { covered: 8090, executable: 10_000 },
    base: { covered: 8123, executable: 10_000, pullRequest: 805 },
    usual: { share: 0.78, changes: 120 },
    runId: 4242,
    notes: [],
    ...changes,
  };
}

export function settingsOf(changes: Partial<QualityDeltaSettings> = {}): QualityDeltaSettings {
  return {
    limits: {
      sizeWarn: 400,
      sizeFail: 1500,
      patchMin: 0.8,
      missingCoverage: 'fail',
      warnBelow: -20,
      failBelow: -60,
    },
    stated: true,
    ignore: [],
    coverage: { artifact: 'coverage', run: 'head' },
    zone: null,
    line: 40,
    paths: null,
    ...changes,
  };
}

export interface QualityCase {
  readonly files?: readonly ChangedFile[];
  readonly title?: string;
  readonly history?: HistoryFacts | null;
  /** `null`: not looked at. */
  readonly coverage?: CoverageFacts | null;
  readonly settings?: QualityDeltaSettings;
  readonly limits?: Partial<QualityDeltaSettings['limits']>;
  readonly mode?: Mode;
  readonly attributes?: string;
  readonly authorship?: AuthorshipFinding;
}

function qualitySnapshot({ files, title, history, coverage, settings, attributes }: QualityCase): Snapshot {
  const source = (settings ?? settingsOf()).coverage;
  return aSnapshot({
    files: files ?? LARGE_FILES,
    pullRequest: { title: title ?? 'Round taxes by country' },
    attributes: attributes ?? '',
    quality: {
      history: history === undefined ? aHistory() : history,
      coverage: coverage === null || source === null ? {} : { [coverageKey(source)]: coverage ?? measured() },
    },
  });
}

/** The report and what the rule makes of it. */
export function judgeQuality(one: QualityCase): {
  readonly report: QualityReport;
  readonly verdicts: readonly Verdict[];
} {
  const base = one.settings ?? settingsOf();
  const settings = { ...base, limits: { ...base.limits, ...one.limits } };
  const snapshot = qualitySnapshot({ ...one, settings });
  const findings = qualityDelta.evaluate(settings, aContext({ snapshot }));
  return {
    report: assessFor(settings, snapshot),
    verdicts: findings.map((finding) => ({
      ...finding,
      rule: 'quality-delta',
      layer: 'repository',
      mode: one.mode ?? 'enforce',
      line: settings.line,
      zone: settings.zone,
    })),
  };
}

/** The check as a reviewer sees it. */
export function qualityCheck(one: QualityCase, context: Partial<QualityContext> = {}) {
  const { report, verdicts } = judgeQuality(one);
  return renderQuality(report, {
    verdicts,
    decision: aDecision(verdicts, { pullRequest: 913 }),
    repositoryUrl: 'https://github.com/acme/shop',
    pullRequest: 913,
    sharedWith: [],
    coverage: (one.settings ?? settingsOf()).coverage,
    ...context,
  });
}

/** 41 lines in one well-known file, tested. */
export const SMALL = {
  files: SMALL_FILES,
  title: 'Fix the total of an order',
  coverage: measured({
    files: [
      {
        path: 'src/api/orders.ts',
        covered: 30,
        executable: 32,
        uncovered: [{ start: 7, end: 8, lines: 2 }],
      },
    ],
  }),
  history: aHistory({
    author: 'devin',
    riskyPaths: [],
    agent: { name: 'devin', changes: 64, failed: 1 },
    reading: {
      author: aTally(64, 1),
      paths: [aTally(20, 0)],
      folders: [aTally(220, 2)],
      familiarPaths: 1,
    },
  }),
} as const satisfies QualityCase;

/** A policy without the section: figures and no limit. */
export const REPORT_ONLY = {
  files: SMALL_FILES,
  settings: settingsOf({ stated: false, coverage: null, line: null }),
  limits: {
    sizeWarn: null,
    sizeFail: null,
    patchMin: null,
    missingCoverage: 'pass',
    warnBelow: null,
    failBelow: null,
  },
} as const satisfies QualityCase;
