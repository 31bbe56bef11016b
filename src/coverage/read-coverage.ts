// What do these files say about the tests: which lines of the repository were run?
// Several files are united: a line that one of them saw run was run.
import { code, list, type Message, ours, say } from '../domain/message.js';
import type { NamedFile } from '../formats/named-file.js';
import { Unreadable } from '../formats/unreadable.js';
import { type Detected, detect } from './detect.js';
import { readGoProfile } from './go-profile.js';
import { readIstanbulFinal, readIstanbulSummary } from './istanbul.js';
import { readLcov } from './lcov.js';
import { createMarks, type FileMarks, type Marks, type Oddity, toFileCoverage } from './line-marks.js';
import { createPathMapper, endingOf, type KnownPaths, normalise } from './map-paths.js';
import type { CoverageReading, CoverageReport, CoverageTool, FileCoverage, LineTotals } from './report.js';
import { readCobertura, readJacoco } from './xml-reports.js';

export interface CoverageQuestion {
  /** Paths of the repository at the head: all of them, or those one asks about. */
  readonly known: KnownPaths;
  /** The commit asked about. */
  readonly head: string;
  /** The commit the tests ran on; `null`: not known, taken to be the head. */
  readonly measuredAt: string | null;
}

/**
 * Reads every file whose form is known and leaves the others. One malformed report makes the whole reading
 * malformed: half a truth about tests is none. Never throws for what a file holds.
 */
export async function readCoverage(
  files: AsyncIterable<NamedFile> | Iterable<NamedFile>,
  question: CoverageQuestion,
): Promise<CoverageReading> {
  const { head, measuredAt } = question;
  if (measuredAt !== null && measuredAt.toLowerCase() !== head.toLowerCase()) {
    return {
      kind: 'stale',
      why: say`The coverage is of commit ${code(measuredAt.slice(0, 7))}, and the head is ${code(head.slice(0, 7))}.`,
    };
  }
  try {
    return toReading(await gather(files), question);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { kind } = error;
    return {
      kind,
      why:
        kind === 'too-large'
          ? say`The coverage is too large to be read: ${error.what}.`
          : say`The coverage cannot be read: ${error.what}.`,
    };
  }
}

interface Gathered {
  readonly marks: readonly Marks[];
  readonly tools: ReadonlySet<CoverageTool>;
  readonly summaries: readonly LineTotals[];
  readonly others: readonly { readonly name: string; readonly found: Detected }[];
}

const MAX_SUMMARIES = 1000;

async function gather(files: AsyncIterable<NamedFile> | Iterable<NamedFile>): Promise<Gathered> {
  const marks: Marks[] = [];
  const tools = new Set<CoverageTool>();
  const summaries: LineTotals[] = [];
  const others: { name: string; found: Detected }[] = [];
  for await (const given of files) {
    const { found, file } = await detect(given);
    if (found === 'blank' || found === 'archive' || found === 'other') {
      others.push({ name: file.name, found });
      // Tells the source that nobody reads on.
      await file.chunks[Symbol.asyncIterator]().return?.();
      continue;
    }
    tools.add(found);
    if (found === 'istanbul-summary') {
      if (summaries.length < MAX_SUMMARIES) summaries.push(await readIstanbulSummary(file));
    } else {
      const made = createMarks(file.name);
      marks.push(made);
      await READERS[found](file, made);
    }
  }
  return { marks, tools, summaries, others };
}

const READERS: Readonly<
  Record<Exclude<CoverageTool, 'istanbul-summary'>, (file: NamedFile, marks: Marks) => Promise<void>>
> = {
  lcov: readLcov,
  cobertura: readCobertura,
  jacoco: readJacoco,
  istanbul: readIstanbulFinal,
  go: readGoProfile,
};

function toReading(gathered: Gathered, { known }: CoverageQuestion): CoverageReading {
  const { marks, tools, summaries, others } = gathered;
  if (tools.size === 0) return { kind: others.some(isBlank) ? 'empty' : 'missing', why: sayNothing(others) };
  const placed = place(marks, known);
  const { files, foreign, endings, unmapped, unmappedCount, guessed } = placed;
  const totals = addUp(known.isComplete ? files.values() : [...files.values(), ...foreign]);
  const hasLines = marks.some((each) => each.files.size > 0);
  const summary = hasLines ? null : addUpSummaries(summaries);
  if (totals.executable === 0 && unmappedCount === 0 && (summary === null || summary.executable === 0)) {
    return { kind: 'empty', why: say`The coverage names no executable line: no test may have been run.` };
  }
  const report: CoverageReport = {
    tools: [...tools],
    reports: hasLines ? marks.length : summaries.length,
    files,
    endings,
    totals: summary ?? totals,
    unmapped,
    unmappedCount,
    guessed: guessed.filter(({ isNear }) => !isNear),
    notes: [
      ...sayUnmapped(placed, known),
      ...sayGuessed(placed),
      ...sayOddities(marks),
      ...sayOthers(others),
    ],
  };
  return { kind: 'read', report };
}

interface Placed {
  readonly files: ReadonlyMap<string, FileCoverage>;
  /** Of files that are none of the known paths. */
  readonly foreign: readonly FileCoverage[];
  readonly endings: ReadonlySet<string>;
  readonly unmapped: CoverageReport['unmapped'];
  readonly unmappedCount: number;
  /** Taken for a changed file of a longer path, where nobody knows the rest of the repository. */
  readonly guessed: readonly { readonly reported: string; readonly path: string; readonly isNear: boolean }[];
}

const MAX_UNMAPPED = 100;

/** Each report is mapped by itself: two packages may both write `src/index.ts`. */
function place(marks: readonly Marks[], known: KnownPaths): Placed {
  const map = createPathMapper(known);
  const isShared = known.isComplete ? () => false : createSharing(marks);
  const guessed = new Map<string, Omit<Placed['guessed'][number], 'reported'>>();
  const byPath = new Map<string, FileMarks[]>();
  const foreign = new Map<string, FileMarks[]>();
  const unmapped = new Map<string, readonly string[]>();
  const endings = new Set<string>();
  const push = (into: Map<string, FileMarks[]>, key: string, file: FileMarks) => {
    const same = into.get(key);
    if (same === undefined) into.set(key, [file]);
    else same.push(file);
  };
  for (const each of marks) {
    const reported = [...each.files.values()];
    for (const [index, mapped] of map(reported, each.name).entries()) {
      const file = reported[index]!;
      const path = normalise(file.path);
      endings.add(endingOf(path));
      const isGuess = !known.isComplete && mapped.kind === 'file' && !`/${path}`.endsWith(`/${mapped.path}`);
      const isNear = isGuess && liesIn(each.name, mapped.path, path);
      const isDoubtful = isGuess && isShared(path) && !isNear;
      if (mapped.kind === 'file' && !isDoubtful) {
        push(byPath, mapped.path, file);
        if (isGuess) guessed.set(path, { path: mapped.path, isNear });
      } else if (mapped.kind === 'file') {
        push(foreign, `${each.name}\0${path}`, file);
        unmapped.set(path, [mapped.path]);
      } else {
        push(foreign, path, file);
        unmapped.set(path, mapped.kind === 'ambiguous' ? mapped.candidates : []);
      }
    }
  }
  const budget = { lines: 0 };
  const files = new Map([...byPath].map(([path, same]) => [path, toFileCoverage(same, budget)]));
  return {
    files,
    endings,
    foreign: [...foreign.values()].map((same) => toFileCoverage(same, budget)),
    // Those that could be one of ours first: the others are mostly generated or installed.
    unmapped: [...unmapped]
      .map(([reported, candidates]) => ({ reported, candidates: candidates.slice(0, 10) }))
      .sort((a, b) => Math.sign(b.candidates.length) - Math.sign(a.candidates.length))
      .slice(0, MAX_UNMAPPED),
    unmappedCount: unmapped.size,
    guessed: [...guessed].map(([reported, guess]) => ({ reported, ...guess })),
  };
}

/** Whether several reports write this path: two packages may both have a `src/index.ts`. */
function createSharing(marks: readonly Marks[]): (path: string) => boolean {
  const counts = new Map<string, number>();
  for (const { files } of marks) {
    for (const path of new Set([...files.values()].map((file) => normalise(file.path)))) {
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
  }
  return (path) => (counts.get(path) ?? 0) > 1;
}

/** `packages/ui/coverage/lcov.info` lies in the folder that makes `src/a.ts` to `packages/ui/src/a.ts`. */
function liesIn(origin: string, file: string, reported: string): boolean {
  const folder = file.endsWith(`/${reported}`) ? file.slice(0, file.length - reported.length) : null;
  return folder !== null && `/${origin}`.includes(`/${folder}`);
}

function addUp(files: Iterable<FileCoverage>): LineTotals {
  let [covered, executable] = [0, 0];
  for (const file of files) {
    covered += file.covered.length;
    executable += file.covered.length + file.uncovered.length;
  }
  return { covered, executable };
}

function addUpSummaries(summaries: readonly LineTotals[]): LineTotals | null {
  if (summaries.length === 0) return null;
  return summaries.reduce((sum, each) => ({
    covered: sum.covered + each.covered,
    executable: sum.executable + each.executable,
  }));
}

function isBlank({ found }: { readonly found: Detected }): boolean {
  return found === 'blank';
}

const NAMED = 3;

function sayNothing(others: Gathered['others']): Message {
  if (others.length === 0) return say`There is no coverage: no file was given.`;
  const blank = others.find(isBlank);
  if (blank !== undefined) return say`The coverage file ${code(blank.name)} is empty.`;
  const more = others.length > NAMED ? [say`${others.length - NAMED} more`] : [];
  const names = list([...others.slice(0, NAMED).map(({ name }) => code(name)), ...more]);
  const packed = others.some(({ found }) => found === 'archive')
    ? say` An archive inside the archive is not opened.`
    : say``;
  return say`There is no coverage in a known form (lcov, Cobertura, JaCoCo, Istanbul JSON, Go profile) in ${names}.${packed}`;
}

function sayUnmapped({ files, unmapped, unmappedCount }: Placed, known: KnownPaths): Message[] {
  const unclear = unmapped.filter(({ candidates }) => candidates.length > 0).slice(0, 5);
  const notes = unclear.map(
    ({ reported, candidates }) =>
      say`${code(reported)} of the coverage may be ${list(
        candidates.slice(0, NAMED).map((path) => code(path)),
        'or',
      )}: it is left out.`,
  );
  // Where only the changed files are known, files that are none of them are no surprise.
  const strangers = unmapped.filter(({ candidates }) => candidates.length === 0);
  const first = strangers[0];
  if (first === undefined || !known.isComplete) return notes;
  const count = unmappedCount - unmapped.length + strangers.length;
  const example = code(first.reported);
  return files.size === 0
    ? [say`None of the files of the coverage is in the repository, for example ${example}.`, ...notes]
    : [
        say`${count} ${ours(count === 1 ? 'file of the coverage is' : 'files of the coverage are')} not in the repository, for example ${example}.`,
        ...notes,
      ];
}

/** Of a shorter path only the end could be compared. */
function sayGuessed({ guessed }: Placed): Message[] {
  return guessed
    .slice(0, NAMED)
    .map(
      ({ reported, path }) =>
        say`${code(reported)} of the coverage is taken for ${code(path)}: only the changed files were compared.`,
    );
}

const ODDITIES: Readonly<Record<Oddity, string>> = {
  'negative count': 'has a negative count, taken as not run',
  'impossible line number': 'has a line number that cannot be, left out',
};

function sayOddities(marks: readonly Marks[]): Message[] {
  const all: Message[] = [];
  for (const { name, oddities } of marks) {
    for (const [oddity, count] of oddities) {
      all.push(
        say`${code(name)}: ${count} ${ours(count === 1 ? 'record' : 'records')}: each ${ours(ODDITIES[oddity])}.`,
      );
    }
  }
  return all.slice(0, 20);
}

/** A report that is blank or packed was meant to be read; pages and style sheets beside it were not. */
function sayOthers(others: Gathered['others']): Message[] {
  return others
    .filter(({ found }) => found === 'blank' || found === 'archive')
    .slice(0, 20)
    .map(({ name, found }) =>
      found === 'blank'
        ? say`${code(name)} is empty.`
        : say`${code(name)} is an archive inside the archive, and is not opened.`,
    );
}
