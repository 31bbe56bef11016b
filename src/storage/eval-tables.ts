// Which tables hold the runs of eval suites?
import type { ColumnType, Generated } from 'kysely';

/** Written as JSON text with an explicit cast, read as the parsed value. */
type Json = ColumnType<unknown, unknown, unknown>;

export interface EvalTables {
  eval_runs: {
    id: Generated<number>;
    repo_id: number;
    pr: number;
    suite: string;
    head_sha: string;
    diff_digest: string | null;
    round: number;
    attempt: number;
    nonce: string;
    workflow: string;
    requested_by: string | null;
    planned_at: Date;
    dispatched_at: Date | null;
    run_id: number | null;
    run_url: string | null;
    started_at: Date | null;
    ended_at: Date | null;
    end_kind: string | null;
    /** Of an end without results. */
    end_why: string | null;
    end_retryable: boolean | null;
    end_by: string | null;
    results: Json;
  };
  eval_presses: {
    id: Generated<number>;
    repo_id: number;
    head_sha: string;
    login: string;
    at: Date;
    settled: boolean;
  };
  eval_baselines: {
    repo_id: number;
    suite: string;
    run_id: number;
    head_sha: string;
    url: string | null;
    at: Date;
    /** Of each run, so that drift is seen without reading the cases. */
    totals: Json;
    results: Json;
  };
}

export const EVAL_STATEMENTS: readonly string[] = [
  `create table agent_policy.eval_runs (
     id bigint generated always as identity primary key,
     repo_id bigint not null,
     pr bigint not null,
     suite text not null,
     head_sha text not null,
     diff_digest text,
     round int not null,
     attempt int not null,
     nonce text not null,
     workflow text not null,
     requested_by text,
     planned_at timestamptz not null,
     dispatched_at timestamptz,
     run_id bigint,
     run_url text,
     started_at timestamptz,
     ended_at timestamptz,
     end_kind text,
     end_why text,
     end_retryable boolean,
     end_by text,
     results jsonb)`,
  // However many events ask at once, one of them starts the run.
  `create unique index eval_runs_once
     on agent_policy.eval_runs (repo_id, pr, suite, head_sha, round, attempt)`,
  'create index eval_runs_by_head on agent_policy.eval_runs (repo_id, head_sha)',
  'create index eval_runs_by_run on agent_policy.eval_runs (repo_id, run_id) where run_id is not null',
  'create index eval_runs_by_nonce on agent_policy.eval_runs (repo_id, nonce)',
  'create index eval_runs_planned_at on agent_policy.eval_runs (planned_at)',
  `create table agent_policy.eval_presses (
     id bigint generated always as identity primary key,
     repo_id bigint not null,
     head_sha text not null,
     login text not null,
     at timestamptz not null,
     settled boolean not null)`,
  'create index eval_presses_open on agent_policy.eval_presses (repo_id, head_sha) where not settled',
  `create table agent_policy.eval_baselines (
     repo_id bigint not null,
     suite text not null,
     run_id bigint not null,
     head_sha text not null,
     url text,
     at timestamptz not null,
     totals jsonb not null,
     results jsonb not null,
     primary key (repo_id, suite, run_id))`,
  'create index eval_baselines_newest on agent_policy.eval_baselines (repo_id, suite, at desc)',
];
