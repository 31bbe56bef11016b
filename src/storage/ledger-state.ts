// How far has each repository's history been read, and by what is it corrected?
import type { LedgerSpan, OutcomeRecord } from '../domain/ledger.js';
import { type AppliedCorrection, NOT_CORRECTED } from '../domain/quality.js';
import type { Database } from './database.js';
import type { Ledger, LedgerState } from './ledger.js';
import { cutText } from './ledger-values.js';
import { storableJson } from './storable.js';

export interface StateRow {
  readonly repo_id: number;
  readonly owner: string;
  readonly repo: string;
  readonly window_seconds: number;
  readonly half_life_seconds: number;
  /** The moment that weights are kept as of. */
  readonly weighed_at: number;
  readonly wanted_from: number;
  readonly read_from: number | null;
  readonly newest_sha: string | null;
  readonly cursor: string | null;
  /** Changes merged before are not counted. */
  readonly counted_from: number;
  readonly oldest_at: number | null;
  readonly newest_at: number | null;
  /** Order on the trunk among changes of the same second. */
  readonly front_seq: number;
  readonly back_seq: number;
  readonly corrected_at: number | null;
  readonly correction: AppliedCorrection;
  readonly outcomes: OutcomeRecord;
}

async function findState(database: Database, repoId: number): Promise<StateRow | null> {
  const { rows } = await database.executeSql(
    'select * from agent_policy.ledger_state where repo_id = $1::bigint',
    [repoId],
  );
  return (rows[0] as StateRow | undefined) ?? null;
}

/** Every writer of a repository waits here first, so that none deadlocks with another. */
export async function lockState(database: Database, repoId: number, deed: string): Promise<StateRow> {
  const { rows } = await database.executeSql(
    'select * from agent_policy.ledger_state where repo_id = $1::bigint for update',
    [repoId],
  );
  const state = rows[0] as StateRow | undefined;
  if (state === undefined)
    throw new Error(`${deed}: repository ${repoId} has no ledger yet. Open it with its name and span first.`);
  return state;
}

/** The same for what may be written before the ledger is opened. */
export async function holdState(database: Database, repoId: number): Promise<void> {
  await database.executeSql('select from agent_policy.ledger_state where repo_id = $1::bigint for update', [
    repoId,
  ]);
}

export type LedgerStates = Pick<Ledger, 'find' | 'findByName' | 'open' | 'due' | 'saveProgress'>;

export function openLedgerStates(database: Database, now: () => number): LedgerStates {
  return {
    async find(repoId) {
      const row = await findState(database, repoId);
      return row === null ? null : stateOf(row);
    },
    async findByName(owner, repo) {
      const { rows } = await database.executeSql(
        `select * from agent_policy.ledger_state
         where lower(owner) = lower($1) and lower(repo) = lower($2) order by named_at desc limit 1`,
        [cutText(owner, 200), cutText(repo, 200)],
      );
      return rows[0] === undefined ? null : stateOf(rows[0] as StateRow);
    },
    async open(repoId, { owner, repo, span, wantedFrom }) {
      const { rows } = await database.executeSql(
        `insert into agent_policy.ledger_state
           (repo_id, owner, repo, window_seconds, half_life_seconds, weighed_at, wanted_from, correction, outcomes)
         values ($1::bigint, $2, $3, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::jsonb, $9::jsonb)
         on conflict (repo_id) do update
           set owner = excluded.owner, repo = excluded.repo, named_at = clock_timestamp()
         returning *`,
        [
          repoId,
          cutText(owner, 200),
          cutText(repo, 200),
          secondsOf(span.windowSeconds),
          secondsOf(span.halfLifeSeconds),
          Math.max(now(), Math.trunc(wantedFrom + span.windowSeconds)),
          Math.trunc(wantedFrom),
          storableJson(NOT_CORRECTED),
          storableJson(NO_OUTCOMES),
        ],
      );
      return stateOf(rows[0] as StateRow);
    },
    async due(correctedBefore) {
      const { rows } = await database.executeSql(
        `select * from agent_policy.ledger_state
         where corrected_at is null or corrected_at <= $1::bigint or read_from is null or read_from > wanted_from
         order by repo_id`,
        [Math.trunc(correctedBefore)],
      );
      return (rows as StateRow[]).map(stateOf);
    },
    async saveProgress(repoId, { readFrom, newestSha, cursor, wantedFrom }) {
      await database.executeSql(
        `update agent_policy.ledger_state
         set read_from = coalesce($2::bigint, read_from),
           newest_sha = coalesce($3, newest_sha),
           cursor = case when $4::boolean then $5 else cursor end,
           wanted_from = coalesce($6::bigint, wanted_from)
         where repo_id = $1::bigint`,
        [
          repoId,
          readFrom === undefined ? null : Math.trunc(readFrom),
          newestSha ?? null,
          cursor !== undefined,
          cursor ?? null,
          wantedFrom === undefined ? null : Math.trunc(wantedFrom),
        ],
      );
    },
  };
}

const NO_OUTCOMES: OutcomeRecord = { expected: 0, failed: 0, changes: 0, asOf: 0 };

export function secondsOf(seconds: number): number {
  return Math.max(1, Math.trunc(seconds));
}

export function spanOf(row: StateRow): LedgerSpan {
  return { windowSeconds: row.window_seconds, halfLifeSeconds: row.half_life_seconds };
}

function stateOf(row: StateRow): LedgerState {
  return {
    repoId: row.repo_id,
    owner: row.owner,
    repo: row.repo,
    span: spanOf(row),
    wantedFrom: row.wanted_from,
    readFrom: row.read_from,
    newestSha: row.newest_sha,
    cursor: row.cursor,
    correction: row.correction,
    outcomes: row.outcomes,
  };
}
