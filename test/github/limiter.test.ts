import { describe, expect, test } from '@jest/globals';
import { GitHubLimited } from '../../src/github/failure.js';
import { createLimiter } from '../../src/github/limiter.js';

const START = Date.parse('2026-11-21T12:00:00Z');
const RESET = String(START / 1000 + 600);

function clocked(options: { maxConcurrent?: number; maxWaiting?: number } = {}) {
  const clock = { at: START };
  const limiter = createLimiter({ now: () => clock.at, ...options });
  const once = async (kind: 'read' | 'write' | 'graphql') => (await limiter.enter('deed', kind))();
  const refusal = async (kind: 'read' | 'write' | 'graphql') => {
    const caught = await once(kind).then(
      () => null,
      (thrown) => thrown,
    );
    return caught instanceof GitHubLimited
      ? { limit: caught.limit, inMs: caught.until.getTime() - clock.at }
      : caught;
  };
  return { clock, limiter, once, refusal };
}

describe('pace', () => {
  test('lets 80 writes a minute through and names the time of the next', async () => {
    const { clock, once, refusal } = clocked();
    for (let i = 0; i < 80; i += 1) await once('write');
    clock.at += 20_000;
    expect(await refusal('write')).toEqual({ limit: 'secondary', inMs: 40_000 });
    expect(await refusal('read')).toBeNull();
    expect(await refusal('graphql')).toBeNull();
    clock.at += 40_000;
    expect(await refusal('write')).toBeNull();
  });

  test('lets 500 writes an hour through', async () => {
    const { clock, once, refusal } = clocked();
    for (let minute = 0; minute < 10; minute += 1) {
      for (let i = 0; i < 50; i += 1) await once('write');
      clock.at += 60_000;
    }
    expect(await refusal('write')).toEqual({ limit: 'secondary', inMs: 50 * 60_000 });
  });

  test('counts a write as five of 900 points a minute', async () => {
    const { once, refusal } = clocked();
    for (let i = 0; i < 80; i += 1) await once('write');
    for (let i = 0; i < 500; i += 1) await once('read');
    expect(await refusal('read')).toMatchObject({ limit: 'secondary' });
  });
});

describe('budget', () => {
  const spent = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': RESET };

  test('that is spent stops until its reset, REST and GraphQL apart', async () => {
    const { clock, limiter, refusal } = clocked();
    limiter.observe('read', spent);
    expect(await refusal('read')).toEqual({ limit: 'primary', inMs: 600_000 });
    expect(await refusal('graphql')).toBeNull();
    clock.at += 600_000;
    expect(await refusal('read')).toBeNull();
  });

  test('is not raised by an older answer that comes late', async () => {
    const { limiter, refusal } = clocked();
    limiter.observe('read', spent);
    limiter.observe('read', { ...spent, 'x-ratelimit-remaining': '3' });
    limiter.observe('read', {
      'x-ratelimit-remaining': '5000',
      'x-ratelimit-reset': String(START / 1000 - 1),
    });
    expect(await refusal('read')).toMatchObject({ limit: 'primary' });
  });

  test('of a new hour replaces a spent one', async () => {
    const { clock, limiter, refusal } = clocked();
    limiter.observe('read', spent);
    clock.at += 601_000;
    limiter.observe('read', {
      'x-ratelimit-remaining': '4999',
      'x-ratelimit-reset': String(START / 1000 + 4200),
    });
    expect(await refusal('read')).toBeNull();
  });

  test.each([
    {},
    { 'x-ratelimit-remaining': 'none', 'x-ratelimit-reset': RESET },
    { 'x-ratelimit-remaining': '0' },
  ])('headers that say nothing change nothing: %j', async (headers) => {
    const { limiter, refusal } = clocked();
    limiter.observe('read', headers);
    expect(await refusal('read')).toBeNull();
  });
});

describe('a refusal of GitHub', () => {
  test('without a time waits a minute, then two, then four, and forgets that after a success', async () => {
    const { clock, limiter, once } = clocked();
    const refuse = () =>
      limiter.refuse('deed', 'write', { limit: 'secondary', untilMs: null }, 403).until.getTime();
    const waits: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const until = refuse();
      waits.push(until - clock.at);
      clock.at = until;
    }
    expect(waits).toEqual([60_000, 120_000, 240_000]);
    await once('read');
    limiter.observe('read', { 'x-ratelimit-remaining': '10', 'x-ratelimit-reset': RESET });
    expect(refuse() - clock.at).toBe(60_000);
  });

  test('stops every kind of request, and a shorter one does not shorten it', async () => {
    const { clock, limiter, refusal } = clocked();
    limiter.refuse('deed', 'write', { limit: 'secondary', untilMs: clock.at + 90_000 }, 403);
    limiter.refuse('deed', 'write', { limit: 'secondary', untilMs: clock.at + 10_000 }, 403);
    for (const kind of ['read', 'write', 'graphql'] as const) {
      expect(await refusal(kind)).toEqual({ limit: 'secondary', inMs: 90_000 });
    }
  });
});

describe('connections', () => {
  test('no more than allowed at a time; the next goes when one is free', async () => {
    const { limiter } = clocked({ maxConcurrent: 2 });
    const [first] = [await limiter.enter('a', 'read'), await limiter.enter('b', 'read')];
    let third = false;
    const waiting = limiter.enter('c', 'read').then((leave) => {
      third = true;
      leave();
    });
    await new Promise(setImmediate);
    expect(third).toBe(false);
    first();
    first();
    await waiting;
    expect(third).toBe(true);
  });

  test('a queue that is full sends the caller back', async () => {
    const { limiter } = clocked({ maxConcurrent: 1, maxWaiting: 1 });
    const leave = await limiter.enter('a', 'read');
    const waiting = limiter.enter('b', 'read');
    await expect(limiter.enter('c', 'read')).rejects.toBeInstanceOf(GitHubLimited);
    leave();
    (await waiting)();
  });

  test('who waited while GitHub refused somebody is refused too, and blocks nobody', async () => {
    const { clock, limiter, refusal } = clocked({ maxConcurrent: 1 });
    const leave = await limiter.enter('a', 'read');
    const [second, third] = [limiter.enter('b', 'read'), limiter.enter('c', 'read')];
    limiter.refuse('a', 'read', { limit: 'secondary', untilMs: clock.at + 5_000 }, 403);
    leave();
    await expect(second).rejects.toBeInstanceOf(GitHubLimited);
    await expect(third).rejects.toBeInstanceOf(GitHubLimited);
    clock.at += 5_000;
    expect(await refusal('read')).toBeNull();
  });
});
