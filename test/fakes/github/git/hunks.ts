// What does a change look like as text? Hunks and headers as `git diff` prints them.
import { structuredPatch } from 'diff';
import type { FileChange } from './diff.js';
import type { GitStore, TreeEntry } from './store.js';

export interface FilePatch {
  readonly additions: number;
  readonly deletions: number;
  /** The hunks alone. `null`: binary, or nothing but a rename or a mode change. */
  readonly hunks: string | null;
  readonly binary: boolean;
}

export function renderPatch(store: GitStore, change: FileChange): FilePatch {
  const before = contentOf(store, change.before);
  const after = contentOf(store, change.after);
  if (change.before?.sha === change.after?.sha) return NOTHING;
  if (isBinary(before) || isBinary(after)) return { ...NOTHING, binary: true };
  return renderHunks(before.toString('utf8'), after.toString('utf8'));
}

/** The whole `git diff` of one file, ending in a newline. GitHub shortens blob ids, to a width that varies. */
export function renderFileDiff(store: GitStore, change: FileChange, idLength: number): string {
  if (change.status === 'changed') {
    // Git shows a change of type as a removal and an addition.
    return (
      renderFileDiff(store, { ...change, status: 'removed', after: null }, idLength) +
      renderFileDiff(store, { ...change, status: 'added', before: null }, idLength)
    );
  }
  const { before, after } = change;
  const oldPath = quotePath('a/', change.previousPath ?? change.path);
  const newPath = quotePath('b/', change.path);
  const lines = [`diff --git ${oldPath} ${newPath}`];
  if (before === null) lines.push(`new file mode ${after!.mode}`);
  else if (after === null) lines.push(`deleted file mode ${before.mode}`);
  else if (before.mode !== after.mode) lines.push(`old mode ${before.mode}`, `new mode ${after.mode}`);
  if (change.status === 'renamed') {
    lines.push(
      `similarity index ${change.similarity}%`,
      `rename from ${quotePath('', change.previousPath!)}`,
      `rename to ${quotePath('', change.path)}`,
    );
  }
  const patch = renderPatch(store, change);
  if (before?.sha !== after?.sha) {
    const id = (entry: TreeEntry | null) => (entry?.sha ?? '0'.repeat(40)).slice(0, idLength);
    const mode = before !== null && before.mode === after?.mode ? ` ${after.mode}` : '';
    lines.push(`index ${id(before)}..${id(after)}${mode}`);
  }
  const from = before === null ? '/dev/null' : oldPath;
  const to = after === null ? '/dev/null' : newPath;
  if (patch.binary) lines.push(`Binary files ${from} and ${to} differ`);
  else if (patch.hunks !== null)
    lines.push(
      `--- ${from}${tab(before, change.previousPath ?? change.path)}`,
      `+++ ${to}${tab(after, change.path)}`,
      patch.hunks,
    );
  return `${lines.join('\n')}\n`;
}

/** Git's test: a NUL byte among the first 8,000. */
export function isBinary(content: Buffer): boolean {
  return content.subarray(0, 8000).includes(0);
}

/** Lines with their newlines; the last may lack one. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

const NOTHING: FilePatch = { additions: 0, deletions: 0, hunks: null, binary: false };

function renderHunks(before: string, after: string): FilePatch {
  const oldLines = splitLines(before);
  let additions = 0;
  let deletions = 0;
  const hunks = structuredPatch('', '', before, after, '', '', { context: 3 }).hunks.map((hunk) => {
    for (const line of hunk.lines) {
      if (line.startsWith('+')) additions += 1;
      else if (line.startsWith('-')) deletions += 1;
    }
    // For an empty side git names the line before the gap; so does `diff` only when formatting.
    const oldStart = hunk.oldLines === 0 ? hunk.oldStart - 1 : hunk.oldStart;
    const newStart = hunk.newLines === 0 ? hunk.newStart - 1 : hunk.newStart;
    const heading = findHeading(oldLines, hunk.oldLines === 0 ? oldStart : oldStart - 1);
    const range = `@@ -${formatRange(oldStart, hunk.oldLines)} +${formatRange(newStart, hunk.newLines)} @@`;
    return [heading === '' ? range : `${range} ${heading}`, ...hunk.lines].join('\n');
  });
  return { additions, deletions, hunks: hunks.length === 0 ? null : hunks.join('\n'), binary: false };
}

function formatRange(start: number, count: number): string {
  return count === 1 ? `${start}` : `${start},${count}`;
}

/** The nearest line above that starts with a letter, `_` or `$`: git's default for a language it does not know. */
function findHeading(lines: readonly string[], above: number): string {
  for (let index = above - 1; index >= 0; index -= 1) {
    const line = lines[index]!;
    if (/^[A-Za-z_$]/.test(line))
      return Buffer.from(line).subarray(0, 80).toString('utf8').replace(/\s+$/, '');
  }
  return '';
}

function contentOf(store: GitStore, entry: TreeEntry | null): Buffer {
  if (entry === null) return Buffer.alloc(0);
  if (entry.mode === '160000') return Buffer.from(`Subproject commit ${entry.sha}\n`);
  const content = store.readBlob(entry.sha);
  if (content === undefined) throw new Error(`The git store has no blob ${entry.sha}.`);
  return content;
}

/** As git's `core.quotePath` does: control characters, quotes, backslashes and non-ASCII bytes in octal. */
function quotePath(prefix: string, path: string): string {
  const bytes = [...Buffer.from(prefix + path)];
  if (bytes.every((b) => b >= 32 && b < 127 && b !== 34 && b !== 92)) return prefix + path;
  const named: Record<number, string> = { 7: 'a', 8: 'b', 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r' };
  const body = bytes.map((b) => {
    if (named[b] !== undefined) return `\\${named[b]}`;
    if (b === 34 || b === 92) return `\\${String.fromCharCode(b)}`;
    return b < 32 || b >= 127 ? `\\${b.toString(8).padStart(3, '0')}` : String.fromCharCode(b);
  });
  return `"${body.join('')}"`;
}

/** Git ends a file name that holds a space with a tab, so that a date could follow. */
function tab(entry: TreeEntry | null, path: string): string {
  return entry !== null && path.includes(' ') ? '\t' : '';
}
