// How much of a change did a later one undo?
// Lines the one added and the other removed, and the other way round, as a share of the first one's lines.
import { type DiffFile, parseUnifiedDiff } from '../formats/unified-diff.js';

interface FileLines {
  readonly added: ReadonlyMap<string, number>;
  readonly removed: ReadonlyMap<string, number>;
  readonly weight: number;
  /** Blob ids before and after. */
  readonly blobs: readonly [string, string] | null;
}

/** A change, path by path; renames are a removed and an added file. */
export type ChangeLines = ReadonlyMap<string, FileLines>;

/** From `git diff-tree -p --no-renames --full-index`; `null` if cut short. */
export function readChangeLines(diff: string): ChangeLines | null {
  const files = parseUnifiedDiff(diff);
  return files === null ? null : new Map(files.map((file) => [file.newPath, linesOf(file)]));
}

/** 0 to 1; `null` if the change has nothing to undo. */
export function shareUndone(change: ChangeLines, later: ChangeLines): number | null {
  return share(change, later, (file) => [file.removed, file.added]);
}

/** 0 to 1: how much of a change a later one does again; `null` if there is nothing to do. */
export function shareRedone(change: ChangeLines, later: ChangeLines): number | null {
  return share(change, later, (file) => [file.added, file.removed]);
}

export function sharesPath(a: ChangeLines, b: ChangeLines): boolean {
  for (const path of a.keys()) if (b.has(path)) return true;
  return false;
}

type Counts = ReadonlyMap<string, number>;

function share(
  change: ChangeLines,
  later: ChangeLines,
  sides: (file: FileLines) => readonly [Counts, Counts],
): number | null {
  const byName = uniqueByName(later);
  let total = 0;
  let common = 0;
  for (const [path, file] of change) {
    total += file.weight;
    const other = later.get(path) ?? byName.get(baseName(path));
    if (other === undefined) continue;
    if (isExactInverse(file, other) && sides(other)[0] === other.removed) {
      common += file.weight;
      continue;
    }
    const [forAdded, forRemoved] = sides(other);
    common += countCommon(file.added, forAdded) + countCommon(file.removed, forRemoved);
  }
  return total === 0 ? null : Math.min(1, common / total);
}

function isExactInverse(a: FileLines, b: FileLines): boolean {
  return a.blobs !== null && b.blobs !== null && a.blobs[0] === b.blobs[1] && a.blobs[1] === b.blobs[0];
}

function countCommon(a: Counts, b: Counts): number {
  let common = 0;
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  for (const [line, count] of small) common += Math.min(count, large.get(line) ?? 0);
  return common;
}

/** A file that has moved since is found by its name, if only one has it. */
function uniqueByName(change: ChangeLines): ReadonlyMap<string, FileLines> {
  const files = new Map<string, FileLines | null>();
  for (const [path, file] of change) {
    const name = baseName(path);
    files.set(name, files.has(name) ? null : file);
  }
  return new Map([...files].filter((entry): entry is [string, FileLines] => entry[1] !== null));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function linesOf(file: DiffFile): FileLines {
  const added = new Map<string, number>();
  const removed = new Map<string, number>();
  let weight = 0;
  for (const hunk of file.hunks)
    for (const line of hunk.lines) {
      const side = line[0] === '+' ? added : line[0] === '-' ? removed : null;
      // Blanks and quotes are what a formatter changes between a change and its revert.
      const text = line.slice(1).replace(/[\s"'`]+/g, '');
      if (side === null || text === '') continue;
      side.set(text, (side.get(text) ?? 0) + 1);
      weight += 1;
    }
  const blobs =
    file.oldBlob === null || file.newBlob === null ? null : ([file.oldBlob, file.newBlob] as const);
  // A binary or blank-only change weighs one: it is undone if the old content is back.
  return { added, removed, weight: Math.max(weight, 1), blobs };
}
