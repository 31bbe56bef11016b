// What is the decision once every fact that a rule asks for has been read?
// The reader is handed in: evaluation itself stays pure and replayable from the final snapshot.
import type { AuthorshipFinding } from '../domain/authorship.js';
import { type Fact, factKey } from '../domain/fact.js';
import type { Snapshot } from '../domain/snapshot.js';
import { type Evaluation, type EvaluationInput, evaluate } from './evaluate.js';

/** Reads what it can of the facts and returns the completed snapshot. A record is looked up by who wrote the change. */
export type FactReader = (
  snapshot: Snapshot,
  facts: readonly Fact[],
  authorship: AuthorshipFinding,
) => Promise<Snapshot>;

/** One rule's facts may lead to another's need (a team's members, then their permission). */
const MAX_ROUNDS = 4;

export async function evaluateWithFacts(
  input: EvaluationInput,
  read: FactReader,
): Promise<Evaluation & { readonly snapshot: Snapshot }> {
  const asked = new Set<string>();
  let snapshot = input.snapshot;
  let evaluation = evaluate(input);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const missing = evaluation.missing.filter((fact) => !asked.has(factKey(fact)));
    if (missing.length === 0) break;
    for (const fact of missing) asked.add(factKey(fact));
    snapshot = await read(snapshot, missing, evaluation.decision.authorship);
    evaluation = evaluate({ ...input, snapshot });
  }
  return { ...evaluation, snapshot };
}
