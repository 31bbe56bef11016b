// How does REST write pull requests, reviews and comments?
import { associationOf } from '../model/accounts.js';
import { comparePull } from '../model/comparisons.js';
import { isMergeable } from '../model/pull-requests.js';
import { isSatisfied, judgeRequiredChecks } from '../model/required-checks.js';
import {
  type Comment,
  fullName,
  isoDate,
  nodeId,
  type PullRequest,
  type Repository,
  type Review,
  type World,
} from '../model/world.js';
import { shapeUser } from './shapes-accounts.js';
import { shapeLabel, shapeRepository } from './shapes-repositories.js';

export function shapePullSimple(world: World, pull: PullRequest) {
  const { repository, number } = pull;
  const name = fullName(repository);
  const url = `${world.url}/repos/${name}/pulls/${number}`;
  const issue = `${world.url}/repos/${name}/issues/${number}`;
  const html = `${world.url}/${name}/pull/${number}`;
  const statuses = `${world.url}/repos/${name}/statuses/${pull.headSha}`;
  const labels = [...pull.labels].map((label) => repository.labels.get(label.toLowerCase())!);
  const assignees = pull.assignees.map((each) => shapeUser(world, each));
  return {
    url,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    number,
    state: pull.state === 'OPEN' ? 'open' : 'closed',
    locked: false,
    title: pull.title,
    user: shapeUser(world, pull.author),
    body: pull.body,
    created_at: isoDate(pull.createdAt),
    updated_at: isoDate(pull.updatedAt),
    closed_at: pull.closedAt === null ? null : isoDate(pull.closedAt),
    merged_at: pull.mergedAt === null ? null : isoDate(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: [],
    requested_teams: [],
    labels: labels.map((label) => shapeLabel(world, repository, label)),
    milestone: null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${world.url}/repos/${name}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    head: shapeSide(world, pull.headRepository, pull.headRef, pull.headSha, pull.author.login),
    base: shapeSide(world, repository, pull.baseRef, pull.baseSha, repository.owner.login),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${world.url}/repos/${name}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: associationOf(world, repository, pull.author),
    auto_merge:
      pull.autoMerge === null
        ? null
        : {
            enabled_by: shapeUser(world, pull.autoMerge.by),
            merge_method: 'merge',
            commit_title: `Merge pull request #${number}`,
            commit_message: pull.title,
          },
    active_lock_reason: null,
  };
}

export function shapePull(world: World, pull: PullRequest) {
  const comparison = comparePull(world, pull);
  const mergeable = pull.state === 'OPEN' ? isMergeable(world, pull) : null;
  return {
    ...shapePullSimple(world, pull),
    merged: pull.state === 'MERGED',
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeableState(pull, mergeable),
    merged_by: pull.mergedBy === null ? null : shapeUser(world, pull.mergedBy),
    comments: pull.comments.length,
    review_comments: 0,
    maintainer_can_modify: pull.headRepository !== pull.repository,
    commits: comparison.commits.length,
    additions: comparison.additions,
    deletions: comparison.deletions,
    changed_files: comparison.files.length,
  };
}

export function shapeReview(world: World, pull: PullRequest, review: Review) {
  const html = `${world.url}/${fullName(pull.repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  const pullUrl = `${world.url}/repos/${fullName(pull.repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: shapeUser(world, review.author),
    body: review.body,
    state: review.state as string,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(world, pull.repository, review.author),
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    submitted_at: isoDate(review.submittedAt),
    commit_id: review.commitId,
  };
}

export function shapeComment(world: World, pull: PullRequest, comment: Comment) {
  const url = `${world.url}/repos/${fullName(pull.repository)}`;
  return {
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    url: `${url}/issues/comments/${comment.id}`,
    html_url: `${world.url}/${fullName(pull.repository)}/pull/${pull.number}#issuecomment-${comment.id}`,
    issue_url: `${url}/issues/${pull.number}`,
    user: shapeUser(world, comment.author),
    created_at: isoDate(comment.createdAt),
    updated_at: isoDate(comment.createdAt),
    author_association: associationOf(world, pull.repository, comment.author),
    body: comment.body,
  };
}

function shapeSide(world: World, repository: Repository | null, ref: string, sha: string, login: string) {
  const owner = repository?.owner ?? null;
  return {
    label: `${owner?.login ?? login}:${ref}`,
    ref,
    sha,
    user: owner === null ? null : shapeUser(world, owner),
    repo: repository === null || repository.deleted ? null : shapeRepository(world, repository),
  };
}

function mergeableState(pull: PullRequest, mergeable: boolean | null): string {
  if (mergeable === null) return 'unknown';
  if (!mergeable) return 'dirty';
  if (pull.draft) return 'draft';
  const checks = judgeRequiredChecks(pull.repository, pull.baseRef, pull.headSha);
  return isSatisfied(checks) ? 'clean' : 'blocked';
}
