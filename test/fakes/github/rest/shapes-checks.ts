// How does REST write check runs, check suites and commit statuses?
import { latestRuns, pullsOfSuite, suiteState } from '../model/checks.js';
import {
  type CheckRun,
  type CheckSuite,
  type CommitStatus,
  fullName,
  isoDate,
  nodeId,
  type PullRequest,
  type Repository,
  type World,
} from '../model/world.js';
import { shapeApp, shapeUser } from './shapes-accounts.js';
import { shapeRepository, shapeSimpleCommit } from './shapes-repositories.js';

export function shapeCheckRun(world: World, repository: Repository, run: CheckRun) {
  const url = `${world.url}/repos/${fullName(repository)}/check-runs/${run.id}`;
  const html = `${world.url}/${fullName(repository)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CR', run.id),
    head_sha: run.suite.headSha,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt === null ? null : isoDate(run.startedAt),
    completed_at: run.completedAt === null ? null : isoDate(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: shapeApp(world, run.suite.app),
    pull_requests: pullsOfSuite(repository, run.suite).map((pull) => shapePullMinimal(world, pull)),
  };
}

export function shapeCheckSuite(world: World, repository: Repository, suite: CheckSuite) {
  const { status, conclusion } = suiteState(suite);
  const url = `${world.url}/repos/${fullName(repository)}/check-suites/${suite.id}`;
  const commit = world.store.readCommit(suite.headSha)!;
  return {
    id: suite.id,
    node_id: nodeId('CS', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status,
    conclusion,
    url,
    before: suite.before,
    after: suite.headSha,
    pull_requests: pullsOfSuite(repository, suite).map((pull) => shapePullMinimal(world, pull)),
    app: shapeApp(world, suite.app),
    created_at: isoDate(suite.createdAt),
    updated_at: isoDate(suite.createdAt),
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: latestRuns(suite).length,
    check_runs_url: `${url}/check-runs`,
    head_commit: shapeSimpleCommit(commit),
  };
}

export function shapeStatus(world: World, repository: Repository, status: CommitStatus) {
  return {
    url: `${world.url}/repos/${fullName(repository)}/statuses/${status.sha}`,
    avatar_url: `${world.url}/avatars/${status.creator.id}`,
    id: status.id,
    node_id: nodeId('SC', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: isoDate(status.createdAt),
    updated_at: isoDate(status.createdAt),
    creator: shapeUser(world, status.creator),
  };
}

export function shapeSuiteWithRepository(world: World, repository: Repository, suite: CheckSuite) {
  return { ...shapeCheckSuite(world, repository, suite), repository: shapeRepository(world, repository) };
}

function shapePullMinimal(world: World, pull: PullRequest) {
  const side = (repository: Repository, ref: string, sha: string) => ({
    ref,
    sha,
    repo: {
      id: repository.id,
      url: `${world.url}/repos/${fullName(repository)}`,
      name: repository.name,
    },
  });
  return {
    id: pull.id,
    number: pull.number,
    url: `${world.url}/repos/${fullName(pull.repository)}/pulls/${pull.number}`,
    head: side(pull.headRepository!, pull.headRef, pull.headSha),
    base: side(pull.repository, pull.baseRef, pull.baseSha),
  };
}
