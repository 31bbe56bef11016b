// What does coverage say that is read in a thread of its own, within its limits?
import { say } from '../domain/message.js';
import { awaitAnswer, type WorkerLike } from '../formats/worker-answer.js';
import type { CoverageJob, CoverageJobAnswer } from './job.js';

export interface ReadLimits {
  readonly memoryMb: number;
  readonly timeoutMs: number;
}

/** A limit that is passed is an answer, in words. Throws what the thread threw, or that it died without a word. */
export async function readInWorker(
  start: (job: CoverageJob, memoryMb: number) => WorkerLike,
  job: CoverageJob,
  { memoryMb, timeoutMs }: ReadLimits,
): Promise<CoverageJobAnswer> {
  const answer = await awaitAnswer<CoverageJobAnswer>(start(job, memoryMb), AbortSignal.timeout(timeoutMs));
  switch (answer.kind) {
    case 'answer':
      return answer.value;
    case 'out-of-memory':
      return tooLarge(say`The coverage needs more than ${memoryMb} MB to be read.`);
    case 'timeout':
      return tooLarge(say`The coverage takes more than ${timeoutMs / 1000} s to be read.`);
  }
}

function tooLarge(why: ReturnType<typeof say>): CoverageJobAnswer {
  return { kind: 'reading', reading: { kind: 'too-large', why } };
}
