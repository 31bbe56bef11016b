// What became of each case over all runs: passed, failed, or both?
import type { CaseStatus, EvalResults } from '../domain/eval-results.js';

export interface MergedCase {
  readonly id: string;
  readonly category: string | null;
  /** Category and tags of all its results: what globs are held against. */
  readonly names: readonly string[];
  /** `passed` if more than half of its results are passes. */
  readonly status: CaseStatus;
  /** Of the first result that is no pass. */
  readonly message: string | null;
  readonly results: number;
  readonly passes: number;
  /** A result, or an attempt inside the tool, was a failure. */
  readonly everFailed: boolean;
  /** Passed and did not pass: under the same conditions it answers differently. */
  readonly isFlaky: boolean;
}

interface Open {
  readonly id: string;
  category: string | null;
  readonly names: string[];
  message: string | null;
  readonly counts: Record<CaseStatus, number>;
  failedBefore: boolean;
}

/** Results of one diff add up; in the order in which the cases come first. */
export function mergeRuns(results: readonly EvalResults[]): ReadonlyMap<string, MergedCase> {
  const open = new Map<string, Open>();
  for (const { runs } of results) {
    for (const { cases } of runs) {
      for (const each of cases) {
        let found = open.get(each.id);
        if (found === undefined) {
          found = {
            id: each.id,
            category: null,
            names: [],
            message: null,
            counts: { passed: 0, failed: 0, errored: 0, skipped: 0 },
            failedBefore: false,
          };
          open.set(each.id, found);
        }
        found.category ??= each.category;
        if (each.category !== null && !found.names.includes(each.category)) found.names.push(each.category);
        for (const tag of each.tags) if (!found.names.includes(tag)) found.names.push(tag);
        if (each.status !== 'passed') found.message ??= each.message;
        found.counts[each.status] += 1;
        if (each.failedBefore) found.failedBefore = true;
      }
    }
  }
  const merged = new Map<string, MergedCase>();
  for (const [id, each] of open) merged.set(id, close(each));
  return merged;
}

function close({ id, category, names, message, counts, failedBefore }: Open): MergedCase {
  const results = counts.passed + counts.failed + counts.errored + counts.skipped;
  return {
    id,
    category,
    names,
    status: statusOf(counts, results),
    message,
    results,
    passes: counts.passed,
    everFailed: counts.failed > 0 || failedBefore,
    isFlaky: counts.passed > 0 && (counts.passed < results || failedBefore),
  };
}

/** Half is no majority. */
function statusOf(counts: Readonly<Record<CaseStatus, number>>, results: number): CaseStatus {
  if (counts.passed * 2 > results) return 'passed';
  if (counts.failed > 0) return 'failed';
  return counts.errored > 0 ? 'errored' : 'skipped';
}
