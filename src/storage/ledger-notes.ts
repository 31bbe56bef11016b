// What do messages, issues and deployments name that is not settled yet, and what is each change called?
// History arrives backwards, webhooks in any order: whoever names a change that is not there yet waits here.
import { sql } from 'kysely';
import type { Database } from './database.js';
import type { LedgerName, LedgerNotes, NotedIncident } from './ledger.js';
import { holdState } from './ledger-state.js';
import { storableJson, storableText } from './storable.js';

export const LEDGER_NOTES_STATEMENTS: readonly string[] = [
  `create table agent_policy.ledger_name_keys (
     repo_id bigint not null,
     key text collate "C" not null,
     merged_at bigint not null,
     sha text collate "C" not null,
     primary key (repo_id, key, merged_at, sha))`,
  'create sequence agent_policy.ledger_marks',
  `create table agent_policy.ledger_notes (
     repo_id bigint not null,
     key text collate "C" not null,
     by text collate "C" not null,
     mark bigint,
     primary key (repo_id, key, by))`,
  'create index ledger_notes_by on agent_policy.ledger_notes (repo_id, by)',
  `create table agent_policy.ledger_incidents (
     repo_id bigint not null,
     issue bigint not null,
     causes jsonb not null,
     named_at timestamptz,
     as_of timestamptz not null,
     primary key (repo_id, issue))`,
  'create index ledger_deployments_by_sha on agent_policy.ledger_deployments (repo_id, sha)',
  'create index ledger_links_by on agent_policy.ledger_links (repo_id, by)',
];

/** No name is so short. */
const NOTED = '!';

export function openLedgerNotes(database: Database): LedgerNotes {
  const run = database.query;
  const note: LedgerNotes['note'] = async (repoId, by) => {
    await holdState(database, repoId);
    await sql`
      insert into agent_policy.ledger_notes (repo_id, key, by, mark)
      values (${repoId}::bigint, ${NOTED}, ${storableText(by)}, nextval('agent_policy.ledger_marks'))
      on conflict (repo_id, key, by) do update set mark = nextval('agent_policy.ledger_marks')`.execute(
      run(),
    );
  };
  return {
    note,
    async saveNameKeys(repoId, keys) {
      if (keys.length === 0) return;
      await sql`
        insert into agent_policy.ledger_name_keys (repo_id, key, merged_at, sha)
        select ${repoId}::bigint, given.key, given."mergedAt", given.sha
        from jsonb_to_recordset(${storableJson(keys)}::text::jsonb)
          as given (key text, "mergedAt" bigint, sha text)
        on conflict do nothing`.execute(run());
    },
    async findNamed(repoId, { key, isCut }, before, limit) {
      const first = storableText(key);
      const matches = isCut ? sql`key >= ${first} and key < ${`${first}\u{10ffff}`}` : sql`key = ${first}`;
      const { rows } = await sql<{ sha: string }>`
        select sha from agent_policy.ledger_name_keys
        where repo_id = ${repoId}::bigint and ${matches} and merged_at <= ${before}::bigint
        order by merged_at desc, sha limit ${limit}::int`.execute(run());
      return rows.map(({ sha }) => sha);
    },

    async findNoted(repoId, keys) {
      const { rows } = await sql<{ by: string; mark: number | null }>`
        select by, max(mark) as mark from agent_policy.ledger_notes
        where repo_id = ${repoId}::bigint
          and key in (select jsonb_array_elements_text(${storableJson([NOTED, ...keys])}::text::jsonb))
        group by by order by by`.execute(run());
      return rows;
    },
    async settleNote(repoId, { by, mark }, keys) {
      const name = storableText(by);
      await database.inTransaction(async () => {
        await holdState(database, repoId);
        await sql`
          delete from agent_policy.ledger_notes
          where repo_id = ${repoId}::bigint and by = ${name}
            and (mark is null or mark <= ${mark}::bigint)`.execute(run());
        if (keys.length === 0) return;
        await sql`
          insert into agent_policy.ledger_notes (repo_id, key, by, mark)
          select ${repoId}::bigint, key, ${name}, null
          from jsonb_array_elements_text(${storableJson([...new Set(keys)])}::text::jsonb) as given (key)
          on conflict do nothing`.execute(run());
      });
    },

    async saveIncident(repoId, { issue, causes, asOf }) {
      const isNamed = causes.length > 0;
      await holdState(database, repoId);
      const { rows } = await sql`
        insert into agent_policy.ledger_incidents as known (repo_id, issue, causes, named_at, as_of)
        values (${repoId}::bigint, ${issue}::bigint, ${storableJson(causes)}::text::jsonb,
          case when ${isNamed}::boolean then ${asOf}::timestamptz end, ${asOf}::timestamptz)
        on conflict (repo_id, issue) do update
          set causes = excluded.causes, as_of = excluded.as_of,
            named_at = case when ${isNamed}::boolean then coalesce(known.named_at, excluded.named_at) end
          where known.as_of <= excluded.as_of
        returning issue`.execute(run());
      if (rows.length > 0) await note(repoId, `#${issue}`);
    },
    async findIncident(repoId, issue) {
      const { rows } = await sql<{ causes: NotedIncident['causes']; named_at: Date | null }>`
        select causes, named_at from agent_policy.ledger_incidents
        where repo_id = ${repoId}::bigint and issue = ${issue}::bigint`.execute(run());
      const row = rows[0];
      if (row === undefined) return null;
      const namedAt = row.named_at === null ? null : Math.floor(row.named_at.getTime() / 1_000);
      return { issue, causes: row.causes, namedAt };
    },
    forgetNews: (repoId, before) =>
      database.inTransaction(async () => {
        await holdState(database, repoId);
        const repo = sql`repo_id = ${repoId}::bigint`;
        const moment = sql`to_timestamp(${before}::float8)`;
        await sql`delete from agent_policy.ledger_deployments where ${repo} and at < ${moment}`.execute(
          run(),
        );
        await sql`delete from agent_policy.ledger_incidents where ${repo} and as_of < ${moment}`.execute(
          run(),
        );
        await sql`
          delete from agent_policy.ledger_notes n
          using agent_policy.ledger_changes c
          where n.repo_id = ${repoId}::bigint and n.mark is null
            and c.repo_id = n.repo_id and c.sha = n.by and c.merged_at < ${before}::bigint`.execute(run());
      }),
    async findEnvironments(repoId, shas) {
      if (shas.length === 0) return [];
      const { rows } = await sql<{ environment: string }>`
        select distinct environment from agent_policy.ledger_deployments
        where repo_id = ${repoId}::bigint
          and sha in (select jsonb_array_elements_text(${storableJson(shas)}::text::jsonb))
        order by environment`.execute(run());
      return rows.map(({ environment }) => environment);
    },
    async removeLinks(repoId, by) {
      await holdState(database, repoId);
      const { rows } = await sql<{ change: string }>`
        delete from agent_policy.ledger_links
        where repo_id = ${repoId}::bigint and by = ${storableText(by)}
        returning change`.execute(run());
      return [...new Set(rows.map(({ change }) => change))];
    },
    async findChanges(repoId, shas) {
      if (shas.length === 0) return [];
      const { rows } = await sql<LedgerName>`
        select sha, pr as "pullRequest", message, merged_at as "mergedAt" from agent_policy.ledger_changes
        where repo_id = ${repoId}::bigint
          and sha in (select jsonb_array_elements_text(${storableJson([...new Set(shas)])}::text::jsonb))
        order by merged_at, seq`.execute(run());
      return rows;
    },
    async readFiles(repoId, sha) {
      const { rows } = await sql<{ files: readonly [string, string | null, number, number][] }>`
        select files from agent_policy.ledger_changes
        where repo_id = ${repoId}::bigint and sha = ${storableText(sha)}`.execute(run());
      return (rows[0]?.files ?? []).map(([path, previousPath, additions, deletions]) => ({
        path,
        previousPath,
        additions,
        deletions,
      }));
    },
    async findBetween(repoId, after, until) {
      const placeOf = (sha: string) =>
        sql`(select p.merged_at, p.seq from agent_policy.ledger_changes p
             where p.repo_id = ${repoId}::bigint and p.sha = ${storableText(sha)})`;
      const { rows } = await sql<{ sha: string }>`
        select sha from agent_policy.ledger_changes
        where repo_id = ${repoId}::bigint
          and (merged_at, seq) > ${placeOf(after)} and (merged_at, seq) <= ${placeOf(until)}
        order by merged_at, seq`.execute(run());
      return rows.map(({ sha }) => sha);
    },
  };
}
