// Which cases does one file hold, once each, within bounds?
// A reader hands over what a tool wrote; nothing a tool says of itself is taken without looking.
import { createHash } from 'node:crypto';
import type { CaseStatus, EvalCase } from '../domain/eval-results.js';
import { code, list, type Message, ours, say } from '../domain/message.js';
import { Unreadable } from '../formats/unreadable.js';

/** One result as a reader found it. */
export interface FoundCase {
  readonly id: string;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly status: CaseStatus;
  readonly message: string | null;
  readonly seconds: number | null;
  readonly failedBefore: boolean;
}

/** What one file says, before it is put beside others. */
export interface FileResults {
  readonly tool: { readonly name: string; readonly version: string | null } | null;
  readonly suite: string | null;
  readonly head: string | null;
  /** By epoch, each in the order of the file. */
  readonly runs: readonly (readonly EvalCase[])[];
  readonly cost: number | null;
  readonly tokens: number | null;
  readonly notes: readonly Message[];
}

export interface Collector {
  readonly name: string;
  /** `run`: the epoch, where a tool repeats cases within one file. */
  add(found: FoundCase, run?: string): void;
  /** A figure of the tool that cannot be is left out and counted here. */
  figure(value: unknown, most: number): number | null;
  finish(head: Omit<FileResults, 'runs' | 'notes'>, notes?: readonly Message[]): FileResults;
}

const MAX_CASES = 200_000;
const MAX_RUNS = 100;
const MAX_ID = 300;
const MAX_NAME = 100;
/** Each is held against every glob: twenty tags of its own for every case would keep the judge busy for a minute. */
const MAX_NAMES = 200_000;
const MAX_TAGS = 20;
const MAX_MESSAGE = 500;
const NAMED = 5;

export function createCollector(name: string): Collector {
  const runs = new Map<string, Map<string, EvalCase>>();
  const twice = new Set<string>();
  const names = new Set<string>();
  let count = 0;
  let odd = 0;
  return {
    name,
    add(found, run = '') {
      count += 1;
      if (count > MAX_CASES) {
        throw new Unreadable(
          say`${code(name)}: more than ${ours(MAX_CASES.toLocaleString('en'))} results`,
          'too-large',
        );
      }
      let cases = runs.get(run);
      if (cases === undefined) {
        if (runs.size === MAX_RUNS) {
          throw new Unreadable(say`${code(name)}: more than ${MAX_RUNS} runs in one file`, 'too-large');
        }
        cases = new Map();
        runs.set(run, cases);
      }
      const next = toCase(name, found);
      for (const one of next.tags) names.add(one);
      if (next.category !== null) names.add(next.category);
      if (names.size > MAX_NAMES) {
        throw new Unreadable(say`${code(name)}: more than 200,000 categories and tags`, 'too-large');
      }
      const known = cases.get(next.id);
      if (known !== undefined) twice.add(next.id);
      cases.set(next.id, known === undefined ? next : worse(known, next));
    },
    figure(value, most) {
      const number =
        typeof value === 'string' && /^\d{1,20}(?:\.\d{1,20})?$/.test(value) ? Number(value) : value;
      if (value === undefined || value === null || value === '') return null;
      if (typeof number === 'number' && number >= 0 && number <= most) return number;
      odd += 1;
      return null;
    },
    finish: (head, notes = []) => ({
      ...head,
      runs: [...runs.values()].map((cases) => [...cases.values()]),
      notes: [...notes, ...sayTwice(name, twice), ...sayOdd(name, odd)],
    }),
  };
}

const BADNESS: Readonly<Record<CaseStatus, number>> = { passed: 0, skipped: 1, errored: 2, failed: 3 };

/** Two results of one case in one run: the worse one counts, so that no failure hides behind a pass. */
function worse(a: EvalCase, b: EvalCase): EvalCase {
  const [kept, other] = BADNESS[b.status] > BADNESS[a.status] ? [b, a] : [a, b];
  const tags = [
    ...new Set([...kept.tags, ...(other.category === null ? [] : [other.category]), ...other.tags]),
  ];
  return {
    ...kept,
    tags: tags.filter((tag) => tag !== kept.category),
    failedBefore: kept.failedBefore || other.failedBefore,
  };
}

function toCase(name: string, found: FoundCase): EvalCase {
  const id = found.id.trim();
  if (id === '') throw new Unreadable(say`${code(name)}: a case has no name`);
  const category = tidy(found.category);
  const tags = [...new Set(found.tags.map(tidy))].filter(
    (tag) => tag !== null && tag !== category,
  ) as string[];
  if (tags.length > MAX_TAGS) {
    throw new Unreadable(say`${code(name)}: case ${code(id.slice(0, 100))} has more than ${MAX_TAGS} tags`);
  }
  return {
    id: shorten(id, MAX_ID),
    category: category ?? tags[0] ?? null,
    tags: category === null ? tags.slice(1) : tags,
    status: found.status,
    message: found.status === 'passed' ? null : cut(found.message),
    seconds: found.seconds,
    failedBefore: found.failedBefore,
  };
}

function tidy(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : shorten(trimmed, MAX_NAME);
}

/** Two long names that differ only behind the cut stay two. */
function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return detach(`${text.slice(0, most - 14).replace(/[\uD800-\uDBFF]$/, '')}… ${mark}`);
}

function cut(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return null;
  if (trimmed.length <= MAX_MESSAGE) return trimmed;
  return detach(`${trimmed.slice(0, MAX_MESSAGE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`);
}

/** A copy: a part of a long text keeps the whole of it in memory. */
function detach(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function sayTwice(name: string, twice: ReadonlySet<string>): Message[] {
  if (twice.size === 0) return [];
  const some = [...twice].slice(0, NAMED).map((id) => code(id));
  const names = twice.size > NAMED ? list([...some, say`${twice.size - NAMED} more`]) : list(some);
  return [
    say`${code(name)}: ${twice.size} ${ours(twice.size === 1 ? 'case comes' : 'cases come')} more than once and ${ours(twice.size === 1 ? 'counts' : 'count')} once, by the worst result: ${names}.`,
  ];
}

function sayOdd(name: string, odd: number): Message[] {
  if (odd === 0) return [];
  return [say`${code(name)}: ${odd} ${ours(odd === 1 ? 'figure' : 'figures')} left out that cannot be.`];
}
