// Which webhooks of the App could GitHub not deliver, and how is it asked to try again?
// GitHub tries once and keeps what it sent for 3 days: https://docs.github.com/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
import * as z from 'zod';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';
import { parseAnswer } from './transport.js';

export interface FailedDelivery {
  /** Of this attempt; a redelivery is another one. */
  readonly id: number;
  /** Of the event, the same for every attempt. */
  readonly guid: string;
  readonly deliveredAt: Date;
  readonly event: string;
}

const PER_PAGE = 100;
/** 10,000 failed attempts. */
const MAX_PAGES = 100;

/**
 * The newest failed attempt of each event since then, oldest first, with the App's own client. One request per 100.
 * `isWhole`: false if there are more than are read. Whether a later attempt came through, the inbox knows.
 */
export async function listFailedDeliveries(
  client: GitHubClient,
  since: Date,
): Promise<{ readonly failed: readonly FailedDelivery[]; readonly isWhole: boolean }> {
  const deed = 'read which webhooks could not be delivered';
  const newest = new Map<string, FailedDelivery>();
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await client.request(deed, 'GET /app/hook/deliveries', {
      per_page: PER_PAGE,
      // An Enterprise Server that does not know it lists all.
      status: 'failure',
      ...(cursor === null ? {} : { cursor }),
    });
    const attempts = parseAnswer(deed, answerSchema, answer.data);
    for (const { id, guid, delivered_at: deliveredAt, status_code: status, event } of attempts) {
      const hasFailed = status < 200 || status > 299;
      // Newest first: the first attempt seen of an event is its last one.
      if (hasFailed && deliveredAt >= since && !newest.has(guid))
        newest.set(guid, { id, guid, deliveredAt, event });
    }
    const isPast = attempts.some(({ delivered_at: deliveredAt }) => deliveredAt < since);
    cursor = nextCursor(answer.headers.link);
    if (isPast || cursor === null) return { failed: [...newest.values()].reverse(), isWhole: true };
  }
  return { failed: [...newest.values()].reverse(), isWhole: false };
}

/** `false`: GitHub does not have it any more. One request. */
export async function redeliver(client: GitHubClient, id: number): Promise<boolean> {
  const route = 'POST /app/hook/deliveries/{delivery_id}/attempts';
  try {
    await client.request(`ask for webhook ${id} again`, route, { delivery_id: id });
    return true;
  } catch (error) {
    const isRefused =
      error instanceof GitHubFailure &&
      (error.kind === 'not-found' || error.status === 422 || error.status === 400);
    if (isRefused) return false;
    throw error;
  }
}

function nextCursor(link: string | number | undefined): string | null {
  const next = /<([^>]+)>;\s*rel="next"/.exec(String(link ?? ''))?.[1];
  return next === undefined || !URL.canParse(next) ? null : new URL(next).searchParams.get('cursor');
}

const answerSchema = z.array(
  z.object({
    id: z.number(),
    guid: z.string(),
    delivered_at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
    status_code: z.number(),
    event: z.string(),
  }),
);
