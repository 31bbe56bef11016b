// Does every job run, one at a time per key, and end where it should?
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JobHandler, JobResult, QueueSettings } from '../../src/storage/job.js';
import type { Storage } from '../../src/storage/storage.js';
import { defer, eventually } from './defer.js';
import { ENGINES, type Engine } from './engines.js';

const DONE: JobResult = { kind: 'done' };
/** No poll within a test: whatever runs was woken. */
const WOKEN_ONLY: Partial<QueueSettings> = { pollMs: 600_000, retryDelaySeconds: 0, retryLimit: 2 };
const POLLED: Partial<QueueSettings> = { ...WOKEN_ONLY, pollMs: 50 };
const TOMORROW = () => new Date(Date.now() + 86_400_000);

describe.each(ENGINES)('the queue on $name', ({ name, start }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await start();
    // The first boot of an engine is slow; it belongs to no test.
    await (await engine.open()).close();
  }, 30_000);
  afterAll(() => engine.stop());

  /** Opens the storage and works its queue for the time of one test. */
  async function working(
    settings: Partial<QueueSettings>,
    handler: JobHandler,
    run: (storage: Storage) => Promise<void>,
  ): Promise<void> {
    const storage = await engine.open(settings);
    try {
      await storage.queue.work(handler);
      await run(storage);
    } finally {
      await storage.close();
    }
  }

  test('a job runs at once, without waiting for a poll', async () => {
    const ran: string[] = [];
    const handler: JobHandler = async (key) => {
      ran.push(key);
      return DONE;
    };
    await working(WOKEN_ONLY, handler, async ({ queue }) => {
      await queue.send('review:1:acme/shop#1');
      await queue.idle();
      expect(ran).toEqual(['review:1:acme/shop#1']);
      expect(await queue.stats()).toEqual({ waiting: 0, deferred: 0, active: 0, dead: 0 });
    });
  });

  test('keys are kept as they are, whatever is in them', async () => {
    const ran: string[] = [];
    const keys = [
      "group:1:a/b@1@2@gh-readonly-queue/ma'in/pr-1-\u{1f600}@x",
      'quote"back\\slash; drop table',
    ];
    const handler: JobHandler = async (key) => {
      ran.push(key);
      return DONE;
    };
    await working(WOKEN_ONLY, handler, async ({ queue }) => {
      for (const key of keys) await queue.send(key);
      await queue.idle();
      expect(ran.sort()).toEqual([...keys].sort());
    });
  });

  test('a key that waits is not sent twice', async () => {
    let runs = 0;
    const storage = await engine.open(WOKEN_ONLY);
    for (let i = 0; i < 5; i += 1) await storage.queue.send('k');
    expect((await storage.queue.stats()).waiting).toBe(1);
    await storage.queue.work(async () => {
      runs += 1;
      return DONE;
    });
    await storage.queue.idle();
    await storage.close();
    expect(runs).toBe(1);
  });

  test('a key at work gets exactly one following job, and never runs twice at once', async () => {
    const begun = defer<void>();
    const release = defer<void>();
    let runs = 0;
    let atWork = 0;
    let most = 0;
    const handler: JobHandler = async () => {
      runs += 1;
      atWork += 1;
      most = Math.max(most, atWork);
      begun.resolve();
      await release.promise;
      atWork -= 1;
      return DONE;
    };
    await working(POLLED, handler, async ({ queue }) => {
      await queue.send('k');
      await begun.promise;
      await Promise.all(Array.from({ length: 10 }, () => queue.send('k')));
      expect(await queue.stats()).toMatchObject({ waiting: 1, active: 1 });
      release.resolve();
      await queue.idle();
      expect([runs, most]).toEqual([2, 1]);
    });
  });

  test('a key at work with a job waiting behind it does not hold up other keys', async () => {
    const begun = defer<void>();
    const release = defer<void>();
    const other = defer<void>();
    const handler: JobHandler = async (key) => {
      if (key === 'other') other.resolve();
      if (key !== 'slow') return DONE;
      begun.resolve();
      await release.promise;
      return DONE;
    };
    await working(WOKEN_ONLY, handler, async ({ queue }) => {
      await queue.send('slow');
      await begun.promise;
      await queue.send('slow');
      await queue.send('other');
      await other.promise;
      release.resolve();
      await queue.idle();
    });
  });

  test('twenty keys are at work at the same time, and not more', async () => {
    const all = defer<void>();
    let atWork = 0;
    let most = 0;
    const handler: JobHandler = async () => {
      atWork += 1;
      most = Math.max(most, atWork);
      if (atWork === 20) all.resolve();
      await all.promise;
      atWork -= 1;
      return DONE;
    };
    await working(WOKEN_ONLY, handler, async ({ queue }) => {
      for (let i = 0; i < 30; i += 1) await queue.send(`k${i}`);
      await queue.idle();
      expect(most).toBe(20);
    });
  });

  test('a job sent in a transaction runs after the commit and sees what was stored with it', async () => {
    const seen = defer<boolean>();
    const storage = await engine.open(WOKEN_ONLY);
    await storage.queue.work(async () => {
      seen.resolve((await storage.deliveries.find(`with-job-${name}`)) !== null);
      return DONE;
    });
    await storage.inTransaction(async () => {
      await storage.queue.send('k');
      await storage.deliveries.record(delivery(`with-job-${name}`));
    });
    expect(await seen.promise).toBe(true);
    await storage.queue.idle();
    await storage.close();
  });

  test('a job that waited already also starts only after the commit of what was sent to it', async () => {
    const inside = defer<void>();
    const commit = defer<void>();
    const seen: boolean[] = [];
    const storage = await engine.open(POLLED);
    await storage.queue.send('k');
    const sending = storage.inTransaction(async () => {
      await storage.deliveries.record(delivery(`joined-${name}`));
      await storage.queue.send('k');
      inside.resolve();
      await commit.promise;
    });
    await inside.promise;
    await storage.queue.work(async () => {
      seen.push((await storage.deliveries.find(`joined-${name}`)) !== null);
      return DONE;
    });
    // Time for several polls: a worker that could take the job would have taken it.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(seen).toEqual([]);
    commit.resolve();
    await sending;
    await storage.queue.idle();
    expect(seen).toEqual([true]);
    await storage.close();
  });

  test('of two times the earlier one stands', async () => {
    const ran: string[] = [];
    const handler: JobHandler = async (key) => {
      ran.push(key);
      return DONE;
    };
    await working(POLLED, handler, async ({ queue }) => {
      await queue.send('pulled forward', { startAfter: TOMORROW() });
      await queue.idle();
      expect(await queue.stats()).toEqual({ waiting: 1, deferred: 1, active: 0, dead: 0 });
      expect(ran).toEqual([]);
      await queue.send('pulled forward');
      await queue.idle();
      expect(ran).toEqual(['pulled forward']);
      await queue.send('soon', { startAfter: new Date(Date.now() + 150) });
      await queue.send('soon', { startAfter: TOMORROW() });
      await eventually(() => ran.length === 2);
      expect(ran).toEqual(['pulled forward', 'soon']);
    });
  });

  test('a job that asks to run again is sent again for that time, also across a restart', async () => {
    let at = new Date(0);
    const again: JobHandler = async () => {
      at = new Date(Date.now() + 1_500);
      return { kind: 'again', at };
    };
    await working(WOKEN_ONLY, again, async ({ queue }) => {
      await queue.send('later');
      await queue.idle();
      expect(await queue.stats()).toEqual({ waiting: 1, deferred: 1, active: 0, dead: 0 });
    });
    const ranAt = defer<number>();
    const handler: JobHandler = async () => {
      ranAt.resolve(Date.now());
      return DONE;
    };
    await working(POLLED, handler, async ({ queue }) => {
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
    await working(POLLED, handler, async ({ queue }) => {
      await queue.send('again');
      await queue.idle();
      expect(runs).toBe(1);
      expect((await queue.stats()).deferred).toBe(1);
    });
    await working(
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
    await working(WOKEN_ONLY, handler, async ({ queue }) => {
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
    await working({ ...WOKEN_ONLY, retryLimit: 0 }, handler, async ({ queue }) => {
      await queue.send('dead');
      await queue.idle();
      expect((await queue.stats()).dead).toBe(1);
      await queue.send('dead', { startAfter: TOMORROW() });
      expect((await queue.stats()).dead).toBe(0);
      expect(await queue.deadLetters()).toEqual([]);
    });
    await working(
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
    await working(WOKEN_ONLY, handler, async (storage) => {
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
    await working(settings, handler, async ({ queue }) => {
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
    await working({ ...WOKEN_ONLY, jobTimeoutMs: 100 }, handler, async ({ queue }) => {
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
    const storage = await engine.open(WOKEN_ONLY);
    await storage.queue.work(handler);
    await storage.queue.send('k');
    await begun.promise;
    await storage.queue.send('k');
    const closed = storage.close();
    release.resolve();
    await closed;
    expect(finished).toBe(1);
    await working(WOKEN_ONLY, handler, async ({ queue }) => {
      await queue.idle();
      expect(finished).toBe(2);
    });
  });

  test('waiting for the queue ends with what is left when a job does not', async () => {
    const release = defer<void>();
    const handler: JobHandler = async () => {
      await release.promise;
      return DONE;
    };
    await working(WOKEN_ONLY, handler, async ({ queue }) => {
      await queue.send('slow');
      await expect(queue.idle(100)).rejects.toThrow('0 jobs waiting and 1 at work after 0.1 s');
      release.resolve();
    });
  });

  test('one process works its queue once', async () => {
    await working(
      WOKEN_ONLY,
      async () => DONE,
      async ({ queue }) => {
        await expect(queue.work(async () => DONE)).rejects.toThrow('works it already');
      },
    );
  });
});

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

function delivery(id: string) {
  return {
    id,
    event: 'push',
    action: null,
    installation: 1,
    outcome: 'queued',
    payload: null,
    receivedAt: new Date(),
  } as const;
}
