// How is a check beside the gate brought in line: who speaks for a shared head, and what is taken back?
import type { NotOwed } from '../checks/beside-gate.js';
import type { RenderedCheck } from '../domain/check-run.js';
import { type Decision, STRICTEST_FIRST } from '../domain/verdict.js';
import type { GitHubClient } from '../github/client.js';
import { gateOf } from '../policy/evaluate.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import type { Judgement } from './judge.js';
import { perform } from './perform.js';
import { planCheck } from './plan.js';

/**
 * At most one request. Of several pull requests on one head, the one that `rule` is strictest with speaks, and of
 * equals the lowest number: they share the check run.
 */
export async function showBeside(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  judgement: Judgement,
  { rule, render }: { readonly rule: string; readonly render: () => RenderedCheck | null },
): Promise<void> {
  if (!(await isFirstToSpeak(deps, target, judgement, rule))) return;
  const check = render();
  if (check === null) return;
  const { ownChecks, pullRequest } = judgement.snapshot;
  await perform(client, target, planCheck(check, { headSha: pullRequest.headSha, ownChecks, labels: null }));
}

async function isFirstToSpeak(
  { storage }: Dependencies,
  { number }: PullRequestTarget,
  { repoId, reading, evaluation: { decision } }: Judgement,
  rule: string,
): Promise<boolean> {
  const open = reading.siblings.map((sibling) => sibling.number);
  if (open.length === 0) return true;
  const own = strictnessOf(decision, rule);
  return (await storage.decisions.latestForHead(repoId, decision.headSha)).every((other) => {
    if (other.pullRequest === null || !open.includes(other.pullRequest)) return true;
    const theirs = strictnessOf(other.decision, rule);
    return theirs > own || (theirs === own && other.pullRequest > number);
  });
}

/** 0 is the strictest; a change that the rule is not asked about comes last. */
export function strictnessOf({ verdicts }: Pick<Decision, 'verdicts'>, rule: string): number {
  const asked = verdicts.filter((verdict) => verdict.rule === rule);
  return asked.length === 0 ? STRICTEST_FIRST.length : STRICTEST_FIRST.indexOf(gateOf({ verdicts: asked }));
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
