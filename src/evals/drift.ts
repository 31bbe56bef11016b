// Does the default branch answer otherwise than it used to, although nobody meant it to?
import type { CaseTotals } from '../domain/eval-results.js';
import type { SuiteBaseline } from '../domain/evals.js';

export interface Drift {
  /** Passes and cases of the newest run. */
  readonly now: { readonly passed: number; readonly cases: number };
  /** The same of the runs before it, together. */
  readonly before: { readonly passed: number; readonly cases: number; readonly runs: number };
}

const FEWEST_RUNS = 3;
const FEWEST_CASES = 2;
/** 97.5th percentile of the normal distribution. */
const Z = 1.959964;

/**
 * The newest share of passes is farther from that of the runs before than chance explains: the two-proportion test
 * at 95 % (NIST/SEMATECH e-Handbook of Statistical Methods, 7.3.3), and at least two cases. `null`: it is not, or
 * there are fewer than three runs to compare with. `passed` and `cases` are of the newest run.
 */
export function findDrift(
  { passed, cases }: Pick<CaseTotals, 'passed' | 'cases'>,
  { earlier }: Pick<SuiteBaseline, 'earlier'>,
): Drift | null {
  if (earlier.length < FEWEST_RUNS) return null;
  const before = {
    passed: earlier.reduce((sum, one) => sum + one.passed, 0),
    cases: earlier.reduce((sum, one) => sum + one.cases, 0),
    runs: earlier.length,
  };
  if (cases === 0 || before.cases === 0) return null;
  const usual = before.passed / before.cases;
  const apart = Math.abs(passed / cases - usual);
  const pooled = (passed + before.passed) / (cases + before.cases);
  const reach = Z * Math.sqrt(pooled * (1 - pooled) * (1 / cases + 1 / before.cases));
  const isFar = apart > reach && apart * cases >= FEWEST_CASES;
  return isFar ? { now: { passed, cases }, before } : null;
}
