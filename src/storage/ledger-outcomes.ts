// What became of each recorded change, and what said so?
import { OUTCOME_AGING } from '../domain/ledger.js';
import { isFailure } from '../domain/outcome.js';
import type { Database } from './database.js';
import type { Ledger, SetOutcome } from './ledger.js';
import { type CounterMove, markFiles, moveCounters } from './ledger-counters.js';
import { holdState, lockState, type StateRow } from './ledger-state.js';
import { cutText, IS_FAILURE, shareOf } from './ledger-values.js';
import { storableJson } from './storable.js';

const NAMED_CHARACTERS = 500;
const BY_CHARACTERS = 200;

export type LedgerOutcomes = Pick<
  Ledger,
  'saveLinks' | 'readLinks' | 'setOutcomes' | 'readOutcomes' | 'saveDeployment' | 'readDeployments'
>;

export function openLedgerOutcomes(database: Database): LedgerOutcomes {
  const ask = async (text: string, values: readonly unknown[]) =>
    (await database.executeSql(text, values)).rows;

  return {
    async saveLinks(repoId, links) {
      if (links.length === 0) return;
      await holdState(database, repoId);
      const rows = links.map((link) => ({
        change: cutText(link.change, BY_CHARACTERS),
        kind: link.kind,
        by: cutText(link.by, BY_CHARACTERS),
        form: cutText(link.form, BY_CHARACTERS),
        named: cutText(link.named, NAMED_CHARACTERS),
        proof: link.proof,
        share: shareOf(link.share),
        at: Math.trunc(link.at),
      }));
      // Read again, a link may be proved better than before; it is never made worse.
      await ask(
        `insert into agent_policy.ledger_links as t (repo_id, change, kind, by, form, named, proof, share, at)
         select distinct on (d.change, d.kind, d.by) $1::bigint, d.change, d.kind, d.by, d.form, d.named, d.proof, d.share, d.at
         from json_to_recordset($2::json) as d(change text, kind text, by text, form text, named text, proof text,
           share float8, at bigint)
         order by d.change, d.kind, d.by, ${rankOf('d.proof')} desc
         on conflict (repo_id, change, kind, by) do update
           set form = excluded.form, named = excluded.named, proof = excluded.proof, share = excluded.share
           where ${rankOf('excluded.proof')} > ${rankOf('t.proof')}`,
        [repoId, storableJson(rows)],
      );
    },
    async readLinks(repoId) {
      return (await ask(
        `select change, kind, by, form, named, proof, share, at from agent_policy.ledger_links
         where repo_id = $1::bigint order by at, change, kind, by`,
        [repoId],
      )) as Awaited<ReturnType<Ledger['readLinks']>>;
    },
    setOutcomes: async (repoId, outcomes, now) => {
      if (outcomes.length === 0) return;
      await database.inTransaction(async () => {
        const state = await lockState(database, repoId, 'set the outcome of merged changes');
        await setOutcomes(database, state, outcomes, now);
      });
    },
    async readOutcomes(repoId) {
      return (await ask(
        `select sha, outcome, outcome_at as at, outcome_by as by, outcome_share as share
         from agent_policy.ledger_changes where repo_id = $1::bigint and outcome <> 'kept'
         order by outcome_at, sha`,
        [repoId],
      )) as SetOutcome[];
    },
    async saveDeployment(repoId, deployment) {
      const at = new Date(deployment.at);
      if (Number.isNaN(at.getTime())) {
        throw new Error(`save deployment ${deployment.id}: "${deployment.at}" is no ISO 8601 time.`);
      }
      await holdState(database, repoId);
      // Statuses of one deployment arrive in any order.
      await ask(
        `insert into agent_policy.ledger_deployments as t (repo_id, environment, id, sha, state, at)
         values ($1::bigint, $2, $3, $4, $5, $6::timestamptz)
         on conflict (repo_id, environment, id) do update
           set sha = excluded.sha, state = excluded.state, at = excluded.at where t.at <= excluded.at`,
        [
          repoId,
          cutText(deployment.environment, BY_CHARACTERS),
          cutText(deployment.id, BY_CHARACTERS),
          cutText(deployment.sha, BY_CHARACTERS),
          cutText(deployment.state, BY_CHARACTERS),
          at,
        ],
      );
    },
    async readDeployments(repoId, environment, limit) {
      const rows = await ask(
        `select id, environment, sha, state, at from agent_policy.ledger_deployments
         where repo_id = $1::bigint and environment = $2 order by at desc, id desc limit $3::int`,
        [repoId, cutText(environment, BY_CHARACTERS), limit],
      );
      return rows.reverse().map((row) => ({ ...row, at: row.at.toISOString() }));
    },
  };
}

function rankOf(proof: string): string {
  return `case ${proof} when 'diff' then 2 when 'ancestry' then 1 else 0 end`;
}

async function setOutcomes(
  database: Database,
  state: StateRow,
  outcomes: readonly SetOutcome[],
  now: number,
): Promise<void> {
  // Of several words on one change the last counts.
  const bySha = new Map(outcomes.map((outcome) => [cutText(outcome.sha, BY_CHARACTERS), outcome]));
  const { rows } = await database.executeSql(
    `select id, sha, merged_at, is_ordinary, counted, ripe_counted, is_ordinary and outcome ${IS_FAILURE} as was_failed
     from agent_policy.ledger_changes where repo_id = $1::bigint and sha = any($2::text[]) order by id`,
    [state.repo_id, [...bySha.keys()]],
  );
  const moves: CounterMove[] = [];
  let { expected, failed } = state.outcomes;
  const asOf = Math.max(state.outcomes.asOf, now);
  const aged = 2 ** ((state.outcomes.asOf - asOf) / OUTCOME_AGING.halfLifeSeconds);
  expected *= aged;
  failed *= aged;
  let isCorrected = false;
  for (const row of rows) {
    const isFailed = row.is_ordinary && isFailure(bySha.get(row.sha)!.outcome);
    if (isFailed === row.was_failed) continue;
    const sign = isFailed ? 1 : -1;
    const at = bySha.get(row.sha)!.at;
    if (row.counted) {
      moves.push({
        id: row.id,
        changes: 0,
        failed: sign,
        failed_at: isFailed ? Math.trunc(at ?? now) : null,
      });
    }
    if (!row.ripe_counted) continue;
    isCorrected = true;
    const ripeSince = asOf - row.merged_at - OUTCOME_AGING.ripeningSeconds;
    failed = Math.max(0, failed + sign * 2 ** (-Math.max(0, ripeSince) / OUTCOME_AGING.halfLifeSeconds));
  }
  await database.executeSql(
    `update agent_policy.ledger_changes c
     set outcome = d.outcome, outcome_at = d.at, outcome_by = d.by, outcome_share = d.share
     from json_to_recordset($1::json) as d(id bigint, outcome text, at bigint, by text, share float8)
     where c.id = d.id`,
    [
      storableJson(
        rows.map(({ id, sha }) => {
          const { outcome, at, by, share } = bySha.get(sha)!;
          return {
            id,
            outcome,
            at: at === null ? null : Math.trunc(at),
            by: by === null ? null : cutText(by, BY_CHARACTERS),
            share: shareOf(share),
          };
        }),
      ),
    ],
  );
  await moveCounters(database, state.repo_id, moves);
  await markFiles(
    database,
    rows.map(({ id }) => id),
  );
  if (!isCorrected) return;
  await database.executeSql(
    'update agent_policy.ledger_state set outcomes = $2::jsonb where repo_id = $1::bigint',
    [state.repo_id, storableJson({ ...state.outcomes, expected, failed, asOf })],
  );
}
