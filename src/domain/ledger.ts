// What does the ledger of merged changes count, and what is read from it to judge one change?
// Counters are kept per path, folder, author and repository, so that a reading costs a few rows by key and
// never a scan: a database holds one row per key, memory one object.

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
