// What did the eval suites of the default branch say, last and before that?
import { sql } from 'kysely';
import type { CaseTotals } from '../domain/eval-results.js';
import { compactResults, readResults } from './compact-results.js';
import type { Database } from './database.js';
import type { EvalRuns } from './eval-runs.js';
import { storableJson, storableText } from './storable.js';

/** Of each suite: the newest, and the ten before it that tell a drift. */
const KEPT = 11;

export function openEvalBaselines(
  database: Database,
): Pick<EvalRuns, 'saveBaseline' | 'baselines' | 'baselineTotals' | 'prune'> {
  const newest = (repoId: number, suite: string, limit: number) =>
    database
      .query()
      .selectFrom('eval_baselines')
      .where('repo_id', '=', repoId)
      .where('suite', '=', storableText(suite))
      .orderBy('at', 'desc')
      .orderBy('run_id', 'desc')
      .limit(limit);
  return {
    async saveBaseline(repoId, suite, { runId, headSha, url, at, results }) {
      const values = {
        head_sha: headSha,
        url: url === null ? null : storableText(url),
        at,
        totals: sql`${storableJson(results.runs.map(({ totals }) => totals))}::text::jsonb`,
        results: sql`${storableJson(compactResults(results))}::text::jsonb`,
      };
      await database
        .query()
        .insertInto('eval_baselines')
        .values({ repo_id: repoId, suite: storableText(suite), run_id: runId, ...values })
        .onConflict((conflict) => conflict.columns(['repo_id', 'suite', 'run_id']).doUpdateSet(values))
        .execute();
      await database
        .query()
        .deleteFrom('eval_baselines')
        .where('repo_id', '=', repoId)
        .where('suite', '=', storableText(suite))
        .where('run_id', 'not in', newest(repoId, suite, KEPT).select('run_id'))
        .execute();
    },
    async baselines(repoId, suite, limit) {
      const rows = await newest(repoId, suite, limit)
        .select(['run_id', 'head_sha', 'url', 'at', 'results'])
        .execute();
      return rows.map((row) => ({
        runId: row.run_id,
        headSha: row.head_sha,
        url: row.url,
        at: row.at,
        results: readResults(row.results),
      }));
    },
    async baselineTotals(repoId, suite, limit) {
      const rows = await newest(repoId, suite, limit)
        .select(['run_id', 'head_sha', 'url', 'at', 'totals'])
        .execute();
      return rows.map((row) => ({
        runId: row.run_id,
        headSha: row.head_sha,
        url: row.url,
        at: row.at,
        totals: row.totals as readonly CaseTotals[],
      }));
    },
    async prune(before) {
      // A suite that has not run for long still has its last baseline: GitHub has lost the artifact by then.
      await database
        .query()
        .deleteFrom('eval_baselines')
        .where('at', '<', before)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('eval_baselines as newer')
              .select('newer.run_id')
              .whereRef('newer.repo_id', '=', 'eval_baselines.repo_id')
              .whereRef('newer.suite', '=', 'eval_baselines.suite')
              .whereRef('newer.at', '>', 'eval_baselines.at'),
          ),
        )
        .execute();
    },
  };
}
