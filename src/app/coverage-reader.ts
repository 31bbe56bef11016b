// How does the app read reports of strangers without standing still or running out of memory?
import type { CoverageJob } from '../coverage/job.js';
import { type ReadLimits, readInWorker } from '../coverage/read-in-worker.js';
import type { CoverageReading } from '../coverage/report.js';
import { startWorker } from '../threads/start-worker.js';

export interface CoverageReader {
  /** Downloads, which are held in memory, and readings take turns: so many at once, the others wait. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** True if enough wait already: whoever waits holds a place that reviews without a report need. */
  isCrowded(): boolean;
  /** In a thread of its own. Throws if that dies of a bug. */
  read(job: CoverageJob): Promise<CoverageReading>;
}

const LIMITS: ReadLimits = { memoryMb: 768, timeoutMs: 60_000 };
const AT_ONCE = 2;
/** Of the twenty jobs that are done at once. */
const MOST_WAITING = 4;

export function createCoverageReader(limits: ReadLimits = LIMITS): CoverageReader {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    async inTurn(work) {
      // Who is let in takes the place of the one who leaves, so that nobody slips between.
      if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
    isCrowded: () => waiting.length >= MOST_WAITING,
    async read(job) {
      const answer = await readInWorker(startWorker, job, limits);
      if (answer.kind === 'failed') throw new Error(`read coverage: ${answer.why}`);
      return answer.reading;
    },
  };
}
