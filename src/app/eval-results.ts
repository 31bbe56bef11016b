// What came of a run that has ended: results that count, or why there are none?
// Only what the last job uploaded counts. Code of the candidate in an earlier job holds a token of the run, and can
// upload an artifact of any name.
import type { SuiteSource } from '../domain/evals.js';
import { plain, say } from '../domain/message.js';
import type { EvalsJob } from '../evals/job.js';
import { readEvalsInWorker } from '../evals/read-in-worker.js';
import type { EvalReading } from '../evals/results.js';
import type { GitHubClient } from '../github/client.js';
import { GitHubFailure } from '../github/failure.js';
import { readTimedArtifact, type TimedArtifactReading } from '../github/read-artifact.js';
import { readJobs, type WorkflowJob } from '../github/workflow-runs.js';
import type { EvalRunEnd } from '../storage/eval-runs.js';
import { startWorker } from '../threads/start-worker.js';
import type { Dependencies } from './dependencies.js';

export interface EndedRun {
  readonly owner: string;
  readonly repo: string;
  readonly runId: number;
  /** Of its first attempt, the only one that counts; `null`: GitHub tells that of a later one. */
  readonly conclusion: string | null;
  /** The commit that was evaluated. */
  readonly headSha: string;
}

/** Three requests and a download; one for a run whose jobs tell enough. Throws `GitHubFailure` for outages. */
export async function readEndedRun(
  deps: Dependencies,
  client: GitHubClient,
  run: EndedRun,
  source: Pick<SuiteSource, 'artifact' | 'format'>,
): Promise<EvalRunEnd> {
  if (run.conclusion === 'startup_failure')
    return failed('GitHub could not start the workflow: its file is not valid', false);
  try {
    const jobs = await readJobs(client, { ...run, attempt: 1 });
    const found = findScoringJob(jobs, run.conclusion);
    if ('kind' in found) return found;
    return await deps.coverage.reader.inTurn(() => readResults(deps, client, run, source, found));
  } catch (error) {
    if (!(error instanceof GitHubFailure) || error.retryable) throw error;
    if (error.status === 403) return failed(FORBIDDEN, false);
    if (error.kind === 'not-found') return failed('The run is no longer on GitHub', false);
    throw error;
  }
}

export const FORBIDDEN =
  'The App may not read runs and artifacts: an owner of the organisation grants it the permission actions: write';

interface ScoringJob {
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
  /** When the last of the other jobs ended; `null`: there is no other. */
  readonly after: Date | null;
}

function findScoringJob(given: readonly WorkflowJob[], conclusion: string | null): ScoringJob | EvalRunEnd {
  const jobs = given.filter((job) => job.conclusion !== 'skipped');
  const last = jobs.reduce<WorkflowJob | null>(
    (best, job) => (best === null || job.startedAt >= best.startedAt ? job : best),
    null,
  );
  const isCancelled = conclusion === 'cancelled' || last?.conclusion === 'cancelled';
  if (isCancelled && last?.conclusion !== 'success')
    return {
      kind: 'cancelled',
      why: 'The run was cancelled, or ran into a time limit of its workflow',
      retryable: false,
      by: 'owner',
    };
  if (last === null) return failed('The run ended without a job', true);
  const running = jobs.find(({ completedAt }) => completedAt === null);
  if (running !== undefined) return failed(`The run ended while the job ${running.name} was running`, true);
  if (last.conclusion !== 'success')
    return failed(`The job ${last.name} ended with ${last.conclusion ?? 'nothing'}`, true);
  const others = jobs.filter((job) => job !== last).map(({ completedAt }) => completedAt!.getTime());
  return {
    name: last.name,
    from: last.startedAt,
    to: last.completedAt!,
    after: others.length === 0 ? null : new Date(Math.max(...others)),
  };
}

async function readResults(
  deps: Dependencies,
  client: GitHubClient,
  { owner, repo, runId, headSha }: EndedRun,
  { artifact: name, format }: Pick<SuiteSource, 'artifact' | 'format'>,
  job: ScoringJob,
): Promise<EvalRunEnd> {
  const artifact = await readTimedArtifact(client, {
    ...{ owner, repo, runId, name },
    ...{ from: job.from, to: job.to, after: job.after },
  });
  if (artifact.kind !== 'found') return failed(sayUnread(artifact, name, job.name), true);
  const question = { format, head: headSha };
  const reading = await readSafely(deps, {
    task: 'evals',
    source: { kind: 'zip', bytes: artifact.bytes },
    question,
  });
  if (reading.kind !== 'read') return failed(withoutEnd(plain(reading.why)), true);
  return { kind: 'results', results: reading.results };
}

function sayUnread(
  artifact: Exclude<TimedArtifactReading, { kind: 'found' }>,
  name: string,
  job: string,
): string {
  switch (artifact.kind) {
    case 'missing':
      return `The run uploaded no artifact named ${name}`;
    case 'untimely':
      return `The artifact ${name} was not uploaded by the last job, ${job}, after all others had ended: it does not count`;
    case 'ambiguous':
      return `Several artifacts named ${name} were uploaded while the job ${job} ran: nobody knows which counts`;
    case 'expired':
      return `The artifact ${name} expired`;
    case 'too-large':
      return `The artifact ${name} is larger than ${artifact.maxBytes / 1024 / 1024} MB`;
  }
}

const LIMITS = { memoryMb: 768, timeoutMs: 60_000 };

async function readSafely(deps: Dependencies, job: EvalsJob): Promise<EvalReading> {
  try {
    const answer = await readEvalsInWorker(startWorker, job, LIMITS);
    if (answer.kind === 'reading') return answer.reading;
    deps.log.error({ why: answer.why }, 'eval results could not be read');
  } catch (error) {
    // Results that kill their reader would do so again: it is they that must change.
    deps.log.error({ err: error }, 'eval results broke their reader');
  }
  return { kind: 'malformed', why: say`The results could not be read: their reader broke down.` };
}

function failed(why: string, retryable: boolean): EvalRunEnd {
  return { kind: 'infrastructure', why, retryable, by: 'owner' };
}

const MAX_WHY = 500;

function withoutEnd(sentence: string): string {
  return sentence.replace(/\.+$/, '').slice(0, MAX_WHY);
}
