// What do the merged changes of a clone say of one change, without a database?
// The same figures as the app's ledger gives: every change is scored by what was known when it was merged.

import type {
  LedgerReading,
  LedgerSpan,
  MergedChange,
  OutcomeCount,
  OutcomeRecord,
  PastFailure,
  PathRecord,
  SizeCount,
  Tally,
  TouchedPath,
} from '../domain/ledger.js';
import { type ChangeOutcome, isFailure } from '../domain/outcome.js';
import type { AppliedCorrection } from '../domain/quality.js';
import { type HistoryFacts, NOT_CORRECTED } from '../domain/quality.js';
import { scoreChange } from '../quality/chance.js';
import { addLateFailure, addOutcomes, correctRate, isRipe, NO_OUTCOMES } from '../quality/correction.js';
import { createMemoryLedger } from '../quality/memory-ledger.js';
import { QUALITY_WEIGHTS } from '../quality/weights.js';

export interface LocalHistoryQuestion {
  /** Oldest first. */
  readonly changes: readonly MergedChange[];
  /** By SHA: those to which something happened. */
  readonly outcomes: ReadonlyMap<string, ChangeOutcome>;
  readonly span: LedgerSpan;
  readonly now: number;
  /** Everything merged from then on is in `changes`. */
  readonly readFrom: number;
  /** Of the change in question. */
  readonly author: string;
  readonly agent: string | null;
  readonly paths: readonly TouchedPath[];
}

export function factsOfHistory(question: LocalHistoryQuestion): HistoryFacts {
  const { changes, outcomes, span, now, author, agent, paths } = question;
  const { reading, chances, correction } = replay(question);
  const wantedDays = Math.round(span.windowSeconds / DAY);
  const known = Math.floor((now - question.readFrom) / DAY);
  return {
    at: now,
    author,
    reading,
    readDays: Math.max(
      0,
      Math.min(wantedDays, question.readFrom <= now - span.windowSeconds ? wantedDays : known),
    ),
    wantedDays,
    halfLifeDays: span.halfLifeSeconds / DAY,
    correction,
    usualChance: medianOf(chances.slice(-USUAL_OF)),
    sizes: countSizes(changes),
    riskyPaths: findRiskyPaths(changes, outcomes, paths),
    agent: agent === null ? null : { name: agent, ...count(question, (change) => change.agent === agent) },
    people: count(question, ({ authorship }) => authorship === 'human' || authorship === 'assisted'),
  };
}

const DAY = 86_400;
const USUAL_OF = 500;
const USUAL_NEEDS = 20;
const RISKY_PATHS = 5;
const FAILURES_SHOWN = 3;

interface Scored {
  readonly mergedAt: number;
  readonly uncorrected: number;
  failed: boolean;
  counted: boolean;
}

interface Replayed {
  readonly reading: LedgerReading;
  /** Without correction, oldest first. */
  readonly chances: readonly number[];
  readonly correction: AppliedCorrection;
}

function replay({ changes, outcomes, span, now, author, paths }: LocalHistoryQuestion): Replayed {
  const ledger = createMemoryLedger(span);
  const positions = new Map(changes.map(({ sha }, id) => [sha, id]));
  const failedBy = groupFailures(outcomes);
  const scored: Scored[] = [];
  let ripening: Scored[] = [];
  let record: OutcomeRecord = NO_OUTCOMES;
  let correction = NOT_CORRECTED;
  const correct = (at: number) => {
    if (correction.at !== null && at - correction.at < QUALITY_WEIGHTS.correction.everySeconds) return;
    const ripe = ripening.filter(({ mergedAt }) => isRipe(mergedAt, at));
    ripening = ripening.filter(({ mergedAt }) => !isRipe(mergedAt, at));
    for (const one of ripe) one.counted = true;
    record = addOutcomes(record, ripe, at);
    correction = { ...correctRate(record), at };
  };
  changes.forEach((change, id) => {
    const at = change.mergedAt;
    correct(at);
    const known = ledger.read({ at, author: change.author, paths: change.files });
    const one = {
      mergedAt: at,
      uncorrected: scoreChange(change, known, NOT_CORRECTED).probability,
      failed: false,
      counted: false,
    };
    scored.push(one);
    ledger.record({ id, at, author: change.author, paths: change.files });
    if (change.isOrdinary) ripening.push(one);
    // A failure is known from the change that shows it, never earlier.
    for (const sha of failedBy.get(change.sha) ?? []) {
      const target = positions.get(sha);
      if (target === undefined || scored[target]!.failed || !changes[target]!.isOrdinary) continue;
      scored[target]!.failed = true;
      ledger.fail(target, at);
      if (scored[target]!.counted) record = addLateFailure(record, scored[target]!.mergedAt, at);
    }
  });
  correct(now);
  return {
    reading: copyReading(ledger.read({ at: now, author, paths })),
    chances: scored.map(({ uncorrected }) => uncorrected),
    correction: changes.length === 0 ? NOT_CORRECTED : correction,
  };
}

/** SHAs of what failed, by the change that showed it. */
function groupFailures(outcomes: ReadonlyMap<string, ChangeOutcome>): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { sha, outcome, by } of outcomes.values()) {
    if (!isFailure(outcome) || by === null) continue;
    const group = groups.get(by);
    if (group === undefined) groups.set(by, [sha]);
    else group.push(sha);
  }
  return groups;
}

/** The counters of a memory ledger are live. */
function copyReading(reading: LedgerReading): LedgerReading {
  const copy = ({ changes, failed, weight, weightFailed, lastFailedAt }: Tally): Tally => ({
    changes,
    failed,
    weight,
    weightFailed,
    lastFailedAt,
  });
  return {
    repository: copy(reading.repository),
    author: copy(reading.author),
    paths: reading.paths.map(copy),
    folders: reading.folders.map(copy),
    familiarPaths: reading.familiarPaths,
  };
}

function medianOf(values: readonly number[]): number | null {
  if (values.length < USUAL_NEEDS) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function countSizes(changes: readonly MergedChange[]): readonly SizeCount[] {
  const counts = new Map<number, number>();
  for (const { lines, isOrdinary } of changes)
    if (isOrdinary) counts.set(lines, (counts.get(lines) ?? 0) + 1);
  return [...counts].map(([lines, number]) => ({ lines, changes: number })).sort((a, b) => a.lines - b.lines);
}

function count(
  { changes, outcomes }: LocalHistoryQuestion,
  fits: (change: MergedChange) => boolean,
): OutcomeCount {
  const found = changes.filter((change) => change.isOrdinary && fits(change));
  return { changes: found.length, failed: found.filter((change) => hasFailed(change, outcomes)).length };
}

/** Undoing something, or what a machine does every day, is no failure of anybody. */
function hasFailed(change: MergedChange, outcomes: ReadonlyMap<string, ChangeOutcome>): boolean {
  return change.isOrdinary && isFailure(outcomes.get(change.sha)?.outcome ?? 'kept');
}

/** Newest first, so that a file is found under the names it had before. */
function findRiskyPaths(
  changes: readonly MergedChange[],
  outcomes: ReadonlyMap<string, ChangeOutcome>,
  paths: readonly TouchedPath[],
): readonly PathRecord[] {
  const mergedAt = new Map(changes.map((change) => [change.sha, change.mergedAt]));
  const records = new Map<string, { changes: number; failed: number; failures: PastFailure[] }>();
  const names = new Map<string, string>();
  for (const { path, previousPath } of paths) {
    records.set(path, { changes: 0, failed: 0, failures: [] });
    names.set(previousPath ?? path, path);
  }
  for (const change of changes.toReversed()) {
    const { sha, pullRequest } = change;
    for (const { path, previousPath } of change.files) {
      const name = names.get(path);
      if (name === undefined) continue;
      const record = records.get(name)!;
      const outcome = outcomes.get(sha);
      record.changes += 1;
      if (outcome !== undefined && hasFailed(change, outcomes)) {
        record.failed += 1;
        const at = mergedAt.get(outcome.by ?? '') ?? Date.parse(outcome.at!) / 1000;
        record.failures.push({ sha, pullRequest, outcome: outcome.outcome, at });
      }
      if (previousPath !== null) {
        names.delete(path);
        names.set(previousPath, name);
      }
    }
  }
  return [...records]
    .filter(([, record]) => record.failed > 0)
    .sort(([, a], [, b]) => b.failed - a.failed || a.changes - b.changes)
    .slice(0, RISKY_PATHS)
    .map(([path, record]) => ({
      path,
      changes: record.changes,
      failed: record.failed,
      failures: record.failures.sort((a, b) => b.at - a.at).slice(0, FAILURES_SHOWN),
    }));
}
