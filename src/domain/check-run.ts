// What is written on a pull request's Checks tab?
import type { Gate } from './verdict.js';

export interface RenderedAnnotation {
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  /** Already escaped, at most 64 KB. */
  readonly message: string;
}

/** Button on the check: label at most 20 characters, description 40, identifier 20. At most three. */
export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

/** A check run ready to be sent: every text escaped and within GitHub's limits. */
export interface RenderedCheck {
  readonly name: 'agent-policy' | 'agent-policy/quality-delta' | 'agent-policy/evals';
  /** `in_progress` is a status, the rest are conclusions. */
  readonly gate: Gate;
  readonly title: string;
  /** Markdown, at most 65,535 characters. */
  readonly summary: string;
  /** Markdown, at most 65,535 characters; where the author is asked for something, it ends with the JSON block. */
  readonly text: string;
  /** At most 50. */
  readonly annotations: readonly RenderedAnnotation[];
  readonly actions: readonly CheckAction[];
}
