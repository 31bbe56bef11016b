// How does the embedded database get into a file, and out of it again?
// The file is one line of JSON that says what follows, then PGlite's own archive of its folder.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, open, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import type { Logger } from 'pino';
import { lockDataFolder } from './data-folder-lock.js';
import { MIGRATIONS } from './migrations.js';

export interface BackupSummary {
  readonly createdAt: Date;
  /** The newest migration that the database has. */
  readonly migration: number;
  readonly pullRequests: number;
  readonly deliveries: number;
  /** Of the archive, packed. */
  readonly bytes: number;
}

export interface BackupOptions {
  readonly dataFolder: string;
  readonly file: string;
  readonly log: Logger;
}

const FORMAT = 'agent-policy backup';
const VERSION = 1;
const unpack = promisify(gunzip);
/** The header is one line; a file without one in its first bytes is something else. */
const MAX_HEADER_BYTES = 4_096;

interface Header {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly createdAt: string;
  readonly migration: number;
  /** PostgreSQL's major version: another one cannot read its folder. */
  readonly postgres: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Throws an `Error` for people: the folder is in use or empty, the file is there already or cannot be written. */
export async function writeBackup(options: BackupOptions): Promise<BackupSummary> {
  const { dataFolder, file } = options;
  if (!existsSync(folderOf(dataFolder)))
    throw new Error(`back up ${dataFolder}: there is no database in it. Set DATA_FOLDER as the app has it.`);
  if (existsSync(file)) throw new Error(`back up to ${file}: it exists already. Give another name.`);
  const lock = await lockDataFolder(dataFolder, options.log);
  try {
    const pglite = await PGlite.create(folderOf(dataFolder));
    try {
      const seen = await inspect(pglite, dataFolder);
      const archive = Buffer.from(await (await pglite.dumpDataDir('gzip')).arrayBuffer());
      const header: Header = {
        format: FORMAT,
        version: VERSION,
        createdAt: new Date().toISOString(),
        migration: seen.migration,
        postgres: seen.postgres,
        bytes: archive.length,
        sha256: digestOf(archive),
      };
      await writeWhole(file, [Buffer.from(`${JSON.stringify(header)}\n`), archive]);
      return summaryOf(header, seen);
    } finally {
      await pglite.close();
    }
  } finally {
    await lock.release();
  }
}

/**
 * Puts a backup in place of what is in the folder. The new database is opened and looked at before the old one goes.
 * Throws an `Error` for people: no backup, a damaged one, one of a newer version, a folder in use or with data.
 */
export async function restoreBackup(
  options: BackupOptions & { readonly force: boolean },
): Promise<BackupSummary> {
  const { dataFolder, file } = options;
  const { header, archive } = await readBackup(file);
  await mkdir(dataFolder, { recursive: true });
  const lock = await lockDataFolder(dataFolder, options.log);
  const place = folderOf(dataFolder);
  const fresh = join(dataFolder, `restoring-${randomUUID()}`);
  try {
    if (existsSync(place) && !options.force) {
      throw new Error(
        `restore into ${dataFolder}: there is a database in it. Move it away, or say --force to replace it for good.`,
      );
    }
    const seen = await load(fresh, archive, file);
    const old = join(dataFolder, `replaced-${randomUUID()}`);
    const hadData = existsSync(place);
    if (hadData) await rename(place, old);
    await rename(fresh, place);
    if (hadData) await rm(old, { recursive: true, force: true });
    return summaryOf(header, seen);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await lock.release();
  }
}

function folderOf(dataFolder: string): string {
  return join(dataFolder, 'pglite');
}

async function readBackup(file: string): Promise<{ readonly header: Header; readonly archive: Buffer }> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`read ${file}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}.`);
  });
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(0x0a);
  const header = end === -1 ? null : parseHeader(bytes.subarray(0, end).toString('utf8'));
  if (header === null) throw new Error(`read ${file}: it is no backup of agent-policy.`);
  if (header.version !== VERSION) {
    throw new Error(
      `read ${file}: a backup in format ${header.version}, and this version reads format ${VERSION}. ` +
        'Use the version of agent-policy that wrote it.',
    );
  }
  const newest = MIGRATIONS.at(-1)?.number ?? 0;
  if (header.migration > newest) {
    throw new Error(
      `read ${file}: written by a newer version (migration ${header.migration}, this one knows ${newest}). ` +
        'Restore it with that version.',
    );
  }
  const archive = bytes.subarray(end + 1);
  if (archive.length !== header.bytes || digestOf(archive) !== header.sha256)
    throw new Error(
      `read ${file}: it is damaged, ${archive.length} of ${header.bytes} bytes are there or some have changed.`,
    );
  return { header, archive };
}

function parseHeader(line: string): Header | null {
  try {
    const value = JSON.parse(line) as Partial<Header> | null;
    const isHeader =
      value?.format === FORMAT &&
      [value.version, value.migration, value.postgres, value.bytes].every(Number.isInteger) &&
      typeof value.sha256 === 'string' &&
      !Number.isNaN(Date.parse(value.createdAt ?? ''));
    return isHeader ? (value as Header) : null;
  } catch {
    return null;
  }
}

async function load(folder: string, archive: Buffer, file: string): Promise<Contents> {
  try {
    // PGlite unpacks in a stream whose error nobody can catch, and tries that with what is no tar file.
    const tar = await unpack(archive);
    if (tar.subarray(257, 262).toString('latin1') !== 'ustar') throw new Error('its archive is no tar file');
    const loadDataDir = new Blob([new Uint8Array(tar)], { type: 'application/x-tar' });
    const pglite = await PGlite.create({ dataDir: folder, loadDataDir });
    try {
      return await inspect(pglite, file);
    } finally {
      await pglite.close();
    }
  } catch (error) {
    throw new Error(
      `restore ${file}: its database does not open with this version: ${(error as Error).message}. ` +
        'Nothing was changed.',
    );
  }
}

interface Contents {
  readonly migration: number;
  readonly postgres: number;
  readonly pullRequests: number;
  readonly deliveries: number;
}

async function inspect(pglite: PGlite, where: string): Promise<Contents> {
  const { rows: tables } = await pglite.query<{ there: boolean }>(
    `select to_regclass('agent_policy.migrations') is not null as there`,
  );
  if (tables[0]?.there !== true) throw new Error(`${where} holds no tables of agent-policy`);
  const { rows } = await pglite.query<Contents>(
    `select (select coalesce(max(number), 0)::int from agent_policy.migrations) as migration,
            current_setting('server_version_num')::int / 10000 as postgres,
            (select count(*)::int from (select distinct repo_id, pr from agent_policy.decisions
               where pr is not null) judged) as "pullRequests",
            (select count(*)::int from agent_policy.deliveries) as deliveries`,
  );
  return rows[0]!;
}

function summaryOf(header: Header, { pullRequests, deliveries }: Contents): BackupSummary {
  const { migration, bytes } = header;
  return { createdAt: new Date(header.createdAt), migration, bytes, pullRequests, deliveries };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Readable by the owner only. Under its name it is whole and on the disk, or it is not there. */
async function writeWhole(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const draft = join(dirname(file), `.${randomUUID()}.part`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike a rename, it never replaces what somebody else has put there meanwhile.
    await link(draft, file);
  } catch (error) {
    throw new Error(`write ${file}: ${(error as Error).message}.`);
  } finally {
    await unlink(draft).catch(() => {});
  }
}
