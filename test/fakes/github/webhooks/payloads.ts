// What does the body of each webhook look like?
// Shapes as in @octokit/webhooks-examples; who hears of an event is decided in deliver.ts.
import { diffTrees } from '../git/diff.js';
import { listCommits } from '../git/history.js';
import { type GitPerson, ZERO_SHA } from '../git/store.js';
import { findByEmail } from '../model/accounts.js';
import {
  type Account,
  type CheckRun,
  type CheckSuite,
  type Comment,
  type CommitStatus,
  fullName,
  type Installation,
  isoDate,
  type Label,
  nodeId,
  type PullRequest,
  type QueueEntry,
  type Repository,
  type Review,
  type World,
  type WorldEvent,
} from '../model/world.js';
import { shapeInstallation, shapeOrganization, shapeUser } from '../rest/shapes-accounts.js';
import { shapeCheckRun, shapeCheckSuite } from '../rest/shapes-checks.js';
import { shapeComment, shapePull, shapePullSimple, shapeReview } from '../rest/shapes-pull-requests.js';
import { shapeCommit, shapeLabel, shapeRepository, shapeSimpleCommit } from '../rest/shapes-repositories.js';
import { shapeDeploymentStatusEvent, shapeIssueCommentEvent, shapeIssueEvent } from './shape-outcomes.js';
import { shapeWorkflowRunEvent } from './shape-workflow-runs.js';

/** Everything but `installation`, which differs from app to app. */
export function shapePayload(world: World, event: WorldEvent): Record<string, unknown> {
  const { repository, sender } = event;
  const owner = event.organization ?? (repository?.owner.type === 'Organization' ? repository.owner : null);
  return {
    ...(event.action === null ? {} : { action: event.action }),
    ...shapeSubject(world, event),
    ...(repository === null ? {} : { repository: shapeRepository(world, repository) }),
    ...(owner === null ? {} : { organization: shapeOrganization(world, owner) }),
    sender: shapeUser(world, sender),
  };
}

export function shapeInstallationRef(installation: Installation) {
  return { id: installation.id, node_id: nodeId('MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u', installation.id) };
}

function shapeSubject(world: World, { name, repository, payload, installation }: WorldEvent): object {
  switch (name) {
    case 'pull_request':
      return shapePullEvent(world, payload);
    case 'pull_request_review': {
      const { pull, review, ...rest } = payload as { pull: PullRequest; review: Review };
      const shaped = shapeReview(world, pull, review);
      // Webhooks write the state in lower case, REST in upper case, and an empty body as null.
      const written = {
        ...shaped,
        state: shaped.state.toLowerCase(),
        body: review.body === '' ? null : review.body,
      };
      return { ...rest, review: written, pull_request: shapePullSimple(world, pull) };
    }
    case 'check_run': {
      const { run, ...rest } = payload as { run: CheckRun };
      const {
        rerequestable: _a,
        runs_rerequestable: _b,
        latest_check_runs_count: _c,
        check_runs_url: _d,
        head_commit: _e,
        ...suite
      } = shapeCheckSuite(world, repository!, run.suite);
      return { ...rest, check_run: { ...shapeCheckRun(world, repository!, run), check_suite: suite } };
    }
    case 'check_suite':
      return { check_suite: shapeCheckSuite(world, repository!, (payload as { suite: CheckSuite }).suite) };
    case 'status':
      return shapeStatusEvent(world, repository!, (payload as { status: CommitStatus }).status);
    case 'push':
      return shapePushEvent(world, repository!, payload as unknown as PushPayload);
    case 'merge_group': {
      const { entry, ...rest } = payload as { entry: QueueEntry };
      return { ...rest, merge_group: shapeMergeGroup(world, entry) };
    }
    case 'issues':
      return shapeIssueEvent(world, repository!, payload);
    case 'deployment_status':
      return shapeDeploymentStatusEvent(world, repository!, payload);
    case 'workflow_run':
      return shapeWorkflowRunEvent(world, repository!, payload);
    case 'issue_comment': {
      if ('issue' in payload) return shapeIssueCommentEvent(world, repository!, payload);
      const { pull, comment } = payload as { pull: PullRequest; comment: Comment };
      const { head: _head, base: _base, ...issue } = shapePullSimple(world, pull);
      const links = {
        url: issue.url,
        html_url: issue.html_url,
        diff_url: issue.diff_url,
        merged_at: issue.merged_at,
      };
      return { issue: { ...issue, pull_request: links }, comment: shapeComment(world, pull, comment) };
    }
    case 'installation':
    case 'installation_repositories': {
      const lists = Object.fromEntries(
        Object.entries(payload).map(([key, value]) => [
          key,
          Array.isArray(value) ? value.map((each) => shapeRepositoryRef(each as Repository)) : value,
        ]),
      );
      const requester = name === 'installation' ? {} : { requester: null };
      return { installation: shapeInstallation(world, installation!), ...lists, ...requester };
    }
    default:
      return payload;
  }
}

function shapePullEvent(world: World, payload: WorldEvent['payload']): object {
  const { pull, label, assignee, ...rest } = payload as {
    pull: PullRequest;
    label?: Label;
    assignee?: Account;
  };
  return {
    number: pull.number,
    pull_request: shapePull(world, pull),
    ...rest,
    ...(label === undefined ? {} : { label: shapeLabel(world, pull.repository, label) }),
    ...(assignee === undefined ? {} : { assignee: shapeUser(world, assignee) }),
  };
}

function shapeStatusEvent(world: World, repository: Repository, status: CommitStatus): object {
  const url = `${world.url}/repos/${fullName(repository)}`;
  return {
    id: status.id,
    sha: status.sha,
    name: fullName(repository),
    target_url: status.targetUrl,
    avatar_url: null,
    context: status.context,
    description: status.description,
    state: status.state,
    commit: shapeCommit(world, repository, world.store.readCommit(status.sha)!),
    branches: [...repository.branches]
      .filter(([, sha]) => sha === status.sha)
      .map(([name, sha]) => ({
        name,
        commit: { sha, url: `${url}/commits/${sha}` },
        protected: repository.protections.has(name),
      })),
    created_at: isoDate(status.createdAt),
    updated_at: isoDate(status.createdAt),
  };
}

interface PushPayload {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly forced: boolean;
}

/** GitHub lists no more of a push than this. */
const MOST_PUSHED_COMMITS = 2048;

function shapePushEvent(world: World, repository: Repository, push: PushPayload): object {
  const html = `${world.url}/${fullName(repository)}`;
  const deleted = push.after === ZERO_SHA;
  const created = push.before === ZERO_SHA;
  const since = created ? (repository.branches.get(repository.defaultBranch) ?? null) : push.before;
  const shas = deleted ? [] : listCommits(world.store, since === push.after ? null : since, push.after);
  const before = commitsElsewhere(world, repository, push.ref);
  const commits = shas
    .slice(-MOST_PUSHED_COMMITS)
    .map((sha) => shapePushedCommit(world, html, sha, !before.has(sha)));
  const head = deleted ? null : shapePushedCommit(world, html, push.after, true);
  return {
    ...push,
    created,
    deleted,
    base_ref: null,
    compare: `${html}/compare/${push.before.slice(0, 12)}...${push.after.slice(0, 12)}`,
    commits,
    head_commit: head,
    pusher: { name: repository.owner.login, email: repository.owner.email },
  };
}

/** What other branches have: a push of it brings nothing new. */
function commitsElsewhere(world: World, repository: Repository, ref: string): ReadonlySet<string> {
  const others = [...repository.branches].filter(([branch]) => `refs/heads/${branch}` !== ref);
  return new Set(others.flatMap(([, tip]) => listCommits(world.store, null, tip)));
}

function shapePushedCommit(world: World, html: string, sha: string, distinct: boolean) {
  const { store } = world;
  const commit = store.readCommit(sha)!;
  const before = commit.parents[0] === undefined ? new Map() : store.treeOf(commit.parents[0]);
  const changes = diffTrees(store, before, store.treeOf(sha));
  const paths = (...statuses: string[]) =>
    changes.filter((change) => statuses.includes(change.status)).map((change) => change.path);
  const renamedFrom = changes.flatMap((change) => change.previousPath ?? []);
  return {
    ...shapeSimpleCommit(commit),
    author: shapePusher(world, commit.author),
    committer: shapePusher(world, commit.committer),
    distinct,
    url: `${html}/commit/${sha}`,
    added: paths('added', 'renamed'),
    removed: [...paths('removed'), ...renamedFrom],
    modified: paths('modified', 'changed'),
  };
}

/** Only here a person has a `username`, where the address belongs to an account. */
function shapePusher(world: World, { name, email }: GitPerson) {
  const account = findByEmail(world, email);
  return { name, email, ...(account === null ? {} : { username: account.login }) };
}

function shapeMergeGroup(world: World, entry: QueueEntry): object {
  return {
    head_sha: entry.headSha,
    head_ref: `refs/heads/${entry.headRef}`,
    base_sha: entry.baseSha,
    base_ref: `refs/heads/${entry.pull.baseRef}`,
    head_commit: shapeSimpleCommit(world.store.readCommit(entry.headSha)!),
  };
}

function shapeRepositoryRef(repository: Repository) {
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.isPrivate,
  };
}
