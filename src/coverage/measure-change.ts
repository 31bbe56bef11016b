// What does a report say of the lines that the files of a pull request add?
import { code, list, type Message, plain, say } from '../domain/message.js';
import type { CoverageFacts, CoveredLines, FilePatchCoverage } from '../domain/quality.js';
import type { ChangedFile } from '../domain/snapshot.js';
import { addedLinesOfPatch, type ChangedLines, isMeasuredKind, patchCoverage } from './patch-coverage.js';
import type { CoverageReport } from './report.js';

export interface MeasuredLines {
  readonly kind: 'measured';
  readonly files: readonly FilePatchCoverage[];
  readonly unmeasured: readonly { readonly path: string; readonly addedLines: number }[];
  readonly project: CoveredLines | null;
  readonly notes: readonly string[];
}

/** Runs without a test that are kept per file, the longest first; the counts are of all. */
const MAX_RUNS = 50;

/** `files` with their hunks. Hunks that GitHub does not show are never taken for tested lines. */
export function measureChange(
  report: CoverageReport,
  files: readonly ChangedFile[],
): MeasuredLines | Extract<CoverageFacts, { kind: 'missing' }> {
  const changes: ChangedLines[] = [];
  const hidden: ChangedFile[] = [];
  for (const file of files) {
    if (file.status === 'removed' || file.additions === 0) continue;
    const lines = linesOf(file);
    if (lines !== null) changes.push(lines);
    else if (report.files.has(file.path) || isMeasuredKind(report, file.path)) hidden.push(file);
  }
  const patch = patchCoverage(report, changes);
  if (patch === null) {
    const detail = 'the report holds totals only and nothing about single lines';
    return { kind: 'missing', why: 'broken-report', detail };
  }
  const isNothingSeen = patch.files.length === 0 && patch.unmeasured.length === 0;
  if (hidden.length > 0 && isNothingSeen) {
    return { kind: 'missing', why: 'no-patches', detail: `GitHub shows no hunks of ${hidden[0]!.path}` };
  }
  const isForeign =
    isNothingSeen && changes.length > 0 && !changes.some(({ path }) => report.files.has(path));
  const notes: Message[] = [
    ...(hidden.length === 0 ? [] : [sayHidden(hidden)]),
    ...(isForeign ? [say`The report knows no file of the kinds that this change adds lines to.`] : []),
    ...(report.reports < 2 ? [] : [say`${report.reports} reports are united.`]),
    ...report.notes,
  ];
  return {
    kind: 'measured',
    files: patch.files.map((file) => ({ ...file, uncovered: file.uncovered.slice(0, MAX_RUNS) })),
    unmeasured: [
      ...patch.unmeasured,
      ...hidden.map(({ path, additions }) => ({ path, addedLines: additions })),
    ],
    project: report.totals.executable > 0 ? report.totals : null,
    notes: notes.slice(0, MAX_NOTES).map(plain),
  };
}

const MAX_NOTES = 20;
const NAMED = 3;
/** Lines of one file beyond this are taken for hidden: the count is GitHub's, and lines are listed one by one. */
const MAX_ADDED = 200_000;

/** `null`: the hunks are not shown, or cut short. */
function linesOf({ path, status, additions, patch }: ChangedFile): ChangedLines | null {
  const lines = patch === null ? null : addedLinesOfPatch(path, patch);
  if (lines !== null && lines.added.length === additions) return lines;
  // Of a new file every line is added, whatever stands in it.
  if (status !== 'added' || additions > MAX_ADDED) return null;
  const added = Array.from({ length: additions }, (_, index) => ({ line: index + 1, text: 'not shown' }));
  return { path, added };
}

function sayHidden(hidden: readonly ChangedFile[]): Message {
  const more = hidden.length > NAMED ? [say`${hidden.length - NAMED} more`] : [];
  const names = list([...hidden.slice(0, NAMED).map(({ path }) => code(path)), ...more]);
  return say`GitHub shows no hunks of ${names}: nobody can tell which of the added lines are tested.`;
}
