// How is a query run, on either engine, inside the transaction that is open around it?
// One Kysely for everything: a second component on PGlite's single session would land inside our transactions.
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { CompiledQuery, Kysely, PGliteDialect, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { type DataFolderLock, lockDataFolder } from './data-folder-lock.js';
import type { Tables } from './tables.js';

export interface SqlResult {
  // biome-ignore lint/suspicious/noExplicitAny: rows of SQL given as text have the shape their caller asked for
  readonly rows: any[];
  readonly rowCount: number;
}

export interface Database {
  readonly engine: 'pglite' | 'postgres';
  /** The query builder, bound to the open transaction if there is one. */
  query(): Kysely<Tables>;
  executeSql(text: string, values?: readonly unknown[]): Promise<SqlResult>;
  inTransaction<T>(fn: () => Promise<T>): Promise<T>;
  /** Runs `fn` once what is written now can be seen by others; at once without a transaction. Once per function. */
  afterCommit(fn: () => void): void;
  /** Runs `fn` as if no transaction were open around it. */
  outsideTransaction<T>(fn: () => T): T;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly databaseUrl: string | null;
  readonly dataFolder: string;
  readonly log: Logger;
}

const IN_MEMORY = 'memory://';

interface OpenTransaction {
  readonly transaction: Transaction<Tables>;
  readonly afterCommit: Set<() => void>;
  ended: boolean;
}

interface Engine {
  readonly kind: 'pglite' | 'postgres';
  readonly kysely: Kysely<Tables>;
  /** Several statements in one text, which the extended protocol does not take. */
  readonly executeMany: (text: string) => Promise<SqlResult>;
  readonly assertOurs: () => void;
  readonly close: () => Promise<void>;
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const engine =
    options.databaseUrl === null
      ? await openEmbedded(options)
      : await openServer(options.databaseUrl, options.log);
  const open = new AsyncLocalStorage<OpenTransaction>();

  const current = (): OpenTransaction | null => {
    engine.assertOurs();
    const store = open.getStore();
    if (store?.ended)
      throw new Error('query: the transaction around it has ended; await every query inside it');
    return store ?? null;
  };

  const executor = () => current()?.transaction ?? engine.kysely;

  return {
    engine: engine.kind,
    query: () => executor().withSchema('agent_policy'),
    async executeSql(text, values = []) {
      const transaction = current();
      if (transaction === null && values.length === 0 && /;\s*\S/.test(text)) return engine.executeMany(text);
      const result = await executor().executeQuery(CompiledQuery.raw(text, [...values]));
      return { rows: result.rows, rowCount: Number(result.numAffectedRows ?? result.rows.length) };
    },
    async inTransaction(fn) {
      if (current() !== null) return fn();
      const afterCommit = new Set<() => void>();
      const result = await engine.kysely.transaction().execute(async (transaction) => {
        const store: OpenTransaction = { transaction, afterCommit, ended: false };
        try {
          return await open.run(store, fn);
        } finally {
          store.ended = true;
        }
      });
      for (const notify of afterCommit) notify();
      return result;
    },
    afterCommit(fn) {
      const transaction = current();
      if (transaction === null) fn();
      else transaction.afterCommit.add(fn);
    },
    outsideTransaction: (fn) => open.exit(fn),
    close: engine.close,
  };
}

async function openEmbedded({ dataFolder, log }: DatabaseOptions): Promise<Engine> {
  let lock: DataFolderLock | null = null;
  if (dataFolder !== IN_MEMORY) {
    await mkdir(dataFolder, { recursive: true }).catch((error: Error) => {
      throw new Error(
        `open data folder ${dataFolder}: ${error.message}. Set DATA_FOLDER to a folder that can be written.`,
      );
    });
    lock = await lockDataFolder(dataFolder, log);
  }
  try {
    const pglite = await PGlite.create(lock === null ? IN_MEMORY : join(dataFolder, 'pglite'));
    const kysely = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
    return {
      kind: 'pglite',
      kysely,
      executeMany: (text) =>
        // The connection is held meanwhile, so that no transaction of ours is open in the one session.
        kysely.connection().execute(async () => {
          const results = await pglite.exec(text);
          const last = results.at(-1);
          return { rows: last?.rows ?? [], rowCount: last?.affectedRows ?? 0 };
        }),
      assertOurs: () => lock?.assertHeld(),
      close: async () => {
        await kysely.destroy();
        await lock?.release();
      },
    };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

async function openServer(databaseUrl: string, log: Logger): Promise<Engine> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 10,
    connectionTimeoutMillis: 5_000,
    application_name: 'agent-policy',
    types: { getTypeParser },
  });
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection broke'));
  await pool.query('select 1').catch(async (error: NodeJS.ErrnoException) => {
    await pool.end();
    // A name with several addresses fails with an error that says nothing but its code.
    const why = error.message || error.code || 'no answer';
    throw new Error(
      `connect to the PostgreSQL of DATABASE_URL: ${why}. Is it running, and is the address right?`,
    );
  });
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'postgres',
    kysely,
    executeMany: async (text) => {
      const result: unknown = await pool.query(text);
      const last = (Array.isArray(result) ? result.at(-1) : result) as pg.QueryResult;
      return { rows: last.rows, rowCount: last.rowCount ?? 0 };
    },
    assertOurs: () => {},
    close: () => kysely.destroy(),
  };
}

/** PGlite hands `bigint` out as a number; so must the server's driver, which makes it a string. */
const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8
    ? Number
    : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;
