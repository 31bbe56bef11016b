// Do several servers share one queue without stepping on each other?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { defer, eventually } from './defer.js';
import { ENGINES, type Engine } from './engines.js';
import { DONE, POLLED } from './working.js';

// Opening the embedded engine takes seconds on a busy machine.
jest.setTimeout(30_000);

describe('the queue of several servers on one PostgreSQL', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await ENGINES.find(({ name }) => name === 'PostgreSQL')!.start();
  }, 30_000);
  afterAll(() => engine.stop());

  test('a key never runs on two servers at once, and every send is answered by a later run', async () => {
    const storages = [await engine.open(POLLED), await engine.open(POLLED), await engine.open(POLLED)];
    const atWork = new Map<string, number>();
    let most = 0;
    const lastSeen = new Map<string, number>();
    const sent = new Map<string, number>();
    for (const storage of storages) {
      await storage.queue.work(async (key) => {
        const now = (atWork.get(key) ?? 0) + 1;
        atWork.set(key, now);
        most = Math.max(most, now);
        lastSeen.set(key, sent.get(key) ?? 0);
        await new Promise((resolve) => setTimeout(resolve, 5));
        atWork.set(key, now - 1);
        return DONE;
      });
    }
    await Promise.all(
      Array.from({ length: 120 }, async (_, i) => {
        const key = `k${i % 6}`;
        await storages[i % 3]!.inTransaction(async () => {
          await storages[i % 3]!.queue.send(key);
          sent.set(key, (sent.get(key) ?? 0) + 1);
        });
      }),
    );
    await storages[0]!.queue.idle();
    expect(most).toBe(1);
    expect(Object.fromEntries(lastSeen)).toEqual({ k0: 20, k1: 20, k2: 20, k3: 20, k4: 20, k5: 20 });
    for (const storage of storages) await storage.close();
  });

  test('a job sent while one of its key is about to fail makes no dead letter', async () => {
    const storage = await engine.open({ ...POLLED, retryDelaySeconds: 0 });
    let runs = 0;
    const begun = defer<void>();
    const fail = defer<void>();
    await storage.queue.work(async () => {
      runs += 1;
      if (runs === 1) {
        begun.resolve();
        await fail.promise;
      }
      if (runs <= 2) throw new Error('not yet');
      return DONE;
    });
    await storage.queue.send('k');
    await begun.promise;
    await storage.inTransaction(async () => {
      await storage.queue.send('k');
      fail.resolve();
      // The failure is recorded while the second job is not committed yet, so neither sees the other.
      await eventually(() => runs >= 2);
    });
    await storage.queue.idle();
    expect(runs).toBeGreaterThanOrEqual(3);
    expect((await storage.queue.stats()).dead).toBe(0);
    await storage.close();
  });
});
