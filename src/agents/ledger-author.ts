// Under whose name does the ledger of merged changes keep the record of a change?
import type { AuthorshipFinding } from '../domain/authorship.js';

/**
 * The agent's name where an agent wrote it, else the login of whoever opened it, else the name git has. An agent is
 * marked as no login is: a person may be called Devin, and would answer for what the agent broke.
 * The same for a change that is judged and for one that was merged, or no record would be found.
 */
export function ledgerAuthor(
  finding: Pick<AuthorshipFinding, 'authorship' | 'agents'>,
  who: { readonly login: string | null; readonly gitName: string | null },
): string {
  const [agent] = finding.agents;
  if (finding.authorship === 'agent' && agent !== undefined) return `${agent} (agent)`;
  return who.login ?? who.gitName ?? 'unknown';
}
