// Does one diff undo another, line by line and in the same places?
import { type DiffFile, parseUnifiedDiff } from './unified-diff.js';

/**
 * True only if every file of `undone` is put back as it was and nothing else is touched: same hunks with added and
 * deleted lines exchanged, at the same line numbers, modes and names exchanged. The place counts: the same lines taken
 * out of another block would be another change. So a revert that others have built around since is no exact one.
 * What is cut short, malformed, not UTF-8, copied, or binary without full blob ids is never exact.
 */
export function isExactInverse(undoing: string, undone: string): boolean {
  const [after, before] = [parseUnifiedDiff(undoing), parseUnifiedDiff(undone)];
  if (after === null || before === null || before.length === 0 || after.length !== before.length)
    return false;
  const byPath = new Map(after.map((file) => [file.oldPath, file]));
  return (
    byPath.size === before.length &&
    before.every((file) => {
      const inverse = byPath.get(file.newPath);
      return inverse !== undefined && undoesFile(inverse, file);
    })
  );
}

const INVERSE_STATUS = {
  added: 'removed',
  removed: 'added',
  modified: 'modified',
  renamed: 'renamed',
  // Undoing a copy removes a file, and that diff does not show the original.
  copied: null,
} as const;

function undoesFile(undoing: DiffFile, undone: DiffFile): boolean {
  if (undoing.status !== INVERSE_STATUS[undone.status]) return false;
  if (undoing.oldPath !== undone.newPath || undoing.newPath !== undone.oldPath) return false;
  if (undoing.oldMode !== undone.newMode || undoing.newMode !== undone.oldMode) return false;
  if (undoing.binary !== undone.binary || undoing.hunks.length !== undone.hunks.length) return false;
  if (undone.binary)
    return isSameBlob(undoing.oldBlob, undone.newBlob) && isSameBlob(undoing.newBlob, undone.oldBlob);
  return undone.hunks.every((hunk, at) => {
    const inverse = undoing.hunks[at]!;
    if (inverse.oldStart !== hunk.newStart || inverse.newStart !== hunk.oldStart) return false;
    const [expected, found] = [blocksOf(hunk.lines), blocksOf(inverse.lines)];
    return (
      expected !== null &&
      found !== null &&
      expected.length === found.length &&
      expected.every((block, index) => {
        const other = found[index]!;
        return (
          isSame(block.added, other.deleted) &&
          isSame(block.deleted, other.added) &&
          isSame(block.kept, other.kept)
        );
      })
    );
  });
}

interface Block {
  readonly deleted: string[];
  readonly added: string[];
  /** The unchanged lines that follow. */
  readonly kept: string[];
}

/** Within a block git prints deleted lines first, so their order against the added ones tells nothing. */
function blocksOf(lines: readonly string[]): readonly Block[] | null {
  const blocks: Block[] = [{ deleted: [], added: [], kept: [] }];
  let last: string[] | null = null;
  for (const line of lines) {
    // Different bytes that are no UTF-8 look the same.
    if (line.includes('\uFFFD')) return null;
    const block = blocks.at(-1)!;
    const mark = line[0];
    if (mark === '\\') {
      // No newline at the end: a property of the line before.
      if (last === null) return null;
      last.push(`${last.pop()}\n\\`);
      continue;
    }
    if (mark === ' ') last = block.kept;
    else {
      if (block.kept.length > 0) blocks.push({ deleted: [], added: [], kept: [] });
      last = mark === '-' ? blocks.at(-1)!.deleted : blocks.at(-1)!.added;
    }
    last.push(line.slice(1));
  }
  return blocks;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}

const FULL_BLOB = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** An abbreviated id can be matched on purpose. */
function isSameBlob(a: string | null, b: string | null): boolean {
  return a !== null && a === b && FULL_BLOB.test(a);
}
