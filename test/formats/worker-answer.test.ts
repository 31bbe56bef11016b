import { Worker } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { awaitAnswer } from '../../src/formats/worker-answer.js';

const start = (code: string, limits = {}) =>
  new Worker(`const { parentPort } = require('node:worker_threads'); ${code}`, {
    eval: true,
    resourceLimits: limits,
  });
const never = new AbortController().signal;

describe('a worker', () => {
  test('that answers is ended', async () => {
    const worker = start(
      'parentPort.postMessage(new Map([[1, new Uint32Array([2])]])); setInterval(() => {}, 1000);',
    );
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    expect(await awaitAnswer(worker, never)).toEqual({
      kind: 'answer',
      value: new Map([[1, new Uint32Array([2])]]),
    });
    await ended;
  });

  test('that needs too much memory says so, and takes nobody along', async () => {
    const worker = start('const all = []; for (;;) all.push(new Array(1000).fill(all.length));', {
      maxOldGenerationSizeMb: 16,
    });
    expect(await awaitAnswer(worker, never)).toEqual({ kind: 'out-of-memory' });
  });

  test('that never ends is ended', async () => {
    const worker = start('for (;;);');
    expect(await awaitAnswer(worker, AbortSignal.timeout(100))).toEqual({ kind: 'timeout' });
  });

  test('that throws is a failure', async () => {
    await expect(awaitAnswer(start('throw new TypeError("a bug")'), never)).rejects.toThrow('a bug');
  });

  test('that says nothing is a failure', async () => {
    await expect(awaitAnswer(start('process.exit(3)'), never)).rejects.toThrow(
      'ended with code 3 and no answer',
    );
  });
});
