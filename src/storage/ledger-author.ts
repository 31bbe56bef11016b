// How do the counters follow when it becomes known who wrote a recorded change?
import type { MergedChange } from '../domain/ledger.js';
import type { Database } from './database.js';
import type { Ledger } from './ledger.js';
import { type CounterMove, moveCounters } from './ledger-counters.js';
import { KEY, openKeys, whoKeys } from './ledger-keys.js';
import { lockState } from './ledger-state.js';
import { cutText, IS_FAILURE } from './ledger-values.js';

const NAME_CHARACTERS = 300;

type Author = Pick<MergedChange, 'author' | 'authorship' | 'agent'>;

export function openLedgerAuthors(database: Database): Pick<Ledger, 'setAuthor'> {
  return {
    setAuthor: (repoId, sha, author) =>
      database.inTransaction(async () => {
        await lockState(database, repoId, 'set the author of a merged change');
        const { rows } = await database.executeSql(
          `select id, author, authorship, agent, counted, is_ordinary,
             is_ordinary and outcome ${IS_FAILURE} as is_failed, outcome_at
           from agent_policy.ledger_changes where repo_id = $1::bigint and sha = $2`,
          [repoId, sha],
        );
        const [row] = rows;
        if (row === undefined) return;
        const same =
          row.author === author.author && row.authorship === author.authorship && row.agent === author.agent;
        if (same) return;
        const failed = row.is_failed ? 1 : 0;
        const move = { id: row.id, failed_at: row.is_failed ? row.outcome_at : null } as const;
        // Off every counter and on again: the others come out as they were.
        if (row.counted)
          await moveCounters(database, repoId, [{ ...move, changes: -1, failed: failed === 1 ? -1 : 0 }]);
        await rename(database, repoId, row.id, { ...author, isOrdinary: row.is_ordinary });
        if (row.counted)
          await moveCounters(database, repoId, [{ ...move, changes: 1, failed } satisfies CounterMove]);
      }),
  };
}

async function rename(
  database: Database,
  repoId: number,
  id: number,
  author: Author & { readonly isOrdinary: boolean },
): Promise<void> {
  const keys = whoKeys(author);
  const ids = await openKeys(database, repoId, new Set(keys));
  // Of the keys it has, those of the repository and the folders stay.
  await database.executeSql(
    `update agent_policy.ledger_changes c
     set author = $2, authorship = $3, agent = $4, author_id = $5::bigint,
       key_ids = array(
         select k.id from agent_policy.ledger_keys k
         where k.id = any(c.key_ids) and (k.key = '${KEY.repository}' or k.key like 'f:%'))
         || array(select id from json_to_recordset($6::json) as d(id bigint))
     where c.id = $1::bigint`,
    [
      id,
      cutText(author.author, NAME_CHARACTERS),
      author.authorship,
      author.agent === null ? null : cutText(author.agent, NAME_CHARACTERS),
      ids.get(KEY.author(author.author)),
      JSON.stringify([...ids.values()].map((one) => ({ id: one }))),
    ],
  );
}
