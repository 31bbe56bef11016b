// How are the runs of eval suites written down, so that each is started once and ends once?
import { type ExpressionBuilder, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { compactResults, readResults } from './compact-results.js';
import type { Database } from './database.js';
import type { EvalRunEnd, EvalRunRow, EvalRuns } from './eval-runs.js';
import type { EvalTables } from './eval-tables.js';
import { storableJson, storableText } from './storable.js';
import type { Tables } from './tables.js';

type Rows = Pick<
  EvalRuns,
  | 'plan'
  | 'dispatched'
  | 'started'
  | 'end'
  | 'ofHead'
  | 'ofDiff'
  | 'superseded'
  | 'find'
  | 'findByNonce'
  | 'plannedSince'
  | 'prune'
>;

export function openEvalRows(database: Database): Rows {
  const update = () => database.query().updateTable('eval_runs');
  const select = () => database.query().selectFrom('eval_runs').selectAll();
  const ofSuite = (repoId: number, pullRequest: number, suite: string) =>
    select()
      .where('repo_id', '=', repoId)
      .where('pr', '=', pullRequest)
      .where('suite', '=', storableText(suite));
  return {
    async plan(run) {
      const row = await database
        .query()
        .insertInto('eval_runs')
        .values({
          repo_id: run.repoId,
          pr: run.pullRequest,
          suite: storableText(run.suite),
          head_sha: run.headSha,
          diff_digest: run.diffDigest,
          round: run.round,
          attempt: run.attempt,
          nonce: storableText(run.nonce),
          workflow: storableText(run.workflow),
          requested_by: run.requestedBy === null ? null : storableText(run.requestedBy),
          planned_at: run.plannedAt,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? null : toRow(row);
    },
    async dispatched(id, { runId, runUrl, at }) {
      await update()
        .set({ run_id: runId, run_url: runUrl === null ? null : storableText(runUrl), dispatched_at: at })
        .where('id', '=', id)
        // The run that is known first is the one whose results count.
        .where('run_id', 'is', null)
        .execute();
    },
    async started(id, at) {
      await update().set({ started_at: at }).where('id', '=', id).where('started_at', 'is', null).execute();
    },
    async end(id, end, at) {
      const ended = await update()
        .set({ ...endColumns(end), ended_at: at })
        .where('id', '=', id)
        .where('end_kind', 'is', null)
        .returning('id')
        .executeTakeFirst();
      return ended !== undefined;
    },
    ofHead: async (repoId, pullRequest, suite, headSha) =>
      readRows(ofSuite(repoId, pullRequest, suite).where('head_sha', '=', headSha)),
    async ofDiff(repoId, suite, { baseRef, digest }) {
      const rows = await select()
        .where('repo_id', '=', repoId)
        .where('suite', '=', storableText(suite))
        .where('end_kind', '=', 'results')
        .where((eb) => eb.exists(digestsOf(eb, digest)))
        .select((eb) =>
          eb.exists(digestsOf(eb, digest).where('base_ref', '=', storableText(baseRef))).as('is_of_base'),
        )
        .orderBy('id')
        .execute();
      return rows.map((row) => ({ ...toRow(row), isOfBase: row.is_of_base === true }));
    },
    superseded: async (repoId, pullRequest, suite, headSha) =>
      readRows(
        ofSuite(repoId, pullRequest, suite).where('head_sha', '!=', headSha).where('end_kind', 'is', null),
      ),
    async find({ repoId, runId }) {
      const found = select().where('repo_id', '=', repoId).where('run_id', '=', runId);
      return (await readRows(found))[0] ?? null;
    },
    async findByNonce(repoId, nonce) {
      const found = select().where('repo_id', '=', repoId).where('nonce', '=', storableText(nonce));
      return (await readRows(found))[0] ?? null;
    },
    async plannedSince(repoId, pullRequest, since) {
      const rows = await database
        .query()
        .selectFrom('eval_runs')
        .select('planned_at')
        .where('repo_id', '=', repoId)
        .where('pr', '=', pullRequest)
        .where('planned_at', '>=', since)
        .orderBy('planned_at')
        .execute();
      return rows.map((row) => row.planned_at);
    },
    async prune(before) {
      await database.query().deleteFrom('eval_runs').where('planned_at', '<', before).execute();
    },
  };
}

/** Where the head of a run had this diff. */
function digestsOf(eb: ExpressionBuilder<Tables, 'eval_runs'>, digest: string) {
  return eb
    .selectFrom('digests')
    .select('digests.pr')
    .whereRef('digests.repo_id', '=', 'eval_runs.repo_id')
    .whereRef('digests.pr', '=', 'eval_runs.pr')
    .whereRef('digests.head_sha', '=', 'eval_runs.head_sha')
    .where('digests.digest', '=', digest);
}

type Row = Selectable<EvalTables['eval_runs']>;

async function readRows(query: SelectQueryBuilder<Tables, 'eval_runs', Row>): Promise<readonly EvalRunRow[]> {
  return (await query.orderBy('id').execute()).map(toRow);
}

function toRow(row: Row): EvalRunRow {
  return {
    id: row.id,
    repoId: row.repo_id,
    pullRequest: row.pr,
    suite: row.suite,
    headSha: row.head_sha,
    diffDigest: row.diff_digest,
    round: row.round,
    attempt: row.attempt,
    nonce: row.nonce,
    workflow: row.workflow,
    requestedBy: row.requested_by,
    plannedAt: row.planned_at,
    dispatchedAt: row.dispatched_at,
    runId: row.run_id,
    runUrl: row.run_url,
    startedAt: row.started_at,
    end: toEnd(row),
    endedAt: row.ended_at,
  };
}

function toEnd(row: Row): EvalRunEnd | null {
  switch (row.end_kind) {
    case null:
      return null;
    case 'results':
      return { kind: 'results', results: readResults(row.results) };
    case 'infrastructure':
    case 'timed-out':
    case 'cancelled':
    case 'superseded':
      return {
        kind: row.end_kind,
        why: row.end_why ?? '',
        retryable: row.end_retryable === true,
        by: row.end_by === 'machine' ? 'machine' : 'owner',
      };
    default:
      throw new Error(`read an eval run: row ${row.id} ended as ${row.end_kind}, which is not known here.`);
  }
}

function endColumns(end: EvalRunEnd) {
  if (end.kind === 'results')
    return {
      end_kind: end.kind,
      results: sql`${storableJson(compactResults(end.results))}::text::jsonb`,
    };
  return {
    end_kind: end.kind,
    end_why: storableText(end.why),
    end_retryable: end.retryable,
    end_by: end.by,
  };
}
