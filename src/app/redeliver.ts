// Which webhooks did GitHub send in vain, and are they asked for again?
// A redelivery comes through the same door as any webhook, and the inbox knows which events have arrived.
import { type FailedDelivery, listFailedDeliveries, redeliver } from '../github/hook-deliveries.js';
import type { JobResult } from '../storage/job.js';
import type { Dependencies } from './dependencies.js';

type Needs = Pick<Dependencies, 'storage' | 'clients' | 'now' | 'log'>;

/** So long GitHub can deliver again. */
const KEPT_MS = 3 * 24 * 3_600_000;
/** GitHub's log may show an attempt a while after it was made. */
const OVERLAP_MS = 600_000;
/** What fails so often is not asked for again; sweeps find what it told. */
const MOST_TIMES = 3;
/** In one job; the rest comes a minute later. */
const MOST_AT_ONCE = 60;
const PAUSE_MS = 60_000;
/** Up to when the log was read and every failure in it answered. */
const LOG_READ = 'delivery log read';

/** One request per 100 failures since the last look, and one for each webhook that is asked for. */
export async function redeliverFailed(deps: Needs): Promise<JobResult> {
  const { storage, log } = deps;
  const client = await deps.clients.app();
  const begun = deps.now();
  const last = await storage.chores.last(LOG_READ);
  const since = Math.max(begun.getTime() - KEPT_MS, last === null ? 0 : last.getTime() - OVERLAP_MS);
  const { failed, isWhole } = await listFailedDeliveries(client, new Date(since));
  if (!isWhole)
    log.warn({ read: failed.length }, 'more webhooks failed than are read; sweeps make up for them');
  let asked = 0;
  for (const delivery of failed) {
    if (!(await isOwed(deps, delivery))) continue;
    if (asked === MOST_AT_ONCE) {
      await storage.chores.mark(LOG_READ, delivery.deliveredAt);
      return { kind: 'again', at: new Date(deps.now().getTime() + PAUSE_MS) };
    }
    const isAccepted = await redeliver(client, delivery.id);
    await storage.redeliveries.record(delivery.guid, delivery.id, deps.now());
    asked += 1;
    const fields = { delivery: delivery.guid, event: delivery.event };
    if (isAccepted) log.info(fields, 'asked GitHub to deliver a webhook again');
    else log.warn(fields, 'GitHub does not deliver a webhook again; sweeps make up for it');
  }
  await storage.chores.mark(LOG_READ, begun);
  return { kind: 'done' };
}

async function isOwed({ storage, log }: Needs, { guid, id, event }: FailedDelivery): Promise<boolean> {
  // GitHub may have given up on an answer that came too late.
  if ((await storage.deliveries.find(guid)) !== null) return false;
  const known = await storage.redeliveries.find(guid);
  // The attempt that was asked for is not made yet.
  if (known?.attempt === id) return false;
  if (known === null || known.asked < MOST_TIMES) return true;
  log.warn(
    { delivery: guid, event, asked: known.asked },
    'a webhook keeps failing and is not asked for again',
  );
  return false;
}
