// How is work begun in a thread of its own, from the built package and from the sources alike?
import { Worker } from 'node:worker_threads';

/** `workerData` is plain data. The thread ends when it needs more than `memoryMb` MB for its objects. */
export function startWorker(workerData: unknown, memoryMb: number): Worker {
  const options = { workerData, resourceLimits: { maxOldGenerationSizeMb: memoryMb } };
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('../worker.js', import.meta.url), options);
  // Run from the sources: a thread of its own needs to be told how to read TypeScript.
  const source = JSON.stringify(new URL('../worker.ts', import.meta.url).href);
  const start = `import('tsx/esm/api').then(({ register }) => (register(), import(${source})))`;
  return new Worker(start, { ...options, eval: true });
}
