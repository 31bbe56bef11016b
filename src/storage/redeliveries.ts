// Which deliveries was GitHub asked to send again, and how often?
import { sql } from 'kysely';
import type { Database } from './database.js';
import { storableText } from './storable.js';

export interface AskedAgain {
  /** GitHub's id of the newest failed attempt that was answered with a request. */
  readonly attempt: number;
  readonly asked: number;
}

export interface Redeliveries {
  find(guid: string): Promise<AskedAgain | null>;
  /** One more request, on account of that failed attempt. */
  record(guid: string, attempt: number, at: Date): Promise<void>;
  prune(before: Date): Promise<number>;
}

export function openRedeliveries(database: Database): Redeliveries {
  return {
    async find(guid) {
      const row = await database
        .query()
        .selectFrom('redeliveries')
        .select(['attempt', 'asked'])
        .where('guid', '=', storableText(guid))
        .executeTakeFirst();
      return row ?? null;
    },
    async record(guid, attempt, at) {
      await database
        .query()
        .insertInto('redeliveries')
        .values({ guid: storableText(guid), attempt, asked: 1, asked_at: at })
        .onConflict((conflict) =>
          conflict.column('guid').doUpdateSet({ attempt, asked: sql`redeliveries.asked + 1`, asked_at: at }),
        )
        .execute();
    },
    async prune(before) {
      const result = await database
        .query()
        .deleteFrom('redeliveries')
        .where('asked_at', '<', before)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
