// Is what was remembered read back, the same on both engines?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Decision } from '../../src/domain/verdict.js';
import type { Head } from '../../src/storage/heads.js';
import type { Storage } from '../../src/storage/storage.js';
import { defer } from './defer.js';
import { ENGINES, type Engine } from './engines.js';

// Opening the embedded engine takes seconds on a busy machine.
jest.setTimeout(30_000);

const AT = new Date('2026-11-20T10:00:00.123Z');
const LATER = new Date('2026-11-20T11:00:00Z');
const HEAD_A = 'a'.repeat(40);
const HEAD_B = 'b'.repeat(40);
/** Larger than a 32-bit integer, as GitHub's ids are. */
const BIG = 9_007_199_254_740_991;
const SAM = { login: 'sam', id: 7, type: 'User' } as const;

describe.each(ENGINES)('storage on $name', ({ start }) => {
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

  test('a transaction that throws leaves nothing behind, jobs included', async () => {
    const before = await storage.queue.stats();
    const work = storage.inTransaction(async () => {
      await storage.deliveries.record(delivery('rolled-back'));
      await storage.queue.send('review:1:a/b#1');
      throw new Error('disk on fire');
    });
    await expect(work).rejects.toThrow('disk on fire');
    expect(await storage.deliveries.find('rolled-back')).toBeNull();
    expect(await storage.queue.stats()).toEqual(before);
  });

  test('a nested transaction joins the outer one', async () => {
    const work = storage.inTransaction(async () => {
      await storage.inTransaction(async () => {
        await storage.deliveries.record(delivery('inner'));
      });
      throw new Error('after the inner one');
    });
    await expect(work).rejects.toThrow('after the inner one');
    expect(await storage.deliveries.find('inner')).toBeNull();
  });

  test('a write beside an open transaction survives its rollback', async () => {
    const inside = defer<void>();
    const go = defer<void>();
    const failing = storage.inTransaction(async () => {
      await storage.deliveries.record(delivery('failing'));
      inside.resolve();
      await go.promise;
      throw new Error('rolled back');
    });
    await inside.promise;
    const beside = storage.deliveries.record(delivery('beside'));
    go.resolve();
    await expect(failing).rejects.toThrow('rolled back');
    expect(await beside).toBe(true);
    expect(await storage.deliveries.find('beside')).not.toBeNull();
    expect(await storage.deliveries.find('failing')).toBeNull();
  });

  test('refuses a query that outlives its transaction', async () => {
    const leaked = defer<unknown>();
    const ended = defer<void>();
    await storage.inTransaction(async () => {
      ended.promise.then(() => storage.deliveries.find('x')).then(leaked.resolve, leaked.reject);
    });
    ended.resolve();
    await expect(leaked.promise).rejects.toThrow('the transaction around it has ended');
  });

  test('a delivery is recorded once', async () => {
    expect(await storage.deliveries.record(delivery('once'))).toBe(true);
    expect(await storage.deliveries.record({ ...delivery('once'), event: 'other' })).toBe(false);
    expect(await storage.deliveries.find('once')).toEqual(delivery('once'));
  });

  test('text that PostgreSQL refuses is stored all the same', async () => {
    const payload = { 'key\u0000': 'nul \u0000, half a pair \ud83d', list: ['\udc00'], fine: '😀 "\\u0000"' };
    await storage.deliveries.record({ ...delivery('odd\u0000text'), payload });
    expect((await storage.deliveries.find('odd\u0000text'))?.payload).toEqual({
      'key\ufffd': 'nul \ufffd, half a pair \ufffd',
      list: ['\ufffd'],
      fine: '😀 "\\u0000"',
    });
  });

  test('old deliveries are forgotten, newer ones kept', async () => {
    await storage.deliveries.record({ ...delivery('old'), receivedAt: new Date('2020-01-01T00:00:00Z') });
    expect(await storage.deliveries.prune(new Date('2020-01-02T00:00:00Z'))).toBe(1);
    expect(await storage.deliveries.find('old')).toBeNull();
    expect(await storage.deliveries.find('once')).not.toBeNull();
  });

  test('push senders are kept in order, the same sender on the same head once', async () => {
    const push = { repoId: BIG, pullRequest: 1, sender: SAM, headSha: HEAD_A, at: AT };
    const ghost = { login: 'devin-ai-integration[bot]', id: 158243242, type: 'Bot' } as const;
    await storage.pushes.record({ ...push, sender: ghost, headSha: HEAD_B, at: LATER });
    await storage.pushes.record(push);
    await storage.pushes.record({ ...push, at: LATER });
    expect(await storage.pushes.find(BIG, 1)).toEqual([
      { sender: SAM, headSha: HEAD_A },
      { sender: ghost, headSha: HEAD_B },
    ]);
    expect(await storage.pushes.find(BIG, 2)).toEqual([]);
  });

  test('who brought a commit is kept, and not who only pointed at it', async () => {
    const push = { repoId: BIG, sender: SAM, brought: [HEAD_A, HEAD_A], tip: HEAD_A, at: LATER };
    const kim = { login: 'kim', id: BIG, type: null } as const;
    await storage.commitPushes.record(push);
    await storage.commitPushes.record(push);
    await storage.commitPushes.record({ ...push, sender: kim, brought: [], tip: HEAD_A });
    await storage.commitPushes.record({ ...push, sender: kim, brought: [], tip: HEAD_B, at: AT });
    expect(await storage.commitPushes.find(BIG, [HEAD_A, HEAD_B])).toEqual([
      { sender: kim, headSha: HEAD_B },
      { sender: SAM, headSha: HEAD_A },
    ]);
    await storage.commitPushes.record({ ...push, sender: kim });
    expect(await storage.commitPushes.find(BIG, [HEAD_A])).toEqual([
      { sender: kim, headSha: HEAD_A },
      { sender: SAM, headSha: HEAD_A },
    ]);
    expect(await storage.commitPushes.find(BIG, [])).toEqual([]);
    expect(await storage.commitPushes.find(1, [HEAD_A])).toEqual([]);
    await storage.commitPushes.prune(LATER);
    expect(await storage.commitPushes.find(BIG, [HEAD_A, HEAD_B])).toHaveLength(2);
  });

  test('whoever was named as requester stays it', async () => {
    await storage.requesters.record(BIG, 1, ['kim'], AT);
    await storage.requesters.record(BIG, 1, ['bo', 'kim'], LATER);
    await storage.requesters.record(BIG, 1, [], LATER);
    expect(await storage.requesters.find(BIG, 1)).toEqual(['kim', 'bo']);
    expect(await storage.requesters.find(BIG, 2)).toEqual([]);
  });

  test('evidence is found by any of its keys, and its first sighting stays', async () => {
    const seen = {
      agent: 'devin',
      what: 'branch devin/1',
      seenIn: 'pull request #1',
      seenAt: AT.toISOString(),
    };
    await storage.evidence.record([
      { repoId: 5, kind: 'pull', key: '1', ...seen },
      { repoId: 5, kind: 'commit', key: HEAD_A, ...seen },
    ]);
    await storage.evidence.record([
      { repoId: 5, kind: 'pull', key: '1', ...seen, what: 'later', seenAt: LATER.toISOString() },
    ]);
    expect(
      await storage.evidence.find(5, [
        { kind: 'commit', key: HEAD_A },
        { kind: 'commit', key: HEAD_A },
        { kind: 'pull', key: HEAD_A },
      ]),
    ).toEqual([{ kind: 'commit', key: HEAD_A, ...seen }]);
    expect(await storage.evidence.find(5, [{ kind: 'pull', key: '1' }])).toEqual([
      { kind: 'pull', key: '1', ...seen },
    ]);
    expect(await storage.evidence.find(6, [{ kind: 'pull', key: '1' }])).toEqual([]);
    expect(await storage.evidence.find(5, [])).toEqual([]);
  });

  test('digests are kept per base branch, the newest computation wins', async () => {
    const record = { repoId: 5, pullRequest: 1, baseRef: 'main', headSha: HEAD_A, digest: 'd1' };
    await storage.digests.record(record);
    await storage.digests.record({ ...record, digest: 'd2' });
    await storage.digests.record({ ...record, headSha: HEAD_B, digest: 'd3' });
    await storage.digests.record({ ...record, baseRef: 'release', digest: 'd4' });
    expect(await storage.digests.find(5, 1, 'main')).toEqual({ [HEAD_A]: 'd2', [HEAD_B]: 'd3' });
  });

  test('the latest decision of a pull request is found as it was taken', async () => {
    const first = await storage.decisions.append(decision(8, 1, HEAD_A, 'failure'));
    const second = await storage.decisions.append(decision(8, 1, HEAD_B, 'success'));
    expect(second).toBeGreaterThan(first);
    expect(await storage.decisions.latest(8, 1)).toEqual({
      id: second,
      ...decision(8, 1, HEAD_B, 'success'),
    });
    expect(await storage.decisions.latest(8, 2)).toBeNull();
  });

  test('on how many other heads an enforced rule failed is counted once a head', async () => {
    const failed = (headSha: string, verdict: object) => {
      const given = decision(77, 7, headSha, 'failure');
      const verdicts = [{ rule: 'trace-link', state: 'fail', mode: 'enforce', ...verdict }] as never;
      return storage.decisions.append({ ...given, decision: { ...given.decision, verdicts } });
    };
    await failed(HEAD_A, {});
    await failed(HEAD_A, {});
    await failed(HEAD_B, { rule: 'owner', mode: 'observe' });
    await failed(HEAD_B, {});
    await failed('c'.repeat(40), {});
    expect(await storage.decisions.failedHeads(77, 7, 'c'.repeat(40))).toEqual({ 'trace-link': 2 });
    expect(await storage.decisions.failedHeads(77, 8, HEAD_A)).toEqual({});
  });

  test('pull requests on one head are those whose newest decision is about it, and are open', async () => {
    const onHead = async () => {
      const found = await storage.decisions.latestForHead(9, HEAD_A);
      return found.map((entry) => [entry.pullRequest, entry.gate]);
    };
    await storage.decisions.append(decision(9, 1, HEAD_A, 'failure'));
    await storage.decisions.append(decision(9, 2, HEAD_A, 'success'));
    await storage.decisions.append(decision(9, 3, HEAD_A, 'success'));
    await storage.decisions.append(decision(9, 3, HEAD_B, 'success'));
    await storage.decisions.append({ ...decision(9, 4, HEAD_A, 'success'), pullRequest: null });
    await storage.decisions.append(decision(9, 1, HEAD_A, 'action_required'));
    expect(await onHead()).toEqual([
      [1, 'action_required'],
      [2, 'success'],
    ]);
    await storage.heads.record(head(9, 1, { headSha: HEAD_A }));
    await storage.heads.record(head(9, 2, { headSha: HEAD_A, open: false }));
    expect(await onHead()).toEqual([[1, 'action_required']]);
    // Pushed meanwhile, and not judged yet.
    await storage.heads.record(head(9, 1, { headSha: HEAD_B, asOf: LATER }));
    expect(await onHead()).toEqual([]);
  });

  test('a head is mapped to its jobs; older news and closed pull requests do not count', async () => {
    const keys = async (sha: string) => (await storage.heads.onCommit(10, sha)).map((entry) => entry.jobKey);
    await storage.heads.record(head(10, 1, { headSha: HEAD_B, asOf: LATER }));
    await storage.heads.record(head(10, 1, { headSha: HEAD_A, asOf: AT }));
    await storage.heads.record(head(10, 2, { headSha: HEAD_B }));
    await storage.heads.record({ ...head(10, 0), pullRequest: null, jobKey: 'group:x', headSha: HEAD_B });
    expect(await keys(HEAD_A)).toEqual([]);
    expect(await keys(HEAD_B)).toEqual(['group:x', 'review:1:acme/shop#1', 'review:1:acme/shop#2']);
    await storage.heads.close(10, 'review:1:acme/shop#2');
    expect(await keys(HEAD_B)).toEqual(['group:x', 'review:1:acme/shop#1']);
  });

  test('a renamed repository leaves one head per pull request', async () => {
    await storage.heads.record(head(11, 1, { jobKey: 'review:1:acme/old#1' }));
    await storage.heads.record(head(11, 1, { jobKey: 'review:1:acme/new#1', asOf: LATER }));
    await storage.heads.record(head(11, 1, { jobKey: 'review:1:acme/old#1' }));
    expect((await storage.heads.onCommit(11, HEAD_A)).map((entry) => entry.jobKey)).toEqual([
      'review:1:acme/new#1',
    ]);
  });

  test('a policy seen before is remembered until its removal is observed', async () => {
    await storage.policiesSeen.record('organization:Acme', { sha: null, digest: 'd', seenAt: AT });
    await storage.policiesSeen.record('organization:acme', { sha: HEAD_A, digest: 'e', seenAt: LATER });
    expect(await storage.policiesSeen.find('organization:ACME')).toEqual({
      sha: HEAD_A,
      digest: 'e',
      seenAt: LATER,
    });
    const removedAt = new Date(LATER.getTime() + 60_000);
    await storage.policiesSeen.forget('organization:acme', removedAt);
    expect(await storage.policiesSeen.find('organization:acme')).toBeNull();
    // A review that began before the removal ends after it.
    await storage.policiesSeen.record('organization:acme', { sha: HEAD_A, digest: 'e', seenAt: LATER });
    expect(await storage.policiesSeen.find('organization:acme')).toBeNull();
    const seenAt = new Date(removedAt.getTime() + 1);
    await storage.policiesSeen.record('organization:acme', { sha: HEAD_A, digest: 'f', seenAt });
    expect(await storage.policiesSeen.find('organization:acme')).toMatchObject({ digest: 'f' });
    // Removed before it was ever seen.
    await storage.policiesSeen.forget('organization:new', removedAt);
    await storage.policiesSeen.record('organization:new', { sha: HEAD_A, digest: 'e', seenAt: LATER });
    expect(await storage.policiesSeen.find('organization:new')).toBeNull();
  });

  test('cached facts expire, and are forgotten per installation', async () => {
    await storage.cache.set(BIG, 'team:@acme/sre', { members: ['sam'] }, LATER);
    await storage.cache.set(2, 'team:@acme/sre', false, LATER);
    expect(await storage.cache.get(BIG, 'team:@acme/sre', AT)).toEqual({ members: ['sam'] });
    expect(await storage.cache.get(2, 'team:@acme/sre', AT)).toBe(false);
    expect(await storage.cache.get(BIG, 'team:@acme/sre', LATER)).toBeUndefined();
    await storage.cache.forget(BIG);
    expect(await storage.cache.get(BIG, 'team:@acme/sre', AT)).toBeUndefined();
    expect(await storage.cache.get(2, 'team:@acme/sre', AT)).toBe(false);
    await storage.cache.prune(LATER);
    expect(await storage.cache.get(2, 'team:@acme/sre', AT)).toBeUndefined();
  });

  test('installations are known by their newest state', async () => {
    const acme = { id: BIG, account: 'acme', state: 'active', asOf: AT } as const;
    await storage.installations.record(acme);
    await storage.installations.record({ ...acme, id: 2, account: 'bolt', state: 'suspended' });
    expect(await storage.installations.active()).toEqual([acme]);
    await storage.installations.record({ ...acme, state: 'deleted', asOf: LATER });
    await storage.installations.record(acme);
    expect(await storage.installations.find(BIG)).toEqual({ ...acme, state: 'deleted', asOf: LATER });
    expect(await storage.installations.active()).toEqual([]);
  });

  test('answering a tightening leaves a later one', async () => {
    await storage.tightened.mark(12, 1, AT);
    const first = await storage.tightened.find(12, 1);
    expect(first?.at).toEqual(AT);
    // The same instant, by two events.
    await storage.tightened.mark(12, 1, AT);
    await storage.tightened.clear(12, 1, first!);
    const second = await storage.tightened.find(12, 1);
    expect(second?.at).toEqual(AT);
    await storage.tightened.clear(12, 1, second!);
    expect(await storage.tightened.find(12, 1)).toBeNull();
  });

  test('everything is still there after a restart', async () => {
    await storage.close();
    storage = await engine.open();
    expect(await storage.deliveries.find('once')).toEqual(delivery('once'));
    expect((await storage.decisions.latest(8, 1))?.gate).toBe('success');
  });

  test('answers a ping, and rejects it once closed', async () => {
    await storage.ping();
    await storage.close();
    await expect(storage.ping()).rejects.toThrow();
    storage = await engine.open();
  });
});

function delivery(id: string) {
  return {
    id,
    event: 'pull_request',
    action: 'opened',
    installation: BIG,
    outcome: 'queued',
    payload: { number: 1 },
    receivedAt: AT,
  } as const;
}

function head(repoId: number, pullRequest: number, changed: Partial<Head> = {}): Head {
  const jobKey = `review:1:acme/shop#${pullRequest}`;
  return { repoId, jobKey, pullRequest, headSha: HEAD_A, baseRef: 'main', open: true, asOf: AT, ...changed };
}

function decision(
  repoId: number,
  pullRequest: number,
  headSha: string,
  gate: 'success' | 'failure' | 'action_required',
) {
  const taken: Decision = {
    headSha,
    pullRequest,
    authorship: {
      authorship: 'human',
      agents: [],
      name: null,
      evidence: [],
      doubts: [],
      requester: { known: false, why: 'not asked' },
      openerVerified: false,
      traceLinks: [],
    },
    layers: [],
    verdicts: [],
    tier: null,
    stuck: [],
    at: AT.toISOString(),
  };
  return { repoId, pullRequest, headSha, policyDigest: 'p', gate, decision: taken, decidedAt: AT };
}
