// Which webhook deliveries have arrived? The inbox: GitHub reuses the id when it delivers again.
import { sql } from 'kysely';
import type { Database } from './database.js';
import { storableJson, storableText } from './storable.js';

interface Delivery {
  /** GitHub's `X-GitHub-Delivery`. */
  readonly id: string;
  readonly event: string;
  readonly action: string | null;
  readonly installation: number | null;
  readonly outcome: 'queued' | 'ignored' | 'not understood';
  /** What was kept of the payload: identifiers, never texts. */
  readonly payload: unknown;
  readonly receivedAt: Date;
}

export interface Deliveries {
  /** `false`: a delivery of that id is already here, and nothing was written. */
  record(delivery: Delivery): Promise<boolean>;
  find(id: string): Promise<Delivery | null>;
  /** Forgets deliveries received before; says how many. */
  prune(before: Date): Promise<number>;
}

export function openDeliveries(database: Database): Deliveries {
  return {
    async record(delivery) {
      const result = await database
        .query()
        .insertInto('deliveries')
        .values({
          id: storableText(delivery.id),
          event: storableText(delivery.event),
          action: delivery.action === null ? null : storableText(delivery.action),
          installation: delivery.installation,
          outcome: delivery.outcome,
          payload: sql`${storableJson(delivery.payload)}::text::jsonb`,
          received_at: delivery.receivedAt,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .execute();
      return result.length === 1;
    },
    async find(id) {
      const row = await database
        .query()
        .selectFrom('deliveries')
        .selectAll()
        .where('id', '=', storableText(id))
        .executeTakeFirst();
      if (row === undefined) return null;
      const { received_at, ...rest } = row;
      return { ...rest, receivedAt: received_at };
    },
    async prune(before) {
      const result = await database
        .query()
        .deleteFrom('deliveries')
        .where('received_at', '<', before)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
