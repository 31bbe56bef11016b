// Which runs of a workflow are there, how do they stand, and which jobs did they have?
// https://docs.github.com/rest/actions/workflow-runs
import * as z from 'zod';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';
import { parseAnswer } from './transport.js';

export interface RunAddress {
  readonly owner: string;
  readonly repo: string;
  readonly runId: number;
}

export interface WorkflowAddress {
  readonly owner: string;
  readonly repo: string;
  /** The repository's own id: runs of forks are not its own. */
  readonly repoId: number;
  /** File name below `.github/workflows/`. */
  readonly workflow: string;
  readonly branch: string;
}

export interface WorkflowRun {
  readonly id: number;
  readonly headSha: string;
  readonly event: string;
  /** `queued`, `in_progress`, `completed`, `waiting` … */
  readonly status: string;
  /** `null` while it runs. */
  readonly conclusion: string | null;
  /** Of the newest attempt, as status and conclusion are. */
  readonly attempt: number;
  readonly url: string;
  readonly createdAt: Date;
  /** Of the newest attempt. */
  readonly startedAt: Date;
}

export interface WorkflowJob {
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAt: Date;
  /** `null` while it runs. */
  readonly completedAt: Date | null;
}

/** One request. `null`: there is no such run any more. */
export async function readRun(
  client: GitHubClient,
  { owner, repo, runId }: RunAddress,
): Promise<WorkflowRun | null> {
  const deed = `read run ${runId} of ${owner}/${repo}`;
  try {
    const answer = await client.request(deed, 'GET /repos/{owner}/{repo}/actions/runs/{run_id}', {
      ...{ owner, repo, run_id: runId },
    });
    return toRun(parseAnswer(deed, runSchema, answer.data));
  } catch (error) {
    if (error instanceof GitHubFailure && error.kind === 'not-found') return null;
    throw error;
  }
}

const PER_PAGE = 100;
/** GitHub shows at most 1,000 runs of a search. */
const MAX_PAGES = 10;

/**
 * The run that was started with this nonce in its name. `null`: none yet. One request, as long as fewer than a
 * hundred were started since.
 * A nonce is nobody's secret once its run stands there, so the oldest run that bears it is the one that was meant.
 */
export async function findRunByNonce(
  client: GitHubClient,
  at: WorkflowAddress & { readonly nonce: string; readonly since: Date },
): Promise<WorkflowRun | null> {
  const found: WorkflowRun[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const runs = await listRuns(client, at, {
      event: 'workflow_dispatch',
      created: `>=${at.since.toISOString().replace(/\.\d+Z$/, 'Z')}`,
      per_page: PER_PAGE,
      ...(page === 1 ? {} : { page }),
    });
    const own = runs.filter((run) => run.event === 'workflow_dispatch' && isOwn(run, at));
    found.push(...own.filter((run) => run.display_title.includes(at.nonce)).map(toRun));
    if (runs.length < PER_PAGE) break;
  }
  return found.reduce<WorkflowRun | null>((old, run) => (old === null || run.id < old.id ? run : old), null);
}

/** On the branch itself, newest first: what nobody chose to start. One request for each event. */
export async function listOwnRuns(
  client: GitHubClient,
  at: WorkflowAddress,
): Promise<readonly WorkflowRun[]> {
  const found: WorkflowRun[] = [];
  // Asked for one by one: hundreds of runs that were dispatched for pull requests may lie in between.
  for (const event of OWN_EVENTS) {
    const runs = await listRuns(client, at, { event, status: 'completed', per_page: OWN_RUNS });
    const own = runs.filter((run) => run.event === event && run.status === 'completed' && isOwn(run, at));
    found.push(...own.map(toRun));
  }
  return found.toSorted((a, b) => b.id - a.id);
}

const OWN_RUNS = 10;
const OWN_EVENTS = ['push', 'schedule'];

/**
 * True if the branch holds this commit. One request.
 * A run of a tag that is called like the branch cannot be told from one of the branch by anything but its commit.
 */
export async function isOnBranch(
  client: GitHubClient,
  { owner, repo, branch, sha }: Pick<WorkflowAddress, 'owner' | 'repo' | 'branch'> & { readonly sha: string },
): Promise<boolean> {
  const deed = `compare ${sha.slice(0, 7)} with ${branch} of ${owner}/${repo}`;
  try {
    const answer = await client.request(deed, 'GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...{ owner, repo, basehead: `refs/heads/${branch}...${sha}`, per_page: 1, page: 1 },
    });
    const { status } = parseAnswer(deed, z.object({ status: z.string() }), answer.data);
    return status === 'identical' || status === 'behind';
  } catch (error) {
    if (error instanceof GitHubFailure && error.kind === 'not-found') return false;
    throw error;
  }
}

/** Every job of one attempt. One request for a hundred jobs. */
export async function readJobs(
  client: GitHubClient,
  { owner, repo, runId, attempt }: RunAddress & { readonly attempt: number },
): Promise<readonly WorkflowJob[]> {
  const deed = `read jobs of run ${runId} of ${owner}/${repo}`;
  const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs';
  const jobs: WorkflowJob[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await client.request(deed, route, {
      ...{ owner, repo, run_id: runId, attempt_number: attempt, per_page: PER_PAGE },
      ...(page === 1 ? {} : { page }),
    });
    const read = parseAnswer(deed, jobsSchema, answer.data);
    jobs.push(
      ...read.jobs.map(({ name, status, conclusion, started_at, completed_at }) => ({
        ...{ name, status, conclusion },
        startedAt: new Date(started_at),
        completedAt: completed_at === null ? null : new Date(completed_at),
      })),
    );
    if (jobs.length >= read.total_count) return jobs;
    if (read.jobs.length === 0) break;
  }
  throw new GitHubFailure(deed, 'unavailable', 'GitHub lists fewer jobs than it counts');
}

const Time = z.iso.datetime({ offset: true });

const runSchema = z.object({
  id: z.number(),
  display_title: z.string(),
  event: z.string(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  head_branch: z.string().nullable(),
  head_sha: z.string(),
  path: z.string(),
  run_attempt: z.number().optional().default(1),
  html_url: z.string(),
  created_at: Time,
  run_started_at: Time.optional(),
  head_repository: z.object({ id: z.number() }).nullish(),
});
type ListedRun = z.infer<typeof runSchema>;

const jobsSchema = z.object({
  total_count: z.number(),
  jobs: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullable(),
      started_at: Time,
      completed_at: Time.nullable(),
    }),
  ),
});

async function listRuns(
  client: GitHubClient,
  { owner, repo, workflow, branch }: WorkflowAddress,
  filter: Readonly<Record<string, string | number>>,
): Promise<readonly ListedRun[]> {
  const deed = `read runs of workflow ${workflow} of ${owner}/${repo}`;
  const route = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
  try {
    const params = { owner, repo, workflow_id: workflow, branch, ...filter };
    const answer = await client.request(deed, route, params);
    return parseAnswer(deed, z.object({ workflow_runs: z.array(runSchema) }), answer.data).workflow_runs;
  } catch (error) {
    // No such workflow yet, so it has no runs.
    if (error instanceof GitHubFailure && error.status === 404) return [];
    throw error;
  }
}

/** Of the branch and of this file, in the repository itself: no fork's branch of that name. */
function isOwn({ head_branch, head_repository, path }: ListedRun, at: WorkflowAddress): boolean {
  return (
    head_branch === at.branch &&
    head_repository?.id === at.repoId &&
    path.replace(/@.*$/, '') === `.github/workflows/${at.workflow}`
  );
}

function toRun(run: ListedRun): WorkflowRun {
  return {
    id: run.id,
    headSha: run.head_sha,
    event: run.event,
    // GitHub has no status for what it has not looked at yet.
    status: run.status ?? 'queued',
    conclusion: run.conclusion,
    attempt: run.run_attempt,
    url: run.html_url,
    createdAt: new Date(run.created_at),
    startedAt: new Date(run.run_started_at ?? run.created_at),
  };
}
