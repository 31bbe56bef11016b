// Where does a suite stand for this head, and what did it say of this diff and of the default branch?
// What was asked for is written down, so a review asks GitHub only about runs whose end it has not seen.
import type { EvalResults } from '../domain/eval-results.js';
import type { SuiteFacts, SuiteSource } from '../domain/evals.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { GitHubClient } from '../github/client.js';
import type { EvalRunRow } from '../storage/eval-runs.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import { readBaseline } from './eval-baseline.js';
import { judgePresses } from './eval-presses.js';
import { DAY_MS, type StandingInput, standingOf } from './eval-standing.js';
import { type Tracking, track } from './eval-tracking.js';

export interface EvalFactsReading {
  readonly facts: SuiteFacts;
  /** No event tells when this may change: ask again then. `null`: an event will tell. */
  readonly recheckAt: Date | null;
}

/** No request where nothing is under way. Throws `GitHubFailure`. */
export async function readEvalFacts(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  repoId: number,
  snapshot: Snapshot,
  source: SuiteSource,
): Promise<EvalFactsReading> {
  const { headSha, number, state } = snapshot.pullRequest;
  const { evalRuns } = deps.storage;
  const { defaultBranch } = snapshot.repository;
  const tracking: Tracking = { deps, client, target, repoId, defaultBranch, source };
  const isOpen = state === 'open';
  const rows = await evalRuns.ofHead(repoId, number!, source.suite, headSha);
  const newest = rows.at(-1);
  const tracked = newest === undefined || !isOpen ? null : await track(tracking, newest);
  const current = tracked === null ? rows : [...rows.slice(0, -1), tracked.row];
  const older = isOpen ? await trackOlder(tracking, headSha, current.length > 0) : null;
  const { granted, refused } = isOpen
    ? await judgePresses(deps, client, target, repoId, headSha)
    : { granted: [], refused: [] };
  const input = await standingInput(deps, repoId, snapshot, source, {
    rows: current,
    isLost: tracked?.isLost ?? false,
    presses: granted,
  });
  const standing = standingOf(input);
  const until =
    standing.state.kind === 'held' && standing.state.until !== null
      ? new Date(standing.state.until * 1000)
      : null;
  const ofDiff = await resultsOfDiff(tracking, snapshot, current);
  return {
    facts: {
      state: standing.state,
      results: ofDiff.map(({ results }) => results),
      fromEarlierHeads: ofDiff.filter(({ isEarlier }) => isEarlier).length,
      baseline: isOpen ? await readBaseline(tracking) : null,
      dispatchesToday: input.planned.length,
      refusedPresses: refused.map(({ login }) => login),
    },
    recheckAt: earliest(older, earliest(tracked?.recheckAt ?? null, until)),
  };
}

/**
 * Runs of earlier heads whose end was not read: a failure of the same diff is not lost by a push that changes nothing.
 * Answers when to look again.
 */
async function trackOlder(tracking: Tracking, headSha: string, hasBegun: boolean): Promise<Date | null> {
  const { deps, target, repoId, source } = tracking;
  // They are cancelled when this head's run starts.
  if (source.cancelSuperseded && !hasBegun) return null;
  let recheckAt: Date | null = null;
  for (const row of await deps.storage.evalRuns.superseded(repoId, target.number, source.suite, headSha))
    recheckAt = earliest(recheckAt, (await track(tracking, row)).recheckAt);
  return recheckAt;
}

/** What a standing is decided from, as it is now. */
export async function standingInput(
  deps: Dependencies,
  repoId: number,
  { pullRequest, repository }: Snapshot,
  source: SuiteSource,
  known: Pick<StandingInput, 'rows' | 'isLost' | 'presses'>,
): Promise<StandingInput> {
  const { headRepository, number } = pullRequest;
  const now = deps.now();
  const own = `${repository.owner}/${repository.name}`.toLowerCase();
  return {
    ...known,
    ...{ source, pullRequest, now },
    isFork: headRepository?.toLowerCase() !== own,
    planned: await deps.storage.evalRuns.plannedSince(repoId, number!, new Date(now.getTime() - DAY_MS)),
  };
}

/**
 * Oldest first, of this suite's workflow. Without a digest only this head's: whether another has the same diff is then
 * not known. A pass was one of the base branch too, so of a diff against another only what did not pass is kept.
 */
async function resultsOfDiff(
  { deps, repoId, source }: Tracking,
  { digests, pullRequest }: Snapshot,
  rows: readonly EvalRunRow[],
) {
  const { headSha, baseRef } = pullRequest;
  const digest = Object.hasOwn(digests, headSha) ? digests[headSha]! : null;
  const found =
    digest === null
      ? rows.map((row) => ({ ...row, isOfBase: true }))
      : await deps.storage.evalRuns.ofDiff(repoId, source.suite, { baseRef, digest });
  return found.flatMap(({ headSha: of, pullRequest: by, workflow, isOfBase, end }) => {
    if (end?.kind !== 'results' || workflow !== source.workflow) return [];
    const isEarlier = of !== headSha || by !== pullRequest.number;
    return [{ isEarlier, results: isOfBase ? end.results : withoutPasses(end.results) }];
  });
}

function withoutPasses(results: EvalResults): EvalResults {
  const runs = results.runs.map((run) => ({
    ...run,
    cases: run.cases
      .filter(({ status, failedBefore }) => status !== 'passed' || failedBefore)
      .map((one) => (one.status === 'passed' ? { ...one, status: 'failed' as const } : one)),
  }));
  return { ...results, runs };
}

function earliest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
