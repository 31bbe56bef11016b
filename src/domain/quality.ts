// What is known about the quality of a change, before any limit is held against it?
// Facts only, so that a verdict can be replayed from its snapshot; what they are worth is worked out in `quality`.
import type { LedgerReading, OutcomeCount, PathRecord, SizeCount } from './ledger.js';

export interface QualityFacts {
  /** `null`: not read, or this source has no history at hand. */
  readonly history: HistoryFacts | null;
  /** By `coverageKey`. A source missing here was not looked at. */
  readonly coverage: Readonly<Record<string, CoverageFacts>>;
}

export const NO_QUALITY_FACTS: QualityFacts = { history: null, coverage: {} };

/** What the repository's own merged changes say, as of the reading. */
export interface HistoryFacts {
  /** Seconds since 1970. */
  readonly at: number;
  /** Who the record of the author is about: a login, or the name of an agent. */
  readonly author: string;
  readonly reading: LedgerReading;
  /** How much of the wanted history has been read. Equal when all is. */
  readonly readDays: number;
  readonly wantedDays: number;
  /** Age at which a merged change counts half. */
  readonly halfLifeDays: number;
  /** The weekly correction in use; `at: null` before the first one. */
  readonly correction: AppliedCorrection;
  /** Median chance of the merged changes as the shipped weights give it, without correction; `null`: too few. */
  readonly usualChance: number | null;
  /** How many merged changes had how many lines, ascending. */
  readonly sizes: readonly SizeCount[];
  /** The touched files that failed most, with their failures, the worst first; at most 5. */
  readonly riskyPaths: readonly PathRecord[];
  /** Merged changes of this agent; `null` where no agent wrote the change. */
  readonly agent: (OutcomeCount & { readonly name: string }) | null;
  /** Merged changes of people, `assisted` ones among them. */
  readonly people: OutcomeCount;
}

export interface AppliedCorrection {
  /** Added to every change's log-odds here. */
  readonly logOdds: number;
  /** The outcomes behind it, each as one. */
  readonly changes: number;
  /** Weighted by age. */
  readonly expected: number;
  readonly failed: number;
  /** True if the outcomes ask for more than the bound allows. */
  readonly bounded: boolean;
  /** Seconds since 1970; `null`: never corrected. */
  readonly at: number | null;
}

export const NOT_CORRECTED: AppliedCorrection = {
  logOdds: 0,
  changes: 0,
  expected: 0,
  failed: 0,
  bounded: false,
  at: null,
};

/** Where a policy says that the coverage report is. */
export interface CoverageSource {
  /** Name of the artifact. */
  readonly artifact: string;
  /** `head`: any run on the head, so the author's claim. `default-branch`: a run of the default branch's own workflow. */
  readonly run: 'head' | 'default-branch';
}

export function coverageKey({ artifact, run }: CoverageSource): string {
  return `${run}:${artifact}`;
}

/** Executable lines, and those of them that tests run. */
export interface CoveredLines {
  readonly covered: number;
  readonly executable: number;
}

export interface FilePatchCoverage extends CoveredLines {
  readonly path: string;
  /** Added lines that no test runs, with nothing tested between them; 1-based, inclusive. */
  readonly uncovered: readonly { readonly start: number; readonly end: number; readonly lines: number }[];
}

export type CoverageFacts =
  | {
      readonly kind: 'measured';
      /** Changed files with executable added lines. */
      readonly files: readonly FilePatchCoverage[];
      /** Changed files the report does not know although it knows others of their kind. */
      readonly unmeasured: readonly { readonly path: string; readonly addedLines: number }[];
      /** `null`: the report has a summary only, or none. */
      readonly project: CoveredLines | null;
      /** The newest measured change that was merged into this base; `null`: none is known. */
      readonly base: (CoveredLines & { readonly pullRequest: number | null }) | null;
      /** Median patch coverage of merged changes, 0 to 1, and how many; `null`: too few. */
      readonly usual: { readonly share: number; readonly changes: number } | null;
      readonly runId: number;
      /** What a reader must know of the report, in words: paths that could not be mapped and the like. */
      readonly notes: readonly string[];
    }
  /** A machine is still working on it. */
  | { readonly kind: 'pending'; readonly why: 'checks-running' | 'not-started' }
  | {
      readonly kind: 'missing';
      readonly why: 'no-report' | 'stale-report' | 'broken-report' | 'no-patches' | 'not-permitted';
      /** In words, without end: `the artifact expired`, `the zip archive unpacks to more than 200 MB`. */
      readonly detail: string;
    };

/** Does this change undo exactly one merged change, line by line? */
export type RevertFacts =
  | { readonly exact: false }
  | { readonly exact: true; readonly sha: string; readonly pullRequest: number | null };
