// Does a database that cannot be had say which one, and how to mend it?
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openDatabase } from '../../src/storage/database.js';
import { SILENT } from './engines.js';

test.each(['127.0.0.1', 'localhost'])('a server that does not listen on %s', async (host) => {
  const port = await freePort();
  const opening = openDatabase({
    databaseUrl: `postgres://ann:s3cret@${host}:${port}/shop`,
    dataFolder: 'unused',
    log: SILENT,
  });
  const message = await opening.then(
    () => 'opened',
    (error: Error) => error.message,
  );
  expect(message).toMatch(/^connect to the PostgreSQL of DATABASE_URL: .*ECONNREFUSED.* Is it running/);
  expect(message).not.toContain('s3cret');
});

test('a data folder that is a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'agent-policy-'));
  const file = join(folder, 'data');
  await writeFile(file, '');
  await expect(openDatabase({ databaseUrl: null, dataFolder: file, log: SILENT })).rejects.toThrow(
    /^open data folder .*data: EEXIST.* Set DATA_FOLDER to a folder that can be written\.$/,
  );
  await rm(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
