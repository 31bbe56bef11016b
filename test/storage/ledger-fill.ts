// A long history, written by SQL alone: recording a million changes one by one would take too long for a bench.
import type { Database } from '../../src/storage/database.js';

const DAY = 86_400;
const FILES_PER_CHANGE = 5;

/**
 * Changes of five files each, one failing in fifty, spread over 360 days before `now` and over 500 folders, 40
 * authors and one path for every four changes. The counters stand as the ledger would have left them, but for
 * weights, which are rough.
 */
export async function fillLedger(
  database: Database,
  repoId: number,
  changes: number,
  now: number,
): Promise<{ readonly paths: readonly string[] }> {
  const paths = Math.max(60, Math.floor(changes / 4));
  const folders = Math.min(500, paths);
  const authors = 40;
  const run = (text: string) => database.executeSql(text);
  const path = (number: string) =>
    `'src/folder' || (${number} % ${folders}) || '/file' || ${number} || '.ts'`;
  await run(`insert into agent_policy.ledger_state (repo_id, owner, repo, window_seconds, half_life_seconds,
      weighed_at, wanted_from, newest_at, oldest_at, front_seq, correction, outcomes)
    values (${repoId}, 'acme', 'filled', ${365 * DAY}, ${60 * DAY}, ${now}, ${now - 365 * DAY}, ${now},
      ${now - 360 * DAY}, ${changes}, '{}', '{}')`);
  const base = await nextId(database, 'ledger_keys');
  await run(`insert into agent_policy.ledger_keys (id, repo_id, key, changes, failed, weight, weight_failed, last_failed_at)
    overriding system value
    select ${base} + row_number() over (), ${repoId}, key, ${changes}, ${Math.ceil(changes / 50)}, ${changes} / 4.0,
      ${changes} / 200.0, ${now}
    from (select 'r' as key union all select 'p' union all select 'g:devin'
      union all select 'a:author' || n from generate_series(0, ${authors - 1}) n
      union all select 'f:src/folder' || n from generate_series(0, ${folders - 1}) n) keys`);
  const firstPath = await nextId(database, 'ledger_paths');
  await run(`insert into agent_policy.ledger_paths (id, repo_id, changes, failed, weight, weight_failed, last_failed_at)
    select ${firstPath} + n, ${repoId}, 20, n % 3, 5, (n % 3) / 4.0, ${now} from generate_series(0, ${paths - 1}) n`);
  await run(`insert into agent_policy.ledger_names (repo_id, name, front_id, back_id)
    select ${repoId}, ${path('n')}, ${firstPath} + n, ${firstPath} + n from generate_series(0, ${paths - 1}) n`);
  const firstChange = await nextId(database, 'ledger_changes');
  await run(`insert into agent_policy.ledger_changes (id, repo_id, sha, seq, merged_at, pr, title, message, author,
      authorship, agent, author_id, key_ids, files, lines, size_step, is_ordinary, chance, outcome, outcome_at, counted)
    overriding system value
    select ${firstChange} + n, ${repoId}, md5('${repoId}' || n::text) || '00000000', n,
      ${now} - ((${changes} - n) * ${360 * DAY}::bigint) / ${changes}, n, 'Change ' || n, 'Change ' || n || ' (#' || n || ')',
      'author' || (n % ${authors}), 'human', null,
      (select id from agent_policy.ledger_keys where repo_id = ${repoId} and key = 'a:author0'),
      array(select id from agent_policy.ledger_keys where repo_id = ${repoId} and key in ('r', 'p', 'a:author0')),
      '[]', n % 400, n % 400, true, 0.001 * (n % 50), case when n % 50 = 0 then 'reverted' else 'kept' end,
      case when n % 50 = 0 then ${now} - (${changes} - n) end, true
    from generate_series(1, ${changes}) n`);
  // A fifth of all touches fall on sixty busy paths.
  await run(`insert into agent_policy.ledger_files (change_id, path_id, failed_at)
    select ${firstChange} + n, ${firstPath} + case when k = 0 then n % 60
      else 60 + (n::bigint * 7919 + k * 104729) % greatest(1, ${paths} - 60) end, case when n % 50 = 0 then ${now} - (${changes} - n) end
    from generate_series(1, ${changes}) n, generate_series(0, ${FILES_PER_CHANGE - 1}) k
    on conflict do nothing`);
  await run(`insert into agent_policy.ledger_authored (path_id, author_id, changes)
    select distinct path_id, (select min(id) from agent_policy.ledger_keys where repo_id = ${repoId} and key like 'a:%')
      + path_id % ${authors}, 1
    from agent_policy.ledger_files where change_id > ${firstChange} on conflict do nothing`);
  await run(`insert into agent_policy.ledger_sizes (repo_id, size_step, changes)
    select ${repoId}, n, 10 from generate_series(0, 299) n`);
  return {
    paths: Array.from({ length: 30 }, (_, n) => `src/folder${n % folders}/file${n}.ts`),
  };
}

/** The ids above it are free; the sequence is moved past a million of them. */
async function nextId(database: Database, table: string): Promise<number> {
  const sequence = `pg_get_serial_sequence('agent_policy.${table}', 'id')`;
  const { rows } = await database.executeSql(`select nextval(${sequence})::int8 as id`);
  const id = rows[0].id as number;
  await database.executeSql(`select setval(${sequence}, ${id + 2_000_000})`);
  return id;
}
