// What is there to say about the quality of this change, and which stated limits does it break?
// Pure: the same facts give the same report, so a verdict can be replayed.
import type { CoverageFacts, CoverageSource, HistoryFacts } from '../domain/quality.js';
import { coverageKey } from '../domain/quality.js';
import type { ChangedFile, Snapshot } from '../domain/snapshot.js';
import { readGenerated } from './attributes.js';
import { type Chance, logistic, logit, scoreChange } from './chance.js';
import {
  type CoverageFigures,
  computeDelta,
  type DeltaInput,
  FEWEST_MERGED_CHANGES,
  type MissingPart,
  type QualityDelta,
} from './delta.js';
import { type Breach, type DeltaLimits, findBreaches } from './delta-limits.js';
import { countMovedLines } from './moved-lines.js';
import { type ChangeSize, measureSize, type SizeStanding } from './size.js';
import { standingOf } from './size-standing.js';
import { suggestSplits } from './splits.js';

export interface QualitySettings {
  readonly limits: DeltaLimits;
  /** `quality_delta.size.ignore`. */
  readonly ignore: readonly string[];
  /** `null`: the policy configures no coverage. */
  readonly coverage: CoverageSource | null;
  /** Files that size and coverage are held against; `null`: all of the change. The delta is always of all. */
  readonly paths: readonly string[] | null;
}

type MeasuredCoverage = Extract<CoverageFacts, { kind: 'measured' }>;

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
        /** As read; narrowed to the files in question. */
        readonly facts: MeasuredCoverage;
      }
    | Exclude<CoverageFacts, { kind: 'measured' }>
    /** Not read yet. */
    | { readonly kind: 'unread' };
  readonly breaches: readonly Breach[];
  /** Where the change could be cut, the largest part first; empty unless it is over a limit of size. */
  readonly splits: readonly { readonly folder: string; readonly lines: number; readonly files: number }[];
}

export type AssessedSnapshot = Pick<Snapshot, 'pullRequest' | 'files' | 'attributes' | 'quality'>;

export function assessQuality(snapshot: AssessedSnapshot, settings: QualitySettings): QualityReport {
  const { history } = snapshot.quality;
  const asked = filesInQuestion(snapshot.files, settings.paths);
  const judged = judgeChance(snapshot);
  const isGenerated = readGenerated(snapshot.attributes);
  const size = sizeOf(asked, { ignore: settings.ignore, isGenerated });
  const standing = history === null ? null : standingOf(size.lines, history.sizes);
  const coverage = coverageOf(snapshot, settings, asked);
  const result = computeDelta({
    history: historyPart(history, judged),
    size:
      history === null
        ? { kind: 'missing', why: 'ledger-not-ready' }
        : sizePart(
            settings.paths === null ? size : sizeOf(snapshot.files, { ignore: settings.ignore, isGenerated }),
            history,
          ),
    coverage: coveragePart(coverageOf(snapshot, settings, snapshot.files), settings),
  });
  const held = { size: heldSize(size, standing), coverage: coveragePart(coverage, settings) };
  const breaches = inOrder([
    ...findBreaches(result, held, settings.limits),
    ...unmeasuredBreach(coverage, settings.limits),
  ]);
  const over = breaches.find(({ what }) => what === 'size');
  return {
    result,
    chance: judged?.chance ?? null,
    usual: judged?.usual ?? null,
    history,
    size: { ...size, standing },
    coverage,
    breaches,
    splits: over?.what === 'size' ? suggestSplits(countedFiles(asked, size), over.limit) : [],
  };
}

/** A renamed file is in question under either name. */
function filesInQuestion(
  files: readonly ChangedFile[],
  paths: readonly string[] | null,
): readonly ChangedFile[] {
  if (paths === null) return files;
  const known = new Set(paths);
  return files.filter(
    ({ path, previousPath }) => known.has(path) || (previousPath !== null && known.has(previousPath)),
  );
}

interface JudgedChance {
  readonly chance: Chance;
  readonly usual: number;
}

/** `null`: nothing of the history was read. */
function judgeChance({ pullRequest, files, quality: { history } }: AssessedSnapshot): JudgedChance | null {
  if (history === null || isUnread(history)) return null;
  const chance = scoreChange({ title: pullRequest.title ?? '', files }, history.reading, history.correction);
  const usual =
    history.usualChance === null
      ? chance.typical
      : logistic(logit(history.usualChance) + history.correction.logOdds);
  return { chance, usual };
}

function isUnread({ readDays, wantedDays, reading }: HistoryFacts): boolean {
  return readDays < wantedDays && readDays <= 0 && reading.repository.changes === 0;
}

function historyPart(history: HistoryFacts | null, judged: JudgedChance | null): DeltaInput['history'] {
  if (history === null || judged === null) return { kind: 'missing', why: 'ledger-not-ready' };
  // Every file is new to everybody here: compared with a typical change elsewhere, all would look risky.
  if (history.usualChance === null && history.reading.repository.changes < FEWEST_MERGED_CHANGES) {
    return { kind: 'missing', why: 'few-changes' };
  }
  return { kind: 'measured', probability: judged.chance.probability, usual: judged.usual };
}

type Size = ChangeSize & { readonly moved: number };

function sizeOf(files: readonly ChangedFile[], settings: Parameters<typeof measureSize>[1]): Size {
  const size = measureSize(files, settings);
  const blocks = countMovedLines(countedOf(files, size));
  return {
    ...size,
    lines: size.lines - 2 * blocks,
    additions: size.additions - blocks,
    deletions: size.deletions - blocks,
    moved: 2 * blocks,
  };
}

function countedOf(files: readonly ChangedFile[], { leftOut }: ChangeSize): readonly ChangedFile[] {
  const out = new Set(leftOut.map(({ path }) => path));
  return files.filter(({ path }) => !out.has(path));
}

function countedFiles(files: readonly ChangedFile[], size: ChangeSize) {
  return countedOf(files, size).map(({ path, additions, deletions }) => ({
    path,
    lines: Math.max(0, additions) + Math.max(0, deletions),
  }));
}

function sizePart(size: Size, history: HistoryFacts): DeltaInput['size'] {
  if (isUnread(history)) return { kind: 'missing', why: 'ledger-not-ready' };
  return { kind: 'measured', size, standing: standingOf(size.lines, history.sizes) };
}

/** A limit of lines holds whether or not anything is known of other changes. */
function heldSize(size: Size, standing: SizeStanding | null): DeltaInput['size'] {
  return { kind: 'measured', size, standing: standing ?? { smaller: 0, equal: 0, total: 0 } };
}

/** True if every file is known and none adds a line: what is only taken away runs no test and needs none. */
export function addsNothing({ files, pullRequest }: Pick<Snapshot, 'files' | 'pullRequest'>): boolean {
  return files.length >= pullRequest.changedFiles && files.every(({ additions }) => additions === 0);
}

const NOTHING_TO_MEASURE: MeasuredCoverage = {
  kind: 'measured',
  files: [],
  unmeasured: [],
  project: null,
  base: null,
  usual: null,
  runId: 0,
  notes: [],
};

function coverageOf(
  snapshot: AssessedSnapshot,
  { coverage: source }: QualitySettings,
  files: readonly ChangedFile[],
): QualityReport['coverage'] {
  if (source === null) return { kind: 'not-configured' };
  const { quality } = snapshot;
  const key = coverageKey(source);
  if (addsNothing(snapshot))
    return { kind: 'measured', covered: 0, executable: 0, facts: NOTHING_TO_MEASURE };
  const facts = Object.hasOwn(quality.coverage, key) ? quality.coverage[key] : undefined;
  if (facts === undefined) return { kind: 'unread' };
  if (facts.kind !== 'measured') return facts;
  const known = new Set(files.map(({ path }) => path));
  const inQuestion = facts.files.filter(({ path }) => known.has(path));
  const sum = (of: 'covered' | 'executable') => inQuestion.reduce((total, file) => total + file[of], 0);
  return {
    kind: 'measured',
    covered: sum('covered'),
    executable: sum('executable'),
    facts: {
      ...facts,
      files: inQuestion,
      unmeasured: facts.unmeasured.filter(({ path }) => known.has(path)),
    },
  };
}

function coveragePart(
  coverage: QualityReport['coverage'],
  { limits }: QualitySettings,
): CoverageFigures | MissingPart {
  switch (coverage.kind) {
    case 'not-configured':
      return { kind: 'missing', why: 'no-coverage-configured' };
    case 'unread':
      return { kind: 'missing', why: 'coverage-unread' };
    case 'pending':
      return { kind: 'missing', why: 'coverage-running' };
    case 'missing':
      return { kind: 'missing', why: coverage.why };
    case 'measured': {
      const { covered, executable, facts } = coverage;
      return { kind: 'measured', covered, executable, usual: usualCoverage(facts, limits) };
    }
  }
}

/** What merged changes usually bring; else the project they are merged into; else what the policy asks. */
function usualCoverage(
  { usual, base }: MeasuredCoverage,
  { patchMin }: DeltaLimits,
): CoverageFigures['usual'] {
  if (usual !== null) return { share: usual.share, from: 'merged-changes' };
  if (base !== null && base.executable > 0) return { share: base.covered / base.executable, from: 'project' };
  return patchMin === null ? null : { share: patchMin, from: 'policy' };
}

/**
 * Code in files that no test loads is often missing from the report. Its lines count nowhere, so without this a
 * change could hide untested code behind one tested line.
 */
function unmeasuredBreach(
  coverage: QualityReport['coverage'],
  { missingCoverage }: DeltaLimits,
): readonly Breach[] {
  if (coverage.kind !== 'measured' || coverage.facts.unmeasured.length === 0) return [];
  if (missingCoverage === 'pass') return [];
  return [{ what: 'missing-coverage', why: 'unmeasured-files', fails: missingCoverage === 'fail' }];
}

function inOrder(breaches: readonly Breach[]): readonly Breach[] {
  return [...breaches.filter(({ fails }) => fails), ...breaches.filter(({ fails }) => !fails)];
}
