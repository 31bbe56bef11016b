// What is a worker thread asked about eval results, and what does it answer?
import type { EvalsQuestion } from './read-evals.js';
import type { EvalReading } from './results.js';

/** Plain data: it crosses from one thread to the other. */
export interface EvalsJob {
  readonly task: 'evals';
  readonly source:
    | { readonly kind: 'zip'; readonly bytes: Uint8Array }
    /** Local files; a zip archive among them is opened. */
    | { readonly kind: 'files'; readonly paths: readonly string[] };
  readonly question: EvalsQuestion;
}

export type EvalsJobAnswer =
  | { readonly kind: 'reading'; readonly reading: EvalReading }
  /** The file system said no. */
  | { readonly kind: 'failed'; readonly why: string };
