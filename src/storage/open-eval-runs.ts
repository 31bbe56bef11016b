// How are the runs of eval suites opened on a database?
import type { Database } from './database.js';
import { openEvalBaselines } from './eval-baselines.js';
import { openEvalPresses } from './eval-presses.js';
import { openEvalRows } from './eval-rows.js';
import type { EvalRuns } from './eval-runs.js';

export function openEvalRuns(database: Database): EvalRuns {
  const rows = openEvalRows(database);
  const presses = openEvalPresses(database);
  const baselines = openEvalBaselines(database);
  return {
    ...rows,
    ...presses,
    ...baselines,
    async prune(before) {
      await rows.prune(before);
      await presses.prune(before);
      await baselines.prune(before);
    },
  };
}
