// What happens between "merge when ready" and the merge? Every entry is one merge group on top of the one before.
import { requireAccount } from './accounts.js';
import { mergeCommits, moveBranch } from './commits.js';
import { finishMerge, isMergeable, mergeCommit, tell, tipOf } from './pull-requests.js';
import { isSatisfied, judgeRequiredChecks } from './required-checks.js';
import type { Account, PullRequest, QueueEntry, Repository, World } from './world.js';

export function enqueue(world: World, pull: PullRequest, by: Account): QueueEntry {
  const { repository, baseRef } = pull;
  if (pull.state !== 'OPEN' || pull.draft || !isMergeable(world, pull))
    throw new Error(`Pull request #${pull.number} cannot be queued: not open, a draft or in conflict.`);
  const queue = repository.mergeQueues.get(baseRef) ?? [];
  repository.mergeQueues.set(baseRef, queue);
  if (queue.some((entry) => entry.pull === pull)) throw new Error(`#${pull.number} is queued already.`);
  tell(world, pull, 'enqueued', by);
  return addGroup(world, queue, pull, by);
}

/** Taken out by a person, or because its group failed; the groups behind it are built again. */
export function dequeue(world: World, pull: PullRequest, reason: string, by: Account): void {
  const queue = pull.repository.mergeQueues.get(pull.baseRef) ?? [];
  const at = queue.findIndex((entry) => entry.pull === pull);
  if (at < 0) throw new Error(`#${pull.number} is not queued.`);
  const [gone, ...behind] = queue.splice(at);
  const merged = reason === 'MERGE';
  const destroy = (entry: QueueEntry, why: string) => {
    tellGroup(world, entry, 'destroyed', by, { reason: why });
    moveBranch(world, pull.repository, entry.headRef, null, by);
  };
  destroy(gone!, merged ? 'merged' : reason === 'CI_FAILURE' ? 'invalidated' : 'dequeued');
  tell(world, pull, 'dequeued', by, { reason });
  // After a merge the groups behind already stand on the right commit.
  if (merged) queue.push(...behind);
  else
    for (const entry of behind) {
      destroy(entry, 'invalidated');
      addGroup(world, queue, entry.pull, entry.enqueuedBy);
    }
}

/** A check or status was reported: groups at the front whose checks are settled leave the queue. */
export function onCheckChanged(world: World, repository: Repository, sha: string): void {
  for (const [branch, queue] of repository.mergeQueues) {
    if (!queue.some((entry) => entry.headSha === sha)) continue;
    const bot = requireAccount(world, 'github-merge-queue[bot]');
    for (let front = queue[0]; front !== undefined; front = queue[0]) {
      const checks = judgeRequiredChecks(repository, branch, front.headSha);
      if (checks.some((check) => check.state === 'failing')) dequeue(world, front.pull, 'CI_FAILURE', bot);
      else if (!isSatisfied(checks)) break;
      else mergeFront(world, front, bot);
    }
  }
}

function mergeFront(world: World, entry: QueueEntry, by: Account): void {
  const { pull } = entry;
  dequeue(world, pull, 'MERGE', by);
  finishMerge(world, pull, entry.headSha, by, entry.baseSha);
  moveBranch(world, pull.repository, pull.baseRef, entry.headSha, by);
}

function addGroup(world: World, queue: QueueEntry[], pull: PullRequest, by: Account): QueueEntry {
  const baseSha = queue.at(-1)?.headSha ?? tipOf(pull.repository, pull.baseRef);
  if (!mergeCommits(world, baseSha, pull.headSha).clean)
    throw new Error(`#${pull.number} conflicts with what is queued before it.`);
  const headSha = mergeCommit(world, pull, baseSha, by, 'merge');
  const entry: QueueEntry = {
    id: world.nextId(),
    pull,
    headSha,
    headRef: `gh-readonly-queue/${pull.baseRef}/pr-${pull.number}-${baseSha}`,
    baseSha,
    enqueuedBy: by,
    enqueuedAt: world.now(),
  };
  queue.push(entry);
  moveBranch(world, pull.repository, entry.headRef, headSha, by);
  tellGroup(world, entry, 'checks_requested', by);
  return entry;
}

function tellGroup(
  world: World,
  entry: QueueEntry,
  action: 'checks_requested' | 'destroyed',
  sender: Account,
  payload: Readonly<Record<string, unknown>> = {},
): void {
  const { repository } = entry.pull;
  world.emit({
    name: 'merge_group',
    action,
    repository,
    organization: null,
    sender,
    payload: { ...payload, entry },
  });
}
