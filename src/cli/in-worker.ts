// How does a command read coverage without standing still?
import { Worker } from 'node:worker_threads';
import type { CoverageJob, CoverageJobAnswer } from '../coverage/job.js';
import type { CoverageReading } from '../coverage/report.js';
import { say } from '../domain/message.js';
import { awaitAnswer } from '../formats/worker-answer.js';
import { CommandFailure } from './exit-codes.js';

const TIMEOUT_MS = 120_000;
const MEMORY_MB = 1536;

export async function readCoverageInWorker(job: CoverageJob): Promise<CoverageReading> {
  const worker = startWorker(job);
  const answer = await awaitAnswer<CoverageJobAnswer>(worker, AbortSignal.timeout(TIMEOUT_MS));
  switch (answer.kind) {
    case 'answer':
      if (answer.value.kind === 'failed') throw new CommandFailure(`Cannot read: ${answer.value.why}`);
      return answer.value.reading;
    case 'out-of-memory':
      return { kind: 'too-large', why: say`The coverage needs more than ${MEMORY_MB} MB to be read.` };
    case 'timeout':
      return { kind: 'too-large', why: say`The coverage takes more than ${TIMEOUT_MS / 1000} s to be read.` };
  }
}

function startWorker(workerData: CoverageJob): Worker {
  const options = { workerData, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } };
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('../worker.js', import.meta.url), options);
  // Run from the sources: a thread of its own needs to be told how to read TypeScript.
  const source = JSON.stringify(new URL('../worker.ts', import.meta.url).href);
  const start = `import('tsx/esm/api').then(({ register }) => (register(), import(${source})))`;
  return new Worker(start, { ...options, eval: true });
}
