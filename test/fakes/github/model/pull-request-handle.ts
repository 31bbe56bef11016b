// How do tests and the demo act on one pull request, as its author, a reviewer or a maintainer?
import type { CommitObject } from '../git/store.js';
import { atLeast, permissionOf, requireAccount } from './accounts.js';
import { moveBranch, type NewCommit, pushCommits } from './commits.js';
import { type ComparedFile, comparePull } from './comparisons.js';
import { dequeue, enqueue } from './merge-queue.js';
import * as pulls from './pull-requests.js';
import {
  describeUnsatisfied,
  isSatisfied,
  judgeRequiredChecks,
  type RequiredCheckState,
} from './required-checks.js';
import type { PullRequest, Review, World } from './world.js';

export type MergeAnswer =
  | { readonly merged: true; readonly sha: string }
  | { readonly merged: false; readonly status: 405; readonly message: string };

export interface PullRequestHandle {
  readonly record: PullRequest;
  readonly number: number;
  readonly headSha: string;
  edit(edit: {
    readonly title?: string;
    readonly body?: string | null;
    readonly base?: string;
    readonly by?: string;
  }): void;
  /** One push with these commits onto the head branch. */
  push(...commits: readonly (NewCommit & { readonly pusher?: string })[]): string;
  /** Start again from the merge base, or from `from`, with these commits. */
  forcePush(options: {
    readonly commits: readonly NewCommit[];
    readonly from?: string;
    readonly pusher?: string;
  }): string;
  /** The same changes on the base's tip as it is now. */
  rebase(by?: string): string;
  review(review: {
    readonly by: string;
    readonly state: Review['state'];
    readonly body?: string;
    readonly commitId?: string;
  }): Review;
  dismissReview(review: Review, by: string): void;
  editReview(review: Review, body: string, by: string): void;
  label(name: string, by: string): void;
  unlabel(name: string, by: string): void;
  assign(...logins: readonly string[]): void;
  unassign(...logins: readonly string[]): void;
  convertToDraft(by?: string): void;
  readyForReview(by?: string): void;
  enableAutoMerge(by: string): void;
  close(by?: string): void;
  reopen(by?: string): void;
  /** Refused, as GitHub does, while a required check is not satisfied, in conflict, a draft, or without write access. */
  merge(options: {
    readonly by: string;
    readonly method?: pulls.MergeMethod;
    readonly bypass?: boolean;
    readonly deleteBranch?: boolean;
  }): MergeAnswer;
  enqueue(by: string): { readonly headSha: string; readonly headRef: string; readonly baseSha: string };
  dequeue(by: string): void;
  mergeState(): {
    readonly ready: boolean;
    readonly mergeable: boolean;
    readonly checks: readonly RequiredCheckState[];
  };
  files(): readonly ComparedFile[];
  /** Oldest first. */
  commits(): readonly CommitObject[];
}

export function pullRequestHandle(world: World, pull: PullRequest): PullRequestHandle {
  const { repository } = pull;
  const account = (login: string | undefined) =>
    login === undefined ? pull.author : requireAccount(world, login);
  const head = () => {
    if (pull.headRepository === null) throw new Error('The fork is gone.');
    return pull.headRepository;
  };
  const mergeState = () => {
    const checks = judgeRequiredChecks(repository, pull.baseRef, pull.headSha);
    const mergeable = pull.state === 'OPEN' && pulls.isMergeable(world, pull);
    return { ready: mergeable && !pull.draft && isSatisfied(checks), mergeable, checks };
  };
  return {
    record: pull,
    number: pull.number,
    get headSha() {
      return pull.headSha;
    },
    edit: ({ by, ...edit }) => pulls.editPullRequest(world, pull, edit, account(by)),
    push(...commits) {
      const pusher = commits.find((each) => each.pusher !== undefined)?.pusher ?? pull.author.login;
      pushCommits(world, head(), { branch: pull.headRef, commits, pusher });
      return pull.headSha;
    },
    forcePush({ commits, from, pusher = pull.author.login }) {
      const resetTo = from ?? comparePull(world, pull).mergeBase!;
      pushCommits(world, head(), { branch: pull.headRef, commits, pusher, resetTo });
      return pull.headSha;
    },
    rebase(by) {
      const onto = pulls.tipOf(repository, pull.baseRef);
      moveBranch(world, head(), pull.headRef, pulls.rebaseCommits(world, onto, pull.headSha), account(by));
      return pull.headSha;
    },
    review: ({ by, ...review }) =>
      pulls.submitReview(world, pull, { ...review, by: requireAccount(world, by) }),
    dismissReview: (review, by) => pulls.dismissReview(world, pull, review, requireAccount(world, by)),
    editReview: (review, body, by) => pulls.editReview(world, pull, review, body, requireAccount(world, by)),
    label: (name, by) => pulls.addLabel(world, pull, name, requireAccount(world, by)),
    unlabel(name, by) {
      if (!pulls.removeLabel(world, pull, name, requireAccount(world, by)))
        throw new Error(`#${pull.number} has no label "${name}".`);
    },
    assign(...logins) {
      for (const login of logins) {
        const assignee = requireAccount(world, login);
        pull.assignees.push(assignee);
        pulls.tell(world, pull, 'assigned', pull.author, { assignee });
      }
    },
    unassign(...logins) {
      for (const login of logins) {
        const assignee = requireAccount(world, login);
        pull.assignees.splice(pull.assignees.indexOf(assignee), 1);
        pulls.tell(world, pull, 'unassigned', pull.author, { assignee });
      }
    },
    convertToDraft: (by) => pulls.setDraft(world, pull, true, account(by)),
    readyForReview: (by) => pulls.setDraft(world, pull, false, account(by)),
    enableAutoMerge(by) {
      pull.autoMerge = { by: requireAccount(world, by), at: world.now() };
      pulls.tell(world, pull, 'auto_merge_enabled', pull.autoMerge.by, { reason: null });
    },
    close: (by) => pulls.closePullRequest(world, pull, account(by)),
    reopen: (by) => pulls.reopenPullRequest(world, pull, account(by)),
    merge(options) {
      const refusal = refuseMerge(world, pull, options, mergeState());
      if (refusal !== null) return { merged: false, status: 405, message: refusal };
      const by = requireAccount(world, options.by);
      const sha = pulls.mergePullRequest(world, pull, by, options.method ?? 'merge');
      if (options.deleteBranch) pulls.deleteBranch(world, head(), pull.headRef, pull.baseRef, by);
      return { merged: true, sha };
    },
    enqueue: (by) => enqueue(world, pull, requireAccount(world, by)),
    dequeue: (by) => dequeue(world, pull, 'MANUAL', requireAccount(world, by)),
    mergeState,
    files: () => comparePull(world, pull).files,
    commits: () => comparePull(world, pull).commits.map((sha) => world.store.readCommit(sha)!),
  };
}

/** In GitHub's words. */
function refuseMerge(
  world: World,
  pull: PullRequest,
  options: { readonly by: string; readonly bypass?: boolean },
  state: { readonly mergeable: boolean; readonly checks: readonly RequiredCheckState[] },
): string | null {
  const permission = permissionOf(world, pull.repository, requireAccount(world, options.by));
  if (!atLeast(permission, 'write')) return 'You do not have permission to merge pull requests here.';
  if (pull.state !== 'OPEN') return 'Pull Request is not open';
  if (pull.draft) return 'Pull Request is still a draft';
  if (!state.mergeable) return 'Pull Request is not mergeable';
  if (options.bypass && permission === 'admin') return null;
  const rules = pull.repository.protections.get(pull.baseRef);
  const behind =
    rules?.strict && comparePull(world, pull).mergeBase !== pulls.tipOf(pull.repository, pull.baseRef);
  if (behind) return 'Head branch is out of date. Review and try the merge again.';
  return describeUnsatisfied(state.checks);
}
