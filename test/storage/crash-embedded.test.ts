// Is an acknowledged event ever lost when a process with the embedded engine is killed?
import { expect, test } from '@jest/globals';
import { describeCrash, startChild } from './crash.js';
import { ENGINES } from './engines.js';

const EMBEDDED = ENGINES.find(({ name }) => name === 'PGlite in a folder')!;

// The holder of the data folder knows that nobody else runs, so it waits for nothing.
describeCrash(EMBEDDED, 2_000);

test('a second process is told who has the data folder', async () => {
  const engine = await EMBEDDED.start();
  const child = await startChild(engine, 'open', 'stored');
  await expect(engine.open()).rejects.toThrow(`process ${child.pid} on`);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  await (await engine.open()).close();
  await engine.stop();
}, 30_000);
