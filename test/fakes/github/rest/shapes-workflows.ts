// How does REST write runs of workflows and their jobs? Webhooks write runs the same way.
import { currentAttempt } from '../model/workflow-runs.js';
import {
  type Account,
  fullName,
  isoDate,
  nodeId,
  type PullRequest,
  type Repository,
  type RunAttempt,
  type WorkflowJob,
  type WorkflowRun,
  type World,
} from '../model/world.js';
import { shapeUser } from './shapes-accounts.js';
import { shapeRepository, shapeSimpleCommit } from './shapes-repositories.js';

export function shapeRun(world: World, repository: Repository, run: WorkflowRun) {
  const url = runUrl(world, repository, run);
  const repositoryUrl = `${world.url}/repos/${fullName(repository)}`;
  const attempt = currentAttempt(run);
  const head = [...world.repositories.values()].find(({ id }) => id === run.headRepositoryId) ?? repository;
  return {
    id: run.id,
    node_id: nodeId('WFR', run.id),
    name: run.workflow.name,
    display_title: run.displayTitle,
    run_number: run.number,
    run_attempt: attempt.number,
    event: run.event,
    status: attempt.status,
    conclusion: attempt.conclusion,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.workflow.path,
    workflow_id: run.workflow.id,
    check_suite_id: run.checkSuiteId,
    check_suite_node_id: nodeId('CS', run.checkSuiteId),
    pull_requests: pullsOf(repository, run).map((pull) => shapePullRef(world, repository, pull)),
    actor: shapeActor(world, run.actor),
    triggering_actor: shapeActor(world, attempt.triggeredBy),
    referenced_workflows: [],
    created_at: isoDate(run.createdAt),
    updated_at: isoDate(attempt.updatedAt),
    run_started_at: isoDate(attempt.createdAt),
    url,
    html_url: runPage(world, repository, run),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repositoryUrl}/check-suites/${run.checkSuiteId}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: attempt.number === 1 ? null : `${url}/attempts/${attempt.number - 1}`,
    workflow_url: `${repositoryUrl}/actions/workflows/${run.workflow.id}`,
    head_commit: shapeSimpleCommit(world.store.readCommit(run.headSha)!),
    head_repository: shapeOwned(world, head),
    repository: shapeOwned(world, repository),
  };
}

export function runUrl(world: World, repository: Repository, { id }: WorkflowRun): string {
  return `${world.url}/repos/${fullName(repository)}/actions/runs/${id}`;
}

export function runPage(world: World, repository: Repository, { id }: WorkflowRun): string {
  return `${world.url}/${fullName(repository)}/actions/runs/${id}`;
}

export function shapeJob(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  attempt: RunAttempt,
  job: WorkflowJob,
) {
  const repositoryUrl = `${world.url}/repos/${fullName(repository)}`;
  return {
    id: job.id,
    run_id: run.id,
    run_url: runUrl(world, repository, run),
    run_attempt: attempt.number,
    node_id: nodeId('CR', job.id),
    head_sha: run.headSha,
    head_branch: run.headBranch,
    workflow_name: run.workflow.name,
    url: `${repositoryUrl}/actions/jobs/${job.id}`,
    html_url: `${runPage(world, repository, run)}/job/${job.id}`,
    status: job.completedAt === null ? 'in_progress' : 'completed',
    conclusion: job.conclusion,
    created_at: isoDate(job.startedAt),
    started_at: isoDate(job.startedAt),
    completed_at: job.completedAt === null ? null : isoDate(job.completedAt),
    name: job.name,
    steps: [],
    check_run_url: `${repositoryUrl}/check-runs/${job.id}`,
    labels: ['ubuntu-latest'],
    runner_id: 1,
    runner_name: 'GitHub Actions 1',
    runner_group_id: 0,
    runner_group_name: 'GitHub Actions',
  };
}

export function shapeWorkflow(world: World, repository: Repository, { workflow }: WorkflowRun) {
  const { id, name, path } = workflow;
  const page = `${world.url}/${fullName(repository)}`;
  return {
    id,
    node_id: nodeId('W', id),
    name,
    path,
    state: 'active',
    created_at: isoDate(repository.createdAt),
    updated_at: isoDate(repository.createdAt),
    url: `${world.url}/repos/${fullName(repository)}/actions/workflows/${id}`,
    html_url: `${page}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${page}/workflows/${encodeURIComponent(name)}/badge.svg`,
  };
}

function shapeOwned(world: World, repository: Repository) {
  return { ...shapeRepository(world, repository), owner: shapeActor(world, repository.owner) };
}

/** A mannequin runs nothing and owns nothing. */
function shapeActor(world: World, account: Account) {
  return { ...shapeUser(world, account), type: account.type as 'User' | 'Bot' | 'Organization' };
}

/** Those whose head it ran; none of a fork, and none for what runs on the default branch. */
function pullsOf(repository: Repository, run: WorkflowRun): readonly PullRequest[] {
  return [...repository.pulls.values()].filter(
    (pull) =>
      pull.state === 'OPEN' &&
      pull.headRef === run.headBranch &&
      pull.headRepository?.id === run.headRepositoryId &&
      run.headRepositoryId === repository.id,
  );
}

function shapePullRef(world: World, repository: Repository, pull: PullRequest) {
  const url = `${world.url}/repos/${fullName(repository)}`;
  const repo = { id: repository.id, url, name: repository.name };
  return {
    id: pull.id,
    number: pull.number,
    url: `${url}/pulls/${pull.number}`,
    head: { ref: pull.headRef, sha: pull.headSha, repo },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo },
  };
}
