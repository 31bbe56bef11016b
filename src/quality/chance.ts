// How likely is this change to be reverted, and which term says so?
// Logistic: log-odds = typical change + repository's correction + Σ weight × (figure − typical figure).
import type { LedgerReading } from '../domain/ledger.js';
import type { Correction } from './correction.js';
import { type ChangeFacts, measureTerms } from './terms.js';
import { QUALITY_WEIGHTS, type QualityWeights, TERM_NAMES, type TermName } from './weights.js';

export interface ChanceTerm {
  readonly name: TermName;
  /** As measured on this change; see docs/quality.md for each term's unit. */
  readonly figure: number;
  /** What it adds to the log-odds: 0.69 doubles small chances, −0.69 halves them. */
  readonly points: number;
}

export interface Chance {
  /** 0 to 1. */
  readonly probability: number;
  /** The chance of a change that is typical in every term, in this repository. */
  readonly typical: number;
  /** One per term, in the order of the weights. Their points and `repository` add up to the log-odds. */
  readonly terms: readonly ChanceTerm[];
  /** Log-odds of a typical change here: the shipped ones and the repository's correction. */
  readonly repository: number;
}

export function scoreChange(
  change: ChangeFacts,
  reading: LedgerReading,
  correction: Pick<Correction, 'logOdds'>,
  weights: QualityWeights = QUALITY_WEIGHTS,
): Chance {
  const figures = measureTerms(change, reading);
  const repository = logit(weights.typicalChance) + correction.logOdds;
  let logOdds = repository;
  const terms = TERM_NAMES.map((name): ChanceTerm => {
    const { weight, typical } = weights.terms[name];
    const points = weight * (figures[name] - typical);
    logOdds += points;
    return { name, figure: figures[name], points };
  });
  return { probability: logistic(logOdds), typical: logistic(repository), terms, repository };
}

export function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}

export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
