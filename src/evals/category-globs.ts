// Which categories does a glob mean?
import { Minimatch } from 'minimatch';

export type CategoryMatcher = (names: readonly string[]) => boolean;

const OPTIONS = { dot: true, nonegate: true, nocomment: true, nocase: true, platform: 'linux' as const };

/**
 * True for a case one of whose names the glob means. `*` stands for anything, a slash as well, and upper and lower
 * case are the same: a category written slightly otherwise must not escape.
 */
export function compileCategoryGlob(pattern: string): CategoryMatcher {
  const engine = new Minimatch(flatten(pattern.trim()), { ...OPTIONS, braceExpandMax: 1000 });
  const known = new Map<string, boolean>();
  const matches = (name: string) => {
    let answer = known.get(name);
    if (answer === undefined) {
      answer = engine.match(flatten(name));
      if (known.size < 10_000) known.set(name, answer);
    }
    return answer;
  };
  return (names) => names.some(matches);
}

/** A private sign in place of the slash, so that no category is taken for a path. */
function flatten(text: string): string {
  return text.normalize('NFC').replaceAll('/', '\uE000');
}
