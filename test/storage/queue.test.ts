// Does every job run, at once, and one at a time per key?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openDatabase } from '../../src/storage/database.js';
import { type JobHandler, SCHEMA } from '../../src/storage/job.js';
import { defer, eventually } from './defer.js';
import { ENGINES, type Engine, SILENT } from './engines.js';
import { closeBench, DONE, POLLED, tomorrow, WOKEN_ONLY, working } from './working.js';

// Opening the embedded engine takes seconds on a busy machine.
jest.setTimeout(30_000);

describe.each(ENGINES)('the queue on $name', ({ name, start }) => {
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

  test('a job runs at once, without waiting for a poll', async () => {
    const ran: string[] = [];
    const handler: JobHandler = async (key) => {
      ran.push(key);
      return DONE;
    };
    await working(engine, WOKEN_ONLY, handler, async ({ queue }) => {
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
    await working(engine, WOKEN_ONLY, handler, async ({ queue }) => {
      for (const key of keys) await queue.send(key);
      await queue.idle();
      expect(ran.sort()).toEqual([...keys].sort());
    });
  });

  test('a key that waits is not sent twice', async () => {
    let runs = 0;
    await closeBench(engine);
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
    await working(engine, POLLED, handler, async ({ queue }) => {
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
    await working(engine, WOKEN_ONLY, handler, async ({ queue }) => {
      await queue.send('slow');
      await begun.promise;
      await queue.send('slow');
      await queue.send('other');
      await other.promise;
      release.resolve();
      await queue.idle();
    });
  });

  test('a key that was at work when the queue was last counted is not held back', async () => {
    await closeBench(engine);
    const database = await openDatabase({ ...engine, log: SILENT });
    await database.executeSql(`update ${SCHEMA}.queue set singletons_active = array['counted']`);
    await database.close();
    const ran = defer<string>();
    const handler: JobHandler = async (key) => {
      ran.resolve(key);
      return DONE;
    };
    await working(engine, WOKEN_ONLY, handler, async ({ queue }) => {
      await queue.send('counted');
      expect(await ran.promise).toBe('counted');
      await queue.idle();
    });
  });

  test('twenty keys of one installation are at work at the same time, and not more', async () => {
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
    await working(engine, WOKEN_ONLY, handler, async ({ queue }) => {
      for (let i = 0; i < 30; i += 1) await queue.send(`k${i}`);
      await queue.idle();
      expect(most).toBe(20);
    });
  });

  test('a job sent in a transaction runs after the commit and sees what was stored with it', async () => {
    const seen = defer<boolean>();
    await closeBench(engine);
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
    await closeBench(engine);
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
    await working(engine, POLLED, handler, async ({ queue }) => {
      await queue.send('pulled forward', { startAfter: tomorrow() });
      await queue.idle();
      expect(await queue.stats()).toEqual({ waiting: 1, deferred: 1, active: 0, dead: 0 });
      expect(ran).toEqual([]);
      await queue.send('pulled forward');
      await queue.idle();
      expect(ran).toEqual(['pulled forward']);
      await queue.send('soon', { startAfter: new Date(Date.now() + 150) });
      await queue.send('soon', { startAfter: tomorrow() });
      await eventually(() => ran.length === 2);
      expect(ran).toEqual(['pulled forward', 'soon']);
    });
  });

  test('waiting for the queue ends with what is left when a job does not', async () => {
    const release = defer<void>();
    const handler: JobHandler = async () => {
      await release.promise;
      return DONE;
    };
    await working(engine, WOKEN_ONLY, handler, async ({ queue }) => {
      await queue.send('slow');
      await expect(queue.idle(100)).rejects.toThrow('0 jobs waiting and 1 at work after 0.1 s');
      release.resolve();
    });
  });

  test('one process works its queue once', async () => {
    await working(
      engine,
      WOKEN_ONLY,
      async () => DONE,
      async ({ queue }) => {
        await expect(queue.work(async () => DONE)).rejects.toThrow('works it already');
      },
    );
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
