// What does a webhook tell that GitHub forgets, and what does it make stale?
import type { Account } from '../domain/snapshot.js';
import { environmentNote } from '../history/follow-outcomes.js';
import type { CommitPush } from '../storage/commit-pushes.js';
import type { EvalPress } from '../storage/eval-runs.js';
import type { Head } from '../storage/heads.js';
import type { Installation } from '../storage/installations.js';
import type { Deployment } from '../storage/ledger.js';
import type { Push } from '../storage/pushes.js';
import type { Storage } from '../storage/storage.js';
import { GITHUB_ACTIONS } from './actions-checks.js';
import { type EvalNews, readEvalNews, readPress, storeEvalNews } from './eval-events.js';
import { formatJobKey } from './job-key.js';
import { type IncidentNews, readDeployment, readIncidentNews } from './outcome-events.js';
import { isPolicyPath } from './policy-paths.js';
import type { WebhookEvent } from './webhook-event.js';

export type Fact =
  | { readonly kind: 'head'; readonly head: Head }
  | { readonly kind: 'push'; readonly push: Push }
  | { readonly kind: 'commit-push'; readonly push: CommitPush }
  /** Something happened that can only tighten the verdict: the review writes red first. */
  | { readonly kind: 'tightened'; readonly repoId: number; readonly pullRequest: number; readonly at: Date }
  | { readonly kind: 'installation'; readonly installation: Installation }
  /** People, teams or rights changed: what is cached about them is not to be trusted. */
  | { readonly kind: 'people-changed'; readonly installation: number }
  | { readonly kind: 'policy-removed'; readonly scope: string; readonly at: Date }
  | { readonly kind: 'incident'; readonly repoId: number; readonly news: IncidentNews }
  | { readonly kind: 'deployment'; readonly repoId: number; readonly deployment: Deployment }
  | { readonly kind: 'eval-press'; readonly press: Omit<EvalPress, 'id'> }
  | { readonly kind: 'eval-news'; readonly news: EvalNews; readonly at: Date }
  /** GitHub Actions did something on this head, or somebody says so: what it uploaded may not be the newest. */
  | { readonly kind: 'actions-ran'; readonly repoId: number; readonly headSha: string };

/** `appId`: our own; a button is ours only on our own check. */
export function rememberFrom(event: WebhookEvent, now: Date, appId: number): readonly Fact[] {
  switch (event.name) {
    case 'pull_request': {
      const facts: Fact[] = [headOf(event)];
      if (event.action === 'opened' || event.action === 'synchronize') facts.push(pushOf(event));
      if (event.action === 'edited' && event.changes?.base !== undefined) facts.push(tightened(event, now));
      return facts;
    }
    case 'pull_request_review':
      return event.action === 'dismissed' ? [headOf(event), tightened(event, now)] : [headOf(event)];
    case 'merge_group':
      return [groupHeadOf(event, now)];
    case 'push':
      return [...commitPushOf(event, now), ...removedPolicies(event, now)];
    case 'installation':
      return installationFacts(event, now);
    case 'issues': {
      const news = readIncidentNews(event);
      return news === null ? [] : [{ kind: 'incident', repoId: event.repository.id, news }];
    }
    case 'deployment_status': {
      const deployment = readDeployment(event);
      return deployment === null ? [] : [{ kind: 'deployment', repoId: event.repository.id, deployment }];
    }
    case 'repository':
    case 'installation_repositories':
    case 'member':
    case 'membership':
    case 'team':
    case 'team_add':
    case 'organization':
      return [{ kind: 'people-changed', installation: event.installation.id }];
    case 'check_run':
      return [...actionsRan(event, appId), ...pressOf(event, now, appId)];
    case 'workflow_run': {
      const news = readEvalNews(event);
      return news === null ? [] : [{ kind: 'eval-news', news, at: now }];
    }
    case 'check_suite': {
      const { repository, check_suite: suite } = event;
      if (event.action !== 'rerequested') return [];
      return [{ kind: 'actions-ran', repoId: repository.id, headSha: suite.head_sha }];
    }
    case 'status':
      return [];
  }
}

/** Writes the facts in the transaction that is open. */
export async function storeFacts(storage: Storage, facts: readonly Fact[]): Promise<void> {
  for (const fact of facts) await storeFact(storage, fact);
}

function storeFact(storage: Storage, fact: Fact): Promise<void> {
  switch (fact.kind) {
    case 'head':
      return storage.heads.record(fact.head);
    case 'push':
      return storage.pushes.record(fact.push);
    case 'commit-push':
      return storage.commitPushes.record(fact.push);
    case 'tightened':
      return storage.tightened.mark(fact.repoId, fact.pullRequest, fact.at);
    case 'installation':
      return storage.installations.record(fact.installation);
    case 'people-changed':
      return storage.cache.forget(fact.installation);
    case 'policy-removed':
      return storage.policiesSeen.forget(fact.scope, fact.at);
    case 'incident':
      return storage.ledger.saveIncident(fact.repoId, fact.news);
    case 'deployment':
      return storeDeployment(storage, fact.repoId, fact.deployment);
    case 'eval-press':
      return storage.evalRuns.press(fact.press);
    case 'eval-news':
      return storeEvalNews(storage, fact.news, fact.at);
    case 'actions-ran':
      return storage.coverageResults.forget(fact.repoId, fact.headSha);
  }
}

async function storeDeployment(storage: Storage, repoId: number, deployment: Deployment): Promise<void> {
  await storage.ledger.saveDeployment(repoId, deployment);
  await storage.ledger.note(repoId, environmentNote(deployment.environment));
}

type PullEvent = Extract<WebhookEvent, { name: 'pull_request' | 'pull_request_review' }>;

function headOf({ installation, repository, pull_request: pull }: PullEvent): Fact {
  const jobKey = formatJobKey({
    kind: 'review',
    installation: installation.id,
    owner: repository.owner.login,
    repo: repository.name,
    number: pull.number,
  });
  const head: Head = {
    repoId: repository.id,
    jobKey,
    pullRequest: pull.number,
    headSha: pull.head.sha,
    baseRef: pull.base.ref,
    open: pull.state === 'open',
    asOf: pull.updated_at,
  };
  return { kind: 'head', head };
}

function pushOf({ repository, pull_request: pull, sender }: PullEvent): Fact {
  const account: Account = { login: sender.login, id: sender.id, type: sender.type };
  const push = { repoId: repository.id, pullRequest: pull.number, sender: account, headSha: pull.head.sha };
  return { kind: 'push', push: { ...push, at: pull.updated_at } };
}

function tightened({ repository, pull_request: pull }: PullEvent, at: Date): Fact {
  return { kind: 'tightened', repoId: repository.id, pullRequest: pull.number, at };
}

type GroupEvent = Extract<WebhookEvent, { name: 'merge_group' }>;

function groupHeadOf({ action, installation, repository, merge_group: group }: GroupEvent, now: Date): Fact {
  const jobKey = formatJobKey({
    kind: 'group',
    installation: installation.id,
    owner: repository.owner.login,
    repo: repository.name,
    headSha: group.head_sha,
    baseSha: group.base_sha,
    baseRef: group.base_ref,
  });
  const head: Head = {
    repoId: repository.id,
    jobKey,
    pullRequest: null,
    headSha: group.head_sha,
    baseRef: group.base_ref,
    open: action === 'checks_requested',
    asOf: now,
  };
  return { kind: 'head', head };
}

type PushEvent = Extract<WebhookEvent, { name: 'push' }>;

/** It pushes what others wrote and approved, and is nobody. */
const MERGE_QUEUE = 'github-merge-queue[bot]';

function commitPushOf(event: PushEvent, at: Date): readonly Fact[] {
  const { repository, sender, deleted, commits, after, head_commit: head } = event;
  if (deleted || !sender || sender.login === MERGE_QUEUE) return [];
  const brought = commits.filter(({ distinct }) => distinct).map(({ id }) => id);
  const account: Account = { login: sender.login, id: sender.id, type: sender.type };
  const push = { repoId: repository.id, sender: account, brought, tip: head?.id ?? after, at };
  return [{ kind: 'commit-push', push }];
}

/** Scopes as the review names them: `repository:<id>`, and `organization:<login>` for the organisation's `.github`. */
function removedPolicies({ ref, repository, commits }: PushEvent, at: Date): readonly Fact[] {
  if (ref !== `refs/heads/${repository.default_branch}`) return [];
  const last = commits.findLast((commit) =>
    [commit.added, commit.modified, commit.removed].some((paths) => paths.some(isPolicyPath)),
  );
  if (!last?.removed.some(isPolicyPath)) return [];
  const scopes = [`repository:${repository.id}`];
  if (repository.name === '.github') scopes.push(`organization:${repository.owner.login}`);
  return scopes.map((scope) => ({ kind: 'policy-removed', scope, at }));
}

/** Whoever has one of our checks run again wants everything read anew: of a run elsewhere no event tells. */
function actionsRan(
  { action, repository, check_run }: Extract<WebhookEvent, { name: 'check_run' }>,
  appId: number,
): readonly Fact[] {
  const isOurs = check_run.app?.id === appId && (action === 'rerequested' || action === 'requested_action');
  if (check_run.app?.slug !== GITHUB_ACTIONS && !isOurs) return [];
  return [{ kind: 'actions-ran', repoId: repository.id, headSha: check_run.head_sha }];
}

function pressOf(
  event: Extract<WebhookEvent, { name: 'check_run' }>,
  at: Date,
  appId: number,
): readonly Fact[] {
  const press = readPress(event, appId);
  return press === null ? [] : [{ kind: 'eval-press', press: { ...press, at } }];
}

type InstallationEvent = Extract<WebhookEvent, { name: 'installation' }>;

function installationFacts({ action, installation }: InstallationEvent, now: Date): readonly Fact[] {
  const state = action === 'deleted' ? 'deleted' : action === 'suspend' ? 'suspended' : 'active';
  const { id, account, updated_at } = installation;
  return [
    { kind: 'installation', installation: { id, account: account.login, state, asOf: updated_at ?? now } },
    { kind: 'people-changed', installation: id },
  ];
}
