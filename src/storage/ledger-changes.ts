// Which changes are recorded, and what does each touch?
import type { MergedChange } from '../domain/ledger.js';
import type { Database } from './database.js';
import type { Ledger, LedgerName } from './ledger.js';
import { holdState } from './ledger-state.js';
import { cutText, shareOf } from './ledger-values.js';
import { storableJson } from './storable.js';

/** Shorter beginnings of a SHA name too many commits. */
const SHORTEST_SHA = 7;
const LONGEST_SHA = 64;

export type LedgerChanges = Pick<
  Ledger,
  'countMessages' | 'readNames' | 'findChange' | 'shareFile' | 'readChanges' | 'setChances'
>;

export function openLedgerChanges(database: Database): LedgerChanges {
  const ask = async (text: string, values: readonly unknown[]) =>
    (await database.executeSql(text, values)).rows;

  return {
    async countMessages(repoId, since, messages) {
      const rows = await ask(
        `select message, count(*)::int as changes from agent_policy.ledger_changes
         where repo_id = $1::bigint and merged_at >= $2::bigint
           and message in (select json_array_elements_text($3::json))
         group by message`,
        [repoId, Math.trunc(since), storableJson(messages)],
      );
      return new Map(rows.map(({ message, changes }) => [message, changes]));
    },
    async readNames(repoId, since) {
      const rows = await ask(
        `select sha, pr, message, merged_at from agent_policy.ledger_changes
         where repo_id = $1::bigint and merged_at >= $2::bigint order by merged_at desc, seq desc`,
        [repoId, Math.trunc(since)],
      );
      return rows.map(nameOf);
    },
    async findChange(repoId, by) {
      if ('pullRequest' in by) {
        const rows = await ask(
          `select sha, pr, message, merged_at from agent_policy.ledger_changes
           where repo_id = $1::bigint and pr = $2::bigint order by merged_at desc, seq desc limit 1`,
          [repoId, Math.trunc(by.pullRequest)],
        );
        return rows[0] === undefined ? null : nameOf(rows[0]);
      }
      const sha = cutText(by.sha, LONGEST_SHA).toLowerCase();
      if (!/^[0-9a-f]+$/.test(sha) || sha.length < SHORTEST_SHA) return null;
      // A beginning that several commits share names none of them.
      const rows = await ask(
        `select sha, pr, message, merged_at from agent_policy.ledger_changes
         where repo_id = $1::bigint and sha >= $2 and sha <= $3 order by sha limit 2`,
        [repoId, sha, sha.padEnd(LONGEST_SHA, 'f')],
      );
      return rows.length === 1 || rows[0]?.sha === sha ? nameOf(rows[0]) : null;
    },
    async shareFile(repoId, a, b) {
      const rows = await ask(
        `select exists (
           select from agent_policy.ledger_changes ca
           join agent_policy.ledger_changes cb on cb.repo_id = ca.repo_id and cb.sha = $3
           join agent_policy.ledger_files fa on fa.change_id = ca.id
           join agent_policy.ledger_files fb on fb.change_id = cb.id and fb.path_id = fa.path_id
           where ca.repo_id = $1::bigint and ca.sha = $2) as shared`,
        [repoId, a, b],
      );
      return rows[0].shared;
    },
    async readChanges(repoId, after, limit) {
      const rows = await ask(
        `select sha, pr, title, merged_at, author, authorship, agent, files, lines, is_ordinary, chance
         from agent_policy.ledger_changes
         where repo_id = $1::bigint and (merged_at, seq) > (
           select coalesce(max(merged_at), -1), coalesce(max(seq), 0) from agent_policy.ledger_changes
           where repo_id = $1::bigint and sha = $2)
         order by merged_at, seq limit $3::int`,
        [repoId, after ?? '', limit],
      );
      return rows.map(changeOf);
    },
    async setChances(repoId, chances) {
      const rows = chances.flatMap(({ sha, chance }) => {
        const share = shareOf(chance);
        return share === null ? [] : [{ sha, chance: share }];
      });
      await holdState(database, repoId);
      await database.executeSql(
        `update agent_policy.ledger_changes c set chance = d.chance
         from json_to_recordset($2::json) as d(sha text, chance float8)
         where c.repo_id = $1::bigint and c.sha = d.sha`,
        [repoId, JSON.stringify(rows)],
      );
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a row of SQL given as text
function nameOf({ sha, pr, message, merged_at }: any): LedgerName {
  return { sha, pullRequest: pr, message, mergedAt: merged_at };
}

type StoredFile = readonly [path: string, previousPath: string | null, additions: number, deletions: number];

// biome-ignore lint/suspicious/noExplicitAny: a row of SQL given as text
function changeOf(row: any): MergedChange {
  return {
    sha: row.sha,
    pullRequest: row.pr,
    title: row.title,
    message: '',
    mergedAt: row.merged_at,
    author: row.author,
    authorship: row.authorship,
    agent: row.agent,
    files: (row.files as readonly StoredFile[]).map(([path, previousPath, additions, deletions]) => ({
      path,
      previousPath,
      additions,
      deletions,
    })),
    lines: row.lines,
    isOrdinary: row.is_ordinary,
    chance: row.chance,
  };
}
