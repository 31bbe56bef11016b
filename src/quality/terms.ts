// Which facts about a change move the chance that it will be reverted, and how is each measured?
// One entry per term; its figure times its weight is what it adds to the log-odds.
import type { LedgerReading, Tally } from '../domain/ledger.js';
import { fileKind } from './file-kind.js';
import { readTitleIntent } from './title-intent.js';
import { QUALITY_WEIGHTS, type TermName } from './weights.js';

export interface ChangedLines {
  readonly path: string;
  readonly additions: number;
  readonly deletions: number;
}

/** What is known of a change before it is merged. */
export interface ChangeFacts {
  readonly title: string;
  readonly files: readonly ChangedLines[];
}

export type TermFigures = Readonly<Record<TermName, number>>;

/** More lines than this weigh no more: counts come from outside and may be absurd. */
const MAX_LINES = 1_000_000;

export function measureTerms(change: ChangeFacts, reading: LedgerReading): TermFigures {
  const { repository } = reading;
  const rate =
    (repository.weightFailed + QUALITY_WEIGHTS.publicRate * QUALITY_WEIGHTS.smoothing.repository) /
    (repository.weight + QUALITY_WEIGHTS.smoothing.repository);
  const kinds = change.files.map((file) => fileKind(file.path));
  const intent = readTitleIntent(change.title);
  const touched = Math.max(1, reading.paths.length);
  let linesOutsideTests = 0;
  change.files.forEach((file, index) => {
    if (kinds[index] !== 'tests') linesOutsideTests += Math.max(0, file.additions);
  });
  let earlier = 0;
  for (const path of reading.paths) earlier += path.changes;
  return {
    paths: doublings(reading.paths, QUALITY_WEIGHTS.smoothing.paths, rate),
    folders: doublings(reading.folders, QUALITY_WEIGHTS.smoothing.folders, rate),
    author: doublings([reading.author], QUALITY_WEIGHTS.smoothing.author, rate),
    unfamiliar: 1 - reading.familiarPaths / touched,
    traffic: Math.log2(1 + earlier / touched),
    lines: Math.log2(1 + Math.min(MAX_LINES, linesOutsideTests)),
    settings: flag(kinds.length > 0 && kinds.every((kind) => kind === 'settings' || kind === 'ci')),
    docs: flag(kinds.length > 0 && kinds.every((kind) => kind === 'docs')),
    stopgap: flag(intent === 'stopgap'),
    wording: flag(intent === 'wording'),
    fix: flag(intent === 'fix'),
    tidying: flag(intent === 'tidying'),
  };
}

/** How often these keys fail compared with the repository, in doublings: 1 is twice as often. Beta-smoothed. */
function doublings(tallies: readonly Tally[], smoothing: number, rate: number): number {
  let weight = 0;
  let failed = 0;
  for (const tally of tallies) {
    weight += tally.weight;
    failed += tally.weightFailed;
  }
  return Math.log2((failed + smoothing * rate) / (weight + smoothing) / rate);
}

function flag(condition: boolean): number {
  return condition ? 1 : 0;
}
