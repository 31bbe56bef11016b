// Which pull requests are open, so that all can be judged again?
import * as z from 'zod';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';
import { findGaps } from './partial-errors.js';
import { parseAnswer } from './transport.js';

/** 10,000 open pull requests. */
const MAX_PAGES = 100;

/** Cost: 1 point for 100. REST would send about 20 KB for each. */
export const OPEN_PULL_REQUESTS_QUERY = `
query OpenPullRequests($owner: String!, $repo: String!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequests(states: [OPEN], first: 100, after: $after, orderBy: { field: CREATED_AT, direction: ASC }) {
      pageInfo { hasNextPage endCursor }
      nodes { number headRefOid }
    }
  }
}`;

/** Every open pull request, oldest first. Empty if the repository is gone. Throws `GitHubFailure`. */
export async function listOpenPullRequests(
  client: GitHubClient,
  at: { readonly owner: string; readonly repo: string },
): Promise<readonly { readonly number: number; readonly headSha: string }[]> {
  const { owner, repo } = at;
  const deed = `list open pull requests of ${owner}/${repo}`;
  const found = new Map<number, string>();
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await client.graphql(deed, OPEN_PULL_REQUESTS_QUERY, { owner, repo, after });
    if (answer.errors.some(({ type, path }) => type === 'NOT_FOUND' && path.join('.') === 'repository'))
      return [];
    findGaps(deed, answer.errors).refuseRest();
    const { pageInfo, nodes } = parseAnswer(deed, schema, answer.data).repository.pullRequests;
    // Somebody may open or close one between two pages; twice the same counts once.
    for (const { number, headRefOid } of nodes) found.set(number, headRefOid);
    if (!pageInfo.hasNextPage) return [...found].map(([number, headSha]) => ({ number, headSha }));
    after = pageInfo.endCursor;
  }
  throw new GitHubFailure(deed, 'unexpected', `more than ${MAX_PAGES * 100} are open`);
}

const schema = z.object({
  repository: z.object({
    pullRequests: z.object({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      nodes: z.array(z.object({ number: z.number(), headRefOid: z.string() })),
    }),
  }),
});
