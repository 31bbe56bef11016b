// `evals read FILE…`: what do eval results say, and is it enough?
import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { toPlain } from '../checks/escape.js';
import type { EvalFormat, EvalResults } from '../domain/eval-results.js';
import { code, say } from '../domain/message.js';
import { judgeSuite } from '../evals/judge.js';
import type { SuiteDemand, SuiteJudgement } from '../evals/judgement.js';
import { readEvalsInWorker } from '../evals/read-in-worker.js';
import { summarise } from '../evals/summary.js';
import { startWorker } from '../threads/start-worker.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';

export interface EvalsReadArguments {
  readonly files: readonly string[];
  /** `null`: told by what stands in the files. */
  readonly format: EvalFormat | null;
  readonly suite: string | null;
  /** Results of the default branch. */
  readonly baseline: readonly string[];
  readonly head: string | null;
  readonly demand: SuiteDemand;
  readonly print: 'text' | 'json';
}

/** Exit code 1 if the suite does not pass; 2 if its results, or those of the baseline, cannot be read. */
export async function runEvalsRead(args: EvalsReadArguments, io: CommandIo): Promise<ExitCode> {
  await requireFiles(args.files);
  await requireFiles(args.baseline);
  const results = await readResults(args.files, args.format, args.head);
  const baseline = args.baseline.length === 0 ? null : [await readResults(args.baseline, args.format, null)];
  const judgement = judgeSuite({ results: [results], baseline }, args.demand);
  const suite = args.suite ?? results.suite ?? basename(args.files[0]!);
  io.stdout(
    args.print === 'json'
      ? `${JSON.stringify(toJson(suite, results, judgement), null, 2)}\n`
      : toText(suite, judgement, args.baseline.length > 0),
  );
  return judgement.state === 'passed' ? EXIT.fine : EXIT.atFault;
}

async function requireFiles(files: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  for (const file of files) {
    const found = await stat(file).catch(() => null);
    if (found === null) throw new CommandFailure(`${file}: no such file.`);
    if (found.isDirectory()) throw new CommandFailure(`${file} is a folder. Name the results files in it.`);
    const real = await realpath(file);
    // The same passes would count as those of two runs.
    if (seen.has(real)) throw new CommandFailure(`${file} is given twice. Each run has a file of its own.`);
    seen.add(real);
  }
}

const LIMITS = { memoryMb: 1536, timeoutMs: 120_000 };

async function readResults(
  paths: readonly string[],
  format: EvalFormat | null,
  head: string | null,
): Promise<EvalResults> {
  const job = { task: 'evals', source: { kind: 'files', paths }, question: { format, head } } as const;
  const answer = await readEvalsInWorker(startWorker, job, LIMITS);
  if (answer.kind === 'failed') throw new CommandFailure(`Cannot read: ${answer.why}`);
  const { reading } = answer;
  if (reading.kind !== 'read') throw new CommandFailure(toPlain(reading.why));
  return reading.results;
}

function toText(suite: string, judgement: SuiteJudgement, hasBaseline: boolean): string {
  const { reasons, repair, notes } = judgement;
  const lines = [summarise(suite, judgement, show)];
  if (reasons.length > 0) lines.push('', ...reasons.map(({ what }) => toPlain(what)));
  if (repair !== null && repair.ids.length > 0) {
    const these = repair.ids.length === 1 ? 'this 1' : `these ${repair.ids.length}`;
    lines.push('', `Fix ${these} and it is ${repair.share}:`, ...repair.ids.map((id) => `  ${show(id)}`));
  }
  const concerns = judgement.concerns.filter(({ kind }) => kind !== 'no-baseline' || hasBaseline);
  const remarks = [...concerns.map(({ what }) => what), ...notes].map((what) => `Note: ${toPlain(what)}`);
  if (remarks.length > 0) lines.push('', ...remarks);
  return `${lines.join('\n')}\n`;
}

function toJson(suite: string, { format, tool }: EvalResults, judgement: SuiteJudgement) {
  return {
    suite,
    format,
    tool,
    ...judgement,
    reasons: judgement.reasons.map(({ kind, what, ids }) => ({ kind, what: toPlain(what), ids })),
    concerns: judgement.concerns.map(({ kind, what }) => ({ kind, what: toPlain(what) })),
    notes: judgement.notes.map((note) => toPlain(note)),
  };
}

function show(text: string): string {
  return toPlain(say`${code(text)}`);
}
