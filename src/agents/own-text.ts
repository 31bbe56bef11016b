// Which part of a body or a message did its author say in the first place?
// Quotes, code, comments, unticked boxes, review bots' blocks and what a revert repeats are no evidence.
// One pass over the lines and bounded searches: a hostile text costs no more than its length.
import type { ReviewBlock } from './catalogue.js';

export interface OwnText {
  /** Lines that count, inline code kept. */
  readonly lines: readonly string[];
  /** The same without inline code. */
  readonly withoutCode: readonly string[];
  /** HTML comments outside code and quotes, trimmed. No evidence but for exact marks of the catalogue. */
  readonly comments: readonly string[];
}

/** GitHub cuts bodies and messages at this length. */
const MAX_TEXT = 65_536;
const MAX_LINE = 2_000;

export interface TextFrame {
  readonly kind: 'message' | 'body';
  /** The pull request's title, or the message's subject. */
  readonly title: string | null;
  /** Blocks of review bots, which write into bodies only. */
  readonly blocks: readonly ReviewBlock[];
}

export function readOwnText(text: string, { kind, title, blocks }: TextFrame): OwnText {
  const plain = cutBlocks(text.slice(0, MAX_TEXT).replace(/\r\n?/g, '\n'), blocks);
  const { lines, comments } = dropQuotesAndCode(plain);
  const whole = cutElements(lines.join('\n')).split('\n');
  const kept = title !== null && REVERT_TITLE.test(title) ? dropRepeatedByRevert(whole, kind) : whole;
  return { lines: kept, withoutCode: kept.map(dropInlineCode), comments };
}

/** Cuts what review bots wrote into the text. An unclosed block reaches to the end. */
function cutBlocks(text: string, blocks: readonly ReviewBlock[]): string {
  let rest = text;
  for (const block of blocks) {
    // A body holds few blocks; a hostile one may hold thousands of openings.
    for (let round = 0; round < 20; round++) {
      const start = rest.indexOf(block.from);
      if (start === -1) break;
      const end = blockEnd(rest, start, block);
      rest = `${rest.slice(0, start)}\n${rest.slice(end)}`;
    }
  }
  return rest;
}

function blockEnd(text: string, start: number, block: ReviewBlock): number {
  const after = start + block.from.length;
  if (block.to !== null) {
    const end = text.indexOf(block.to, after);
    return end === -1 ? text.length : end + block.to.length;
  }
  const level = /^#{1,6}/.exec(block.from)?.[0].length ?? 6;
  const next = new RegExp(`\\n(?=#{1,${level}} )`, 'g');
  next.lastIndex = after;
  const found = next.exec(text);
  return found === null ? text.length : found.index;
}

/** Cuts `<blockquote>`, `<pre>`, `<code>` and `<q>` with what is in them; one that is never closed stays. */
function cutElements(text: string): string {
  if (!text.includes('</')) return text;
  const cuts: { from: number; to: number }[] = [];
  const open = new Map<string, number[]>();
  for (const tag of text.matchAll(/<(\/?)(blockquote|pre|code|q)\b[^<>]{0,200}>/gi)) {
    const name = (tag[2] ?? '').toLowerCase();
    const stack = open.get(name) ?? [];
    open.set(name, stack);
    if (tag[1] === '') stack.push(tag.index);
    else {
      const from = stack.pop();
      if (from !== undefined) cuts.push({ from, to: tag.index + tag[0].length });
    }
  }
  let kept = '';
  let at = 0;
  for (const { from, to } of cuts.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    if (from >= at) kept += `${text.slice(at, from)} `;
    at = Math.max(at, to);
  }
  return kept + text.slice(at);
}

function dropQuotesAndCode(text: string): { lines: readonly string[]; comments: readonly string[] } {
  const lines: string[] = [];
  const comments: string[] = [];
  let fence: string | null = null;
  let comment: string[] | null = null;
  let quoted = false;
  let previous = '';
  for (const whole of text.split('\n')) {
    let line = whole.slice(0, MAX_LINE);
    if (fence !== null) {
      if (closesFence(line, fence)) fence = null;
      continue;
    }
    if (comment !== null) {
      const end = line.indexOf('-->');
      if (end === -1) {
        comment.push(line);
        continue;
      }
      comments.push([...comment, line.slice(0, end)].join(' ').trim());
      comment = null;
      line = line.slice(end + 3);
    }
    if (/^\s*>/.test(line)) {
      quoted = true;
      continue;
    }
    // A quote runs on until a blank line or a new block: https://spec.commonmark.org/0.31.2/#block-quotes
    if (quoted && line.trim() !== '' && !/^\s{0,3}(?:[#*+_-]|\d{1,9}[.)]|```|~~~|<)/.test(line)) continue;
    quoted = false;
    const opening = /^\s*(?:[-*+] +)?(`{3,}|~{3,})/.exec(line)?.[1];
    if (opening !== undefined && !line.trim().slice(opening.length).includes('`')) {
      fence = opening;
      continue;
    }
    const open = takeComments(line, comments);
    if (open.rest !== null) comment = [open.rest];
    line = open.line;
    const isCode = /^(?: {4}|\t)/.test(line) && previous.trim() === '' && !insideList(lines);
    const isUnticked = /^\s*[-*+] \[ \]/.test(line);
    if (!isCode && !isUnticked) lines.push(line);
    // Code goes on until a line that is not indented.
    if (!isCode) previous = line;
  }
  return { lines, comments };
}

function closesFence(line: string, fence: string): boolean {
  const text = line.trim();
  return text.startsWith(fence) && text.split('').every((character) => character === fence[0]);
}

/** Takes the comments out of one line; `rest` is the beginning of one that goes on. */
function takeComments(line: string, comments: string[]): { line: string; rest: string | null } {
  let kept = '';
  let from = 0;
  for (;;) {
    const start = line.indexOf('<!--', from);
    if (start === -1) return { line: kept + line.slice(from), rest: null };
    kept += line.slice(from, start);
    if (isInsideCode(line, start)) {
      kept += '<!--';
      from = start + 4;
      continue;
    }
    const end = line.indexOf('-->', start + 4);
    if (end === -1) return { line: kept, rest: line.slice(start + 4) };
    comments.push(line.slice(start + 4, end).trim());
    from = end + 3;
  }
}

function isInsideCode(line: string, at: number): boolean {
  const before = line.slice(0, at).split('`').length - 1;
  return before % 2 === 1 && line.includes('`', at);
}

function insideList(lines: readonly string[]): boolean {
  for (let index = lines.length - 1; index >= Math.max(0, lines.length - 20); index--) {
    const line = lines[index] ?? '';
    if (line.trim() === '') continue;
    if (/^\s*(?:[-*+]|\d{1,9}[.)]) /.test(line)) return true;
    if (!/^\s/.test(line)) return false;
  }
  return false;
}

const REVERT_TITLE = /^\s*(?:\[[^\]]{0,40}\]\s*|[a-z]{1,12}(?:\([^)]{0,60}\))?!?:\s*)?revert(?:s|ed|ing)?\b/i;
const REVERT_LINE =
  /^(?:this reverts (?:commit|pull request|pr|merge)\b|reverts? (?:#\d|[\w.-]{1,100}\/[\w.-]{1,100}#\d|https:))/i;
const ORIGINAL =
  /^(?:#{1,6} |\*\*)?(?:original|reverted) (?:change|commit|pull request|pr|message|description|body)\b/i;

/** A revert repeats the words of what it reverts: before its own line, or under a heading that says so. */
function dropRepeatedByRevert(lines: readonly string[], kind: 'message' | 'body'): readonly string[] {
  const at = lines.findLastIndex((line) => REVERT_LINE.test(line.trim()));
  const own = at === -1 ? lines : lines.slice(at + 1);
  const original = own.findIndex((line) => ORIGINAL.test(line.trim()));
  const rest = original === -1 ? own : own.slice(0, original);
  return kind === 'message' && at !== -1 ? [lines[0] ?? '', '', ...rest] : rest;
}

function dropInlineCode(line: string): string {
  return line.includes('`') ? line.replace(/``[^`]{1,500}``|`[^`]{1,500}`/g, ' ') : line;
}
