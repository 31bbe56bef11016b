// May a merge group merge? Every pull request in it is judged again, at the head the queue recorded.
// A required check that does not report here hangs the queue, so what asking again will not mend is answered too.
import { type GroupOutcome, renderGroup } from '../checks/group-check.js';
import type { Decision } from '../domain/verdict.js';
import type { GitHubClient } from '../github/client.js';
import { GitHubFailure } from '../github/failure.js';
import { readMergeGroup } from '../github/read-merge-group.js';
import { readOwnChecks } from '../github/read-own-checks.js';
import { gateOf } from '../policy/evaluate.js';
import type { JobResult } from '../storage/job.js';
import type { Dependencies } from './dependencies.js';
import { judge } from './judge.js';
import { perform } from './perform.js';
import { planActions } from './plan.js';

export interface GroupTarget {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
  readonly headSha: string;
  readonly baseSha: string;
  /** Branch the group would merge into. */
  readonly baseRef: string;
}

export async function reviewGroup(target: GroupTarget, deps: Dependencies): Promise<JobResult> {
  const client = await deps.clients.forInstallation(target.installation);
  const outcome = await judgeGroup(deps, client, target).catch(unlessRetryable);
  if (outcome.kind === 'unresolvable' && (await isFresh(deps, target))) {
    return { kind: 'again', at: new Date(deps.now().getTime() + RETRY_MS) };
  }
  const check = renderGroup(outcome);
  const ownChecks = await readOwnChecks(client, { ...target, sha: target.headSha, appId: deps.appId });
  await perform(client, target, planActions(check, [], { headSha: target.headSha, ownChecks, labels: null }));
  deps.log.info({ ...target, gate: check.gate, title: check.title }, 'judged a merge group');
  return { kind: 'done' };
}

function unlessRetryable(error: unknown): GroupOutcome {
  if (error instanceof GitHubFailure && !error.retryable) return { kind: 'unresolvable', why: error.message };
  throw error;
}

/** GitHub may tell of a group a moment before its queue shows it. */
const RETRY_MS = 2_000;

async function isFresh(deps: Dependencies, target: GroupTarget): Promise<boolean> {
  const now = deps.now();
  const key = `group ${target.owner}/${target.repo}@${target.headSha}`;
  const firstSeen = await deps.storage.cache.get(target.installation, key, now);
  if (typeof firstSeen === 'number') return now.getTime() - firstSeen < deps.groupPatienceMs;
  await deps.storage.cache.set(target.installation, key, now.getTime(), new Date(now.getTime() + 3_600_000));
  return deps.groupPatienceMs > 0;
}

async function judgeGroup(
  deps: Dependencies,
  client: GitHubClient,
  target: GroupTarget,
): Promise<GroupOutcome> {
  const group = await readMergeGroup(client, target);
  if (group.kind === 'unresolvable') return group;
  const members: { number: number; decision: Decision }[] = [];
  let repositoryUrl: string | null = null;
  for (const { number, headSha } of group.pullRequests) {
    const judgement = await judge(deps, client, { ...target, number });
    if (judgement === null) return { kind: 'unresolvable', why: `pull request #${number} is gone` };
    const { decision } = judgement.evaluation;
    if (decision.headSha !== headSha) {
      return { kind: 'unresolvable', why: `pull request #${number} was pushed to after it was queued` };
    }
    await deps.storage.decisions.append({
      repoId: judgement.repoId,
      pullRequest: null,
      headSha: target.headSha,
      policyDigest: digestOf(decision),
      gate: gateOf(decision),
      decision,
      decidedAt: deps.now(),
    });
    members.push({ number, decision });
    repositoryUrl = judgement.reading.repositoryUrl;
  }
  return { kind: 'judged', members, repositoryUrl };
}

function digestOf(decision: Decision): string {
  return decision.layers.map((layer) => layer.digest ?? '-').join(':');
}
