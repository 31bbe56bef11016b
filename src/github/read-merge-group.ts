// Which pull requests does a merge group hold?
// The event names only commits. The queue's entries are matched by their commits, never by the name of the branch.
import * as z from 'zod';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';
import { findGaps } from './partial-errors.js';
import { parseAnswer } from './transport.js';

/** GitHub's queue holds a few hundred at most; the group is near its front. */
const MAX_PAGES = 10;

export const MERGE_QUEUE_QUERY = `
query MergeQueue($owner: String!, $repo: String!, $branch: String!, $after: String) {
  repository(owner: $owner, name: $repo) {
    mergeQueue(branch: $branch) {
      entries(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          position
          baseCommit { oid }
          headCommit { oid }
          pullRequest { number headRefOid }
        }
      }
    }
  }
}`;

export type MergeGroupReading =
  /** In the order of the queue; `headSha` is the head that was queued (a push takes a pull request out). */
  | {
      readonly kind: 'resolved';
      readonly pullRequests: readonly { readonly number: number; readonly headSha: string }[];
    }
  | { readonly kind: 'unresolvable'; readonly why: string };

/**
 * `baseRef`, `baseSha` and `headSha` as the `merge_group` event has them (`refs/heads/main`).
 * Throws `GitHubFailure` where asking again may help; `unresolvable` where it will not.
 */
export async function readMergeGroup(
  client: GitHubClient,
  group: {
    readonly owner: string;
    readonly repo: string;
    readonly baseRef: string;
    readonly baseSha: string;
    readonly headSha: string;
  },
): Promise<MergeGroupReading> {
  const { owner, repo } = group;
  const branch = group.baseRef.replace(/^refs\/heads\//, '');
  const deed = `read merge queue of ${owner}/${repo} ${branch}`;
  const entries: Entry[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await client.graphql(deed, MERGE_QUEUE_QUERY, { owner, repo, branch, after });
    const refusal = answer.errors.find(({ type }) => type === 'FORBIDDEN' || type === 'NOT_FOUND');
    if (refusal !== undefined) {
      return unresolvable(`GitHub does not show the queue of ${branch} (${refusal.message})`);
    }
    findGaps(deed, answer.errors).refuseRest();
    const queue = parseAnswer(deed, schema, answer.data).repository.mergeQueue;
    if (queue === null) return unresolvable(`${branch} has no merge queue that the app can see`);
    if (queue.entries === null)
      throw new GitHubFailure(deed, 'unavailable', 'GitHub did not list the entries');
    entries.push(...queue.entries.nodes);
    if (!queue.entries.pageInfo.hasNextPage) break;
    after = queue.entries.pageInfo.endCursor;
  }
  return resolveMergeGroup(entries, group.baseSha, group.headSha);
}

/**
 * Walks from the entry whose head is the group's back to the group's base. Entries before it that start from the
 * same base are taken along: should GitHub record the base of the whole group on each, none is left out; should it
 * not, a pull request that merges earlier anyway is judged once more.
 */
function resolveMergeGroup(entries: readonly Entry[], baseSha: string, headSha: string): MergeGroupReading {
  const byHead = new Map(
    entries.flatMap((entry) => (entry.headCommit ? [[entry.headCommit.oid, entry]] : [])),
  );
  const found = new Set<Entry>();
  let head = headSha;
  while (head !== baseSha) {
    const entry = byHead.get(head);
    if (entry === undefined) {
      return unresolvable(`no entry of the queue ends at ${head.slice(0, 7)}; it may have left the queue`);
    }
    if (found.has(entry)) return unresolvable('the entries of the queue run in a circle');
    found.add(entry);
    if (entry.baseCommit === null)
      return unresolvable(`GitHub does not say what ${head.slice(0, 7)} is based on`);
    head = entry.baseCommit.oid;
  }
  const last = byHead.get(headSha);
  if (last === undefined) return unresolvable('the group holds no commit');
  for (const entry of entries) {
    if (entry.position < last.position && entry.baseCommit?.oid === baseSha) found.add(entry);
  }
  const pullRequests: { number: number; headSha: string }[] = [];
  for (const entry of [...found].sort((a, b) => a.position - b.position)) {
    if (entry.pullRequest === null) return unresolvable('GitHub does not say which pull request is queued');
    pullRequests.push({ number: entry.pullRequest.number, headSha: entry.pullRequest.headRefOid });
  }
  return { kind: 'resolved', pullRequests };
}

function unresolvable(why: string): MergeGroupReading {
  return { kind: 'unresolvable', why };
}

const commit = z.object({ oid: z.string() }).nullable();
const entry = z.object({
  position: z.number(),
  baseCommit: commit,
  headCommit: commit,
  pullRequest: z.object({ number: z.number(), headRefOid: z.string() }).nullable(),
});
type Entry = z.infer<typeof entry>;

const schema = z.object({
  repository: z.object({
    mergeQueue: z
      .object({
        entries: z
          .object({
            pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
            nodes: z.array(entry),
          })
          .nullable(),
      })
      .nullable(),
  }),
});
