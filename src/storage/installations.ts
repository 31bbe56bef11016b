// Where is the app installed?
import type { Database } from './database.js';
import { storableText } from './storable.js';

export interface Installation {
  readonly id: number;
  /** Login of the organisation or person it is installed on. */
  readonly account: string;
  readonly state: 'active' | 'suspended' | 'deleted';
  readonly asOf: Date;
}

export interface Installations {
  /** An older state than the recorded one changes nothing: webhooks arrive in any order. */
  record(installation: Installation): Promise<void>;
  find(id: number): Promise<Installation | null>;
  /** Those neither suspended nor deleted, by id. */
  active(): Promise<readonly Installation[]>;
}

export function openInstallations(database: Database): Installations {
  return {
    async record({ id, account, state, asOf }) {
      const values = { account: storableText(account), state, as_of: asOf };
      await database
        .query()
        .insertInto('installations')
        .values({ id, ...values })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet(values).where('installations.as_of', '<=', asOf),
        )
        .execute();
    },
    async find(id) {
      const row = await database
        .query()
        .selectFrom('installations')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? null : toInstallation(row);
    },
    async active() {
      const rows = await database
        .query()
        .selectFrom('installations')
        .selectAll()
        .where('state', '=', 'active')
        .orderBy('id')
        .execute();
      return rows.map(toInstallation);
    },
  };
}

function toInstallation(row: {
  id: number;
  account: string;
  state: Installation['state'];
  as_of: Date;
}): Installation {
  return { id: row.id, account: row.account, state: row.state, asOf: row.as_of };
}
