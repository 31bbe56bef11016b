// Is it remembered how fresh verdicts are and what was asked again, the same on both engines?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Gate } from '../../src/domain/verdict.js';
import type { Storage } from '../../src/storage/storage.js';
import { ENGINES, type Engine } from './engines.js';

jest.setTimeout(30_000);

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute, 0, 123));
const SHA = 'a'.repeat(40);

describe.each(ENGINES)('healing on $name', ({ start }) => {
  let engine: Engine;
  let storage: Storage;
  beforeAll(async () => {
    engine = await start();
    storage = await engine.open();
  }, 30_000);
  afterAll(async () => {
    await storage.close();
    await engine.stop();
  });

  const judge = async (key: string, gate: Gate, minute: number, open = true) => {
    const [, installation = '', repo = '', number = ''] = /^review:(\d+):(.+)#(\d+)$/.exec(key) ?? [];
    const repoId = Number(installation) * 100 + repo.length;
    await storage.heads.record({
      ...{ repoId, jobKey: key, pullRequest: Number(number), headSha: SHA, baseRef: 'main', open },
      asOf: at(0),
    });
    const repositoryUrl = `https://github.com/${repo}`;
    await storage.refreshes.succeeded(key, { repoId, headSha: SHA, gate, repositoryUrl }, at(minute));
  };

  test('a failure keeps the time and the reason of the first one until a review comes through', async () => {
    const key = 'review:1:acme/first#1';
    expect(await storage.refreshes.failed(key, 'before any review', at(0))).toMatchObject({ judged: null });
    await judge(key, 'success', 1);
    expect(await storage.refreshes.find(key)).toMatchObject({ failingSince: null, failure: null });
    await storage.refreshes.failed(key, 'HTTP 502', at(2));
    expect(await storage.refreshes.failed(key, 'HTTP 500', at(9))).toEqual({
      jobKey: key,
      judged: { repoId: 110, headSha: SHA, gate: 'success', repositoryUrl: 'https://github.com/acme/first' },
      refreshedAt: at(1),
      failingSince: at(2),
      failure: 'HTTP 502',
      told: false,
    });
    expect(await storage.refreshes.untold(at(1), 10)).toEqual([]);
    expect(await storage.refreshes.untold(at(2), 10)).toEqual([key]);
    expect(await storage.refreshes.countFailing(at(2))).toBe(1);
    expect(await storage.refreshes.markTold(key, at(1))).toBe(true);
    expect(await storage.refreshes.untold(at(2), 10)).toEqual([]);
    await judge(key, 'success', 12);
    expect(await storage.refreshes.find(key)).toMatchObject({ failingSince: null, told: false });
    expect(await storage.refreshes.markTold(key, at(1))).toBe(false);
    expect(await storage.refreshes.countFailing(at(60))).toBe(0);
  });

  test('of those whose page says nothing yet, each installation has its share, green ones first', async () => {
    const keys = ['review:8:acme/u#1', 'review:8:acme/u#2', 'review:8:acme/u#3', 'review:9:acme/u#1'];
    for (const key of keys) {
      await judge(key, key === keys[1] ? 'success' : 'action_required', 0);
      await storage.refreshes.failed(key, 'HTTP 502', at(1));
    }
    expect(await storage.refreshes.untold(at(1), 1)).toEqual([keys[1], keys[3]]);
    expect(await storage.refreshes.untold(at(1), 10)).toEqual(keys);
    for (const key of keys) await storage.refreshes.forget(key);
  });

  test('what never had a verdict has none that could be stale', async () => {
    await storage.refreshes.failed('review:1:acme/never#1', 'HTTP 502', at(0));
    expect(await storage.refreshes.untold(at(60), 10)).not.toContain('review:1:acme/never#1');
    await storage.refreshes.forget('review:1:acme/never#1');
    expect(await storage.refreshes.find('review:1:acme/never#1')).toBeNull();
  });

  test('those that wait are found per installation: running ones first, then longest not looked at', async () => {
    await judge('review:2:acme/w#1', 'action_required', 1);
    await judge('review:2:acme/w#2', 'action_required', 0);
    await judge('review:2:acme/w#3', 'in_progress', 2);
    await judge('review:2:acme/w#4', 'success', 0);
    await judge('review:2:acme/w#5', 'action_required', 0, false);
    await judge('review:2:acme/w#6', 'action_required', 9);
    await judge('review:2:acme/w#7', 'action_required', 0);
    await storage.refreshes.failed('review:2:acme/w#7', 'HTTP 502', at(1));
    await judge('review:3:acme/w#1', 'action_required', 5);
    expect(await storage.refreshes.waiting(at(5), 2)).toEqual([
      'review:2:acme/w#2',
      'review:2:acme/w#3',
      'review:3:acme/w#1',
    ]);
    expect(await storage.refreshes.waiting(at(5), 9)).toHaveLength(4);
  });

  test('a repository has its own, and not those of one whose name begins alike', async () => {
    await judge('review:4:acme/a_b#1', 'success', 0);
    await judge('review:4:acme/axb#1', 'success', 0);
    await judge('review:4:acme/a_bc#1', 'success', 0);
    const found = await storage.refreshes.startingWith('review:4:acme/a_b#');
    expect(found.map(({ jobKey }) => jobKey)).toEqual(['review:4:acme/a_b#1']);
  });

  test('what was not looked at for long is dropped', async () => {
    await judge('review:5:acme/old#1', 'success', -600);
    await storage.refreshes.prune(at(-599));
    expect(await storage.refreshes.find('review:5:acme/old#1')).toBeNull();
    expect(await storage.refreshes.find('review:4:acme/axb#1')).not.toBeNull();
  });

  test('counts how often a delivery was asked for, and for which attempt', async () => {
    expect(await storage.redeliveries.find('guid')).toBeNull();
    await storage.redeliveries.record('guid', 17, at(0));
    await storage.redeliveries.record('guid', 9_007_199_254_740_991, at(1));
    expect(await storage.redeliveries.find('guid')).toEqual({ attempt: 9_007_199_254_740_991, asked: 2 });
    await storage.redeliveries.prune(at(2));
    expect(await storage.redeliveries.find('guid')).toBeNull();
  });

  test('of several servers one does what is due', async () => {
    const claims = await Promise.all([1, 2, 3].map(() => storage.chores.claim('look', at(0), at(60))));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await storage.chores.claim('look', at(59), at(61))).toBe(false);
    expect(await storage.chores.claim('look', at(60), at(120))).toBe(true);
    await storage.chores.mark('look', at(5));
    expect(await storage.chores.last('look')).toEqual(at(5));
    expect(await storage.chores.last('other')).toBeNull();
  });
});
