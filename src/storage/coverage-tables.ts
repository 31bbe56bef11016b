// Which tables hold coverage?
import type { ColumnType } from 'kysely';

export interface CoverageTables {
  coverage_heads: {
    repo_id: number;
    head_sha: string;
    mark: number;
    seen_at: Date;
    missed_at: Date | null;
  };
  coverage_results: {
    repo_id: number;
    head_sha: string;
    key: string;
    mark: number;
    value: ColumnType<unknown, unknown, unknown>;
    at: Date;
  };
  coverage_changes: {
    repo_id: number;
    pr: number;
    source: string;
    head_sha: string;
    base_ref: string;
    covered: number | null;
    executable: number | null;
    patch_covered: number;
    patch_executable: number;
    measured_at: Date;
    merged_at: Date | null;
  };
}

export const COVERAGE_MIGRATION: readonly string[] = [
  `create table agent_policy.coverage_heads (
     repo_id bigint not null,
     head_sha text not null,
     mark bigint not null,
     seen_at timestamptz not null,
     missed_at timestamptz,
     primary key (repo_id, head_sha))`,
  'create index coverage_heads_seen_at on agent_policy.coverage_heads (seen_at)',
  `create table agent_policy.coverage_results (
     repo_id bigint not null,
     head_sha text not null,
     key text not null,
     mark bigint not null,
     value jsonb not null,
     at timestamptz not null,
     primary key (repo_id, head_sha, key))`,
  'create index coverage_results_at on agent_policy.coverage_results (at)',
  `create table agent_policy.coverage_changes (
     repo_id bigint not null,
     pr bigint not null,
     source text not null,
     head_sha text not null,
     base_ref text not null,
     covered bigint,
     executable bigint,
     patch_covered bigint not null,
     patch_executable bigint not null,
     measured_at timestamptz not null,
     merged_at timestamptz,
     primary key (repo_id, pr, source))`,
  `create index coverage_changes_merged on agent_policy.coverage_changes (repo_id, source, merged_at desc)
     where merged_at is not null`,
];
