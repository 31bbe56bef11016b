// Can one installation keep another from starting?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { JobHandler } from '../../src/storage/job.js';
import { laneOf, planFetches, shareHands } from '../../src/storage/queue-lanes.js';
import type { Storage } from '../../src/storage/storage.js';
import { defer, eventually } from './defer.js';
import { ENGINES, type Engine } from './engines.js';
import { DONE, POLLED, WOKEN_ONLY } from './working.js';

// Opening the embedded engine takes seconds on a busy machine.
jest.setTimeout(60_000);

describe('lanes', () => {
  test('a key is in the lane of its installation', () => {
    expect(laneOf('review:7:acme/shop#12')).toBe(7);
    expect(laneOf('installation:8')).toBe(8);
    expect(laneOf('sweep')).toBe(0);
    expect(laneOf('review:x:acme/shop#1')).toBe(0);
    // Larger than the column, and still a lane.
    expect(laneOf('review:2147483650:acme/shop#12')).toBe(3);
    expect(laneOf(`review:${'9'.repeat(40)}:acme/shop#12`)).toBe(0);
  });

  test('one lane gets half of the hands, and each further one as many as stay free', () => {
    const busy = (...ids: number[]) => ids.map((lane) => ({ lane, due: 100 }));
    const share = (lanes: ReturnType<typeof busy>, atWork: [number, number][], free: number) =>
      Object.fromEntries(shareHands(lanes, new Map(atWork), free));
    expect(share(busy(1), [], 40)).toEqual({ 1: 20 });
    expect(share(busy(1), [[1, 20]], 20)).toEqual({});
    expect(share(busy(2, 1), [[1, 20]], 20)).toEqual({ 2: 10 });
    expect(share(busy(3, 2, 1), [], 40)).toEqual({ 3: 10, 2: 10, 1: 10 });
    expect(share(busy(1), [], 1)).toEqual({ 1: 1 });
    // The last hand goes to a lane that has none.
    expect(share(busy(2, 1), [[2, 1]], 1)).toEqual({ 1: 1 });
    expect(share(busy(2), [[2, 1]], 1)).toEqual({});
  });

  test('one fetch takes all where nobody has to stand back', () => {
    const few = [
      { lane: 2, due: 3 },
      { lane: 1, due: 2 },
    ];
    expect(planFetches(few, new Map(), 40, true)).toEqual([{ lane: null, count: 5 }]);
    // Lanes that were not read might be served by it.
    expect(planFetches(few, new Map(), 40, false)).toEqual([
      { lane: 2, count: 3 },
      { lane: 1, count: 2 },
    ]);
    expect(planFetches([{ lane: 2, due: 40 }, few[1]!], new Map(), 40, true)).toEqual([
      { lane: 2, count: 19 },
      { lane: 1, count: 2 },
    ]);
  });
});

describe.each(ENGINES)('the lanes on $name', ({ start }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await start();
    await (await engine.open()).close();
  }, 30_000);
  afterAll(() => engine.stop());

  async function fill(storage: Storage, installation: number, count: number): Promise<void> {
    await storage.inTransaction(async () => {
      for (let i = 0; i < count; i += 1) await storage.queue.send(`review:${installation}:acme/shop#${i}`);
    });
  }

  test('with 1,000 jobs of one installation waiting, the one of another starts within a second', async () => {
    const storage = await engine.open(WOKEN_ONLY);
    await fill(storage, 9, 1_000);
    let ofNine = 0;
    const started = defer<number>();
    await storage.queue.work(async (key) => {
      if (key.startsWith('review:5:')) started.resolve(performance.now());
      else ofNine += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return DONE;
    });
    await eventually(() => ofNine >= 20);
    const sent = performance.now();
    await storage.queue.send('review:5:other/shop#1');
    expect((await started.promise) - sent).toBeLessThan(1_000);
    expect(ofNine).toBeLessThan(900);
    await storage.close();
  });

  test('not even installations whose every job hangs hold up another one', async () => {
    const storage = await engine.open(POLLED);
    const release = defer<void>();
    let hanging = 0;
    const ran: string[] = [];
    const handler: JobHandler = async (key) => {
      if (!key.startsWith('review:5:')) {
        hanging += 1;
        await release.promise;
      } else ran.push(key);
      return DONE;
    };
    for (const installation of [9, 8, 4, 3]) await fill(storage, installation, 60);
    await storage.queue.work(handler);
    await eventually(() => hanging >= 32);
    for (let i = 0; i < 10; i += 1) {
      const key = `review:5:other/shop#${i}`;
      const sent = performance.now();
      await storage.queue.send(key);
      await eventually(() => ran.includes(key));
      expect(performance.now() - sent).toBeLessThan(1_000);
    }
    expect(hanging).toBeLessThan(40);
    release.resolve();
    await storage.queue.idle();
    await storage.close();
  });

  test('with more installations than hands, each has its turn', async () => {
    const storage = await engine.open(WOKEN_ONLY);
    const order: number[] = [];
    for (let installation = 1; installation <= 60; installation += 1) await fill(storage, installation, 3);
    await storage.queue.work(async (key) => {
      order.push(laneOf(key));
      await new Promise((resolve) => setTimeout(resolve, 20));
      return DONE;
    });
    await storage.queue.idle();
    expect(order).toHaveLength(180);
    // Nobody has had all three turns before everybody has had one.
    const lastFirst = Math.max(...Array.from({ length: 60 }, (_, i) => order.indexOf(i + 1)));
    expect(lastFirst).toBeLessThan(120);
    await storage.close();
  });
});
