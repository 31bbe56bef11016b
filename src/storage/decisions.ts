// What was decided, about which head, under which policy? Appended, never changed.
import { sql } from 'kysely';
import type { Decision, Gate } from '../domain/verdict.js';
import type { Database } from './database.js';
import { storableJson } from './storable.js';

interface NewDecision {
  readonly repoId: number;
  /** `null` for a merge group. */
  readonly pullRequest: number | null;
  readonly headSha: string;
  /** Digest over the policies of all layers; `null` when none was found. */
  readonly policyDigest: string | null;
  readonly gate: Gate;
  readonly decision: Decision;
  readonly decidedAt: Date;
}

interface RecordedDecision extends NewDecision {
  readonly id: number;
}

export interface Decisions {
  /** Returns the id of the record. */
  append(decision: NewDecision): Promise<number>;
  latest(repoId: number, pullRequest: number): Promise<RecordedDecision | null>;
  /** On how many other heads of the pull request each enforced rule failed. */
  failedHeads(
    repoId: number,
    pullRequest: number,
    besides: string,
  ): Promise<Readonly<Record<string, number>>>;
  /**
   * The newest decision of each pull request whose newest decision is about that head and which is not known to be
   * closed or on another head by now: those that share one check run. Merge groups are left out.
   */
  latestForHead(repoId: number, headSha: string): Promise<readonly RecordedDecision[]>;
}

export function openDecisions(database: Database): Decisions {
  return {
    async append(given) {
      const row = await database
        .query()
        .insertInto('decisions')
        .values({
          repo_id: given.repoId,
          pr: given.pullRequest,
          head_sha: given.headSha,
          policy_digest: given.policyDigest,
          gate: given.gate,
          decision: sql`${storableJson(given.decision)}::text::jsonb`,
          decided_at: given.decidedAt,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return row.id;
    },
    async latest(repoId, pullRequest) {
      const row = await database
        .query()
        .selectFrom('decisions')
        .selectAll()
        .where('repo_id', '=', repoId)
        .where('pr', '=', pullRequest)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : toDecision(row);
    },
    async failedHeads(repoId, pullRequest, besides) {
      const found = await sql<{ readonly rule: string; readonly heads: number }>`
        select verdict->>'rule' as rule, count(distinct head_sha)::int as heads
        from agent_policy.decisions, jsonb_array_elements(decision->'verdicts') as verdict
        where repo_id = ${repoId}::bigint and pr = ${pullRequest}::int and head_sha <> ${besides}
          and verdict->>'state' = 'fail' and verdict->>'mode' = 'enforce'
        group by 1`.execute(database.query());
      return Object.fromEntries(found.rows.map(({ rule, heads }) => [rule, heads]));
    },
    async latestForHead(repoId, headSha) {
      const found = await sql<Row>`
        select newest.* from (
          select distinct on (pr) *
          from agent_policy.decisions
          where repo_id = ${repoId}::bigint and pr in (
            select pr from agent_policy.decisions
            where repo_id = ${repoId}::bigint and head_sha = ${headSha} and pr is not null)
          order by pr, id desc
        ) newest
        left join agent_policy.heads h on h.repo_id = newest.repo_id and h.pr = newest.pr
        where newest.head_sha = ${headSha} and coalesce(h.open and h.head_sha = newest.head_sha, true)
        order by newest.pr`.execute(database.query());
      return found.rows.map(toDecision);
    },
  };
}

interface Row {
  readonly id: number;
  readonly repo_id: number;
  readonly pr: number | null;
  readonly head_sha: string;
  readonly policy_digest: string | null;
  readonly gate: string;
  readonly decision: unknown;
  readonly decided_at: Date;
}

function toDecision(row: Row): RecordedDecision {
  return {
    id: row.id,
    repoId: row.repo_id,
    pullRequest: row.pr,
    headSha: row.head_sha,
    policyDigest: row.policy_digest,
    gate: row.gate as Gate,
    decision: row.decision as Decision,
    decidedAt: row.decided_at,
  };
}
