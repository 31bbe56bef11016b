// `coverage FILE…`: which of the lines this change adds do the tests run?
import { stat } from 'node:fs/promises';
import { toPlain } from '../checks/escape.js';
import {
  addedLinesOf,
  type ChangedLines,
  type PatchCoverage,
  patchCoverage,
  projectChange,
} from '../coverage/patch-coverage.js';
import type { CoverageReading, CoverageReport, LineTotals } from '../coverage/report.js';
import { code, say } from '../domain/message.js';
import { parseUnifiedDiff } from '../formats/unified-diff.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';
import { git, resolveCommit } from './git.js';
import { readCoverageInWorker } from './in-worker.js';
import { readLocalDiff } from './local-snapshot.js';

export interface CoverageArguments {
  readonly files: readonly string[];
  readonly repo: string;
  readonly base: string;
  readonly head: string;
  /** Coverage files of the base, for the project's change. */
  readonly against: readonly string[];
  /** 0 to 1. `null`: nothing is asked. */
  readonly patchMin: number | null;
  readonly format: 'text' | 'json';
}

/** Exit code 1 if less than `patchMin` is tested, or nobody can say; 2 if the coverage itself cannot be read. */
export async function runCoverage(args: CoverageArguments, io: CommandIo): Promise<ExitCode> {
  for (const file of [...args.files, ...args.against]) await requireFile(file);
  const { report, patch } = await readLocalCoverage(args);
  const base = args.against.length === 0 ? null : await readReport(args, args.against, args.base);
  const outcome = judge(patch, args.patchMin);
  io.stdout(
    args.format === 'json'
      ? `${JSON.stringify(toJson(report, base?.totals ?? null, patch, outcome, args.patchMin), null, 2)}\n`
      : toText(report, base?.totals ?? null, patch, outcome),
  );
  return outcome.isMet ? EXIT.fine : EXIT.atFault;
}

/** What the given files say of the lines that a change adds. */
export async function readLocalCoverage(
  at: Pick<CoverageArguments, 'files' | 'repo' | 'base' | 'head'>,
): Promise<{ readonly report: CoverageReport; readonly patch: PatchCoverage | null }> {
  for (const file of at.files) await requireFile(file);
  const changes = await readChanges(at);
  const report = await readReport(at, at.files, at.head);
  return { report, patch: patchCoverage(report, changes) };
}

async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found === null) throw new CommandFailure(`${file}: no such file.`);
  if (found.isDirectory()) throw new CommandFailure(`${file} is a folder. Name the coverage files in it.`);
}

async function readChanges({
  repo,
  base,
  head,
}: Pick<CoverageArguments, 'repo' | 'base' | 'head'>): Promise<readonly ChangedLines[]> {
  const files = parseUnifiedDiff(await readLocalDiff({ repo, base, head }));
  if (files === null) throw new CommandFailure(`git diff in ${repo}: it is of an unknown form.`);
  return files.map(addedLinesOf);
}

async function readReport(
  { repo }: Pick<CoverageArguments, 'repo'>,
  files: readonly string[],
  ref: string,
): Promise<CoverageReport> {
  const head = await resolveCommit(repo, ref);
  const listed = await git(repo, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', head]);
  const known = { paths: new Set(listed.toString('utf8').split('\0').slice(0, -1)), isComplete: true };
  const reading: CoverageReading = await readCoverageInWorker({
    source: { kind: 'files', paths: files },
    question: { known, head, measuredAt: null },
  });
  if (reading.kind !== 'read') throw new CommandFailure(toPlain(reading.why));
  return reading.report;
}

interface Outcome {
  readonly isMet: boolean;
  readonly words: string;
}

function judge(patch: PatchCoverage | null, min: number | null): Outcome {
  if (patch === null) {
    const words =
      'a summary has totals only, nothing about single lines. Give lcov.info or coverage-final.json';
    return { isMet: min === null, words: `Patch coverage: not known; ${words}.` };
  }
  const { covered, executable, share, unmeasured } = patch;
  if (share === null) {
    const isMet = min === null || unmeasured.length === 0;
    const none = 'no added line is executable in the files that were measured';
    return { isMet, words: `Patch coverage: ${none}${isMet ? '' : ', and others were not measured'}.` };
  }
  const needed = min === null ? '' : `, ${toPercent(min)} needed`;
  const words = `Patch coverage: ${toPercent(share)} (${covered} of ${executable} added lines${needed}).`;
  return { isMet: min === null || share >= min, words };
}

const SHOWN = 50;

function toText(
  report: CoverageReport,
  base: LineTotals | null,
  patch: PatchCoverage | null,
  outcome: Outcome,
): string {
  const lines = [outcome.words, sayProject(report.totals, base)];
  const runs = patch?.uncovered.slice(0, SHOWN) ?? [];
  if (runs.length > 0) lines.push('', 'Not tested, the longest first:');
  for (const { path, start, end, lines: count } of runs) {
    lines.push(
      `  ${show(path)}:${start === end ? start : `${start}-${end}`}  ${count === 1 ? '1 line' : `${count} lines`}`,
    );
  }
  const more = (patch?.uncovered.length ?? 0) - runs.length;
  if (more > 0) lines.push(`  and ${more} more`);
  const unmeasured = patch?.unmeasured ?? [];
  if (unmeasured.length > 0) lines.push('', 'Changed and not in the coverage, so counted nowhere:');
  for (const { path, addedLines } of unmeasured) lines.push(`  ${show(path)}  ${addedLines} added lines`);
  if (report.notes.length > 0) lines.push('', ...report.notes.map((note) => `Note: ${toPlain(note)}`));
  return `${lines.join('\n')}\n`;
}

function sayProject(totals: LineTotals, base: LineTotals | null): string {
  if (totals.executable === 0) return 'Project: no executable line.';
  const now = `Project: ${toPercent(totals.covered / totals.executable)} (${totals.covered} of ${totals.executable} lines)`;
  const change = projectChange(totals, base);
  if (change === null) return `${now}.`;
  const points = Math.abs(change * 100).toFixed(2);
  return `${now}, ${change < 0 ? '−' : '+'}${points} points against the base.`;
}

function toJson(
  report: CoverageReport,
  base: LineTotals | null,
  patch: PatchCoverage | null,
  outcome: Outcome,
  min: number | null,
) {
  return {
    /** `null`: nothing was asked. */
    met: min === null ? null : outcome.isMet,
    tools: report.tools,
    patch,
    project: { ...report.totals, change: projectChange(report.totals, base) },
    unmapped: report.unmapped,
    notes: report.notes.map((note) => toPlain(note)),
  };
}

/** Rounded down: 79.99 % is not 80 %. */
function toPercent(share: number): string {
  return `${Math.floor(share * 1000 + 1e-9) / 10}%`;
}

function show(path: string): string {
  return toPlain(say`${code(path)}`);
}
