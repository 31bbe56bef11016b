// How does GraphQL show pull requests, their files, reviews and timeline?
import { associationOf, atLeast, permissionOf } from '../model/accounts.js';
import { type ComparedFile, comparePull } from '../model/comparisons.js';
import { isMergeable } from '../model/pull-requests.js';
import { isSatisfied, judgeRequiredChecks } from '../model/required-checks.js';
import {
  fullName,
  type Issue,
  isoDate,
  nodeId,
  type PullRequest,
  type Review,
  type TimelineEvent,
} from '../model/world.js';
import { connect, type PageArguments } from './connection.js';
import type { GraphqlContext } from './service.js';
import { viewAccount } from './view-accounts.js';
import { viewCommit, viewRollup } from './view-commits.js';
import { viewMergeQueue, viewQueueEntry, viewRef, viewRepository } from './view-repositories.js';

/** GitHub lists no more, however many there are. */
const MOST_COMMITS = 250;
const MOST_FILES = 3000;

export function viewPullRequest(context: GraphqlContext, pull: PullRequest): Record<string, unknown> {
  const { world } = context;
  const { repository } = pull;
  const comparison = () => comparePull(world, pull);
  const path = `/${fullName(repository)}/pull/${pull.number}`;
  const fork = pull.headRepository;
  return {
    __typename: 'PullRequest',
    id: nodeId('PR', pull.id),
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    number: pull.number,
    title: pull.title,
    // GraphQL has an empty text where REST has null.
    body: pull.body ?? '',
    bodyText: pull.body ?? '',
    state: pull.state,
    closed: pull.state !== 'OPEN',
    merged: pull.state === 'MERGED',
    isDraft: pull.draft,
    locked: false,
    createdAt: isoDate(pull.createdAt),
    updatedAt: isoDate(pull.updatedAt),
    publishedAt: isoDate(pull.createdAt),
    closedAt: pull.closedAt === null ? null : isoDate(pull.closedAt),
    mergedAt: pull.mergedAt === null ? null : isoDate(pull.mergedAt),
    url: `${world.url}${path}`,
    permalink: `${world.url}${path}`,
    resourcePath: path,
    author: () => viewAccount(context, pull.author),
    mergedBy: () => (pull.mergedBy === null ? null : viewAccount(context, pull.mergedBy)),
    mergeCommit: () =>
      pull.mergeCommitSha === null ? null : viewCommit(context, repository, pull.mergeCommitSha),
    authorAssociation: associationOf(world, repository, pull.author),
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    baseRef: () => viewRef(context, repository, pull.baseRef),
    baseRepository: () => viewRepository(context, repository),
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    headRef: () => (fork === null ? null : viewRef(context, fork, pull.headRef)),
    headRepository: () => (fork === null ? null : viewRepository(context, fork)),
    headRepositoryOwner: () => (fork === null ? null : viewAccount(context, fork.owner)),
    isCrossRepository: fork !== repository,
    maintainerCanModify: fork !== repository,
    repository: () => viewRepository(context, repository),
    additions: () => comparison().additions,
    deletions: () => comparison().deletions,
    changedFiles: () => comparison().files.length,
    mergeable: () =>
      pull.state !== 'OPEN' ? 'UNKNOWN' : isMergeable(world, pull) ? 'MERGEABLE' : 'CONFLICTING',
    mergeStateStatus: () => mergeStateStatus(context, pull),
    // Nobody here demands reviews: that is the app's own business.
    reviewDecision: null,
    labels: (args: PageArguments) =>
      connect('labels', [...pull.labels], args, (name) => viewLabel(context, pull, name)),
    // `User` only: an assigned bot is not listed.
    assignees: (args: PageArguments) =>
      connect(
        'assignees',
        pull.assignees.filter((each) => each.type === 'User'),
        args,
        (each) => viewAccount(context, each),
      ),
    commits: (args: PageArguments) => {
      const { commits } = comparison();
      const view = (sha: string) => viewPullCommit(context, pull, sha);
      return connect('commits', commits.slice(0, MOST_COMMITS), args, view, { total: commits.length });
    },
    files: (args: PageArguments) => {
      const { files } = comparison();
      return connect('files', files.slice(0, MOST_FILES), args, viewFile);
    },
    reviews: (args: PageArguments & { states?: readonly string[] | null; author?: string | null }) => {
      const found = pull.reviews
        .filter((review) => args.states == null || args.states.includes(review.state))
        .filter((review) => args.author == null || review.author.graphqlLogin === args.author);
      return connect('reviews', found, args, (review) => viewReview(context, pull, review));
    },
    latestReviews: (args: PageArguments) =>
      connect('latestReviews', newestByAuthor(pull.reviews), args, (review) =>
        viewReview(context, pull, review),
      ),
    latestOpinionatedReviews: (args: PageArguments & { writersOnly: boolean }) => {
      const opinions = newestByAuthor(pull.reviews.filter((review) => review.state !== 'COMMENTED')).filter(
        (review) => !args.writersOnly || atLeast(permissionOf(world, repository, review.author), 'write'),
      );
      return connect('latestOpinionatedReviews', opinions, args, (review) =>
        viewReview(context, pull, review),
      );
    },
    timelineItems: (args: PageArguments & { itemTypes?: readonly string[] | null }) => {
      const found = listTimeline(context, pull).filter(
        (item) => args.itemTypes == null || args.itemTypes.includes(item.type),
      );
      const fields = {
        filteredCount: found.length,
        pageCount: found.length,
        updatedAt: isoDate(pull.updatedAt),
      };
      return connect('timelineItems', found, args, (item) => item.view(), { fields });
    },
    closingIssuesReferences: (args: PageArguments) => {
      const issues = pull.closes
        .map((number) => repository.issues.get(number))
        .filter((each) => each !== undefined);
      return connect('closingIssuesReferences', issues, args, (issue) => viewIssue(context, pull, issue));
    },
    autoMergeRequest: () => viewAutoMerge(context, pull),
    isInMergeQueue: () => findEntry(pull) !== null,
    isMergeQueueEnabled: repository.mergeQueues.has(pull.baseRef),
    mergeQueue: () => viewMergeQueue(context, repository, pull.baseRef),
    mergeQueueEntry: () => {
      const entry = findEntry(pull);
      return entry === null ? null : viewQueueEntry(context, entry);
    },
    statusCheckRollup: () => viewRollup(context, repository, pull.headSha),
    totalCommentsCount: pull.comments.length,
  };
}

function findEntry(pull: PullRequest) {
  return pull.repository.mergeQueues.get(pull.baseRef)?.find((entry) => entry.pull === pull) ?? null;
}

function mergeStateStatus({ world }: GraphqlContext, pull: PullRequest): string {
  if (pull.state !== 'OPEN') return 'UNKNOWN';
  if (!isMergeable(world, pull)) return 'DIRTY';
  if (pull.draft) return 'DRAFT';
  return isSatisfied(judgeRequiredChecks(pull.repository, pull.baseRef, pull.headSha)) ? 'CLEAN' : 'BLOCKED';
}

function viewPullCommit(context: GraphqlContext, pull: PullRequest, sha: string): object {
  const path = `/${fullName(pull.repository)}/pull/${pull.number}/commits/${sha}`;
  return {
    __typename: 'PullRequestCommit',
    id: nodeId('PRC', `${pull.id}:${sha}`),
    commit: () => viewCommit(context, pull.repository, sha),
    pullRequest: () => viewPullRequest(context, pull),
    resourcePath: path,
    url: `${context.world.url}${path}`,
  };
}

const CHANGE_TYPES = {
  added: 'ADDED',
  modified: 'MODIFIED',
  removed: 'DELETED',
  renamed: 'RENAMED',
  changed: 'CHANGED',
} as const;

function viewFile(file: ComparedFile): object {
  return {
    path: file.path,
    additions: file.additions,
    deletions: file.deletions,
    changeType: CHANGE_TYPES[file.status],
    viewerViewedState: 'UNVIEWED',
  };
}

/** Each author's newest, in the order they were written. */
function newestByAuthor(reviews: readonly Review[]): readonly Review[] {
  const newest = new Map(reviews.map((review) => [review.author.id, review]));
  return reviews.filter((review) => newest.get(review.author.id) === review);
}

function viewReview(context: GraphqlContext, pull: PullRequest, review: Review): object {
  const { world } = context;
  const path = `/${fullName(pull.repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  return {
    __typename: 'PullRequestReview',
    id: nodeId('PRR', review.id),
    databaseId: review.id,
    fullDatabaseId: String(review.id),
    state: review.state,
    body: review.body,
    bodyText: review.body,
    createdAt: isoDate(review.submittedAt),
    submittedAt: isoDate(review.submittedAt),
    publishedAt: isoDate(review.submittedAt),
    updatedAt: isoDate(review.submittedAt),
    author: () => viewAccount(context, review.author),
    authorAssociation: associationOf(world, pull.repository, review.author),
    authorCanPushToRepository: atLeast(permissionOf(world, pull.repository, review.author), 'write'),
    commit: () => viewCommit(context, pull.repository, review.commitId),
    pullRequest: () => viewPullRequest(context, pull),
    repository: () => viewRepository(context, pull.repository),
    resourcePath: path,
    url: `${world.url}${path}`,
  };
}

interface TimelineItem {
  /** As the argument `itemTypes` calls it. */
  readonly type: string;
  readonly at: number;
  readonly view: () => object;
}

function listTimeline(context: GraphqlContext, pull: PullRequest): readonly TimelineItem[] {
  const { world } = context;
  const commits = comparePull(world, pull).commits.slice(0, MOST_COMMITS);
  const items: TimelineItem[] = [
    ...commits.map((sha) => ({
      type: 'PULL_REQUEST_COMMIT',
      at: world.store.readCommit(sha)!.committer.date.getTime(),
      view: () => viewPullCommit(context, pull, sha),
    })),
    ...pull.reviews.map((review) => ({
      type: 'PULL_REQUEST_REVIEW',
      at: review.submittedAt.getTime(),
      view: () => viewReview(context, pull, review),
    })),
    ...pull.timeline.map((event) => ({
      type: event.kind.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(),
      at: event.at.getTime(),
      view: () => viewEvent(context, pull, event),
    })),
  ];
  return items.sort((a, b) => a.at - b.at);
}

function viewEvent(context: GraphqlContext, pull: PullRequest, event: TimelineEvent): object {
  const basics = {
    __typename: event.kind,
    id: nodeId('EV', event.id),
    createdAt: isoDate(event.at),
    actor: () => viewAccount(context, event.actor),
    pullRequest: () => viewPullRequest(context, pull),
  };
  switch (event.kind) {
    case 'BaseRefChangedEvent':
      return { ...basics, databaseId: event.id, previousRefName: event.from, currentRefName: event.to };
    case 'AutomaticBaseChangeSucceededEvent':
      return { ...basics, oldBase: event.from, newBase: event.to };
    case 'HeadRefForcePushedEvent':
      return {
        ...basics,
        beforeCommit: () => viewCommit(context, pull.repository, event.before),
        afterCommit: () => viewCommit(context, pull.repository, event.after),
        ref: () =>
          pull.headRepository === null ? null : viewRef(context, pull.headRepository, pull.headRef),
      };
    case 'ReviewDismissedEvent': {
      const path = `/${fullName(pull.repository)}/pull/${pull.number}#event-${event.id}`;
      return {
        ...basics,
        databaseId: event.id,
        dismissalMessage: null,
        dismissalMessageHTML: null,
        previousReviewState: event.previousState,
        pullRequestCommit: null,
        review: () => viewReview(context, pull, event.review),
        resourcePath: path,
        url: `${context.world.url}${path}`,
      };
    }
  }
}

function viewLabel(context: GraphqlContext, pull: PullRequest, name: string): object {
  const label = pull.repository.labels.get(name.toLowerCase())!;
  const path = `/${fullName(pull.repository)}/labels/${encodeURIComponent(name)}`;
  return {
    id: nodeId('LA', label.id),
    name: label.name,
    color: label.color,
    description: label.description,
    isDefault: false,
    repository: () => viewRepository(context, pull.repository),
    resourcePath: path,
    url: `${context.world.url}${path}`,
  };
}

function viewIssue(context: GraphqlContext, pull: PullRequest, issue: Issue): object {
  const path = `/${fullName(pull.repository)}/issues/${issue.number}`;
  return {
    __typename: 'Issue',
    id: nodeId('I', issue.id),
    databaseId: issue.id,
    number: issue.number,
    title: issue.title,
    state: issue.state,
    closed: issue.state === 'CLOSED',
    createdAt: isoDate(issue.createdAt),
    author: () => viewAccount(context, issue.author),
    repository: () => viewRepository(context, pull.repository),
    resourcePath: path,
    url: `${context.world.url}${path}`,
  };
}

function viewAutoMerge(context: GraphqlContext, pull: PullRequest): object | null {
  if (pull.autoMerge === null) return null;
  const { by, at } = pull.autoMerge;
  return {
    authorEmail: null,
    commitBody: null,
    commitHeadline: null,
    enabledAt: isoDate(at),
    enabledBy: () => viewAccount(context, by),
    mergeMethod: 'MERGE',
    pullRequest: () => viewPullRequest(context, pull),
  };
}
