// Which eval runs were asked for, what became of them, and what did the default branch's say?
// A run is written down before it is dispatched, so that ten events at once start one, and a dead process is noticed.
import type { CaseTotals, EvalResults } from '../domain/eval-results.js';

/** One dispatch. `round` counts what people and heads ask for, `attempt` the retries of infrastructure errors in it. */
export interface EvalRunRow {
  readonly id: number;
  readonly repoId: number;
  readonly pullRequest: number;
  readonly suite: string;
  readonly headSha: string;
  /** Content digest of the head's diff, as far as it was known when the run was planned. */
  readonly diffDigest: string | null;
  readonly round: number;
  readonly attempt: number;
  /** Stands in the run's name, where GitHub gives no run id. */
  readonly nonce: string;
  readonly workflow: string;
  /** Who pressed the button; `null`: the zone asked. */
  readonly requestedBy: string | null;
  readonly plannedAt: Date;
  readonly dispatchedAt: Date | null;
  readonly runId: number | null;
  readonly runUrl: string | null;
  readonly startedAt: Date | null;
  /** `null` while it runs. */
  readonly end: EvalRunEnd | null;
  readonly endedAt: Date | null;
}

export type EvalRunEnd =
  | { readonly kind: 'results'; readonly results: EvalResults }
  | {
      readonly kind: 'infrastructure' | 'timed-out' | 'cancelled' | 'superseded';
      /** In words, without end. */
      readonly why: string;
      /** False: asking again will not mend it (no such workflow, no permission). */
      readonly retryable: boolean;
      readonly by: 'owner' | 'machine';
    };

export interface RunOfDiff extends EvalRunRow {
  /** The diff was one against the same base branch. */
  readonly isOfBase: boolean;
}

export interface NewEvalRun {
  readonly repoId: number;
  readonly pullRequest: number;
  readonly suite: string;
  readonly headSha: string;
  readonly diffDigest: string | null;
  readonly round: number;
  readonly attempt: number;
  readonly nonce: string;
  readonly workflow: string;
  readonly requestedBy: string | null;
  readonly plannedAt: Date;
}

/** Somebody pressed `Run evals` or `Re-run evals`. Whether they may is judged when it is acted upon. */
export interface EvalPress {
  readonly id: number;
  readonly repoId: number;
  readonly headSha: string;
  readonly login: string;
  readonly at: Date;
}

export interface StoredBaseline {
  readonly runId: number;
  readonly headSha: string;
  readonly url: string | null;
  readonly at: Date;
  readonly results: EvalResults;
}

export interface BaselineTotals extends Omit<StoredBaseline, 'results'> {
  /** Of each of its runs. */
  readonly totals: readonly CaseTotals[];
}

export interface EvalRuns {
  /** `null`: that round and attempt of the suite was planned already, by somebody else. */
  plan(run: NewEvalRun): Promise<EvalRunRow | null>;
  dispatched(
    id: number,
    run: { readonly runId: number | null; readonly runUrl: string | null; readonly at: Date },
  ): Promise<void>;
  started(id: number, at: Date): Promise<void>;
  /** The first end counts: results that arrive twice change nothing. Answers whether this one did. */
  end(id: number, end: EvalRunEnd, at: Date): Promise<boolean>;

  /** Of one head and suite, oldest first. */
  ofHead(repoId: number, pullRequest: number, suite: string, headSha: string): Promise<readonly EvalRunRow[]>;
  /** With results, of heads whose diff has this digest, of whichever pull request and base branch; oldest first. */
  ofDiff(
    repoId: number,
    suite: string,
    diff: { readonly baseRef: string; readonly digest: string },
  ): Promise<readonly RunOfDiff[]>;
  /** Not ended, on other heads of the pull request. */
  superseded(
    repoId: number,
    pullRequest: number,
    suite: string,
    headSha: string,
  ): Promise<readonly EvalRunRow[]>;
  find(by: { readonly repoId: number; readonly runId: number }): Promise<EvalRunRow | null>;
  findByNonce(repoId: number, nonce: string): Promise<EvalRunRow | null>;
  /** When runs of the pull request were planned since then, oldest first. */
  plannedSince(repoId: number, pullRequest: number, since: Date): Promise<readonly Date[]>;

  press(press: Omit<EvalPress, 'id'>): Promise<void>;
  /** Not acted upon yet, oldest first. */
  presses(repoId: number, headSha: string): Promise<readonly EvalPress[]>;
  settlePress(id: number): Promise<void>;

  saveBaseline(repoId: number, suite: string, baseline: StoredBaseline): Promise<void>;
  /** Newest first, at most `limit`. */
  baselines(repoId: number, suite: string, limit: number): Promise<readonly StoredBaseline[]>;
  /** The same without their cases, which can be many: has it drifted? */
  baselineTotals(repoId: number, suite: string, limit: number): Promise<readonly BaselineTotals[]>;

  /** Drops runs and presses of before, and baselines of before that are not the newest of their suite. */
  prune(before: Date): Promise<void>;
}
