// By how much do this repository's own outcomes correct the shipped chances?
// Only changes that had time to fail count, weighted by age; few outcomes correct little, and none without bound.
import type { OutcomeRecord } from '../domain/ledger.js';
import { weightAtAge } from './tally.js';
import { QUALITY_WEIGHTS } from './weights.js';

export interface Correction {
  /** Added to every change's log-odds here. 0: the shipped chances stand. */
  readonly logOdds: number;
  /** The outcomes behind it. */
  readonly changes: number;
  /** Failures the shipped chances expected of them, and failures there were; weighted by age. */
  readonly expected: number;
  readonly failed: number;
  /** True if the outcomes ask for more than the bound allows. */
  readonly bounded: boolean;
}

export const NO_OUTCOMES: OutcomeRecord = { expected: 0, failed: 0, changes: 0, asOf: 0 };

/** `(failed + prior) ÷ (expected + prior)` as log-odds, within the bound. Rates are small, so odds serve as rates. */
export function correctRate(record: OutcomeRecord): Correction {
  const { prior, maxFactor } = QUALITY_WEIGHTS.correction;
  const asked = Math.log((record.failed + prior) / (record.expected + prior));
  const bound = Math.log(maxFactor);
  return {
    logOdds: Math.min(bound, Math.max(-bound, asked)),
    changes: record.changes,
    expected: record.expected,
    failed: record.failed,
    bounded: Math.abs(asked) > bound,
  };
}

/** One change that is ripe: merged at least `ripeningSeconds` before `now`. */
export interface RipeOutcome {
  readonly mergedAt: number;
  /** Its chance as given without correction. */
  readonly uncorrected: number;
  readonly failed: boolean;
}

/** Adds ripe outcomes; each change once, with what is known of it at `now`. */
export function addOutcomes(
  record: OutcomeRecord,
  outcomes: readonly RipeOutcome[],
  now: number,
): OutcomeRecord {
  const kept = ageRecord(record, now);
  let { expected, failed } = kept;
  for (const outcome of outcomes) {
    const weight = weightOf(outcome.mergedAt, kept.asOf);
    expected += outcome.uncorrected * weight;
    if (outcome.failed) failed += weight;
  }
  return { expected, failed, changes: kept.changes + outcomes.length, asOf: kept.asOf };
}

/** A change that was added as kept failed after all. */
export function addLateFailure(record: OutcomeRecord, mergedAt: number, now: number): OutcomeRecord {
  const kept = ageRecord(record, now);
  return { ...kept, failed: kept.failed + weightOf(mergedAt, kept.asOf) };
}

/** A change that was added as failed is kept after all. */
export function addLateRelief(record: OutcomeRecord, mergedAt: number, now: number): OutcomeRecord {
  const kept = ageRecord(record, now);
  return { ...kept, failed: Math.max(0, kept.failed - weightOf(mergedAt, kept.asOf)) };
}

/** True for a change old enough that a failure would mostly be known. */
export function isRipe(mergedAt: number, now: number): boolean {
  return mergedAt <= now - QUALITY_WEIGHTS.correction.ripeningSeconds;
}

function ageRecord(record: OutcomeRecord, now: number): OutcomeRecord {
  if (now <= record.asOf) return record;
  const factor = weightAtAge(now - record.asOf, QUALITY_WEIGHTS.correction.halfLifeSeconds);
  return { ...record, expected: record.expected * factor, failed: record.failed * factor, asOf: now };
}

function weightOf(mergedAt: number, asOf: number): number {
  const { halfLifeSeconds, ripeningSeconds } = QUALITY_WEIGHTS.correction;
  return weightAtAge(asOf - mergedAt - ripeningSeconds, halfLifeSeconds);
}
