// What is a worker thread asked about coverage, and what does it answer?
import type { CoverageQuestion } from './read-coverage.js';
import type { CoverageReading } from './report.js';

/** Plain data: it crosses from one thread to the other. */
export interface CoverageJob {
  readonly source:
    | { readonly kind: 'zip'; readonly bytes: Uint8Array }
    /** Local files; a zip archive among them is opened. */
    | { readonly kind: 'files'; readonly paths: readonly string[] };
  readonly question: CoverageQuestion;
}

export type CoverageJobAnswer =
  | { readonly kind: 'reading'; readonly reading: CoverageReading }
  /** The file system said no. */
  | { readonly kind: 'failed'; readonly why: string };
