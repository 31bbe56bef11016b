// What do eval results say that are read in a thread of its own, within its limits?
import { say } from '../domain/message.js';
import { awaitAnswer, type WorkerLike } from '../formats/worker-answer.js';
import type { EvalsJob, EvalsJobAnswer } from './job.js';

export interface EvalsLimits {
  readonly memoryMb: number;
  readonly timeoutMs: number;
}

/** A limit that is passed is an answer, in words. Throws what the thread threw, or that it died without a word. */
export async function readEvalsInWorker(
  start: (job: EvalsJob, memoryMb: number) => WorkerLike,
  job: EvalsJob,
  { memoryMb, timeoutMs }: EvalsLimits,
): Promise<EvalsJobAnswer> {
  const answer = await awaitAnswer<EvalsJobAnswer>(start(job, memoryMb), AbortSignal.timeout(timeoutMs));
  switch (answer.kind) {
    case 'answer':
      return answer.value;
    case 'out-of-memory':
      return tooLarge(say`The results need more than ${memoryMb} MB to be read.`);
    case 'timeout':
      return tooLarge(say`The results take more than ${timeoutMs / 1000} s to be read.`);
  }
}

function tooLarge(why: ReturnType<typeof say>): EvalsJobAnswer {
  return { kind: 'reading', reading: { kind: 'too-large', why } };
}
