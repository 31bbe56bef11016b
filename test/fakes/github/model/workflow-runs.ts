// Which runs of workflows are there, and what happens to them?
// https://docs.github.com/webhooks/webhook-events-and-payloads#workflow_run
import { requireAccount } from './accounts.js';
import { resolveCommit } from './commits.js';
import { findWorkflow, renderRunName, type Workflow, workflowId } from './workflows.js';
import type { Account, Repository, RunAttempt, WorkflowJob, WorkflowRun, World } from './world.js';

export interface NewRun {
  /** `push`, `schedule`, `pull_request` …; the workflow must name it. */
  readonly event: string;
  /** Default: the default branch. */
  readonly branch?: string;
  /** Default: the branch's tip. */
  readonly sha?: string;
  /** Where the head is. Default: here. */
  readonly fork?: { readonly record: Repository };
  /** Default: the repository's owner. */
  readonly by?: string;
}

export interface Dispatch {
  readonly ref: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly actor: Account;
}

export type DispatchAnswer =
  | { readonly run: WorkflowRun }
  | { readonly status: 404 | 422; readonly message: string };

/** Oldest first. */
export function listRuns(repository: Repository, file?: string): readonly WorkflowRun[] {
  return repository.workflowRuns.filter(
    ({ workflow }) => file === undefined || workflow.path === `.github/workflows/${file}`,
  );
}

export function currentAttempt(run: WorkflowRun): RunAttempt {
  return run.attempts.at(-1)!;
}

/** In the words of GitHub. Only a file of the default branch is a workflow; the one of `ref` says what runs. */
export function dispatchWorkflow(
  world: World,
  repository: Repository,
  fileOrId: string,
  { ref, inputs, actor }: Dispatch,
): DispatchAnswer {
  const refuse = (message: string) => ({ status: 422, message }) as const;
  const main = resolveCommit(world, repository, 'HEAD');
  if (main === null || findWorkflow(world, repository, fileOrId, main) === null)
    return { status: 404, message: 'Not Found' };
  const branch = ref.replace(/^refs\/heads\//, '');
  const sha = repository.branches.get(branch);
  if (sha === undefined) return refuse(`No ref found for: ${ref}`);
  const workflow = findWorkflow(world, repository, fileOrId, sha);
  if (workflow === null || !workflow.on.has('workflow_dispatch'))
    return refuse("Workflow does not have 'workflow_dispatch' trigger");
  const unexpected = Object.keys(inputs).filter((name) => !workflow.inputs.has(name));
  if (unexpected.length > 0) return refuse(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  const given: Record<string, string> = {};
  for (const [name, { required, initial, options }] of workflow.inputs) {
    const value = inputs[name] === undefined ? initial : String(inputs[name]);
    if (value === null || (value === '' && required)) {
      if (required) return refuse(`Required input '${name}' not provided`);
      continue;
    }
    if (options !== null && !options.includes(value))
      return refuse(`Provided value '${value}' for input '${name}' not in the list of allowed values`);
    given[name] = value;
  }
  const run = createRun(world, repository, workflow, {
    ...{ event: 'workflow_dispatch', branch, sha, actor, inputs: given },
    head: repository,
    title: workflow.name,
  });
  return { run };
}

export function startWorkflow(world: World, repository: Repository, file: string, run: NewRun): WorkflowRun {
  const { event, branch = repository.defaultBranch, by, fork } = run;
  const head = fork?.record ?? repository;
  const sha = run.sha ?? head.branches.get(branch);
  if (sha === undefined) throw new Error(`There is no branch "${branch}".`);
  const workflow = findWorkflow(world, repository, file, sha);
  if (workflow === null || !workflow.on.has(event))
    throw new Error(`${file} is not at ${sha}, or is not started by "${event}".`);
  const actor = by === undefined ? repository.owner : requireAccount(world, by);
  const message = world.store.readCommit(sha)!.message.split('\n')[0]!;
  const title = event === 'schedule' ? workflow.name : message;
  return createRun(world, repository, workflow, { event, branch, sha, actor, head, title, inputs: {} });
}

interface RunFields {
  readonly event: string;
  readonly branch: string;
  readonly sha: string;
  readonly head: Repository;
  readonly actor: Account;
  readonly inputs: Readonly<Record<string, string>>;
  /** Where there is no `run-name`. */
  readonly title: string;
}

function createRun(
  world: World,
  repository: Repository,
  workflow: Workflow,
  { event, branch, sha, head, actor, inputs, title }: RunFields,
): WorkflowRun {
  const github = { sha, ref_name: branch, event_name: event, actor: actor.login };
  const { id, path, name } = workflow;
  const run: WorkflowRun = {
    id: world.nextId(),
    headSha: sha,
    headBranch: branch,
    headRepositoryId: head.id,
    event,
    workflow: { id, path, name },
    displayTitle: renderRunName(workflow, { inputs, github }) ?? title,
    number: repository.workflowRuns.filter((each) => each.workflow.id === id).length + 1,
    actor,
    inputs,
    checkSuiteId: world.nextId(),
    createdAt: world.now(),
    attempts: [],
  };
  repository.workflowRuns.push(run);
  beginAttempt(world, repository, run, actor, run.createdAt);
  return run;
}

/** A run that a test knows by its artifact only. */
export function endedRun(
  world: World,
  repository: Repository,
  head: Pick<WorkflowRun, 'id' | 'headSha' | 'headBranch' | 'headRepositoryId' | 'event'>,
): WorkflowRun {
  const path = '.github/workflows/ci.yml';
  const at = world.now();
  const run: WorkflowRun = {
    ...head,
    workflow: { id: workflowId(world, repository, path), path, name: 'ci' },
    displayTitle: 'ci',
    number: 1,
    actor: repository.owner,
    inputs: {},
    checkSuiteId: world.nextId(),
    createdAt: at,
    attempts: [
      {
        ...{ number: 1, status: 'completed', conclusion: 'success', jobs: [] },
        ...{ triggeredBy: repository.owner, createdAt: at, updatedAt: at },
      },
    ],
  };
  repository.workflowRuns.push(run);
  return run;
}

export function beginAttempt(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  triggeredBy: Account,
  at: Date,
): void {
  run.attempts.push({
    number: run.attempts.length + 1,
    status: 'queued',
    conclusion: null,
    jobs: [],
    triggeredBy,
    createdAt: at,
    updatedAt: at,
  });
  tell(world, repository, run, 'requested');
}

export function startRun(world: World, repository: Repository, run: WorkflowRun, at: Date): void {
  const attempt = currentAttempt(run);
  if (attempt.status !== 'queued') throw new Error(`Run ${run.id} is ${attempt.status}: it cannot start.`);
  attempt.status = 'in_progress';
  attempt.updatedAt = at;
  tell(world, repository, run, 'in_progress');
}

export function startJob(world: World, run: WorkflowRun, name: string, at: Date): WorkflowJob {
  const attempt = currentAttempt(run);
  if (attempt.status !== 'in_progress') throw new Error(`Run ${run.id} is ${attempt.status}: no job starts.`);
  const job = { id: world.nextId(), name, startedAt: at, completedAt: null, conclusion: null };
  attempt.jobs.push(job);
  attempt.updatedAt = at;
  return job;
}

export function completeJob(run: WorkflowRun, job: WorkflowJob, conclusion: string, at: Date): void {
  if (job.completedAt !== null) throw new Error(`Job "${job.name}" has ended.`);
  job.completedAt = at;
  job.conclusion = conclusion;
  currentAttempt(run).updatedAt = at;
}

/** Jobs that still run are cancelled with it. */
export function completeRun(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  conclusion: string,
  at: Date,
): void {
  const attempt = currentAttempt(run);
  if (attempt.status === 'completed') throw new Error(`Run ${run.id} has ended.`);
  for (const job of attempt.jobs)
    if (job.completedAt === null) {
      if (conclusion !== 'cancelled') throw new Error(`Job "${job.name}" still runs.`);
      completeJob(run, job, 'cancelled', at);
    }
  attempt.status = 'completed';
  attempt.conclusion = conclusion;
  attempt.updatedAt = at;
  tell(world, repository, run, 'completed');
}

function tell(world: World, repository: Repository, run: WorkflowRun, action: string): void {
  world.emit({
    name: 'workflow_run',
    action,
    repository,
    organization: null,
    sender: currentAttempt(run).triggeredBy,
    payload: { run },
  });
}
