// Which lines of a change only moved: deleted in one place and added as they were in another?
// Blanks at the ends of a line do not count, so re-indented lines are moved lines. Each line is used once.
import { parseUnifiedDiff } from '../formats/unified-diff.js';

interface PatchedFile {
  readonly path: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string | null;
}

/** Lines with something to tell, in a row, that a block needs: brackets alone move nowhere. */
const FEWEST = 3;
/** Places of one block of three lines that are tried, so that a file of equal lines costs no more than another. */
const MOST_TRIED = 8;

/** How many blocks' lines are both deleted and added; each stands for two changed lines. 0 unless all was read. */
export function countMovedLines(files: readonly PatchedFile[]): number {
  const deleted: Run[] = [];
  const added: Run[] = [];
  for (const file of files) {
    if (file.additions + file.deletions === 0) continue;
    if (!readRuns(file, deleted, added)) return 0;
  }
  const seeds = indexSeeds(deleted);
  let moved = 0;
  for (const run of added) moved += matchRun(run, deleted, seeds);
  return moved;
}

/** Lines that stand together on one side of a hunk. */
interface Run {
  readonly lines: readonly string[];
  /** Which lines tell something. */
  readonly telling: readonly number[];
  readonly used: boolean[];
}

interface Place {
  readonly run: number;
  readonly line: number;
}

/** False where the patch is missing, cut short or another one than GitHub counts. */
function readRuns(file: PatchedFile, deleted: Run[], added: Run[]): boolean {
  if (file.patch === null) return false;
  const body = file.patch.endsWith('\n') ? file.patch : `${file.patch}\n`;
  const parsed = parseUnifiedDiff(`diff --git a/f b/f\n--- a/f\n+++ b/f\n${body}`);
  if (parsed?.length !== 1) return false;
  let [minus, plus] = [0, 0];
  for (const hunk of parsed[0]!.hunks) {
    let sign = '';
    let lines: string[] = [];
    const close = () => {
      if (sign === '-' && lines.length >= FEWEST) deleted.push(runOf(lines));
      if (sign === '+' && lines.length >= FEWEST) added.push(runOf(lines));
      lines = [];
    };
    for (const line of hunk.lines) {
      const mark = line[0]!;
      if (mark === '\\') continue;
      if (mark !== sign) close();
      sign = mark;
      if (mark === ' ') continue;
      if (mark === '-') minus += 1;
      else plus += 1;
      lines.push(line.slice(1).trim());
    }
    close();
  }
  return minus === file.deletions && plus === file.additions;
}

function runOf(lines: readonly string[]): Run {
  const telling: number[] = [];
  lines.forEach((line, index) => {
    if (/[\p{L}\p{N}_]{2}/u.test(line)) telling.push(index);
  });
  return { lines, telling, used: new Array<boolean>(lines.length).fill(false) };
}

/** By three telling lines in a row: where they were deleted. */
function indexSeeds(runs: readonly Run[]): Map<string, { readonly places: Place[]; next: number }> {
  const seeds = new Map<string, { readonly places: Place[]; next: number }>();
  runs.forEach((run, number) => {
    for (let at = 0; at + FEWEST <= run.telling.length; at += 1) {
      const key = seedOf(run, at);
      const place = { run: number, line: run.telling[at]! };
      const known = seeds.get(key);
      if (known === undefined) seeds.set(key, { places: [place], next: 0 });
      else known.places.push(place);
    }
  });
  return seeds;
}

function seedOf({ lines, telling }: Run, at: number): string {
  return `${lines[telling[at]!]}\n${lines[telling[at + 1]!]}\n${lines[telling[at + 2]!]}`;
}

function matchRun(
  run: Run,
  deleted: readonly Run[],
  seeds: ReadonlyMap<string, { readonly places: readonly Place[]; next: number }>,
): number {
  let moved = 0;
  for (let at = 0; at + FEWEST <= run.telling.length; at += 1) {
    const seed = seeds.get(seedOf(run, at));
    if (seed === undefined) continue;
    const start = run.telling[at]!;
    while (seed.next < seed.places.length && isUsed(seed.places[seed.next]!, deleted)) seed.next += 1;
    for (const place of seed.places.slice(seed.next, seed.next + MOST_TRIED)) {
      const length = commonLength(run, start, deleted[place.run]!, place.line);
      if (tellingWithin(run, at, start + length) < FEWEST) continue;
      deleted[place.run]!.used.fill(true, place.line, place.line + length);
      moved += length;
      // Go on behind the block.
      while (at + 1 < run.telling.length && run.telling[at + 1]! < start + length) at += 1;
      break;
    }
  }
  return moved;
}

function isUsed({ run, line }: Place, deleted: readonly Run[]): boolean {
  return deleted[run]!.used[line]!;
}

function commonLength(run: Run, start: number, other: Run, from: number): number {
  let length = 0;
  while (
    start + length < run.lines.length &&
    from + length < other.lines.length &&
    !other.used[from + length] &&
    run.lines[start + length] === other.lines[from + length]
  )
    length += 1;
  return length;
}

function tellingWithin({ telling }: Run, from: number, end: number): number {
  let count = 0;
  while (from + count < telling.length && telling[from + count]! < end && count < FEWEST) count += 1;
  return count;
}
