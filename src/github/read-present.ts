// Which of these paths are files at this commit?
import * as z from 'zod';
import type { GitHubClient } from './client.js';
import { findGaps } from './partial-errors.js';
import { parseAnswer } from './transport.js';

/** One request, and none for no paths. Throws `GitHubFailure`. */
export async function readPresent(
  client: GitHubClient,
  at: { readonly owner: string; readonly repo: string; readonly sha: string },
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const { owner, repo, sha } = at;
  const deed = `look for files in ${owner}/${repo}@${sha}`;
  const expressions = Object.fromEntries(paths.map((path, index) => [`p${index}`, `${sha}:${path}`]));
  const variables = { owner, repo, ...expressions };
  const answer = await client.graphql(deed, presentQuery(paths.length), variables);
  findGaps(deed, answer.errors).refuseRest();
  const { repository } = parseAnswer(deed, schema, answer.data);
  return new Set(paths.filter((_path, index) => repository[`p${index}`]?.__typename === 'Blob'));
}

/** Paths are given as variables: none of them is read as a part of the query. */
export function presentQuery(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  return `
query FilesPresent($owner: String!, $repo: String!, ${names.map((name) => `$${name}: String!`).join(', ')}) {
  repository(owner: $owner, name: $repo) {
    ${names.map((name) => `${name}: object(expression: $${name}) { __typename }`).join('\n    ')}
  }
}`;
}

const schema = z.object({
  repository: z.record(z.string(), z.object({ __typename: z.string() }).nullable()),
});
