// Where does a suite stand for a head, and which run comes next?
// Decided from what is written down, in the same way when a verdict is given and when the run is started.
import type { SuiteSource, SuiteState } from '../domain/evals.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { EvalPress, EvalRunRow } from '../storage/eval-runs.js';

/** `new`: to be planned. `repeat`: planned, and GitHub never took it. */
export type NextRun =
  | { readonly kind: 'new'; readonly round: number; readonly attempt: number; readonly press: string | null }
  | { readonly kind: 'repeat'; readonly row: EvalRunRow };

export interface Standing {
  readonly state: SuiteState;
  readonly next: NextRun | null;
}

export interface StandingInput {
  readonly source: SuiteSource;
  readonly pullRequest: Snapshot['pullRequest'];
  /** The head is in another repository, or nobody knows where. */
  readonly isFork: boolean;
  /** Of this head and suite, oldest first. */
  readonly rows: readonly EvalRunRow[];
  /** True if GitHub was looked through for the newest of them, and does not have it. */
  readonly isLost: boolean;
  /** By people who may, for this head, and not acted upon yet. */
  readonly presses: readonly EvalPress[];
  /** When runs of the pull request were planned, oldest first. */
  readonly planned: readonly Date[];
  readonly now: Date;
}

/** What `max_dispatches` counts. */
export const DAY_MS = 24 * 3_600_000;

export function standingOf(input: StandingInput): Standing {
  const { rows, presses } = input;
  const newest = rows.at(-1);
  if (newest !== undefined && newest.end === null) return underWay(newest, input);
  // A press while a run was under way asked for that run.
  const press = presses.findLast(({ at }) => newest === undefined || at >= (newest.endedAt ?? at));
  const login = press?.login ?? null;
  if (newest === undefined) return first(input, login);
  if (press !== undefined) return start(input, { round: newest.round + 1, attempt: 1, press: login });
  // The policy has the suite run by another workflow by now, for which the old one cannot answer.
  if (newest.workflow !== input.source.workflow)
    return start(input, { round: newest.round + 1, attempt: 1, press: newest.requestedBy });
  return after(newest, input);
}

function underWay(row: EvalRunRow, { isLost }: StandingInput): Standing {
  if (isLost) return { state: { kind: 'to-start' }, next: { kind: 'repeat', row } };
  const since = row.startedAt ?? row.dispatchedAt ?? row.plannedAt;
  const kind = row.startedAt === null ? 'queued' : 'running';
  return {
    state: { kind, since: seconds(since), attempt: row.attempt, url: row.runUrl },
    next: null,
  };
}

function first(input: StandingInput, press: string | null): Standing {
  const { source, pullRequest, isFork } = input;
  if (isFork && press === null) return { state: { kind: 'not-granted' }, next: null };
  // Who presses the button wants it now.
  if (pullRequest.draft === true && source.drafts === 'wait' && press === null)
    return { state: { kind: 'held', why: 'draft', until: null }, next: null };
  return start(input, { round: 1, attempt: 1, press });
}

function after(newest: EvalRunRow, input: StandingInput): Standing {
  const { round, attempt, runUrl: url, end } = newest;
  if (end === null) return underWay(newest, input);
  switch (end.kind) {
    case 'results':
      return { state: { kind: 'finished', attempt, url }, next: null };
    // Another head came and went: this one is asked about again.
    case 'superseded':
      return start(input, { round: round + 1, attempt: 1, press: newest.requestedBy });
    case 'infrastructure':
    case 'timed-out':
    case 'cancelled': {
      const { kind, why, by } = end;
      const isFinal = !end.retryable || attempt > input.source.retries;
      const state: SuiteState = { kind, why, attempt, isFinal, url, by };
      if (isFinal) return { state, next: null };
      const standing = start(input, { round, attempt: attempt + 1, press: newest.requestedBy });
      return standing.next === null ? standing : { ...standing, state };
    }
  }
}

function start({ source, planned }: StandingInput, run: Omit<NextRun & { kind: 'new' }, 'kind'>): Standing {
  const { maxDispatches } = source;
  if (planned.length >= maxDispatches) {
    // As soon as so many are older than a day that there is room for one more.
    const leaves = planned[planned.length - maxDispatches];
    const until = leaves === undefined ? null : seconds(leaves) + 1 + DAY_MS / 1000;
    return { state: { kind: 'held', why: 'max-dispatches', until }, next: null };
  }
  return { state: { kind: 'to-start' }, next: { kind: 'new', ...run } };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
