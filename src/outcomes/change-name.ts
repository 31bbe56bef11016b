// How do people name an earlier change, and do two names mean the same?
// A SHA may be cut to seven digits, a pull request may be a URL, a title may be cut by GitHub.

export type ChangeName =
  | { readonly kind: 'sha'; readonly sha: string }
  | { readonly kind: 'pull-request'; readonly number: number; readonly repository: string | null }
  /** A Phabricator revision: `D123`. */
  | { readonly kind: 'revision'; readonly id: string }
  /** As quoted; `cut` if it ends before its end. */
  | { readonly kind: 'title'; readonly title: string; readonly cut: boolean };

/** One change, under the names that stand next to each other: `#12 (0d04205)`. */
export type NamedChange = readonly ChangeName[];

/** How a name is written in a list of targets: `0d04205`, `12`, `D123`, `title:…`. */
export function nameLiteral(name: ChangeName): string | number {
  switch (name.kind) {
    case 'sha':
      return name.sha;
    case 'pull-request':
      return name.number;
    case 'revision':
      return name.id;
    case 'title':
      return `title:${name.title}`;
  }
}

export function isSameName(a: ChangeName, b: ChangeName): boolean {
  if (a.kind === 'sha' && b.kind === 'sha') return a.sha.startsWith(b.sha) || b.sha.startsWith(a.sha);
  if (a.kind === 'pull-request' && b.kind === 'pull-request') return a.number === b.number;
  if (a.kind === 'revision' && b.kind === 'revision') return a.id === b.id;
  if (a.kind === 'title' && b.kind === 'title') return isSameTitle(a, b);
  return false;
}

/** Own number at the end, as squash merging writes it. */
export const TRAILING_NUMBER = /\s*\((?:#|!|GH-)(\d{1,9})\)\s*$/i;

const MIN_CUT_TITLE = 12;

function isSameTitle(
  a: { readonly title: string; readonly cut: boolean },
  b: { readonly title: string; readonly cut: boolean },
): boolean {
  const [left, right] = [comparableTitle(a.title), comparableTitle(b.title)];
  if (left === right) return true;
  if (a.cut && left.length >= MIN_CUT_TITLE && right.startsWith(left)) return true;
  return b.cut && right.length >= MIN_CUT_TITLE && left.startsWith(right);
}

/** Without case, outer blanks, the ending GitHub cut and the number of the pull request. */
export function comparableTitle(title: string): string {
  return title
    .replace(/\s*(?:\(?#?\d{0,9})(?:…|\.\.\.)\s*$/, '')
    .replace(/(?:\s*\((?:#|!|GH-)\d{1,9}\))+\s*$/i, '')
    .replace(/\s{1,20}/g, ' ')
    .trim()
    .toLowerCase();
}

export function isCutTitle(title: string): boolean {
  return /(?:…|\.\.\.)\s*(?:\(#\d{1,9}\))?\s*$/.test(title);
}

/** Number of the pull request that a title itself carries, at its end or as a merge commit's. */
export function numberInTitle(title: string): number | null {
  const found = TRAILING_NUMBER.exec(title) ?? /^Merge pull request #(\d{1,9})\b/i.exec(title);
  return found === null ? null : Number(found[1]);
}

const URL_NAME =
  /https?:\/\/[\w.:-]{1,120}\/([\w.-]{1,100}\/[\w.-]{1,100}(?:\/[\w.-]{1,100}){0,3}?)(?:\/-)?\/(?:(?:pull|merge_requests|pull-requests|pullrequest)\/(\d{1,9})|commits?\/([0-9a-f]{7,64}))[^\s)>\]"']{0,200}/iy;
const SHORT_URL = /https?:\/\/[\w.:-]{1,120}\/(D\d{2,12})\b/iy;
const REPOSITORY_NUMBER = /([\w.-]{1,100}\/[\w.-]{1,100})[#!](\d{1,9})\b/y;
const NUMBER = /(?:GH-|#|!)(\d{1,9})\b/iy;
const REVISION = /D\d{2,12}\b/y;
const SHA = /[0-9a-f]{7,64}(?![\w-])/iy;

/** The name that stands at `at` in the text, with the position after it. */
export function readName(
  text: string,
  at: number,
): { readonly name: ChangeName; readonly end: number } | null {
  const url = matchAt(URL_NAME, text, at);
  if (url !== null) {
    const [, repository, number, sha] = url.match;
    const name: ChangeName =
      number === undefined
        ? { kind: 'sha', sha: sha!.toLowerCase() }
        : { kind: 'pull-request', number: Number(number), repository: repository! };
    return { name, end: url.end };
  }
  const short = matchAt(SHORT_URL, text, at);
  if (short !== null) return { name: { kind: 'revision', id: short.match[1]! }, end: short.end };
  const revision = matchAt(REVISION, text, at);
  if (revision !== null) return { name: { kind: 'revision', id: revision.match[0] }, end: revision.end };
  const sha = matchAt(SHA, text, at);
  if (sha !== null && isShaLike(sha.match[0]))
    return { name: { kind: 'sha', sha: sha.match[0].toLowerCase() }, end: sha.end };
  const foreign = matchAt(REPOSITORY_NUMBER, text, at);
  if (foreign !== null)
    return {
      name: { kind: 'pull-request', number: Number(foreign.match[2]), repository: foreign.match[1]! },
      end: foreign.end,
    };
  const number = matchAt(NUMBER, text, at);
  if (number !== null)
    return {
      name: { kind: 'pull-request', number: Number(number.match[1]), repository: null },
      end: number.end,
    };
  return null;
}

/** Seven hex digits are a word or a number as easily as a SHA. */
function isShaLike(text: string): boolean {
  if (text.length >= 40) return text.length === 40 || text.length === 64;
  return /\d/.test(text) && /[a-f]/i.test(text);
}

function matchAt(
  pattern: RegExp,
  text: string,
  at: number,
): { readonly match: RegExpExecArray; readonly end: number } | null {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match === null ? null : { match, end: pattern.lastIndex };
}
