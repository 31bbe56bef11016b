// `outcomes --jsonl FILE|-`: which earlier changes does each of these commit messages undo?
// One record a line in, one answer a line out, in the same order and without holding the file in memory.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { nameLiteral } from '../outcomes/change-name.js';
import { targetLiteral } from '../outcomes/fold-targets.js';
import { readNamedCauses } from '../outcomes/named-cause.js';
import { readReverts } from '../outcomes/read-reverts.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';

export interface OutcomeRow {
  readonly repo: string | null;
  readonly sha: string | null;
  /** One literal a target: SHA as written, pull request number, `D123` or `title:…`. */
  readonly reverts: readonly (string | number)[];
  /** Every target with all its names; those not in `reverts` may be inner commits of a branch. */
  readonly targets: readonly {
    readonly names: readonly (string | number)[];
    readonly form: string;
    readonly partial: boolean;
    readonly sure: boolean;
    readonly said: string;
  }[];
  readonly relands: readonly (string | number)[];
  /** Changes it names as the cause of what it repairs, one literal each. */
  readonly causes: readonly (string | number)[];
  readonly is_revert_like: boolean;
  readonly is_revert_of_revert: boolean;
}

export async function runOutcomesOfRows(
  file: string,
  io: Pick<CommandIo, 'stdout'>,
  lines: AsyncIterable<string> = readLines(file),
): Promise<ExitCode> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const row = parseRow(line, `${file === '-' ? 'standard input' : file}:${number}`);
    io.stdout(`${JSON.stringify(toRow(row))}\n`);
  }
  return EXIT.fine;
}

const rowSchema = z.object({
  repo: z.string().nullish(),
  sha: z.string().nullish(),
  message: z.string(),
});

type Row = z.output<typeof rowSchema>;

function parseRow(line: string, where: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(line.startsWith('\uFEFF') ? line.slice(1) : line);
  } catch (error) {
    throw new CommandFailure(
      `${where}: the line is not JSON (${(error as Error).message}). Write one object a line; the lines before it are answered.`,
    );
  }
  const result = rowSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues
    .map((issue) => `${issue.path.join('.') || 'the line'}: ${issue.message}`)
    .join('; ');
  throw new CommandFailure(
    `${where}: not a commit: ${problems}. Give "message", and "repo" and "sha" if known; the lines before it are answered.`,
  );
}

function toRow({ repo, sha, message }: Row): OutcomeRow {
  const { targets, relands, isRevertLike } = readReverts(message, repo ?? null);
  return {
    repo: repo ?? null,
    sha: sha ?? null,
    reverts: [...new Set(targets.filter((target) => target.isSure).map(targetLiteral))],
    targets: targets.map(({ names, form, partial, isSure, said }) => ({
      names: names.map(nameLiteral),
      form,
      partial,
      sure: isSure,
      said: said.slice(0, 300),
    })),
    relands: relands.map((names) => nameLiteral(names[0]!)),
    causes: readNamedCauses(message).map((cause) => nameLiteral(cause.names[0]!)),
    is_revert_like: isRevertLike,
    is_revert_of_revert: targets.some((target) => target.undoesRevert),
  };
}

async function* readLines(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) yield line;
  } catch (error) {
    throw new CommandFailure(`Cannot read ${file}: ${(error as Error).message}`);
  }
}
