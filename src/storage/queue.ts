// Which jobs wait for work? One at a time per key, and a key waits at most once.
// pg-boss keeps them; a job is only its key, so whoever runs it reads the newest state.
import { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database, SqlResult } from './database.js';
import { DEAD, failJob, type JobHandler, QUEUE, type QueueSettings, SCHEMA, WAITING } from './job.js';
import { laneOf } from './queue-lanes.js';
import { type QueueWorker, startWorker } from './queue-worker.js';
import { storableText } from './storable.js';

interface QueueStats {
  /** Waiting for work, for a retry or for their time. */
  readonly waiting: number;
  /** Of those, the ones whose time has not come. */
  readonly deferred: number;
  readonly active: number;
  /** Keys given up on, with no other job. */
  readonly dead: number;
}

interface DeadLetter {
  readonly key: string;
  readonly error: string;
  readonly attempts: number;
  readonly at: Date;
}

export interface JobQueue {
  /**
   * Joins the transaction around it. A key that already waits is not sent twice: the earlier time stands.
   * A key at work gets exactly one following job.
   */
  send(key: string, options?: { readonly startAfter?: Date }): Promise<void>;
  /** Starts working. One handler per process; a thrown error is retried with backoff, then a dead letter. */
  work(handler: JobHandler, options?: { readonly concurrency?: number }): Promise<void>;
  /** Takes no new job and resolves when the running ones have ended (or `drainMs` is over). */
  stop(): Promise<void>;
  /** Resolves when no job is due, in retry or at work; a job deferred to later does not count. Rejects when late. */
  idle(timeoutMs?: number): Promise<void>;
  stats(): Promise<QueueStats>;
  /** For how long the oldest job that is due has waited; 0: none is due. */
  oldestWaitMs(): Promise<number>;
  /** Newest first. Sending the key again is the way to revive one. */
  deadLetters(): Promise<readonly DeadLetter[]>;
}

const DEFAULTS: QueueSettings = {
  retryLimit: 20,
  retryDelaySeconds: 1,
  retryDelayMaxSeconds: 600,
  heartbeatSeconds: 10,
  pollMs: 500,
  jobTimeoutMs: 300_000,
  drainMs: 30_000,
};

/** Half of them for one installation, which is how many connections to GitHub it has. */
const HANDS = 40;
const HOUR = 3_600;

export async function openQueue(
  database: Database,
  log: Logger,
  overrides: Partial<QueueSettings>,
): Promise<JobQueue> {
  const settings = { ...DEFAULTS, ...overrides };
  const boss = await startBoss(database, log, settings);
  let worker: QueueWorker | null = null;
  const changed = new Set<() => void>();
  const notifyChanged = () => {
    for (const notify of changed) notify();
    changed.clear();
  };
  // After the answer to the webhook, which is next in line: fetching holds the embedded engine's one thread.
  const wake = () => {
    setImmediate(() => worker?.wake());
    notifyChanged();
  };

  const queue: JobQueue = {
    async send(key, options = {}) {
      await enqueue(database, boss, settings, storableText(key), options.startAfter ?? null);
      database.afterCommit(wake);
    },
    async work(handler, options = {}) {
      if (worker !== null) throw new Error('work the queue: this process works it already.');
      worker = startWorker({
        database,
        boss,
        log,
        settings,
        handler,
        concurrency: options.concurrency ?? HANDS,
        sendAgain: (key, at) => queue.send(key, { startAfter: at }),
        onSettled: notifyChanged,
      });
    },
    async stop() {
      await worker?.stop();
      await boss.stop({ graceful: false });
    },
    async idle(timeoutMs = 30_000) {
      const end = performance.now() + timeoutMs;
      while (performance.now() < end) {
        const event = new Promise<void>((resolve) => changed.add(resolve));
        if ((await countUnfinished(database)) === 0) return;
        await Promise.race([event, pause(50)]);
      }
      const { waiting, active } = await readStats(database);
      throw new Error(
        `wait for the queue: ${waiting} jobs waiting and ${active} at work after ${timeoutMs / 1_000} s`,
      );
    },
    stats: () => readStats(database),
    oldestWaitMs: () => readOldestWait(database),
    deadLetters: () => readDeadLetters(database),
  };
  return queue;
}

async function startBoss(database: Database, log: Logger, settings: QueueSettings): Promise<PgBoss> {
  const embedded = database.engine === 'pglite';
  const boss = new PgBoss({
    schema: SCHEMA,
    backend: database.engine,
    db: { executeSql: (text, values) => runForBoss(database, text, values) },
    schedule: false,
    // With other servers around, an abandoned job must be noticed within a second of its last heartbeat's end.
    superviseIntervalSeconds: embedded ? 60 : 1,
    monitorIntervalSeconds: embedded ? 60 : 2,
    maintenanceIntervalSeconds: HOUR / 2,
    // The embedded engine has one session, which a maintenance pass over the indexes would hold.
    reindex: !embedded,
    monitorVacuum: !embedded,
  });
  boss.on('error', (error) => log.error({ err: error }, 'the queue reported an error'));
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'the queue reported a warning'));
  await startInSpite(boss);
  const options = {
    retryLimit: settings.retryLimit,
    retryDelay: settings.retryDelaySeconds,
    retryBackoff: settings.retryDelaySeconds > 0,
    ...(settings.retryDelaySeconds > 0 ? { retryDelayMax: settings.retryDelayMaxSeconds } : {}),
    expireInSeconds: Math.ceil(settings.jobTimeoutMs / 1_000) + 60,
    deleteAfterSeconds: HOUR,
    deadLetter: DEAD,
    ...(embedded ? {} : { heartbeatSeconds: settings.heartbeatSeconds }),
  };
  await boss.createQueue(DEAD, { retentionSeconds: 90 * 24 * HOUR });
  await boss.createQueue(QUEUE, { policy: 'stately', ...options });
  await boss.updateQueue(QUEUE, options);
  // The lock on the data folder says that nobody else runs: whatever is active was left by a dead process.
  if (embedded) await requeueOrphans(database, boss, log);
  return boss;
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: unique violation, duplicate schema, table, object. */
const MADE_MEANWHILE = ['23505', '42P06', '42P07', '42710'];

/** Of servers that start at once on a new database only one can make pg-boss's tables; the others then find them. */
async function startInSpite(boss: PgBoss): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await boss.start();
      return;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (attempt === 5 || typeof code !== 'string' || !MADE_MEANWHILE.includes(code)) throw error;
      // Nothing else may keep the process alive yet.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/**
 * pg-boss remembers for a minute or two which keys were at work when it last counted, and fetches none of their jobs.
 * A key that was done long ago would wait so long. Its groups keep keys apart by what is true now.
 */
async function runForBoss(database: Database, text: string, values?: readonly unknown[]): Promise<SqlResult> {
  const result = await database.executeSql(text, values);
  for (const row of result.rows) if ('singletonsActive' in row) row.singletonsActive = null;
  return result;
}

/**
 * Touches a waiting job before it inserts one. The touch locks the row until the transaction around it commits, so a
 * worker cannot start the job before it can see what was stored with this send.
 */
async function enqueue(
  database: Database,
  boss: PgBoss,
  settings: QueueSettings,
  key: string,
  startAfter: Date | null,
): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    const touched = await database.executeSql(
      `update ${SCHEMA}.job
       set start_after = least(start_after, coalesce($2::timestamptz, ${SCHEMA}.job_now())),
           retry_limit = case when state = 'retry' then retry_count + 1 + $3::int else retry_limit end
       where ${WAITING} returning id`,
      [key, startAfter, settings.retryLimit],
    );
    if (touched.rows.length > 0) return;
    const sent = await boss.send(
      QUEUE,
      { key },
      {
        singletonKey: key,
        // pg-boss keeps two jobs of a group apart when it fetches; without it a waiting job whose key is at work
        // fails the whole fetch.
        group: { id: key },
        priority: laneOf(key),
        ...(startAfter === null ? {} : { startAfter }),
      },
    );
    if (sent !== null) return;
  }
  throw new Error(`send job ${key}: another process kept taking it.`);
}

async function requeueOrphans(database: Database, boss: PgBoss, log: Logger): Promise<void> {
  await database.inTransaction(async () => {
    const { rows } = await database.executeSql(
      `select id::text as id, retry_count as "retryCount", singleton_key as key
       from ${SCHEMA}.job where name = '${QUEUE}' and state = 'active'`,
    );
    if (rows.length === 0) return;
    for (const job of rows) await failJob(database, boss, job, 'the process that ran it ended');
    await database.executeSql(
      `update ${SCHEMA}.job set start_after = ${SCHEMA}.job_now()
       where name = '${QUEUE}' and state = 'retry' and id = any(array(
         select value::uuid from jsonb_array_elements_text($1::text::jsonb)))`,
      [JSON.stringify(rows.map((row) => row.id))],
    );
    log.warn({ jobs: rows.length }, 'sent jobs again that a dead process had begun');
  });
}

async function countUnfinished(database: Database): Promise<number> {
  const { rows } = await database.executeSql(
    `select count(*)::int as count from ${SCHEMA}.job where name = '${QUEUE}' and
       (state in ('retry', 'active') or (state = 'created' and start_after <= ${SCHEMA}.job_now()))`,
  );
  return rows[0].count;
}

/** A dead letter counts only while its key has no other job, which would do the same work. */
const REALLY_DEAD = `d.name = '${DEAD}' and d.state = 'created' and not exists (
  select 1 from ${SCHEMA}.job j where j.name = '${QUEUE}' and j.state in ('created', 'retry', 'active')
    and coalesce(j.singleton_key, '') = d.singleton_key)`;

async function readStats(database: Database): Promise<QueueStats> {
  const { rows } = await database.executeSql(
    `select count(*) filter (where state in ('created', 'retry'))::int as waiting,
            count(*) filter (where state in ('created', 'retry') and start_after > ${SCHEMA}.job_now())::int as deferred,
            count(*) filter (where state = 'active')::int as active,
            (select count(distinct d.singleton_key) from ${SCHEMA}.job d where ${REALLY_DEAD})::int as dead
     from ${SCHEMA}.job where name = '${QUEUE}' and state in ('created', 'retry', 'active')`,
  );
  return rows[0];
}

async function readOldestWait(database: Database): Promise<number> {
  const { rows } = await database.executeSql(
    `select coalesce(extract(epoch from ${SCHEMA}.job_now() - min(start_after)) * 1000, 0)::float8 as ms
     from ${SCHEMA}.job where name = '${QUEUE}' and state in ('created', 'retry')
       and start_after <= ${SCHEMA}.job_now()`,
  );
  return rows[0].ms;
}

async function readDeadLetters(database: Database): Promise<readonly DeadLetter[]> {
  const { rows } = await database.executeSql(
    `select distinct on (d.singleton_key) d.singleton_key as key, coalesce(d.source_output->>'message', 
              d.source_output->'value'->>'message', 'unknown') as error,
            coalesce(d.source_retry_count, 0) + 1 as attempts, d.created_on as at
     from ${SCHEMA}.job d where ${REALLY_DEAD}
     order by d.singleton_key, d.created_on desc`,
  );
  return [...rows].sort((a, b) => b.at.getTime() - a.at.getTime());
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
