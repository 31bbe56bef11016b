// Is this the same change as the one somebody looked at?
import { createHash } from 'node:crypto';
import { type DiffFile, parseUnifiedDiff } from './unified-diff.js';

/**
 * Two SHA-256 (hex), joined by a dash. The first is over the content: per file both paths, status, modes and the lines
 * of its hunks. The second adds where it stands: the base branch, and per hunk its lines' numbers and the text after
 * `@@`. The same digest is the same change in the same place, so what somebody approved in one block cannot be carried
 * to another with the same lines around it. What it costs: a rebase on a base that grew above a hunk asks again.
 *
 * A file without complete text (binary, not UTF-8, no hunks) counts with its full blob id, taken from the diff or
 * from `blobs` (by path, the id after the change, before it for a removed file). An abbreviated id can be matched on
 * purpose, so without a full one the digest is `null`, "not known"; so it is for a diff that is empty, cut short or
 * malformed. GitHub's own diff of a large pull request may end between two files: count them before you trust it.
 */
export function computeDiffDigest(
  baseRef: string,
  diffText: string,
  blobs: ReadonlyMap<string, string> = new Map(),
): string | null {
  const files = parseUnifiedDiff(diffText);
  if (files === null || files.length === 0) return null;
  const contents: string[] = [];
  const places: string[] = [];
  for (const file of files) {
    const content = contentOf(file, blobs);
    if (content === null) return null;
    const { oldPath, newPath, status, oldMode, newMode } = file;
    const entry = JSON.stringify([oldPath, newPath, status, oldMode, newMode, content]);
    contents.push(entry);
    places.push(JSON.stringify([entry, file.hunks.map(placeOf)]));
  }
  return `${hash(['v2', contents.sort()])}-${hash(['v2', baseRef, places.sort()])}`;
}

/** The part that is the same wherever the change is proposed: against another base branch, after a rebase. */
export function contentDigestOf(digest: string): string {
  return digest.split('-')[0]!;
}

function placeOf({ oldStart, newStart, section }: DiffFile['hunks'][number]): readonly unknown[] {
  return [oldStart, newStart, section];
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** What stands for the file's content; `null` if it is not completely known. */
function contentOf(file: DiffFile, blobs: ReadonlyMap<string, string>): readonly unknown[] | null {
  const { hunks, binary, newBlob } = file;
  const lines = hunks.map((hunk) => hunk.lines);
  // Bytes that are no UTF-8 arrive as U+FFFD, and different ones look the same.
  const lossy = hunks.some((hunk) => [hunk.section, ...hunk.lines].some((line) => line.includes('\uFFFD')));
  if (hunks.length > 0 && !lossy) return ['hunks', lines];
  // No `index` line: only names or modes changed.
  if (!binary && !lossy && newBlob === null) return ['same'];
  const blob = blobOf(file, blobs);
  if (!binary && !lossy && isEmptyBlob(file)) return ['empty'];
  return blob === null ? null : ['blob', blob, lines];
}

function blobOf(file: DiffFile, blobs: ReadonlyMap<string, string>): string | null {
  const [shown, path] =
    file.status === 'removed' ? [file.oldBlob, file.oldPath] : [file.newBlob, file.newPath];
  const candidates = [shown, blobs.get(path) ?? null];
  return candidates.find((id): id is string => id !== null && FULL.test(id) && !/^0+$/.test(id)) ?? null;
}

const FULL = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Ids of the empty blob in SHA-1 and SHA-256 repositories. */
const EMPTY = [
  'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
  '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
];

/** An added or removed file without a line. Git says so by showing no hunk, so the abbreviated id only confirms it. */
function isEmptyBlob(file: DiffFile): boolean {
  const id = file.status === 'removed' ? file.oldBlob : file.newBlob;
  if (file.status !== 'added' && file.status !== 'removed') return false;
  return id !== null && EMPTY.some((empty) => empty.startsWith(id));
}
