// What do workflows and their runs answer?
// https://docs.github.com/rest/actions/workflows, https://docs.github.com/rest/actions/workflow-runs
import { Refusal } from '../auth.js';
import { atLeast, permissionOf } from '../model/accounts.js';
import { resolveCommit } from '../model/commits.js';
import { runHandle } from '../model/run-handle.js';
import { currentAttempt, dispatchWorkflow } from '../model/workflow-runs.js';
import { findWorkflow } from '../model/workflows.js';
import type { Repository, WorkflowRun } from '../model/world.js';
import {
  actorOf,
  type Handlers,
  invalid,
  notFound,
  ok,
  paginate,
  type RestRequest,
  requireRepository,
} from './request.js';
import { runPage, runUrl, shapeJob, shapeRun } from './shapes-workflows.js';

export const workflowRoutes: Handlers = {
  'actions/create-workflow-dispatch': (request) => {
    const { world, params } = request;
    const repository = requireWritable(request);
    const { ref, inputs, return_run_details } = request.body as {
      ref: string;
      inputs?: Record<string, unknown>;
      return_run_details?: boolean;
    };
    // Enterprise Server up to 3.19: https://github.com/benc-uk/workflow-dispatch/issues/86
    if (world.runDetails === 'refused' && return_run_details !== undefined)
      throw invalid('Invalid request.\n\n"return_run_details" is not a permitted key.');
    const actor = actorOf(world, request.caller);
    const answer = dispatchWorkflow(world, repository, params.workflow_id!, {
      ref,
      inputs: inputs ?? {},
      actor,
    });
    if (!('run' in answer)) throw new Refusal(answer.status, answer.message);
    if (return_run_details !== true) return { status: 204 };
    const { run } = answer;
    return ok({
      workflow_run_id: run.id,
      run_url: runUrl(world, repository, run),
      html_url: runPage(world, repository, run),
    });
  },
  'actions/list-workflow-runs': (request) => {
    const { world, params } = request;
    const repository = requireRepository(request, 'actions');
    const { page, total, headers } = listPage(request, repository, params.workflow_id!);
    return ok(
      { total_count: total, workflow_runs: page.map((run) => shapeRun(world, repository, run)) },
      headers,
    );
  },
  'actions/get-workflow-run': (request) => {
    const repository = requireRepository(request, 'actions');
    return ok(shapeRun(request.world, repository, requireRun(request, repository)));
  },
  'actions/list-jobs-for-workflow-run-attempt': (request) => {
    const { world, params } = request;
    const repository = requireRepository(request, 'actions');
    const run = requireRun(request, repository);
    const attempt = run.attempts[Number(params.attempt_number) - 1];
    if (attempt === undefined) throw notFound();
    const { page, headers } = paginate(request, attempt.jobs);
    const jobs = page.map((job) => shapeJob(world, repository, run, attempt, job));
    return ok({ total_count: attempt.jobs.length, jobs }, headers);
  },
  'actions/cancel-workflow-run': (request) => {
    const repository = requireWritable(request);
    const run = requireRun(request, repository);
    if (currentAttempt(run).status === 'completed')
      throw new Refusal(409, 'Cannot cancel a workflow run that is completed.');
    runHandle(request.world, repository, run).cancel();
    return { status: 202, json: {} };
  },
  'actions/re-run-workflow': (request) => {
    const { world } = request;
    const repository = requireWritable(request);
    const run = requireRun(request, repository);
    if (currentAttempt(run).status !== 'completed')
      throw new Refusal(403, 'This workflow is already running');
    runHandle(world, repository, run).rerun(actorOf(world, request.caller).login);
    return { status: 201, json: {} };
  },
};

function requireWritable(request: RestRequest): Repository {
  const { world, caller } = request;
  const repository = requireRepository(request, 'actions', 'write');
  if (caller.kind === 'person' && !atLeast(permissionOf(world, repository, caller.account), 'write'))
    throw new Refusal(403, 'Must have admin rights to Repository.');
  return repository;
}

function requireRun({ params }: RestRequest, repository: Repository): WorkflowRun {
  const run = repository.workflowRuns.find(({ id }) => id === Number(params.run_id));
  if (run === undefined) throw notFound();
  return run;
}

/** Newest first. */
function listPage(request: RestRequest, repository: Repository, fileOrId: string) {
  const { world, query } = request;
  const path = `.github/workflows/${fileOrId}`;
  const main = resolveCommit(world, repository, 'HEAD');
  const isOfIt = ({ workflow }: WorkflowRun) => workflow.path === path || String(workflow.id) === fileOrId;
  const known = repository.workflowRuns.filter(isOfIt);
  // A file that is gone keeps its runs.
  if (known.length === 0 && (main === null || findWorkflow(world, repository, fileOrId, main) === null))
    throw notFound();
  const is = (name: string, value: string) => !query.has(name) || query.get(name) === value;
  const found = known
    .filter((run) => {
      const { status, conclusion } = currentAttempt(run);
      return (
        is('event', run.event) &&
        is('branch', run.headBranch) &&
        is('head_sha', run.headSha) &&
        is('actor', run.actor.login) &&
        (is('status', status) || is('status', conclusion ?? '')) &&
        isWithin(query.get('created'), run.createdAt)
      );
    })
    .toReversed();
  return { ...paginate(request, found), total: found.length };
}

/** https://docs.github.com/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax#query-for-dates */
function isWithin(range: string | null, at: Date): boolean {
  if (range === null) return true;
  // Compared as GitHub keeps it.
  const ms = Math.floor(at.getTime() / 1000) * 1000;
  const bound = (text: string, fallback: number) => (text === '*' ? fallback : Date.parse(text));
  const [from, to] = range.split('..');
  if (to !== undefined)
    return ms >= bound(from!, Number.NEGATIVE_INFINITY) && ms <= bound(to, Number.POSITIVE_INFINITY);
  const [, operator, text] = /^(>=|<=|>|<)?(.*)$/.exec(range)!;
  const limit = Date.parse(text!);
  switch (operator) {
    case '>=':
      return ms >= limit;
    case '<=':
      return ms <= limit;
    case '>':
      return ms > limit;
    case '<':
      return ms < limit;
    default:
      // A day, or a second.
      return text!.length === 10 ? ms >= limit && ms < limit + 86_400_000 : ms === limit;
  }
}
