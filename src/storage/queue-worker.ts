// When does a waiting job run, and what becomes of it?
// Fetches as many jobs as its free hands may take, at once when one is sent here, and settles each by itself.
import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from './database.js';
import {
  affectedJobs,
  DEAD,
  failJob,
  type JobHandler,
  type JobResult,
  QUEUE,
  type QueueSettings,
  SCHEMA,
} from './job.js';
import { type Fetch, FIRST_PASS, laneOf, planFetches, readDueLanes } from './queue-lanes.js';

export interface QueueWorker {
  /** Something may have become due. */
  wake(): void;
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly log: Logger;
  readonly settings: QueueSettings;
  readonly handler: JobHandler;
  readonly concurrency: number;
  readonly sendAgain: (key: string, at: Date) => Promise<void>;
  readonly onSettled: () => void;
}

/** A time that has passed, by a clock that is ahead of ours, must not make a job run round and round. */
const SOONEST_AGAIN_MS = 1_000;

/** One attempt: pg-boss refuses to settle it once the job was taken over. */
interface Attempt {
  readonly id: string;
  readonly key: string;
  readonly retryCount: number;
  readonly retryLimit: number;
  readonly waitedMs: number;
}

export function startWorker(options: WorkerOptions): QueueWorker {
  const { database, boss, log, settings, concurrency } = options;
  const running = new Map<string, { readonly attempt: Attempt; readonly ended: Promise<void> }>();
  let state: 'working' | 'stopping' = 'working';
  let isFetching = false;
  let isWoken = false;

  const start = (attempt: Attempt) => {
    const ended = runJob(options, attempt).finally(() => {
      running.delete(attempt.key);
      options.onSettled();
      wake();
    });
    running.set(attempt.key, { attempt, ended });
  };

  /** Where the lanes were left when the hands ran out: the next ones come first. */
  let below = FIRST_PASS;
  const fetchMore = async () => {
    let isFromTop = false;
    while (isWoken && state === 'working' && running.size < concurrency) {
      isWoken = false;
      const isTop = below === FIRST_PASS;
      isFromTop ||= isTop;
      const free = concurrency - running.size;
      // One lane more than there are hands: one of them has nothing at work.
      const lanes = await readDueLanes(database, { below, most: concurrency + 1, each: free });
      const isRest = lanes.length <= concurrency;
      const fetches = planFetches(lanes, countLanes(running.keys()), free, isTop && isRest);
      for (const fetch of fetches) {
        for (const attempt of await fetchJobs(boss, fetch, [...running.keys()])) start(attempt);
      }
      const given = fetches.reduce((sum, { count }) => sum + count, 0);
      const served = fetches.flatMap(({ lane }) => (lane === null ? [] : [lane]));
      if (given === free && served.length > 0) below = Math.min(...served);
      else below = isRest ? FIRST_PASS : lanes.at(-1)!.lane;
      // On to the lanes further down, and round to those above where this began, once.
      if (!isRest || !isFromTop) isWoken = true;
    }
  };

  const wake = () => {
    isWoken = true;
    if (isFetching || state !== 'working') return;
    isFetching = true;
    database
      .outsideTransaction(fetchMore)
      // The next poll tries again.
      .catch((error: unknown) => log.error({ err: error }, 'could not fetch jobs'))
      .finally(() => {
        isFetching = false;
        if (isWoken && running.size < concurrency && state === 'working') setImmediate(wake);
      });
  };

  const beat = () => {
    if (running.size === 0) return;
    boss
      .touch(
        QUEUE,
        [...running.values()].map(({ attempt }) => attempt),
      )
      .catch((error: unknown) => log.warn({ err: error }, 'could not say that jobs are still at work'));
  };

  const poll = setInterval(wake, settings.pollMs);
  const heartbeat =
    database.engine === 'postgres' ? setInterval(beat, (settings.heartbeatSeconds * 1_000) / 4) : null;
  wake();

  return {
    wake,
    async stop() {
      state = 'stopping';
      clearInterval(poll);
      const all = Promise.all([...running.values()].map(({ ended }) => ended));
      const isDrained = await within(settings.drainMs, all);
      if (heartbeat !== null) clearInterval(heartbeat);
      if (!isDrained) log.warn({ keys: [...running.keys()] }, 'stopped before every job had ended');
    },
  };
}

function countLanes(keys: Iterable<string>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const key of keys) counts.set(laneOf(key), (counts.get(laneOf(key)) ?? 0) + 1);
  return counts;
}

async function fetchJobs(
  boss: PgBoss,
  { lane, count }: Fetch,
  keysAtWork: readonly string[],
): Promise<readonly Attempt[]> {
  const jobs = await boss.fetch<{ key: string }>(QUEUE, {
    batchSize: count,
    ...(lane === null ? {} : { minPriority: lane, maxPriority: lane }),
    includeMetadata: true,
    groupConcurrency: 1,
    // Also keeps a key apart whose claim lapsed while its handler still runs here.
    ...(keysAtWork.length > 0 ? { ignoreGroups: [...keysAtWork] } : {}),
  });
  return jobs.map((job) => {
    const { id, data, retryCount, retryLimit } = job;
    return { id, key: data.key, retryCount, retryLimit, waitedMs: waitOf(job) };
  });
}

/** By the database's clock alone. A retry has a start of its own; its first sending is when it was due. */
function waitOf(job: {
  readonly createdOn: Date;
  readonly startAfter: Date;
  readonly startedOn: Date;
  readonly retryCount: number;
}): number {
  const due = job.retryCount > 0 ? job.createdOn : job.startAfter;
  return Math.max(0, job.startedOn.getTime() - due.getTime());
}

/** Never rejects. */
async function runJob(options: WorkerOptions, attempt: Attempt): Promise<void> {
  const { log } = options;
  const { key } = attempt;
  const overrun = new AbortController();
  try {
    const result = await runHandler(options, attempt, overrun);
    await settle(options, attempt, result);
  } catch (error) {
    const isLast = attempt.retryCount >= attempt.retryLimit;
    const fields = { err: error, key, attempt: attempt.retryCount + 1 };
    if (isLast) log.error(fields, 'job failed for the last time');
    else log.warn(fields, 'job failed, it will be tried again');
    await failJob(options.database, options.boss, attempt, describeError(error)).catch((failure: unknown) =>
      log.error(
        { err: failure, key },
        'could not record that a job failed; it runs again when its claim lapses',
      ),
    );
  }
}

async function runHandler(
  options: WorkerOptions,
  { key, waitedMs }: Attempt,
  overrun: AbortController,
): Promise<JobResult> {
  const { jobTimeoutMs } = options.settings;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`run job: not finished after ${jobTimeoutMs / 1_000} s`);
      overrun.abort(error);
      reject(error);
    }, jobTimeoutMs);
  });
  try {
    return await Promise.race([options.handler(key, overrun.signal, waitedMs), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function settle(options: WorkerOptions, attempt: Attempt, result: JobResult): Promise<void> {
  const { database, boss, log } = options;
  await database.inTransaction(async () => {
    const settled = affectedJobs(await boss.complete(QUEUE, [attempt]));
    if (settled === 0) {
      log.warn({ key: attempt.key }, 'job ended after another worker had taken it over');
      return;
    }
    if (result.kind === 'again') {
      const soonest = Date.now() + SOONEST_AGAIN_MS;
      await options.sendAgain(attempt.key, new Date(Math.max(result.at.getTime(), soonest)));
    }
    // Its work is done now, whatever failed before.
    await database.executeSql(
      `delete from ${SCHEMA}.job where name = '${DEAD}' and state = 'created' and singleton_key = $1`,
      [attempt.key],
    );
  });
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `false`: still not settled after that time. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
