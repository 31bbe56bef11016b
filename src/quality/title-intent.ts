// What does the title say the change is for?
// One intent per title, so that piling up harmless words gains nothing. The words held up on repositories they
// were not fitted on; see docs/quality.md.

/**
 * `stopgap`: takes something out of use or works around it. `wording`: changes words, formatting or a version number.
 * `fix`: repairs something. `tidying`: reorders code without changing what it does.
 */
export type TitleIntent = 'stopgap' | 'wording' | 'fix' | 'tidying' | 'other';

/** In this order: what raises the chance is heard first. */
const SAYS: readonly (readonly [TitleIntent, RegExp])[] = [
  ['stopgap', /temporar|\bdisabl|workaround|\bhack|\bskip/i],
  [
    'wording',
    /\bdocs?\b|documentation|readme|comment|changelog|typo|spelling|grammar|wording|\blint|\bformat|\bstyle|whitespace|\bversion|\brelease/i,
  ],
  ['fix', /\b(fix|fixes|fixed|fixing|bugfix|hotfix|bug|correct|repair|resolve[sd]?)\b/i],
  ['tidying', /refactor|clean ?up|simplify|\brename|\bextract/i],
];

/** A limit, so that a title of a megabyte costs no more than a long one. */
const LONGEST_TITLE = 500;

export function readTitleIntent(title: string): TitleIntent {
  const text = title.slice(0, LONGEST_TITLE);
  return SAYS.find(([, words]) => words.test(text))?.[0] ?? 'other';
}
