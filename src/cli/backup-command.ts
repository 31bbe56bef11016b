// `backup` and `restore`: the embedded database to a file and back.
import type { Command } from 'commander';
import { pino } from 'pino';
import { type BackupSummary, restoreBackup, writeBackup } from '../storage/backup.js';
import { readLocation } from '../storage/location.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';

export function addBackupCommands(
  program: Command,
  run: (command: Promise<ExitCode>) => Promise<void>,
  io: CommandIo,
): void {
  program
    .command('backup')
    .description('Write the embedded database to a file. The app must be stopped meanwhile.')
    .argument('<file>', 'where to; a file that exists is never replaced')
    .addHelpText('after', '\nExample:\n  $ DATA_FOLDER=/srv/agent-policy agent-policy backup monday.backup')
    .action((file: string) => run(runBackup(file, io)));
  program
    .command('restore')
    .description('Put a backup in place of the embedded database. The app must be stopped meanwhile.')
    .argument('<file>', 'a file that `agent-policy backup` wrote')
    .option('--force', 'replace the database that is there, for good', false)
    .addHelpText('after', '\nExample:\n  $ DATA_FOLDER=/srv/agent-policy agent-policy restore monday.backup')
    .action((file: string, flags: { force: boolean }) => run(runRestore(file, flags.force, io)));
}

async function runBackup(file: string, io: CommandIo): Promise<ExitCode> {
  const dataFolder = locate(io, `pg_dump --format=custom --file=${file} "$DATABASE_URL"`);
  const written = await told(writeBackup({ dataFolder, file, log: SILENT }));
  io.stdout(`Wrote ${file}: ${describe(written)}.\n`);
  return EXIT.fine;
}

async function runRestore(file: string, force: boolean, io: CommandIo): Promise<ExitCode> {
  const dataFolder = locate(io, 'pg_restore --clean --if-exists --dbname="$DATABASE_URL" FILE');
  const read = await told(restoreBackup({ dataFolder, file, force, log: SILENT }));
  io.stdout(`Restored ${dataFolder} from ${read.createdAt.toISOString()}: ${describe(read)}.\n`);
  return EXIT.fine;
}

const SILENT = pino({ level: 'silent' });

function locate(io: CommandIo, instead: string): string {
  let location: ReturnType<typeof readLocation>;
  try {
    location = readLocation(io.env);
  } catch (error) {
    throw new CommandFailure((error as Error).message);
  }
  if (location.databaseUrl === null) return location.dataFolder;
  throw new CommandFailure(
    `DATABASE_URL is set: the app keeps its records in PostgreSQL. Use its own tools: ${instead}`,
  );
}

/** What the world refuses is one line for whoever runs the command. */
function told<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: Error) => {
    throw new CommandFailure(error.message);
  });
}

function describe({ pullRequests, deliveries, bytes }: BackupSummary): string {
  return `${pullRequests} judged pull requests, ${deliveries} webhooks, ${(bytes / 1_000_000).toFixed(1)} MB`;
}
