// May several servers start at once on a database that is still empty?
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openStorage } from '../../src/storage/storage.js';
import { SILENT } from './engines.js';
import { startPostgres, type TestServer } from './postgres.js';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

test('they take turns to set it up, and all of them come up', async () => {
  const databaseUrl = await server.createDatabase();
  const starts = [1, 2, 3].map(() => openStorage({ databaseUrl, dataFolder: 'unused', log: SILENT }));
  const ended = await Promise.allSettled(starts);
  const failures = ended.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
  for (const each of ended) if (each.status === 'fulfilled') await each.value.close();
  expect(failures).toEqual([]);
}, 60_000);
