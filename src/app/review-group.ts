// May a merge group merge? Every pull request in it is judged again, at the head the queue recorded.
// A required check that does not report here hangs the queue, so whatever happens an answer is written.
import { renderGroup } from '../checks/group-check.js';
import type { RenderedCheck } from '../domain/check-run.js';
import type { Decision } from '../domain/verdict.js';
import type { GitHubClient } from '../github/client.js';
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
  const check = await judgeGroup(deps, client, target);
  const ownChecks = await readOwnChecks(client, { ...target, sha: target.headSha, appId: deps.appId });
  await perform(client, target, planActions(check, [], { headSha: target.headSha, ownChecks, labels: null }));
  deps.log.info({ ...target, gate: check.gate, title: check.title }, 'judged a merge group');
  return { kind: 'done' };
}

async function judgeGroup(
  deps: Dependencies,
  client: GitHubClient,
  target: GroupTarget,
): Promise<RenderedCheck> {
  const repositoryUrl = `${deps.webUrl}/${target.owner}/${target.repo}`;
  const group = await readMergeGroup(client, target);
  if (group.kind === 'unresolvable')
    return renderGroup({ kind: 'unresolvable', why: group.why }, repositoryUrl);
  const members: { number: number; decision: Decision }[] = [];
  for (const queued of group.pullRequests) {
    const judgement = await judge(deps, client, { ...target, number: queued.number });
    if (judgement === null) {
      return renderGroup(
        { kind: 'unresolvable', why: `pull request #${queued.number} is gone` },
        repositoryUrl,
      );
    }
    const { decision } = judgement.evaluation;
    if (decision.headSha !== queued.headSha) {
      return renderGroup(
        { kind: 'unresolvable', why: `pull request #${queued.number} was pushed to after it was queued` },
        repositoryUrl,
      );
    }
    await deps.storage.decisions.append({
      repoId: judgement.repoId,
      pullRequest: null,
      headSha: target.headSha,
      policyDigest: decision.layers.map((layer) => layer.digest ?? '-').join(':'),
      gate: gateOf(decision),
      decision,
      decidedAt: deps.now(),
    });
    members.push({ number: queued.number, decision });
  }
  return renderGroup({ kind: 'judged', members }, repositoryUrl);
}
