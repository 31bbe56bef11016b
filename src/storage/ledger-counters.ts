// How do the counters follow what is recorded, fails, is kept after all, or leaves the window?
// Each change says by `key_ids` and `ledger_files` what it was counted in, so that it is taken off where it was added.
import type { LedgerSpan } from '../domain/ledger.js';
import type { Database } from './database.js';
import { lockState, type StateRow, secondsOf, spanOf } from './ledger-state.js';
import { IS_FAILURE, timeOf } from './ledger-values.js';

/** What to add to every counter of one change. */
export interface CounterMove {
  /** Id of the change's row. */
  readonly id: number;
  readonly changes: 1 | 0 | -1;
  readonly failed: 1 | 0 | -1;
  /** When the failure became known. */
  readonly failed_at: number | null;
}

// Below 2^-1000 PostgreSQL calls a power an error; a change that old weighs nothing anyway.
const WEIGHT = `power(2::float8, greatest(-1000::float8, least(1000::float8,
  (c.merged_at - s.weighed_at)::float8 / s.half_life_seconds)))`;

const SUMS = `
  sum(d.changes)::int as changes,
  sum(d.failed)::int as failed,
  sum(d.changes * w.weight) as weight,
  sum(d.failed * w.weight) as weight_failed,
  max(d.failed_at) as failed_at`;

const MOVED = `
  json_to_recordset($1::json) as d(id bigint, changes int, failed int, failed_at bigint)
  join agent_policy.ledger_changes c on c.id = d.id
  join agent_policy.ledger_state s on s.repo_id = c.repo_id
  cross join lateral (select ${WEIGHT} as weight) w`;

// Sums of floating point keep a rest when everything is taken away again: no changes, no weight.
const ADD = `
  changes = t.changes + d.changes,
  failed = t.failed + d.failed,
  weight = case when t.changes + d.changes <= 0 then 0 else greatest(0, t.weight + d.weight) end,
  weight_failed = case when t.failed + d.failed <= 0 then 0 else greatest(0, t.weight_failed + d.weight_failed) end,
  last_failed_at = case when t.failed + d.failed <= 0 then null else greatest(t.last_failed_at, d.failed_at) end`;

/** Inside a transaction that holds the repository's state. */
export async function moveCounters(
  database: Database,
  repoId: number,
  moves: readonly CounterMove[],
): Promise<void> {
  if (moves.length === 0) return;
  const rows = JSON.stringify(moves);
  await database.executeSql(
    `update agent_policy.ledger_keys t set ${ADD}
     from (select key_id as id, ${SUMS} from ${MOVED} cross join lateral unnest(c.key_ids) as key_id group by 1) d
     where t.id = d.id`,
    [rows],
  );
  await database.executeSql(
    `update agent_policy.ledger_paths t set ${ADD}
     from (select f.path_id as id, ${SUMS} from ${MOVED}
           join agent_policy.ledger_files f on f.change_id = c.id group by 1) d
     where t.id = d.id`,
    [rows],
  );
  const counted = moves.filter(({ changes }) => changes !== 0);
  if (counted.length === 0) return;
  await moveAuthored(database, counted);
  await moveSizes(database, repoId, counted);
}

const IS_FAILED = `c.counted and c.is_ordinary and c.outcome ${IS_FAILURE}`;

/** Failures stand beside the paths too, so that the newest of a path are found without reading its changes. */
export async function markFiles(database: Database, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await database.executeSql(
    `update agent_policy.ledger_files f
     set failed_at = case when ${IS_FAILED} then coalesce(c.outcome_at, c.merged_at) end
     from json_to_recordset($1::json) as d(id bigint) join agent_policy.ledger_changes c on c.id = d.id
     where f.change_id = d.id`,
    [JSON.stringify(ids.map((id) => ({ id })))],
  );
}

/** How often each author changed each path. */
async function moveAuthored(
  database: Database,
  moves: readonly Pick<CounterMove, 'id' | 'changes'>[],
): Promise<void> {
  const rows = JSON.stringify(moves);
  await database.executeSql(
    `insert into agent_policy.ledger_authored as t (path_id, author_id, changes)
     select f.path_id, c.author_id, sum(d.changes)::int
     from json_to_recordset($1::json) as d(id bigint, changes int)
     join agent_policy.ledger_changes c on c.id = d.id
     join agent_policy.ledger_files f on f.change_id = c.id
     group by 1, 2
     on conflict (path_id, author_id) do update set changes = t.changes + excluded.changes`,
    [rows],
  );
  if (moves.every(({ changes }) => changes > 0)) return;
  await database.executeSql(
    `delete from agent_policy.ledger_authored t
     using json_to_recordset($1::json) as d(id bigint),
       agent_policy.ledger_changes c, agent_policy.ledger_files f
     where c.id = d.id and f.change_id = c.id
       and t.path_id = f.path_id and t.author_id = c.author_id and t.changes <= 0`,
    [rows],
  );
}

async function moveSizes(database: Database, repoId: number, moves: readonly CounterMove[]): Promise<void> {
  await database.executeSql(
    `insert into agent_policy.ledger_sizes as t (repo_id, size_step, changes)
     select c.repo_id, c.size_step, sum(d.changes)::int
     from json_to_recordset($1::json) as d(id bigint, changes int)
     join agent_policy.ledger_changes c on c.id = d.id
     where c.is_ordinary
     group by 1, 2
     on conflict (repo_id, size_step) do update set changes = t.changes + excluded.changes`,
    [JSON.stringify(moves)],
  );
  await database.executeSql(
    'delete from agent_policy.ledger_sizes where repo_id = $1::bigint and changes <= 0',
    [repoId],
  );
}

/** Takes out what was merged before `from`; at most `limit` changes, the oldest first. */
export async function takeOut(
  database: Database,
  repoId: number,
  from: number,
  limit: number,
): Promise<number> {
  const { rows } = await database.executeSql(
    `update agent_policy.ledger_changes c set counted = false
     where c.id in (
       select id from agent_policy.ledger_changes
       where repo_id = $1::bigint and counted and -merged_at > -$2::bigint
       order by -merged_at desc limit $3::int)
     returning c.id, (c.is_ordinary and c.outcome ${IS_FAILURE}) as is_failed`,
    [repoId, from, limit],
  );
  await markFiles(
    database,
    rows.filter(({ is_failed }) => is_failed).map(({ id }) => id),
  );
  await moveCounters(
    database,
    repoId,
    rows.map(({ id, is_failed }) => ({ id, changes: -1, failed: is_failed ? -1 : 0, failed_at: null })),
  );
  return rows.length;
}

export interface LedgerCounters {
  expire(repoId: number, now: number, limit: number): Promise<number>;
  respan(repoId: number, span: LedgerSpan, now: number): Promise<void>;
}

export function openLedgerCounters(database: Database): LedgerCounters {
  return {
    expire: (repoId, now, limit) =>
      database.inTransaction(async () => {
        const state = await lockState(database, repoId, 'expire merged changes');
        const from = Math.max(
          state.counted_from,
          timeOf(now, Number.MAX_SAFE_INTEGER) - state.window_seconds,
        );
        await database.executeSql(
          'update agent_policy.ledger_state set counted_from = $2::bigint where repo_id = $1::bigint',
          [repoId, from],
        );
        return takeOut(database, repoId, from, limit);
      }),
    respan: (repoId, span, now) =>
      database.inTransaction(async () => {
        await lockState(database, repoId, 'count merged changes anew');
        await countAnew(database, repoId, span, now);
      }),
  };
}

/** Weights are kept as of one moment; far from it they would outgrow a number, or be none. */
export async function reweighIfDue(database: Database, state: StateRow, newest: number): Promise<void> {
  if (Math.abs(newest - state.weighed_at) <= MOST_HALF_LIVES * state.half_life_seconds) return;
  await countAnew(database, state.repo_id, spanOf(state), newest);
}

const MOST_HALF_LIVES = 500;

async function countAnew(database: Database, repoId: number, span: LedgerSpan, now: number): Promise<void> {
  const run = (text: string) => database.executeSql(text, [repoId]);
  await database.executeSql(
    `update agent_policy.ledger_state
     set window_seconds = $2::bigint, half_life_seconds = $3::bigint, weighed_at = $4::bigint,
       counted_from = greatest(0, $4::bigint - $2::bigint)
     where repo_id = $1::bigint`,
    [repoId, secondsOf(span.windowSeconds), secondsOf(span.halfLifeSeconds), now],
  );
  await run(
    `update agent_policy.ledger_changes c set counted = not c.counted
     from agent_policy.ledger_state s
     where c.repo_id = $1::bigint and s.repo_id = c.repo_id and c.counted <> (c.merged_at >= s.counted_from)`,
  );
  await run(
    `update agent_policy.ledger_files f
     set failed_at = case when ${IS_FAILED} then coalesce(c.outcome_at, c.merged_at) end
     from agent_policy.ledger_changes c
     where c.repo_id = $1::bigint and c.id = f.change_id and c.is_ordinary and c.outcome ${IS_FAILURE}`,
  );
  const zero = 'changes = 0, failed = 0, weight = 0, weight_failed = 0, last_failed_at = null';
  await run(`update agent_policy.ledger_keys set ${zero} where repo_id = $1::bigint and changes <> 0`);
  await run(`update agent_policy.ledger_paths set ${zero} where repo_id = $1::bigint and changes <> 0`);
  await run(
    `delete from agent_policy.ledger_authored a using agent_policy.ledger_paths p
     where p.repo_id = $1::bigint and a.path_id = p.id`,
  );
  await run('delete from agent_policy.ledger_sizes where repo_id = $1::bigint');
  const counted = `(
      select c.id, c.merged_at, c.repo_id, c.key_ids, 1 as changes,
        (c.is_ordinary and c.outcome ${IS_FAILURE})::int as failed,
        case when c.is_ordinary and c.outcome ${IS_FAILURE} then c.outcome_at end as failed_at
      from agent_policy.ledger_changes c where c.repo_id = $1::bigint and c.counted) d
    join agent_policy.ledger_state s on s.repo_id = d.repo_id
    cross join lateral (select ${WEIGHT.replace('c.merged_at', 'd.merged_at')} as weight) w`;
  await run(
    `update agent_policy.ledger_keys t set ${ADD}
     from (select key_id as id, ${SUMS} from ${counted}
           cross join lateral unnest(d.key_ids) as key_id group by 1) d
     where t.id = d.id`,
  );
  await run(
    `update agent_policy.ledger_paths t set ${ADD}
     from (select f.path_id as id, ${SUMS} from ${counted}
           join agent_policy.ledger_files f on f.change_id = d.id group by 1) d
     where t.id = d.id`,
  );
  await run(
    `insert into agent_policy.ledger_authored (path_id, author_id, changes)
     select f.path_id, c.author_id, count(*)::int
     from agent_policy.ledger_changes c join agent_policy.ledger_files f on f.change_id = c.id
     where c.repo_id = $1::bigint and c.counted group by 1, 2`,
  );
  await run(
    `insert into agent_policy.ledger_sizes (repo_id, size_step, changes)
     select repo_id, size_step, count(*)::int from agent_policy.ledger_changes
     where repo_id = $1::bigint and counted and is_ordinary group by 1, 2`,
  );
}
