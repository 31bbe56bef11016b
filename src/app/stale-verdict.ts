// What becomes of a verdict that cannot be refreshed?
// For 10 minutes it stands. Then a green one blocks, as soon as GitHub takes the write; reads may fail meanwhile.
import { renderStale, renderUnjudged } from '../checks/unjudged-check.js';
import type { RenderedCheck } from '../domain/check-run.js';
import type { GitHubClient } from '../github/client.js';
import { GitHubFailure } from '../github/failure.js';
import { readOwnChecks } from '../github/read-own-checks.js';
import type { Judged, Refresh } from '../storage/refreshes.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import { formatReviewKey } from './job-key.js';
import { perform } from './perform.js';
import { planCheck } from './plan.js';
import { renderShown, type Shown } from './render-shown.js';

/** So long a verdict stands although it cannot be refreshed. */
export const STALE_AFTER_MS = 600_000;

/**
 * A review failed. Answers when the page is to say so, if it does not yet; `null`: it does, or there is no verdict.
 * Never rejects: the failure itself is what the queue must hear of.
 */
export async function noteFailure(
  target: PullRequestTarget,
  error: unknown,
  deps: Dependencies,
): Promise<Date | null> {
  const now = deps.now();
  try {
    const refresh = await deps.storage.refreshes.failed(formatReviewKey(target), wordsOf(error), now);
    if (refresh.told || refresh.judged === null || refresh.failingSince === null) return null;
    const staleAt = new Date(refresh.failingSince.getTime() + STALE_AFTER_MS);
    if (now < staleAt) return staleAt;
    const check = await renderWhatStands(target, refresh.judged, deps);
    const since = refresh.failingSince;
    const stale =
      check && renderStale(check.rendered, { since, why: refresh.failure ?? '', binds: check.binds });
    if (stale !== null) await write(target, refresh, refresh.judged, stale, deps);
    return null;
  } catch (failure) {
    deps.log.warn({ ...target, err: failure }, 'could not say on GitHub that a verdict is not fresh');
    return null;
  }
}

/** Attempts were given up: a green verdict must not stand for what nobody could judge. Throws `GitHubFailure`. */
export async function blockGivenUp(target: PullRequestTarget, deps: Dependencies): Promise<boolean> {
  const refresh = await deps.storage.refreshes.find(formatReviewKey(target));
  if (refresh === null || refresh.judged === null || refresh.told) return false;
  const { gate } = refresh.judged;
  if (gate !== 'success' && gate !== 'neutral') return false;
  const why = refresh.failure ?? 'the review was never done in time';
  await write(target, refresh, refresh.judged, renderUnjudged(why, 'given up'), deps);
  return true;
}

/** `null`: what stands there is not known any more, or speaks for another head. */
async function renderWhatStands(
  { number }: PullRequestTarget,
  { repoId, headSha, repositoryUrl }: Judged,
  { storage }: Dependencies,
): Promise<{ readonly rendered: RenderedCheck; readonly binds: boolean } | null> {
  const own = await storage.decisions.latest(repoId, number);
  if (own === null || own.headSha !== headSha) return null;
  const others = (await storage.decisions.latestForHead(repoId, headSha)).flatMap((other) =>
    other.pullRequest === null || other.pullRequest === number
      ? []
      : [{ number: other.pullRequest, gate: other.gate, decision: other.decision }],
  );
  const shown: readonly [Shown, ...Shown[]] = [{ number, gate: own.gate, decision: own.decision }, ...others];
  // Where a policy only observes, nothing of ours blocks.
  const binds = shown.some(
    ({ decision: { verdicts } }) => verdicts.length === 0 || verdicts.some(({ mode }) => mode === 'enforce'),
  );
  return { rendered: renderShown(shown, [], repositoryUrl), binds };
}

async function write(
  target: PullRequestTarget,
  refresh: Refresh,
  { headSha }: Judged,
  check: RenderedCheck,
  deps: Dependencies,
): Promise<void> {
  const { refreshes, queue } = deps.storage;
  const client = await deps.clients.forInstallation(target.installation);
  const ownChecks = await readIfPossible(client, target, headSha, deps.appId);
  // Without knowing what stands there another run is made: of one name the newest counts.
  await perform(client, target, planCheck(check, { headSha, ownChecks, labels: null }));
  deps.log.warn(
    { ...target, head: headSha, gate: check.gate },
    'a verdict is not fresh, and its page says so',
  );
  const isStillTrue = await refreshes.markTold(refresh.jobKey, refresh.refreshedAt);
  if (!isStillTrue) await queue.send(refresh.jobKey);
}

async function readIfPossible(client: GitHubClient, target: PullRequestTarget, sha: string, appId: number) {
  try {
    return await readOwnChecks(client, { ...target, sha, appId });
  } catch (error) {
    if (error instanceof GitHubFailure) return [];
    throw error;
  }
}

/** What is shown on GitHub is what GitHub did; our own trouble is for the log. */
function wordsOf(error: unknown): string {
  return error instanceof GitHubFailure ? error.message : 'this server has a problem; its log says which';
}
