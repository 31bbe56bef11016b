// What does the app remember, and where?
// One dialect, PostgreSQL: embedded (PGlite in a data folder) unless a DATABASE_URL names a server.
import type { Logger } from 'pino';
import { type Cache, openCache } from './cache.js';
import { type Chores, openChores } from './chores.js';
import { type CommitPushes, openCommitPushes } from './commit-pushes.js';
import { type CoverageRecords, openCoverageRecords } from './coverage-records.js';
import { type CoverageResults, openCoverageResults } from './coverage-results.js';
import { type Database, openDatabase } from './database.js';
import { type Decisions, openDecisions } from './decisions.js';
import { type Deliveries, openDeliveries } from './deliveries.js';
import { type Digests, openDigests } from './digests.js';
import type { EvalRuns } from './eval-runs.js';
import { type EvidenceStore, openEvidence } from './evidence.js';
import { type Heads, openHeads } from './heads.js';
import { type Installations, openInstallations } from './installations.js';
import type { QueueSettings } from './job.js';
import type { Ledger } from './ledger.js';
import { migrate } from './migrations.js';
import { openEvalRuns } from './open-eval-runs.js';
import { openLedger } from './open-ledger.js';
import { openPoliciesSeen, type PoliciesSeen } from './policies-seen.js';
import { openPushes, type Pushes } from './pushes.js';
import { type JobQueue, openQueue } from './queue.js';
import { openRedeliveries, type Redeliveries } from './redeliveries.js';
import { openRefreshes, type Refreshes } from './refreshes.js';
import { openRequesters, type Requesters } from './requesters.js';
import { openTightened, type Tightened } from './tightened.js';

export interface Storage {
  readonly engine: 'pglite' | 'postgres';
  /** Everything done in `fn`, queue sends too, is one transaction. A nested call joins the outer one. */
  inTransaction<T>(fn: () => Promise<T>): Promise<T>;
  readonly deliveries: Deliveries;
  readonly heads: Heads;
  readonly pushes: Pushes;
  readonly commitPushes: CommitPushes;
  readonly requesters: Requesters;
  readonly evidence: EvidenceStore;
  readonly digests: Digests;
  readonly decisions: Decisions;
  readonly policiesSeen: PoliciesSeen;
  readonly cache: Cache;
  readonly installations: Installations;
  readonly tightened: Tightened;
  /** What was merged, and what became of it. */
  readonly ledger: Ledger;
  readonly coverageResults: CoverageResults;
  readonly coverageRecords: CoverageRecords;
  readonly evalRuns: EvalRuns;
  readonly refreshes: Refreshes;
  readonly redeliveries: Redeliveries;
  readonly chores: Chores;
  readonly queue: JobQueue;
  /** Resolves when a query is answered; rejects when the database cannot be reached. */
  ping(): Promise<void>;
  /** Stops the queue (running jobs finish first), closes the database, releases the data folder. */
  close(): Promise<void>;
}

export interface StorageOptions {
  /** PostgreSQL to use; `null` for the embedded engine. */
  readonly databaseUrl: string | null;
  /** Folder of the embedded engine, created if missing; `memory://` keeps nothing (tests). */
  readonly dataFolder: string;
  readonly log: Logger;
  readonly queue?: Partial<QueueSettings>;
}

export async function openStorage(options: StorageOptions): Promise<Storage> {
  const database = await openDatabase(options);
  try {
    await migrate(database);
    const queue = await openQueue(database, options.log, options.queue ?? {});
    return assemble(database, queue);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function assemble(database: Database, queue: JobQueue): Storage {
  return {
    engine: database.engine,
    inTransaction: database.inTransaction,
    deliveries: openDeliveries(database),
    heads: openHeads(database),
    pushes: openPushes(database),
    commitPushes: openCommitPushes(database),
    requesters: openRequesters(database),
    evidence: openEvidence(database),
    digests: openDigests(database),
    decisions: openDecisions(database),
    policiesSeen: openPoliciesSeen(database),
    cache: openCache(database),
    installations: openInstallations(database),
    tightened: openTightened(database),
    ledger: openLedger(database),
    coverageResults: openCoverageResults(database),
    coverageRecords: openCoverageRecords(database),
    evalRuns: openEvalRuns(database),
    refreshes: openRefreshes(database),
    redeliveries: openRedeliveries(database),
    chores: openChores(database),
    queue,
    ping: async () => {
      await database.executeSql('select 1');
    },
    close: async () => {
      await queue.stop();
      await database.close();
    },
  };
}
