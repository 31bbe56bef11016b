// What is done for one job of the queue, and what becomes of it when GitHub fails?
import { GitHubFailure, GitHubLimited } from '../github/failure.js';
import { listOpenPullRequests } from '../github/list-pull-requests.js';
import { listInstallationRepositories } from '../github/list-repositories.js';
import type { JobResult } from '../storage/job.js';
import type { Dependencies } from './dependencies.js';
import { readHistory } from './history.js';
import { formatJobKey, formatReviewKey, type JobKey, parseJobKey } from './job-key.js';
import { redeliverFailed } from './redeliver.js';
import { reviewPullRequest } from './review.js';
import { reviewGroup } from './review-group.js';
import { noteFailure } from './stale-verdict.js';
import { sweepInstallation, sweepInstallations, sweepRepository, sweepWaiting } from './sweep.js';
import { beginHistories } from './wake-histories.js';

/** Throws what is worth another attempt; the queue counts and spaces the attempts. */
export async function handleJob(text: string, deps: Dependencies): Promise<JobResult> {
  const key = parseJobKey(text);
  if (key === null) throw new Error(`job "${text}": no key that this version understands`);
  // Coming back wakes everything anew.
  const installation = 'installation' in key ? await deps.storage.installations.find(key.installation) : null;
  if (installation !== null && installation.state !== 'active') {
    deps.log.info({ job: text, state: installation.state }, 'the App is no longer installed there');
    return { kind: 'done' };
  }
  try {
    return await runJob(key, deps);
  } catch (error) {
    // Uninstalled, suspended or deleted: no later attempt will see more.
    if (isNotFound(error) && (await isGone(key, deps))) {
      deps.log.info({ job: text, err: error }, 'gone from GitHub, or not visible to this App');
      if (key.kind === 'review') await deps.storage.refreshes.forget(text);
      return { kind: 'done' };
    }
    const staleAt = key.kind === 'review' ? await noteFailure(key, error, deps) : null;
    // Nothing waits in memory for a limit to pass: the job is done and comes again.
    if (error instanceof GitHubLimited) {
      deps.log.warn({ job: text, until: error.until, err: error }, 'rate limited, comes again');
      // Reads and writes have budgets of their own: a green that is not fresh is taken back before the limit ends.
      return { kind: 'again', at: staleAt !== null && staleAt < error.until ? staleAt : error.until };
    }
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof GitHubFailure && error.kind === 'not-found';
}

/** "Not found" may be about one of many things a review asks for; a green check must not stay because of it. */
async function isGone(key: JobKey, deps: Dependencies): Promise<boolean> {
  if (!('installation' in key)) return false;
  if (!('repo' in key)) return true;
  try {
    const open = await listOpenPullRequests(await deps.clients.forInstallation(key.installation), key);
    return !open.some(({ number }) => key.kind !== 'review' || number === key.number);
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}

function runJob(key: JobKey, deps: Dependencies): Promise<JobResult> {
  switch (key.kind) {
    case 'review':
      return reviewPullRequest(key, deps);
    case 'group':
      return reviewGroup(key, deps);
    case 'repository':
      return wakeRepository(key, deps);
    case 'history':
      return readHistory(key, deps);
    case 'installation':
      return wakeInstallation(key.installation, deps);
    case 'histories':
      return beginHistories(key.installation, deps);
    case 'sweep-repository':
      return sweepRepository(key, deps);
    case 'sweep-installation':
      return sweepInstallation(key.installation, deps);
    case 'sweep-installations':
      return sweepInstallations(deps);
    case 'sweep-waiting':
      return sweepWaiting(deps);
    case 'redeliver':
      return redeliverFailed(deps);
  }
}

async function wakeRepository(
  where: { readonly installation: number; readonly owner: string; readonly repo: string },
  deps: Dependencies,
): Promise<JobResult> {
  const client = await deps.clients.forInstallation(where.installation);
  const { installation, owner, repo } = where;
  const open = await listOpenPullRequests(client, { owner, repo });
  await deps.storage.inTransaction(async () => {
    // In one order, so that two of these jobs do not lock each other out.
    for (const pull of open.toSorted((a, b) => a.number - b.number)) {
      await deps.storage.queue.send(formatReviewKey({ installation, owner, repo, number: pull.number }));
    }
  });
  return { kind: 'done' };
}

async function wakeInstallation(installation: number, deps: Dependencies): Promise<JobResult> {
  const client = await deps.clients.forInstallation(installation);
  const repositories = await listInstallationRepositories(client);
  await deps.storage.inTransaction(async () => {
    for (const { owner, name } of repositories.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      await deps.storage.queue.send(formatJobKey({ kind: 'repository', installation, owner, repo: name }));
    }
    await deps.storage.queue.send(formatJobKey({ kind: 'histories', installation }));
  });
  return { kind: 'done' };
}
