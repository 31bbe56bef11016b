// How is a queue worked for the time of one test?
import type { JobHandler, JobResult, QueueSettings } from '../../src/storage/job.js';
import type { Storage } from '../../src/storage/storage.js';
import type { Engine } from './engines.js';

export const DONE: JobResult = { kind: 'done' };
/** No poll within a test: whatever runs was woken. */
export const WOKEN_ONLY: Partial<QueueSettings> = { pollMs: 600_000, retryDelaySeconds: 0, retryLimit: 2 };
export const POLLED: Partial<QueueSettings> = { ...WOKEN_ONLY, pollMs: 50 };

export function tomorrow(): Date {
  return new Date(Date.now() + 86_400_000);
}

interface Bench {
  readonly settings: Partial<QueueSettings>;
  readonly storage: Storage;
  handler: JobHandler;
}

/** Opening the embedded engine takes most of a test's time, so one stays open for tests with the same settings. */
const benches = new Map<Engine, Bench>();

export async function working(
  engine: Engine,
  settings: Partial<QueueSettings>,
  handler: JobHandler,
  run: (storage: Storage) => Promise<void>,
): Promise<void> {
  const bench = await benchOf(engine, settings);
  bench.handler = handler;
  try {
    await run(bench.storage);
  } catch (error) {
    await closeBench(engine);
    throw error;
  }
}

/** To be called before the engine is opened by other means, or stopped. */
export async function closeBench(engine: Engine): Promise<void> {
  const bench = benches.get(engine);
  benches.delete(engine);
  await bench?.storage.close();
}

async function benchOf(engine: Engine, settings: Partial<QueueSettings>): Promise<Bench> {
  const open = benches.get(engine);
  if (open?.settings === settings) return open;
  await closeBench(engine);
  const storage = await engine.open(settings);
  const bench: Bench = { settings, storage, handler: async () => DONE };
  await storage.queue.work((...job) => bench.handler(...job));
  benches.set(engine, bench);
  return bench;
}
