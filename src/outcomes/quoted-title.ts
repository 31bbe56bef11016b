// Where does a quoted title end, when titles hold quotes themselves: `Revert "Revert "T"" (#12)`?

export interface QuotedTitle {
  readonly title: string;
  /** Position after the closing quote. */
  readonly end: number;
  /** False if the text ended first. */
  readonly closed: boolean;
}

const CLOSING: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  "'": "'",
  '`': '`',
  '«': '»',
  '‘': '’',
};
const MAX_TITLE = 1_000;

/** The title quoted at `at`; `null` if no quote opens there. */
export function readQuotedTitle(text: string, at: number): QuotedTitle | null {
  const opening = text[at];
  const closing = opening === undefined ? undefined : CLOSING[opening];
  if (closing === undefined) return null;
  const limit = Math.min(text.length, at + MAX_TITLE);
  const end = opening === '"' ? endOfNested(text, at, limit) : endOfSimple(text, at, limit, closing);
  // Apostrophes and backticks stand around a word as often as around a title.
  if (opening !== '"' && opening !== '“' && (end === null || !/\S\s+\S+\s+\S/.test(text.slice(at + 1, end))))
    return null;
  if (end === null) return { title: text.slice(at + 1, limit), end: limit, closed: false };
  return { title: text.slice(at + 1, end), end: end + 1, closed: true };
}

/** A quote after a blank and before a word opens, one before a blank or an end closes. */
function endOfNested(text: string, at: number, limit: number): number | null {
  let depth = 1;
  let last: number | null = null;
  for (let i = at + 1; i < limit; i += 1) {
    if (text[i] !== '"') continue;
    last = i;
    const opens = /[\s([{:]/.test(text[i - 1] ?? '') && /[^\s".,;:!?)\]}]/.test(text[i + 1] ?? '');
    depth += opens ? 1 : -1;
    if (depth === 0) return i;
  }
  // One quote too few: the last one closes if nothing but the number of the pull request follows.
  return last !== null && /^\s*(?:\(#\d{1,9}\))?\s*$/.test(text.slice(last + 1, limit)) ? last : null;
}

function endOfSimple(text: string, at: number, limit: number, closing: string): number | null {
  for (let i = at + 1; i < limit; i += 1)
    if (text[i] === closing && !/[\p{L}\p{N}]/u.test(text[i + 1] ?? '')) return i;
  return null;
}
