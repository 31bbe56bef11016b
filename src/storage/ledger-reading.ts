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
import { keyText, timeOf } from './ledger-values.js';

const TALLY = 't.changes, t.failed, t.weight, t.weight_failed, t.last_failed_at';
const USUAL_AMONG = 500;
const USUAL_FROM = 20;
const FAILURES_PER_PATH = 3;

/**
 * Every query of a reading, so that a test can ask how each is carried out. `limit 1` keeps the search for one key by
 * itself: one by one through the index, whatever the planner thinks of the table's length (the embedded engine
 * never learns it).
 */
export const LEDGER_QUERIES = {
  state: `select s.weighed_at, s.half_life_seconds, s.newest_at, t.* from agent_policy.ledger_state s
    left join lateral (select t.* from unnest($2::text[]) as asked(key)
      cross join lateral (select t.key, ${TALLY} from agent_policy.ledger_keys t
        where t.repo_id = $1::bigint and t.key = asked.key limit 1) t) t on true
    where s.repo_id = $1::bigint`,
  key: `select t.changes, t.failed from agent_policy.ledger_keys t
    where t.repo_id = $1::bigint and t.key = $2`,
  paths: `select t.*, (select true from agent_policy.ledger_authored a
        where a.path_id = t.id and a.author_id = (select k.id from agent_policy.ledger_keys k
          where k.repo_id = $1::bigint and k.key = $3) limit 1) as is_familiar
    from unnest($2::text[]) as asked(name)
    cross join lateral (select n.name, t.id, ${TALLY} from agent_policy.ledger_names n
      join agent_policy.ledger_paths t on t.id = n.front_id
      where n.repo_id = $1::bigint and n.name = asked.name limit 1) t`,
  sizes: `select size_step, changes from agent_policy.ledger_sizes
    where repo_id = $1::bigint order by size_step`,
  usualChance: `select count(*)::int as changes, percentile_cont(0.5) within group (order by chance) as median
    from (select chance from agent_policy.ledger_changes
      where repo_id = $1::bigint and chance is not null
      order by -merged_at, -seq limit ${USUAL_AMONG}) newest`,
  pathRecords: `select t.name, t.changes, t.failed, f.sha, f.pr, f.outcome, f.failed_at
    from (select t.* from unnest($2::text[]) as asked(name)
      cross join lateral (select n.name, t.id, t.changes, t.failed, t.weight_failed
        from agent_policy.ledger_names n join agent_policy.ledger_paths t on t.id = n.front_id
        where n.repo_id = $1::bigint and n.name = asked.name limit 1) t
      where t.failed > 0 order by t.failed desc, t.weight_failed desc, t.name limit $3::int) t
    cross join lateral (select c.sha, c.pr, c.outcome, f.failed_at, f.change_id
      from agent_policy.ledger_files f join agent_policy.ledger_changes c on c.id = f.change_id
      where f.path_id = t.id and f.failed_at is not null
      order by f.failed_at desc, f.change_id desc limit ${FAILURES_PER_PATH}) f
    order by t.failed desc, t.weight_failed desc, t.name, f.failed_at desc, f.change_id desc`,
} as const;

export type LedgerReadings = Pick<
  Ledger,
  'read' | 'readSizes' | 'readUsualChance' | 'readPathRecords' | 'readAgent' | 'readPeople'
>;

export function openLedgerReadings(database: Database): LedgerReadings {
  const ask = async (text: string, values: readonly unknown[]) =>
    (await database.executeSql(text, values)).rows;

  const readCount = async (repoId: number, key: string): Promise<OutcomeCount> => {
    const [row] = await ask(LEDGER_QUERIES.key, [repoId, key]);
    return row === undefined ? { changes: 0, failed: 0 } : { changes: row.changes, failed: row.failed };
  };

  return {
    read: (repoId, query) => read(ask, repoId, query),
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
          failures: own.map(({ sha, pr, outcome, failed_at }) => ({
            sha,
            pullRequest: pr,
            outcome,
            at: failed_at,
          })),
        };
      });
    },
    readAgent: (repoId, agent) => readCount(repoId, KEY.agent(agent)),
    readPeople: (repoId) => readCount(repoId, KEY.people),
  };
}

interface TallyRow {
  readonly changes: number;
  readonly failed: number;
  readonly weight: number;
  readonly weight_failed: number;
  readonly last_failed_at: number | null;
}

interface KeyRow extends TallyRow {
  readonly weighed_at: number;
  readonly half_life_seconds: number;
  readonly newest_at: number | null;
  /** `null` on the one row of a repository where none of the keys is known. */
  readonly key: string | null;
}

interface PathRow extends TallyRow {
  readonly name: string;
  readonly is_familiar: true | null;
}

async function read(
  // biome-ignore lint/suspicious/noExplicitAny: rows of SQL given as text have the shape their caller asked for
  ask: (text: string, values: readonly unknown[]) => Promise<any[]>,
  repoId: number,
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
  const keyRows: readonly KeyRow[] = await ask(LEDGER_QUERIES.state, [
    repoId,
    [...new Set([KEY.repository, authorKey, ...folders])],
  ]);
  const pathRows: readonly PathRow[] = await ask(LEDGER_QUERIES.paths, [repoId, [...names], authorKey]);
  const byKey = new Map(keyRows.map((row) => [row.key, row]));
  const byName = new Map(pathRows.map((row) => [row.name, row]));
  const found = touched.map(
    ({ path, previousPath }) =>
      byName.get(path) ?? (previousPath === null ? undefined : byName.get(previousPath)),
  );
  const factor = keyRows[0] === undefined ? 1 : factorOf(keyRows[0], at);
  const tally = (row: TallyRow | undefined) => tallyOf(row, factor);
  return {
    repository: tally(byKey.get(KEY.repository)),
    author: tally(byKey.get(authorKey)),
    paths: found.map(tally),
    folders: folders.map((key) => tally(byKey.get(key))),
    familiarPaths: found.filter((row) => row?.is_familiar === true).length,
  };
}

function factorOf(state: Pick<KeyRow, 'weighed_at' | 'half_life_seconds' | 'newest_at'>, at: number): number {
  // What was merged by a clock ahead of this one weighs as new, never more.
  const moment = Math.max(timeOf(at, Number.MAX_SAFE_INTEGER), state.newest_at ?? 0);
  return 2 ** ((state.weighed_at - moment) / state.half_life_seconds);
}

function tallyOf(row: TallyRow | undefined, factor: number): Tally {
  if (row === undefined || row.changes === 0) return EMPTY_TALLY;
  const weight = Math.min(row.changes, row.weight * factor);
  return {
    changes: row.changes,
    failed: row.failed,
    weight,
    weightFailed: Math.min(weight, row.weight_failed * factor),
    lastFailedAt: row.last_failed_at,
  };
}
