// What must hold on either engine when the process is killed?
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defer } from './defer.js';
import type { Engine, EngineUnderTest } from './engines.js';

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

/** `allowance`: how long a job that was at work may stay away, in milliseconds. */
export function describeCrash({ name, start }: EngineUnderTest, allowance: number): void {
  describe(`kill -9 on ${name}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await start();
      await (await engine.open()).close();
    }, 30_000);
    afterAll(() => engine.stop());

    async function killAt(task: 'send' | 'work' | 'open', line: string): Promise<void> {
      const child = await startChild(engine, task, line);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }

    async function reopenAndRun(): Promise<{ readonly keys: readonly string[]; readonly ms: number }> {
      const storage = await engine.open();
      const began = performance.now();
      const keys: string[] = [];
      const first = defer<number>();
      await storage.queue.work(async (key) => {
        keys.push(key);
        first.resolve(performance.now() - began);
        return { kind: 'done' };
      });
      const ms = await first.promise;
      await storage.queue.idle();
      expect(await storage.deliveries.find('acknowledged')).not.toBeNull();
      expect((await storage.queue.stats()).dead).toBe(0);
      await storage.deliveries.prune(new Date(Date.now() + 60_000));
      await storage.close();
      return { keys, ms };
    }

    test('between acknowledgement and work: the job runs as soon as the app is back', async () => {
      await killAt('send', 'stored');
      const { keys, ms } = await reopenAndRun();
      expect(keys).toEqual(['review:1:acme/shop#1']);
      expect(ms).toBeLessThan(2_000);
    }, 30_000);

    test('at work: the job runs again, once', async () => {
      await killAt('work', 'at work on review:1:acme/shop#1');
      const { keys, ms } = await reopenAndRun();
      expect(keys).toEqual(['review:1:acme/shop#1']);
      expect(ms).toBeLessThan(allowance);
    }, 40_000);
  });
}

export function startChild(engine: Engine, task: string, line: string): Promise<ChildProcess> {
  const { databaseUrl, dataFolder } = engine;
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, task, databaseUrl ?? '', dataFolder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(line)) resolve(child);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => reject(new Error(`the child ended early: ${output}`)));
  });
}
