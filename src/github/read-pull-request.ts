// What is true of a pull request on GitHub, now?
// One request; more only where a list is longer than its page, or the head is not the last commit listed.
import type { PolicyFile, PolicyFiles } from '../domain/policy-file.js';
import { NO_QUALITY_FACTS } from '../domain/quality.js';
import type { PullRequest, RepositoryFacts, Snapshot } from '../domain/snapshot.js';
import { toAccount, toUser } from './account.js';
import type { GitHubClient, GraphqlError } from './client.js';
import { toReviews } from './dismissed-reviews.js';
import { GitHubFailure } from './failure.js';
import { findGaps } from './partial-errors.js';
import {
  type BlobAnswer,
  type PullRequestAnswer,
  type RepositoryAnswer,
  readingSchema,
} from './pull-request-answer.js';
import {
  toAttributes,
  toCodeowners,
  toForeignChecks,
  toOwnChecks,
  toPolicyFile,
} from './pull-request-facts.js';
import { PULL_REQUEST_QUERY } from './pull-request-query.js';
import { readLists } from './read-further-pages.js';
import { readHead, toHeadFacts } from './read-head.js';
import { parseAnswer } from './transport.js';

export interface PullRequestAddress {
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
  /** Our own app, whose check runs are ours. `null`: read with a person's token, no run is ours. */
  readonly appId: number | null;
}

export interface PullRequestReading {
  /** Without `people`, `teams` and `digests`, which are read when a rule asks for them. */
  readonly snapshot: Snapshot;
  /** Its page for people: `https://github.com/acme/shop`. */
  readonly repositoryUrl: string;
  readonly policies: PolicyFiles;
  /** Other open pull requests of this repository with the same head: they share its check runs. */
  readonly siblings: readonly { readonly number: number; readonly headSha: string }[];
  /** Head of the merge group that ends with it; `null`: not queued, or the queue is not visible. */
  readonly queuedAs: string | null;
  /** True if a file was renamed or copied: its former path is `null` until `readFiles` or a diff tells it. */
  readonly needsFormerPaths: boolean;
  /** How many requests it took. */
  readonly requests: number;
}

/**
 * Reads everything one review needs. `null`: the pull request or its repository is gone, or not visible to us.
 * Throws `GitHubFailure`; a retryable one also when the head moved while we read.
 */
export async function readPullRequest(
  client: GitHubClient,
  address: PullRequestAddress,
): Promise<PullRequestReading | null> {
  const { owner, repo, number, appId } = address;
  const deed = `read pull request ${owner}/${repo}#${number}`;
  const variables = { owner, repo, number, appId, asApp: appId !== null };
  const answer = await client.graphql(deed, PULL_REQUEST_QUERY, variables);
  if (isGone(answer.errors)) return null;

  const gaps = findGaps(deed, answer.errors);
  const organizationError = gaps.take('organization');
  const policyError = gaps.take('repository.policy');
  const codeownersErrors = [1, 2, 3].map((place) => gaps.take(`repository.codeowners${place}`));
  const attributesError = gaps.take('repository.attributes');
  // A fork that is private or deleted: not known.
  gaps.take('repository.pullRequest.headRepository');
  // Without the permission to see the queue: its groups are then judged when they are made, and not again.
  gaps.take('repository.pullRequest.mergeQueueEntry');
  gaps.take('repository.pullRequest.head.nodes.*.commit.file');
  gaps.take('repository.pullRequest.head.nodes.*.commit.statusCheckRollup');
  gaps.take('repository.pullRequest.commits.nodes.*.commit.signature');
  gaps.refuseRest();

  const { repository, organization } = parseAnswer(deed, readingSchema, answer.data);
  const pull = repository?.pullRequest ?? null;
  if (repository === null || pull === null) {
    throw new GitHubFailure(deed, 'unexpected', 'GitHub gave neither the pull request nor a reason');
  }
  if (pull.files === null && pull.changedFiles === 0) {
    throw new GitHubFailure(deed, 'unavailable', 'GitHub has not computed the changed files yet');
  }
  if (pull.latestOpinionatedReviews === null) {
    throw new GitHubFailure(deed, 'unexpected', 'GitHub gave no list of reviews');
  }

  const last = pull.head.nodes.at(-1)?.commit;
  const listed = last !== undefined && last.oid === pull.headRefOid;
  const head = listed
    ? toHeadFacts(last, gaps, 'repository.pullRequest.head.nodes.*.commit')
    : await readHead(client, deed, address, pull.headRefOid);
  const { associatedPullRequests, statusCheckRollup } = head.answer;
  const { lists, requests } = await readLists(client, deed, address, {
    round: { ...pull, associatedPullRequests, statusCheckRollup },
    gaps,
    commitsPlace: 'repository.pullRequest.commits.nodes',
    headSha: pull.headRefOid,
  });

  const snapshot: Snapshot = {
    source: 'github',
    repository: toRepository(deed, repository),
    pullRequest: toPullRequest(pull),
    commits: lists.commits,
    files: lists.files,
    reviews: toReviews(lists.reviews, lists.dismissals),
    codeowners: codeownersErrors.some(isRefusal) ? null : toCodeowners(repository),
    attributes: attributesError === null ? toAttributes(repository.attributes) : null,
    headPolicy: head.policy,
    people: {},
    teams: {},
    checks: head.checksUnreadable ? null : toForeignChecks(lists.contexts, appId),
    ownChecks: toOwnChecks(head.answer),
    digests: {},
    quality: NO_QUALITY_FACTS,
    evals: {},
    revertOf: null,
  };
  return {
    snapshot,
    repositoryUrl: repository.url,
    policies: {
      repository: toPolicyFile(repository.policy, policyError),
      organization: toOrganizationPolicy(organization, organizationError),
    },
    siblings: lists.siblings
      .filter((other) => other.state === 'OPEN' && other.headRefOid === pull.headRefOid)
      .filter((other) => other.baseRepository?.databaseId === repository.databaseId)
      .filter((other) => other.number !== pull.number)
      .map((other) => ({ number: other.number, headSha: other.headRefOid })),
    queuedAs: pull.mergeQueueEntry?.headCommit?.oid ?? null,
    needsFormerPaths: lists.files.some((file) => file.status === 'renamed' || file.status === 'copied'),
    requests: 1 + (listed ? 0 : 1) + requests,
  };
}

/** GitHub says "not found" of what is deleted and of what we may not see. */
function isGone(errors: readonly GraphqlError[]): boolean {
  return errors.some(
    ({ type, path }) =>
      type === 'NOT_FOUND' && ['repository', 'repository.pullRequest'].includes(path.join('.')),
  );
}

function isRefusal(error: GraphqlError | null): boolean {
  return error !== null && error.type !== 'NOT_FOUND';
}

/** Only a repository that we can see can be without a policy. */
function toOrganizationPolicy(
  repository: { readonly policy: BlobAnswer } | null,
  error: GraphqlError | null,
): PolicyFile {
  if (repository !== null) return toPolicyFile(repository.policy, error);
  if (error === null || error.type === 'NOT_FOUND') return { kind: 'not-visible' };
  return { kind: 'unreadable', why: error.message };
}

function toRepository(deed: string, repository: RepositoryAnswer): RepositoryFacts {
  if (repository.defaultBranchRef === null) {
    throw new GitHubFailure(deed, 'unexpected', 'the repository has no default branch');
  }
  return {
    owner: repository.owner.login,
    name: repository.name,
    id: repository.databaseId,
    defaultBranch: repository.defaultBranchRef.name,
  };
}

const STATE = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;

function toPullRequest(pull: PullRequestAnswer): PullRequest {
  const { labels, assignees } = pull;
  return {
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: STATE[pull.state],
    draft: pull.isDraft,
    author: pull.author === null ? null : toAccount(pull.author),
    baseRef: pull.baseRefName,
    headRef: pull.headRefName,
    headSha: pull.headRefOid,
    headRepository: pull.headRepository?.nameWithOwner ?? null,
    // GitHub allows 100 labels and 10 assignees, so one page is all; should that change, we do not know them all.
    labels:
      labels === null || labels.nodes.length < labels.totalCount
        ? null
        : labels.nodes.map(({ name }) => name),
    assignees: assignees.nodes.length < assignees.totalCount ? null : assignees.nodes.map(toUser),
    changedFiles: pull.changedFiles,
    commitCount: pull.commits.totalCount,
    baseChangedAt: pull.timelineItems.nodes.at(-1)?.createdAt ?? 'never',
  };
}
