#!/usr/bin/env node
// The command line: wires the commands to this process.
import { CommanderError } from 'commander';
import { parseCatalogue } from './agents/catalogue.js';
import { CommandFailure, EXIT } from './cli/exit-codes.js';
import { buildProgram, usageExitCode } from './cli/program.js';
import { readCatalogueText, readVersion } from './shipped-files.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that stops early, like `head`, is no failure of ours.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.fine);
  throw error;
});

try {
  const program = buildProgram(
    parseCatalogue(await readCatalogueText()),
    await readVersion(),
    {
      stdout: (text) => void process.stdout.write(text),
      stderr: (text) => void process.stderr.write(text),
      color: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
      terminal: process.stderr.isTTY === true,
      width: process.stdout.columns ?? 100,
      env: process.env,
    },
    (code) => {
      process.exitCode = code;
    },
  );
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = usageExitCode(error);
  else if (error instanceof CommandFailure) {
    process.stderr.write(`agent-policy: ${error.message}\n`);
    process.exitCode = EXIT.failed;
  } else {
    process.stderr.write(
      `agent-policy: a bug in agent-policy, please report it: ${(error as Error).stack}\n`,
    );
    process.exitCode = EXIT.failed;
  }
}
