// Is a change compared with what was merged before, and with nothing else?
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { noteMerged } from '../../src/app/coverage-records.js';
import { GOOD, HEAD, lcov, openStreet, type Shop, type Street, zipOf } from './coverage-street.js';

// A thread from the sources takes seconds to begin on a busy machine.
jest.setTimeout(60_000);

let street: Street;
beforeAll(async () => {
  street = await openStreet();
}, 60_000);
afterEach(() => street.github.assertClean());
afterAll(() => street.close());

describe('what was merged before', () => {
  /** Opens, measures and merges a change of which `tested` of 4 added lines are run. */
  async function mergeOne(shop: Shop, name: string, tested: number): Promise<number> {
    const path = `src/${name}.ts`;
    const pull = shop.open({ [path]: 'a\nb\nc\nd\n' }, name);
    shop.runChecks('success', pull.headSha);
    const hits = [0, 1, 2, 3].map((line) => (line < tested ? 1 : 0));
    shop.upload(zipOf(lcov(path, hits)), { headSha: pull.headSha });
    await shop.look(HEAD, { of: pull });
    const { merged } = pull.merge({ by: 'bo' });
    expect(merged).toBe(true);
    const { snapshot } = await shop.look(HEAD, { of: pull });
    shop.clock.ms += 1000;
    await noteMerged(shop.deps, shop.repository.id, snapshot);
    return pull.number;
  }

  test('gives the base of the newest one, and what is usual from twenty on', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    expect((await shop.look()).facts).toMatchObject({ base: null, usual: null });
    const earlier = {
      repoId: shop.repository.id,
      headSha: 'e'.repeat(40),
      baseRef: 'main',
      source: 'head:coverage',
    };
    for (let index = 0; index < 17; index += 1) {
      const pullRequest = 1000 + index;
      const patch = { covered: index < 9 ? 1 : 3, executable: 4 };
      const at = new Date(shop.clock.ms - 60_000 + index);
      await street.storage.coverageRecords.record({ ...earlier, pullRequest, patch, project: patch, at });
      await street.storage.coverageRecords.markMerged({ ...earlier, pullRequest }, at);
    }
    await mergeOne(shop, 'first', 3);
    const second = await mergeOne(shop, 'second', 1);
    expect((await shop.look()).facts).toMatchObject({
      base: { covered: 1, executable: 4, pullRequest: second },
      usual: null,
    });
    const third = await mergeOne(shop, 'third', 2);
    const { facts, requests } = await shop.look();
    // Ten of 25%, one of 50%, nine of 75%; the change itself is not among them.
    expect(facts).toMatchObject({
      base: { covered: 2, executable: 4, pullRequest: third },
      usual: { share: 0.375, changes: 20 },
    });
    // The result is remembered; only what is compared with is of now.
    expect(requests).toEqual([]);
  });

  test('is not what was measured and not merged, or merged at another head', async () => {
    const shop = await street.foundShop();
    shop.runChecks();
    shop.upload(GOOD);
    const other = shop.open({ 'src/pay.ts': 'b\n' }, 'other');
    shop.runChecks('success', other.headSha);
    shop.upload(zipOf(lcov('src/pay.ts', [1])), { headSha: other.headSha });
    const { snapshot } = await shop.look(HEAD, { of: other });
    await noteMerged(shop.deps, shop.repository.id, snapshot);
    expect((await shop.look()).facts).toMatchObject({ base: null });
    other.push({ files: { 'src/pay.ts': 'c\n' }, author: 'bo' });
    other.merge({ by: 'bo' });
    const merged = await shop.look(HEAD, { of: other });
    expect(merged.snapshot.pullRequest.state).toBe('merged');
    await noteMerged(shop.deps, shop.repository.id, merged.snapshot);
    expect((await shop.look()).facts).toMatchObject({ base: null });
  });
});
