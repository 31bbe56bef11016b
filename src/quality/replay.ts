// What would the chance of each change have been at the time, in a history that is read in order?
// A change is scored before it is counted, and a failure is known from the commit that reverts it, never earlier.
import type { LedgerSpan, OutcomeRecord } from '../domain/ledger.js';
import { type Chance, logistic, logit, scoreChange } from './chance.js';
import {
  addLateFailure,
  addLateRelief,
  addOutcomes,
  type Correction,
  correctRate,
  isRipe,
  NO_OUTCOMES,
  type RipeOutcome,
} from './correction.js';
import { createMemoryLedger } from './memory-ledger.js';
import type { ChangedLines } from './terms.js';
import { QUALITY_WEIGHTS, type QualityWeights } from './weights.js';

/** One commit of the trunk, as the ledger needs it. */
export interface HistoryCommit {
  readonly id: number;
  /** Seconds since 1970. */
  readonly at: number;
  readonly author: string;
  /** Classic automation, such as dependency updates: counted in the records, not in the outcomes. */
  readonly isAutomation: boolean;
  readonly title: string;
  readonly files: readonly (ChangedLines & { readonly previousPath: string | null })[];
  /** The commits that this one reverts. */
  readonly reverts: readonly number[];
}

export interface Replay {
  /** Scores the commit by what was known before it, then counts it. */
  next(commit: HistoryCommit): Chance;
  /**
   * What became of a commit that was counted is known from now on: it failed, or is kept after all. For what no
   * commit of the history tells: `reverts` needs no such call.
   */
  turn(id: number, failed: boolean): void;
  /** The correction in use since the last weekly one. */
  readonly correction: Correction;
}

interface Scored {
  readonly at: number;
  readonly uncorrected: number;
  readonly isOrdinary: boolean;
  failed: boolean;
  counted: boolean;
}

export function createReplay(
  span: LedgerSpan = QUALITY_WEIGHTS.history,
  weights: QualityWeights = QUALITY_WEIGHTS,
): Replay {
  const ledger = createMemoryLedger(span);
  const scored = new Map<number, Scored>();
  let ripening: Scored[] = [];
  let outcomes: OutcomeRecord = NO_OUTCOMES;
  let correction = correctRate(outcomes);
  let correctedAt = Number.NEGATIVE_INFINITY;
  let now = 0;

  const correctWeekly = () => {
    if (now - correctedAt < weights.correction.everySeconds) return;
    const ripe: RipeOutcome[] = [];
    const unripe: Scored[] = [];
    for (const one of ripening) {
      if (!isRipe(one.at, now)) unripe.push(one);
      else {
        one.counted = true;
        ripe.push({ mergedAt: one.at, uncorrected: one.uncorrected, failed: one.failed });
      }
    }
    ripening = unripe;
    for (const [id, one] of scored) {
      if (one.at >= now - span.windowSeconds) break;
      scored.delete(id);
    }
    outcomes = addOutcomes(outcomes, ripe, now);
    correction = correctRate(outcomes);
    correctedAt = now;
  };

  const setKept = (id: number) => {
    const target = scored.get(id);
    if (target === undefined || !target.failed) return;
    target.failed = false;
    ledger.relieve(id);
    if (target.counted) outcomes = addLateRelief(outcomes, target.at, now);
  };

  const setFailed = (id: number) => {
    const target = scored.get(id);
    if (target === undefined || target.failed || !target.isOrdinary) return;
    target.failed = true;
    ledger.fail(id, now);
    if (target.counted) outcomes = addLateFailure(outcomes, target.at, now);
  };

  return {
    next(commit) {
      // A trunk does not go back in time, whatever its commits' clocks say.
      now = Math.max(now, commit.at);
      correctWeekly();
      const reading = ledger.read({ at: now, author: commit.author, paths: commit.files });
      const chance = scoreChange(commit, reading, correction, weights);
      for (const id of commit.reverts) setFailed(id);
      // Read after `setFailed`, the live reading would say more than was known: take the correction off instead.
      const uncorrected = logistic(logit(chance.probability) - correction.logOdds);
      const one: Scored = {
        at: now,
        uncorrected,
        isOrdinary: !commit.isAutomation && commit.reverts.length === 0 && commit.files.length > 0,
        failed: false,
        counted: false,
      };
      ledger.record({ id: commit.id, at: now, author: commit.author, paths: commit.files });
      scored.set(commit.id, one);
      if (one.isOrdinary) ripening.push(one);
      return chance;
    },
    turn(id, failed) {
      if (failed) setFailed(id);
      else setKept(id);
    },
    get correction() {
      return correction;
    },
  };
}
