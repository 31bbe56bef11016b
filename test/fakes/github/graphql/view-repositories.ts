// How does GraphQL show repositories, branches, files and merge queues?

import { isBinary } from '../git/hunks.js';
import { compareBytes, type TreeEntry } from '../git/store.js';
import { permissionOf } from '../model/accounts.js';
import { resolveCommit } from '../model/commits.js';
import { fullName, isoDate, nodeId, type QueueEntry, type Repository } from '../model/world.js';
import { connect, type PageArguments, refuse } from './connection.js';
import type { GraphqlContext } from './service.js';
import { viewAccount } from './view-accounts.js';
import { viewCommit } from './view-commits.js';
import { viewPullRequest } from './view-pull-requests.js';

export function viewRepository(context: GraphqlContext, repository: Repository): Record<string, unknown> {
  const { world, caller } = context;
  const name = fullName(repository);
  return {
    __typename: 'Repository',
    id: nodeId('R', repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: name,
    owner: () => viewAccount(context, repository.owner),
    isPrivate: repository.isPrivate,
    isFork: repository.parent !== null,
    isArchived: false,
    isDisabled: false,
    isEmpty: repository.branches.size === 0,
    visibility: repository.isPrivate ? 'PRIVATE' : 'PUBLIC',
    description: null,
    createdAt: isoDate(repository.createdAt),
    updatedAt: isoDate(repository.pushedAt),
    pushedAt: isoDate(repository.pushedAt),
    url: `${world.url}/${name}`,
    resourcePath: `/${name}`,
    parent: () => (repository.parent === null ? null : viewRepository(context, repository.parent)),
    viewerPermission: () =>
      caller.kind === 'person' ? permissionOf(world, repository, caller.account).toUpperCase() : null,
    defaultBranchRef: () => viewRef(context, repository, repository.defaultBranch),
    ref: ({ qualifiedName }: { qualifiedName: string }) =>
      viewRef(context, repository, qualifiedName.replace(/^(refs\/)?heads\//, '')),
    object: ({ oid, expression }: { oid?: string | null; expression?: string | null }) =>
      findObject(context, repository, oid ?? expression ?? ''),
    pullRequest: ({ number }: { number: number }) => {
      const pull = repository.pulls.get(number);
      if (pull === undefined)
        throw refuse(`Could not resolve to a PullRequest with the number of ${number}.`, 'NOT_FOUND');
      return viewPullRequest(context, pull);
    },
    pullRequests: (args: PullRequestArguments) => {
      const found = [...repository.pulls.values()]
        .filter((pull) => args.states == null || args.states.includes(pull.state))
        .filter((pull) => args.baseRefName == null || pull.baseRef === args.baseRefName)
        .filter((pull) => args.headRefName == null || pull.headRef === args.headRefName)
        .filter((pull) => args.labels == null || args.labels.some((label) => pull.labels.has(label)));
      if (args.orderBy != null) {
        const time = (pull: (typeof found)[number]) =>
          (args.orderBy!.field === 'UPDATED_AT' ? pull.updatedAt : pull.createdAt).getTime();
        const sign = args.orderBy.direction === 'DESC' ? -1 : 1;
        found.sort((a, b) => sign * (time(a) - time(b) || a.number - b.number));
      }
      return connect('pullRequests', found, args, (pull) => viewPullRequest(context, pull));
    },
    mergeQueue: ({ branch }: { branch?: string | null }) =>
      viewMergeQueue(context, repository, branch ?? repository.defaultBranch),
  };
}

interface PullRequestArguments extends PageArguments {
  readonly states?: readonly string[] | null;
  readonly baseRefName?: string | null;
  readonly headRefName?: string | null;
  readonly labels?: readonly string[] | null;
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null;
}

export function viewRef(context: GraphqlContext, repository: Repository, name: string): object | null {
  const sha = repository.branches.get(name);
  if (sha === undefined) return null;
  return {
    id: nodeId('REF', `${repository.id}:${name}`),
    name,
    prefix: 'refs/heads/',
    repository: () => viewRepository(context, repository),
    target: () => viewCommit(context, repository, sha),
  };
}

export function viewMergeQueue(
  context: GraphqlContext,
  repository: Repository,
  branch: string,
): object | null {
  const queue = repository.mergeQueues.get(branch);
  if (queue === undefined) return null;
  const path = `/${fullName(repository)}/queue/${branch}`;
  const view: object = {
    id: nodeId('MQ', `${repository.id}:${branch}`),
    nextEntryEstimatedTimeToMerge: null,
    resourcePath: path,
    url: `${context.world.url}${path}`,
    repository: () => viewRepository(context, repository),
    entries: (args: PageArguments) =>
      connect('entries', queue, args, (entry) => viewQueueEntry(context, entry)),
  };
  return view;
}

export function viewQueueEntry(context: GraphqlContext, entry: QueueEntry): object {
  const { repository, baseRef } = entry.pull;
  return {
    id: nodeId('MQE', entry.id),
    // Counted from 1.
    position: (repository.mergeQueues.get(baseRef)?.indexOf(entry) ?? -1) + 1,
    state: 'AWAITING_CHECKS',
    jump: false,
    solo: false,
    enqueuedAt: isoDate(entry.enqueuedAt),
    estimatedTimeToMerge: null,
    enqueuer: () => viewAccount(context, entry.enqueuedBy),
    baseCommit: () => viewCommit(context, repository, entry.baseSha),
    headCommit: () => viewCommit(context, repository, entry.headSha),
    pullRequest: () => viewPullRequest(context, entry.pull),
    mergeQueue: () => viewMergeQueue(context, repository, baseRef),
  };
}

/** `main`, `HEAD:path`, `branch:path`, an id, or `id:path`; nothing there is null without an error. */
export function findObject(
  context: GraphqlContext,
  repository: Repository,
  expression: string,
): object | null {
  const { store } = context.world;
  const colon = expression.indexOf(':');
  const revision = colon < 0 ? expression : expression.slice(0, colon);
  const sha = resolveCommit(context.world, repository, revision);
  if (colon < 0) {
    if (sha !== null) return viewCommit(context, repository, sha);
    if (store.readBlob(revision) !== undefined) return viewBlob(context, repository, revision);
    return store.readTreeLevel(revision) === undefined ? null : viewTree(context, repository, revision, '');
  }
  if (sha === null) return null;
  return viewPath(context, repository, sha, expression.slice(colon + 1));
}

function viewPath(context: GraphqlContext, repository: Repository, sha: string, path: string): object | null {
  const { store } = context.world;
  const entry = store.treeOf(sha).get(path);
  if (entry !== undefined) return viewEntryObject(context, repository, entry);
  let level = store.readCommit(sha)!.tree;
  for (const name of path === '' ? [] : path.split('/')) {
    const folder = store.readTreeLevel(level)?.find((each) => each.name === name && each.mode === '40000');
    if (folder === undefined) return null;
    level = folder.sha;
  }
  return viewTree(context, repository, level, path);
}

/** One file of a commit; as `Commit.file` answers it. */
export function viewTreeEntry(
  context: GraphqlContext,
  repository: Repository,
  path: string,
  entry: TreeEntry,
): object {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const types: Record<string, string> = { '40000': 'tree', '160000': 'commit' };
  return {
    name,
    path,
    nameRaw: Buffer.from(name).toString('base64'),
    pathRaw: Buffer.from(path).toString('base64'),
    extension: /\.[^.]*$/.exec(name)?.[0] ?? '',
    isGenerated: false,
    // GitHub gives git's octal mode as a decimal number.
    mode: Number.parseInt(entry.mode, 8),
    oid: entry.sha,
    type: types[entry.mode] ?? 'blob',
    size: context.world.store.readBlob(entry.sha)?.length ?? 0,
    object: () => viewEntryObject(context, repository, entry),
    repository: () => viewRepository(context, repository),
  };
}

function viewEntryObject(context: GraphqlContext, repository: Repository, entry: TreeEntry): object | null {
  if (entry.mode === '160000') return null;
  if (entry.mode === '40000') return viewTree(context, repository, entry.sha, '');
  return viewBlob(context, repository, entry.sha);
}

/** GitHub hands out this much of a text. */
const LARGEST_TEXT = 512_000;

function viewBlob(context: GraphqlContext, repository: Repository, sha: string): object {
  const content = context.world.store.readBlob(sha)!;
  const binary = isBinary(content);
  return {
    __typename: 'Blob',
    ...viewObjectBasics(context, repository, sha, 'B'),
    byteSize: content.length,
    isBinary: binary,
    isTruncated: content.length > LARGEST_TEXT,
    text: binary ? null : content.subarray(0, LARGEST_TEXT).toString('utf8'),
  };
}

function viewTree(context: GraphqlContext, repository: Repository, sha: string, path: string): object {
  const entries = [...(context.world.store.readTreeLevel(sha) ?? [])].sort((a, b) =>
    compareBytes(a.name, b.name),
  );
  return {
    __typename: 'Tree',
    ...viewObjectBasics(context, repository, sha, 'T'),
    entries: () =>
      entries.map((each) =>
        viewTreeEntry(context, repository, path === '' ? each.name : `${path}/${each.name}`, each),
      ),
  };
}

export function viewObjectBasics(context: GraphqlContext, repository: Repository, sha: string, kind: string) {
  const path = `/${fullName(repository)}/commit/${sha}`;
  return {
    id: nodeId(kind, `${repository.id}:${sha}`),
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    commitResourcePath: path,
    commitUrl: `${context.world.url}${path}`,
    repository: () => viewRepository(context, repository),
  };
}
