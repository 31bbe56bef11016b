// How is a counter kept whose changes weigh less with age?
import type { LedgerSpan, StoredTally, Tally } from '../domain/ledger.js';

/** Weight of a change of this age in seconds: 1 when new, half after each half-life. */
export function weightAtAge(ageSeconds: number, halfLifeSeconds: number): number {
  return ageSeconds <= 0 ? 1 : 2 ** (-ageSeconds / halfLifeSeconds);
}

/** A counter that is changed in place: a replay touches millions of them. */
export type OpenTally = { -readonly [Key in keyof StoredTally]: StoredTally[Key] };

export function openTally(at: number): OpenTally {
  return { changes: 0, failed: 0, weight: 0, weightFailed: 0, lastFailedAt: null, asOf: at };
}

/** Brings the weights to a later moment. */
export function ageTally(tally: OpenTally, at: number, span: LedgerSpan): void {
  if (at <= tally.asOf) return;
  const factor = weightAtAge(at - tally.asOf, span.halfLifeSeconds);
  tally.weight *= factor;
  tally.weightFailed *= factor;
  tally.asOf = at;
}

/** Adds (`sign` 1) or takes away (−1) one merged change; order does not matter. */
export function countChange(tally: OpenTally, mergedAt: number, sign: 1 | -1, span: LedgerSpan): void {
  ageTally(tally, mergedAt, span);
  tally.changes += sign;
  tally.weight = Math.max(0, tally.weight + sign * weightAtAge(tally.asOf - mergedAt, span.halfLifeSeconds));
}

/** Adds or takes away the failure of a change merged at `mergedAt`. */
export function countFailure(tally: OpenTally, mergedAt: number, sign: 1 | -1, span: LedgerSpan): void {
  ageTally(tally, mergedAt, span);
  tally.failed += sign;
  if (tally.failed === 0) tally.lastFailedAt = null;
  tally.weightFailed =
    tally.failed === 0
      ? 0
      : Math.max(0, tally.weightFailed + sign * weightAtAge(tally.asOf - mergedAt, span.halfLifeSeconds));
}

/** The counter as it reads at a moment, without changing it: what a database row needs after it was fetched. */
export function readTally(stored: StoredTally, at: number, span: LedgerSpan): Tally {
  const factor = weightAtAge(at - stored.asOf, span.halfLifeSeconds);
  return { ...stored, weight: stored.weight * factor, weightFailed: stored.weightFailed * factor };
}
