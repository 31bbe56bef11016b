// Which verdicts are looked at again although no event says so?
// Every few minutes what runs or waits, from storage; every hour all that is open, slowly, behind fresh events.
import { isInstalled, listInstallations } from '../github/list-installations.js';
import { listOpenPullRequests } from '../github/list-pull-requests.js';
import { listInstallationRepositories } from '../github/list-repositories.js';
import type { JobResult } from '../storage/job.js';
import type { Refresh } from '../storage/refreshes.js';
import { spentUntil } from './budget.js';
import type { Dependencies } from './dependencies.js';
import { healGivenUp } from './given-up.js';
import { formatJobKey, formatReviewKey, parseJobKey } from './job-key.js';
import { sendApart } from './send-apart.js';
import { STALE_AFTER_MS } from './stale-verdict.js';

/** When all installations were last gone through. */
export const SWEPT = 'all swept';

const DONE: JobResult = { kind: 'done' };
/** Of the hour's requests, this share is left to reviews of fresh events. */
const LEFT_TO_EVENTS = 0.5;
/** Apart from each other, so that a thousand repositories are no flood and fresh events find free hands. */
const INSTALLATIONS_APART_MS = 1_000;
const REPOSITORIES_APART_MS = 500;
const REVIEWS_APART_MS = 200;
const WAITING_APART_MS = 100;
/** With a sweep every 3 minutes at most 800 reviews an hour: a sixth of the smallest budget. */
const MOST_WAITING = 40;
/** GitHub takes 80 writes a minute from an installation. */
const MOST_UNTOLD = 80;
/** What was judged since is as fresh as a sweep could make it. */
const FRESH_MS = 120_000;
const FRESH_OF_ALL_MS = 1_800_000;
/** Repositories that were put off do not all come back at one moment. */
const SPREAD_MS = 300_000;

/** Asks GitHub nothing, but for the checks of what was given up. */
export async function sweepWaiting(deps: Dependencies): Promise<JobResult> {
  const { refreshes } = deps.storage;
  const now = deps.now();
  const untold = await refreshes.untold(new Date(now.getTime() - STALE_AFTER_MS), MOST_UNTOLD);
  const waiting = await refreshes.waiting(new Date(now.getTime() - FRESH_MS), MOST_WAITING);
  const affordable: string[] = [];
  for (const key of waiting) if (await canAfford(deps, key)) affordable.push(key);
  await sendApart(deps.storage, untold, WAITING_APART_MS, deps.now());
  await sendApart(deps.storage, affordable, WAITING_APART_MS, deps.now());
  await healGivenUp(deps);
  return DONE;
}

async function canAfford(deps: Dependencies, text: string): Promise<boolean> {
  const key = parseJobKey(text);
  if (key === null || !('installation' in key)) return false;
  return spentUntil(await deps.clients.forInstallation(key.installation), LEFT_TO_EVENTS) === null;
}

/** One request per 100 installations. Installed, suspended or uninstalled without our hearing of it: here it is seen. */
export async function sweepInstallations(deps: Dependencies): Promise<JobResult> {
  const { storage } = deps;
  const app = await deps.clients.app();
  const { installations, at } = await listInstallations(app, deps.now());
  for (const { id, account, isSuspended } of installations)
    await storage.installations.record({
      id,
      account,
      state: isSuspended ? 'suspended' : 'active',
      asOf: at,
    });
  const listed = new Set(installations.map(({ id }) => id));
  for (const known of await storage.installations.active()) {
    // A list that changes while it is read may leave one out.
    if (listed.has(known.id) || (await isInstalled(app, known.id))) continue;
    await storage.installations.record({ ...known, state: 'deleted', asOf: at });
  }
  const active = await storage.installations.active();
  const keys = active.map(({ id }) => formatJobKey({ kind: 'sweep-installation', installation: id }));
  await sendApart(deps.storage, keys, INSTALLATIONS_APART_MS, deps.now());
  await storage.chores.mark(SWEPT, deps.now());
  return DONE;
}

/** One request per 100 repositories. */
export async function sweepInstallation(installation: number, deps: Dependencies): Promise<JobResult> {
  const client = await deps.clients.forInstallation(installation);
  const spent = spentUntil(client, LEFT_TO_EVENTS);
  if (spent !== null) return { kind: 'again', at: spent };
  const repositories = await listInstallationRepositories(client);
  const keys = repositories.map(({ owner, name }) =>
    formatJobKey({ kind: 'sweep-repository', installation, owner, repo: name }),
  );
  await sendApart(deps.storage, keys, REPOSITORIES_APART_MS, deps.now());
  return DONE;
}

/** One point of GraphQL per 100 open pull requests, and a review of each that nobody has judged for half an hour. */
export async function sweepRepository(
  where: { readonly installation: number; readonly owner: string; readonly repo: string },
  deps: Dependencies,
): Promise<JobResult> {
  const { installation, owner, repo } = where;
  const client = await deps.clients.forInstallation(installation);
  const spent = spentUntil(client, LEFT_TO_EVENTS);
  if (spent !== null) return { kind: 'again', at: new Date(spent.getTime() + Math.random() * SPREAD_MS) };
  const open = await listOpenPullRequests(client, { owner, repo });
  const prefix = `${formatJobKey({ kind: 'repository', installation, owner, repo }).replace(/^repository/, 'review')}#`;
  const known = new Map((await deps.storage.refreshes.startingWith(prefix)).map((one) => [one.jobKey, one]));
  const keys = open.map(({ number, headSha }) => ({
    key: formatReviewKey({ installation, owner, repo, number }),
    headSha,
  }));
  const isOpen = new Set(keys.map(({ key }) => key));
  const due = keys.filter(({ key, headSha }) => isDue(known.get(key), headSha, deps.now()));
  // Closed while nobody listened.
  const closed = [...known.keys()].filter((key) => !isOpen.has(key));
  await sendApart(deps.storage, [...due.map(({ key }) => key), ...closed], REVIEWS_APART_MS, deps.now());
  return DONE;
}

function isDue(known: Refresh | undefined, headSha: string, now: Date): boolean {
  if (known === undefined) return true;
  // The queue tries it again, and more and more seldom.
  if (known.failingSince !== null) return false;
  if (known.refreshedAt === null || known.judged?.headSha !== headSha) return true;
  return now.getTime() - known.refreshedAt.getTime() >= FRESH_OF_ALL_MS;
}
