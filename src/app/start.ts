// How does the server come up, and how does it go down without losing anything?
import type { Logger } from 'pino';
import type { Catalogue } from '../agents/catalogue.js';
import { createInstallationClients } from '../github/connect.js';
import type { QueueSettings } from '../storage/job.js';
import { openStorage, type Storage } from '../storage/storage.js';
import type { Config } from './config.js';
import { countEvents } from './count-events.js';
import { COVERAGE_PATIENCE, type CoveragePatience } from './coverage-patience.js';
import { createCoverageReader } from './coverage-reader.js';
import type { Dependencies } from './dependencies.js';
import { EVAL_PATIENCE, type EvalPatience } from './eval-patience.js';
import { describeGivenUp } from './given-up.js';
import { type Every, every, startHealing } from './healing.js';
import { createIngress } from './ingress.js';
import { createMetrics } from './metrics.js';
import { createProbot } from './probot.js';
import { createReadiness } from './readiness.js';
import { startServer } from './server.js';
import { STALE_AFTER_MS } from './stale-verdict.js';
import { SWEPT } from './sweep.js';
import { wakeDueHistories, wakeHistoriesAtStart } from './wake-histories.js';
import { createJobHandler } from './work.js';

export interface RunningApp {
  readonly url: string;
  readonly port: number;
  readonly engine: 'pglite' | 'postgres';
  /** Resolves when no job is due or at work. */
  idle(): Promise<void>;
  /** Takes no new webhook, finishes running jobs, closes the database. */
  stop(): Promise<void>;
}

export interface Tuning {
  /** How long a merge group that GitHub's queue does not show yet is asked for again. */
  readonly groupPatienceMs: number;
  /** How long coverage that no event announces is waited for. */
  readonly coveragePatience: CoveragePatience;
  /** How long runs of evals that no event announces are waited for. */
  readonly evalPatience: EvalPatience;
  /** Between two steps of reading a history back. 0: none. */
  readonly historyPauseMs: number;
  /** Metrics of the process, too: memory, CPU, event loop. For an app that has its process for itself. */
  readonly processMetrics: boolean;
  /** What comes round regularly. */
  readonly every: Every;
  readonly now: () => Date;
  readonly queue: Partial<QueueSettings>;
}

const TUNING: Tuning = {
  groupPatienceMs: 20_000,
  coveragePatience: COVERAGE_PATIENCE,
  evalPatience: EVAL_PATIENCE,
  historyPauseMs: 2_000,
  processMetrics: false,
  every,
  now: () => new Date(),
  queue: {},
};

export async function startApp(
  config: Config,
  catalogue: Catalogue,
  log: Logger,
  tuning: Partial<Tuning> = {},
): Promise<RunningApp> {
  const {
    groupPatienceMs,
    coveragePatience,
    evalPatience,
    historyPauseMs,
    processMetrics,
    now,
    queue,
    every: repeat,
  } = {
    ...TUNING,
    ...tuning,
  };
  const { databaseUrl, dataFolder } = config;
  const storage = await openStorage({ databaseUrl, dataFolder, log, queue });
  try {
    const probot = createProbot(config);
    const metrics = createMetrics({ queue: storage.queue, ofProcess: processMetrics });
    const deps: Omit<Dependencies, 'onJudged'> = {
      storage,
      clients: createInstallationClients({
        auth: (id) => (id === undefined ? probot.auth() : probot.auth(id)),
        endpoints: config.endpoints,
        now: () => now().getTime(),
        watch: metrics.watchLimiter,
      }),
      catalogue,
      appId: config.appId,
      orgPolicyRequired: config.orgPolicy === 'required',
      groupPatienceMs,
      coverage: { reader: createCoverageReader(), patience: coveragePatience },
      evals: evalPatience,
      historyPauseMs,
      readingHistory: new Map(),
      now,
      log,
    };
    await storage.queue.work(createJobHandler(deps, metrics));
    const ingest = createIngress({ storage, appId: config.appId, now, log });
    // Each must resolve before the app counts as ready; what it resolves with is shown.
    const readiness = createReadiness({
      engine: async () => storage.engine,
      queue: () => storage.queue.stats(),
      givenUp: () => describeGivenUp(storage.queue),
      notFresh: () => storage.refreshes.countFailing(new Date(now().getTime() - STALE_AFTER_MS)),
      lastSwept: async () => (await storage.chores.last(SWEPT))?.toISOString() ?? null,
    });
    const server = await startServer({
      probot,
      webhookSecret: config.webhookSecret,
      host: config.host,
      port: config.port,
      log,
      ingest: countEvents(ingest, metrics),
      onRefused: metrics.refused,
      checkReady: readiness.check,
      metrics: { render: metrics.render, token: config.metricsToken },
    });
    const woken = wakeHistoriesAtStart(storage, new Date()).catch((error: unknown) =>
      log.warn({ err: error }, NOT_WOKEN),
    );
    const healing = startHealing({ storage, every: repeat, now, log });
    const housekeeping = setInterval(() => keepHouse(storage, log), HOUR_MS);
    housekeeping.unref();
    let stopped: Promise<void> | null = null;
    const stop = async () => {
      clearInterval(housekeeping);
      healing.stop();
      await server.close();
      await woken;
      await healing.settled();
      await storage.close();
    };
    return {
      url: server.url,
      port: server.port,
      engine: storage.engine,
      async idle() {
        await woken;
        await healing.settled();
        await storage.queue.idle();
      },
      stop() {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** What was delivered is kept for as long as GitHub can deliver it again, and a margin. */
const DELIVERIES_KEPT_MS = 14 * 24 * 3_600_000;
/** A branch may wait long before a pull request is opened, and that for long before it is merged. */
const COMMIT_PUSHES_KEPT_MS = 400 * 24 * 3_600_000;
/** Longer than GitHub keeps artifacts: what was read from one stays true of its head. */
const COVERAGE_KEPT_MS = 180 * 24 * 3_600_000;
/** Longer than GitHub keeps artifacts, unless told otherwise. */
const EVALS_KEPT_MS = 100 * 24 * 3_600_000;
/** Longer than any sweep leaves an open pull request alone. */
const REFRESHES_KEPT_MS = 30 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const NOT_WOKEN = 'could not wake the histories that are to be read';

function keepHouse(storage: Storage, log: Logger): void {
  const now = Date.now();
  Promise.all([
    storage.deliveries.prune(new Date(now - DELIVERIES_KEPT_MS)),
    storage.commitPushes.prune(new Date(now - COMMIT_PUSHES_KEPT_MS)),
    storage.cache.prune(new Date(now)),
    storage.coverageResults.prune(new Date(now - COVERAGE_KEPT_MS)),
    storage.coverageRecords.prune(new Date(now - COVERAGE_KEPT_MS)),
    storage.evalRuns.prune(new Date(now - EVALS_KEPT_MS)),
    storage.refreshes.prune(new Date(now - REFRESHES_KEPT_MS)),
    storage.redeliveries.prune(new Date(now - DELIVERIES_KEPT_MS)),
  ]).catch((error: unknown) => log.warn({ err: error }, 'could not drop what is old'));
  wakeDueHistories(storage, new Date(now)).catch((error: unknown) => log.warn({ err: error }, NOT_WOKEN));
}
