// Runs the command line in this process, as a person would type it.
import { readFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { parseCatalogue } from '../../src/agents/catalogue.js';
import { CommandFailure } from '../../src/cli/exit-codes.js';
import { buildProgram, usageExitCode } from '../../src/cli/program.js';

const catalogue = parseCatalogue(await readFile(new URL('../../config/agents.yml', import.meta.url), 'utf8'));

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function run(...args: readonly string[]): Promise<Ran> {
  return runWith({}, ...args);
}

export async function runWith(
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Ran> {
  const written = { out: '', err: '' };
  let code = 0;
  const program = buildProgram(
    catalogue,
    '0.0.0',
    {
      stdout: (text) => {
        written.out += text;
      },
      stderr: (text) => {
        written.err += text;
      },
      color: false,
      terminal: false,
      width: 100,
      env,
    },
    (given) => {
      code = given;
    },
  );
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) code = usageExitCode(error);
    else if (error instanceof CommandFailure) {
      written.err += error.message;
      code = 2;
    } else throw error;
  }
  return { code, ...written };
}
