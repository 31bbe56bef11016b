// What does the ledger of merged changes count, and what is read from it to judge one change?
// Counters are kept per path, folder, author and repository, so that a reading costs a few rows by key and
// never a scan: a database holds one row per key, memory one object.
import type { Authorship } from './authorship.js';
import type { OutcomeKind } from './outcome.js';

/**
 * Counts of the merged changes that touched one key within the window.
 * `weight…` counts a change as 2^(−age ÷ half-life), the age being measured from its merge: a failure takes the
 * weight of the change that failed, so that `weightFailed ≤ weight`.
 */
export interface Tally {
  /** Merged changes, each as one. */
  readonly changes: number;
  /** Those among them that are known to have failed. */
  readonly failed: number;
  readonly weight: number;
  readonly weightFailed: number;
  /** When the newest of these failures became known, seconds since 1970; `null`: none did. */
  readonly lastFailedAt: number | null;
}

/** A counter as it is stored: the weights are as of `asOf` and shrink from there. */
export interface StoredTally extends Tally {
  /** Seconds since 1970. */
  readonly asOf: number;
}

export interface TouchedPath {
  readonly path: string;
  /** Its former name, where the change renames it: the record of that name goes on under the new one. */
  readonly previousPath: string | null;
}

/** Which counters one change is judged by. */
export interface LedgerQuery {
  /** Seconds since 1970. Nothing that became known later may be in the answer. */
  readonly at: number;
  /** Login of the person, or name of the agent. */
  readonly author: string;
  readonly paths: readonly TouchedPath[];
}

/** What was known at that moment. */
export interface LedgerReading {
  readonly repository: Tally;
  readonly author: Tally;
  /** One per path of the query, in its order; `EMPTY_TALLY` for a path without record. */
  readonly paths: readonly Tally[];
  /** One per distinct folder of the paths (their parent folders). */
  readonly folders: readonly Tally[];
  /** How many of the paths this author has changed before, within the window. */
  readonly familiarPaths: number;
}

export const EMPTY_TALLY: Tally = {
  changes: 0,
  failed: 0,
  weight: 0,
  weightFailed: 0,
  lastFailedAt: null,
};

/** How far back changes are counted, and at which age one counts half. */
export interface LedgerSpan {
  readonly windowSeconds: number;
  readonly halfLifeSeconds: number;
}

/**
 * How the shipped base rate fits this repository, from changes old enough to have failed.
 * `expected` is the sum of the chances given without correction, `failed` how many failed; both weighted by age.
 */
export interface OutcomeRecord {
  readonly expected: number;
  readonly failed: number;
  /** Changes behind it, each as one. */
  readonly changes: number;
  /** Seconds since 1970. */
  readonly asOf: number;
}

/**
 * How outcomes are weighted in an `OutcomeRecord`: one counts fully until it is ripe and half after each half-life.
 * The same figures as in `quality/weights`: storage needs them when an outcome changes after it was counted.
 */
export const OUTCOME_AGING = { ripeningSeconds: 14 * 86_400, halfLifeSeconds: 90 * 86_400 } as const;

/** One change on the trunk, as it is recorded. */
export interface MergedChange {
  /** Its commit on the trunk. */
  readonly sha: string;
  readonly pullRequest: number | null;
  readonly title: string;
  /** Of the commit on the trunk; cut to what names and reverts need. */
  readonly message: string;
  /** Seconds since 1970. */
  readonly mergedAt: number;
  /** Login of the person, or name of the agent; a git name where there is no account. */
  readonly author: string;
  readonly authorship: Authorship;
  /** `null` unless `authorship` is `agent`. */
  readonly agent: string | null;
  readonly files: readonly (TouchedPath & { readonly additions: number; readonly deletions: number })[];
  /** Added and deleted lines that count: without lockfiles, generated files and the like. */
  readonly lines: number;
  /** Has an outcome of its own: no revert, no classic automation, not empty. */
  readonly isOrdinary: boolean;
  /** Chance given when it was merged, without correction; `null`: not worked out yet. */
  readonly chance: number | null;
}

/** Merged changes of one kind within the window, and those that failed. */
export interface OutcomeCount {
  readonly changes: number;
  readonly failed: number;
}

/** `changes` merged changes had `lines` lines, or as many as the step that `lines` opens. */
export interface SizeCount {
  readonly lines: number;
  readonly changes: number;
}

export interface PathRecord {
  readonly path: string;
  readonly changes: number;
  readonly failed: number;
  /** The newest failures, at most 3. */
  readonly failures: readonly PastFailure[];
}

export interface PastFailure {
  readonly sha: string;
  readonly pullRequest: number | null;
  readonly outcome: OutcomeKind;
  /** When it became known, seconds since 1970. */
  readonly at: number;
}
