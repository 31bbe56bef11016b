// Whose account is it, as REST would write it?
import * as z from 'zod';
import type { Account } from '../domain/snapshot.js';

/** Fragment `actor`. GitHub gives `null` for a deleted account. */
export const actorSchema = z.object({
  __typename: z.enum(['User', 'Bot', 'Organization', 'Mannequin', 'EnterpriseUserAccount']),
  login: z.string(),
  databaseId: z.number().nullish(),
});

/** A GraphQL field of type `User` has no `__typename` of interest. */
export const userSchema = z.object({ login: z.string(), databaseId: z.number().nullish() });

/**
 * GraphQL writes a bot's login without the suffix that REST, webhooks and commits give it. The one exception seen
 * is the Copilot coding agent: `copilot-swe-agent` in GraphQL is `Copilot` in REST, both id 198982749.
 */
export function toAccount(actor: z.infer<typeof actorSchema>): Account {
  return { login: restLogin(actor), id: actor.databaseId ?? null, type: actor.__typename };
}

export function toUser(user: z.infer<typeof userSchema>): Account {
  return { login: user.login, id: user.databaseId ?? null, type: 'User' };
}

/** What GitHub shows for a deleted account. No id and no type: it can never be taken for a person with rights. */
export const DELETED_ACCOUNT: Account = { login: 'ghost', id: null, type: null };

function restLogin({ __typename, login }: z.infer<typeof actorSchema>): string {
  if (__typename !== 'Bot' || login.endsWith('[bot]')) return login;
  return login.toLowerCase() === 'copilot-swe-agent' ? 'Copilot' : `${login}[bot]`;
}
