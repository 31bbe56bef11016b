// Is this policy file right, and if not, where and what instead?
import { readFile } from 'node:fs/promises';
import type { Catalogue } from '../agents/catalogue.js';
import { knownAgentNames } from '../agents/catalogue.js';
import { POLICY_PATH } from '../domain/policy-file.js';
import type { Problem } from '../domain/verdict.js';
import { parsePolicyFile } from '../policy/parse.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';
import { policyFromBytes } from './local-snapshot.js';

export interface LintArguments {
  /** `null`: `.github/agent-policy.yml` below the working folder. */
  readonly file: string | null;
  readonly format: 'text' | 'json';
}

/** Prints every problem as `file:line:column  message`. Exit code 1 if there is an error; warnings alone are fine. */
export async function runLint(args: LintArguments, catalogue: Catalogue, io: CommandIo): Promise<ExitCode> {
  const file = args.file ?? POLICY_PATH;
  const problems = await findProblems(file, catalogue);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  if (args.format === 'json') {
    io.stdout(`${JSON.stringify({ file, valid: errors === 0, problems }, null, 2)}\n`);
  } else {
    for (const problem of problems) io.stdout(`${formatProblem(file, problem)}\n`);
    io.stdout(`${file}: ${summarise(errors, problems.length - errors)}\n`);
  }
  return errors === 0 ? EXIT.fine : EXIT.atFault;
}

async function findProblems(file: string, catalogue: Catalogue): Promise<readonly Problem[]> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new CommandFailure(`${file}: no such file. \`agent-policy lint FILE\` takes another path.`);
    if (error.code === 'EISDIR') throw new CommandFailure(`${file} is a folder. Name the policy file in it.`);
    throw new CommandFailure(`${file}: ${error.message}`);
  });
  const parsed = parsePolicyFile(policyFromBytes(bytes), { knownAgents: knownAgentNames(catalogue) });
  if (!parsed.ok) return parsed.problems;
  const { warnings, unbuilt } = parsed.policy;
  return [...warnings, ...unbuilt].toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** `.github/agent-policy.yml:14:11  Unknown tier …`; a warning says so. */
export function formatProblem(file: string, problem: Problem): string {
  const label = problem.severity === 'warning' ? 'Warning: ' : '';
  return `${file}:${problem.line}:${problem.column}  ${label}${problem.message}`;
}

function summarise(errors: number, warnings: number): string {
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  if (errors === 0 && warnings === 0) return 'no problems found.';
  if (errors === 0) return `valid, ${count(warnings, 'warning')}.`;
  return warnings === 0
    ? `${count(errors, 'error')}.`
    : `${count(errors, 'error')}, ${count(warnings, 'warning')}.`;
}
