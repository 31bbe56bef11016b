// Which policies were there before? One that was seen and is gone without an observed removal is not "absent".
import type { Database } from './database.js';
import { storableText } from './storable.js';

interface PolicySeen {
  readonly sha: string | null;
  readonly digest: string;
  readonly seenAt: Date;
}

export interface PoliciesSeen {
  /**
   * `scope`: whose policy, e.g. `organization:acme` or `repository:123`; compared without regard to case. `seenAt` is
   * when the reading began: what was read before a removal was observed says nothing of afterwards.
   */
  record(scope: string, policy: PolicySeen): Promise<void>;
  find(scope: string): Promise<PolicySeen | null>;
  /** Its removal was observed, at that time. */
  forget(scope: string, at: Date): Promise<void>;
}

export function openPoliciesSeen(database: Database): PoliciesSeen {
  return {
    async record(scope, { sha, digest, seenAt }) {
      const values = { sha, digest, seen_at: seenAt, removed_at: null };
      await database
        .query()
        .insertInto('policies_seen')
        .values({ scope: scopeKey(scope), ...values })
        .onConflict((conflict) =>
          conflict
            .column('scope')
            .doUpdateSet(values)
            .where((is) =>
              is.or([
                is('policies_seen.removed_at', 'is', null),
                is('policies_seen.removed_at', '<', seenAt),
              ]),
            ),
        )
        .execute();
    },
    async find(scope) {
      const row = await database
        .query()
        .selectFrom('policies_seen')
        .selectAll()
        .where('scope', '=', scopeKey(scope))
        .where('removed_at', 'is', null)
        .executeTakeFirst();
      return row === undefined ? null : { sha: row.sha, digest: row.digest, seenAt: row.seen_at };
    },
    async forget(scope, at) {
      await database
        .query()
        .insertInto('policies_seen')
        .values({ scope: scopeKey(scope), sha: null, digest: '', seen_at: at, removed_at: at })
        .onConflict((conflict) => conflict.column('scope').doUpdateSet({ removed_at: at }))
        .execute();
    },
  };
}

function scopeKey(scope: string): string {
  return storableText(scope.toLowerCase());
}
