// Which commits lie on the default branch, newest first, and which pull requests brought them?
// One request a page. What a page cannot tell (many files, former paths, direct pushes) is read by `read-diff.ts`.
import type { PolicyFile } from '../domain/policy-file.js';
import type { Account, ChangedFile, Commit } from '../domain/snapshot.js';
import { toAccount } from './account.js';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';
import { findGaps, type Gaps } from './partial-errors.js';
import { toAttributes, toChangedFile, toCommit, toPolicyFile } from './pull-request-facts.js';
import { parseAnswer } from './transport.js';
import { type TrunkCommitAnswer, type TrunkPullAnswer, trunkSchema } from './trunk-answer.js';
import { TRUNK_QUERY } from './trunk-query.js';

export const LARGEST_TRUNK_PAGE = 50;

export interface TrunkReading {
  readonly repository: {
    readonly id: number;
    readonly owner: string;
    readonly name: string;
    /** `null`: there is none yet. */
    readonly defaultBranch: string | null;
    /** Newest commit of the default branch; `null`: the repository is empty. */
    readonly headSha: string | null;
    /** Text of the default branch's `.gitattributes`; empty: there is none, `null`: it cannot be read. */
    readonly attributes: string | null;
    /** The policy on the default branch, which may name agents of the team's own. */
    readonly policy: PolicyFile;
  };
  /** `null`: the repository is empty, or the commit to start from is not there (any more). */
  readonly page: TrunkPage | null;
}

export interface TrunkPage {
  /** The commit that the pages hang on: later ones are asked for from there, whatever is pushed meanwhile. */
  readonly from: string;
  /** Newest first. */
  readonly entries: readonly TrunkEntry[];
  /** Where the next page begins; `null`: this was the first commit of all. */
  readonly next: string | null;
}

export interface TrunkEntry {
  /** Co-authors are left out: the message names them. */
  readonly commit: Commit;
  /** Committer's clock, seconds since 1970. Anybody can write it. */
  readonly committedAt: number;
  /** An octopus merge has more than the two that `commit.parents` lists. */
  readonly parentCount: number;
  /** Of this repository; merged ones only, the newest first. */
  readonly pulls: readonly TrunkPull[];
}

export interface TrunkPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: Account | null;
  readonly baseRef: string;
  readonly headRef: string;
  readonly headSha: string;
  /** The commit it became on the trunk: the merge, the squashed one, the last of the rebased ones. */
  readonly mergeSha: string | null;
  /** At most 100, without former paths. */
  readonly files: readonly ChangedFile[];
  /** False where there are more, or former paths that GraphQL does not tell: `readFiles` does. */
  readonly hasAllOfFiles: boolean;
  /** Oldest first, at most 20. */
  readonly commits: readonly Commit[];
  readonly commitCount: number;
}

/**
 * One page of the history. `from`: a commit, or `null` for the newest. `null`: the repository is gone, or not
 * visible to us. Throws `GitHubFailure`.
 */
export async function readTrunk(
  client: GitHubClient,
  at: {
    readonly owner: string;
    readonly repo: string;
    readonly from: string | null;
    readonly after: string | null;
    readonly first: number;
  },
): Promise<TrunkReading | null> {
  const { owner, repo, from, after, first } = at;
  const deed = `read the history of ${owner}/${repo}`;
  const variables = { owner, repo, from: from ?? 'HEAD', after, first };
  const answer = await client.graphql(deed, TRUNK_QUERY, variables);
  if (answer.errors.some(({ type, path }) => type === 'NOT_FOUND' && path.join('.') === 'repository'))
    return null;
  const gaps = findGaps(deed, answer.errors);
  const attributesError = gaps.take('repository.attributes');
  const policyError = gaps.take('repository.policy');
  // GitHub says so of a commit that a rewritten branch has lost.
  const trunkGone = answer.errors.some(
    ({ type, path }) => type === 'NOT_FOUND' && path.join('.') === 'repository.trunk',
  );
  if (trunkGone) gaps.take('repository.trunk');
  forgive(gaps);
  gaps.refuseRest();
  const { repository } = parseAnswer(deed, trunkSchema, answer.data);
  if (repository === null)
    throw new GitHubFailure(deed, 'unexpected', 'GitHub gave neither the repository nor a reason');
  const { defaultBranchRef: branch, trunk } = repository;
  return {
    repository: {
      id: repository.databaseId,
      owner: repository.owner.login,
      name: repository.name,
      defaultBranch: branch?.name ?? null,
      headSha: branch?.target?.oid ?? null,
      attributes: attributesError === null ? toAttributes(repository.attributes) : null,
      policy: toPolicyFile(repository.policy, policyError),
    },
    page:
      trunk?.history === undefined
        ? null
        : {
            from: trunk.oid,
            entries: trunk.history.nodes.map((node) => toEntry(node, repository.databaseId)),
            next: trunk.history.pageInfo.hasNextPage ? trunk.history.pageInfo.endCursor : null,
          },
  };
}

/** Reading on without these costs one more request, or a mark of authorship; without the rest a change is lost. */
function forgive(gaps: Gaps): void {
  const commit = 'repository.trunk.history.nodes.*';
  const pull = `${commit}.associatedPullRequests.nodes.*`;
  gaps.take(`${commit}.signature`);
  gaps.take(`${pull}.files`);
  gaps.take(`${pull}.baseRepository`);
  gaps.take(`${pull}.commits.nodes.*.commit.signature`);
}

function toEntry(node: TrunkCommitAnswer, repoId: number): TrunkEntry {
  const pulls = (node.associatedPullRequests?.nodes ?? []).flatMap((pull) =>
    pull !== null && pull.state === 'MERGED' && (pull.baseRepository?.databaseId ?? repoId) === repoId
      ? [toPull(pull)]
      : [],
  );
  return {
    commit: toCommit({ ...node, authors: NO_CO_AUTHORS }, false),
    committedAt: toSeconds(node.committedDate),
    parentCount: node.parents.totalCount,
    pulls,
  };
}

/** Co-authors stand in the message too. */
const NO_CO_AUTHORS = { totalCount: 0, nodes: [] };

function toPull(pull: TrunkPullAnswer): TrunkPull {
  const { files } = pull;
  const isWhole =
    files !== null &&
    files.nodes.length === files.totalCount &&
    files.nodes.every(({ changeType }) => changeType !== 'RENAMED' && changeType !== 'COPIED');
  return {
    number: pull.number,
    title: pull.title,
    body: pull.body,
    author: pull.author === null ? null : toAccount(pull.author),
    baseRef: pull.baseRefName,
    headRef: pull.headRefName,
    headSha: pull.headRefOid,
    mergeSha: pull.mergeCommit?.oid ?? null,
    files: (files?.nodes ?? []).map(toChangedFile),
    hasAllOfFiles: isWhole,
    commits: pull.commits.nodes.map(({ commit }) =>
      toCommit(
        { ...commit, authors: NO_CO_AUTHORS, parents: { nodes: [] } },
        // An unsigned commit and one whose signature could not be read look the same here.
        false,
      ),
    ),
    commitCount: pull.commits.totalCount,
  };
}

/** A date that nobody can read is as good as 1970, which the reader of the history sets right. */
function toSeconds(date: string): number {
  const milliseconds = Date.parse(date);
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1_000);
}
