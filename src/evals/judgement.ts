// What is asked of an eval suite, and what is the answer?

import type { CaseTotals, EvalResults } from '../domain/eval-results.js';
import type { Message } from '../domain/message.js';
import type { MergedCase } from './merge-runs.js';

/** A policy's suite, its percentages in percent. */
export interface SuiteDemand {
  /** 0 to 100. */
  readonly passRate: number;
  /** Globs over categories and tags. */
  readonly zeroTolerance: readonly string[];
  readonly requiredCategories: readonly string[];
  readonly maxRegressions: number;
  /** Results each case must have at least. */
  readonly runs: number;
}

export interface JudgedCase extends MergedCase {
  readonly isZeroTolerance: boolean;
  /** Passes in the baseline and not here. */
  readonly isRegression: boolean;
}

export interface Reason {
  readonly kind:
    | 'no-cases'
    | 'pass-rate'
    | 'zero-tolerance'
    | 'missing-categories'
    | 'missing-cases'
    | 'regressions'
    | 'too-few-runs';
  readonly what: Message;
  /** How many cases or categories it is about; 0 where it is about all of them together. */
  readonly count: number;
  /** The cases it is about, at most 10. */
  readonly ids: readonly string[];
}

export interface Concern {
  readonly kind: 'glob-unseen' | 'no-baseline' | 'too-small' | 'flaky' | 'not-judged';
  readonly what: Message;
}

export interface SuiteJudgement {
  readonly state: 'passed' | 'failed';
  /** Each case once, over all runs. */
  readonly totals: CaseTotals;
  /** Passes that the threshold asks for. */
  readonly needed: number;
  readonly passRate: number;
  /** Cases that do not pass, by category, the most first. `null`: the tool names no category. */
  readonly byCategory: readonly { readonly category: string | null; readonly cases: number }[];
  /** Why it failed; empty if and only if it passed. */
  readonly reasons: readonly Reason[];
  /** What a reader should know and what blocks nothing. */
  readonly concerns: readonly Concern[];
  /** Cases that do not pass, or hit zero tolerance; the worst first, at most 100. */
  readonly worst: readonly JudgedCase[];
  /** At most 10, and how many there are. */
  readonly flaky: { readonly count: number; readonly ids: readonly string[] };
  /** The fewest cases whose repair makes it pass; `null` where that is not all it takes, or nothing is wrong. */
  readonly repair: { readonly ids: readonly string[]; readonly share: string } | null;
  /** The same suite on the default branch; `null`: no results of it yet. */
  readonly baseline: CaseTotals | null;
  /** Runs of the suite that are counted here. */
  readonly runs: number;
  readonly cost: number | null;
  readonly tokens: number | null;
  readonly notes: readonly Message[];
}

export interface SuiteEvidence {
  /** Of this diff; several runs add up. None at all: zero cases, which is no pass. */
  readonly results: readonly EvalResults[];
  /** Of the default branch; `null`: none yet. */
  readonly baseline: readonly EvalResults[] | null;
}
