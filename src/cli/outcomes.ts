// `outcomes`: which merged changes failed, and how do we know? From messages alone or with a clone's history.
import { CommandFailure, type CommandIo, type ExitCode } from './exit-codes.js';
import { runOutcomesOfRows } from './outcomes-rows.js';

export interface OutcomesArguments {
  /** A path, or `-` for standard input. */
  readonly jsonl: string | null;
  /** A local clone. */
  readonly repo: string | null;
}

export async function runOutcomes(args: OutcomesArguments, io: CommandIo): Promise<ExitCode> {
  if (args.jsonl !== null && args.repo === null) return runOutcomesOfRows(args.jsonl, io);
  throw new CommandFailure('Give --jsonl FILE to read commit messages.');
}
