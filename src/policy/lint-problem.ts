// How is a semantic problem told, and how is a document of unknown shape read?
import type { Path } from './source.js';

export interface SemanticProblem {
  readonly path: Path;
  /** True if the key is at fault, not its value. */
  readonly onKey: boolean;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** The mapping, or an empty one for anything else. */
export function mappingOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The list, or an empty one for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The list, if all of it is text. */
export function textsOf(value: unknown): readonly string[] {
  const items = listOf(value);
  return items.every((item) => typeof item === 'string') ? (items as readonly string[]) : [];
}
