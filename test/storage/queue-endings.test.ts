// How does a job end that fails, comes again, overruns or is stopped?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { JobHandler } from '../../src/storage/job.js';
import type { Storage } from '../../src/storage/storage.js';
import { defer, eventually } from './defer.js';
import { ENGINES, type Engine } from './engines.js';
import { closeBench, DONE, POLLED, tomorrow, WOKEN_ONLY, working } from './working.js';

// Opening the embedded engine takes seconds on a busy machine.
jest.setTimeout(30_000);

describe.each(ENGINES)('a job on $name', ({ start }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await start();
    // The first boot of an engine is slow; it belongs to no test.
    await working(
      engine,
      WOKEN_ONLY,
      async () => DONE,
      async () => {},
    );
  }, 30_000);
  afterAll(async () => {
    await closeBench(engine);
    await engine.stop();
  });

  test('a job that asks to run again is sent again for that time, also across a restart', async () => {
    let at = new Date(0);
    const again: JobHandler = async () => {
      at = new Date(Date.now() + 1_500);
      return { kind: 'again', at };
    };
    await working(engine, WOKEN_ONLY, again, async ({ queue }) => {
      await queue.send('later');
      await queue.idle();
      expect(await queue.stats()).toEqual({ waiting: 1, deferred: 1, active: 0, dead: 0 });
    });
    const ranAt = defer<number>();
    const handler: JobHandler = async () => {
      ranAt.resolve(Date.now());
      return DONE;
    };
    await working(engine, POLLED, handler, async ({ queue }) => {
      // Clocks of two processes: the server's decides.
      expect(await ranAt.promise).toBeGreaterThanOrEqual(at.getTime() - 50);
      await queue.idle();
    });
  });

  test('a job that asks to run again in the past comes again later, not round and round', async () => {
    let runs = 0;
    const handler: JobHandler = async () => {
      runs += 1;
      return { kind: 'again', at: new Date(0) };
    };
    await working(engine, POLLED, handler, async ({ queue }) => {
      await queue.send('again');
      await queue.idle();
      expect(runs).toBe(1);
      expect((await queue.stats()).deferred).toBe(1);
    });
    await working(
      engine,
      WOKEN_ONLY,
      async () => DONE,
      async ({ queue }) => {
        await queue.send('again');
        await queue.idle();
      },
    );
  });

  test('a failing job is tried again, then becomes a dead letter; a success clears it', async () => {
    let runs = 0;
    let isMended = false;
    const handler: JobHandler = async () => {
      runs += 1;
      if (!isMended) throw new Error(`read the policy: 502 \u0000 (${runs})`);
      return DONE;
    };
    await working(engine, WOKEN_ONLY, handler, async ({ queue }) => {
      await queue.send('broken');
      await queue.idle();
      expect(runs).toBe(3);
      expect(await queue.stats()).toEqual({ waiting: 0, deferred: 0, active: 0, dead: 1 });
      expect(await queue.deadLetters()).toMatchObject([
        { key: 'broken', error: 'read the policy: 502 \ufffd (3)', attempts: 3, at: expect.any(Date) },
      ]);
      isMended = true;
      await queue.send('broken');
      await queue.idle();
      expect(await queue.deadLetters()).toEqual([]);
      expect((await queue.stats()).dead).toBe(0);
    });
  });

  test('a dead letter does not count while its key has another job', async () => {
    const handler: JobHandler = async () => {
      throw new Error('always');
    };
    await working(engine, { ...WOKEN_ONLY, retryLimit: 0 }, handler, async ({ queue }) => {
      await queue.send('dead');
      await queue.idle();
      expect((await queue.stats()).dead).toBe(1);
      await queue.send('dead', { startAfter: tomorrow() });
      expect((await queue.stats()).dead).toBe(0);
      expect(await queue.deadLetters()).toEqual([]);
    });
    await working(
      engine,
      WOKEN_ONLY,
      async () => DONE,
      async ({ queue }) => {
        await queue.send('dead');
        await queue.idle();
      },
    );
  });

  test('a failing job with another one behind it is no dead letter: the other one carries on', async () => {
    let runs = 0;
    const begun = defer<void>();
    const behind = defer<void>();
    const storageOf = defer<Storage>();
    let whileSecondRuns: unknown = null;
    const handler: JobHandler = async () => {
      runs += 1;
      if (runs === 2) whileSecondRuns = await (await storageOf.promise).queue.stats();
      if (runs === 1) {
        begun.resolve();
        await behind.promise;
      }
      if (runs <= 3) throw new Error('not yet');
      return DONE;
    };
    await working(engine, WOKEN_ONLY, handler, async (storage) => {
      const { queue } = storage;
      storageOf.resolve(storage);
      await queue.send('k');
      await begun.promise;
      await queue.send('k');
      behind.resolve();
      await queue.idle();
      // The first run ended in favour of the second, which had two retries of its own.
      expect(whileSecondRuns).toEqual({ waiting: 0, deferred: 0, active: 1, dead: 0 });
      expect(runs).toBe(4);
      expect((await queue.stats()).dead).toBe(0);
    });
  });

  test('an event brings a waiting retry forward and gives it fresh attempts', async () => {
    let runs = 0;
    const handler: JobHandler = async () => {
      runs += 1;
      if (runs < 4) throw new Error('GitHub is down');
      return DONE;
    };
    const settings = { ...POLLED, retryDelaySeconds: 3_600, retryDelayMaxSeconds: 7_200, retryLimit: 1 };
    await working(engine, settings, handler, async ({ queue }) => {
      for (let sent = 1; sent <= 4; sent += 1) {
        await queue.send('k');
        await eventually(async () => runs >= sent && (await queue.stats()).active === 0);
        expect((await queue.stats()).dead).toBe(0);
      }
      expect(runs).toBe(4);
      expect(await queue.stats()).toEqual({ waiting: 0, deferred: 0, active: 0, dead: 0 });
    });
  });

  test('a job that overruns its time is told so, and tried again', async () => {
    let runs = 0;
    const told = defer<unknown>();
    const handler: JobHandler = (_key, signal) => {
      runs += 1;
      if (runs > 1) return Promise.resolve(DONE);
      signal.addEventListener('abort', () => told.resolve(signal.reason));
      return new Promise(() => {});
    };
    await working(engine, { ...WOKEN_ONLY, jobTimeoutMs: 100 }, handler, async ({ queue }) => {
      await queue.send('k');
      await queue.idle();
      expect(String(await told.promise)).toContain('not finished after 0.1 s');
      expect(runs).toBe(2);
    });
  });

  test('stopping waits for the job at work and leaves the waiting one for the next start', async () => {
    const begun = defer<void>();
    const release = defer<void>();
    let finished = 0;
    const handler: JobHandler = async () => {
      begun.resolve();
      await release.promise;
      finished += 1;
      return DONE;
    };
    await closeBench(engine);
    const storage = await engine.open(WOKEN_ONLY);
    await storage.queue.work(handler);
    await storage.queue.send('k');
    await begun.promise;
    await storage.queue.send('k');
    const closed = storage.close();
    release.resolve();
    await closed;
    expect(finished).toBe(1);
    await working(engine, WOKEN_ONLY, handler, async ({ queue }) => {
      await queue.idle();
      expect(finished).toBe(2);
    });
  });
});
