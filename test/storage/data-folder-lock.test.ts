// Does one process have the data folder to itself, and can it be had again when that process is gone?
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lockDataFolder } from '../../src/storage/data-folder-lock.js';
import { eventually } from './defer.js';
import { SILENT } from './engines.js';

describe('the lock on the data folder', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'agent-policy-lock-'));
    file = join(folder, 'lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const lock = (watchMs = 200) => lockDataFolder(folder, SILENT, watchMs);
  /** The lock file this process would write, changed. */
  const leave = async (changed: Record<string, unknown>) => {
    const held = await lock();
    const owner = JSON.parse(await readFile(file, 'utf8'));
    await held.release();
    await writeFile(file, JSON.stringify({ ...owner, id: 'another', ...changed }));
  };

  test('a second one is refused with the pid and what to do', async () => {
    const held = await lock();
    await expect(lock()).rejects.toThrow(
      `open data folder ${folder}: process ${process.pid} on ${hostname()} is using it. Stop it first, give this one ` +
        'its own DATA_FOLDER, or use PostgreSQL (DATABASE_URL), which several processes may share.',
    );
    held.assertHeld();
    await held.release();
  });

  test('is free again after a release, and leaves no file behind', async () => {
    await (await lock()).release();
    await (await lock()).release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('is taken over from a process that has ended', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await leave({ pid });
    const held = await lock();
    held.assertHeld();
    await held.release();
  });

  test('is taken over when the pid lives and belongs to another process by now', async () => {
    await leave({ started: '1' });
    await (await lock()).release();
  });

  test('is taken over after a reboot, although the pid lives again', async () => {
    await leave({ boot: 'an earlier boot' });
    await (await lock()).release();
  });

  test('is taken over from a file that names no process', async () => {
    for (const text of ['', '{"pid":', 'null', '{"pid":"1"}']) {
      await writeFile(file, text);
      await (await lock()).release();
    }
  });

  test('is refused while an owner in another container refreshes it, whatever its pid means here', async () => {
    await leave({ namespace: 'pid:[1]', host: 'another-container' });
    const beat = setInterval(() => void utimes(file, new Date(), new Date()), 20);
    await expect(lock()).rejects.toThrow('on another-container is using it');
    clearInterval(beat);
  });

  test('is taken over from a container that refreshes it no more', async () => {
    await leave({ namespace: 'pid:[1]', host: 'another-container' });
    await (await lock()).release();
  });

  test('of several that take over at once one succeeds', async () => {
    await leave({ started: '1' });
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lock()));
    const won = results.filter((result) => result.status === 'fulfilled');
    expect(won.length).toBe(1);
    for (const result of won) await result.value.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test('a holder that lost it notices, writes no more and leaves the file to the new owner', async () => {
    const held = await lock();
    const owner = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...owner, id: 'thief' }));
    await eventually(() => {
      try {
        held.assertHeld();
        return false;
      } catch (error) {
        return (error as Error).message.includes('taken by another process');
      }
    });
    await held.release();
    expect(JSON.parse(await readFile(file, 'utf8')).id).toBe('thief');
  });

  test('a deleted lock file is written again', async () => {
    const held = await lock();
    await rm(file);
    await eventually(async () => (await readdir(folder)).includes('lock'));
    await expect(lock()).rejects.toThrow('is using it');
    await held.release();
  });
});
