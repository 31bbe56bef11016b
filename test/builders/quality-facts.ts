// What is known of the quality of a typical change, in a repository of 200 merged changes?
import { EMPTY_TALLY, type Tally } from '../../src/domain/ledger.js';
import {
  type CoverageFacts,
  type FilePatchCoverage,
  type HistoryFacts,
  NOT_CORRECTED,
} from '../../src/domain/quality.js';

/** Seconds since 1970 of 2026-11-21T10:00:00Z. */
const AT = Date.UTC(2026, 10, 21, 10) / 1000;

export function aRecord(changes: number, failed = 0): Tally {
  const weight = changes / 2;
  return {
    changes,
    failed,
    weight,
    weightFailed: failed / 2,
    lastFailedAt: failed === 0 ? null : AT - 12 * 86_400,
  };
}

/** 100 merged changes had 10 lines, 100 had 100. */
export function someHistory(changes: Partial<HistoryFacts> = {}): HistoryFacts {
  return {
    at: AT,
    author: 'copilot',
    reading: {
      repository: aRecord(200, 2),
      author: aRecord(20),
      paths: [aRecord(10)],
      folders: [aRecord(40)],
      familiarPaths: 1,
    },
    readDays: 365,
    wantedDays: 365,
    halfLifeDays: 60,
    correction: NOT_CORRECTED,
    usualChance: 0.01,
    sizes: [
      { lines: 10, changes: 100 },
      { lines: 100, changes: 100 },
    ],
    riskyPaths: [],
    agent: { name: 'copilot', changes: 20, failed: 0 },
    people: { changes: 180, failed: 2 },
    ...changes,
  };
}

/** Nothing is recorded yet, and nothing was read. */
export function anUnreadHistory(changes: Partial<HistoryFacts> = {}): HistoryFacts {
  return someHistory({
    reading: {
      repository: EMPTY_TALLY,
      author: EMPTY_TALLY,
      paths: [EMPTY_TALLY],
      folders: [EMPTY_TALLY],
      familiarPaths: 0,
    },
    readDays: 0,
    usualChance: null,
    sizes: [],
    agent: { name: 'copilot', changes: 0, failed: 0 },
    people: { changes: 0, failed: 0 },
    ...changes,
  });
}

export function coverageOf(
  path: string,
  covered: number,
  executable: number,
  runs: readonly (readonly [start: number, end: number])[] = [],
): FilePatchCoverage {
  const uncovered = runs.map(([start, end]) => ({ start, end, lines: end - start + 1 }));
  return { path, covered, executable, uncovered };
}

type Measured = Extract<CoverageFacts, { kind: 'measured' }>;

export function measured(files: readonly FilePatchCoverage[], changes: Partial<Measured> = {}): Measured {
  return {
    kind: 'measured',
    files,
    unmeasured: [],
    project: { covered: 800, executable: 1000 },
    base: { covered: 800, executable: 1000, pullRequest: 11 },
    usual: { share: 0.8, changes: 40 },
    runId: 77,
    notes: [],
    ...changes,
  };
}
