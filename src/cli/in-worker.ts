// How does a command read coverage without standing still?
import type { CoverageJob } from '../coverage/job.js';
import { readInWorker } from '../coverage/read-in-worker.js';
import type { CoverageReading } from '../coverage/report.js';
import { startWorker } from '../threads/start-worker.js';
import { CommandFailure } from './exit-codes.js';

const LIMITS = { memoryMb: 1536, timeoutMs: 120_000 };

export async function readCoverageInWorker(job: CoverageJob): Promise<CoverageReading> {
  const answer = await readInWorker(startWorker, job, LIMITS);
  if (answer.kind === 'failed') throw new CommandFailure(`Cannot read: ${answer.why}`);
  return answer.reading;
}
