// What do the tests run of the lines that a pull request adds, as its artifact says?
// The answer is remembered by head: until GitHub Actions reports something anew, a review asks GitHub nothing.
import { type CoverageFacts, type CoverageSource, coverageKey } from '../domain/quality.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { GitHubClient } from '../github/client.js';
import { actionsState } from './actions-checks.js';
import { type ReadCoverage, readCoverageOfHead } from './coverage-of-head.js';
import { recordCoverage, withHistory } from './coverage-records.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';

export interface CoverageFactsReading {
  readonly facts: CoverageFacts;
  /** With hunks if they were read: the same at every review of this head. */
  readonly files: Snapshot['files'];
  /** No event tells when this may change: ask again then. `null`: an event will tell. */
  readonly recheckAt: Date | null;
}

const RECHECK_MS = 60_000;
const CROWDED_RETRY_MS = 15_000;

/**
 * Three requests (four for a run of the default branch) and a download, and one more for every further hundred files;
 * none for what is remembered. Throws `GitHubFailure` for limits, outages and what GitHub says unexpectedly: never "missing".
 */
export async function readCoverageFacts(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  repoId: number,
  snapshot: Snapshot,
  source: CoverageSource,
): Promise<CoverageFactsReading> {
  const { headSha, state } = snapshot.pullRequest;
  const now = deps.now();
  const answer = (facts: CoverageFacts, recheckAt: Date | null = null): CoverageFactsReading => ({
    facts,
    files: snapshot.files,
    recheckAt,
  });
  if (snapshot.checks === null) {
    const detail = 'the checks on this head could not be read, so nobody knows whether its tests are done';
    return answer({ kind: 'missing', why: 'no-report', detail });
  }
  const head = await deps.storage.coverageResults.look(repoId, headSha, now);
  const done = actionsState(snapshot.checks);
  if (done === 'running') return answer({ kind: 'pending', why: 'checks-running' });
  if (done === 'none') {
    const until = later(head.seenAt, deps.coverage.patience.startMs);
    if (now < until) return answer({ kind: 'pending', why: 'not-started' }, until);
    const detail = 'no GitHub Actions workflow ran on this head';
    return answer({ kind: 'missing', why: 'no-report', detail });
  }
  const key = keyOf(snapshot, source);
  const known = await deps.storage.coverageResults.find(repoId, headSha, key, head.mark);
  if (known !== undefined) return complete(deps, repoId, snapshot, source, known as ReadCoverage);
  // What is merged or closed is judged no more.
  if (state !== 'open') return answer({ kind: 'pending', why: 'not-started' });
  const { reader } = deps.coverage;
  if (reader.isCrowded())
    return answer({ kind: 'pending', why: 'checks-running' }, later(now, CROWDED_RETRY_MS));
  const read = await reader.inTurn(() => readCoverageOfHead(deps, client, target, repoId, snapshot, source));
  if (read.isAwaited) {
    const since = await deps.storage.coverageResults.missedSince(repoId, headSha, head.mark, now);
    const { headReportMs, defaultBranchReportMs } = deps.coverage.patience;
    const until = later(since, source.run === 'head' ? headReportMs : defaultBranchReportMs);
    const soon = later(now, RECHECK_MS);
    if (now < until) {
      return answer({ kind: 'pending', why: 'checks-running' }, until < soon ? until : soon);
    }
  }
  const { facts } = read;
  // A permission may be granted without any event on this head.
  if (!(facts.kind === 'missing' && facts.why === 'not-permitted')) {
    const value: ReadCoverage = { facts, files: read.files };
    const result = { repoId, headSha, key, mark: head.mark, value, at: now };
    await deps.storage.inTransaction(async () => {
      await deps.storage.coverageResults.save(result);
      await recordCoverage(deps, repoId, snapshot, source, facts);
    });
  }
  return complete(deps, repoId, snapshot, source, read);
}

/** Base and usual are of now, whenever the report was read. */
async function complete(
  deps: Dependencies,
  repoId: number,
  snapshot: Snapshot,
  source: CoverageSource,
  { facts, files }: ReadCoverage,
): Promise<CoverageFactsReading> {
  return {
    facts: await withHistory(deps, repoId, snapshot.pullRequest.baseRef, source, facts),
    files: files ?? snapshot.files,
    recheckAt: null,
  };
}

/** Bumped when a version reads more, or otherwise, than the one before. */
const VERSION = 2;

/** The files of a head change under it only when its base branch takes in some of its commits. */
function keyOf({ pullRequest }: Snapshot, source: CoverageSource): string {
  const { number, baseRef, commitCount, changedFiles } = pullRequest;
  return `${VERSION} #${number} ${commitCount} ${changedFiles} ${coverageKey(source)} ${baseRef}`;
}

function later(date: Date, ms: number): Date {
  return new Date(date.getTime() + ms);
}
