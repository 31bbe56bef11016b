// How is a job run so that operators see it: what is it about, how long did it take, and how did it end?
import type { JobHandler } from '../storage/job.js';
import type { Dependencies } from './dependencies.js';
import { handleJob } from './handle-job.js';
import { type JobKey, parseJobKey } from './job-key.js';
import type { Metrics } from './metrics.js';

export function createJobHandler(deps: Omit<Dependencies, 'onJudged'>, metrics: Metrics): JobHandler {
  return async (text, _signal, waitedMs) => {
    const began = performance.now();
    const key = parseJobKey(text);
    const kind = key?.kind ?? 'unknown';
    const ended = (result: 'done' | 'again' | 'failed') =>
      metrics.ran(kind, result, performance.now() - began);
    const ofJob: Dependencies = {
      ...deps,
      log: key === null ? deps.log : deps.log.child(fieldsOf(key)),
      onJudged: (gate, authorship) => metrics.judged(gate, authorship, waitedMs + performance.now() - began),
    };
    try {
      const result = await handleJob(text, ofJob);
      ended(result.kind);
      return result;
    } catch (error) {
      ended('failed');
      throw error;
    }
  };
}

/** What every line of a job carries; `head` is added by those who know it. */
function fieldsOf(key: JobKey): Readonly<Record<string, unknown>> {
  switch (key.kind) {
    case 'review':
      return { repository: `${key.owner}/${key.repo}`, pullRequest: key.number };
    case 'group':
      return { repository: `${key.owner}/${key.repo}`, head: key.headSha };
    case 'repository':
    case 'history':
    case 'sweep-repository':
      return { repository: `${key.owner}/${key.repo}` };
    case 'installation':
    case 'histories':
    case 'sweep-installation':
    case 'sweep-installations':
    case 'sweep-waiting':
    case 'redeliver':
      return {};
  }
}
