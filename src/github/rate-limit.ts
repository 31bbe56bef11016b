// Does this answer mean that we ask too much, and until when?
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
import type { AnswerHeaders } from './client.js';

export interface LimitHint {
  readonly limit: 'primary' | 'secondary';
  /** Milliseconds since the epoch; `null` if GitHub does not say. */
  readonly untilMs: number | null;
}

/** A refusal on account of a limit, or `null`: a 403 is mostly a missing permission, which waiting will not mend. */
export function findLimit(
  status: number | null,
  headers: AnswerHeaders,
  message: string,
  nowMs: number,
): LimitHint | null {
  const spent =
    headers['x-ratelimit-remaining'] !== undefined && Number(headers['x-ratelimit-remaining']) === 0;
  const retryAfter = readRetryAfter(headers, nowMs);
  if (status !== 403 && status !== 429 && status !== 200) return null;
  if (status === 200 && !/rate limit/i.test(message)) return null;
  // A spent budget and a retry-after together: the longer wait is the one that helps.
  if (retryAfter !== null) return { limit: spent ? 'primary' : 'secondary', untilMs: retryAfter };
  if (spent) return { limit: 'primary', untilMs: readReset(headers) };
  if (/secondary rate limit|abuse detection/i.test(message)) return { limit: 'secondary', untilMs: null };
  if (/API rate limit (already )?exceeded/i.test(message))
    return { limit: 'primary', untilMs: readReset(headers) };
  return status === 429 ? { limit: 'secondary', untilMs: null } : null;
}

/** End of the present budget, in milliseconds since the epoch. */
export function readReset(headers: AnswerHeaders): number | null {
  const seconds = Number(headers['x-ratelimit-reset']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

/** Seconds or an HTTP date. */
function readRetryAfter(headers: AnswerHeaders, nowMs: number): number | null {
  const value = headers['retry-after'];
  if (value === undefined) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds) && seconds >= 0) return nowMs + seconds * 1000;
  const date = Date.parse(String(value));
  return Number.isNaN(date) ? null : date;
}
