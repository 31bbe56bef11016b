// Which tables tell how fresh a verdict is, and what was asked of GitHub to make up for an outage?

export interface HealingTables {
  refreshes: {
    job_key: string;
    repo_id: number | null;
    head_sha: string | null;
    gate: string | null;
    repository_url: string | null;
    refreshed_at: Date | null;
    failing_since: Date | null;
    failure: string | null;
    told: boolean;
  };
  redeliveries: { guid: string; attempt: number; asked: number; asked_at: Date };
  chores: { name: string; at: Date };
}

export const HEALING_STATEMENTS: readonly string[] = [
  // By bytes, so that the keys of one repository are one stretch of the index.
  `create table agent_policy.refreshes (
     job_key text collate "C" primary key,
     repo_id bigint,
     head_sha text,
     gate text,
     repository_url text,
     refreshed_at timestamptz,
     failing_since timestamptz,
     failure text,
     told boolean not null default false)`,
  `create index refreshes_waiting on agent_policy.refreshes (refreshed_at)
     where gate in ('in_progress', 'action_required')`,
  `create index refreshes_failing on agent_policy.refreshes (failing_since) where failing_since is not null`,
  `create table agent_policy.redeliveries (
     guid text primary key,
     attempt bigint not null,
     asked int not null,
     asked_at timestamptz not null)`,
  `create table agent_policy.chores (name text primary key, at timestamptz not null)`,
];
