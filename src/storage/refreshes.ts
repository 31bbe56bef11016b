// How fresh is the verdict on each open pull request, and since when could it not be refreshed?
// A row for each job that was judged or tried; the job's key names it, because a failed one knows nothing else.
import { sql } from 'kysely';
import type { Gate } from '../domain/verdict.js';
import type { Database } from './database.js';
import { storableText } from './storable.js';

export interface Judged {
  readonly repoId: number;
  readonly headSha: string;
  readonly gate: Gate;
  /** Page for people; `null` for a merge group. */
  readonly repositoryUrl: string | null;
}

export interface Refresh {
  readonly jobKey: string;
  /** What stands on GitHub since the last review that came through; `null`: none did yet. */
  readonly judged: Judged | null;
  readonly refreshedAt: Date | null;
  /** When a review first failed since then. */
  readonly failingSince: Date | null;
  readonly failure: string | null;
  /** GitHub's page says that the verdict could not be refreshed. */
  readonly told: boolean;
}

export interface Refreshes {
  /** A review came through, and its check stands. */
  succeeded(jobKey: string, judged: Judged, at: Date): Promise<void>;
  /** The first failure since the last success keeps its time and its reason. */
  failed(jobKey: string, why: string, at: Date): Promise<Refresh>;
  /** False if a review came through since `refreshedAt`: what was told is then not what should stand. */
  markTold(jobKey: string, refreshedAt: Date | null): Promise<boolean>;
  /** Closed, or not to be seen any more. */
  forget(jobKey: string): Promise<void>;
  find(jobKey: string): Promise<Refresh | null>;
  /** Those whose key begins so. */
  startingWith(prefix: string): Promise<readonly Refresh[]>;
  /** Keys of open pull requests and merge groups that run or wait; of each installation those longest not looked at. */
  waiting(refreshedBefore: Date, mostPerInstallation: number): Promise<readonly string[]>;
  /**
   * Keys with a verdict that fail for so long and whose page does not say so yet. Of each installation green ones
   * first, in any order: some that GitHub never takes must not hold up the others.
   */
  untold(failingBefore: Date, mostPerInstallation: number): Promise<readonly string[]>;
  /** Open pull requests that fail for so long. */
  countFailing(failingBefore: Date): Promise<number>;
  prune(before: Date): Promise<number>;
}

interface Row {
  readonly job_key: string;
  readonly repo_id: number | null;
  readonly head_sha: string | null;
  readonly gate: string | null;
  readonly repository_url: string | null;
  readonly refreshed_at: Date | null;
  readonly failing_since: Date | null;
  readonly failure: string | null;
  readonly told: boolean;
}

export function openRefreshes(database: Database): Refreshes {
  return {
    async succeeded(jobKey, judged, at) {
      const values = {
        repo_id: judged.repoId,
        head_sha: judged.headSha,
        gate: judged.gate,
        repository_url: judged.repositoryUrl === null ? null : storableText(judged.repositoryUrl),
        refreshed_at: at,
        failing_since: null,
        failure: null,
        told: false,
      };
      await database
        .query()
        .insertInto('refreshes')
        .values({ job_key: storableText(jobKey), ...values })
        .onConflict((conflict) => conflict.column('job_key').doUpdateSet(values))
        .execute();
    },
    async failed(jobKey, why, at) {
      const failure = storableText(why).slice(0, 2_000);
      const row = await database
        .query()
        .insertInto('refreshes')
        .values({ job_key: storableText(jobKey), failing_since: at, failure, told: false })
        .onConflict((conflict) =>
          conflict.column('job_key').doUpdateSet({
            failing_since: sql`coalesce(refreshes.failing_since, ${at}::timestamptz)`,
            failure: sql`coalesce(refreshes.failure, ${failure}::text)`,
          }),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
      return toRefresh(row);
    },
    async markTold(jobKey, refreshedAt) {
      const result = await database
        .query()
        .updateTable('refreshes')
        .set({ told: true })
        .where('job_key', '=', storableText(jobKey))
        .where(sql<boolean>`refreshed_at is not distinct from ${refreshedAt}::timestamptz`)
        .returning('job_key')
        .execute();
      return result.length === 1;
    },
    async forget(jobKey) {
      await database.query().deleteFrom('refreshes').where('job_key', '=', storableText(jobKey)).execute();
    },
    async find(jobKey) {
      const row = await database
        .query()
        .selectFrom('refreshes')
        .selectAll()
        .where('job_key', '=', storableText(jobKey))
        .executeTakeFirst();
      return row === undefined ? null : toRefresh(row);
    },
    async startingWith(prefix) {
      const first = storableText(prefix);
      const rows = await database
        .query()
        .selectFrom('refreshes')
        .selectAll()
        .where('job_key', '>=', first)
        .where('job_key', '<', `${first}\u{10ffff}`)
        .orderBy('job_key')
        .execute();
      return rows.map(toRefresh);
    },
    async waiting(refreshedBefore, most) {
      const found = await sql<{ readonly job_key: string }>`
        select job_key from (
          select r.job_key, row_number() over (
            partition by split_part(r.job_key, ':', 2)
            order by (r.gate = 'in_progress') desc, r.refreshed_at, r.job_key) as place
          from agent_policy.refreshes r
          where r.gate in ('in_progress', 'action_required') and r.failing_since is null
            and r.refreshed_at <= ${refreshedBefore}::timestamptz and exists (
              select 1 from agent_policy.heads h
              where h.repo_id = r.repo_id and h.job_key = r.job_key and h.open)
        ) placed where place <= ${most}::int order by job_key`.execute(database.query());
      return found.rows.map((row) => row.job_key);
    },
    async untold(failingBefore, most) {
      const found = await sql<{ readonly job_key: string }>`
        select job_key from (
          select job_key, row_number() over (
            partition by split_part(job_key, ':', 2)
            order by (gate in ('success', 'neutral')) desc, random()) as place
          from agent_policy.refreshes
          where failing_since <= ${failingBefore}::timestamptz and gate is not null and not told
        ) placed where place <= ${most}::int order by job_key`.execute(database.query());
      return found.rows.map((row) => row.job_key);
    },
    async countFailing(failingBefore) {
      const row = await database
        .query()
        .selectFrom('refreshes')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('failing_since', '<=', failingBefore)
        .executeTakeFirstOrThrow();
      return row.count;
    },
    async prune(before) {
      const result = await database
        .query()
        .deleteFrom('refreshes')
        .where(sql<boolean>`coalesce(failing_since, refreshed_at) < ${before}::timestamptz`)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

function toRefresh(row: Row): Refresh {
  const { repo_id: repoId, head_sha: headSha, gate } = row;
  const judged =
    repoId === null || headSha === null || gate === null
      ? null
      : { repoId, headSha, gate: gate as Gate, repositoryUrl: row.repository_url };
  return {
    jobKey: row.job_key,
    judged,
    refreshedAt: row.refreshed_at,
    failingSince: row.failing_since,
    failure: row.failure,
    told: row.told,
  };
}
