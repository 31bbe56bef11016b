// How are eval results kept small in a column?
// A suite can have 100,000 cases that repeat the same keys, categories and tags: a list per field instead of an
// object per case is a third of the text, and is written and read as much faster.
import type { CaseStatus, CaseTotals, EvalCase, EvalResults, EvalRun } from '../domain/eval-results.js';

/** Fields that are new get a new version, so that rows of both can be read. */
const VERSION = 1;

/** One letter for each case. */
const LETTERS = { passed: 'p', failed: 'f', errored: 'e', skipped: 's' } as const;
const STATUS: Readonly<Record<string, CaseStatus>> = {
  p: 'passed',
  f: 'failed',
  e: 'errored',
  s: 'skipped',
};

/**
 * Characters of all messages together. A thousand cases that fail keep theirs whole; of a hundred thousand each is cut
 * to the same share, because a row that no database takes would be written for ever.
 */
const MOST_TEXT = 4 * 1024 * 1024;

interface CompactRun {
  readonly totals: CaseTotals;
  /** Places in `ids`; `null`: the first ones, in that order, as in runs of the same suite. */
  readonly order: readonly number[] | null;
  readonly status: string;
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
  /** Each case once, over all runs. */
  readonly ids: readonly string[];
  /** Categories and tags, each once. */
  readonly names: readonly string[];
  readonly runs: readonly CompactRun[];
}

export function compactResults(results: EvalResults): unknown {
  const ids = createPlaces();
  const names = createPlaces();
  const cut = cutter(results);
  const runs = results.runs.map((run) => compactRun(run, ids, names, cut));
  const compact: Compact = { ...results, version: VERSION, ids: ids.list(), names: names.list(), runs };
  return compact;
}

/** Throws on what `compactResults` did not write. */
export function readResults(stored: unknown): EvalResults {
  const { version, ids, names, runs, ...rest } = stored as Compact;
  if (version !== VERSION)
    throw new Error(`read eval results: the row has version ${version}, this version reads ${VERSION}.`);
  return { ...rest, runs: runs.map((run) => readRun(run, ids, names)) };
}

interface Places {
  /** Of a text in the list; a new one comes last. */
  of(text: string): number;
  list(): readonly string[];
}

function createPlaces(): Places {
  const places = new Map<string, number>();
  return {
    of(text) {
      const known = places.get(text);
      if (known !== undefined) return known;
      places.set(text, places.size);
      return places.size - 1;
    },
    list: () => [...places.keys()],
  };
}

function cutter({ runs }: EvalResults): (message: string) => string {
  let messages = 0;
  let characters = 0;
  for (const { cases } of runs)
    for (const { message } of cases) {
      if (message === null) continue;
      messages += 1;
      characters += message.length;
    }
  if (characters <= MOST_TEXT) return (message) => message;
  const share = Math.floor(MOST_TEXT / messages);
  return (message) => (message.length <= share ? message : `${message.slice(0, Math.max(share - 1, 0))}…`);
}

function compactRun(
  { totals, cases }: EvalRun,
  ids: Places,
  names: Places,
  cut: (message: string) => string,
): CompactRun {
  const tags: number[][] = [];
  const messages: [number, string][] = [];
  const failedBefore: number[] = [];
  const categories = cases.map((each, index) => {
    if (each.tags.length > 0) tags.push([index, ...each.tags.map(names.of)]);
    if (each.message !== null) messages.push([index, cut(each.message)]);
    if (each.failedBefore) failedBefore.push(index);
    return each.category === null ? -1 : names.of(each.category);
  });
  const order = cases.map(({ id }) => ids.of(id));
  return {
    totals,
    order: order.every((at, index) => at === index) ? null : order,
    status: cases.map(({ status }) => LETTERS[status]).join(''),
    categories,
    tags,
    messages,
    seconds: cases.map(({ seconds }) => seconds),
    failedBefore,
  };
}

function readRun(run: CompactRun, ids: readonly string[], names: readonly string[]): EvalRun {
  const tags = new Map(run.tags.map(([index, ...places]) => [index!, places.map((at) => names[at]!)]));
  const messages = new Map(run.messages);
  const failedBefore = new Set(run.failedBefore);
  const cases = Array.from({ length: run.status.length }, (_, index): EvalCase => {
    const id = ids[run.order === null ? index : run.order[index]!]!;
    const category = run.categories[index]!;
    return {
      id,
      category: category === -1 ? null : names[category]!,
      tags: tags.get(index) ?? [],
      status: STATUS[run.status[index]!]!,
      message: messages.get(index) ?? null,
      seconds: run.seconds[index] ?? null,
      failedBefore: failedBefore.has(index),
    };
  });
  return { totals: run.totals, cases };
}
