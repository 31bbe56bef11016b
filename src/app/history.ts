// What was merged on a default branch since the last look, and, a step further back, before it?
import type { JobResult } from '../storage/job.js';
import type { Dependencies } from './dependencies.js';

export async function readHistory(
  where: { readonly installation: number; readonly owner: string; readonly repo: string },
  deps: Dependencies,
): Promise<JobResult> {
  deps.log.debug({ ...where }, 'history is not read yet');
  return { kind: 'done' };
}
