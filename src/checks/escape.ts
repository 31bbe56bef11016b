// How is text from outside shown without being able to do anything?
// One escaper for Markdown, titles and terminals. Code spans carry paths, logins and SHAs; all other text is
// escaped as a whole, ours too, so that a stranger's `name` after our `@` is no mention either.
import type { Message, MessagePart } from '../domain/message.js';

/** Where Markdown lands: a table cell has one more thing to escape, the pipe. */
export type Place = 'text' | 'cell';

/** A stretch of a message, cleaned and not yet escaped. */
export interface Fragment {
  readonly code: boolean;
  readonly text: string;
}

/** Longest foreign or code part, in code points, before it is shortened. */
const MAX_FOREIGN = 500;
const MAX_CODE = 240;
/** Marks stacked on one letter; real scripts need at most three or four. */
const MARKS = /(\p{M}{4})\p{M}+/gu;
/** What is not seen, or moves what is seen: controls, bidi overrides, zero width, fillers, private use. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Invisible to people, and enough for GitHub to see no mention, link or reference. */
const BREAK = '\u200b';

/** GitHub-flavoured Markdown of one line in which nothing but code spans is live. */
export function toMarkdown(
  message: Message,
  place: Place = 'text',
  limit = Number.POSITIVE_INFINITY,
): string {
  let written = '';
  for (const { code, text } of toFragments(clipMessage(message, limit))) {
    const next = code ? codeSpan(text, place) : escapeText(text);
    // Two code spans side by side would become one with other borders.
    written += code && written.endsWith('`') ? `${BREAK}${next}` : next;
  }
  return escapeStart(written.trim());
}

/** One line of plain text, for a title, an annotation or a log. */
export function toPlain(message: Message, limit = Number.POSITIVE_INFINITY): string {
  return toFragments(clipMessage(message, limit))
    .map((fragment) => fragment.text)
    .join('')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** A code span whatever the text contains. */
export function codeSpan(text: string, place: Place = 'text'): string {
  let shown = makeVisible(text);
  if (shown === '') return '(empty)';
  // `\|` is how a table writes a pipe inside code, and a backslash before it would be read as its escape.
  if (place === 'cell') shown = shown.replace(/\\\|/g, '\\\\u{7c}').replace(/\|/g, '\\|');
  const runs = shown.match(/`+/g) ?? [];
  const fence = '`'.repeat(shortestFreeRun(runs.map((run) => run.length)));
  const pad = /^`|`$/.test(shown) || /^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Shortens in the middle, by what a reader sees as one character. */
export function shortenMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const seen = graphemes(text);
  if (seen.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  return `${seen.slice(0, head).join('')}…${seen.slice(seen.length - (limit - 1 - head)).join('')}`;
}

/**
 * What a reader sees as one character each; a surrogate pair or a letter and its marks are never cut. Joiners are
 * gone by then, so this needs no Intl.Segmenter, which copies its whole input for every character.
 */
export function graphemes(text: string): readonly string[] {
  return text.match(/(?:\p{RI}\p{RI}|\P{M}\p{Emoji_Modifier}?)\p{M}*|\p{M}+/gu) ?? [];
}

/** A message of at most `limit` characters as read; what is left out is said with an ellipsis. */
function clipMessage(message: Message, limit: number): Message {
  if (limit === Number.POSITIVE_INFINITY) return message;
  const kept: MessagePart[] = [];
  let room = limit;
  for (const part of message.parts) {
    const length = Math.min(part.text.length, part.kind === 'code' ? MAX_CODE : MAX_FOREIGN);
    if (length > room) {
      if (part.kind !== 'code') kept.push({ ...part, text: graphemes(part.text.slice(0, room)).join('') });
      kept.push({ kind: 'ours', text: ' …' });
      break;
    }
    kept.push(part);
    room -= length;
  }
  return { parts: kept };
}

/**
 * A message as stretches of text and code, cleaned. Neighbouring text is one stretch, so that it is escaped as a
 * whole; only our own words may hold code between backticks.
 */
export function toFragments(message: Message): readonly Fragment[] {
  const found: Fragment[] = [];
  const add = (code: boolean, text: string) => {
    const last = found.at(-1);
    if (!code && last !== undefined && !last.code) found[found.length - 1] = { code, text: last.text + text };
    else if (code || text !== '') found.push({ code, text });
  };
  for (const part of message.parts) {
    if (part.kind === 'code') add(true, shortenMiddle(makeVisible(part.text), MAX_CODE));
    else if (part.kind === 'foreign') add(false, shortenMiddle(dropUnseen(part.text), MAX_FOREIGN));
    else
      part.text.split(/`([^`\n]+)`/).forEach((text, index) => {
        add(index % 2 === 1, index % 2 === 1 ? makeVisible(text) : dropUnseen(text));
      });
  }
  return found;
}

/** For prose: what cannot be seen goes, line breaks become spaces. */
function dropUnseen(text: string): string {
  return text
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(new RegExp(UNSEEN, 'gu'), '')
    .replace(MARKS, '$1');
}

/** For code: what cannot be seen is written out, because a path with a hidden character is another path. */
function makeVisible(text: string): string {
  return text.replace(MARKS, '$1').replace(new RegExp(UNSEEN, 'gu'), (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}

/**
 * GitHub looks for mentions, references and emoji in the rendered text, where no backslash is left: only a
 * character in between stops it. https://docs.github.com/en/get-started/writing-on-github (autolinked references)
 */
function escapeText(text: string): string {
  return text
    .replace(/@(?=\S)|@$/g, `@${BREAK}`)
    .replace(/:(?=\/\/|[\w+-]+:)/g, `:${BREAK}`)
    .replace(/#(?=\d)|#$/g, `#${BREAK}`)
    .replace(/www(?=\.)/gi, (w) => `${w}${BREAK}`)
    .replace(/(?<=\p{L})-(?=\d)/gu, `-${BREAK}`)
    .replace(/GHSA-/gi, (prefix) => `${prefix}${BREAK}`)
    .replace(/[0-9a-f]{7,}/gi, (run) => run.replace(/.{4}(?=.)/g, `$&${BREAK}`))
    .replace(/[\\`*_[\]~|#]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\$/g, '<span>$</span>');
}

/** A list, a heading or a rule begins with these. */
function escapeStart(line: string): string {
  return line.replace(/^[-+=]/, '\\$&').replace(/^(\d+)([.)])/, '$1\\$2');
}

function shortestFreeRun(taken: readonly number[]): number {
  let length = 1;
  while (taken.includes(length)) length += 1;
  return length;
}
