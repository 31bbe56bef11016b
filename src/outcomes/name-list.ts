// Which changes are named right after a verb: `commits a1b2c3d and #12 (0d04205), reversing changes made to …`?
// Whatever is no name, no small word on the way to one and no separator ends the list.
import { type ChangeName, type NamedChange, readName } from './change-name.js';

export interface NameList {
  readonly changes: readonly NamedChange[];
  /** Said to be some of the change only. */
  readonly partial: boolean;
  readonly end: number;
}

const MAX_NAMES = 200;
const BEFORE_FIRST =
  /[\s:*\-–—("'`[<]{0,20}(?:(?:the|this|that|these|all|both|our|my|commits?|changesets?|changes?|merge|pr|prs|pull|request|requests|revision|diff|patch|of|from|in|made|introduced|added|by|back|due|parts?|portions?|bits?|pieces?|some|most|squashed|original|previous|earlier|upstream|github)\b|[A-Z][A-Z0-9]{1,15}-\d{1,9}\b)?/iy;
const BETWEEN =
  /[\s"'`\]>)]{0,8}(?:,|;|&|\+|\/|\band\b|\s[-*•]\s)[\s,*•-]{0,8}(?:(?:and|then|also|commits?|changesets?|prs?|pull requests?|merge commit)\b[\s:]{0,4}){0,3}[("'`[<]{0,3}/iy;
const ALIAS =
  /[`\]>"']{0,3}\s{0,3}(?:\(|-\s|–\s|aka\s)\s{0,3}(?:commit|pr|pull request|see|merge|was|in)?\s{0,3}/iy;
const WORDS_TO_NAME =
  /\s{1,5}(?:[\w'`./@-]{1,40}\s{1,3}){1,6}(?:from|of|introduced in|introduced by|added in|added by|made in)\s{1,3}(?:the\s{1,3})?(?:commit|pr|pull request)?\s{0,3}/iy;
const PARTIAL = /\b(?:parts?|portions?|bits?|pieces?|some|most)\b/i;
const MAX_WORDS = 8;

/** `loose` also takes `the flaky part of #12`: some words, then `of` or `from`. */
export function readNameList(text: string, start: number, loose: boolean): NameList | null {
  const first = findFirst(text, start, loose);
  if (first === null) return null;
  const changes: NamedChange[] = [];
  let next: { readonly name: ChangeName; readonly end: number } | null = first;
  let end = first.end;
  while (next !== null && changes.length < MAX_NAMES) {
    const names: ChangeName[] = [next.name];
    end = next.end;
    const alias = readName(text, skip(ALIAS, text, end));
    // `#12 (0d04205)`: the same change twice; `#12 (#13)` outside a quote is the change and the reverting one.
    if (alias !== null && alias.name.kind !== next.name.kind && skip(ALIAS, text, end) > end) {
      names.push(alias.name);
      end = alias.end;
      if (text[end] === ')') end += 1;
    }
    changes.push(names);
    const after = skip(BETWEEN, text, end);
    next = after === end ? null : readName(text, after);
  }
  return { changes, partial: first.partial || PARTIAL.test(text.slice(start, first.start)), end };
}

function findFirst(
  text: string,
  start: number,
  loose: boolean,
): {
  readonly name: ChangeName;
  readonly start: number;
  readonly end: number;
  readonly partial: boolean;
} | null {
  let at = start;
  for (let word = 0; word < MAX_WORDS; word += 1) {
    const found = readName(text, skip(/[\s:*\-–—("'`[<]{0,20}/iy, text, at));
    if (found !== null) return { ...found, start: at, partial: false };
    const next = skip(BEFORE_FIRST, text, at);
    if (next === at) break;
    at = next;
  }
  if (!loose) return null;
  const after = skip(WORDS_TO_NAME, text, start);
  const found = after === start ? null : readName(text, after);
  return found === null ? null : { ...found, start: after, partial: true };
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text) === null ? at : pattern.lastIndex;
}
