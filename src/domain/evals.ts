// What is known of an eval suite's run for one head, before its results are judged?
// Facts only, so that a verdict can be replayed from its snapshot.
import type { EvalFormat, EvalResults } from './eval-results.js';

/** How a policy's suite is run, and where its results are. */
export interface SuiteSource {
  readonly suite: string;
  /** File name below `.github/workflows/` of the default branch. */
  readonly workflow: string;
  /** Inputs of the policy, besides those the app gives. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Name of the artifact. */
  readonly artifact: string;
  readonly format: EvalFormat;
  /** How long a run may take, milliseconds. */
  readonly timeoutMs: number;
  /** Of infrastructure errors. */
  readonly retries: number;
  readonly drafts: 'wait' | 'run';
  readonly cancelSuperseded: boolean;
  /** Most runs started per pull request and day. */
  readonly maxDispatches: number;
}

/** Where the newest run for this head stands. */
export type SuiteState =
  /** Not started yet: the app starts it after this verdict. */
  | { readonly kind: 'to-start' }
  /** A draft, or the day's runs are used up. `until`: seconds since 1970; `null`: an event will tell. */
  | { readonly kind: 'held'; readonly why: 'draft' | 'max-dispatches'; readonly until: number | null }
  /** A fork's head: a person with write access must press `Run evals` for it. */
  | { readonly kind: 'not-granted' }
  | {
      readonly kind: 'queued' | 'running';
      /** Seconds since 1970. */
      readonly since: number;
      readonly attempt: number;
      /** Page of the run; `null`: not known yet. */
      readonly url: string | null;
    }
  | { readonly kind: 'finished'; readonly attempt: number; readonly url: string | null }
  /**
   * Ended without results that count: a failed workflow, an artifact that is missing, expired, malformed or too
   * large. `isFinal`: no retry is left, or none would help. `why` in words, without end.
   */
  | {
      readonly kind: 'infrastructure' | 'timed-out' | 'cancelled';
      readonly why: string;
      readonly attempt: number;
      readonly isFinal: boolean;
      readonly url: string | null;
      /** Who can mend it: the owner (workflow, permission), or nobody but time. */
      readonly by: 'owner' | 'machine';
    };

export interface SuiteFacts {
  readonly state: SuiteState;
  /** Accepted results of this diff, this head's and those of earlier heads with the same diff digest, oldest first. */
  readonly results: readonly EvalResults[];
  /** How many of them come from earlier heads of the same diff. */
  readonly fromEarlierHeads: number;
  /** Newest results of the default branch; `null`: none yet. */
  readonly baseline: SuiteBaseline | null;
  /** Runs started for this pull request within a day. */
  readonly dispatchesToday: number;
  /** Who pressed a button of the suites just now and may not: logins. */
  readonly refusedPresses: readonly string[];
}

export interface SuiteBaseline {
  readonly results: EvalResults;
  readonly headSha: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly url: string | null;
  /** Passed and run cases of the baselines before it, newest first, at most 10: has it drifted? */
  readonly earlier: readonly { readonly passed: number; readonly cases: number; readonly at: number }[];
}
