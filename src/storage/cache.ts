// Which facts about people and teams are still fresh?
import { sql } from 'kysely';
import type { Database } from './database.js';
import { storableJson, storableText } from './storable.js';

export interface Cache {
  /** `undefined`: not there, or expired at `now`. */
  get(installation: number, key: string, now: Date): Promise<unknown>;
  set(installation: number, key: string, value: unknown, expiresAt: Date): Promise<void>;
  /** Forgets all facts of an installation: somebody joined, left or changed rights there. */
  forget(installation: number): Promise<void>;
  prune(now: Date): Promise<void>;
}

export function openCache(database: Database): Cache {
  return {
    async get(installation, key, now) {
      const row = await database
        .query()
        .selectFrom('cache')
        .select('value')
        .where('installation', '=', installation)
        .where('key', '=', storableText(key))
        .where('expires_at', '>', now)
        .executeTakeFirst();
      return row?.value;
    },
    async set(installation, key, value, expiresAt) {
      const values = {
        value: sql`${storableJson(value)}::text::jsonb`,
        expires_at: expiresAt,
      };
      await database
        .query()
        .insertInto('cache')
        .values({ installation, key: storableText(key), ...values })
        .onConflict((conflict) => conflict.columns(['installation', 'key']).doUpdateSet(values))
        .execute();
    },
    async forget(installation) {
      await database.query().deleteFrom('cache').where('installation', '=', installation).execute();
    },
    async prune(now) {
      await database.query().deleteFrom('cache').where('expires_at', '<=', now).execute();
    },
  };
}
