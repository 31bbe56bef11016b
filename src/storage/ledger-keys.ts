// Under which keys is a change counted, besides its paths?
// The first letter tells the kind, so that all counters of one reading are found through one index.
import type { MergedChange, TouchedPath } from '../domain/ledger.js';
import type { Database } from './database.js';
import { keyText } from './ledger-values.js';

export const KEY = {
  repository: 'r',
  people: 'p',
  author: (author: string) => `a:${keyText(author)}`,
  agent: (agent: string) => `g:${keyText(agent)}`,
  folder: (folder: string) => `f:${keyText(folder)}`,
} as const;

/** Only changes with an outcome of their own say something of agents and people. */
function whoKeys(
  change: Pick<MergedChange, 'author' | 'authorship' | 'agent' | 'isOrdinary'>,
): readonly string[] {
  const author = KEY.author(change.author);
  if (!change.isOrdinary) return [author];
  switch (change.authorship) {
    case 'agent':
      return change.agent === null ? [author] : [author, KEY.agent(change.agent)];
    case 'human':
    case 'assisted':
      return [author, KEY.people];
    case 'automation':
    case 'unknown':
      return [author];
  }
}

export function keysOf(change: MergedChange): readonly string[] {
  return [KEY.repository, ...whoKeys(change), ...foldersOf(change.files).map(KEY.folder)];
}

/** The distinct parent folders as the change has them; the root is the empty string. */
export function foldersOf(touched: readonly TouchedPath[]): readonly string[] {
  const found = new Set<string>();
  for (const { path } of touched) found.add(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  return [...found];
}

/** Their numbers; counters that are missing are opened. The repository's state must be held. */
export async function openKeys(
  database: Database,
  repoId: number,
  keys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const wanted = [...keys];
  await database.executeSql(
    `insert into agent_policy.ledger_keys (repo_id, key)
     select $1::bigint, d.key from unnest($2::text[]) as d(key)
     where not exists (select from agent_policy.ledger_keys k where k.repo_id = $1::bigint and k.key = d.key)`,
    [repoId, wanted],
  );
  const { rows } = await database.executeSql(
    'select id, key from agent_policy.ledger_keys where repo_id = $1::bigint and key = any($2::text[])',
    [repoId, wanted],
  );
  return new Map(rows.map(({ id, key }) => [key, id]));
}
