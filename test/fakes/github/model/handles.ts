// How do tests and the demo act as the people on GitHub? One handle per thing, over the functions of this folder.
import type { CommitObject } from '../git/store.js';
import { atLeast, ensureUser, permissionOf, requireAccount } from './accounts.js';
import {
  type CheckRunFields,
  createCheckRun,
  createStatus,
  latestRunsOn,
  pressAction,
  rerequest,
  runsOn,
} from './checks.js';
import { moveBranch, type NewCommit, type Push, type PushOptions, pushCommits } from './commits.js';
import { type ComparedFile, comparePull } from './comparisons.js';
import { dequeue, enqueue } from './merge-queue.js';
import * as pulls from './pull-requests.js';
import {
  describeUnsatisfied,
  isSatisfied,
  judgeRequiredChecks,
  type RequiredCheckState,
} from './required-checks.js';
import type {
  App,
  CheckRun,
  CommitStatus,
  Permission,
  PullRequest,
  Repository,
  RequiredCheck,
  Review,
  World,
} from './world.js';
import { fullName } from './world.js';

export interface NewCheckRun extends CheckRunFields {
  readonly app: App;
  readonly name: string;
  /** Default: the head of the pull request, or the tip of the default branch. */
  readonly sha?: string;
}

export interface RepositoryHandle {
  readonly record: Repository;
  readonly id: number;
  readonly fullName: string;
  /** One commit, pushed; answers its id. */
  commit(commit: NewCommit & PushOptions & { readonly branch?: string }): string;
  /** Several commits in one push. */
  push(push: Push): readonly string[];
  /** A new branch at another branch's tip, or at a commit. */
  branch(name: string, from?: string): void;
  deleteBranch(name: string, by: string): void;
  tip(branch?: string): string;
  fork(owner: string): RepositoryHandle;
  openPullRequest(
    options: pulls.NewPullRequest & { readonly fromFork?: RepositoryHandle },
  ): PullRequestHandle;
  pullRequest(number: number): PullRequestHandle;
  openIssue(title: string, author: string): number;
  setPermission(login: string, permission: Permission): void;
  protect(
    branch: string,
    rules: { readonly requiredChecks: readonly NewRequiredCheck[]; readonly strict?: boolean },
  ): void;
  createCheckRun(run: NewCheckRun): CheckRun;
  createStatus(status: NewStatus): CommitStatus;
  /** Newest last; of one name all, unless `latest`. */
  checkRuns(filter?: {
    readonly sha?: string;
    readonly name?: string;
    readonly app?: App;
    readonly latest?: boolean;
  }): readonly CheckRun[];
  /** A person presses a button on the check. */
  pressAction(run: CheckRun, identifier: string, by: string): void;
  /** A person presses "Re-run". */
  rerequest(run: CheckRun, by: string): void;
  /** Required checks of a branch, judged on a commit. */
  mergeState(branch?: string, sha?: string): readonly RequiredCheckState[];
  delete(): void;
}

export interface NewRequiredCheck {
  readonly context: string;
  /** `null` or left out: any source. */
  readonly appId?: number | null;
}

export interface NewStatus {
  readonly context: string;
  readonly state: CommitStatus['state'];
  readonly by: string;
  readonly sha?: string;
  readonly description?: string;
}

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

export function createRepository(
  world: World,
  name: string,
  options: {
    readonly defaultBranch?: string;
    readonly private?: boolean;
    readonly files?: NewCommit['files'];
    readonly collaborators?: Readonly<Record<string, Permission>>;
    readonly parent?: Repository;
  },
): RepositoryHandle {
  const [owner, short] = name.split('/') as [string, string];
  if (world.repositories.get(name.toLowerCase())?.deleted === false)
    throw new Error(`There is already a repository ${name}.`);
  const record: Repository = {
    id: world.nextId(),
    owner: requireAccount(world, owner),
    name: short,
    isPrivate: options.private ?? false,
    defaultBranch: options.defaultBranch ?? 'main',
    deleted: false,
    branches: new Map(options.parent?.branches ?? []),
    collaborators: new Map(),
    labels: new Map(),
    pulls: new Map(),
    issues: new Map(),
    protections: new Map(),
    checkSuites: [],
    statuses: [],
    mergeQueues: new Map(),
    parent: options.parent ?? null,
    createdAt: world.now(),
    pushedAt: world.now(),
    lastNumber: 0,
  };
  world.repositories.set(name.toLowerCase(), record);
  const handle = repositoryHandle(world, record);
  for (const [login, permission] of Object.entries(options.collaborators ?? {}))
    handle.setPermission(login, permission);
  if (options.parent === undefined)
    handle.commit({
      files: options.files ?? { 'README.md': `# ${short}\n` },
      message: 'Initial commit',
      author: owner,
    });
  return handle;
}

export function repositoryHandle(world: World, record: Repository): RepositoryHandle {
  const tip = (branch = record.defaultBranch) => pulls.tipOf(record, branch);
  const handle: RepositoryHandle = {
    record,
    id: record.id,
    fullName: fullName(record),
    commit: ({ branch = record.defaultBranch, pusher, from, ...commit }) =>
      pushCommits(world, record, { branch, pusher, from, commits: [commit] }).at(-1)!,
    push: (push) => pushCommits(world, record, push),
    branch(name, from) {
      const sha = from !== undefined && /^[0-9a-f]{40}$/.test(from) ? from : tip(from);
      moveBranch(world, record, name, sha, record.owner);
    },
    deleteBranch: (name, by) =>
      pulls.deleteBranch(world, record, name, record.defaultBranch, requireAccount(world, by)),
    tip,
    fork(owner) {
      ensureUser(world, owner);
      return createRepository(world, `${owner}/${record.name}`, {
        defaultBranch: record.defaultBranch,
        private: record.isPrivate,
        parent: record,
      });
    },
    openPullRequest: ({ fromFork, ...options }) =>
      pullHandle(world, pulls.openPullRequest(world, record, fromFork?.record ?? record, options)),
    pullRequest(number) {
      const found = record.pulls.get(number);
      if (found === undefined) throw new Error(`${fullName(record)} has no pull request #${number}.`);
      return pullHandle(world, found);
    },
    openIssue(title, author) {
      record.lastNumber += 1;
      const number = record.lastNumber;
      const issue = {
        id: world.nextId(),
        number,
        title,
        state: 'OPEN',
        author: requireAccount(world, author),
        createdAt: world.now(),
      } as const;
      record.issues.set(number, issue);
      return number;
    },
    setPermission(login, permission) {
      const account = ensureUser(world, login);
      record.collaborators.set(account.login.toLowerCase(), permission);
    },
    protect(branch, { requiredChecks, strict = false }) {
      const checks: RequiredCheck[] = requiredChecks.map(({ context, appId = null }) => ({ context, appId }));
      record.protections.set(branch, { requiredChecks: checks, strict });
    },
    createCheckRun: ({ app, name, sha = tip(), ...fields }) =>
      createCheckRun(world, record, app, sha, name, fields),
    createStatus: ({ by, sha = tip(), ...status }) =>
      createStatus(world, record, { ...status, sha, creator: requireAccount(world, by) }),
    checkRuns({ sha, name, app, latest = false } = {}) {
      const shas = sha === undefined ? new Set(record.checkSuites.map((suite) => suite.headSha)) : [sha];
      return [...shas]
        .flatMap((each) => (latest ? latestRunsOn : runsOn)(record, each))
        .filter(
          (run) => (name === undefined || run.name === name) && (app === undefined || run.suite.app === app),
        )
        .sort((a, b) => a.id - b.id);
    },
    pressAction: (run, identifier, by) =>
      pressAction(world, record, run, identifier, requireAccount(world, by)),
    rerequest: (run, by) => rerequest(world, record, run, requireAccount(world, by)),
    mergeState: (branch = record.defaultBranch, sha = tip(branch)) =>
      judgeRequiredChecks(record, branch, sha),
    delete() {
      record.deleted = true;
      for (const each of world.repositories.values())
        for (const pull of each.pulls.values())
          if (pull.headRepository === record) pull.headRepository = null;
      const sender = record.owner;
      world.emit({
        name: 'repository',
        action: 'deleted',
        repository: record,
        organization: null,
        sender,
        payload: {},
      });
    },
  };
  return handle;
}

function pullHandle(world: World, pull: PullRequest): PullRequestHandle {
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
