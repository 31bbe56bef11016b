// What do the results of an eval suite say, whichever tool wrote them? Plain data: stored, and sent between threads.
import type { Message } from './message.js';

/** As a policy names them; `json` is our own form, `config/eval-results.schema.json`. */
export const EVAL_FORMATS = ['junit', 'promptfoo', 'inspect', 'ctrf', 'json'] as const;
export type EvalFormat = (typeof EVAL_FORMATS)[number];

/** Only `passed` is a pass. */
export type CaseStatus = 'passed' | 'failed' | 'errored' | 'skipped';

/** One result of one case. */
export interface EvalCase {
  /** The same for the same case in every run and on every commit. At most 300 characters. */
  readonly id: string;
  /** What failures are counted by; `null`: the tool names none. */
  readonly category: string | null;
  /** Further names that globs over categories match. */
  readonly tags: readonly string[];
  readonly status: CaseStatus;
  /** Why it did not pass, cut to 500 characters; foreign text. */
  readonly message: string | null;
  readonly seconds: number | null;
  /** True if an earlier attempt inside the tool failed, whatever the last one did. */
  readonly failedBefore: boolean;
}

/** How often each status comes. `cases` is their sum. */
export interface CaseTotals {
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
}

/** One run of a suite: every case at most once. */
export interface EvalRun {
  readonly cases: readonly EvalCase[];
  readonly totals: CaseTotals;
}

export interface EvalResults {
  readonly format: EvalFormat;
  readonly tool: { readonly name: string; readonly version: string | null } | null;
  /** The suite's name as the tool gives it; foreign text. */
  readonly suite: string | null;
  /** The commit the results say they are of. */
  readonly head: string | null;
  /**
   * A case that stands in several files, or has several epochs, was run several times: its second result is in the
   * second run, and so on. Runs may therefore be of different length.
   */
  readonly runs: readonly EvalRun[];
  /** In US dollars, all runs together; `null`: not given. */
  readonly cost: number | null;
  readonly tokens: number | null;
  /** What a reader should know: cases counted once that came twice, figures that cannot be. */
  readonly notes: readonly Message[];
}
