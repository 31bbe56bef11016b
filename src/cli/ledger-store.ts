// How does a command get at the ledger that the app keeps?
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { AuthorshipFinding } from '../domain/authorship.js';
import { type Database, openDatabase } from '../storage/database.js';
import { openDecisions } from '../storage/decisions.js';
import type { Ledger } from '../storage/ledger.js';
import { readLocation, type StorageLocation } from '../storage/location.js';
import { migrate } from '../storage/migrations.js';
import { openLedger } from '../storage/open-ledger.js';
import { CommandFailure } from './exit-codes.js';

export interface LedgerStore {
  readonly ledger: Ledger;
  readonly database: Database;
  /** What was found when the pull request was judged; `null`: it never was. */
  findDecided(repoId: number, pullRequest: number): Promise<AuthorshipFinding | null>;
  close(): Promise<void>;
}

export async function openLedgerStore(
  env: Readonly<Record<string, string | undefined>>,
): Promise<LedgerStore> {
  const location = locate(env);
  const database = await openDatabase({ ...location, log: pino({ level: 'silent' }) }).catch(
    (error: Error) => {
      throw new CommandFailure(sayFailure(error, location));
    },
  );
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  const decisions = openDecisions(database);
  return {
    ledger: openLedger(database),
    database,
    findDecided: async (repoId, pullRequest) =>
      (await decisions.latest(repoId, pullRequest))?.decision.authorship ?? null,
    close: database.close,
  };
}

function locate(env: Readonly<Record<string, string | undefined>>): StorageLocation {
  let location: StorageLocation;
  try {
    location = readLocation(env);
  } catch (error) {
    throw new CommandFailure((error as Error).message);
  }
  // A mistyped place would be a second, empty memory that the app never reads.
  const isStated = location.databaseUrl !== null || (env.DATA_FOLDER?.trim() ?? '') !== '';
  if (!isStated && !existsSync(join(location.dataFolder, 'pglite')))
    throw new CommandFailure(
      `The app keeps its records elsewhere: there are none in ${location.dataFolder}. Set DATABASE_URL or DATA_FOLDER as the app has it.`,
    );
  return location;
}

function sayFailure(error: Error, { databaseUrl }: StorageLocation): string {
  const isTaken = databaseUrl === null && error.message.includes('is using it');
  if (!isTaken) return error.message;
  const who = /: (.*) is using it/.exec(error.message)?.[1] ?? 'another process';
  return (
    `The app's records are in use: ${who} has the data folder. Only one process at a time may write there. ` +
    'Stop the app, run this again, and start the app; or let the app use PostgreSQL (DATABASE_URL), which several may share.'
  );
}
