// Which lines of the repository did the tests run, and what could not be told?
import type { Message } from '../domain/message.js';

export interface FileCoverage {
  /** 1-based, ascending. */
  readonly covered: Uint32Array;
  readonly uncovered: Uint32Array;
  /** True if the tool reports blocks (Go), so that blank lines and brackets inside a block seem executable. */
  readonly isByBlock: boolean;
}

export type CoverageTool = 'lcov' | 'cobertura' | 'jacoco' | 'istanbul' | 'istanbul-summary' | 'go';

export interface LineTotals {
  readonly covered: number;
  readonly executable: number;
}

export interface UnmappedFile {
  /** As the tool wrote it. */
  readonly reported: string;
  /** Paths of the repository it may be. Empty: none has that name. */
  readonly candidates: readonly string[];
}

export interface CoverageReport {
  readonly tools: readonly CoverageTool[];
  /** How many coverage files were united. */
  readonly reports: number;
  /** By path in the repository. Empty if only a summary was found. */
  readonly files: ReadonlyMap<string, FileCoverage>;
  /** `.ts`, `.py`: the kinds of files the tool measures. */
  readonly endings: ReadonlySet<string>;
  /** Of the whole project: all files of the repository or, if only some are known, all files of the report. */
  readonly totals: LineTotals;
  /** Files of the report that are none of the repository, or nobody knows which. The first 100. */
  readonly unmapped: readonly UnmappedFile[];
  readonly unmappedCount: number;
  /** Taken for a file of a longer path, which nothing but its end speaks for: only some files are known. */
  readonly guessed: readonly { readonly reported: string; readonly path: string }[];
  /** What the reader should know: files that were no coverage, counts that cannot be. */
  readonly notes: readonly Message[];
}

export type CoverageReading =
  | { readonly kind: 'read'; readonly report: CoverageReport }
  /** `missing`: no coverage file. `empty`: one without a line. `stale`: of another head. All in words. */
  | {
      readonly kind: 'missing' | 'empty' | 'stale' | 'malformed' | 'too-large';
      readonly why: Message;
    };
