// Which zones is a path in, and what does each demand of an agent there?
import { readFile } from 'node:fs/promises';
import { type Catalogue, knownAgentNames } from '../agents/catalogue.js';
import { explainPath, formatExplanation } from '../policy/explain.js';
import { parsePolicyFile } from '../policy/parse.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';
import { formatProblem } from './lint.js';
import { policyFromBytes } from './local-snapshot.js';

export interface ExplainArguments {
  readonly path: string;
  readonly policy: string;
  readonly base: string;
  readonly format: 'text' | 'json';
}

export async function runExplain(
  args: ExplainArguments,
  catalogue: Catalogue,
  io: CommandIo,
): Promise<ExitCode> {
  const bytes = await readFile(args.policy).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailure(
      `${args.policy}: ${error.code === 'ENOENT' ? 'no such file' : error.message}. --policy takes another path.`,
    );
  });
  const parsed = parsePolicyFile(policyFromBytes(bytes), { knownAgents: knownAgentNames(catalogue) });
  if (!parsed.ok) {
    for (const problem of parsed.problems) io.stderr(`${formatProblem(args.policy, problem)}\n`);
    return EXIT.atFault;
  }
  const explanation = explainPath(parsed.policy, fileOf(args.path), { baseRef: args.base });
  io.stdout(
    args.format === 'json'
      ? `${JSON.stringify(explanation, null, 2)}\n`
      : formatExplanation(explanation, args.policy),
  );
  return EXIT.fine;
}

/**
 * `./infra/a.tf` is how a shell completes it; GitHub names it `infra/a.tf`. Globs mean files: a folder would be in no
 * zone, which is not what holds for what is in it.
 */
function fileOf(path: string): string {
  const file = path.replace(/^(\.\/)+/, '').replace(/^\/+/, '');
  if (file === '' || file === '.' || file.endsWith('/'))
    throw new CommandFailure(
      `${JSON.stringify(path)} names a folder. Give a file in it, there or not: ${file.replace(/^\.$/, '')}example.txt.`,
    );
  if (file.split('/').includes('..'))
    throw new CommandFailure(
      `${JSON.stringify(path)} leads upwards. Give the path from the root of the repository.`,
    );
  return file;
}
