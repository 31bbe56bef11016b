// Does everything the embedded database knows come back from a file, and is nothing replaced by accident?
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { restoreBackup, writeBackup } from '../../src/storage/backup.js';
import { openStorage } from '../../src/storage/storage.js';
import { runWith } from '../cli/program.js';
import { SILENT } from './engines.js';

let root: string;
let dataFolder: string;
let file: string;
const open = (folder: string) => openStorage({ databaseUrl: null, dataFolder: folder, log: SILENT });
const restore = (more: { file?: string; dataFolder?: string; force?: boolean } = {}) =>
  restoreBackup({ file, dataFolder, force: false, log: SILENT, ...more });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'agent-policy-backup-'));
  dataFolder = join(root, 'data');
  file = join(root, 'monday.backup');
  const storage = await open(dataFolder);
  await storage.inTransaction(async () => {
    await storage.deliveries.record({
      id: 'before the backup',
      event: 'push',
      action: null,
      installation: 1,
      outcome: 'queued',
      payload: null,
      receivedAt: new Date(),
    });
    await storage.queue.send('review:1:acme/shop#7');
  });
  await storage.close();
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a backup', () => {
  test('is one file for its owner alone, and restored elsewhere it holds what was there, waiting jobs too', async () => {
    const written = await writeBackup({ dataFolder, file, log: SILENT });
    expect(written).toMatchObject({ deliveries: 1, pullRequests: 0 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const elsewhere = join(root, 'elsewhere');
    expect(await restore({ dataFolder: elsewhere })).toMatchObject({
      deliveries: 1,
      migration: written.migration,
    });
    const storage = await open(elsewhere);
    expect(await storage.deliveries.find('before the backup')).toMatchObject({ event: 'push' });
    expect((await storage.queue.stats()).waiting).toBe(1);
    const ran: string[] = [];
    await storage.queue.work(async (key) => {
      ran.push(key);
      return { kind: 'done' };
    });
    await storage.queue.idle();
    expect(ran).toEqual(['review:1:acme/shop#7']);
    await storage.close();
  }, 90_000);

  test('never replaces a file, nor a database unless that is said', async () => {
    await expect(writeBackup({ dataFolder, file, log: SILENT })).rejects.toThrow(/exists already/);
    await expect(restore()).rejects.toThrow(/there is a database in it.*--force/);
    const storage = await open(dataFolder);
    await storage.deliveries.prune(new Date(Date.now() + 60_000));
    await storage.close();
    await restore({ force: true });
    const again = await open(dataFolder);
    expect(await again.deliveries.find('before the backup')).not.toBeNull();
    await again.close();
    expect(readdirSync(dataFolder)).toEqual(['pglite']);
  }, 90_000);

  test('is neither written nor restored while the app has the folder', async () => {
    const storage = await open(dataFolder);
    try {
      const inUse = new RegExp(`process ${process.pid} .*is using it`);
      await expect(writeBackup({ dataFolder, file: join(root, 'x'), log: SILENT })).rejects.toThrow(inUse);
      await expect(restore({ force: true })).rejects.toThrow(inUse);
      expect(existsSync(join(root, 'x'))).toBe(false);
    } finally {
      await storage.close();
    }
  }, 60_000);

  test('of a folder without a database is an error, and makes none', async () => {
    const empty = join(root, 'nothing');
    await expect(writeBackup({ dataFolder: empty, file: join(root, 'y'), log: SILENT })).rejects.toThrow(
      /no database in it/,
    );
    expect(existsSync(empty)).toBe(false);
  });
});

describe('what is no good backup', () => {
  const changed = async (name: string, change: (bytes: Buffer) => Buffer) => {
    const path = join(root, name);
    await copyFile(file, path);
    await writeFile(path, change(await readFile(path)));
    return path;
  };
  const withHeader = (change: (header: Record<string, unknown>) => object) => (bytes: Buffer) => {
    const end = bytes.indexOf(0x0a);
    const header = change(JSON.parse(bytes.subarray(0, end).toString()) as Record<string, unknown>);
    return Buffer.concat([Buffer.from(JSON.stringify(header)), bytes.subarray(end)]);
  };

  test.each([
    [
      'another file',
      () => Buffer.from('PK\u0003\u0004 an archive\n of something'),
      /no backup of agent-policy/,
    ],
    ['an empty file', () => Buffer.alloc(0), /no backup of agent-policy/],
    ['a cut file', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100), /damaged/],
    [
      'a changed byte',
      (bytes: Buffer) => {
        const copy = Buffer.from(bytes);
        copy[copy.length - 50] = (copy[copy.length - 50] ?? 0) ^ 1;
        return copy;
      },
      /damaged/,
    ],
    ['a later format', withHeader((header) => ({ ...header, version: 2 })), /format 2.*reads format 1/],
    ['a newer version', withHeader((header) => ({ ...header, migration: 9_999 })), /newer version.*9999/],
  ])('%s is refused, and the folder is left alone', async (name, change, why) => {
    const target = join(root, `target of ${name}`);
    const path = await changed(name, change);
    await expect(restore({ file: path, dataFolder: target, force: true })).rejects.toThrow(why);
    expect(existsSync(target)).toBe(false);
  });

  test.each([
    ['no archive', () => Buffer.from('not an archive at all')],
    ['an archive of nothing', () => gzipSync(Buffer.alloc(1_024))],
  ])(
    '%s is refused with the old database in place',
    async (_name, pack) => {
      const path = await changed('no database', (bytes) => {
        const archive = pack();
        const sha256 = createHash('sha256').update(archive).digest('hex');
        const head = withHeader((header) => ({ ...header, bytes: archive.length, sha256 }))(bytes);
        return Buffer.concat([head.subarray(0, head.indexOf(0x0a) + 1), archive]);
      });
      await expect(restore({ file: path, force: true })).rejects.toThrow(
        /does not open.*Nothing was changed/,
      );
      const storage = await open(dataFolder);
      expect(await storage.deliveries.find('before the backup')).not.toBeNull();
      await storage.close();
      expect(readdirSync(dataFolder)).toEqual(['pglite']);
    },
    60_000,
  );
});

describe('the commands', () => {
  test('back up and restore, and say what they did', async () => {
    const target = join(root, 'by command.backup');
    const env = { DATA_FOLDER: dataFolder };
    const backup = await runWith(env, 'backup', target);
    expect(backup).toMatchObject({ code: 0, out: expect.stringContaining('1 webhooks') });
    const refused = await runWith(env, 'restore', target);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('--force') });
    const restored = await runWith(env, 'restore', target, '--force');
    expect(restored).toMatchObject({ code: 0, out: expect.stringContaining(`Restored ${dataFolder}`) });
  }, 90_000);

  test('name pg_dump and pg_restore where the app uses PostgreSQL', async () => {
    const env = { DATABASE_URL: 'postgres://db/x' };
    expect(await runWith(env, 'backup', 'x.dump')).toMatchObject({
      code: 2,
      err: expect.stringContaining('pg_dump'),
    });
    expect(await runWith(env, 'restore', 'x.dump')).toMatchObject({
      code: 2,
      err: expect.stringContaining('pg_restore'),
    });
  });
});
