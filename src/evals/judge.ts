// Is what a policy asks of one eval suite met by its results?

import type { CaseTotals } from '../domain/eval-results.js';
import { compileCategoryGlob } from './category-globs.js';
import { findConcerns, findReasons } from './judge-reasons.js';
import type { JudgedCase, Reason, SuiteDemand, SuiteEvidence, SuiteJudgement } from './judgement.js';
import { mergeRuns } from './merge-runs.js';
import { formatShare, neededPasses } from './percent.js';
import { countStatuses } from './results.js';

const MAX_WORST = 100;
const MAX_NAMED = 10;

export function judgeSuite({ results, baseline }: SuiteEvidence, demand: SuiteDemand): SuiteJudgement {
  const before = baseline === null ? null : mergeRuns(baseline);
  const zero = demand.zeroTolerance.map(compileCategoryGlob);
  const cases = [...mergeRuns(results).values()].map((each): JudgedCase => {
    const isTouchy = zero.some((matches) => matches(each.names));
    return {
      ...each,
      isZeroTolerance: isTouchy && (each.everFailed || each.status !== 'passed'),
      isRegression: each.status !== 'passed' && before?.get(each.id)?.status === 'passed',
    };
  });
  const totals = countStatuses(cases);
  const needed = neededPasses(demand.passRate, totals.cases);
  const judged = { cases, before, totals, needed };
  const reasons = findReasons(judged, demand);
  const flaky = cases.filter(({ isFlaky }) => isFlaky);
  return {
    state: reasons.length === 0 ? 'passed' : 'failed',
    totals,
    needed,
    passRate: demand.passRate,
    byCategory: countByCategory(cases),
    reasons,
    concerns: findConcerns(judged, demand),
    worst: cases.filter(isWrong).sort(compareWorst).slice(0, MAX_WORST),
    flaky: { count: flaky.length, ids: flaky.slice(0, MAX_NAMED).map(({ id }) => id) },
    repair: findRepair(cases, totals, needed, reasons),
    baseline: before === null ? null : countStatuses([...before.values()]),
    runs: results.reduce((sum, { runs }) => sum + runs.length, 0),
    cost: addUp(results.map(({ cost }) => cost)),
    tokens: addUp(results.map(({ tokens }) => tokens)),
    notes: results.flatMap(({ notes }) => notes),
  };
}

function isWrong({ status, isZeroTolerance }: JudgedCase): boolean {
  return status !== 'passed' || isZeroTolerance;
}

function compareWorst(a: JudgedCase, b: JudgedCase): number {
  return badness(b) - badness(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

const BADNESS = { failed: 3, errored: 2, skipped: 1, passed: 0 } as const;

function badness({ status, isZeroTolerance, isRegression }: JudgedCase): number {
  return (isZeroTolerance ? 8 : 0) + (isRegression ? 4 : 0) + BADNESS[status];
}

function countByCategory(cases: readonly JudgedCase[]): SuiteJudgement['byCategory'] {
  const counts = new Map<string | null, number>();
  for (const { status, category } of cases) {
    if (status !== 'passed') counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return [...counts]
    .map(([category, count]) => ({ category, cases: count }))
    .sort((a, b) => b.cases - a.cases);
}

/** Reasons that are gone as soon as cases pass; a missing case or category is not brought back by that. */
const REPAIRABLE: ReadonlySet<Reason['kind']> = new Set(['pass-rate', 'zero-tolerance', 'regressions']);

/** All that must pass by itself, and as many of the others as the threshold asks for. */
function findRepair(
  cases: readonly JudgedCase[],
  totals: CaseTotals,
  needed: number,
  reasons: readonly Reason[],
): SuiteJudgement['repair'] {
  if (reasons.length === 0 || reasons.some(({ kind }) => !REPAIRABLE.has(kind))) return null;
  const asksForAll = reasons.some(({ kind }) => kind === 'regressions');
  const wrong = cases.filter(isWrong).sort(compareWorst);
  const chosen = wrong.filter((each) => each.isZeroTolerance || (asksForAll && each.isRegression));
  if (chosen.length > MAX_WORST) return null;
  const gained = () => chosen.filter(({ status }) => status !== 'passed').length;
  for (const each of wrong) {
    if (totals.passed + gained() >= needed) break;
    if (!chosen.includes(each) && each.status !== 'passed') chosen.push(each);
    if (chosen.length > MAX_WORST) return null;
  }
  return { ids: chosen.map(({ id }) => id), share: formatShare(totals.passed + gained(), totals.cases) };
}

function addUp(figures: readonly (number | null)[]): number | null {
  return figures.reduce((sum, each) => (each === null ? sum : (sum ?? 0) + each), null);
}
