// What do check runs and commit statuses answer?
import { Refusal } from '../auth.js';
import {
  type CheckRunFields,
  createCheckRun,
  createStatus,
  findRun,
  latestRunsOn,
  latestStatusesOn,
  runsOn,
  updateCheckRun,
} from '../model/checks.js';
import {
  type Annotation,
  type App,
  type CheckAction,
  type CheckStatus,
  type CommitStatus,
  fullName,
} from '../model/world.js';
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
import { requireCommit } from './routes-repositories.js';
import { shapeCheckRun, shapeStatus, shapeSuiteWithRepository } from './shapes-checks.js';
import { shapeRepository } from './shapes-repositories.js';

export const checkRoutes: Handlers = {
  'checks/create': (request) => {
    const { world } = request;
    const app = requireCheckWriter(request);
    const repository = requireRepository(request, 'checks', 'write');
    const body = request.body as CheckBody & { name: string; head_sha: string };
    if (!/^[0-9a-f]{40}$/.test(body.head_sha) || !world.store.readCommit(body.head_sha))
      throw new Refusal(422, `No commit found for SHA: ${body.head_sha}`);
    const run = createCheckRun(world, repository, app, body.head_sha, body.name, readFields(body));
    return { status: 201, json: shapeCheckRun(world, repository, run) };
  },
  'checks/update': (request) => {
    const { world } = request;
    const app = requireCheckWriter(request);
    const repository = requireRepository(request, 'checks', 'write');
    const run = findRun(repository, Number(request.params.check_run_id));
    if (run === undefined) throw notFound();
    if (run.suite.app !== app)
      throw new Refusal(
        403,
        `Invalid app_id \`${app.id}\` - check run can only be modified by the GitHub App that created it.`,
      );
    updateCheckRun(world, repository, run, readFields(request.body as CheckBody));
    return ok(shapeCheckRun(world, repository, run));
  },
  'checks/get': (request) => {
    const repository = requireRepository(request, 'checks');
    const run = findRun(repository, Number(request.params.check_run_id));
    if (run === undefined) throw notFound();
    return ok(shapeCheckRun(request.world, repository, run));
  },
  'checks/list-annotations': (request) => {
    const { world } = request;
    const repository = requireRepository(request, 'checks');
    const run = findRun(repository, Number(request.params.check_run_id));
    if (run === undefined) throw notFound();
    const { page, headers } = paginate(request, run.annotations);
    const blob = `${world.url}/${fullName(repository)}/blob/${run.suite.headSha}`;
    return ok(
      page.map((each) => ({
        start_column: null,
        end_column: null,
        title: null,
        raw_details: null,
        ...each,
        blob_href: `${blob}/${each.path}`,
      })),
      headers,
    );
  },
  'checks/list-for-ref': (request) => {
    const { world, query } = request;
    const repository = requireRepository(request, 'checks');
    const sha = requireCommit(request, repository, request.params.ref!);
    const runs = (query.get('filter') === 'all' ? runsOn : latestRunsOn)(repository, sha)
      .filter((run) => !query.has('check_name') || run.name === query.get('check_name'))
      .filter((run) => !query.has('status') || run.status === query.get('status'))
      .filter((run) => !query.has('app_id') || run.suite.app.id === Number(query.get('app_id')));
    const { page, headers } = paginate(request, runs);
    return ok(
      { total_count: runs.length, check_runs: page.map((run) => shapeCheckRun(world, repository, run)) },
      headers,
    );
  },
  'checks/list-suites-for-ref': (request) => {
    const { world, query } = request;
    const repository = requireRepository(request, 'checks');
    const sha = requireCommit(request, repository, request.params.ref!);
    const suites = repository.checkSuites
      .filter((suite) => suite.headSha === sha)
      .filter((suite) => !query.has('app_id') || suite.app.id === Number(query.get('app_id')));
    const { page, headers } = paginate(request, suites);
    const shaped = page.map((suite) => shapeSuiteWithRepository(world, repository, suite));
    return ok({ total_count: suites.length, check_suites: shaped }, headers);
  },
  'repos/create-commit-status': (request) => {
    const { world, caller } = request;
    const repository = requireRepository(request, 'statuses', 'write');
    const sha = requireCommit(request, repository, request.params.sha!);
    const body = request.body as {
      state: CommitStatus['state'];
      context?: string;
      description?: string | null;
      target_url?: string | null;
    };
    const status = createStatus(world, repository, {
      sha,
      state: body.state,
      context: body.context ?? 'default',
      description: body.description ?? null,
      targetUrl: body.target_url ?? null,
      creator: actorOf(world, caller),
      app: caller.kind === 'installation' ? caller.installation.app : null,
    });
    return { status: 201, json: shapeStatus(world, repository, status) };
  },
  'repos/get-combined-status-for-ref': (request) => {
    const { world } = request;
    const repository = requireRepository(request, 'statuses');
    const sha = requireCommit(request, repository, request.params.ref!);
    const statuses = latestStatusesOn(repository, sha);
    const states = statuses.map((each) => each.state);
    const state = states.some((each) => each === 'failure' || each === 'error')
      ? 'failure'
      : states.length > 0 && states.every((each) => each === 'success')
        ? 'success'
        : 'pending';
    const { page, headers } = paginate(request, statuses);
    const url = `${world.url}/repos/${fullName(repository)}/commits/${sha}`;
    return ok(
      {
        state,
        statuses: page.map((status) => shapeStatus(world, repository, status)),
        sha,
        total_count: statuses.length,
        repository: shapeRepository(world, repository),
        commit_url: url,
        url: `${url}/status`,
      },
      headers,
    );
  },
};

interface CheckBody {
  readonly name?: string;
  readonly status?: CheckStatus;
  readonly conclusion?: string;
  readonly external_id?: string;
  readonly details_url?: string;
  readonly started_at?: string;
  readonly completed_at?: string;
  readonly output?: {
    readonly title?: string;
    readonly summary: string;
    readonly text?: string;
    readonly annotations?: readonly Annotation[];
  };
  readonly actions?: readonly CheckAction[];
}

/** Only apps write checks: https://docs.github.com/rest/checks/runs#create-a-check-run */
function requireCheckWriter({ caller }: RestRequest): App {
  if (caller.kind === 'installation') return caller.installation.app;
  throw new Refusal(403, 'You must authenticate via a GitHub App.');
}

function readFields(body: CheckBody): CheckRunFields {
  if (body.status === 'completed' && body.conclusion === undefined)
    throw invalid('Invalid request.\n\nNo subschema in "anyOf" matched.\n"conclusion" wasn\'t supplied.');
  if (body.conclusion === 'stale') throw invalid('Only GitHub can set the conclusion "stale".');
  return {
    name: body.name,
    status: body.status,
    conclusion: body.conclusion,
    externalId: body.external_id,
    detailsUrl: body.details_url,
    startedAt: body.started_at === undefined ? undefined : new Date(body.started_at),
    completedAt: body.completed_at === undefined ? undefined : new Date(body.completed_at),
    output: body.output,
    actions: body.actions,
  };
}
