// May a merge group merge, when each of its pull requests was judged on its own?
import type { Decision, Gate } from '../domain/verdict.js';
import { gateOf } from './evaluate.js';

const STRICTEST_FIRST: readonly Gate[] = ['failure', 'action_required', 'in_progress', 'neutral', 'success'];

/**
 * The strictest gate of all. A pull request that could not be resolved or judged is `null` and fails the group, as
 * does an empty group: a queue merges whatever it is not told to hold.
 */
export function combineGroup(decisions: readonly (Decision | null)[]): Gate {
  if (decisions.length === 0) return 'failure';
  const gates = decisions.map((decision) => (decision === null ? 'failure' : gateOf(decision)));
  return STRICTEST_FIRST.find((gate) => gates.includes(gate)) ?? 'failure';
}
