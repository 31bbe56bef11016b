// How is a check beside the gate brought in line: who speaks for a shared head, and what is taken back?
import type { NotOwed } from '../checks/beside-gate.js';
import type { RenderedCheck } from '../domain/check-run.js';
import type { GitHubClient } from '../github/client.js';
import type { PullRequestTarget } from './dependencies.js';
import type { Judgement } from './judge.js';
import { perform } from './perform.js';
import { planCheck } from './plan.js';

/** At most one request. Of several pull requests on one head, the lowest number speaks: they share the check run. */
export async function showBeside(
  client: GitHubClient,
  target: PullRequestTarget,
  { reading, snapshot }: Judgement,
  render: () => RenderedCheck | null,
): Promise<void> {
  if (reading.siblings.some(({ number }) => number < target.number)) return;
  const check = render();
  if (check === null) return;
  const { ownChecks, pullRequest } = snapshot;
  await perform(client, target, planCheck(check, { headSha: pullRequest.headSha, ownChecks, labels: null }));
}

/**
 * What stood there when the change was judged otherwise must not go on saying so. `null`: nothing stands there, or
 * what does says nothing against the change.
 */
export function findNotOwed({ snapshot }: Judgement, name: RenderedCheck['name']): NotOwed | null {
  const own = snapshot.ownChecks.filter((check) => check.name === name);
  const newest = own.reduce<number | null>((best, { id }) => Math.max(best ?? id, id), null);
  const standing = own.find(({ id }) => id === newest);
  if (standing === undefined || standing.conclusion === 'success') return null;
  const { revertOf } = snapshot;
  return revertOf?.exact === true ? { kind: 'exact-revert', ...revertOf } : { kind: 'not-asked' };
}
