// What do the counters say about one change?
// A few rows by key, whatever the length of the history: no query here may grow with it.
import {
  EMPTY_TALLY,
  type LedgerQuery,
  type LedgerReading,
  type OutcomeCount,
  type Tally,
} from '../domain/ledger.js';
import type { Database } from './database.js';
import type { Ledger } from './ledger.js';
import { foldersOf, KEY } from './ledger-keys.js';
import { findState, type StateRow } from './ledger-state.js';
import { keyText, timeOf } from './ledger-values.js';

const TALLY = 't.changes, t.failed, t.weight, t.weight_failed, t.last_failed_at';
const USUAL_AMONG = 500;
const USUAL_FROM = 20;
const FAILURES_PER_PATH = 3;

/** Every query of a reading, so that a test can ask how each is carried out. */
export const LEDGER_QUERIES = {
  keys: `select t.id, t.key, ${TALLY} from agent_policy.ledger_keys t
    where t.repo_id = $1::bigint and t.key = any($2::text[])`,
  paths: `select n.name, t.id, ${TALLY} from agent_policy.ledger_names n
    join agent_policy.ledger_paths t on t.id = n.front_id
    where n.repo_id = $1::bigint and n.name = any($2::text[])`,
  familiar: `select a.path_id from agent_policy.ledger_authored a
    where a.path_id = any($1::bigint[]) and a.author_id = $2::bigint`,
  sizes: `select size_step, changes from agent_policy.ledger_sizes
    where repo_id = $1::bigint order by size_step`,
  usualChance: `select count(*)::int as changes, percentile_cont(0.5) within group (order by chance) as median
    from (select chance from agent_policy.ledger_changes
      where repo_id = $1::bigint and chance is not null
      order by merged_at desc, seq desc limit ${USUAL_AMONG}) newest`,
  pathRecords: `select t.name, t.changes, t.failed, f.sha, f.pr, f.outcome, f.outcome_at
    from (select n.name, t.id, t.changes, t.failed, t.weight_failed from agent_policy.ledger_names n
      join agent_policy.ledger_paths t on t.id = n.front_id
      where n.repo_id = $1::bigint and n.name = any($2::text[]) and t.failed > 0
      order by t.failed desc, t.weight_failed desc, n.name limit $3::int) t
    cross join lateral (select c.sha, c.pr, c.outcome, c.outcome_at from agent_policy.ledger_files f
      join agent_policy.ledger_changes c on c.id = f.change_id
      where f.path_id = t.id and f.failed
      order by c.outcome_at desc, c.merged_at desc, c.seq desc limit ${FAILURES_PER_PATH}) f
    order by t.failed desc, t.weight_failed desc, t.name, f.outcome_at desc`,
} as const;

export type LedgerReadings = Pick<
  Ledger,
  'read' | 'readSizes' | 'readUsualChance' | 'readPathRecords' | 'readAgent' | 'readPeople'
>;

export function openLedgerReadings(database: Database): LedgerReadings {
  const ask = async (text: string, values: readonly unknown[]) =>
    (await database.executeSql(text, values)).rows;

  const readCount = async (repoId: number, key: string): Promise<OutcomeCount> => {
    const [row] = await ask(LEDGER_QUERIES.keys, [repoId, [key]]);
    return row === undefined ? { changes: 0, failed: 0 } : { changes: row.changes, failed: row.failed };
  };

  return {
    async read(repoId, query) {
      const state = await findState(database, repoId);
      return state === null ? emptyReading(query) : read(ask, state, query);
    },
    async readSizes(repoId) {
      const rows = await ask(LEDGER_QUERIES.sizes, [repoId]);
      return rows.map(({ size_step, changes }) => ({ lines: size_step, changes }));
    },
    async readUsualChance(repoId) {
      const [row] = await ask(LEDGER_QUERIES.usualChance, [repoId]);
      return row.changes < USUAL_FROM ? null : row.median;
    },
    async readPathRecords(repoId, paths, limit) {
      const byKey = new Map(paths.map((path) => [keyText(path), path]));
      const rows = await ask(LEDGER_QUERIES.pathRecords, [repoId, [...byKey.keys()], Math.max(0, limit)]);
      return [...new Set(rows.map(({ name }) => name as string))].map((name) => {
        const own = rows.filter((row) => row.name === name);
        return {
          path: byKey.get(name)!,
          changes: own[0].changes,
          failed: own[0].failed,
          failures: own.map(({ sha, pr, outcome, outcome_at }) => ({
            sha,
            pullRequest: pr,
            outcome,
            at: outcome_at,
          })),
        };
      });
    },
    readAgent: (repoId, agent) => readCount(repoId, KEY.agent(agent)),
    readPeople: (repoId) => readCount(repoId, KEY.people),
  };
}

interface TallyRow {
  readonly id: number;
  readonly changes: number;
  readonly failed: number;
  readonly weight: number;
  readonly weight_failed: number;
  readonly last_failed_at: number | null;
}

async function read(
  ask: (text: string, values: readonly unknown[]) => Promise<readonly (TallyRow & Record<string, string>)[]>,
  state: StateRow,
  { at, author, paths }: LedgerQuery,
): Promise<LedgerReading> {
  const touched = paths.map(({ path, previousPath }) => ({
    path: keyText(path),
    previousPath: previousPath === null ? null : keyText(previousPath),
  }));
  const names = new Set(
    touched.flatMap(({ path, previousPath }) => (previousPath === null ? [path] : [path, previousPath])),
  );
  const folders = foldersOf(paths).map(KEY.folder);
  const authorKey = KEY.author(author);
  const keyRows = await ask(LEDGER_QUERIES.keys, [state.repo_id, [KEY.repository, authorKey, ...folders]]);
  const pathRows = await ask(LEDGER_QUERIES.paths, [state.repo_id, [...names]]);
  const byKey = new Map(keyRows.map((row) => [row.key!, row]));
  const byName = new Map(pathRows.map((row) => [row.name!, row]));
  const found = touched.map(
    ({ path, previousPath }) =>
      byName.get(path) ?? (previousPath === null ? undefined : byName.get(previousPath)),
  );
  const authorId = byKey.get(authorKey)?.id;
  const ids = [...new Set(found.flatMap((row) => (row === undefined ? [] : [row.id])))];
  const familiar = new Set(
    authorId === undefined || ids.length === 0
      ? []
      : (await ask(LEDGER_QUERIES.familiar, [ids, authorId])).map((row) => Number(row.path_id)),
  );
  // What was merged by a clock ahead of this one weighs as new, never more.
  const moment = Math.max(timeOf(at, Number.MAX_SAFE_INTEGER), state.newest_at ?? 0);
  const factor = 2 ** ((state.weighed_at - moment) / state.half_life_seconds);
  const tally = (row: TallyRow | undefined) => tallyOf(row, factor);
  return {
    repository: tally(byKey.get(KEY.repository)),
    author: tally(byKey.get(authorKey)),
    paths: found.map(tally),
    folders: folders.map((key) => tally(byKey.get(key))),
    familiarPaths: found.filter((row) => row !== undefined && familiar.has(row.id)).length,
  };
}

function tallyOf(row: TallyRow | undefined, factor: number): Tally {
  if (row === undefined || row.changes === 0) return EMPTY_TALLY;
  const weight = row.weight * factor;
  return {
    changes: row.changes,
    failed: row.failed,
    weight,
    weightFailed: Math.min(weight, row.weight_failed * factor),
    lastFailedAt: row.last_failed_at,
  };
}

function emptyReading({ paths }: LedgerQuery): LedgerReading {
  return {
    repository: EMPTY_TALLY,
    author: EMPTY_TALLY,
    paths: paths.map(() => EMPTY_TALLY),
    folders: foldersOf(paths).map(() => EMPTY_TALLY),
    familiarPaths: 0,
  };
}
