// Which share of the lines a change adds do the tests run?
import type { FilePatchCoverage } from '../domain/quality.js';
import type { DiffFile } from '../formats/unified-diff.js';
import { parseUnifiedDiff } from '../formats/unified-diff.js';
import { endingOf } from './map-paths.js';
import type { CoverageReport, FileCoverage, LineTotals } from './report.js';

export interface AddedLine {
  /** 1-based, in the file after the change. */
  readonly line: number;
  readonly text: string;
}

export interface ChangedLines {
  readonly path: string;
  readonly added: readonly AddedLine[];
}

/** Added lines without a test, and with nothing executable that is tested between them. */
export interface UncoveredRun {
  readonly path: string;
  /** 1-based, inclusive. */
  readonly start: number;
  readonly end: number;
  /** How many of them are executable. */
  readonly lines: number;
}

export interface PatchCoverage extends LineTotals {
  /** 0 to 1. `null`: the change adds no line that the report knows as executable. */
  readonly share: number | null;
  /** The longest first. */
  readonly uncovered: readonly UncoveredRun[];
  /** Changed files with executable added lines; the one with most untested lines first, and its longest run. */
  readonly files: readonly FilePatchCoverage[];
  /** Changed files the report does not know although it knows others of their kind: their lines count nowhere. */
  readonly unmeasured: readonly { readonly path: string; readonly addedLines: number }[];
}

/** A summary has no lines, so nothing can be told from it: `null`. */
export function patchCoverage(
  report: CoverageReport,
  changes: readonly ChangedLines[],
): PatchCoverage | null {
  if (report.files.size === 0 && report.unmappedCount === 0) return null;
  const files: FilePatchCoverage[] = [];
  const unmeasured: { path: string; addedLines: number }[] = [];
  let [covered, executable] = [0, 0];
  for (const { path, added } of changes) {
    const file = report.files.get(path);
    if (file === undefined) {
      if (added.length > 0 && isMeasuredKind(report, path))
        unmeasured.push({ path, addedLines: added.length });
      continue;
    }
    const found = judgeFile(path, file, added);
    covered += found.covered;
    executable += found.executable;
    if (found.executable > 0) files.push(found);
  }
  files.sort((a, b) => b.executable - b.covered - (a.executable - a.covered));
  return {
    covered,
    executable,
    share: executable === 0 ? null : covered / executable,
    uncovered: files
      .flatMap(({ path, uncovered }) => uncovered.map((run) => ({ path, ...run })))
      .sort((a, b) => b.lines - a.lines),
    files,
    unmeasured,
  };
}

/** Whether the report would know the file if its tool had measured it: its kind is known, and it is no test. */
export function isMeasuredKind(report: Pick<CoverageReport, 'endings'>, path: string): boolean {
  return report.endings.has(endingOf(path)) && !NOT_MEASURED.test(path);
}

/** Added lines of a file of a diff. */
export function addedLinesOf(file: DiffFile): ChangedLines {
  const added: AddedLine[] = [];
  for (const hunk of file.hunks) {
    let line = hunk.newStart;
    for (const text of hunk.lines) {
      if (text.startsWith('+')) added.push({ line, text: text.slice(1) });
      if (text.startsWith('+') || text.startsWith(' ')) line += 1;
    }
  }
  return { path: file.newPath, added };
}

/** Added lines of hunks alone, as GitHub lists them by file. `null`: cut short or malformed. */
export function addedLinesOfPatch(path: string, patch: string): ChangedLines | null {
  const body = patch.endsWith('\n') ? patch : `${patch}\n`;
  const files = parseUnifiedDiff(`diff --git a/f b/f\n--- a/f\n+++ b/f\n${body}`);
  return files?.length === 1 ? { path, added: addedLinesOf(files[0]!).added } : null;
}

/** How far the project's coverage moved, in shares of 1. `null` where one of them is not known. */
export function projectChange(head: LineTotals, base: LineTotals | null): number | null {
  if (base === null || base.executable === 0 || head.executable === 0) return null;
  return head.covered / head.executable - base.covered / base.executable;
}

function judgeFile(path: string, file: FileCoverage, added: readonly AddedLine[]): FilePatchCoverage {
  const runs: { start: number; end: number; lines: number }[] = [];
  let [covered, executable] = [0, 0];
  let isOpen = false;
  let previous = 0;
  for (const { line, text } of added) {
    if (line !== previous + 1) isOpen = false;
    previous = line;
    if (file.isByBlock && NO_STATEMENT.test(text)) continue;
    const isCovered = includes(file.covered, line);
    if (!isCovered && !includes(file.uncovered, line)) continue;
    executable += 1;
    if (isCovered) {
      covered += 1;
      isOpen = false;
    } else if (isOpen) {
      const last = runs.pop()!;
      runs.push({ ...last, end: line, lines: last.lines + 1 });
    } else {
      runs.push({ start: line, end: line, lines: 1 });
      isOpen = true;
    }
  }
  return { path, covered, executable, uncovered: runs.sort((a, b) => b.lines - a.lines) };
}

/** A line inside a block that holds no statement of its own: blank, brackets only, a comment. */
const NO_STATEMENT = /^\s*(?:[{}()[\],;\s]*|\/\/.*)$/;

/** Tests, declarations and settings: tools leave them out on purpose. */
const NOT_MEASURED =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|e2e|fixtures|testdata)\/|[._-](?:test|spec|stories|config|setup|d)\.[^./]+$|(?:^|\/)(?:test_[^/]*|conftest|setup)\.py$|(?:Tests?|Spec|IT)\.(?:java|kt|cs|scala|swift)$/;

function includes(sorted: Uint32Array, value: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}
