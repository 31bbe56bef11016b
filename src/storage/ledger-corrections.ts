// Which changes are ripe to correct the shipped chances by, and what did earlier corrections say?
import type { AppliedCorrection } from '../domain/quality.js';
import type { Database } from './database.js';
import type { Ledger } from './ledger.js';
import { lockState } from './ledger-state.js';
import { IS_FAILURE } from './ledger-values.js';
import { storableJson } from './storable.js';

export type LedgerCorrections = Pick<Ledger, 'readRipe' | 'saveCorrection' | 'readCorrections'>;

export function openLedgerCorrections(database: Database): LedgerCorrections {
  return {
    async readRipe(repoId, mergedBefore, limit) {
      const { rows } = await database.executeSql(
        `select sha, merged_at, chance, outcome ${IS_FAILURE} as failed from agent_policy.ledger_changes
         where repo_id = $1::bigint and is_ordinary and not ripe_counted and chance is not null
           and -merged_at >= -$2::bigint
         order by -merged_at desc, -seq desc limit $3::int`,
        [repoId, Math.trunc(mergedBefore), limit],
      );
      return rows.map(({ sha, merged_at, chance, failed }) => ({ sha, mergedAt: merged_at, chance, failed }));
    },
    saveCorrection: (repoId, outcomes, correction, counted) =>
      database.inTransaction(async () => {
        await lockState(database, repoId, 'save the correction');
        await database.executeSql(
          `update agent_policy.ledger_changes set ripe_counted = true
           where repo_id = $1::bigint and sha = any($2::text[])`,
          [repoId, [...counted]],
        );
        await database.executeSql(
          `update agent_policy.ledger_state
           set outcomes = $2::jsonb, correction = $3::jsonb, corrected_at = $4::bigint
           where repo_id = $1::bigint`,
          [
            repoId,
            storableJson(outcomes),
            storableJson(correction),
            correction.at === null ? null : Math.trunc(correction.at),
          ],
        );
        await database.executeSql(
          'insert into agent_policy.ledger_corrections (repo_id, correction) values ($1::bigint, $2::jsonb)',
          [repoId, storableJson(correction)],
        );
      }),
    async readCorrections(repoId, limit) {
      const { rows } = await database.executeSql(
        `select correction from agent_policy.ledger_corrections
         where repo_id = $1::bigint order by id desc limit $2::int`,
        [repoId, limit],
      );
      return rows.map(({ correction }) => correction as AppliedCorrection);
    },
  };
}
