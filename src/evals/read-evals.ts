// What do these files, or the files of an artifact, say about one suite?

import { EVAL_FORMATS, type EvalCase, type EvalFormat } from '../domain/eval-results.js';
import { code, list, type Message, ours, say } from '../domain/message.js';
import type { NamedFile } from '../formats/named-file.js';
import { Unreadable } from '../formats/unreadable.js';
import type { FileResults } from './collect.js';
import { readCtrf } from './ctrf.js';
import { type Detected, detect } from './detect.js';
import { Incomplete } from './incomplete.js';
import { readInspect } from './inspect.js';
import { readJunit } from './junit.js';
import { readOwn } from './own.js';
import { readPromptfoo } from './promptfoo.js';
import { countStatuses, type EvalReading } from './results.js';

export interface EvalsQuestion {
  /** What the files must be; `null`: told by what stands in them. */
  readonly format: EvalFormat | null;
  /** The commit the results must be of, where they name one; `null`: any. */
  readonly head: string | null;
}

const READERS: Readonly<Record<EvalFormat, (file: NamedFile) => Promise<FileResults>>> = {
  junit: readJunit,
  promptfoo: readPromptfoo,
  inspect: readInspect,
  ctrf: readCtrf,
  json: readOwn,
};

const NAMES: Readonly<Record<EvalFormat, string>> = {
  junit: 'JUnit XML',
  promptfoo: 'promptfoo JSON',
  inspect: 'an Inspect log in JSON',
  ctrf: 'CTRF JSON',
  json: 'agent-policy JSON',
};

/** Of all files together. */
const MAX_RESULTS = 1_000_000;
/** Of the names of cases, categories and tags, each once: they cannot be cut. More than that no database keeps. */
const MAX_NAMES = 20_000_000;

/** Never throws for what stands in a file; what cannot be read is said in words, and is no result. */
export async function readEvals(
  files: AsyncIterable<NamedFile> | Iterable<NamedFile>,
  question: EvalsQuestion,
): Promise<EvalReading> {
  try {
    return toReading(await gather(files, question), question);
  } catch (error) {
    if (error instanceof Incomplete)
      return { kind: 'incomplete', why: say`The results are not complete: ${error.what}.` };
    if (!(error instanceof Unreadable)) throw error;
    const { kind, what } = error;
    return {
      kind,
      why:
        kind === 'too-large'
          ? say`The results are too large to be read: ${what}.`
          : say`The results cannot be read: ${what}.`,
    };
  }
}

interface Gathered {
  readonly format: EvalFormat | null;
  readonly files: readonly FileResults[];
  readonly others: readonly { readonly name: string; readonly found: Detected }[];
}

async function gather(
  files: AsyncIterable<NamedFile> | Iterable<NamedFile>,
  question: EvalsQuestion,
): Promise<Gathered> {
  const read: FileResults[] = [];
  const others: { name: string; found: Detected }[] = [];
  let format: EvalFormat | null = question.format;
  let count = 0;
  const names = new Set<string>();
  let characters = 0;
  for await (const given of files) {
    const { found, file } = await detect(given);
    const reader = choose(found, question.format);
    if (reader === null) {
      others.push({ name: file.name, found });
      // Tells the source that nobody reads on.
      await file.chunks[Symbol.asyncIterator]().return?.();
      continue;
    }
    if (format !== null && format !== reader) {
      throw new Unreadable(
        say`${code(file.name)} is ${ours(NAMES[reader])}, and another file is ${ours(NAMES[format])}: name the format`,
      );
    }
    format = reader;
    const results = await READERS[reader](file);
    count += results.runs.reduce((sum, cases) => sum + cases.length, 0);
    if (count > MAX_RESULTS) throw new Unreadable(say`more than 1,000,000 results in all files`, 'too-large');
    characters += addNames(results, names);
    if (characters > MAX_NAMES)
      throw new Unreadable(
        say`the names of cases, categories and tags are longer than 20,000,000 characters in all files`,
        'too-large',
      );
    read.push(results);
  }
  return { format, files: read, others };
}

/** How many characters are new. */
function addNames({ runs }: FileResults, known: Set<string>): number {
  let characters = 0;
  const add = (name: string) => {
    if (known.has(name)) return;
    known.add(name);
    characters += name.length;
  };
  for (const cases of runs)
    for (const { id, category, tags } of cases) {
      add(id);
      if (category !== null) add(category);
      tags.forEach(add);
    }
  return characters;
}

/** JSON whose beginning tells nothing is read only as what it was said to be. */
function choose(found: Detected, wanted: EvalFormat | null): EvalFormat | null {
  if (found === 'json-unknown') return wanted === 'junit' ? null : wanted;
  if (found === 'blank' || found === 'archive' || found === 'other') return null;
  return wanted === null || wanted === found ? found : null;
}

function toReading({ format, files, others }: Gathered, question: EvalsQuestion): EvalReading {
  const blank = others.find(({ found }) => found === 'blank');
  if (format === null || files.length === 0) {
    return blank !== undefined && others.length === 1
      ? { kind: 'empty', why: say`The results file ${code(blank.name)} is empty.` }
      : { kind: 'missing', why: sayNothing(others, question.format) };
  }
  // A file cut to nothing is not left out in silence: its cases would be missing from the count.
  if (blank !== undefined)
    return { kind: 'malformed', why: say`The results file ${code(blank.name)} is empty.` };
  const stale = files.find(({ head }) => isOther(head, question.head));
  if (stale !== undefined) {
    return {
      kind: 'stale',
      why: say`The results are of commit ${code(stale.head!.slice(0, 7))}, and the head is ${code(question.head!.slice(0, 7))}.`,
    };
  }
  const runs = spread(files.flatMap((file) => file.runs));
  if (runs.length === 0) return { kind: 'empty', why: say`The results have no case: nothing was evaluated.` };
  return {
    kind: 'read',
    results: {
      format,
      tool: first(files, ({ tool }) => tool),
      suite: first(files, ({ suite }) => suite)?.slice(0, 200) ?? null,
      head: first(files, ({ head }) => head),
      runs: runs.map((cases) => ({ cases, totals: countStatuses(cases) })),
      cost: addUp(files.map(({ cost }) => cost)),
      tokens: addUp(files.map(({ tokens }) => tokens)),
      notes: [...files.flatMap(({ notes }) => notes), ...sayOthers(others)].slice(0, MAX_NOTES),
    },
  };
}

const MAX_NOTES = 20;

/** A shortened commit is compared by its beginning. */
function isOther(found: string | null, wanted: string | null): boolean {
  if (found === null || wanted === null) return false;
  const [a, b] = [found.trim().toLowerCase(), wanted.toLowerCase()];
  return a.length >= 7 ? !b.startsWith(a) : a !== b;
}

/** The second result of a case goes into the second run, so parts of a suite make one run and repeats make several. */
function spread(given: readonly (readonly EvalCase[])[]): EvalCase[][] {
  const times = new Map<string, number>();
  const runs: EvalCase[][] = [];
  for (const cases of given) {
    for (const each of cases) {
      const nth = times.get(each.id) ?? 0;
      times.set(each.id, nth + 1);
      const run = runs[nth];
      if (run === undefined) runs[nth] = [each];
      else run.push(each);
    }
  }
  return runs;
}

function first<T>(files: readonly FileResults[], pick: (file: FileResults) => T | null): T | null {
  for (const file of files) {
    const found = pick(file);
    if (found !== null) return found;
  }
  return null;
}

function addUp(figures: readonly (number | null)[]): number | null {
  return figures.reduce((sum, each) => (each === null ? sum : (sum ?? 0) + each), null);
}

const NAMED = 3;

function sayNothing(others: Gathered['others'], wanted: EvalFormat | null): Message {
  if (others.length === 0) return say`There are no results: no file was given.`;
  const more = others.length > NAMED ? [say`${others.length - NAMED} more`] : [];
  const names = list([...others.slice(0, NAMED).map(({ name }) => code(name)), ...more]);
  const packed = others.some(({ found }) => found === 'archive')
    ? say` An archive inside the archive is not opened.`
    : say``;
  const isKnown = (found: Detected): found is EvalFormat =>
    (EVAL_FORMATS as readonly string[]).includes(found);
  const found = others.map((other) => other.found).find(isKnown);
  if (wanted !== null) {
    const instead =
      found === undefined
        ? say``
        : say` ${ours(NAMES[found])} is there: name that format, or write the other.`;
    return say`There is no ${ours(NAMES[wanted])} in ${names}.${instead}${packed}`;
  }
  return say`There are no results in a known form (JUnit XML, promptfoo, Inspect, CTRF or agent-policy JSON) in ${names}.${packed}`;
}

/** Results of another form, or packed ones, were meant to be read; logs and pages beside them were not. */
function sayOthers(others: Gathered['others']): Message[] {
  return others.flatMap(({ name, found }) => {
    if (found === 'archive') return [say`${code(name)} is an archive inside the archive, and is not opened.`];
    if (found === 'other' || found === 'blank' || found === 'json-unknown') return [];
    return [say`${code(name)} is ${ours(NAMES[found])}, and is left alone.`];
  });
}
