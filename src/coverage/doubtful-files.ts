// Where only the changed files are known, may a path of the report mean another file of the repository?
// `src/tax.ts` is taken for a changed `packages/shop/src/tax.ts`, unless there is a `src/tax.ts`: then it is either.
import { code, say } from '../domain/message.js';
import type { CoverageReport } from './report.js';

/** Paths that are asked about at most; a guess that nobody asked about is none. */
const MAX_ASKED = 200;

/** By changed file that was only guessed: other files that the report may mean by what it wrote. */
export function askAboutGuesses({ guessed }: CoverageReport): ReadonlyMap<string, readonly string[]> {
  return new Map(guessed.map(({ reported, path }) => [path, otherFiles(reported, path)]));
}

export function pathsToAsk(guesses: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...new Set([...guesses.values()].flat())].slice(0, MAX_ASKED);
}

/** Leaves out of the report what may be said of another file. `present`: those of the asked paths that exist. */
export function withoutDoubtful(
  report: CoverageReport,
  guesses: ReadonlyMap<string, readonly string[]>,
  present: ReadonlySet<string>,
): CoverageReport {
  const asked = new Set(pathsToAsk(guesses));
  const files = new Map(report.files);
  const notes = [];
  for (const [path, others] of guesses) {
    const other = others.find((each) => present.has(each));
    if (other === undefined && others.every((each) => asked.has(each))) continue;
    files.delete(path);
    if (other !== undefined)
      notes.push(
        say`${code(other)} of the coverage may be ${code(path)} too: it is left out for the latter.`,
      );
  }
  return { ...report, files, notes: [...notes, ...report.notes] };
}

/** The reported path from the root, and from each of its folders down to what both have in common. */
function otherFiles(reported: string, path: string): readonly string[] {
  const [left, right] = [reported.split('/').filter((part) => part !== ''), path.split('/')];
  let common = 0;
  while (common < left.length && common < right.length && left.at(-1 - common) === right.at(-1 - common))
    common += 1;
  const found: string[] = [];
  for (let length = common; length <= left.length; length += 1) found.push(left.slice(-length).join('/'));
  return found.filter((each) => each !== path);
}
