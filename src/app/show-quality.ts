// Which check `agent-policy/quality-delta` stands on the head? The gate contains its verdict; this one shows the figures.
import { renderQuality, renderQualityNotOwed } from '../checks/quality-check.js';
import type { RenderedCheck } from '../domain/check-run.js';
import type { GitHubClient } from '../github/client.js';
import { qualityDelta } from '../rules/quality-delta.js';
import type { PullRequestTarget } from './dependencies.js';
import type { Judgement } from './judge.js';
import { perform } from './perform.js';
import { planCheck } from './plan.js';

/** At most one request. Of several pull requests on one head, the lowest number speaks: they share the check run. */
export async function showQuality(
  client: GitHubClient,
  target: PullRequestTarget,
  judgement: Judgement,
): Promise<void> {
  const { reading, snapshot } = judgement;
  if (reading.siblings.some(({ number }) => number < target.number)) return;
  const check = checkOf(judgement);
  if (check === null) return;
  const { ownChecks, pullRequest } = snapshot;
  await perform(client, target, planCheck(check, { headSha: pullRequest.headSha, ownChecks, labels: null }));
}

function checkOf({ evaluation, reading, snapshot }: Judgement): RenderedCheck | null {
  const { quality, decision } = evaluation;
  if (quality !== null) {
    return renderQuality(quality.report, {
      coverage: quality.coverage,
      verdicts: decision.verdicts.filter(({ rule }) => rule === qualityDelta.name),
      decision,
      repositoryUrl: reading.repositoryUrl,
      pullRequest: snapshot.pullRequest.number,
      sharedWith: reading.siblings.map(({ number }) => number),
    });
  }
  // What stood there when the change was judged otherwise must not go on saying so.
  const own = snapshot.ownChecks.filter(({ name }) => name === 'agent-policy/quality-delta');
  const newest = own.reduce<number | null>((best, { id }) => Math.max(best ?? id, id), null);
  const standing = own.find(({ id }) => id === newest);
  if (standing === undefined || standing.conclusion === 'success') return null;
  const { revertOf } = snapshot;
  const why =
    revertOf?.exact === true
      ? { kind: 'exact-revert' as const, ...revertOf }
      : { kind: 'not-asked' as const };
  return renderQualityNotOwed(why, reading.repositoryUrl);
}
