// What did somebody probably mean, and how is a wrong value shown in a message?

const SHOWN = 60;
const LISTED = 30;
/** A hostile file can define thousands of names and miss each one thousands of times. */
const COMPARED = 200;

/** The known word nearest to a mistyped one, or `null` when none is near enough to be a likely meaning. */
export function nearest(word: string, knownWords: readonly string[]): string | null {
  const wanted = fold(word.slice(0, 100));
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of knownWords.slice(0, COMPARED)) {
    const folded = fold(candidate);
    if (Math.abs(folded.length - wanted.length) > allowance(Math.max(wanted.length, folded.length))) continue;
    const distance = editDistance(wanted, folded);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best !== null && least <= allowance(Math.max(wanted.length, best.length)) ? best : null;
}

/** The known words in one line, the first thirty of many. */
export function enumerate(knownWords: readonly (string | number)[]): string {
  const rest = knownWords.length - LISTED;
  return `${knownWords.slice(0, LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** A foreign value in a message: text quoted, control and bidirectional characters made visible, cut when long. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  const cut = value.length > SHOWN ? `${[...value.slice(0, SHOWN)].slice(0, -1).join('')}…` : value;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One mistake in four letters is a slip; more is another word. */
function allowance(length: number): number {
  return Math.max(1, Math.floor(length / 3));
}

function fold(word: string): string {
  return word.toLowerCase().replace(/[\s_]/g, '-');
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one each. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
