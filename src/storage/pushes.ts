// Who pushed to a pull request? GitHub tells it once, in the webhook, and never again.
import type { Account, AccountType } from '../domain/snapshot.js';
import type { Database } from './database.js';
import { storableText } from './storable.js';

export interface Push {
  readonly repoId: number;
  readonly pullRequest: number;
  readonly sender: Account;
  readonly headSha: string;
  readonly at: Date;
}

export interface Pushes {
  /** The same sender on the same head is kept once. */
  record(push: Push): Promise<void>;
  /** Oldest first. */
  find(repoId: number, pullRequest: number): Promise<readonly { sender: Account; headSha: string }[]>;
}

export function openPushes(database: Database): Pushes {
  return {
    async record({ repoId, pullRequest, sender, headSha, at }) {
      await database
        .query()
        .insertInto('pushes')
        .values({
          repo_id: repoId,
          pr: pullRequest,
          login: storableText(sender.login),
          account_id: sender.id,
          account_type: sender.type,
          head_sha: storableText(headSha),
          at,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async find(repoId, pullRequest) {
      const rows = await database
        .query()
        .selectFrom('pushes')
        .selectAll()
        .where('repo_id', '=', repoId)
        .where('pr', '=', pullRequest)
        .orderBy('at')
        .orderBy('id')
        .execute();
      return rows.map((row) => ({
        sender: { login: row.login, id: row.account_id, type: row.account_type as AccountType | null },
        headSha: row.head_sha,
      }));
    },
  };
}
