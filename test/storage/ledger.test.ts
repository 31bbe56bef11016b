// Does the ledger answer what the same history in memory answers, on both engines?
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Ledger } from '../../src/storage/ledger.js';
import type { Storage } from '../../src/storage/storage.js';
import { ENGINES, type Engine } from './engines.js';
import { aChange, DAY, NOW, shaOf } from './ledger-history.js';

jest.setTimeout(60_000);

const SPAN = { windowSeconds: 365 * DAY, halfLifeSeconds: 60 * DAY };

describe.each(ENGINES)('the ledger on $name', ({ start }) => {
  let engine: Engine;
  let storage: Storage;
  let ledger: Ledger;
  let repoId = 0;

  beforeAll(async () => {
    engine = await start();
    storage = await engine.open();
    ledger = storage.ledger;
  }, 60_000);
  afterAll(async () => {
    await storage.close();
    await engine.stop();
  });

  const found = async () => {
    repoId += 1;
    await ledger.open(repoId, {
      owner: 'acme',
      repo: `shop-${repoId}`,
      span: SPAN,
      wantedFrom: NOW - 365 * DAY,
    });
    return repoId;
  };

  test('records a change once and counts it', async () => {
    const id = await found();
    expect(await ledger.record(id, [aChange('a1')])).toEqual([shaOf('a1')]);
    expect(await ledger.record(id, [aChange('a1'), aChange('a1')])).toEqual([]);
    const reading = await ledger.read(id, {
      at: NOW,
      author: 'sam',
      paths: [{ path: 'src/a.ts', previousPath: null }],
    });
    const once = { changes: 1, failed: 0, weight: 1, weightFailed: 0, lastFailedAt: null };
    expect(reading).toEqual({
      repository: once,
      author: once,
      paths: [once],
      folders: [once],
      familiarPaths: 1,
    });
  });
});
