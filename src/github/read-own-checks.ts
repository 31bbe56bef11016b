// Which check runs of ours stand on a commit that belongs to no pull request, such as a merge group's?
import { z } from 'zod';
import type { OwnCheck } from '../domain/snapshot.js';
import type { GitHubClient } from './client.js';
import { parseAnswer } from './transport.js';

const answerSchema = z.object({
  check_runs: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      status: z.enum(['queued', 'in_progress', 'completed', 'waiting', 'requested', 'pending']),
      conclusion: z.string().nullable(),
      external_id: z.string().nullable(),
    }),
  ),
});

/** The newest run of each name, by app id. https://docs.github.com/rest/checks/runs#list-check-runs-for-a-git-reference */
export async function readOwnChecks(
  client: GitHubClient,
  address: { readonly owner: string; readonly repo: string; readonly sha: string; readonly appId: number },
): Promise<readonly OwnCheck[]> {
  const { owner, repo, sha, appId } = address;
  const deed = `read our checks on ${owner}/${repo}@${sha}`;
  const answer = await client.request(deed, 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    owner,
    repo,
    ref: sha,
    app_id: appId,
    filter: 'latest',
    per_page: 100,
  });
  return parseAnswer(deed, answerSchema, answer.data).check_runs.map((run) => ({
    id: run.id,
    name: run.name,
    status: run.status === 'completed' || run.status === 'in_progress' ? run.status : 'queued',
    conclusion: run.conclusion,
    externalId: run.external_id,
  }));
}
