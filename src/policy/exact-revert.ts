// What does a change owe that undoes exactly one merged change? Tier, approvals and halt: going back must be quick.
import type { Fact } from '../domain/fact.js';
import { code, type Message, say } from '../domain/message.js';
import type { RevertFacts } from '../domain/quality.js';
import type { Snapshot } from '../domain/snapshot.js';
import { readClaimedRevert } from '../outcomes/claimed-revert.js';
import type { Rule } from '../rules/define-rule.js';
import { evals } from '../rules/evals.js';
import { notBuilt } from '../rules/not-built.js';
import { qualityDelta } from '../rules/quality-delta.js';
import { requiredChecks } from '../rules/required-checks.js';
import { traceFields } from '../rules/trace-fields.js';
import { traceLink } from '../rules/trace-link.js';
import type { Demand } from './demand.js';

const NOT_OWED: readonly Rule[] = [traceLink, traceFields, requiredChecks, qualityDelta, evals];
/** Keys of demands that belong to the tier or to people's approval, so they are owed even where nobody judges them yet. */
const OWED_KEYS = /^(?:approvals\.|error_budget|sampling)/;

export function forgiveExactRevert(
  demands: readonly Demand[],
  snapshot: Snapshot,
): { readonly demands: readonly Demand[]; readonly needs: readonly Fact[] } {
  const { repository, pullRequest, revertOf, source } = snapshot;
  if (!demands.some(isForgivable)) return { demands, needs: [] };
  if (revertOf === null) {
    const isClaimed = readClaimedRevert(pullRequest, `${repository.owner}/${repository.name}`) !== null;
    return { demands, needs: isClaimed && source === 'github' ? [{ kind: 'revert' }] : [] };
  }
  if (!revertOf.exact) return { demands, needs: [] };
  const lifted = liftedBy(revertOf);
  return {
    demands: demands.map((demand) => (isForgivable(demand) ? { ...demand, lifted } : demand)),
    needs: [],
  };
}

function isForgivable({ rule, settings }: Demand): boolean {
  if (NOT_OWED.includes(rule)) return true;
  return rule === notBuilt && !OWED_KEYS.test((settings as { readonly key: string }).key);
}

function liftedBy({ pullRequest, sha }: Extract<RevertFacts, { exact: true }>): Message {
  const what = pullRequest === null ? code(sha.slice(0, 7)) : say`pull request ${pullRequest}`;
  return say`Undoes exactly ${what}, line by line: it owes tier, approvals and halt only.`;
}
