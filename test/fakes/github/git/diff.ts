// Which files differ between two trees, and which of them only moved?
// Renames as `git diff -M` finds them: identical content first, then at least half of it kept.
import { compareBytes, type GitStore, type Tree, type TreeEntry } from './store.js';

export type FileStatus = 'added' | 'modified' | 'removed' | 'renamed' | 'changed';

export interface FileChange {
  readonly path: string;
  /** Set for a renamed file only. */
  readonly previousPath: string | null;
  /** `changed`: the type changed, e.g. a file became a symlink. */
  readonly status: FileStatus;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
  /** Per cent, rounded down as git does; only meaningful for a rename. */
  readonly similarity: number;
}

export function diffTrees(store: GitStore, before: Tree, after: Tree): readonly FileChange[] {
  if (before === after) return [];
  const changes: FileChange[] = [];
  const added: Candidate[] = [];
  const removed: Candidate[] = [];
  for (const [path, entry] of after) {
    const old = before.get(path);
    if (old === undefined) added.push({ path, entry });
    else if (old.sha !== entry.sha || old.mode !== entry.mode) {
      const status = typeOf(old) === typeOf(entry) ? 'modified' : 'changed';
      changes.push({ path, previousPath: null, status, before: old, after: entry, similarity: 0 });
    }
  }
  for (const [path, entry] of before) if (!after.has(path)) removed.push({ path, entry });
  const { renames, restAdded, restRemoved } = pairRenames(store, removed, added);
  changes.push(
    ...renames,
    ...restAdded.map(({ path, entry }) => ({ ...NONE, path, status: 'added' as const, after: entry })),
    ...restRemoved.map(({ path, entry }) => ({ ...NONE, path, status: 'removed' as const, before: entry })),
  );
  return changes.sort((a, b) => compareBytes(a.path, b.path));
}

/** Git's own measure: bytes kept, counted in lines cut at 64 bytes, over the larger of both sizes; in per cent. */
export function measureSimilarity(before: Buffer, after: Buffer): number {
  const larger = Math.max(before.length, after.length);
  if (larger === 0) return 100;
  const old = countChunks(before);
  let kept = 0;
  for (const [chunk, bytes] of countChunks(after)) kept += Math.min(bytes, old.get(chunk) ?? 0);
  return Math.floor((kept * 100) / larger);
}

interface Candidate {
  readonly path: string;
  readonly entry: TreeEntry;
}

const NONE = { previousPath: null, before: null, after: null, similarity: 0 } as const;
const LOWEST_SIMILARITY = 50;
/** Git's `diff.renameLimit`: beyond it, only identical files are paired. */
const RENAME_LIMIT = 1000;

function pairRenames(store: GitStore, removed: readonly Candidate[], added: readonly Candidate[]) {
  const renames: FileChange[] = [];
  const from = new Set(removed);
  const to = new Set(added);
  const pair = (source: Candidate, target: Candidate, similarity: number) => {
    from.delete(source);
    to.delete(target);
    renames.push({
      path: target.path,
      previousPath: source.path,
      status: 'renamed',
      before: source.entry,
      after: target.entry,
      similarity,
    });
  };
  const bySha = groupBySha(removed);
  for (const target of added) {
    const same = (bySha.get(target.entry.sha) ?? []).filter(
      (source) => from.has(source) && typeOf(source.entry) === typeOf(target.entry),
    );
    const source = same.find((each) => nameOf(each.path) === nameOf(target.path)) ?? same[0];
    if (source !== undefined) pair(source, target, 100);
  }
  if (from.size * to.size <= RENAME_LIMIT * RENAME_LIMIT) {
    const scored = [...to].flatMap((target) =>
      [...from].flatMap((source) => {
        const similarity = compareEntries(store, source.entry, target.entry);
        return similarity >= LOWEST_SIMILARITY ? [{ source, target, similarity }] : [];
      }),
    );
    const sameName = (each: (typeof scored)[number]) =>
      nameOf(each.source.path) === nameOf(each.target.path) ? 1 : 0;
    scored.sort((a, b) => b.similarity - a.similarity || sameName(b) - sameName(a));
    for (const { source, target, similarity } of scored)
      if (from.has(source) && to.has(target)) pair(source, target, similarity);
  }
  return { renames, restAdded: [...to], restRemoved: [...from] };
}

function groupBySha(candidates: readonly Candidate[]): Map<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>();
  for (const each of candidates) {
    const group = groups.get(each.entry.sha);
    if (group === undefined) groups.set(each.entry.sha, [each]);
    else group.push(each);
  }
  return groups;
}

function compareEntries(store: GitStore, source: TreeEntry, target: TreeEntry): number {
  if (typeOf(source) !== 'file' || typeOf(target) !== 'file') return 0;
  const [before, after] = [store.readBlob(source.sha)!, store.readBlob(target.sha)!];
  const [small, large] = [Math.min(before.length, after.length), Math.max(before.length, after.length)];
  if (small * 100 < large * LOWEST_SIMILARITY || small === 0) return 0;
  return measureSimilarity(before, after);
}

function countChunks(content: Buffer): Map<string, number> {
  const chunks = new Map<string, number>();
  let start = 0;
  for (let at = 0; at < content.length; at += 1) {
    if (content[at] !== 10 && at - start + 1 < 64 && at + 1 < content.length) continue;
    const chunk = content.toString('latin1', start, at + 1);
    chunks.set(chunk, (chunks.get(chunk) ?? 0) + chunk.length);
    start = at + 1;
  }
  return chunks;
}

function typeOf(entry: TreeEntry): 'file' | 'symlink' | 'submodule' {
  if (entry.mode === '120000') return 'symlink';
  return entry.mode === '160000' ? 'submodule' : 'file';
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
