// Is enough of GitHub's hour left for work that can wait?
import type { Budget, GitHubClient } from '../github/client.js';

/** When to go on with what can wait; `null`: now. `left`: the share of the hour's budget that stays untouched. */
export function spentUntil(client: GitHubClient, left: number): Date | null {
  const spent = [client.budget('graphql'), client.budget('rest')].filter(
    (budget): budget is Budget => budget !== null && budget.remaining < budget.limit * left,
  );
  return spent.length === 0 ? null : new Date(Math.max(...spent.map(({ resetsAt }) => resetsAt.getTime())));
}
