// How does GraphQL show commits, their authors, signatures and checks?
import { listCommits } from '../git/history.js';
import type { CommitObject, GitPerson } from '../git/store.js';
import { findByEmail } from '../model/accounts.js';
import { latestRuns, latestRunsOn, latestStatusesOn, suiteState } from '../model/checks.js';
import { changesOf, comparePull } from '../model/comparisons.js';
import {
  type App,
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
import { connect, type PageArguments, refuse } from './connection.js';
import type { GraphqlContext } from './service.js';
import { viewAccount, viewUser } from './view-accounts.js';
import { viewPullRequest } from './view-pull-requests.js';
import { findObject, viewObjectBasics, viewRef, viewRepository, viewTreeEntry } from './view-repositories.js';

export function viewCommit(
  context: GraphqlContext,
  repository: Repository,
  sha: string,
): Record<string, unknown> {
  const { world } = context;
  const commit = world.store.readCommit(sha);
  if (commit === undefined) throw new Error(`There is no commit ${sha}.`);
  const path = `/${fullName(repository)}/commit/${sha}`;
  const changes = () => changesOf(world, sha);
  const [headline = '', ...rest] = commit.message.split('\n');
  return {
    __typename: 'Commit',
    ...viewObjectBasics(context, repository, sha, 'C'),
    resourcePath: path,
    url: `${world.url}${path}`,
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join('\n').replace(/^\n+/, ''),
    authoredDate: isoDate(commit.author.date),
    committedDate: isoDate(commit.committer.date),
    authoredByCommitter: commit.author.email === commit.committer.email,
    committedViaWeb: commit.committer.email === 'noreply@github.com',
    author: () => viewPerson(context, commit.author),
    committer: () => viewPerson(context, commit.committer),
    authors: (args: PageArguments) =>
      connect('authors', listAuthors(commit), args, (person) => viewPerson(context, person)),
    parents: (args: PageArguments) =>
      connect('parents', commit.parents, args, (parent) => viewCommit(context, repository, parent)),
    signature: () => viewSignature(context, commit),
    additions: () => changes().additions,
    deletions: () => changes().deletions,
    changedFiles: () => changes().files.length,
    changedFilesIfAvailable: () => changes().files.length,
    tree: () => findObject(context, repository, commit.tree),
    file: (args: { path: string }) => {
      const entry = world.store.treeOf(sha).get(args.path);
      if (entry === undefined) throw refuse(`Could not resolve file for path '${args.path}'.`, 'NOT_FOUND');
      return viewTreeEntry(context, repository, args.path, entry);
    },
    history: (args: PageArguments) =>
      connect('history', [...listCommits(world.store, null, sha)].reverse(), args, (each) =>
        viewCommit(context, repository, each),
      ),
    checkSuites: (
      args: PageArguments & { filterBy?: { appId?: number | null; checkName?: string | null } | null },
    ) => {
      const suites = repository.checkSuites
        .filter((suite) => suite.headSha === sha)
        .filter((suite) => args.filterBy?.appId == null || suite.app.id === args.filterBy.appId)
        .filter(
          (suite) =>
            args.filterBy?.checkName == null ||
            suite.runs.some((run) => run.name === args.filterBy?.checkName),
        );
      return connect('checkSuites', suites, args, (suite) => viewSuite(context, repository, suite));
    },
    statusCheckRollup: () => viewRollup(context, repository, sha),
    associatedPullRequests: (args: PageArguments & { orderBy?: { direction: 'ASC' | 'DESC' } | null }) => {
      const pulls = [...repository.pulls.values()].filter((pull) => holds(context, pull, sha));
      if (args.orderBy?.direction === 'DESC') pulls.reverse();
      return connect('associatedPullRequests', pulls, args, (pull) => viewPullRequest(context, pull));
    },
  };
}

/** Of a commit: `null` where nobody has reported anything. */
export function viewRollup(context: GraphqlContext, repository: Repository, sha: string): object | null {
  const runs = latestRunsOn(repository, sha);
  const statuses = latestStatusesOn(repository, sha);
  if (runs.length + statuses.length === 0) return null;
  const words = [
    ...runs.map((run) => run.conclusion ?? 'pending'),
    ...statuses.map((status) => status.state),
  ];
  const contexts: readonly (CheckRun | CommitStatus)[] = [...runs, ...statuses];
  return {
    id: nodeId('SCR', `${repository.id}:${sha}`),
    state: sumUp(words),
    commit: () => viewCommit(context, repository, sha),
    contexts: (args: PageArguments) =>
      connect(
        'contexts',
        contexts,
        args,
        (each) =>
          'suite' in each ? viewRun(context, repository, each) : viewStatus(context, repository, each),
        { fields: { checkRunCount: runs.length, statusContextCount: statuses.length } },
      ),
  };
}

function sumUp(words: readonly string[]): string {
  if (words.includes('error')) return 'ERROR';
  if (words.some((word) => !['success', 'neutral', 'skipped', 'pending'].includes(word))) return 'FAILURE';
  return words.includes('pending') ? 'PENDING' : 'SUCCESS';
}

function holds({ world }: GraphqlContext, pull: PullRequest, sha: string): boolean {
  return (
    pull.headSha === sha ||
    pull.mergeCommitSha === sha ||
    comparePull(world, pull).commits.includes(sha) ||
    rebasedCommits(world, pull).includes(sha)
  );
}

/** What "Rebase and merge" made of the branch's commits; GitHub shows the pull request on each of them. */
function rebasedCommits(world: World, pull: PullRequest): readonly string[] {
  const { mergeCommitSha, baseSha } = pull;
  if (mergeCommitSha === null || world.store.readCommit(mergeCommitSha)!.parents.length !== 1) return [];
  const landed = listCommits(world.store, baseSha, mergeCommitSha);
  const plain = comparePull(world, pull).commits.filter(
    (each) => world.store.readCommit(each)!.parents.length === 1,
  );
  return landed.length === plain.length ? landed : [];
}

function viewPerson(context: GraphqlContext, person: GitPerson): object {
  const account = findByEmail(context.world, person.email);
  return {
    name: person.name,
    email: person.email,
    date: isoDate(person.date),
    user: () => viewUser(context, account),
    avatarUrl: `${context.world.url}/avatars/${account?.id ?? 0}`,
  };
}

/** The author and every co-author in a trailer, each once. */
function listAuthors(commit: CommitObject): readonly GitPerson[] {
  const trailers = [...commit.message.matchAll(/^co-authored-by:\s*(.*?)\s*<([^>]+)>\s*$/gim)];
  const people = [
    commit.author,
    ...trailers.map(([, name, email]) => ({ name: name!, email: email!, date: commit.author.date })),
  ];
  return [...new Map(people.map((person) => [person.email.toLowerCase(), person])).values()];
}

function viewSignature(context: GraphqlContext, commit: CommitObject): object | null {
  const record = context.world.signatures.get(commit.sha);
  if (record === undefined) return null;
  return {
    __typename: 'GpgSignature',
    email: commit.committer.email,
    isValid: record.state === 'VALID',
    state: record.state,
    payload: context.world.store.signedPayload(commit.sha),
    signature: commit.gpgsig ?? '',
    keyId: null,
    verifiedAt: record.state === 'VALID' ? isoDate(commit.committer.date) : null,
    wasSignedByGitHub: record.byGitHub,
    signer: () => viewUser(context, record.signer),
  };
}

interface RunFilter {
  readonly appId?: number | null;
  readonly checkName?: string | null;
  readonly checkType?: 'ALL' | 'LATEST' | null;
  readonly status?: string | null;
  readonly statuses?: readonly string[] | null;
  readonly conclusions?: readonly string[] | null;
}

function viewSuite(context: GraphqlContext, repository: Repository, suite: CheckSuite): object {
  const { status, conclusion } = suiteState(suite);
  const path = `/${fullName(repository)}/commit/${suite.headSha}/checks`;
  return {
    id: nodeId('CS', suite.id),
    databaseId: suite.id,
    app: () => viewApp(context, suite.app),
    branch: () => (suite.headBranch === null ? null : viewRef(context, repository, suite.headBranch)),
    commit: () => viewCommit(context, repository, suite.headSha),
    status: status.toUpperCase(),
    conclusion: conclusion?.toUpperCase() ?? null,
    createdAt: isoDate(suite.createdAt),
    updatedAt: isoDate(suite.createdAt),
    repository: () => viewRepository(context, repository),
    resourcePath: path,
    url: `${context.world.url}${path}`,
    checkRuns: (args: PageArguments & { filterBy?: RunFilter | null }) => {
      const filter = args.filterBy ?? {};
      const runs = (filter.checkType === 'ALL' ? suite.runs : latestRuns(suite))
        .filter((run) => filter.appId == null || run.suite.app.id === filter.appId)
        .filter((run) => filter.checkName == null || run.name === filter.checkName)
        .filter((run) => filter.status == null || run.status.toUpperCase() === filter.status)
        .filter((run) => filter.statuses == null || filter.statuses.includes(run.status.toUpperCase()))
        .filter(
          (run) =>
            filter.conclusions == null || filter.conclusions.includes(run.conclusion?.toUpperCase() ?? ''),
        );
      return connect('checkRuns', runs, args, (run) => viewRun(context, repository, run));
    },
  };
}

function viewRun(context: GraphqlContext, repository: Repository, run: CheckRun): object {
  const path = `/${fullName(repository)}/runs/${run.id}`;
  return {
    __typename: 'CheckRun',
    id: nodeId('CR', run.id),
    databaseId: run.id,
    name: run.name,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    externalId: run.externalId,
    title: run.title,
    summary: run.summary,
    text: run.text,
    startedAt: run.startedAt === null ? null : isoDate(run.startedAt),
    completedAt: run.completedAt === null ? null : isoDate(run.completedAt),
    detailsUrl: run.detailsUrl ?? `${context.world.url}${path}`,
    permalink: `${context.world.url}${path}`,
    resourcePath: path,
    url: `${context.world.url}${path}`,
    repository: () => viewRepository(context, repository),
    checkSuite: () => viewSuite(context, repository, run.suite),
    isRequired: (args: { pullRequestNumber?: number | null }) =>
      isRequired(repository, args.pullRequestNumber, run.name, run.suite.app.id),
  };
}

function viewStatus(context: GraphqlContext, repository: Repository, status: CommitStatus): object {
  return {
    __typename: 'StatusContext',
    id: nodeId('SC', status.id),
    context: status.context,
    state: status.state.toUpperCase(),
    description: status.description,
    targetUrl: status.targetUrl,
    createdAt: isoDate(status.createdAt),
    creator: () => viewAccount(context, status.creator),
    commit: () => viewCommit(context, repository, status.sha),
    avatarUrl: `${context.world.url}/avatars/${status.creator.id}`,
    isRequired: (args: { pullRequestNumber?: number | null }) =>
      isRequired(repository, args.pullRequestNumber, status.context, status.app?.id ?? null),
  };
}

function isRequired(
  repository: Repository,
  number: number | null | undefined,
  name: string,
  appId: number | null,
) {
  const base = number == null ? undefined : repository.pulls.get(number)?.baseRef;
  const rules = base === undefined ? undefined : repository.protections.get(base);
  return (
    rules?.requiredChecks.some(
      (each) => each.context === name && (each.appId === null || each.appId === appId),
    ) ?? false
  );
}

function viewApp({ world }: GraphqlContext, app: App): object {
  return {
    id: nodeId('A', app.id),
    databaseId: app.id,
    clientId: app.clientId,
    name: app.name,
    slug: app.slug,
    description: '',
    createdAt: isoDate(app.createdAt),
    updatedAt: isoDate(app.createdAt),
    url: `${world.url}/apps/${app.slug}`,
  };
}
