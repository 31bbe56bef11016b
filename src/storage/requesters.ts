// Whom did a pull request ever name as the one who asked the agent for it? Assignees and bodies can be changed.
import type { Database } from './database.js';
import { storableText } from './storable.js';

export interface Requesters {
  /** What stands there is kept. */
  record(repoId: number, pullRequest: number, logins: readonly string[], at: Date): Promise<void>;
  /** The first named first. */
  find(repoId: number, pullRequest: number): Promise<readonly string[]>;
}

export function openRequesters(database: Database): Requesters {
  return {
    async record(repoId, pullRequest, logins, at) {
      if (logins.length === 0) return;
      await database
        .query()
        .insertInto('requesters')
        .values(
          logins.map((login) => ({
            repo_id: repoId,
            pr: pullRequest,
            login: storableText(login),
            seen_at: at,
          })),
        )
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async find(repoId, pullRequest) {
      const rows = await database
        .query()
        .selectFrom('requesters')
        .select('login')
        .where('repo_id', '=', repoId)
        .where('pr', '=', pullRequest)
        .orderBy('seen_at')
        .orderBy('login')
        .execute();
      return rows.map(({ login }) => login);
    },
  };
}
