// Which tables exist, and how did they come to be?
// Forward only: a released migration is never edited, the next one is appended.
import { COVERAGE_MIGRATION } from './coverage-tables.js';
import type { Database } from './database.js';
import { EVAL_STATEMENTS } from './eval-tables.js';
import { HEALING_STATEMENTS } from './healing-tables.js';
import { LEDGER_NOTES_STATEMENTS } from './ledger-notes.js';
import { LEDGER_STATEMENTS } from './ledger-tables.js';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** Any number, the same in every version: two servers that start at once take turns. */
const MIGRATION_LOCK = 7_340_118;

export async function migrate(database: Database, migrations = MIGRATIONS): Promise<void> {
  await database.inTransaction(async () => {
    await database.executeSql(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await database.executeSql('create schema if not exists agent_policy');
    await database.executeSql(
      `create table if not exists agent_policy.migrations
         (number int primary key, name text not null, run_at timestamptz not null default now())`,
    );
    const { rows } = await database.executeSql(
      'select coalesce(max(number), 0)::int as newest from agent_policy.migrations',
    );
    const newest = (rows[0] as { newest: number }).newest;
    const known = migrations.at(-1)?.number ?? 0;
    if (newest > known) {
      throw new Error(
        `open storage: the database was written by a newer version (migration ${newest}, this version knows ${known}). ` +
          'Start that version again, or restore a backup from before the upgrade.',
      );
    }
    for (const migration of migrations.filter(({ number }) => number > newest)) {
      for (const statement of migration.statements) await database.executeSql(statement);
      await database.executeSql('insert into agent_policy.migrations (number, name) values ($1::int, $2)', [
        migration.number,
        migration.name,
      ]);
    }
  });
}

export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'inbox, memory and decisions',
    statements: [
      `create table agent_policy.deliveries (
         id text primary key,
         event text not null,
         action text,
         installation bigint,
         outcome text not null,
         payload jsonb not null,
         received_at timestamptz not null)`,
      'create index deliveries_received_at on agent_policy.deliveries (received_at)',
      `create table agent_policy.heads (
         repo_id bigint not null,
         job_key text not null,
         pr bigint,
         head_sha text not null,
         base_ref text not null,
         open boolean not null,
         as_of timestamptz not null,
         primary key (repo_id, job_key))`,
      'create index heads_by_sha on agent_policy.heads (repo_id, head_sha) where open',
      'create unique index heads_by_pr on agent_policy.heads (repo_id, pr) where pr is not null',
      `create table agent_policy.pushes (
         id bigint generated always as identity primary key,
         repo_id bigint not null,
         pr bigint not null,
         login text not null,
         account_id bigint,
         account_type text,
         head_sha text not null,
         at timestamptz not null)`,
      'create unique index pushes_once on agent_policy.pushes (repo_id, pr, head_sha, login)',
      `create table agent_policy.evidence (
         repo_id bigint not null,
         kind text not null,
         key text not null,
         agent text not null,
         what text not null,
         seen_in text not null,
         seen_at timestamptz not null,
         primary key (repo_id, kind, key, agent))`,
      `create table agent_policy.digests (
         repo_id bigint not null,
         pr bigint not null,
         base_ref text not null,
         head_sha text not null,
         digest text not null,
         primary key (repo_id, pr, base_ref, head_sha))`,
      `create table agent_policy.decisions (
         id bigint generated always as identity primary key,
         repo_id bigint not null,
         pr bigint,
         head_sha text not null,
         policy_digest text,
         gate text not null,
         decision jsonb not null,
         decided_at timestamptz not null)`,
      'create index decisions_by_pr on agent_policy.decisions (repo_id, pr, id desc)',
      'create index decisions_by_head on agent_policy.decisions (repo_id, head_sha, id desc)',
      `create table agent_policy.policies_seen (
         scope text primary key,
         sha text,
         digest text not null,
         seen_at timestamptz not null)`,
      `create table agent_policy.cache (
         installation bigint not null,
         key text not null,
         value jsonb not null,
         expires_at timestamptz not null,
         primary key (installation, key))`,
      `create table agent_policy.installations (
         id bigint primary key,
         account text not null,
         state text not null,
         as_of timestamptz not null)`,
      `create table agent_policy.tightened (
         repo_id bigint not null,
         pr bigint not null,
         mark bigint not null,
         at timestamptz not null,
         primary key (repo_id, pr))`,
    ],
  },
  {
    number: 2,
    name: 'who brought a commit',
    statements: [
      `create table agent_policy.commit_pushes (
         repo_id bigint not null,
         sha text not null,
         login text not null,
         account_id bigint,
         account_type text,
         at timestamptz not null,
         primary key (repo_id, sha, login))`,
      'create index commit_pushes_at on agent_policy.commit_pushes (at)',
    ],
  },
  {
    number: 3,
    name: 'who was named as requester',
    statements: [
      `create table agent_policy.requesters (
         repo_id bigint not null,
         pr bigint not null,
         login text not null,
         seen_at timestamptz not null,
         primary key (repo_id, pr, login))`,
    ],
  },
  { number: 4, name: 'ledger of merged changes', statements: LEDGER_STATEMENTS },
  {
    number: 5,
    name: 'coverage of heads and merged changes',
    statements: COVERAGE_MIGRATION,
  },
  { number: 6, name: 'who names what in the ledger', statements: LEDGER_NOTES_STATEMENTS },
  { number: 7, name: 'runs of eval suites', statements: EVAL_STATEMENTS },
  {
    number: 8,
    name: 'when a policy was removed',
    statements: ['alter table agent_policy.policies_seen add column removed_at timestamptz'],
  },
  { number: 9, name: 'how fresh verdicts are', statements: HEALING_STATEMENTS },
];
