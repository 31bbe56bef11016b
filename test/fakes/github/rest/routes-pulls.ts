// What do pull requests, their files, commits, reviews, labels and comments answer?

import { Refusal } from '../auth.js';
import { comparePull } from '../model/comparisons.js';
import { addLabel, removeLabel } from '../model/pull-requests.js';
import { fullName, type PullRequest, type Repository } from '../model/world.js';
import {
  actorOf,
  type Handlers,
  notFound,
  ok,
  paginate,
  type RestRequest,
  requirePull,
  requireRepository,
  wantsMedia,
} from './request.js';
import { diffAnswer } from './routes-repositories.js';
import { shapeComment, shapePull, shapePullSimple, shapeReview } from './shapes-pull-requests.js';
import { shapeCommit, shapeDiffEntry, shapeLabel } from './shapes-repositories.js';

/** https://docs.github.com/rest/pulls/pulls#list-pull-requests-files */
const MOST_LISTED_FILES = 3000;
const MOST_LISTED_COMMITS = 250;

export const pullRoutes: Handlers = {
  'pulls/list': (request) => {
    const { world, query } = request;
    const repository = requireRepository(request, 'pull_requests');
    const state = query.get('state') ?? 'open';
    const found = [...repository.pulls.values()]
      .filter((pull) => state === 'all' || (pull.state === 'OPEN' ? 'open' : 'closed') === state)
      .filter((pull) => !query.has('base') || pull.baseRef === query.get('base'))
      .filter((pull) => !query.has('head') || headLabel(pull) === query.get('head'));
    if ((query.get('direction') ?? 'desc') === 'desc') found.reverse();
    const { page, headers } = paginate(request, found);
    return ok(
      page.map((pull) => shapePullSimple(world, pull)),
      headers,
    );
  },
  'pulls/get': (request) => {
    const pull = find(request);
    if (wantsMedia(request, 'diff')) return diffAnswer(request, comparePull(request.world, pull));
    return ok(shapePull(request.world, pull));
  },
  'pulls/list-files': (request) => {
    const { world } = request;
    const pull = find(request);
    const all = comparePull(world, pull).files.slice(0, MOST_LISTED_FILES);
    const { page, headers } = paginate(request, all);
    return ok(
      page.map((file) => shapeDiffEntry(world, pull.repository, pull.headSha, file)),
      headers,
    );
  },
  'pulls/list-commits': (request) => {
    const { world } = request;
    const pull = find(request);
    const all = comparePull(world, pull).commits.slice(0, MOST_LISTED_COMMITS);
    const { page, headers } = paginate(request, all);
    return ok(
      page.map((sha) => shapeCommit(world, pull.repository, world.store.readCommit(sha)!)),
      headers,
    );
  },
  'pulls/list-reviews': (request) => {
    const pull = find(request);
    const { page, headers } = paginate(request, pull.reviews);
    return ok(
      page.map((review) => shapeReview(request.world, pull, review)),
      headers,
    );
  },
  'issues/list-labels-on-issue': (request) => {
    const pull = findIssue(request, 'read');
    const { page, headers } = paginate(request, shapeLabels(request, pull));
    return ok(page, headers);
  },
  'issues/add-labels': (request) => {
    const pull = findIssue(request, 'write');
    const actor = actorOf(request.world, request.caller);
    for (const name of readLabels(request.body)) addLabel(request.world, pull, name, actor);
    return ok(shapeLabels(request, pull));
  },
  'issues/remove-label': (request) => {
    const pull = findIssue(request, 'write');
    const actor = actorOf(request.world, request.caller);
    if (!removeLabel(request.world, pull, request.params.name!, actor))
      throw new Refusal(404, 'Label does not exist');
    return ok(shapeLabels(request, pull));
  },
  'issues/list-comments': (request) => {
    const pull = findIssue(request, 'read');
    const { page, headers } = paginate(request, pull.comments);
    return ok(
      page.map((comment) => shapeComment(request.world, pull, comment)),
      headers,
    );
  },
  'issues/create-comment': (request) => {
    const { world, caller } = request;
    const pull = findIssue(request, 'write');
    const author = actorOf(world, caller);
    const { body } = request.body as { body: string };
    const comment = { id: world.nextId(), author, body, createdAt: world.now() };
    pull.comments.push(comment);
    world.emit({
      name: 'issue_comment',
      action: 'created',
      repository: pull.repository,
      organization: null,
      sender: author,
      payload: { pull, comment },
    });
    return { status: 201, json: shapeComment(world, pull, comment) };
  },
};

function find(request: RestRequest): PullRequest {
  return requirePull(requireRepository(request, 'pull_requests'), request.params.pull_number);
}

/** A pull request is an issue too: either permission will do. */
function findIssue(request: RestRequest, level: 'read' | 'write'): PullRequest {
  let repository: Repository;
  try {
    repository = requireRepository(request, 'issues', level);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 403) throw error;
    repository = requireRepository(request, 'pull_requests', level);
  }
  const pull = repository.pulls.get(Number(request.params.issue_number));
  if (pull === undefined) throw notFound();
  return pull;
}

function readLabels(body: unknown): readonly string[] {
  const given = Array.isArray(body) ? body : ((body as { labels?: unknown[] } | undefined)?.labels ?? []);
  return given.map((each) => (typeof each === 'string' ? each : (each as { name: string }).name));
}

function shapeLabels(request: RestRequest, pull: PullRequest) {
  const { repository } = pull;
  return [...pull.labels].map((name) =>
    shapeLabel(request.world, repository, repository.labels.get(name.toLowerCase())!),
  );
}

function headLabel(pull: PullRequest): string {
  return `${pull.headRepository?.owner.login ?? fullName(pull.repository).split('/')[0]}:${pull.headRef}`;
}
