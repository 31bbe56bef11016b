// Which histories are to be read on, or begun, although no event says so?
// Every hour those that are due; when the server starts, also those of repositories that nobody began.
import { listInstallationRepositories } from '../github/list-repositories.js';
import { isHistoryRead } from '../history/read-history.js';
import { QUALITY_WEIGHTS } from '../quality/weights.js';
import type { JobResult } from '../storage/job.js';
import type { Storage } from '../storage/storage.js';
import type { Dependencies } from './dependencies.js';
import { formatJobKey } from './job-key.js';

/** Jobs woken together come one after the other: reviews go between them. */
const APART_MS = 1_000;

/** Where more is to be read, or a correction is due; by the account of the installation that reaches it. */
export async function wakeDueHistories(storage: Storage, now: Date): Promise<void> {
  const seconds = Math.floor(now.getTime() / 1_000);
  const due = await storage.ledger.due(seconds - QUALITY_WEIGHTS.correction.everySeconds);
  const installations = new Map(
    (await storage.installations.active()).map(({ id, account }) => [account.toLowerCase(), id]),
  );
  const keys = due.flatMap(({ owner, repo }) => {
    const installation = installations.get(owner.toLowerCase());
    return installation === undefined ? [] : [formatJobKey({ kind: 'history', installation, owner, repo })];
  });
  await sendApart(storage, keys, now);
}

/** What was installed before this version, or while no server ran, had no event that begins its history. */
export async function wakeHistoriesAtStart(storage: Storage, now: Date): Promise<void> {
  await wakeDueHistories(storage, now);
  const active = await storage.installations.active();
  await sendApart(
    storage,
    active.map(({ id }) => formatJobKey({ kind: 'histories', installation: id })),
    now,
  );
}

/** Begins the histories of an installation that are not read to their end: one request per hundred repositories. */
export async function beginHistories(installation: number, deps: Dependencies): Promise<JobResult> {
  const repositories = await listInstallationRepositories(await deps.clients.forInstallation(installation));
  const keys: string[] = [];
  for (const { owner, name } of repositories) {
    const known = await deps.storage.ledger.findByName(owner, name);
    if (known === null || !isHistoryRead(known))
      keys.push(formatJobKey({ kind: 'history', installation, owner, repo: name }));
  }
  await sendApart(deps.storage, keys, deps.now());
  return { kind: 'done' };
}

async function sendApart(storage: Storage, keys: readonly string[], now: Date): Promise<void> {
  for (const [index, key] of keys.entries())
    await storage.queue.send(key, { startAfter: new Date(now.getTime() + index * APART_MS) });
}
