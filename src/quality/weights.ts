// Which figures does the quality delta rest on?
// Fitted on public repositories, the same everywhere: a repository's own failures are too few to fit on, so it
// supplies its records and its rate only. How they were fitted and what they are worth: docs/quality.md.
import type { LedgerSpan } from '../domain/ledger.js';

export type TermName =
  | 'paths'
  | 'folders'
  | 'author'
  | 'unfamiliar'
  | 'traffic'
  | 'lines'
  | 'settings'
  | 'docs'
  | 'stopgap'
  | 'wording'
  | 'fix'
  | 'tidying';

export interface TermWeight {
  /** Log-odds per unit of the term's figure. */
  readonly weight: number;
  /** The figure's mean over the merged changes of the repositories it was fitted on: there it adds nothing. */
  readonly typical: number;
}

export interface QualityWeights {
  /** Share of merged changes that were reverted in public repositories. */
  readonly publicRate: number;
  /** Chance of a change that is typical in every term, before the repository's own outcomes correct it. */
  readonly typicalChance: number;
  /** How many imagined changes at the usual rate a record is mixed with: one unlucky file condemns nothing. */
  readonly smoothing: {
    readonly repository: number;
    readonly paths: number;
    readonly folders: number;
    readonly author: number;
  };
  readonly history: LedgerSpan;
  readonly correction: {
    /** A change is counted once it is this old: most reverts happen before. */
    readonly ripeningSeconds: number;
    readonly halfLifeSeconds: number;
    /** Failures imagined on both sides, so that few outcomes correct little. */
    readonly prior: number;
    /** The chances are never corrected by more than this factor, up or down. */
    readonly maxFactor: number;
    readonly everySeconds: number;
  };
  readonly terms: Readonly<Record<TermName, TermWeight>>;
  /** Most points of the quality delta that each part may take or give. */
  readonly delta: {
    readonly history: DeltaPart;
    readonly size: DeltaPart;
    readonly coverage: DeltaPart;
  };
}

export interface DeltaPart {
  readonly most: number;
  /** Points per unit: doublings of the chance, share of smaller changes, share of covered lines. */
  readonly perUnit: number;
}

const DAY = 86_400;

export const QUALITY_WEIGHTS: QualityWeights = {
  publicRate: 0.012,
  typicalChance: 0.0115,
  smoothing: { repository: 100, paths: 20, folders: 50, author: 20 },
  history: { windowSeconds: 365 * DAY, halfLifeSeconds: 60 * DAY },
  correction: {
    ripeningSeconds: 14 * DAY,
    halfLifeSeconds: 90 * DAY,
    prior: 5,
    maxFactor: 5,
    everySeconds: 7 * DAY,
  },
  terms: {
    paths: { weight: 0.12, typical: -0.39 },
    folders: { weight: 0.18, typical: -0.21 },
    author: { weight: 0.11, typical: -0.47 },
    unfamiliar: { weight: 0.54, typical: 0.4 },
    traffic: { weight: 0.13, typical: 4.0 },
    lines: { weight: 0.055, typical: 3.89 },
    settings: { weight: 0.6, typical: 0.07 },
    docs: { weight: -0.94, typical: 0.07 },
    stopgap: { weight: 0.57, typical: 0.03 },
    wording: { weight: -0.7, typical: 0.12 },
    fix: { weight: -0.34, typical: 0.23 },
    tidying: { weight: -0.28, typical: 0.06 },
  },
  delta: {
    history: { most: 50, perUnit: 20 },
    size: { most: 25, perUnit: 50 },
    coverage: { most: 25, perUnit: 50 },
  },
};

export const TERM_NAMES = Object.keys(QUALITY_WEIGHTS.terms) as readonly TermName[];
