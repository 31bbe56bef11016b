// Which columns does each table have, as both engines hand them out?
// Times are `timestamptz` (a `Date` on both), ids `bigint` read as numbers: GitHub's ids stay far below 2^53.
import type { ColumnType, Generated } from 'kysely';
import type { CoverageTables } from './coverage-tables.js';
import type { EvalTables } from './eval-tables.js';
import type { HealingTables } from './healing-tables.js';

/** Written as JSON text with an explicit cast, read as the parsed value. */
type Json = ColumnType<unknown, unknown, unknown>;

export interface Tables extends CoverageTables, EvalTables, HealingTables {
  deliveries: {
    id: string;
    event: string;
    action: string | null;
    installation: number | null;
    outcome: 'queued' | 'ignored' | 'not understood';
    payload: Json;
    received_at: Date;
  };
  heads: {
    repo_id: number;
    job_key: string;
    pr: number | null;
    head_sha: string;
    base_ref: string;
    open: boolean;
    as_of: Date;
  };
  pushes: {
    id: Generated<number>;
    repo_id: number;
    pr: number;
    login: string;
    account_id: number | null;
    account_type: string | null;
    head_sha: string;
    at: Date;
  };
  commit_pushes: {
    repo_id: number;
    sha: string;
    login: string;
    account_id: number | null;
    account_type: string | null;
    at: Date;
  };
  evidence: {
    repo_id: number;
    kind: string;
    key: string;
    agent: string;
    what: string;
    seen_in: string;
    seen_at: Date;
  };
  digests: { repo_id: number; pr: number; base_ref: string; head_sha: string; digest: string };
  decisions: {
    id: Generated<number>;
    repo_id: number;
    pr: number | null;
    head_sha: string;
    policy_digest: string | null;
    gate: string;
    decision: Json;
    decided_at: Date;
  };
  policies_seen: {
    scope: string;
    sha: string | null;
    digest: string;
    seen_at: Date;
    removed_at: Date | null;
  };
  cache: { installation: number; key: string; value: Json; expires_at: Date };
  installations: { id: number; account: string; state: 'active' | 'suspended' | 'deleted'; as_of: Date };
  requesters: { repo_id: number; pr: number; login: string; seen_at: Date };
  tightened: { repo_id: number; pr: number; mark: number; at: Date };
}
