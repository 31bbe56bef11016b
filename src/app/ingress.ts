// Which jobs does a webhook wake, and when may GitHub be told that it has arrived?
// Answered only after delivery, facts and jobs are stored in one transaction.
import type { Logger } from 'pino';
import type { Storage } from '../storage/storage.js';
import { findRow, readEvalNews } from './eval-events.js';
import { subjectOf } from './event-subject.js';
import { formatJobKey, formatReviewKey } from './job-key.js';
import { readDeployment, readIncidentNews } from './outcome-events.js';
import { decidesVerdicts } from './policy-paths.js';
import { rememberFrom, storeFacts } from './remember.js';
import { readEnvelope, readWebhook, type WebhookEvent } from './webhook-event.js';

export interface WebhookDelivery {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
}

export type IngestOutcome = 'queued' | 'ignored' | 'not understood' | 'repeated';

export interface IngressOptions {
  readonly storage: Storage;
  /** Our own check runs wake nothing, except when somebody presses a button on them. */
  readonly appId: number;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Who is to be judged again: a key, whatever is open on a commit, or whoever asked for a run of evals. */
export type Wake =
  | { readonly kind: 'job'; readonly key: string }
  | { readonly kind: 'commit'; readonly repoId: number; readonly headSha: string }
  | {
      readonly kind: 'eval-run';
      readonly where: Where;
      readonly run: { readonly repoId: number; readonly runId: number; readonly nonce: string | null };
    };

interface Where {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DEADLOCK_DETECTED = '40P01';

/** Rejects if it could not be stored: GitHub then shows a failed delivery, which can be delivered again. */
export function createIngress(
  options: IngressOptions,
): (delivery: WebhookDelivery) => Promise<IngestOutcome> {
  return async (delivery) => {
    const { storage, log } = options;
    const now = options.now();
    const reading = readWebhook(delivery.name, delivery.payload);
    const event = reading.kind === 'event' ? reading.event : null;
    const wakes = event === null ? [] : jobsFor(event, options.appId);
    const outcome =
      reading.kind === 'not understood' ? reading.kind : wakes.length > 0 ? 'queued' : 'ignored';
    const { action, installation } = readEnvelope(delivery.payload);
    const subject = event === null ? {} : subjectOf(event);
    const fields = { delivery: delivery.id, event: delivery.name, action, installation, ...subject };

    const store = async (): Promise<IngestOutcome> => {
      const isNew = await storage.deliveries.record({
        id: delivery.id,
        event: delivery.name,
        action,
        installation,
        outcome,
        payload: event === null ? null : forInbox(event),
        receivedAt: now,
      });
      if (!isNew) return 'repeated';
      if (event === null) return outcome;
      await storeFacts(storage, rememberFrom(event, now, options.appId));
      for (const key of await resolveKeys(storage, wakes)) await storage.queue.send(key);
      return outcome;
    };
    const result = await unlessDeadlocked(() => storage.inTransaction(store));
    if (reading.kind === 'not understood')
      log.warn({ ...fields, why: reading.why }, 'webhook not understood');
    // What wakes a job is where the life of a verdict begins.
    else log[result === 'queued' ? 'info' : 'debug']({ ...fields, outcome: result }, 'webhook stored');
    return result;
  };
}

export function jobsFor(event: WebhookEvent, appId: number): readonly Wake[] {
  switch (event.name) {
    case 'pull_request':
      return pullRequestJobs(event);
    case 'pull_request_review':
      return [reviewJob(event)];
    case 'check_run':
      if (event.check_run.app?.id === appId && !isPressed(event.action)) return [];
      return [onCommit(event, event.check_run.head_sha)];
    case 'check_suite':
      return event.action === 'rerequested' ? [onCommit(event, event.check_suite.head_sha)] : [];
    case 'status':
      return [onCommit(event, event.sha)];
    case 'merge_group':
      return event.action === 'checks_requested' ? [groupJob(event)] : [];
    case 'push':
      return pushJobs(event);
    // What became of merged changes is worked out where they are recorded.
    case 'issues':
      return readIncidentNews(event) === null ? [] : [historyJob(event)];
    case 'deployment_status':
      return readDeployment(event) === null ? [] : [historyJob(event)];
    case 'workflow_run': {
      const news = readEvalNews(event);
      return news?.kind === 'run' ? [{ kind: 'eval-run', where: whereOf(event), run: news }] : [];
    }
    case 'repository':
      return ['edited', 'renamed', 'transferred', 'unarchived'].includes(event.action)
        ? [repositoryJob(event)]
        : [];
    case 'installation':
      return ['created', 'unsuspend', 'new_permissions_accepted'].includes(event.action)
        ? [installationJob(event)]
        : [];
    case 'installation_repositories':
      return event.action === 'added' ? [installationJob(event)] : [];
    // Whoever lost rights may have approved what is green now.
    case 'member':
      return [repositoryJob(event)];
    case 'membership':
    case 'team':
    case 'team_add':
      return [installationJob(event)];
    case 'organization':
      return event.action === 'member_removed' ? [installationJob(event)] : [];
  }
}

/** Changes of a pull request that no verdict hangs on. What GitHub adds later wakes a review, to be safe. */
const NO_MATTER = [
  // No verdict hangs on a label; one that is taken off is put back.
  'labeled',
  'locked',
  'unlocked',
  'milestoned',
  'demilestoned',
  'review_requested',
  'review_request_removed',
];

type Event<Name extends WebhookEvent['name']> = Extract<WebhookEvent, { name: Name }>;
type InRepository = Extract<WebhookEvent, { repository: unknown }>;

function pullRequestJobs(event: Event<'pull_request'>): readonly Wake[] {
  if (NO_MATTER.includes(event.action)) return [];
  const wakes: Wake[] = [reviewJob(event)];
  // Pull requests on one commit share its check run, and one that leaves releases the others. One that joins wakes
  // them by its verdict.
  if (event.action === 'synchronize' && event.before !== undefined) wakes.push(onCommit(event, event.before));
  if (event.action === 'closed') wakes.push(onCommit(event, event.pull_request.head.sha));
  return wakes;
}

/** Every commit of the default branch that may have changed a deciding file judges the open pull requests again. */
function pushJobs(event: Event<'push'>): readonly Wake[] {
  if (event.ref !== `refs/heads/${event.repository.default_branch}`) return [];
  return [...rejudgeJobs(event), historyJob(event)];
}

function rejudgeJobs(event: Event<'push'>): readonly Wake[] {
  // GitHub lists up to 2,048 commits, and after a forced push not those that went away.
  const isIncomplete = event.created || event.deleted || event.forced || event.commits.length >= 2_048;
  const paths = event.commits.flatMap((commit) => [...commit.added, ...commit.modified, ...commit.removed]);
  if (!isIncomplete && !paths.some(decidesVerdicts)) return [];
  // The organisation's policy binds every repository.
  return event.repository.name === '.github' ? [installationJob(event)] : [repositoryJob(event)];
}

function isPressed(action: string): boolean {
  return action === 'rerequested' || action === 'requested_action';
}

function whereOf({ installation, repository }: InRepository): Where {
  return { installation: installation.id, owner: repository.owner.login, repo: repository.name };
}

function reviewJob(event: Event<'pull_request' | 'pull_request_review'>): Wake {
  const key = formatJobKey({ kind: 'review', ...whereOf(event), number: event.pull_request.number });
  return { kind: 'job', key };
}

function groupJob(event: Event<'merge_group'>): Wake {
  const { head_sha: headSha, base_sha: baseSha, base_ref: baseRef } = event.merge_group;
  return { kind: 'job', key: formatJobKey({ kind: 'group', ...whereOf(event), headSha, baseSha, baseRef }) };
}

function repositoryJob(event: InRepository): Wake {
  return { kind: 'job', key: formatJobKey({ kind: 'repository', ...whereOf(event) }) };
}

function historyJob(event: InRepository): Wake {
  return { kind: 'job', key: formatJobKey({ kind: 'history', ...whereOf(event) }) };
}

function installationJob({ installation }: { readonly installation: { readonly id: number } }): Wake {
  return { kind: 'job', key: formatJobKey({ kind: 'installation', installation: installation.id }) };
}

function onCommit({ repository }: InRepository, headSha: string): Wake {
  return { kind: 'commit', repoId: repository.id, headSha };
}

/** Sorted, so that two ingests that wake the same jobs take their rows in the same order. */
async function resolveKeys(storage: Storage, wakes: readonly Wake[]): Promise<readonly string[]> {
  const keys = new Set<string>();
  for (const wake of wakes) {
    for (const key of await keysOf(storage, wake)) keys.add(key);
  }
  return [...keys].sort();
}

async function keysOf(storage: Storage, wake: Wake): Promise<readonly string[]> {
  switch (wake.kind) {
    case 'job':
      return [wake.key];
    case 'commit':
      return (await storage.heads.onCommit(wake.repoId, wake.headSha)).map(({ jobKey }) => jobKey);
    case 'eval-run': {
      const row = await findRow(storage, wake.run);
      return row === null ? [] : [formatReviewKey({ ...wake.where, number: row.pullRequest })];
    }
  }
}

/** A job that wakes many others may have locked them in another order; PostgreSQL then ends one of the two. */
async function unlessDeadlocked<T>(transact: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact();
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK_DETECTED || attempt === 3) throw error;
    }
  }
}

/** A push may list a hundred thousand paths, and of an issue only what it blames matters: no use for the inbox. */
function forInbox(event: WebhookEvent): unknown {
  if (event.name === 'issues') {
    const { title: _title, body: _body, ...issue } = event.issue;
    return { ...event, issue };
  }
  if (event.name !== 'push') return event;
  const { commits, ...rest } = event;
  return { ...rest, commits: commits.length };
}
