// When was something that comes round regularly last done, by whichever server?
import type { Database } from './database.js';

export interface Chores {
  /** `true`: it is due, and now nobody else's: it was not claimed since `before`. */
  claim(name: string, before: Date, now: Date): Promise<boolean>;
  /** Up to when it is done. */
  mark(name: string, at: Date): Promise<void>;
  /** `null`: never. */
  last(name: string): Promise<Date | null>;
}

export function openChores(database: Database): Chores {
  return {
    async claim(name, before, now) {
      const claimed = await database
        .query()
        .insertInto('chores')
        .values({ name, at: now })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({ at: now }).where('chores.at', '<=', before),
        )
        .returning('name')
        .execute();
      return claimed.length === 1;
    },
    async mark(name, at) {
      await database
        .query()
        .insertInto('chores')
        .values({ name, at })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }))
        .execute();
    },
    async last(name) {
      const row = await database
        .query()
        .selectFrom('chores')
        .select('at')
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.at ?? null;
    },
  };
}
