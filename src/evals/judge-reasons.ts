// Why does a suite not pass, and what should be known although it does?

import type { CaseTotals } from '../domain/eval-results.js';
import { code, list, type Message, ours, say } from '../domain/message.js';
import { compileCategoryGlob } from './category-globs.js';
import type { Concern, JudgedCase, Reason, SuiteDemand } from './judgement.js';
import type { MergedCase } from './merge-runs.js';
import { formatPercent, formatShare } from './percent.js';

export interface Judged {
  readonly cases: readonly JudgedCase[];
  /** `null`: there is no baseline. */
  readonly before: ReadonlyMap<string, MergedCase> | null;
  readonly totals: CaseTotals;
  readonly needed: number;
}

const NAMED = 10;

export function findReasons(judged: Judged, demand: SuiteDemand): readonly Reason[] {
  if (judged.totals.cases === 0) {
    return [
      { kind: 'no-cases', what: say`No case was evaluated. Zero cases are no pass.`, count: 0, ids: [] },
    ];
  }
  return [
    ...findLowRate(judged, demand),
    ...findZeroTolerance(judged),
    ...findMissingCategories(judged, demand),
    ...findMissingCases(judged),
    ...findRegressions(judged, demand),
    ...findTooFewRuns(judged, demand),
  ];
}

function findLowRate({ totals: { passed, cases }, needed }: Judged, { passRate }: SuiteDemand): Reason[] {
  if (passed >= needed) return [];
  const what = say`${passed} of ${cases} ${ours(cases === 1 ? 'case passes' : 'cases pass')} (${ours(formatShare(passed, cases))}): ${ours(formatPercent(passRate))} needs ${needed}.`;
  return [{ kind: 'pass-rate', what, count: 0, ids: [] }];
}

function findZeroTolerance({ cases }: Judged): Reason[] {
  const hits = cases.filter(({ isZeroTolerance }) => isZeroTolerance);
  if (hits.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { category } of hits)
    counts.set(category ?? NO_CATEGORY, (counts.get(category ?? NO_CATEGORY) ?? 0) + 1);
  const all = [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => say`${count} ${code(name)}`);
  const shown =
    all.length > NAMED ? [...all.slice(0, NAMED), say`${all.length - NAMED} categories more`] : all;
  const lucky = hits.filter(({ status }) => status === 'passed').length;
  const more =
    lucky === 0
      ? say``
      : say` ${lucky} of them ${ours(lucky === 1 ? 'passes' : 'pass')} in most runs; one failure is enough.`;
  const what = say`Not one case may fail in a category of zero tolerance: ${list(shown)}.${more} ${nameCases(hits)}`;
  return [{ kind: 'zero-tolerance', what, count: hits.length, ids: idsOf(hits) }];
}

const NO_CATEGORY = 'no category';

function findMissingCategories({ cases }: Judged, { requiredCategories }: SuiteDemand): Reason[] {
  const names = distinctNames(cases.filter(({ status }) => status !== 'skipped'));
  const missing = requiredCategories.filter((glob) => !seesAny(glob, names));
  if (missing.length === 0) return [];
  const what = say`No case of a required category was run: ${list(missing.map((glob) => code(glob)))}.`;
  return [{ kind: 'missing-categories', what, count: missing.length, ids: [] }];
}

function findMissingCases({ cases, before }: Judged): Reason[] {
  if (before === null) return [];
  const here = new Set(cases.map(({ id }) => id));
  const missing = [...before.values()].filter(({ id }) => !here.has(id));
  if (missing.length === 0) return [];
  const what = say`${missing.length} ${ours(missing.length === 1 ? 'case' : 'cases')} of the default branch ${ours(missing.length === 1 ? 'is' : 'are')} missing here. ${nameCases(missing)}`;
  return [{ kind: 'missing-cases', what, count: missing.length, ids: idsOf(missing) }];
}

function findRegressions({ cases }: Judged, { maxRegressions }: SuiteDemand): Reason[] {
  const regressed = cases.filter(({ isRegression }) => isRegression);
  if (regressed.length <= maxRegressions) return [];
  const most = maxRegressions === 0 ? say`none is allowed` : say`at most ${maxRegressions} allowed`;
  const what = say`${regressed.length} ${ours(regressed.length === 1 ? 'case passes' : 'cases pass')} on the default branch and not here (${most}). ${nameCases(regressed)}`;
  return [{ kind: 'regressions', what, count: regressed.length, ids: idsOf(regressed) }];
}

function findTooFewRuns({ cases }: Judged, { runs }: SuiteDemand): Reason[] {
  const few = cases.filter(({ results }) => results < runs);
  if (few.length === 0) return [];
  const least = few.reduce((least, { results }) => Math.min(least, results), runs);
  const what = say`${few.length} ${ours(few.length === 1 ? 'case has' : 'cases have')} fewer than ${runs} results (${least} at the least). ${nameCases(few)}`;
  return [{ kind: 'too-few-runs', what, count: few.length, ids: idsOf(few) }];
}

export function findConcerns(judged: Judged, demand: SuiteDemand): readonly Concern[] {
  const { cases, before, totals } = judged;
  if (totals.cases === 0) return [];
  const names = distinctNames(cases);
  const unseen = demand.zeroTolerance.filter((glob) => !seesAny(glob, names));
  const notJudged = totals.errored + totals.skipped;
  const flaky = cases.filter(({ isFlaky }) => isFlaky);
  const found: (Concern | null)[] = [
    unseen.length === 0
      ? null
      : {
          kind: 'glob-unseen',
          what: say`No case has a category like ${list(
            unseen.map((glob) => code(glob)),
            'or',
          )}: zero tolerance for it guards nothing.`,
        },
    before === null
      ? {
          kind: 'no-baseline',
          what: say`There are no results of the default branch yet: regressions and missing cases are not looked for.`,
        }
      : null,
    findTooSmall(totals, demand),
    flaky.length === 0
      ? null
      : {
          kind: 'flaky',
          what: say`${flaky.length} ${ours(flaky.length === 1 ? 'case passes and fails' : 'cases pass and fail')} on the same change. ${nameCases(flaky)}`,
        },
    notJudged === 0
      ? null
      : {
          kind: 'not-judged',
          what: say`Counted as not passed: ${list([
            ...(totals.errored > 0 ? [say`${totals.errored} errored`] : []),
            ...(totals.skipped > 0 ? [say`${totals.skipped} skipped`] : []),
          ])}.`,
        },
  ];
  return found.filter((each) => each !== null);
}

/** 97.5th percentile of the normal distribution. */
const Z = 1.959964;

/**
 * Wilson's interval at 95 % (E. B. Wilson, 1927, J. Am. Stat. Assoc. 22, 209–212) has the threshold in it: another
 * draw of cases could fall on the other side. Where every case must pass there is nothing to estimate.
 */
function findTooSmall({ passed, cases }: CaseTotals, { passRate }: SuiteDemand): Concern | null {
  if (passRate >= 100 || passRate <= 0) return null;
  const share = passed / cases;
  const square = (Z * Z) / cases;
  const middle = (share + square / 2) / (1 + square);
  const reach = (Z / (1 + square)) * Math.sqrt((share * (1 - share)) / cases + square / (4 * cases));
  const [low, high] = [Math.max(0, middle - reach) * 100, Math.min(1, middle + reach) * 100];
  if (low >= passRate || high < passRate) return null;
  const range = `${low.toFixed(1)}% to ${high.toFixed(1)}%`;
  return {
    kind: 'too-small',
    what: say`${cases} ${ours(cases === 1 ? 'case is' : 'cases are')} too few to tell this result from ${ours(formatPercent(passRate))}: the true rate is ${ours(range)} (95% sure). More cases make it certain.`,
  };
}

function distinctNames(cases: readonly MergedCase[]): readonly string[] {
  const all = new Set<string>();
  for (const { names } of cases) for (const name of names) all.add(name);
  return [...all];
}

function seesAny(glob: string, names: readonly string[]): boolean {
  return compileCategoryGlob(glob)(names);
}

function idsOf(cases: readonly { readonly id: string }[]): readonly string[] {
  return cases.slice(0, NAMED).map(({ id }) => id);
}

function nameCases(cases: readonly { readonly id: string }[]): Message {
  const some = idsOf(cases).map((id) => code(id));
  return cases.length > NAMED
    ? say`The first ${NAMED}: ${list(some)}.`
    : say`${ours(cases.length === 1 ? 'Case' : 'Cases')}: ${list(some)}.`;
}
