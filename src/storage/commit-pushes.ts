// Who brought a commit into a repository? Told once, by the webhook of the push, maybe long before a pull request
// has it or while that is closed.
import { sql } from 'kysely';
import type { Account, AccountType } from '../domain/snapshot.js';
import type { Database } from './database.js';
import { storableJson, storableText } from './storable.js';

export interface CommitPush {
  readonly repoId: number;
  readonly sender: Account;
  /** Commits that GitHub says no push had brought before. */
  readonly brought: readonly string[];
  /** Where the branch or tag now is. Whoever only points at a commit that is there has not brought it. */
  readonly tip: string;
  readonly at: Date;
}

export interface CommitPushes {
  /** The same sender of the same commit is kept once. */
  record(push: CommitPush): Promise<void>;
  /** Oldest first. */
  find(
    repoId: number,
    shas: readonly string[],
  ): Promise<readonly { readonly sender: Account; readonly headSha: string }[]>;
  /** Forgets pushes of before. */
  prune(before: Date): Promise<void>;
}

export function openCommitPushes(database: Database): CommitPushes {
  return {
    async record({ repoId, sender, brought, tip, at }) {
      const given = storableJson([
        ...[...new Set(brought)].map((sha) => ({ sha, is_new: true })),
        ...(brought.includes(tip) ? [] : [{ sha: tip, is_new: false }]),
      ]);
      await sql`
        insert into agent_policy.commit_pushes (repo_id, sha, login, account_id, account_type, at)
        select ${repoId}::bigint, sha, ${storableText(sender.login)}::text, ${sender.id}::bigint,
          ${sender.type}::text, ${at}::timestamptz
        from jsonb_to_recordset(${given}::text::jsonb) as given (sha text, is_new boolean)
        where is_new or not exists (
          select from agent_policy.commit_pushes known
          where known.repo_id = ${repoId}::bigint and known.sha = given.sha)
        on conflict do nothing`.execute(database.query());
    },
    async find(repoId, shas) {
      if (shas.length === 0) return [];
      const found = await sql<Row>`
        select login, account_id, account_type, sha
        from agent_policy.commit_pushes
        where repo_id = ${repoId}::bigint
          and sha in (select jsonb_array_elements_text(${storableJson(shas)}::text::jsonb))
        order by at, sha, login`.execute(database.query());
      return found.rows.map((row) => ({
        sender: { login: row.login, id: row.account_id, type: row.account_type },
        headSha: row.sha,
      }));
    },
    async prune(before) {
      await database.query().deleteFrom('commit_pushes').where('at', '<', before).execute();
    },
  };
}

interface Row {
  readonly login: string;
  readonly account_id: number | null;
  readonly account_type: AccountType | null;
  readonly sha: string;
}
