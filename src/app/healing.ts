// When does the app look for what no event told it?
// Every server has its clocks; of several, one does what is due, because a job waits at most once.
import type { Logger } from 'pino';
import type { Storage } from '../storage/storage.js';
import { formatJobKey } from './job-key.js';

/** Calls back again and again until told to stop. */
export type Every = (ms: number, call: () => void) => () => void;

export const every: Every = (ms, call) => {
  const timer = setInterval(call, ms);
  timer.unref();
  return () => clearInterval(timer);
};

export interface Healing {
  /** Resolves when what was begun so far is with the queue. */
  settled(): Promise<void>;
  stop(): void;
}

export const SWEEP_WAITING_MS = 180_000;
export const SWEEP_ALL_MS = 3_600_000;
/** Servers that come up together begin one sweep. */
const START_APART_MS = 60_000;
/** A clock that is called a little early still finds its work due. */
const ALMOST = 0.9;

const WAITING = formatJobKey({ kind: 'sweep-waiting' });
/** First what was missed, then everything: an event tells more than a look at what is there. */
const ALL = [formatJobKey({ kind: 'redeliver' }), formatJobKey({ kind: 'sweep-installations' })];

export function startHealing(options: {
  readonly storage: Storage;
  readonly every: Every;
  readonly now: () => Date;
  readonly log: Logger;
}): Healing {
  const { storage, log } = options;
  const running = new Set<Promise<void>>();

  const begin = (keys: readonly string[], name: string, apartMs: number) => {
    const now = options.now();
    const work = storage
      .inTransaction(async () => {
        if (!(await storage.chores.claim(name, new Date(now.getTime() - apartMs), now))) return;
        for (const key of keys) await storage.queue.send(key);
      })
      // The next round tries again.
      .catch((error: unknown) => log.warn({ err: error }, 'could not begin to look for what was missed'))
      .finally(() => running.delete(work));
    running.add(work);
  };

  begin([WAITING, ...ALL], 'sweep all', START_APART_MS);
  const stops = [
    options.every(SWEEP_WAITING_MS, () => begin([WAITING], 'sweep waiting', SWEEP_WAITING_MS * ALMOST)),
    options.every(SWEEP_ALL_MS, () => begin(ALL, 'sweep all', SWEEP_ALL_MS * ALMOST)),
  ];
  return {
    async settled() {
      await Promise.all(running);
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}
