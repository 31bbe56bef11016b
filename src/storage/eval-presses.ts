// Who pressed a button for evals, and has it been acted upon?
import type { Database } from './database.js';
import type { EvalRuns } from './eval-runs.js';
import { storableText } from './storable.js';

export function openEvalPresses(
  database: Database,
): Pick<EvalRuns, 'press' | 'presses' | 'settlePress' | 'prune'> {
  return {
    async press({ repoId, headSha, login, at }) {
      await database
        .query()
        .insertInto('eval_presses')
        .values({ repo_id: repoId, head_sha: headSha, login: storableText(login), at, settled: false })
        .execute();
    },
    async presses(repoId, headSha) {
      const rows = await database
        .query()
        .selectFrom('eval_presses')
        .select(['id', 'login', 'at'])
        .where('repo_id', '=', repoId)
        .where('head_sha', '=', headSha)
        .where('settled', '=', false)
        .orderBy('id')
        .execute();
      return rows.map((row) => ({ ...row, repoId, headSha }));
    },
    async settlePress(id) {
      await database
        .query()
        .updateTable('eval_presses')
        .set({ settled: true })
        .where('id', '=', id)
        .execute();
    },
    async prune(before) {
      await database.query().deleteFrom('eval_presses').where('at', '<', before).execute();
    },
  };
}
