// How do webhooks write issues and deployments?
// `satisfies` holds them against GitHub's published description of the events.
import type { components } from '@octokit/openapi-webhooks-types';
import { associationOf } from '../model/accounts.js';
import {
  type Comment,
  type Deployment,
  fullName,
  type Issue,
  isoDate,
  type Label,
  nodeId,
  type Repository,
  type World,
} from '../model/world.js';
import { shapeUser } from '../rest/shapes-accounts.js';
import { shapeLabel } from '../rest/shapes-repositories.js';

type Schemas = components['schemas'];
type IssueShape = Schemas['webhook-issues-labeled']['issue'];
type DeploymentShape = Pick<
  Schemas['webhook-deployment-status-created'],
  'deployment' | 'deployment_status' | 'check_run' | 'workflow' | 'workflow_run'
>;

export function shapeIssueEvent(world: World, repository: Repository, payload: object): object {
  const { issue, label, ...rest } = payload as { issue: Issue; label?: Label };
  return {
    issue: shapeIssue(world, repository, issue),
    ...(label === undefined ? {} : { label: shapeLabel(world, repository, label) }),
    ...rest,
  };
}

export function shapeIssueCommentEvent(world: World, repository: Repository, payload: object): object {
  const { issue, comment } = payload as { issue: Issue; comment: Comment };
  const url = `${world.url}/repos/${fullName(repository)}/issues`;
  return {
    issue: shapeIssue(world, repository, issue),
    comment: {
      id: comment.id,
      node_id: nodeId('IC', comment.id),
      url: `${url}/comments/${comment.id}`,
      issue_url: `${url}/${issue.number}`,
      html_url: `${world.url}/${fullName(repository)}/issues/${issue.number}#issuecomment-${comment.id}`,
      user: shapeUser(world, comment.author),
      body: comment.body,
      created_at: isoDate(comment.createdAt),
      updated_at: isoDate(comment.createdAt),
      author_association: associationOf(world, repository, comment.author),
      performed_via_github_app: null,
      reactions: shapeReactions(`${url}/comments/${comment.id}/reactions`),
    },
  };
}

function shapeIssue(world: World, repository: Repository, issue: Issue) {
  const url = `${world.url}/repos/${fullName(repository)}/issues/${issue.number}`;
  return {
    url,
    repository_url: `${world.url}/repos/${fullName(repository)}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${world.url}/${fullName(repository)}/issues/${issue.number}`,
    id: issue.id,
    node_id: nodeId('I', issue.id),
    number: issue.number,
    title: issue.title,
    user: shapeUser(world, issue.author),
    labels: [...issue.labels].map((name) =>
      shapeLabel(world, repository, repository.labels.get(name.toLowerCase())!),
    ),
    state: issue.state === 'OPEN' ? 'open' : 'closed',
    state_reason: issue.state === 'OPEN' ? null : 'completed',
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: issue.comments,
    created_at: isoDate(issue.createdAt),
    updated_at: isoDate(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : isoDate(issue.closedAt),
    author_association: associationOf(world, repository, issue.author) as IssueShape['author_association'],
    active_lock_reason: null,
    body: issue.body,
    reactions: shapeReactions(`${url}/reactions`),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
  } satisfies IssueShape;
}

function shapeReactions(url: string) {
  const none = { '+1': 0, '-1': 0, laugh: 0, hooray: 0, confused: 0, heart: 0, rocket: 0, eyes: 0 };
  return { url, total_count: 0, ...none };
}

export function shapeDeploymentStatusEvent(world: World, repository: Repository, payload: object): object {
  const { deployment, status } = payload as {
    deployment: Deployment;
    status: { readonly id: number; readonly state: string; readonly createdAt: Date };
  };
  const repositoryUrl = `${world.url}/repos/${fullName(repository)}`;
  const url = `${repositoryUrl}/deployments/${deployment.id}`;
  // A mannequin deploys nothing.
  const type = deployment.creator.type as 'User' | 'Bot';
  const creator = { ...shapeUser(world, deployment.creator), type };
  return {
    deployment_status: {
      url: `${url}/statuses/${status.id}`,
      id: status.id,
      node_id: nodeId('DES', status.id),
      state: status.state,
      creator,
      description: '',
      environment: deployment.environment,
      target_url: '',
      created_at: isoDate(status.createdAt),
      updated_at: isoDate(status.createdAt),
      deployment_url: url,
      repository_url: repositoryUrl,
      environment_url: '',
      log_url: '',
      performed_via_github_app: null,
    },
    deployment: {
      url,
      id: deployment.id,
      node_id: nodeId('DE', deployment.id),
      task: 'deploy',
      original_environment: deployment.environment,
      environment: deployment.environment,
      description: null,
      created_at: isoDate(deployment.createdAt),
      updated_at: isoDate(status.createdAt),
      statuses_url: `${url}/statuses`,
      repository_url: repositoryUrl,
      creator,
      sha: deployment.sha,
      ref: repository.defaultBranch,
      payload: {},
      transient_environment: deployment.isTransient,
      production_environment: deployment.isProduction,
      performed_via_github_app: null,
    },
    check_run: null,
    workflow: null,
    workflow_run: null,
  } satisfies DeploymentShape;
}
