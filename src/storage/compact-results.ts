// How are eval results kept small in a column?
// A suite can have 100,000 cases that repeat the same keys, categories and tags: a list per field instead of an
// object per case is a third of the text, and is written and read as much faster.
import type { CaseStatus, CaseTotals, EvalCase, EvalResults, EvalRun } from '../domain/eval-results.js';

/** Fields that are new get a new version, so that rows of both can be read. */
const VERSION = 1;

/** One letter for each case, in the order of `ids`. */
const LETTERS = { passed: 'p', failed: 'f', errored: 'e', skipped: 's' } as const;
const STATUS: Readonly<Record<string, CaseStatus>> = {
  p: 'passed',
  f: 'failed',
  e: 'errored',
  s: 'skipped',
};

interface CompactRun {
  readonly totals: CaseTotals;
  readonly ids: readonly string[];
  readonly status: string;
  /** Categories and tags, each once. */
  readonly names: readonly string[];
  /** Per case the place in `names`; -1: none. */
  readonly categories: readonly number[];
  /** Case, then its tags' places in `names`. */
  readonly tags: readonly (readonly number[])[];
  readonly messages: readonly (readonly [number, string])[];
  readonly seconds: readonly (number | null)[];
  readonly failedBefore: readonly number[];
}

interface Compact extends Omit<EvalResults, 'runs'> {
  readonly version: typeof VERSION;
  readonly runs: readonly CompactRun[];
}

export function compactResults(results: EvalResults): unknown {
  const compact: Compact = { ...results, version: VERSION, runs: results.runs.map(compactRun) };
  return compact;
}

/** Throws on what `compactResults` did not write. */
export function readResults(stored: unknown): EvalResults {
  const { version, runs, ...rest } = stored as Compact;
  if (version !== VERSION)
    throw new Error(`read eval results: the row has version ${version}, this version reads ${VERSION}.`);
  return { ...rest, runs: runs.map(readRun) };
}

function compactRun({ totals, cases }: EvalRun): CompactRun {
  const places = new Map<string, number>();
  const place = (name: string) => {
    const known = places.get(name);
    if (known !== undefined) return known;
    places.set(name, places.size);
    return places.size - 1;
  };
  const tags: number[][] = [];
  const messages: [number, string][] = [];
  const failedBefore: number[] = [];
  const categories = cases.map((each, index) => {
    if (each.tags.length > 0) tags.push([index, ...each.tags.map(place)]);
    if (each.message !== null) messages.push([index, each.message]);
    if (each.failedBefore) failedBefore.push(index);
    return each.category === null ? -1 : place(each.category);
  });
  return {
    totals,
    ids: cases.map(({ id }) => id),
    status: cases.map(({ status }) => LETTERS[status]).join(''),
    names: [...places.keys()],
    categories,
    tags,
    messages,
    seconds: cases.map(({ seconds }) => seconds),
    failedBefore,
  };
}

function readRun(run: CompactRun): EvalRun {
  const tags = new Map(run.tags.map(([index, ...places]) => [index!, places.map((at) => run.names[at]!)]));
  const messages = new Map(run.messages);
  const failedBefore = new Set(run.failedBefore);
  const cases = run.ids.map((id, index): EvalCase => {
    const category = run.categories[index]!;
    return {
      id,
      category: category === -1 ? null : run.names[category]!,
      tags: tags.get(index) ?? [],
      status: STATUS[run.status[index]!]!,
      message: messages.get(index) ?? null,
      seconds: run.seconds[index] ?? null,
      failedBefore: failedBefore.has(index),
    };
  });
  return { totals: run.totals, cases };
}
