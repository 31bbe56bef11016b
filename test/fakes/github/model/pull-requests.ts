// What happens to a pull request, from opening to merging?
import { findMergeBase, isAncestor, listCommits } from '../git/history.js';
import { requireAccount } from './accounts.js';
import { mergeCommits, moveBranch, writeSigned } from './commits.js';
import type { Account, Label, PullRequest, Repository, Review, World } from './world.js';

export interface NewPullRequest {
  readonly author: string;
  readonly head: string;
  readonly base?: string;
  readonly title?: string;
  readonly body?: string | null;
  readonly draft?: boolean;
  readonly assignees?: readonly string[];
  readonly labels?: readonly string[];
  /** Issues that it closes. */
  readonly closes?: readonly number[];
}

export function openPullRequest(
  world: World,
  repository: Repository,
  headRepository: Repository,
  options: NewPullRequest,
): PullRequest {
  const baseRef = options.base ?? repository.defaultBranch;
  const baseSha = tipOf(repository, baseRef);
  const headSha = tipOf(headRepository, options.head);
  if (isAncestor(world.store, headSha, baseSha))
    throw new Error(`No commits between ${baseRef} and ${options.head}: GitHub refuses such a pull request.`);
  const author = requireAccount(world, options.author);
  repository.lastNumber += 1;
  const now = world.now();
  const pull: PullRequest = {
    id: world.nextId(),
    number: repository.lastNumber,
    repository,
    author,
    title: options.title ?? world.store.readCommit(headSha)!.message.split('\n')[0]!,
    body: options.body ?? null,
    state: 'OPEN',
    draft: options.draft ?? false,
    baseRef,
    baseSha,
    headRepository,
    headRef: options.head,
    headSha,
    labels: new Set(),
    assignees: (options.assignees ?? []).map((login) => requireAccount(world, login)),
    reviews: [],
    comments: [],
    timeline: [],
    closes: [...(options.closes ?? [])],
    autoMerge: null,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
  };
  for (const name of options.labels ?? []) pull.labels.add(ensureLabel(world, repository, name).name);
  repository.pulls.set(pull.number, pull);
  tell(world, pull, 'opened', author);
  return pull;
}

/** `changes` as GitHub sends it for `edited`: the former values. */
export function editPullRequest(
  world: World,
  pull: PullRequest,
  edit: { readonly title?: string; readonly body?: string | null; readonly base?: string },
  sender: Account,
): void {
  const changes: Record<string, unknown> = {};
  if (edit.title !== undefined && edit.title !== pull.title) {
    changes.title = { from: pull.title };
    pull.title = edit.title;
  }
  if (edit.body !== undefined && edit.body !== pull.body) {
    changes.body = { from: pull.body };
    pull.body = edit.body;
  }
  if (edit.base !== undefined && edit.base !== pull.baseRef) {
    changes.base = { ref: { from: pull.baseRef }, sha: { from: pull.baseSha } };
    retarget(world, pull, edit.base, sender, 'BaseRefChangedEvent');
  }
  if (Object.keys(changes).length > 0) tell(world, pull, 'edited', sender, { changes });
}

/** New commits on a branch: its pull requests have a new head; what is now in the base counts as merged. */
export function afterPush(
  world: World,
  repository: Repository,
  branch: string,
  push: { before: string | null; after: string; forced: boolean; sender: Account },
): void {
  for (const pull of pullsFrom(world, repository, branch)) {
    pull.headSha = push.after;
    pull.baseSha = tipOf(pull.repository, pull.baseRef);
    if (push.forced)
      pull.timeline.push({
        kind: 'HeadRefForcePushedEvent',
        id: world.nextId(),
        actor: push.sender,
        at: world.now(),
        before: push.before!,
        after: push.after,
      });
    tell(world, pull, 'synchronize', push.sender, { before: push.before, after: push.after });
  }
  for (const pull of repository.pulls.values()) {
    if (pull.state !== 'OPEN' || pull.baseRef !== branch) continue;
    if (isAncestor(world.store, pull.headSha, push.after))
      finishMerge(world, pull, push.after, push.sender, push.before ?? pull.baseSha);
  }
}

export function closePullRequest(world: World, pull: PullRequest, sender: Account): void {
  if (pull.state !== 'OPEN')
    throw new Error(`Pull request #${pull.number} is ${pull.state.toLowerCase()} already.`);
  pull.state = 'CLOSED';
  pull.closedAt = world.now();
  pull.baseSha = pull.repository.branches.get(pull.baseRef) ?? pull.baseSha;
  pull.autoMerge = null;
  tell(world, pull, 'closed', sender);
}

export function reopenPullRequest(world: World, pull: PullRequest, sender: Account): void {
  if (pull.state !== 'CLOSED') throw new Error(`Pull request #${pull.number} cannot be reopened.`);
  pull.state = 'OPEN';
  pull.closedAt = null;
  // Pushes to a closed pull request show once it is open again.
  if (pull.headRepository !== null) pull.headSha = tipOf(pull.headRepository, pull.headRef);
  tell(world, pull, 'reopened', sender);
}

export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** Merges without asking whether it may; `required-checks.ts` and the caller do that. Returns the new tip. */
export function mergePullRequest(world: World, pull: PullRequest, by: Account, method: MergeMethod): string {
  const base = tipOf(pull.repository, pull.baseRef);
  const sha =
    method === 'rebase'
      ? rebaseCommits(world, base, pull.headSha)
      : mergeCommit(world, pull, base, by, method);
  finishMerge(world, pull, sha, by, base);
  moveBranch(world, pull.repository, pull.baseRef, sha, by);
  return sha;
}

export function finishMerge(world: World, pull: PullRequest, sha: string, by: Account, base: string): void {
  pull.state = 'MERGED';
  pull.baseSha = base;
  pull.mergedAt = world.now();
  pull.closedAt = pull.mergedAt;
  pull.mergedBy = by;
  pull.mergeCommitSha = sha;
  pull.autoMerge = null;
  tell(world, pull, 'closed', by);
}

/** The same changes on top of another commit; every commit gets a new id. Merges are left out, as git does. */
export function rebaseCommits(world: World, onto: string, head: string): string {
  const { store } = world;
  const base = findMergeBase(store, onto, head);
  return listCommits(store, base, head)
    .map((sha) => store.readCommit(sha)!)
    .filter((commit) => commit.parents.length === 1)
    .reduce((tip, commit) => {
      const merged = mergeCommits(world, tip, commit.sha, commit.parents[0]!);
      if (!merged.clean) throw new Error(`Cannot rebase: conflict in ${merged.conflicts.join(', ')}.`);
      return store.writeCommit({
        tree: store.writeTree(merged.tree),
        parents: [tip],
        author: commit.author,
        committer: { ...commit.committer, date: new Date(Math.floor(world.now().getTime() / 1000) * 1000) },
        message: commit.message,
        gpgsig: null,
      });
    }, onto);
}

export function isMergeable(world: World, pull: PullRequest): boolean {
  const base = pull.repository.branches.get(pull.baseRef);
  return base !== undefined && mergeCommits(world, base, pull.headSha).clean;
}

/** The merge commit GitHub would make, without moving any branch. */
export function mergeCommit(
  world: World,
  pull: PullRequest,
  base: string,
  by: Account,
  method: 'merge' | 'squash',
): string {
  const merged = mergeCommits(world, base, pull.headSha);
  if (!merged.clean)
    throw new Error(`Cannot merge #${pull.number}: conflict in ${merged.conflicts.join(', ')}.`);
  const date = new Date(Math.floor(world.now().getTime() / 1000) * 1000);
  const from = `${pull.headRepository?.owner.login ?? 'unknown'}/${pull.headRef}`;
  const body = pull.title === '' ? '' : `\n\n${pull.title}`;
  return writeSigned(world, {
    tree: world.store.writeTree(merged.tree),
    parents: method === 'merge' ? [base, pull.headSha] : [base],
    author: { name: by.name, email: by.email, date },
    committer: { name: 'GitHub', email: 'noreply@github.com', date },
    message:
      method === 'merge'
        ? `Merge pull request #${pull.number} from ${from}${body}`
        : `${pull.title} (#${pull.number})`,
    signature: 'github',
  });
}

export function submitReview(
  world: World,
  pull: PullRequest,
  review: { by: Account; state: Review['state']; body?: string; commitId?: string },
): Review {
  const written: Review = {
    id: world.nextId(),
    author: review.by,
    state: review.state,
    body: review.body ?? '',
    commitId: review.commitId ?? pull.headSha,
    submittedAt: world.now(),
  };
  pull.reviews.push(written);
  tellReview(world, pull, written, 'submitted', review.by);
  return written;
}

export function dismissReview(world: World, pull: PullRequest, review: Review, by: Account): void {
  if (review.state === 'DISMISSED' || review.state === 'COMMENTED')
    throw new Error(`Cannot dismiss a review that is ${review.state.toLowerCase()}.`);
  pull.timeline.push({
    kind: 'ReviewDismissedEvent',
    id: world.nextId(),
    actor: by,
    at: world.now(),
    review,
    previousState: review.state,
  });
  review.state = 'DISMISSED';
  tellReview(world, pull, review, 'dismissed', by);
}

export function editReview(world: World, pull: PullRequest, review: Review, body: string, by: Account): void {
  const changes = { body: { from: review.body } };
  review.body = body;
  tellReview(world, pull, review, 'edited', by, { changes });
}

export function ensureLabel(world: World, repository: Repository, name: string): Label {
  const known = repository.labels.get(name.toLowerCase());
  if (known !== undefined) return known;
  const label: Label = { id: world.nextId(), name, color: 'ededed', description: null };
  repository.labels.set(name.toLowerCase(), label);
  return label;
}

export function addLabel(world: World, pull: PullRequest, name: string, sender: Account): void {
  const label = ensureLabel(world, pull.repository, name);
  if (pull.labels.has(label.name)) return;
  pull.labels.add(label.name);
  tell(world, pull, 'labeled', sender, { label });
}

export function removeLabel(world: World, pull: PullRequest, name: string, sender: Account): boolean {
  const label = pull.repository.labels.get(name.toLowerCase());
  if (label === undefined || !pull.labels.delete(label.name)) return false;
  tell(world, pull, 'unlabeled', sender, { label });
  return true;
}

export function setDraft(world: World, pull: PullRequest, draft: boolean, sender: Account): void {
  if (pull.draft === draft) return;
  pull.draft = draft;
  tell(world, pull, draft ? 'converted_to_draft' : 'ready_for_review', sender);
}

/** A branch that is deleted after a merge: pull requests onto it move to where it went. */
export function deleteBranch(
  world: World,
  repository: Repository,
  branch: string,
  into: string,
  by: Account,
): void {
  for (const pull of repository.pulls.values()) {
    if (pull.state !== 'OPEN' || pull.baseRef !== branch) continue;
    const changes = { base: { ref: { from: pull.baseRef }, sha: { from: pull.baseSha } } };
    retarget(world, pull, into, by, 'AutomaticBaseChangeSucceededEvent');
    tell(world, pull, 'edited', by, { changes });
  }
  moveBranch(world, repository, branch, null, by);
}

/** Every `pull_request` webhook. */
export function tell(
  world: World,
  pull: PullRequest,
  action: string,
  sender: Account,
  payload: Readonly<Record<string, unknown>> = {},
): void {
  pull.updatedAt = world.now();
  const { repository } = pull;
  world.emit({
    name: 'pull_request',
    action,
    repository,
    organization: null,
    sender,
    payload: { ...payload, pull },
  });
}

export function tipOf(repository: Repository, branch: string): string {
  const sha = repository.branches.get(branch);
  if (sha === undefined) throw new Error(`${repository.name} has no branch "${branch}".`);
  return sha;
}

function tellReview(
  world: World,
  pull: PullRequest,
  review: Review,
  action: string,
  sender: Account,
  payload: Readonly<Record<string, unknown>> = {},
): void {
  pull.updatedAt = world.now();
  const { repository } = pull;
  world.emit({
    name: 'pull_request_review',
    action,
    repository,
    organization: null,
    sender,
    payload: { ...payload, pull, review },
  });
}

function retarget(
  world: World,
  pull: PullRequest,
  base: string,
  actor: Account,
  kind: 'BaseRefChangedEvent' | 'AutomaticBaseChangeSucceededEvent',
): void {
  const baseSha = tipOf(pull.repository, base);
  pull.timeline.push({ kind, id: world.nextId(), actor, at: world.now(), from: pull.baseRef, to: base });
  pull.baseRef = base;
  pull.baseSha = baseSha;
}

function pullsFrom(world: World, headRepository: Repository, branch: string): readonly PullRequest[] {
  return [...world.repositories.values()].flatMap((repository) =>
    [...repository.pulls.values()].filter(
      (pull) => pull.state === 'OPEN' && pull.headRepository === headRepository && pull.headRef === branch,
    ),
  );
}
