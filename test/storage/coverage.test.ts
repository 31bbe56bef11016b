// Is what is known of coverage kept, forgotten and compared, the same on both engines?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { MeasuredChange } from '../../src/storage/coverage-records.js';
import type { Storage } from '../../src/storage/storage.js';
import { ENGINES, type Engine } from './engines.js';

// Opening the embedded engine takes seconds on a busy machine.
jest.setTimeout(30_000);

const HEAD = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const AT = new Date('2026-11-20T10:00:00.123Z');
const LATER = new Date('2026-11-20T11:00:00Z');
let repoId = 9_007_199_254_000_000;

describe.each(ENGINES)('coverage on $name', ({ start }) => {
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

  describe('of a head', () => {
    const value = { facts: { kind: 'missing', detail: 'a \u0000 b' }, files: null };
    const save = (mark: number, more: object = {}) =>
      storage.coverageResults.save({ repoId, headSha: HEAD, key: 'k', mark, value, at: AT, ...more });
    const find = (mark: number, key = 'k', headSha = HEAD) =>
      storage.coverageResults.find(repoId, headSha, key, mark);

    test('is found under its key and mark only, and replaced by a newer one', async () => {
      repoId += 1;
      await save(3);
      expect(await find(3)).toEqual({ facts: { kind: 'missing', detail: 'a \ufffd b' }, files: null });
      expect(await Promise.all([find(2), find(4), find(3, 'l'), find(3, 'k', OTHER)])).toEqual(
        Array(4).fill(undefined),
      );
      await save(4, { value: { files: [] } });
      expect(await find(4)).toEqual({ files: [] });
      expect(await find(3)).toBeUndefined();
    });

    test('is no longer found once it was forgotten, whoever saves it afterwards', async () => {
      repoId += 1;
      const { mark, seenAt } = await storage.coverageResults.look(repoId, HEAD, AT);
      expect([mark, seenAt]).toEqual([0, AT]);
      await storage.coverageResults.forget(repoId, HEAD);
      await save(mark);
      const next = await storage.coverageResults.look(repoId, HEAD, LATER);
      expect(next).toEqual({ mark: 1, seenAt: AT });
      expect(await find(next.mark)).toBeUndefined();
    });

    test('is missed since the first time, until it is forgotten', async () => {
      repoId += 1;
      const { look, missedSince, forget } = storage.coverageResults;
      await look(repoId, HEAD, AT);
      expect(await missedSince(repoId, HEAD, 0, AT)).toEqual(AT);
      expect(await missedSince(repoId, HEAD, 0, LATER)).toEqual(AT);
      await forget(repoId, HEAD);
      expect(await missedSince(repoId, HEAD, 1, LATER)).toEqual(LATER);
    });

    test('nobody asked about has nothing to forget', async () => {
      repoId += 1;
      await storage.coverageResults.forget(repoId, HEAD);
      expect(await storage.coverageResults.look(repoId, HEAD, LATER)).toEqual({ mark: 0, seenAt: LATER });
    });

    test('is dropped when it is old', async () => {
      repoId += 1;
      await storage.coverageResults.look(repoId, HEAD, AT);
      await save(0);
      await storage.coverageResults.prune(AT);
      expect(await find(0)).toEqual(expect.anything());
      await storage.coverageResults.prune(LATER);
      expect(await find(0)).toBeUndefined();
      expect((await storage.coverageResults.look(repoId, HEAD, LATER)).seenAt).toEqual(LATER);
    });
  });

  test('of a head is kept as long as a result of it is', async () => {
    repoId += 1;
    const { look, forget, save, prune } = storage.coverageResults;
    await look(repoId, HEAD, AT);
    await forget(repoId, HEAD);
    await save({ repoId, headSha: HEAD, key: 'k', mark: 0, value: {}, at: LATER });
    await prune(LATER);
    expect(await look(repoId, HEAD, LATER)).toEqual({ mark: 1, seenAt: AT });
  });

  describe('of merged changes', () => {
    const QUERY = { baseRef: 'main', source: 'head:coverage' };
    const change = (pullRequest: number, changes: Partial<MeasuredChange> = {}): MeasuredChange => ({
      ...QUERY,
      repoId,
      pullRequest,
      headSha: HEAD,
      project: { covered: 10 * pullRequest, executable: 100 },
      patch: { covered: 1, executable: pullRequest },
      at: AT,
      ...changes,
    });
    const merge = (pullRequest: number, minutes: number, headSha = HEAD) =>
      storage.coverageRecords.markMerged(
        { repoId, pullRequest, headSha },
        new Date(AT.getTime() + minutes * 60_000),
      );
    const base = (query: Partial<typeof QUERY> = {}) =>
      storage.coverageRecords.readBase({ repoId, ...QUERY, ...query });
    const shares = (limit = 10) => storage.coverageRecords.readShares({ repoId, ...QUERY }, limit);

    test('is that of the newest one merged into the same branch, by the same source', async () => {
      repoId += 1;
      for (const number of [1, 2, 4]) await storage.coverageRecords.record(change(number));
      await storage.coverageRecords.record(change(5, { baseRef: 'release' }));
      await storage.coverageRecords.record(change(6, { source: 'head:other' }));
      await storage.coverageRecords.record(change(8, { project: null }));
      expect(await base()).toBeNull();
      for (const [minutes, number] of [2, 1, 5, 6, 8].entries()) await merge(number, minutes);
      expect(await base()).toEqual({ covered: 10, executable: 100, pullRequest: 1 });
      expect(await base({ baseRef: 'release' })).toMatchObject({ pullRequest: 5 });
      // 8 has no totals, and a share of its own; 4 was not merged.
      expect(await shares()).toEqual([1 / 8, 1 / 5, 1, 1 / 2]);
      expect(await shares(2)).toEqual([1 / 8, 1 / 5]);
    });

    test('has no share where nothing executable was added', async () => {
      repoId += 1;
      await storage.coverageRecords.record(change(3, { patch: { covered: 0, executable: 0 } }));
      await merge(3, 1);
      expect(await shares()).toEqual([]);
      expect(await base()).toMatchObject({ pullRequest: 3 });
    });

    test('is of the head that was merged, the last one measured', async () => {
      repoId += 1;
      await storage.coverageRecords.record(change(3));
      await merge(3, 1, OTHER);
      expect(await base()).toBeNull();
      const totals = { covered: 77, executable: 100 };
      await storage.coverageRecords.record(change(3, { headSha: OTHER, project: totals }));
      await merge(3, 2, HEAD);
      expect(await base()).toBeNull();
      await merge(3, 3, OTHER);
      expect(await base()).toMatchObject(totals);
      // What is measured after the merge changes nothing.
      await storage.coverageRecords.record(change(3, { headSha: OTHER }));
      expect(await base()).toMatchObject(totals);
    });

    test('is dropped when it is old and was never merged', async () => {
      repoId += 1;
      for (const number of [3, 4]) await storage.coverageRecords.record(change(number));
      await merge(3, 1);
      await storage.coverageRecords.prune(LATER);
      await merge(4, 2);
      expect(await base()).toMatchObject({ pullRequest: 3 });
    });
  });
});
