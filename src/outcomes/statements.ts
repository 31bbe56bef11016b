// Which sentences of a text say "this undoes that"?
// A title stands at the start of a line; a SHA or a number stands behind a verb in the present.
import {
  type ChangeName,
  isCutTitle,
  type NamedChange,
  numberInTitle,
  TRAILING_NUMBER,
} from './change-name.js';
import { type NameList, readNameList } from './name-list.js';
import { readQuotedTitle } from './quoted-title.js';

export type RevertForm =
  | 'quoted-title'
  | 'conventional-title'
  | 'sha'
  | 'pull-request'
  | 'revision'
  | 'original-changeset'
  | 'revert-branch';

/** `undo`: takes a change back; `redo`: brings a change back that was taken back. */
export type Direction = 'undo' | 'redo';

export interface Statement {
  readonly direction: Direction;
  readonly form: RevertForm;
  readonly changes: readonly NamedChange[];
  readonly partial: boolean;
  /** True if nothing follows the names but the own number. */
  readonly isWhole: boolean;
  /** The words read, for people. */
  readonly said: string;
}

const UNDO =
  /(?:(?:partial(?:ly)?|partly|temporar(?:y|ily)|manual(?:ly)?|automated|auto|selectively)[ -])?(?:revert(?:s|ed|ing)?|roll(?:s|ed|ing)?[ -]?backs?|back(?:s|ed|ing)?[ -]?out|undo(?:es|ing)?)\b/iy;
const REDO =
  /(?:re-?appl(?:y|ies|ied|ying)|re-?land(?:s|ed|ing)?|re-?introduc(?:e|es|ed|ing)|un-?revert(?:s|ed|ing)?|roll(?:s|ed|ing)?[ -]?forward|\[?\(?take (?:2|two|3)\)?\]?)(?![\w-])/iy;
const PREFIX =
  /(?:[*•-]\s+|\[[^\]\n]{1,60}\]\s*:?\s*|\([^)\n]{1,40}\)\s*:?\s*|:[\w+-]{1,30}:\s*|(?:⏪|🔙|↩)\ufe0f?\s*|PR #\d{1,9}:\s*|[A-Za-z@][\w@./, -]{0,60}?(?:\([^)\n]{1,100}\))?!?(?::|;|\s-)\s*|[A-Z][A-Z0-9]{1,15}-\d{1,9}[:;]?\s+)/uy;
const CONVENTIONAL = /^[a-z]{2,20}(?:\([^)\n]{1,100}\))?!?: \S/;
const MAX_PREFIXES = 4;

/** Is this line about undoing or redoing something, whatever it names? */
export function directionOf(line: string): Direction | null {
  return findVerb(line)?.direction ?? null;
}

/** The statement that a line opens with: `fix: Revert "T" (#2)`, `revert: T`, `Back out #12`. */
export function readTitleStatement(text: string): Statement | null {
  // The number at the very end is the reverting pull request's own.
  const line = text.replace(TRAILING_NUMBER, '');
  const verb = findVerb(line);
  if (verb === null) return null;
  const { direction } = verb;
  const partial =
    /^(?:partial|partly|selectively)/i.test(line.slice(verb.start)) || isPartial(line.slice(0, verb.start));
  const object = skipTo(line, verb.end);
  const quoted = readQuotedTitle(line, object.at);
  if (quoted !== null) return quotedStatement(line, verb, quoted, partial || object.partial);
  const list = readNameList(line, verb.end, true);
  if (list !== null)
    return {
      direction,
      form: formOf(list.changes),
      changes: withSpokenTitle(line, list),
      partial: partial || object.partial || list.partial,
      isWhole: isEnd(line, list.end),
      said: line.slice(verb.start, list.end),
    };
  const title = unquotedTitle(line, verb);
  return title === null
    ? null
    : {
        direction,
        form: 'conventional-title',
        changes: [title],
        partial,
        isWhole: false,
        said: line.slice(verb.start),
      };
}

/** `Revert D123: T` gives the title, too. */
function withSpokenTitle(line: string, list: NameList): readonly NamedChange[] {
  const [names] = list.changes;
  const title = /^["'\]]?:\s+(\S.{3,}?)["'\]]?$/.exec(line.slice(list.end))?.[1];
  if (title === undefined || list.changes.length !== 1 || names?.[0]?.kind !== 'revision')
    return list.changes;
  return [[...names, { kind: 'title', title, cut: isCutTitle(title) }]];
}

interface Verb {
  readonly start: number;
  readonly end: number;
  readonly direction: Direction;
}

function findVerb(line: string): Verb | null {
  let start = line.length - line.trimStart().length;
  for (let prefixes = 0; prefixes <= MAX_PREFIXES; prefixes += 1) {
    const undo = endOf(UNDO, line, start);
    if (undo !== null) return { start, end: undo, direction: 'undo' };
    const redo = endOf(REDO, line, start);
    if (redo !== null) return { start, end: redo, direction: 'redo' };
    const next = endOf(PREFIX, line, start);
    if (next === null || next === start) return null;
    start = next;
  }
  return null;
}

const ON_THE_WAY =
  /[\s:]{0,6}(?:(?:(?:the|this|our|my|of|commits?|changes?|pr|pull request|merge|changeset|from|in|parts?|some|most|bits?)\b[\s:]{1,3}){0,5})/iy;

function skipTo(line: string, from: number): { readonly at: number; readonly partial: boolean } {
  const at = endOf(ON_THE_WAY, line, from) ?? from;
  return { at, partial: isPartial(line.slice(from, at)) };
}

function isPartial(text: string): boolean {
  return /\b(?:partial(?:ly)?|partly|parts?|some|most|bits?)\b/i.test(text);
}

function quotedStatement(
  line: string,
  verb: Verb,
  first: NonNullable<ReturnType<typeof readQuotedTitle>>,
  partial: boolean,
): Statement {
  const titles = [first];
  let end = first.end;
  // `Revert "A" and "B"`, `Revert "A", "B"`.
  for (let more = 0; first.closed && more < 20; more += 1) {
    const joint = /^\s*(?:,|and|&|\+|, and)\s*(?=["“])/i.exec(line.slice(end, end + 20));
    const next = joint === null ? null : readQuotedTitle(line, end + joint[0].length);
    if (next === null || !next.closed) break;
    titles.push(next);
    end = next.end;
  }
  return {
    direction: verb.direction,
    form: 'quoted-title',
    // A quoted word in a sentence is a word: `Revert "codecov" back to v3`.
    changes: isEnd(line, end)
      ? titles.map((one) => titleNames(one.title, one.closed))
      : titles.filter((one) => /\S\s+\S/.test(one.title)).map((one) => titleNames(one.title, one.closed)),
    partial,
    isWhole: isEnd(line, end),
    said: line.slice(verb.start, end),
  };
}

function isEnd(line: string, at: number): boolean {
  return /^[\s.]*(?:\(#\d{1,9}\)\s*)?(?:\[[\w -]{1,20}\])?\s*$/.test(line.slice(at, at + 80));
}

function titleNames(title: string, closed: boolean): NamedChange {
  if (/^[0-9a-f]{7,40}$/.test(title) && /\d/.test(title)) return [{ kind: 'sha', sha: title }];
  const cut = isCutTitle(title);
  const number = numberInTitle(title);
  const name: ChangeName = { kind: 'title', title: closed ? title : title.trim(), cut };
  return number === null ? [name] : [name, { kind: 'pull-request', number, repository: null }];
}

/** `revert: T (#12) (#13)` and `Revert fix: T`; any other words after the verb may name nothing. */
function unquotedTitle(line: string, verb: Verb): NamedChange | null {
  const rest = line.slice(verb.end);
  const spoken = /^\s*(?:of)?\s*:\s+(\S.*)$/i.exec(rest);
  const words = spoken?.[1] ?? rest.trim();
  if (words === '' || /^(?:to|back to|into|and|or|when|if|on|by|in|for|because)\b/i.test(words)) return null;
  const inner = TRAILING_NUMBER.exec(words);
  const conventional = CONVENTIONAL.test(words);
  if (spoken === null && !conventional && inner === null) return null;
  const number: ChangeName | null =
    inner === null ? null : { kind: 'pull-request', number: Number(inner[1]), repository: null };
  if (number !== null && !conventional) return [number];
  if (words.trim().split(/\s+/).length < 2) return null;
  const name: ChangeName = { kind: 'title', title: words.trim(), cut: isCutTitle(words) };
  return number === null ? [name] : [name, number];
}

const BODY_VERB =
  /\b((?:partial |full |manual |minimal |straight )?revert of|(?:un-?)?revert(?:s|ing|ed)?|undo(?:es|ing)?|roll(?:s|ing|ed)?[ -]?backs?|back(?:s|ing|ed)?[ -]?out|original (?:commit )?changeset|original phabricator diff|original diff)\b/gi;
/** Before the verb these tell of another time, another doer or a mere wish. */
const NOT_NOW =
  /(?:\b(?:to|will|would|should|shall|can|could|may|might|must|not|never|don't|be|been|being|was|were|is|are|got|gets?|getting|has|have|had|having|if|when|once|until|unless|please|let's|after|before|without|instead of|from|previously|later|then|since|auto|user|users|that|which)(?:\s+(?:just|also|now|already|temporarily|later|then|be|been|have|have been|easily|safely))?|\bthe|\bour|\bearlier|\bprevious|\bun-?)\s*$/i;
const NOT_THEN = /^\s*(?:in|by|with|via|at|on|since|after|when|if|to|back to|back in|upstream)\b/i;
const PRESENT = /^(?:un-?)?reverts$|^undoes$|^rolls[ -]?back$|^backs[ -]?out$|^original /i;
const MAX_VERBS = 500;

/** Every statement inside running text that names a SHA, a number or a revision. */
export function readBodyStatements(text: string): readonly Statement[] {
  const found: Statement[] = [];
  let past = 0;
  let verbs = 0;
  for (const match of text.matchAll(BODY_VERB)) {
    verbs += 1;
    if (verbs > MAX_VERBS) break;
    if (match.index < past) continue;
    const verb = match[0];
    const end = match.index + verb.length;
    const before = text.slice(Math.max(0, match.index - 60), match.index);
    if (!isSaidNow(verb, before, text.slice(end, end + 20))) continue;
    const list = readNameList(text, end, /revert|undo/i.test(verb));
    if (list === null) continue;
    past = list.end;
    found.push({
      direction: /^un/i.test(verb) && /revert/i.test(verb) ? 'redo' : 'undo',
      form: /^original/i.test(verb) ? 'original-changeset' : formOf(list.changes),
      changes: list.changes,
      partial:
        list.partial || /\b(?:partial(?:ly)?|partly|mostly)\s*$/i.test(before) || /^partial/i.test(verb),
      isWhole: false,
      said: text.slice(match.index, list.end),
    });
  }
  return found;
}

function isSaidNow(verb: string, before: string, after: string): boolean {
  if (NOT_THEN.test(after)) return false;
  if (/^original/i.test(verb)) return true;
  if (/\bof$/i.test(verb))
    return (
      /\b(?:this|it|which)(?: commit| patch| pr| change)? (?:is|does) an?\s+(?:\w+\s+)?$/i.test(before) ||
      isStart(before)
    );
  if (PRESENT.test(verb)) return !/\b(?:that|which|who|it)\s+(?:\w+ly\s+)?$/i.test(before);
  if (/ing$|ing[ -]/i.test(verb)) return isStart(before) || /\bby\s+$/i.test(before);
  return (isStart(before) || /^Revert/.test(verb)) && !NOT_NOW.test(before);
}

/** Nothing before it, or the end of a sentence; `partially` and the like may stand between. */
function isStart(before: string): boolean {
  const bare = before
    .replace(/\b(?:partial|partially|partly|temporarily|also|now|so|and|i|we)\s+$/i, '')
    .trimEnd();
  return bare === '' || /[.;:!?)(*•"'`,—–-]$/.test(bare) || /\n\s*$/.test(before);
}

function formOf(changes: readonly NamedChange[]): RevertForm {
  const name = changes[0]?.[0];
  if (name?.kind === 'pull-request') return 'pull-request';
  return name?.kind === 'revision' ? 'revision' : 'sha';
}

function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.exec(text) === null ? null : pattern.lastIndex;
}
