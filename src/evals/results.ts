// What came of reading eval results?
import type { CaseStatus, CaseTotals, EvalResults } from '../domain/eval-results.js';
import type { Message } from '../domain/message.js';

export type EvalReading =
  | { readonly kind: 'read'; readonly results: EvalResults }
  /**
   * `missing`: no results in a known form. `empty`: none with a case. `stale`: of another commit. `incomplete`: the
   * tool says itself that it did not finish. None of them is a pass, nor a failed case. All in words.
   */
  | {
      readonly kind: 'missing' | 'empty' | 'stale' | 'incomplete' | 'malformed' | 'too-large';
      readonly why: Message;
    };

export function countStatuses(cases: readonly { readonly status: CaseStatus }[]): CaseTotals {
  const totals = { cases: cases.length, passed: 0, failed: 0, errored: 0, skipped: 0 };
  for (const { status } of cases) totals[status] += 1;
  return totals;
}
