// `outcomes --jsonl FILE|-`: which earlier changes does each of these commit messages undo?
// One record a line in, one answer a line out, in the same order and without holding the file in memory.
import { z } from 'zod';
import { nameLiteral } from '../outcomes/change-name.js';
import { targetLiteral } from '../outcomes/fold-targets.js';
import { readNamedCauses } from '../outcomes/named-cause.js';
import { readReverts } from '../outcomes/read-reverts.js';
import { type CommandIo, EXIT, type ExitCode } from './exit-codes.js';
import { parseRows, readLines } from './json-lines.js';

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
  for await (const row of parseRows(lines, file, rowSchema, WORDS))
    io.stdout(`${JSON.stringify(toRow(row))}\n`);
  return EXIT.fine;
}

const WORDS = {
  done: 'answered',
  kind: 'a commit',
  hint: ' Give "message", and "repo" and "sha" if known.',
};

const rowSchema = z.object({
  repo: z.string().nullish(),
  sha: z.string().nullish(),
  message: z.string(),
});

type Row = z.output<typeof rowSchema>;

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
