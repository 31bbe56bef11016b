// What is wrong or odd in a policy that has the right shape?
import type { Path } from './source.js';

export interface SemanticProblem {
  readonly path: Path;
  readonly onKey: boolean;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** Reads the raw document defensively: parts of the wrong shape are the schema's to tell of. */
export function findSemanticProblems(
  _input: unknown,
  _knownAgents: readonly string[],
): readonly SemanticProblem[] {
  return [];
}
