// `replay FILE --out SCORES`: what would the chance of failure have been for each change of a history, at its time?
// One commit a line in, oldest first; one score a line out, in the same order, without holding the file in memory.
import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Chance } from '../quality/chance.js';
import { createReplay, type HistoryCommit } from '../quality/replay.js';
import { settleTimes } from '../quality/settle-times.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';
import { parseHistoryRow } from './replay-row.js';

export interface ReplayArguments {
  /** A `.jsonl` or `.jsonl.gz` file. */
  readonly file: string;
  readonly out: string;
}

export interface ScoredRow {
  readonly i: number;
  /** Chance of a revert, 0 to 1. */
  readonly p: number;
  /** What each term adds to the log-odds; `repository` is the start. Together they give `p`. */
  readonly terms: Readonly<Record<string, number>>;
}

export async function runReplay(args: ReplayArguments, io: Pick<CommandIo, 'stderr'>): Promise<ExitCode> {
  await refuseSameFile(args);
  const out = await openOut(args.out);
  const replay = createReplay();
  const settle = settleTimes<HistoryCommit>();
  const seen = new Set<number>();
  let scored = 0;
  const write = async (commits: readonly HistoryCommit[]) => {
    let text = '';
    for (const commit of commits) text += `${JSON.stringify(toRow(commit.id, replay.next(commit)))}\n`;
    scored += commits.length;
    if (text !== '' && !out.write(text)) await once(out, 'drain');
  };
  try {
    let number = 0;
    for await (const line of readLines(args.file)) {
      number += 1;
      if (line.trim() === '') continue;
      const row = parseHistoryRow(number === 1 ? line.replace(/^\uFEFF/, '') : line);
      const problem = !row.ok
        ? row.problem
        : seen.has(row.commit.id)
          ? `"i" ${row.commit.id} was there before`
          : null;
      if (!row.ok || problem !== null) {
        await write(settle.rest());
        throw new CommandFailure(
          `${args.file}:${number}: ${problem}. The ${scored} commits before it are scored in ${args.out}.`,
        );
      }
      seen.add(row.commit.id);
      await write(settle.next(row.commit));
    }
    await write(settle.rest());
  } finally {
    await close(out, args.out);
  }
  io.stderr(`${scored} changes scored in ${args.out}\n`);
  return EXIT.fine;
}

function toRow(i: number, chance: Chance): ScoredRow {
  const terms: Record<string, number> = { repository: round(chance.repository) };
  for (const { name, points } of chance.terms) terms[name] = round(points);
  return { i, p: Number(chance.probability.toPrecision(6)), terms };
}

function round(points: number): number {
  return Math.round(points * 1e4) / 1e4;
}

async function* readLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  // A damaged archive or a missing file ends the lines with its error.
  const input = file.endsWith('.gz') ? pipeline(source, createGunzip(), () => undefined) : source;
  let failure: Error | null = null;
  input.once('error', (error: Error) => {
    failure = error;
  });
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    failure = error as Error;
  }
  if (failure !== null) throw new CommandFailure(`Cannot read ${file}: ${(failure as Error).message}`);
}

/** Writing the scores over the history would destroy it while it is read. */
async function refuseSameFile({ file, out }: ReplayArguments): Promise<void> {
  const [source, target] = await Promise.all([file, out].map((path) => stat(path).catch(() => null)));
  if (source == null) throw new CommandFailure(`Cannot read ${file}: there is no such file.`);
  if (target != null && source.ino === target.ino && source.dev === target.dev)
    throw new CommandFailure(`--out ${out} is the history itself. Give another file for the scores.`);
}

async function openOut(file: string): Promise<WriteStream> {
  const out = createWriteStream(file);
  try {
    await once(out, 'open');
  } catch (error) {
    throw new CommandFailure(`Cannot write ${file}: ${(error as Error).message}`);
  }
  return out;
}

async function close(out: WriteStream, file: string): Promise<void> {
  try {
    await new Promise<void>((done, fail) => {
      out.once('error', fail);
      out.end(done);
    });
  } catch (error) {
    throw new CommandFailure(`Cannot write ${file}: ${(error as Error).message}`);
  }
}
