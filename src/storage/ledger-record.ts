// How is a merged change written down and counted?
// Each once, whatever the order: newer changes than the recorded ones go on from the front of the history, older
// ones from its back, so that a renamed file keeps one record from whichever end it is read.
import type { MergedChange, TouchedPath } from '../domain/ledger.js';
import type { Database } from './database.js';
import { type CounterMove, moveCounters, reweighIfDue, takeOut } from './ledger-counters.js';
import { KEY, keysOf, openKeys } from './ledger-keys.js';
import { type KnownName, type KnownNames, placePaths } from './ledger-names.js';
import { oldestFirst, stretchEnds } from './ledger-order.js';
import { lockState, type StateRow } from './ledger-state.js';
import { countOf, cutText, keyText, numberOf, shareOf, sizeStep, timeOf } from './ledger-values.js';
import { storableJson } from './storable.js';

/** What is needed of a commit's message: its title and what it names; a long one goes on with a list of squashed commits. */
const MESSAGE_CHARACTERS = 16_000;
const TITLE_CHARACTERS = 500;
const NAME_CHARACTERS = 300;
const DAY = 86_400;
/** Expired changes that one recording takes out besides as many as it adds. */
const EXPIRED_AT_ONCE = 100;
const FEWEST_COUNTED = 256;

export interface LedgerRecording {
  record(repoId: number, changes: readonly MergedChange[]): Promise<readonly string[]>;
}

interface Placed {
  readonly change: MergedChange;
  readonly mergedAt: number;
  readonly seq: number;
  readonly pathIds: readonly number[];
}

export function openLedgerRecording(database: Database, now: () => number): LedgerRecording {
  return {
    async record(repoId, changes) {
      if (changes.length === 0) return [];
      return database.inTransaction(async () => {
        const state = await lockState(database, repoId, 'record merged changes');
        const fresh = await leaveOutKnown(database, repoId, changes);
        if (fresh.length === 0) return [];
        // No commit is of the future: one dated 2106 would outweigh all others. A day is left for wrong clocks.
        const latest = Math.max(now(), state.wanted_from + state.window_seconds) + DAY;
        const newest = fresh.reduce(
          (known, { mergedAt }) => Math.max(known, timeOf(mergedAt, latest)),
          state.newest_at ?? 0,
        );
        await reweighIfDue(database, state, newest);
        const { placed, frontSeq, backSeq, oldest } = await place(database, state, fresh, latest);
        const countedFrom = Math.max(state.counted_from, newest - state.window_seconds);
        await database.executeSql(
          `update agent_policy.ledger_state
           set oldest_at = $2::bigint, newest_at = $3::bigint, counted_from = $4::bigint,
             front_seq = $5::bigint, back_seq = $6::bigint
           where repo_id = $1::bigint`,
          [repoId, oldest, newest, countedFrom, frontSeq, backSeq],
        );
        const moves = await write(database, repoId, placed, countedFrom);
        await moveCounters(database, repoId, moves);
        await takeOut(database, repoId, countedFrom, fresh.length + EXPIRED_AT_ONCE);
        await countTables(database, state.front_seq - state.back_seq, frontSeq - backSeq);
        return fresh.map(({ sha }) => sha);
      });
    },
  };
}

/**
 * A server counts its tables by itself; the embedded engine must be told, or its planner takes a long history for a
 * short one. Each time the history has doubled.
 */
async function countTables(database: Database, before: number, after: number): Promise<void> {
  if (database.engine !== 'pglite' || after < FEWEST_COUNTED) return;
  if (Math.floor(Math.log2(Math.max(1, before))) === Math.floor(Math.log2(after))) return;
  await database.executeSql(
    `analyze ${['changes', 'files', 'names', 'paths', 'keys', 'authored', 'sizes'].map((name) => `agent_policy.ledger_${name}`).join(', ')}`,
  );
}

/** Those that are not recorded yet, each once. */
async function leaveOutKnown(
  database: Database,
  repoId: number,
  changes: readonly MergedChange[],
): Promise<readonly MergedChange[]> {
  const bySha = new Map<string, MergedChange>();
  for (const change of changes) {
    const sha = cutText(change.sha, NAME_CHARACTERS);
    if (!bySha.has(sha)) bySha.set(sha, { ...change, sha });
  }
  const { rows } = await database.executeSql(
    'select sha from agent_policy.ledger_changes where repo_id = $1::bigint and sha = any($2::text[])',
    [repoId, [...bySha.keys()]],
  );
  for (const { sha } of rows) bySha.delete(sha);
  return [...bySha.values()];
}

async function place(
  database: Database,
  state: StateRow,
  fresh: readonly MergedChange[],
  latest: number,
): Promise<{ placed: readonly Placed[]; frontSeq: number; backSeq: number; oldest: number }> {
  const timed = fresh.map((change) => ({
    change,
    mergedAt: timeOf(change.mergedAt, latest),
    touched: touchedOf(change),
  }));
  const endOf = stretchEnds(state, timed);
  const ascending = oldestFirst(timed, endOf);
  const older = ascending.filter((one) => endOf(one) === 'older').reverse();
  const others = ascending.filter((one) => endOf(one) !== 'older');

  const names = await readNames(
    database,
    state.repo_id,
    ascending.flatMap(({ touched }) => touched),
  );
  const before = new Map([...names].map(([name, known]) => [name, { ...known }]));
  // New records have no number yet: the database gives as many as were needed, afterwards.
  let created = 0;
  const create = () => -++created;
  let frontSeq = state.front_seq;
  let backSeq = state.back_seq;
  const placed: Placed[] = [];
  for (const one of [...others, ...older]) {
    const { change, mergedAt, touched } = one;
    const end = endOf(one);
    const pathIds = placePaths(names, touched, { end, isReadBackwards: backSeq < 0, create });
    placed.push({ change, mergedAt, seq: end === 'older' ? --backSeq : ++frontSeq, pathIds });
  }
  const numbers = await createPaths(database, state.repo_id, created);
  const numbered = (id: number) => (id < 0 ? numbers[-id - 1]! : id);
  await saveNames(database, state.repo_id, names, before, numbered);
  return {
    placed: placed.map((one) => ({ ...one, pathIds: one.pathIds.map(numbered) })),
    frontSeq,
    backSeq,
    oldest: timed.reduce(
      (known, { mergedAt }) => Math.min(known, mergedAt),
      state.oldest_at ?? Number.MAX_SAFE_INTEGER,
    ),
  };
}

async function createPaths(database: Database, repoId: number, count: number): Promise<readonly number[]> {
  if (count === 0) return [];
  const { rows } = await database.executeSql(
    `insert into agent_policy.ledger_paths (repo_id)
     select $1::bigint from generate_series(1, $2::int) returning id`,
    [repoId, count],
  );
  return rows.map(({ id }) => id);
}

/** Paths as keys; what is no rename has no former name. */
function touchedOf({ files }: MergedChange): readonly TouchedPath[] {
  return files.map(({ path, previousPath }) => ({
    path: keyText(path),
    previousPath:
      previousPath === null || previousPath === '' || previousPath === path ? null : keyText(previousPath),
  }));
}

async function readNames(
  database: Database,
  repoId: number,
  touched: readonly TouchedPath[],
): Promise<KnownNames> {
  const wanted = new Set(
    touched.flatMap(({ path, previousPath }) => (previousPath === null ? [path] : [path, previousPath])),
  );
  const { rows } = await database.executeSql(
    `select name, front_id, back_id from agent_policy.ledger_names
     where repo_id = $1::bigint and name = any($2::text[])`,
    [repoId, [...wanted]],
  );
  return new Map(rows.map(({ name, front_id, back_id }) => [name, { front: front_id, back: back_id }]));
}

async function saveNames(
  database: Database,
  repoId: number,
  names: KnownNames,
  before: ReadonlyMap<string, KnownName>,
  numbered: (id: number) => number,
): Promise<void> {
  const changed = [...names]
    .filter(([name, { front, back }]) => {
      const old = before.get(name);
      return old === undefined || old.front !== front || old.back !== back;
    })
    .map(([name, { front, back }]) => ({
      name,
      front_id: front === null ? null : numbered(front),
      back_id: back === null ? null : numbered(back),
    }));
  if (changed.length === 0) return;
  await database.executeSql(
    `insert into agent_policy.ledger_names (repo_id, name, front_id, back_id)
     select $2::bigint, d.name, d.front_id, d.back_id
     from json_to_recordset($1::json) as d(name text, front_id bigint, back_id bigint)
     on conflict (repo_id, name) do update set front_id = excluded.front_id, back_id = excluded.back_id`,
    [JSON.stringify(changed), repoId],
  );
}

/** The rows of the changes, not counted yet: what is to be added to the counters is the answer. */
async function write(
  database: Database,
  repoId: number,
  placed: readonly Placed[],
  countedFrom: number,
): Promise<readonly CounterMove[]> {
  const keys = placed.map(({ change }) => keysOf(change));
  const ids = await openKeys(database, repoId, new Set(keys.flat()));
  const { rows } = await database.executeSql(
    `insert into agent_policy.ledger_changes
       (repo_id, sha, seq, merged_at, pr, title, message, author, authorship, agent, author_id, key_ids, files,
        lines, size_step, is_ordinary, chance, counted)
     select $2::bigint, d.sha, d.seq, d.merged_at, d.pr, d.title, d.message, d.author, d.authorship, d.agent,
       d.author_id, d.key_ids, d.files, d.lines, d.size_step, d.is_ordinary, d.chance, d.counted
     from json_to_recordset($1::json) as d(sha text, seq bigint, merged_at bigint, pr bigint, title text,
       message text, author text, authorship text, agent text, author_id bigint, key_ids bigint[], files json,
       lines int, size_step int, is_ordinary boolean, chance float8, counted boolean)
     returning id, sha, counted`,
    [
      storableJson(
        placed.map(({ change, mergedAt, seq }, index) => ({
          sha: change.sha,
          seq,
          merged_at: mergedAt,
          pr: numberOf(change.pullRequest),
          title: cutText(change.title, TITLE_CHARACTERS),
          message: cutText(change.message, MESSAGE_CHARACTERS),
          author: cutText(change.author, NAME_CHARACTERS),
          authorship: change.authorship,
          agent: change.agent === null ? null : cutText(change.agent, NAME_CHARACTERS),
          author_id: ids.get(KEY.author(change.author)),
          key_ids: keys[index]!.map((key) => ids.get(key)),
          files: change.files.map((file) => [
            file.path,
            file.previousPath,
            countOf(file.additions),
            countOf(file.deletions),
          ]),
          lines: countOf(change.lines),
          size_step: sizeStep(countOf(change.lines)),
          is_ordinary: change.isOrdinary,
          chance: shareOf(change.chance),
          counted: mergedAt >= countedFrom,
        })),
      ),
      repoId,
    ],
  );
  const idOf = new Map<string, number>(rows.map(({ sha, id }) => [sha, id]));
  await database.executeSql(
    `insert into agent_policy.ledger_files (change_id, path_id)
     select d.change_id, d.path_id from json_to_recordset($1::json) as d(change_id bigint, path_id bigint)`,
    [
      JSON.stringify(
        placed.flatMap(({ change, pathIds }) =>
          pathIds.map((pathId) => ({ change_id: idOf.get(change.sha), path_id: pathId })),
        ),
      ),
    ],
  );
  return rows
    .filter(({ counted }) => counted)
    .map(({ id }) => ({ id, changes: 1, failed: 0, failed_at: null }));
}
