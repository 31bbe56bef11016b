// Is this change better or worse than what the repository usually merges, and by how much?
// Three parts, each measured against the repository's median merged change, where it gives 0 points.
import { type ChangeSize, type SizeStanding, sizePercentile } from './size.js';
import { type DeltaPart, QUALITY_WEIGHTS } from './weights.js';

/** A part that could not be measured. It gives no points, and is said. */
export interface MissingPart {
  readonly kind: 'missing';
  readonly why:
    | 'few-changes'
    | 'ledger-not-ready'
    | 'no-coverage-configured'
    | 'no-report'
    | 'stale-report'
    | 'broken-report'
    | 'no-patches'
    | 'not-permitted'
    /** A machine is still working on the report. */
    | 'coverage-running'
    /** Nobody has looked yet. */
    | 'coverage-unread'
    | 'no-executable-lines'
    | 'no-usual';
}

export interface HistoryFigures {
  readonly kind: 'measured';
  /** Chance of a revert, 0 to 1. */
  readonly probability: number;
  /** Median chance of the repository's merged changes, 0 to 1. */
  readonly usual: number;
}

export interface SizeFigures {
  readonly kind: 'measured';
  readonly size: ChangeSize;
  readonly standing: SizeStanding;
}

export interface CoverageFigures {
  readonly kind: 'measured';
  /** Changed executable lines, and those of them that tests run. */
  readonly covered: number;
  readonly executable: number;
  /** What the share is held against, 0 to 1; `null`: nothing is known, so it gives no points. */
  readonly usual: { readonly share: number; readonly from: 'merged-changes' | 'project' | 'policy' } | null;
}

export interface DeltaInput {
  readonly history: HistoryFigures | MissingPart;
  readonly size: SizeFigures | MissingPart;
  readonly coverage: CoverageFigures | MissingPart;
}

export interface QualityDelta {
  /** −100 … 0 (the median merged change) … +100, whole. `null`: no part could be measured. */
  readonly delta: number | null;
  /** Points of each part, one decimal; `null`: missing. They add up to the delta, but for rounding. */
  readonly points: {
    readonly history: number | null;
    readonly size: number | null;
    readonly coverage: number | null;
  };
  readonly missing: readonly { readonly part: keyof DeltaInput; readonly why: MissingPart['why'] }[];
}

/** Below this many merged changes nothing is usual yet. */
export const FEWEST_MERGED_CHANGES = 20;

export function computeDelta(input: DeltaInput): QualityDelta {
  const parts: readonly (readonly [keyof DeltaInput, number | MissingPart])[] = [
    ['history', historyPoints(input.history)],
    ['size', sizePoints(input.size)],
    ['coverage', coveragePoints(input.coverage)],
  ];
  const points: Record<keyof DeltaInput, number | null> = { history: null, size: null, coverage: null };
  const missing: { part: keyof DeltaInput; why: MissingPart['why'] }[] = [];
  for (const [part, value] of parts) {
    if (typeof value === 'number') points[part] = positiveZero(Math.round(value * 10) / 10);
    else missing.push({ part, why: value.why });
  }
  const measured = parts.flatMap(([, value]) => (typeof value === 'number' ? [value] : []));
  const sum = measured.reduce((total, value) => total + value, 0);
  return {
    delta: measured.length === 0 ? null : positiveZero(Math.round(Math.max(-100, Math.min(100, sum)))),
    points,
    missing,
  };
}

function historyPoints(history: DeltaInput['history']): number | MissingPart {
  if (history.kind === 'missing') return history;
  const doublings = Math.log2(history.probability / history.usual);
  return within(QUALITY_WEIGHTS.delta.history, -doublings);
}

function sizePoints(size: DeltaInput['size']): number | MissingPart {
  if (size.kind === 'missing') return size;
  if (size.standing.total < FEWEST_MERGED_CHANGES) return { kind: 'missing', why: 'few-changes' };
  return within(QUALITY_WEIGHTS.delta.size, 0.5 - sizePercentile(size.standing));
}

function coveragePoints(coverage: DeltaInput['coverage']): number | MissingPart {
  if (coverage.kind === 'missing') return coverage;
  if (coverage.executable === 0) return { kind: 'missing', why: 'no-executable-lines' };
  if (coverage.usual === null) return { kind: 'missing', why: 'no-usual' };
  return within(
    QUALITY_WEIGHTS.delta.coverage,
    coverage.covered / coverage.executable - coverage.usual.share,
  );
}

function within({ most, perUnit }: DeltaPart, units: number): number {
  return Math.max(-most, Math.min(most, units * perUnit));
}

/** −0 would print as "-0". */
function positiveZero(value: number): number {
  return value === 0 ? 0 : value;
}
