// Where in the text does each key and value of a policy stand, and is the text YAML at all?
// js-yaml's events give one walk for values, positions, duplicate keys, anchors and the number of documents.
import {
  CORE_SCHEMA,
  constructFromEvents,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import type { Problem } from '../domain/verdict.js';
import { show } from './suggest.js';

export type Path = readonly (string | number)[];

/** 1-based line and column; a tab and an astral character count as the text has them, in UTF-16 units. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** One value and the place of its key; children by key or index. */
export interface SourceNode {
  readonly key: number;
  readonly value: number;
  readonly children: ReadonlyMap<string, SourceNode>;
}

export type Source =
  | {
      readonly ok: true;
      readonly value: unknown;
      readonly root: SourceNode;
      readonly position: (offset: number) => Position;
      /** Duplicate keys: the later value was taken, and the rest can still be judged. */
      readonly problems: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const MAX_DEPTH = 30;
const EMPTY = 'The policy is empty. It needs at least `version: 1` and `owner`.';

/** Reads one YAML 1.2 document without anchors, aliases, merge keys, tags or duplicate keys. */
export function readSource(text: string): Source {
  const position = locator(text);
  const toProblem = ({ offset, message }: Misplaced): Problem => ({
    ...position(offset),
    severity: 'error',
    message,
  });
  const refuse = (found: readonly Misplaced[]): Source => ({ ok: false, problems: found.map(toProblem) });
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    const documents = events.flatMap((event, index) => (event.type === EVENT_ID.DOCUMENT ? [index] : []));
    if (documents.length === 0) return refuse([{ offset: 0, message: EMPTY }]);
    if (documents.length > 1) {
      const second = events.slice(documents[1]!).find((event) => 'valueStart' in event || 'start' in event);
      const offset = (second && startOf(second)) ?? text.lastIndexOf('---');
      return refuse([
        {
          offset,
          message: 'A second document begins here. A policy is one document: remove the `---` line.',
        },
      ]);
    }
    const { root, problems } = walk(text, events, position);
    const fatal = problems.filter((problem) => problem.fatal);
    if (fatal.length > 0) return refuse(fatal);
    const [value] = constructFromEvents(events, { source: text, maxAliases: 0, json: true });
    if (value === null || value === undefined) return refuse([{ offset: 0, message: EMPTY }]);
    return { ok: true, value, root, position, problems: problems.map(toProblem) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return refuse([{ offset: error.mark?.position ?? 0, message: explainSyntax(text, error) }]);
  }
}

interface Misplaced {
  readonly offset: number;
  readonly message: string;
  /** True if the text has no single meaning that could still be judged. */
  readonly fatal?: boolean;
}

interface Building {
  readonly key: number;
  value: number;
  readonly children: Map<string, Building>;
}

interface Frame {
  readonly node: Building;
  readonly kind: 'document' | 'mapping' | 'sequence';
  pending: { readonly key: string; readonly offset: number } | null;
  index: number;
}

function walk(
  text: string,
  events: readonly Event[],
  position: (offset: number) => Position,
): { readonly root: Building; readonly problems: readonly Misplaced[] } {
  const root: Building = { key: 0, value: 0, children: new Map() };
  const problems: Misplaced[] = [];
  const stack: Frame[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      stack.push({ node: root, kind: 'document', pending: null, index: 0 });
      continue;
    }
    if (event.type === EVENT_ID.POP) {
      stack.pop();
      continue;
    }
    const frame = stack.at(-1)!;
    const offset = startOf(event) ?? frame.pending?.offset ?? frame.node.value;
    problems.push(...refusedForms(text, event, offset));
    if (frame.kind === 'mapping' && frame.pending === null) {
      frame.pending = { key: '', offset };
      if (event.type === EVENT_ID.SCALAR)
        frame.pending = { key: readKey(text, event, offset, problems), offset };
      else problems.push({ offset, message: 'A key must be a word, not a list or a mapping.', fatal: true });
      if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING)
        stack.push(open(event, { key: offset, value: offset, children: new Map() }));
      continue;
    }
    const node = attach(frame, offset, problems, position);
    if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) stack.push(open(event, node));
  }
  return { root, problems };
}

function open(event: Event, node: Building): Frame {
  const kind = event.type === EVENT_ID.SEQUENCE ? 'sequence' : 'mapping';
  return { node, kind, pending: null, index: 0 };
}

/** A key as it will stand in the object; `0x1` or `~` would become another word on the way. */
function readKey(text: string, event: ScalarEvent, offset: number, problems: Misplaced[]): string {
  const key = getScalarValue(text, event);
  if (key === '__proto__') problems.push({ offset, message: 'Unknown key "__proto__".' });
  else if (!isQuoted(event) && typeof CORE_SCHEMA.resolveImplicitScalarTag(key).value !== 'string')
    problems.push({
      offset,
      message: `A key must be a word. Put quotes around ${key}: "${key}".`,
      fatal: true,
    });
  return key;
}

/** Puts a value into the node that is open: under its key, its index, or as the document itself. */
function attach(
  frame: Frame,
  offset: number,
  problems: Misplaced[],
  position: (offset: number) => Position,
): Building {
  if (frame.kind === 'document') {
    frame.node.value = offset;
    return frame.node;
  }
  const { key, offset: keyOffset } = frame.pending ?? { key: String(frame.index++), offset };
  frame.pending = null;
  const node: Building = { key: keyOffset, value: offset, children: new Map() };
  const earlier = frame.node.children.get(key);
  if (earlier !== undefined) {
    const first = position(earlier.key);
    const message = `Key ${show(key)} stands here a second time; the first is at ${first.line}:${first.column}. Keep one.`;
    problems.push({ offset: keyOffset, message });
  }
  frame.node.children.set(key, node);
  return node;
}

/** Where a node begins, with its quotes, anchor or tag; `null` for a value that is not written. */
function startOf(event: Event): number | null {
  if ('tagStart' in event && event.tagStart >= 0) return event.tagStart;
  if ('anchorStart' in event && event.anchorStart >= 0) return event.anchorStart - 1;
  if ('valueStart' in event) {
    if (event.valueStart < 0) return null;
    return isQuoted(event) ? event.valueStart - 1 : event.valueStart;
  }
  return 'start' in event ? event.start : null;
}

function isQuoted(event: ScalarEvent): boolean {
  return event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
}

function refusedForms(text: string, event: Event, offset: number): readonly Misplaced[] {
  const refuse = (message: string) => [{ offset, message, fatal: true }];
  if (event.type === EVENT_ID.ALIAS) {
    const name = text.slice(event.anchorStart, event.anchorEnd);
    if (/[*/.]/.test(name)) return refuse(`A glob that begins with * must be quoted: ${show(`*${name}`)}.`);
    return refuse(`A policy has no aliases (*${name}): write the value out.`);
  }
  if (!('anchorStart' in event)) return [];
  if (event.anchorStart >= 0)
    return refuse('A policy has no anchors (&): write the value out where it is needed.');
  if (event.tagStart < 0) return [];
  const tag = text.slice(event.tagStart, event.tagEnd);
  return refuse(`A policy has no tags (${show(tag)}). Text that begins with ! must be quoted.`);
}

function explainSyntax(text: string, error: YAMLException): string {
  const offset = error.mark?.position ?? 0;
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const next = text[offset];
  if (next === '@' || next === '`')
    return `Text that begins with ${next} must be quoted: ${show(/^\S*?(?=[\s,\]}]|$)/.exec(text.slice(offset, offset + 200))?.[0] ?? '')}.`;
  if (next === '%') return 'Text that begins with % must be quoted.';
  if (/^[ ]*\t/.test(text.slice(lineStart, offset + 1)))
    return 'This line is indented with a tab. YAML indents with spaces.';
  if (error.reason.startsWith('nesting exceeded')) return `A policy is at most ${MAX_DEPTH} levels deep.`;
  if (error.reason.includes('null byte') || error.reason.includes('non-printable'))
    return 'A character that cannot be printed stands here. Remove it, or write it as an escape in double quotes.';
  return `This is not YAML: ${error.reason}.`;
}

/** Line starts once, then a binary search per position. Breaks are LF, CRLF and CR, as in YAML. */
function locator(text: string): (offset: number) => Position {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  const mark = text.startsWith('\ufeff') ? 1 : 0;
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 - (low === 0 ? Math.min(mark, offset) : 0) };
  };
}
