// Is a webhook stored although PostgreSQL ended its transaction in favour of another one?
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createIngress } from '../../src/app/ingress.js';
import { defer, eventually } from '../storage/defer.js';
import { ENGINES, type Engine, SILENT } from '../storage/engines.js';
import { OUR_APP, pullRequest, status } from './payloads.js';

let engine: Engine;
beforeAll(async () => {
  engine = await ENGINES.find(({ name }) => name === 'PostgreSQL')!.start();
}, 30_000);
afterAll(() => engine.stop());

test('a webhook that loses a deadlock is stored all the same', async () => {
  const storage = await engine.open();
  const watcher = new pg.Client({ connectionString: engine.databaseUrl! });
  await watcher.connect();
  const isWaiting = async (count: number) => {
    const { rows } = await watcher.query(
      "select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rows[0].count >= count;
  };
  const deadlocks = async () => {
    await watcher.query('select pg_stat_clear_snapshot()');
    const { rows } = await watcher.query(
      'select deadlocks::int as count from pg_stat_database where datname = current_database()',
    );
    return rows[0].count;
  };
  const ingest = createIngress({ storage, appId: OUR_APP, log: SILENT, now: () => new Date() });
  // Two pull requests on one head, both waiting for their review.
  for (const number of [12, 13]) {
    const payload = pullRequest('opened', {}, { number });
    expect(await ingest({ id: `opened-${number}`, name: 'pull_request', payload })).toBe('queued');
  }
  const other = storage.inTransaction(async () => {
    await storage.queue.send('review:5:acme/shop#13');
    begun.resolve();
    await eventually(() => isWaiting(1));
    await storage.queue.send('review:5:acme/shop#12');
  });
  await begun.promise;
  expect(await ingest({ id: 'status', name: 'status', payload: status() })).toBe('queued');
  await other;
  expect(await storage.deliveries.find('status')).not.toBeNull();
  await eventually(async () => (await deadlocks()) === 1);
  await watcher.end();
  await storage.close();
}, 20_000);

const begun = defer<void>();
