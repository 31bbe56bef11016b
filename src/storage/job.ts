// What is a job, and how does a failed one end?
import type { PgBoss } from 'pg-boss';
import type { Database } from './database.js';
import { storableText } from './storable.js';

/** `again`: completed and sent again in one transaction, for a second from now at the soonest; nothing sleeps in memory. */
export type JobResult = { readonly kind: 'done' } | { readonly kind: 'again'; readonly at: Date };

/**
 * `signal` fires when the job has overrun its time: it then counts as failed, and another attempt may start.
 * `waitedMs`: from when the job was due until this attempt began, earlier attempts included.
 */
export type JobHandler = (key: string, signal: AbortSignal, waitedMs: number) => Promise<JobResult>;

export interface QueueSettings {
  /** Attempts after the first one; with the default delays about two hours. */
  readonly retryLimit: number;
  /** First delay; it doubles, with jitter. 0: retried at once. */
  readonly retryDelaySeconds: number;
  readonly retryDelayMaxSeconds: number;
  /** Other servers take a job over when its worker was not heard of for so long. PostgreSQL only, at least 10. */
  readonly heartbeatSeconds: number;
  /** How often to look for jobs that came due or were sent by another process. */
  readonly pollMs: number;
  readonly jobTimeoutMs: number;
  readonly drainMs: number;
}

export const SCHEMA = 'agent_policy_queue';
export const QUEUE = 'jobs';
export const DEAD = 'dead';
/** Jobs of one key that have not begun. The conditions are those of pg-boss's index for the policy `stately`. */
export const WAITING = `name = '${QUEUE}' and policy = 'stately' and state in ('created', 'retry')
  and coalesce(singleton_key, '') = $1`;

/** A key with another job waiting loses nothing by ending here; a retry beside it would be refused as a duplicate. */
export async function failJob(
  database: Database,
  boss: PgBoss,
  job: { readonly id: string; readonly retryCount: number; readonly key: string },
  error: string,
): Promise<number> {
  return database.inTransaction(async () => {
    const output = { message: storableText(error).slice(0, 2_000) };
    const others = await database.executeSql(`select 1 from ${SCHEMA}.job where ${WAITING} limit 1`, [
      job.key,
    ]);
    const result =
      others.rows.length > 0
        ? await boss.complete(QUEUE, [job], output)
        : await boss.fail(QUEUE, [job], output);
    return affectedJobs(result);
  });
}

/** pg-boss returns the count and leaves it out of its types. 0: the attempt was taken over. */
export function affectedJobs(response: object): number {
  const count = 'affected' in response ? response.affected : null;
  if (typeof count !== 'number')
    throw new Error('settle a job: pg-boss did not say how many jobs it changed.');
  return count;
}
