// What became of a run that was asked for? Webhooks tell most of it; what they do not, GitHub is asked.
import type { SuiteSource } from '../domain/evals.js';
import type { GitHubClient } from '../github/client.js';
import { GitHubFailure } from '../github/failure.js';
import { cancelRun } from '../github/workflow-dispatch.js';
import { findRunByNonce, readRun, type WorkflowRun } from '../github/workflow-runs.js';
import type { EvalRunEnd, EvalRunRow } from '../storage/eval-runs.js';
import type { Storage } from '../storage/storage.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import { FORBIDDEN, readEndedRun } from './eval-results.js';

export interface Tracked {
  readonly row: EvalRunRow;
  /** GitHub does not have it: it may be asked for again with the same nonce. */
  readonly isLost: boolean;
  /** No event tells when this may change: look again then. `null`: there is nothing to wait for. */
  readonly recheckAt: Date | null;
}

export interface Tracking {
  readonly deps: Dependencies;
  readonly client: GitHubClient;
  readonly target: PullRequestTarget;
  readonly repoId: number;
  readonly defaultBranch: string;
  readonly source: SuiteSource;
}

/**
 * Nothing for a run that has ended, or whose next event is awaited; one request to find or look at it; three and a
 * download to read its results. Throws `GitHubFailure`.
 */
export async function track(tracking: Tracking, row: EvalRunRow): Promise<Tracked> {
  if (row.end !== null) return { row, isLost: false, recheckAt: null };
  try {
    return await look(tracking, row);
  } catch (error) {
    if (!(error instanceof GitHubFailure) || error.status !== 403 || error.retryable) throw error;
    return end(tracking, row, { kind: 'infrastructure', why: FORBIDDEN, retryable: false, by: 'owner' });
  }
}

async function look(tracking: Tracking, row: EvalRunRow): Promise<Tracked> {
  if (row.runId === null) return adopt(tracking, row);
  const { deps, target } = tracking;
  const key = endedKey(tracking.repoId, row.runId);
  const told = await deps.storage.cache.get(target.installation, key, deps.now());
  if (told !== undefined) return settle(tracking, row, (told as EndNews).conclusion);
  const looked = await deps.storage.cache.get(target.installation, lookedKey(tracking, row), deps.now());
  if (looked !== undefined && !isLate(tracking, row)) return waiting(tracking, row);
  const run = await readRun(tracking.client, { ...target, runId: row.runId });
  if (run === null) {
    const why = 'The run is no longer on GitHub';
    return end(tracking, row, { kind: 'infrastructure', why, retryable: false, by: 'owner' });
  }
  return follow(tracking, row, run);
}

async function adopt(tracking: Tracking, row: EvalRunRow): Promise<Tracked> {
  const { deps, client, target, repoId, defaultBranch } = tracking;
  const { adoptMs, unnamedMs } = deps.evals;
  const run = await findRunByNonce(client, {
    ...{ owner: target.owner, repo: target.repo, repoId, branch: defaultBranch },
    ...{ workflow: row.workflow, nonce: row.nonce, since: new Date(row.plannedAt.getTime() - SKEW_MS) },
  });
  const now = deps.now();
  if (run !== null) {
    const at = row.dispatchedAt ?? now;
    await deps.storage.evalRuns.dispatched(row.id, { runId: run.id, runUrl: run.url, at });
    return follow(tracking, { ...row, runId: run.id, runUrl: run.url, dispatchedAt: at }, run);
  }
  if (row.dispatchedAt === null) {
    const until = later(row.plannedAt, adoptMs);
    return { row, isLost: now >= until, recheckAt: now >= until ? null : until };
  }
  if (now < later(row.dispatchedAt, unnamedMs)) return { row, isLost: false, recheckAt: later(now, adoptMs) };
  return end(tracking, row, {
    kind: 'infrastructure',
    why: `GitHub started a run of ${row.workflow} without saying which, and no run has its nonce in its name: put \${{ inputs.nonce }} into its run-name`,
    retryable: false,
    by: 'owner',
  });
}

/** Clocks differ. */
const SKEW_MS = 5 * 60_000;

async function follow(tracking: Tracking, row: EvalRunRow, run: WorkflowRun): Promise<Tracked> {
  const { deps, target } = tracking;
  // A second attempt begins only after the first has ended.
  if (run.attempt > 1) return settle(tracking, row, null);
  if (run.status === 'completed') return settle(tracking, row, run.conclusion);
  const now = deps.now();
  let current = row;
  if (run.status === 'in_progress' && row.startedAt === null) {
    await deps.storage.evalRuns.started(row.id, run.startedAt);
    current = { ...row, startedAt: run.startedAt };
  }
  if (!isLate(tracking, current)) {
    const until = later(now, deps.evals.pollMs);
    await deps.storage.cache.set(target.installation, lookedKey(tracking, row), true, until);
    return waiting(tracking, current);
  }
  await cancelRun(tracking.client, { ...target, runId: run.id });
  const minutes = Math.round(tracking.source.timeoutMs / 60_000);
  const why = `The run did not end within ${minutes} min and was cancelled`;
  return end(tracking, current, { kind: 'timed-out', why, retryable: true, by: 'machine' });
}

function waiting({ deps, source }: Tracking, row: EvalRunRow): Tracked {
  const timeout = later(begunAt(row), source.timeoutMs);
  const poll = later(deps.now(), deps.evals.pollMs);
  return { row, isLost: false, recheckAt: timeout < poll ? timeout : poll };
}

function isLate({ deps, source }: Tracking, row: EvalRunRow): boolean {
  return deps.now() >= later(begunAt(row), source.timeoutMs);
}

/** One that no runner takes would else wait for ever. */
function begunAt({ startedAt, dispatchedAt, plannedAt }: EvalRunRow): Date {
  return startedAt ?? dispatchedAt ?? plannedAt;
}

async function settle(tracking: Tracking, row: EvalRunRow, conclusion: string | null): Promise<Tracked> {
  const { deps, client, target, source } = tracking;
  const { owner, repo } = target;
  const run = { owner, repo, runId: row.runId!, conclusion, headSha: row.headSha };
  return end(tracking, row, await readEndedRun(deps, client, run, source));
}

async function end({ deps }: Tracking, row: EvalRunRow, ended: EvalRunEnd): Promise<Tracked> {
  const endedAt = deps.now();
  await deps.storage.evalRuns.end(row.id, ended, endedAt);
  return { row: { ...row, end: ended, endedAt }, isLost: false, recheckAt: null };
}

function later(date: Date, ms: number): Date {
  return new Date(date.getTime() + ms);
}

interface EndNews {
  readonly conclusion: string | null;
}

const NEWS_KEPT_MS = 24 * 3_600_000;

/** Webhooks tell that a run of ours has ended; its results are read when it is asked about. */
export async function rememberEnd(
  storage: Storage,
  about: { readonly installation: number; readonly repoId: number; readonly runId: number },
  conclusion: string | null,
  now: Date,
): Promise<void> {
  const news: EndNews = { conclusion };
  const { installation, repoId, runId } = about;
  await storage.cache.set(installation, endedKey(repoId, runId), news, later(now, NEWS_KEPT_MS));
}

function endedKey(repoId: number, runId: number): string {
  return `evals ended ${repoId} ${runId}`;
}

function lookedKey({ repoId }: Tracking, row: EvalRunRow): string {
  return `evals looked ${repoId} ${row.runId}`;
}
