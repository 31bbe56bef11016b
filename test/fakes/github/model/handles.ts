// How do tests and the demo act on a repository, as the people who work in it?
import { ensureUser, requireAccount } from './accounts.js';
import { type NewArtifact, uploadArtifact } from './artifacts.js';
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
import { createDeployment, type DeploymentHandle, type NewDeployment } from './deployments.js';
import { type IssueHandle, issueHandle, type NewIssue, openIssue } from './issues.js';
import { type PullRequestHandle, pullRequestHandle } from './pull-request-handle.js';
import * as pulls from './pull-requests.js';
import { judgeRequiredChecks, type RequiredCheckState } from './required-checks.js';
import { dispatchByPerson, type PersonsDispatch, type RunHandle, runHandle } from './run-handle.js';
import { listRuns, type NewRun, startWorkflow } from './workflow-runs.js';
import {
  type App,
  type Artifact,
  type CheckRun,
  type CommitStatus,
  fullName,
  type Permission,
  type Repository,
  type RequiredCheck,
  type World,
} from './world.js';

export type { MergeAnswer, PullRequestHandle } from './pull-request-handle.js';

export interface NewCheckRun extends CheckRunFields {
  readonly app: App;
  readonly name: string;
  /** Default: the tip of the default branch. */
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
  openIssue(title: string, author: string, more?: NewIssue): IssueHandle;
  deploy(deployment: NewDeployment): DeploymentHandle;
  setPermission(login: string, permission: Permission): void;
  protect(
    branch: string,
    rules: { readonly requiredChecks: readonly NewRequiredCheck[]; readonly strict?: boolean },
  ): void;
  createCheckRun(run: NewCheckRun): CheckRun;
  createStatus(status: NewStatus): CommitStatus;
  /** As `actions/upload-artifact` does at the end of a run. */
  uploadArtifact(artifact: NewArtifact): Artifact;
  /** Runs of workflows, newest last; of one file, where it is named. */
  runs(file?: string): readonly RunHandle[];
  /** As a push, a schedule or a pull request starts it. Nothing else does: a test says when. */
  startWorkflow(file: string, run: NewRun): RunHandle;
  /** As a person does on the page. */
  dispatchWorkflow(file: string, dispatch: PersonsDispatch): RunHandle;
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
    artifacts: [],
    workflowRuns: [],
    workflowIds: new Map(),
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
      pullRequestHandle(world, pulls.openPullRequest(world, record, fromFork?.record ?? record, options)),
    pullRequest(number) {
      const found = record.pulls.get(number);
      if (found === undefined) throw new Error(`${fullName(record)} has no pull request #${number}.`);
      return pullRequestHandle(world, found);
    },
    openIssue: (title, author, more) =>
      issueHandle(world, record, openIssue(world, record, title, requireAccount(world, author), more)),
    deploy: ({ by, ...deployment }) => createDeployment(world, record, requireAccount(world, by), deployment),
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
    uploadArtifact: (artifact) => uploadArtifact(world, record, artifact),
    runs: (file) => listRuns(record, file).map((run) => runHandle(world, record, run)),
    startWorkflow: (file, run) => runHandle(world, record, startWorkflow(world, record, file, run)),
    dispatchWorkflow: (file, dispatch) => dispatchByPerson(world, record, file, dispatch),
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
