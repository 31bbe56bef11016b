// Which check runs and statuses stand on a commit, and who wrote them?
import { listInstalledApps } from './apps.js';
import { onCheckChanged } from './merge-queue.js';
import type {
  Account,
  Annotation,
  App,
  CheckAction,
  CheckRun,
  CheckStatus,
  CheckSuite,
  CommitStatus,
  PullRequest,
  Repository,
  World,
} from './world.js';

export interface CheckRunFields {
  readonly name?: string;
  readonly status?: CheckStatus;
  readonly conclusion?: string;
  readonly externalId?: string;
  readonly detailsUrl?: string;
  readonly startedAt?: Date;
  readonly completedAt?: Date;
  readonly output?: {
    readonly title?: string;
    readonly summary: string;
    readonly text?: string;
    readonly annotations?: readonly Annotation[];
  };
  readonly actions?: readonly CheckAction[];
}

/** GitHub keeps this many runs of one name in a suite. */
const MOST_RUNS_OF_A_NAME = 1000;

/** A push asks every installed app that may write checks for its suite. */
export function openSuites(
  world: World,
  repository: Repository,
  push: { branch: string; sha: string; before: string | null; sender: Account },
): void {
  for (const app of listInstalledApps(world, repository)) {
    if (app.permissions.checks !== 'write') continue;
    const suite = ensureSuite(world, repository, app, push.sha, push.branch, push.before);
    tellSuite(world, repository, suite, 'requested', push.sender, app);
  }
}

function ensureSuite(
  world: World,
  repository: Repository,
  app: App,
  sha: string,
  branch: string | null = null,
  before: string | null = null,
): CheckSuite {
  const known = repository.checkSuites.find((suite) => suite.app === app && suite.headSha === sha);
  if (known !== undefined) return known;
  const suite: CheckSuite = {
    id: world.nextId(),
    app,
    headBranch: branch ?? branchAt(repository, sha),
    headSha: sha,
    before: before ?? '0'.repeat(40),
    runs: [],
    createdAt: world.now(),
  };
  repository.checkSuites.push(suite);
  return suite;
}

export function createCheckRun(
  world: World,
  repository: Repository,
  app: App,
  sha: string,
  name: string,
  fields: CheckRunFields,
): CheckRun {
  const suite = ensureSuite(world, repository, app, sha);
  const run: CheckRun = {
    id: world.nextId(),
    suite,
    name,
    status: 'queued',
    conclusion: null,
    externalId: '',
    detailsUrl: null,
    startedAt: fields.startedAt ?? world.now(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
    createdAt: world.now(),
  };
  suite.runs.push(run);
  const namesakes = suite.runs.filter((each) => each.name === name);
  if (namesakes.length > MOST_RUNS_OF_A_NAME) suite.runs.splice(suite.runs.indexOf(namesakes[0]!), 1);
  applyFields(world, run, fields);
  tellRun(world, repository, run, 'created', app.bot);
  if (run.status === 'completed') onCompleted(world, repository, run);
  return run;
}

export function updateCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  fields: CheckRunFields,
): void {
  const before = run.status;
  applyFields(world, run, fields);
  if (run.status === 'completed' && before !== 'completed') onCompleted(world, repository, run);
  else if (run.status === 'completed') onCheckChanged(world, repository, run.suite.headSha);
}

/** Somebody presses a button of the check on the page; there is no API for it. */
export function pressAction(
  world: World,
  repository: Repository,
  run: CheckRun,
  identifier: string,
  by: Account,
): void {
  if (!run.actions.some((action) => action.identifier === identifier))
    throw new Error(`Check run "${run.name}" has no action "${identifier}".`);
  tellRun(world, repository, run, 'requested_action', by, { requested_action: { identifier } });
}

/** "Re-run" on the page. GitHub tells the app and leaves the run as it is. */
export function rerequest(world: World, repository: Repository, run: CheckRun, by: Account): void {
  if (run.status !== 'completed') throw new Error(`Check run "${run.name}" still runs: it cannot be re-run.`);
  tellRun(world, repository, run, 'rerequested', by);
}

export function createStatus(
  world: World,
  repository: Repository,
  status: Pick<CommitStatus, 'sha' | 'context' | 'state' | 'creator'> &
    Partial<Pick<CommitStatus, 'description' | 'targetUrl' | 'app'>>,
): CommitStatus {
  const written: CommitStatus = {
    description: null,
    targetUrl: null,
    app: null,
    ...status,
    id: world.nextId(),
    createdAt: world.now(),
  };
  repository.statuses.push(written);
  const { creator: sender } = written;
  world.emit({
    name: 'status',
    action: null,
    repository,
    organization: null,
    sender,
    payload: { status: written },
  });
  onCheckChanged(world, repository, written.sha);
  return written;
}

export function runsOn(repository: Repository, sha: string): readonly CheckRun[] {
  return repository.checkSuites.filter((suite) => suite.headSha === sha).flatMap((suite) => suite.runs);
}

/** The newest of each name in each suite: what the page shows and what counts. */
export function latestRunsOn(repository: Repository, sha: string): readonly CheckRun[] {
  return repository.checkSuites.filter((suite) => suite.headSha === sha).flatMap(latestRuns);
}

export function latestRuns(suite: CheckSuite): readonly CheckRun[] {
  return [...new Map(suite.runs.map((run) => [run.name, run])).values()];
}

/** The newest of each context. */
export function latestStatusesOn(repository: Repository, sha: string): readonly CommitStatus[] {
  const newest = repository.statuses.filter((status) => status.sha === sha);
  return [...new Map(newest.map((status) => [status.context, status])).values()];
}

export function findRun(repository: Repository, id: number): CheckRun | undefined {
  return repository.checkSuites.flatMap((suite) => suite.runs).find((run) => run.id === id);
}

/** Open pull requests with this head; those of forks are left out, as GitHub does. */
export function pullsOfSuite(repository: Repository, suite: CheckSuite): readonly PullRequest[] {
  return [...repository.pulls.values()].filter(
    (pull) => pull.state === 'OPEN' && pull.headSha === suite.headSha && pull.headRepository === repository,
  );
}

export function suiteState(suite: CheckSuite): { status: CheckStatus; conclusion: string | null } {
  const runs = latestRuns(suite);
  if (runs.length === 0) return { status: 'queued', conclusion: null };
  if (runs.some((run) => run.status !== 'completed')) return { status: 'in_progress', conclusion: null };
  const worst = WORST_FIRST.find((conclusion) => runs.some((run) => run.conclusion === conclusion));
  return { status: 'completed', conclusion: worst ?? 'success' };
}

const WORST_FIRST = [
  'failure',
  'timed_out',
  'cancelled',
  'action_required',
  'stale',
  'success',
  'neutral',
  'skipped',
];

function applyFields(world: World, run: CheckRun, fields: CheckRunFields): void {
  const mutable = run as { -readonly [Key in keyof CheckRun]: CheckRun[Key] };
  if (fields.name !== undefined) mutable.name = fields.name;
  if (fields.externalId !== undefined) run.externalId = fields.externalId;
  if (fields.detailsUrl !== undefined) run.detailsUrl = fields.detailsUrl;
  if (fields.startedAt !== undefined) run.startedAt = fields.startedAt;
  if (fields.actions !== undefined) run.actions = fields.actions;
  if (fields.output !== undefined) {
    run.title = fields.output.title ?? run.title;
    run.summary = fields.output.summary;
    run.text = fields.output.text ?? null;
    run.annotations.push(...(fields.output.annotations ?? []));
  }
  if (fields.conclusion !== undefined) {
    run.status = 'completed';
    run.conclusion = fields.conclusion;
    run.completedAt = fields.completedAt ?? world.now();
  } else if (fields.status !== undefined && run.status !== 'completed') {
    // A completed run does not go back: GitHub answers 200 and leaves it completed.
    run.status = fields.status;
  }
}

function onCompleted(world: World, repository: Repository, run: CheckRun): void {
  tellRun(world, repository, run, 'completed', run.suite.app.bot);
  if (suiteState(run.suite).status === 'completed')
    tellSuite(world, repository, run.suite, 'completed', run.suite.app.bot);
  onCheckChanged(world, repository, run.suite.headSha);
}

function tellRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  action: 'created' | 'completed' | 'requested_action' | 'rerequested',
  sender: Account,
  payload: Readonly<Record<string, unknown>> = {},
): void {
  const onlyOwner = action === 'requested_action' || action === 'rerequested';
  world.emit({
    name: 'check_run',
    action,
    repository,
    organization: null,
    sender,
    payload: { ...payload, run },
    ...(onlyOwner ? { onlyApp: run.suite.app } : {}),
  });
}

function tellSuite(
  world: World,
  repository: Repository,
  suite: CheckSuite,
  action: 'requested' | 'completed' | 'rerequested',
  sender: Account,
  onlyApp?: App,
): void {
  world.emit({
    name: 'check_suite',
    action,
    repository,
    organization: null,
    sender,
    payload: { suite },
    ...(onlyApp ? { onlyApp } : {}),
  });
}

function branchAt(repository: Repository, sha: string): string | null {
  for (const [branch, tip] of repository.branches) if (tip === sha) return branch;
  return null;
}
