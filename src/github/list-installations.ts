// Where is the App installed, by GitHub's own word?
import * as z from 'zod';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';
import { parseAnswer } from './transport.js';

export interface ListedInstallation {
  readonly id: number;
  readonly account: string;
  readonly isSuspended: boolean;
}

const PER_PAGE = 100;
const MAX_PAGES = 1_000;

/**
 * With the App's own client. One request per 100. `at`: when GitHub began to answer, by its clock if it tells.
 * https://docs.github.com/rest/apps/apps#list-installations-for-the-authenticated-app
 */
export async function listInstallations(
  client: GitHubClient,
  now: Date,
): Promise<{ readonly installations: readonly ListedInstallation[]; readonly at: Date }> {
  const deed = 'list the installations of the App';
  const found = new Map<number, ListedInstallation>();
  let at: Date | null = null;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await client.request(deed, 'GET /app/installations', { per_page: PER_PAGE, page });
    at ??= dateOf(answer.headers.date) ?? now;
    const listed = parseAnswer(deed, answerSchema, answer.data);
    for (const { id, account, suspended_at: suspendedAt } of listed) {
      // An enterprise has a slug for a login.
      const login = account?.login ?? account?.slug;
      if (login !== undefined)
        found.set(id, { id, account: login, isSuspended: typeof suspendedAt === 'string' });
    }
    if (listed.length < PER_PAGE) return { installations: [...found.values()], at };
  }
  throw new GitHubFailure(deed, 'unexpected', `more than ${MAX_PAGES * PER_PAGE} installations`);
}

/** By its number. One request. */
export async function isInstalled(client: GitHubClient, id: number): Promise<boolean> {
  try {
    const route = 'GET /app/installations/{installation_id}';
    await client.request(`look for installation ${id}`, route, { installation_id: id });
    return true;
  } catch (error) {
    if (error instanceof GitHubFailure && error.kind === 'not-found') return false;
    throw error;
  }
}

function dateOf(header: string | number | undefined): Date | null {
  const ms = Date.parse(String(header ?? ''));
  return Number.isNaN(ms) ? null : new Date(ms);
}

const answerSchema = z.array(
  z.object({
    id: z.number(),
    account: z.object({ login: z.string().optional(), slug: z.string().optional() }).nullable(),
    suspended_at: z.string().nullish(),
  }),
);
