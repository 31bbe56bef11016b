// What does the app count for Prometheus?
// A registry of its own for every app of the process. Labels have few values: no repository, no person, no text.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Authorship } from '../domain/authorship.js';
import type { Gate } from '../domain/verdict.js';
import type { Limiter } from '../github/limiter.js';
import type { JobQueue } from '../storage/queue.js';
import type { IngestOutcome } from './ingress.js';
import type { JobKey } from './job-key.js';
import { within } from './within.js';

export interface Metrics {
  /** `failed`: not stored, so GitHub was told to deliver it again. */
  received(event: string, outcome: IngestOutcome | 'failed'): void;
  /** A request to the webhook's address that was refused before its event was looked at. */
  refused(status: number): void;
  judged(gate: Gate, authorship: Authorship, latencyMs: number): void;
  ran(kind: JobKey['kind'] | 'unknown', result: 'done' | 'again' | 'failed', durationMs: number): void;
  /** The same limiter, with what passes through it counted. */
  watchLimiter(installation: number, limiter: Limiter): Limiter;
  /** In the text format of Prometheus. Shows `agent_policy_database_up 0` where the queue gives no answer. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface MetricsOptions {
  readonly queue: Pick<JobQueue, 'stats' | 'oldestWaitMs'>;
  /** Memory, CPU and event loop: of the process, so only for whoever has it for itself. */
  readonly ofProcess: boolean;
}

/** More installations than that share one label: the size of an answer has an end. */
const MAX_INSTALLATIONS = 500;
const QUEUE_DEADLINE_MS = 2_000;
/** Seconds. A review takes a few requests to GitHub of 50 to 500 ms each; an outage makes it wait for minutes. */
const LATENCY_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 900, 3_600];
const DURATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];

export function createMetrics({ queue, ofProcess }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (ofProcess) collectDefaultMetrics({ register: registry });

  const events = new Counter({
    name: 'agent_policy_events_total',
    help: 'Signed webhooks by event and by what became of them.',
    labelNames: ['event', 'outcome'],
    registers,
  });
  const refusals = new Counter({
    name: 'agent_policy_webhooks_refused_total',
    help: 'Requests to the webhook address that were refused: no signature of GitHub, too large, no JSON.',
    labelNames: ['status'],
    registers,
  });
  const verdicts = new Counter({
    name: 'agent_policy_verdicts_total',
    help: 'Reviews that ended with a verdict, by gate and by who wrote the change.',
    labelNames: ['gate', 'authorship'],
    registers,
  });
  const latency = new Histogram({
    name: 'agent_policy_review_latency_seconds',
    help: 'From the webhook that asked for a review until its check stands on GitHub.',
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const durations = new Histogram({
    name: 'agent_policy_job_duration_seconds',
    help: 'How long jobs of the queue were at work, by kind and by how they ended.',
    labelNames: ['kind', 'result'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  const github = watchGitHub(registers);
  const readQueue = gaugeQueue(registers, queue);

  return {
    received: (event, outcome) => events.inc({ event, outcome }),
    refused: (status) => refusals.inc({ status }),
    judged(gate, authorship, latencyMs) {
      verdicts.inc({ gate, authorship });
      latency.observe(latencyMs / 1_000);
    },
    ran: (kind, result, durationMs) => durations.observe({ kind, result }, durationMs / 1_000),
    watchLimiter: github.watch,
    async render() {
      await readQueue();
      github.readBudgets();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function watchGitHub(registers: Registry[]) {
  const requests = new Counter({
    name: 'agent_policy_github_requests_total',
    help: 'Requests to GitHub. Those for tokens are not counted.',
    labelNames: ['installation', 'kind'],
    registers,
  });
  const limited = new Counter({
    name: 'agent_policy_github_limited_total',
    help: 'Refusals of GitHub on account of a rate limit.',
    labelNames: ['installation', 'limit'],
    registers,
  });
  const remaining = new Gauge({
    name: 'agent_policy_github_budget_remaining',
    help: 'Requests or points that are left of the present hour, as GitHub last said.',
    labelNames: ['installation', 'resource'],
    registers,
  });
  const limit = new Gauge({
    name: 'agent_policy_github_budget_limit',
    help: 'Requests or points that the hour has.',
    labelNames: ['installation', 'resource'],
    registers,
  });
  const limiters = new Map<string, Limiter>();

  return {
    watch(installation: number, limiter: Limiter): Limiter {
      const label = installation === 0 ? 'app' : String(installation);
      const isNamed = limiters.has(label) || limiters.size < MAX_INSTALLATIONS;
      if (isNamed) limiters.set(label, limiter);
      const shown = isNamed ? label : 'other';
      return {
        ...limiter,
        async enter(deed, kind) {
          const leave = await limiter.enter(deed, kind);
          requests.inc({ installation: shown, kind });
          return leave;
        },
        refuse(deed, kind, hint, status) {
          limited.inc({ installation: shown, limit: hint.limit });
          return limiter.refuse(deed, kind, hint, status);
        },
      };
    },
    readBudgets() {
      remaining.reset();
      limit.reset();
      for (const [installation, limiter] of limiters) {
        for (const resource of ['rest', 'graphql'] as const) {
          const budget = limiter.budget(resource);
          if (budget === null) continue;
          remaining.set({ installation, resource }, budget.remaining);
          limit.set({ installation, resource }, budget.limit);
        }
      }
    },
  };
}

/** Of the database, so every app on it shows the same. Sums over instances would count twice. */
function gaugeQueue(registers: Registry[], queue: MetricsOptions['queue']): () => Promise<void> {
  const isUp = new Gauge({
    name: 'agent_policy_database_up',
    help: '1 if the database answers.',
    registers,
  });
  const jobs = new Gauge({
    name: 'agent_policy_queue_jobs',
    help: 'Jobs: due, deferred to a later time, active, dead (given up on).',
    labelNames: ['state'],
    registers,
  });
  const oldest = new Gauge({
    name: 'agent_policy_queue_oldest_due_seconds',
    help: 'For how long the oldest job that is due has waited. 0: none is due.',
    registers,
  });
  return async () => {
    try {
      const [stats, waitMs] = await within(
        QUEUE_DEADLINE_MS,
        Promise.all([queue.stats(), queue.oldestWaitMs()]),
        'no answer in time',
      );
      isUp.set(1);
      jobs.set({ state: 'due' }, stats.waiting - stats.deferred);
      jobs.set({ state: 'deferred' }, stats.deferred);
      jobs.set({ state: 'active' }, stats.active);
      jobs.set({ state: 'dead' }, stats.dead);
      oldest.set(waitMs / 1_000);
    } catch {
      // What was true a minute ago would look like a healthy queue.
      isUp.set(0);
      jobs.reset();
      oldest.set(Number.NaN);
    }
  };
}
