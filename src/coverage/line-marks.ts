// Which lines of each file were run, gathered from records in any order and any number?
// A number a record, whatever line numbers a report claims, and repeated records are folded together.
import { code, say } from '../domain/message.js';
import { Unreadable } from '../formats/unreadable.js';
import type { FileCoverage } from './report.js';

const MAX_FILES = 200_000;
/** Highest line number taken for real. */
const MAX_LINE = 2_000_000;
const MAX_LINES = 40_000_000;

interface Block {
  readonly start: number;
  readonly end: number;
  readonly isRun: boolean;
}

/** What one report says of one file. */
export interface FileMarks {
  /** As the tool wrote it. */
  readonly path: string;
  /** Module the tool names beside the path, such as a JaCoCo group. */
  readonly hint: string | null;
  /** `line * 2`, plus one if it was run. */
  marks: number[];
  readonly blocks: Map<string, Block>;
  compactAt: number;
}

/** Everything one coverage file says. */
export interface Marks {
  readonly name: string;
  readonly files: Map<string, FileMarks>;
  /** What the report holds that cannot be, with how often. */
  readonly oddities: Map<Oddity, number>;
}

export type Oddity = 'negative count' | 'impossible line number';

export function createMarks(name: string): Marks {
  return { name, files: new Map(), oddities: new Map() };
}

export function marksOf(marks: Marks, path: string, hint: string | null = null): FileMarks {
  const key = hint === null ? path : `${hint}\0${path}`;
  const known = marks.files.get(key);
  if (known !== undefined) return known;
  if (marks.files.size >= MAX_FILES) {
    throw new Unreadable(say`${code(marks.name)}: more than ${MAX_FILES} files`, 'too-large');
  }
  const made: FileMarks = { path, hint, marks: [], blocks: new Map(), compactAt: 4096 };
  marks.files.set(key, made);
  return made;
}

/** One line with its count. A negative count, which overflowing counters write, is not a run. */
export function markLine(marks: Marks, file: FileMarks, line: number, count: number): void {
  if (count < 0) noteOddity(marks, 'negative count');
  if (!(Number.isInteger(line) && line >= 1 && line <= MAX_LINE)) {
    noteOddity(marks, 'impossible line number');
    return;
  }
  file.marks.push(line * 2 + (count > 0 ? 1 : 0));
  if (file.marks.length >= file.compactAt) compact(file);
}

/** Lines from `start` to `end`. The same block may come from several test programs. */
export function markBlock(marks: Marks, file: FileMarks, key: string, block: Block): void {
  if (!(block.start >= 1 && block.end >= block.start && block.end <= MAX_LINE)) {
    noteOddity(marks, 'impossible line number');
    return;
  }
  const known = file.blocks.get(key);
  if (known === undefined || (block.isRun && !known.isRun)) file.blocks.set(key, block);
}

export function noteOddity(marks: Marks, oddity: Oddity): void {
  marks.oddities.set(oddity, (marks.oddities.get(oddity) ?? 0) + 1);
}

/** A line that one record or block saw run was run. `budget` is shared by all files of a reading. */
export function toFileCoverage(files: readonly FileMarks[], budget: { lines: number }): FileCoverage {
  const records: Uint32Array[] = files.map(({ marks }) => Uint32Array.from(marks));
  const blocks = files.flatMap((file) => [...file.blocks.values()]);
  if (blocks.length > 0) records.push(paint(blocks, budget));
  const folded = fold(records);
  spend(budget, folded.length);
  return {
    ...partByRun(folded),
    isByBlock: blocks.length > 0 && files.every((file) => file.marks.length === 0),
  };
}

function spend(budget: { lines: number }, lines: number): void {
  budget.lines += lines;
  if (budget.lines <= MAX_LINES) return;
  throw new Unreadable(say`the coverage names more than ${MAX_LINES} lines`, 'too-large');
}

/** Blocks as marks. Two running sums, so that a thousand overlapping blocks cost no more than their ends. */
function paint(blocks: readonly Block[], budget: { lines: number }): Uint32Array {
  const last = blocks.reduce((max, block) => Math.max(max, block.end), 0);
  // One block far down costs the way there.
  spend(budget, last >>> 4);
  const [any, run] = [new Int32Array(last + 2), new Int32Array(last + 2)];
  for (const { start, end, isRun } of blocks) {
    for (const sums of isRun ? [any, run] : [any]) {
      sums[start]! += 1;
      sums[end + 1]! -= 1;
    }
  }
  const marks = new Uint32Array(last);
  let [count, inAny, inRun] = [0, 0, 0];
  for (let line = 1; line <= last; line += 1) {
    inAny += any[line]!;
    inRun += run[line]!;
    if (inAny === 0) continue;
    marks[count] = line * 2 + (inRun > 0 ? 1 : 0);
    count += 1;
  }
  return marks.subarray(0, count);
}

function partByRun(marks: Uint32Array): Pick<FileCoverage, 'covered' | 'uncovered'> {
  let runs = 0;
  for (const mark of marks) runs += mark & 1;
  const [covered, uncovered] = [new Uint32Array(runs), new Uint32Array(marks.length - runs)];
  let [left, right] = [0, 0];
  for (const mark of marks) {
    if ((mark & 1) === 1) covered[left++] = mark >>> 1;
    else uncovered[right++] = mark >>> 1;
  }
  return { covered, uncovered };
}

function compact(file: FileMarks): void {
  file.marks = Array.from(fold([Uint32Array.from(file.marks)]));
  file.compactAt = Math.max(4096, file.marks.length * 2);
}

/** Sorted, one mark a line: of two for the same line the one that was run comes last, and stays. */
function fold(records: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(records.reduce((sum, record) => sum + record.length, 0));
  let at = 0;
  for (const record of records) {
    all.set(record, at);
    at += record.length;
  }
  all.sort();
  let kept = 0;
  for (let i = 0; i < all.length; i += 1) {
    const mark = all[i]!;
    if (kept > 0 && all[kept - 1]! >>> 1 === mark >>> 1) all[kept - 1] = mark;
    else {
      all[kept] = mark;
      kept += 1;
    }
  }
  return all.slice(0, kept);
}
