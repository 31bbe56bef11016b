// Which repositories does an installation reach?
import { z } from 'zod';
import type { GitHubClient } from './client.js';
import { parseAnswer } from './transport.js';

const answerSchema = z.object({
  repositories: z.array(
    z.object({ name: z.string(), owner: z.object({ login: z.string() }), archived: z.boolean().optional() }),
  ),
});

const PER_PAGE = 100;
/** An installation may reach more than this; the cap only bounds the loop. */
const MAX_PAGES = 1_000;

/** Archived ones are left out: nothing can be written there. https://docs.github.com/rest/apps/installations */
export async function listInstallationRepositories(
  client: GitHubClient,
): Promise<readonly { readonly owner: string; readonly name: string }[]> {
  const deed = 'list the repositories of the installation';
  const found: { owner: string; name: string }[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await client.request(deed, 'GET /installation/repositories', { per_page: PER_PAGE, page });
    const { repositories } = parseAnswer(deed, answerSchema, answer.data);
    for (const repository of repositories) {
      if (repository.archived !== true) found.push({ owner: repository.owner.login, name: repository.name });
    }
    if (repositories.length < PER_PAGE) return found;
  }
  return found;
}
