// What is there to say about the quality of this change, and which stated limits does it break?
// Pure: the same facts give the same report, so a verdict can be replayed.
import type { CoverageFacts, CoverageSource, HistoryFacts } from '../domain/quality.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { Chance } from './chance.js';
import type { QualityDelta } from './delta.js';
import type { Breach, DeltaLimits } from './delta-limits.js';
import type { ChangeSize, SizeStanding } from './size.js';

export interface QualitySettings {
  readonly limits: DeltaLimits;
  /** `quality_delta.size.ignore`. */
  readonly ignore: readonly string[];
  /** `null`: the policy configures no coverage. */
  readonly coverage: CoverageSource | null;
  /** Files that size and coverage are held against; `null`: all of the change. The delta is always of all. */
  readonly paths: readonly string[] | null;
}

export interface QualityReport {
  readonly result: QualityDelta;
  /** `null`: no history was read. */
  readonly chance: Chance | null;
  /** Median chance of merged changes here, corrected; where too few are known, that of a typical change. */
  readonly usual: number | null;
  readonly history: HistoryFacts | null;
  readonly size: ChangeSize & {
    /** Lines that only moved, already taken off `lines`; 0 where no patches were read. */
    readonly moved: number;
    readonly standing: SizeStanding | null;
  };
  /** Of the files in question. */
  readonly coverage:
    | { readonly kind: 'not-configured' }
    | {
        readonly kind: 'measured';
        readonly covered: number;
        readonly executable: number;
        readonly facts: Extract<CoverageFacts, { kind: 'measured' }>;
      }
    | Exclude<CoverageFacts, { kind: 'measured' }>
    /** Not read yet. */
    | { readonly kind: 'unread' };
  readonly breaches: readonly Breach[];
  /** Where the change could be cut, the largest part first; empty unless it is over a limit of size. */
  readonly splits: readonly { readonly folder: string; readonly lines: number; readonly files: number }[];
}

export type AssessedSnapshot = Pick<Snapshot, 'pullRequest' | 'files' | 'attributes' | 'quality'>;
