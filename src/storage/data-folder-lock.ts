// Is this process the only one on the data folder?
// Two processes on one PGlite folder both acknowledge writes, and one of them loses all of them silently.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, rmdir, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface DataFolderLock {
  /** Throws once the lock belongs to another process: from then on nothing may be written. */
  assertHeld(): void;
  release(): Promise<void>;
}

/** What the lock file holds. A process is named so that neither a reused pid nor a reboot can pass for it. */
interface Owner {
  readonly pid: number;
  /** The kernel's start time of that pid. */
  readonly started: string;
  readonly boot: string;
  /** Pid namespace: in another container the same pid is another process. */
  readonly namespace: string;
  readonly host: string;
  readonly id: string;
}

const BEAT_MS = 1_000;
/** A living owner that cannot be looked up (another container or machine) shows itself within this time. */
const WATCH_MS = 5_000;

export async function lockDataFolder(
  folder: string,
  log: Logger,
  watchMs = WATCH_MS,
): Promise<DataFolderLock> {
  const file = join(folder, 'lock');
  const me = describeProcess();
  const mine = JSON.stringify(me);
  if (!(await claim(file, mine))) {
    await takeOver(file, mine, folder, log, watchMs);
  }
  return hold(file, me, log);
}

/** Written aside and linked, so that nobody ever reads half a lock file. */
async function claim(file: string, mine: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, mine, { flag: 'wx' });
  try {
    return await unlessExists(() => link(draft, file));
  } catch {
    // A file system without hard links.
    return await unlessExists(() => writeFile(file, mine, { flag: 'wx' }));
  } finally {
    await unlink(draft);
  }
}

async function unlessExists(create: () => Promise<void>): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function takeOver(
  file: string,
  mine: string,
  folder: string,
  log: Logger,
  watchMs: number,
): Promise<void> {
  const found = await readText(file);
  const owner = found === null ? null : parseOwner(found);
  if (owner !== null && (await isAlive(owner, file, watchMs))) throw inUse(folder, owner);
  // One at a time: whoever holds the folder `lock.takeover` may replace the lock file.
  const turn = `${file}.takeover`;
  await removeAbandonedTurn(turn);
  try {
    await mkdir(turn);
  } catch {
    throw inUse(folder, null);
  }
  try {
    const now = await readText(file);
    if (now !== found) throw inUse(folder, now === null ? null : parseOwner(now));
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, mine, { flag: 'wx' });
    await rename(draft, file);
  } finally {
    await rmdir(turn).catch(() => {});
  }
  log.warn({ folder, formerPid: owner?.pid ?? null }, 'took over the lock of a process that has ended');
}

/** A process that died within the milliseconds of a takeover leaves its turn behind. */
async function removeAbandonedTurn(turn: string): Promise<void> {
  const found = await stat(turn).catch(() => null);
  if (found !== null && Date.now() - found.mtimeMs > 2 * WATCH_MS)
    await rm(turn, { recursive: true, force: true });
}

function inUse(folder: string, owner: Owner | null): Error {
  const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new Error(
    `open data folder ${folder}: ${who} is using it. Stop it first, give this one its own DATA_FOLDER, ` +
      'or use PostgreSQL (DATABASE_URL), which several processes may share.',
  );
}

async function isAlive(owner: Owner, file: string, watchMs: number): Promise<boolean> {
  const me = describeProcess();
  if (owner.host === me.host && owner.boot !== me.boot) return false;
  if (owner.boot === me.boot && owner.namespace === me.namespace) {
    return startTimeOf(owner.pid) === owner.started;
  }
  return beats(file, watchMs);
}

/** The owner is out of sight: watch whether it refreshes the file. Compares no clocks. */
async function beats(file: string, watchMs: number): Promise<boolean> {
  const before = await stat(file).catch(() => null);
  if (before === null) return false;
  for (let round = 0; round < 10; round += 1) {
    await delay(watchMs / 10);
    const after = await stat(file).catch(() => null);
    if (after === null) return false;
    if (after.mtimeMs !== before.mtimeMs || after.ino !== before.ino) return true;
  }
  return false;
}

function hold(file: string, me: Owner, log: Logger): DataFolderLock {
  let state: 'held' | 'lost' | 'released' = 'held';
  const beat = async () => {
    const found = await readText(file);
    if (state !== 'held') return;
    // Somebody tidied up: the folder is still ours until another process says otherwise.
    if (found === null) {
      await claim(file, JSON.stringify(me));
      return;
    }
    if (parseOwner(found)?.id !== me.id) {
      state = 'lost';
      clearInterval(timer);
      log.fatal(
        { file },
        'the lock on the data folder was taken by another process; nothing more is written',
      );
      return;
    }
    const now = new Date();
    await utimes(file, now, now);
  };
  const timer = setInterval(() => {
    beat().catch((error: unknown) => log.warn({ err: error, file }, 'could not refresh the lock file'));
  }, BEAT_MS);
  timer.unref();
  return {
    assertHeld() {
      if (state === 'lost') {
        throw new Error(
          `write to the data folder: its lock ${file} was taken by another process. Restart this one.`,
        );
      }
    },
    async release() {
      if (state !== 'held') return;
      state = 'released';
      clearInterval(timer);
      const found = await readText(file);
      if (found !== null && parseOwner(found)?.id === me.id) await unlink(file).catch(() => {});
    },
  };
}

function describeProcess(): Owner {
  return {
    pid: process.pid,
    started: startTimeOf(process.pid) ?? 'unknown',
    boot: readFirst('/proc/sys/kernel/random/boot_id') ?? 'unknown',
    namespace: readNamespace(),
    host: hostname(),
    id: randomUUID(),
  };
}

/** `null`: no such process. */
function startTimeOf(pid: number): string | null {
  if (existsSync('/proc/self/stat')) {
    const status = readFirst(`/proc/${pid}/stat`);
    // Field 22; the second field, the command's name, may hold spaces and parentheses. A zombie writes nothing.
    const fields = status?.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields === undefined || fields[0] === 'Z' ? null : (fields[19] ?? null);
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return isRunning(pid) ? 'unknown' : null;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return 'unknown';
  }
}

function readFirst(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}

/** `null`: nobody we could ask wrote this; the file is no claim. */
function parseOwner(text: string): Owner | null {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object') return null;
    const { pid, started, boot, namespace, host, id } = value as Record<string, unknown>;
    const strings = [started, boot, namespace, host, id];
    if (typeof pid !== 'number' || !strings.every((entry) => typeof entry === 'string')) return null;
    return value as Owner;
  } catch {
    return null;
  }
}
