// How does a test play the runner of GitHub Actions?
import { requireAccount } from './accounts.js';
import { type ArtifactFields, addArtifact } from './artifacts.js';
import {
  beginAttempt,
  completeJob,
  completeRun,
  currentAttempt,
  dispatchWorkflow,
  startJob,
  startRun,
} from './workflow-runs.js';
import type { Artifact, Repository, WorkflowRun, World } from './world.js';

/** When it happens. Default: now, and at least a second after what happened to the run before. */
interface At {
  readonly at?: Date;
}

export interface RunHandle {
  readonly record: WorkflowRun;
  readonly id: number;
  /** Of the workflow: `agent-evals.yml`. */
  readonly file: string;
  readonly event: string;
  readonly title: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** 1 for the first. */
  attempt(): number;
  status(): 'queued' | 'in_progress' | 'completed';
  conclusion(): string | null;
  /** A runner takes it. */
  start(when?: At): void;
  /** A job begins; with a conclusion, it ends as well. */
  job(name: string, ends?: { readonly conclusion?: string } & At): JobHandle;
  /** Any job can: the token for it is in the runner's environment. A name that is taken must be overwritten. */
  upload(artifact: ArtifactFields & { readonly overwrite?: boolean }): Artifact;
  complete(conclusion: string, when?: At): void;
  /** What the shipped workflow does: a job that lets the candidate answer, and one that scores and uploads. */
  play(artifact: ArtifactFields): void;
  /** A person presses "Cancel workflow". */
  cancel(when?: At): void;
  /** A person presses "Re-run all jobs". */
  rerun(by: string, when?: At): void;
}

export interface JobHandle {
  readonly name: string;
  complete(conclusion?: string, when?: At): void;
}

export interface PersonsDispatch {
  readonly by: string;
  /** Default: the default branch. */
  readonly ref?: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

export function dispatchByPerson(
  world: World,
  repository: Repository,
  file: string,
  { by, ref = repository.defaultBranch, inputs = {} }: PersonsDispatch,
): RunHandle {
  const actor = requireAccount(world, by);
  const answer = dispatchWorkflow(world, repository, file, { ref, inputs, actor });
  if (!('run' in answer)) throw new Error(`GitHub starts no run of ${file}: ${answer.message}`);
  return runHandle(world, repository, answer.run);
}

/** GitHub writes times in whole seconds: what comes after another thing should be seen to. */
const STEP_MS = 1000;

export function runHandle(world: World, repository: Repository, run: WorkflowRun): RunHandle {
  const next = ({ at }: At = {}) =>
    at ?? new Date(Math.max(world.now().getTime(), currentAttempt(run).updatedAt.getTime() + STEP_MS));
  const handle: RunHandle = {
    record: run,
    id: run.id,
    file: run.workflow.path.replace(/^.*\//, ''),
    event: run.event,
    title: run.displayTitle,
    inputs: run.inputs,
    attempt: () => run.attempts.length,
    status: () => currentAttempt(run).status,
    conclusion: () => currentAttempt(run).conclusion,
    start: (when) => startRun(world, repository, run, next(when)),
    job(name, { conclusion, at } = {}) {
      const job = startJob(world, run, name, next({ at }));
      const complete: JobHandle['complete'] = (ends = 'success', when = {}) =>
        completeJob(run, job, ends, next(when));
      if (conclusion !== undefined) complete(conclusion);
      return { name, complete };
    },
    upload({ overwrite = false, ...artifact }) {
      const attempt = currentAttempt(run);
      if (attempt.status !== 'in_progress') throw new Error(`Run ${run.id} is ${attempt.status}.`);
      const taken = repository.artifacts.findIndex(
        (each) => each.run === run && each.attempt === attempt.number && each.name === artifact.name,
      );
      // https://github.com/actions/upload-artifact#overwriting-an-artifact: the old one is deleted first.
      if (taken !== -1 && !overwrite)
        throw new Error('409 Conflict: an artifact with this name already exists on the workflow run');
      if (taken !== -1) repository.artifacts.splice(taken, 1);
      const at = next(artifact);
      if (artifact.at === undefined) attempt.updatedAt = at;
      return addArtifact(world, repository, run, { ...artifact, at });
    },
    complete: (conclusion, when) => completeRun(world, repository, run, conclusion, next(when)),
    play(artifact) {
      handle.start();
      handle.job('answer', { conclusion: 'success' });
      const score = handle.job('score');
      handle.upload(artifact);
      score.complete();
      handle.complete('success');
    },
    cancel: (when) => completeRun(world, repository, run, 'cancelled', next(when)),
    rerun(by, when) {
      if (currentAttempt(run).status !== 'completed') throw new Error(`Run ${run.id} has not ended.`);
      beginAttempt(world, repository, run, requireAccount(world, by), next(when));
    },
  };
  return handle;
}
