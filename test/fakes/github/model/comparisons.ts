// What is between two commits? The three-dot comparison that pull requests and `compare` show.
import { diffTrees, type FileChange } from '../git/diff.js';
import { findMergeBase, listCommits } from '../git/history.js';
import { type FilePatch, renderFileDiff, renderPatch } from '../git/hunks.js';
import type { PullRequest, World } from './world.js';

export interface ComparedFile extends FileChange {
  readonly additions: number;
  readonly deletions: number;
  readonly patch: FilePatch;
}

export interface Comparison {
  readonly base: string;
  readonly head: string;
  /** `null`: unrelated histories. */
  readonly mergeBase: string | null;
  /** Oldest first. */
  readonly commits: readonly string[];
  readonly files: readonly ComparedFile[];
  readonly additions: number;
  readonly deletions: number;
}

const cache = new WeakMap<World, Map<string, Comparison>>();
const MOST_CACHED = 300;

export function compareCommits(world: World, base: string, head: string): Comparison {
  const known = cache.get(world) ?? new Map<string, Comparison>();
  cache.set(world, known);
  const key = `${base}...${head}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const comparison = compareTrees(world, base, head, findMergeBase(world.store, base, head));
  if (known.size >= MOST_CACHED) known.delete(known.keys().next().value!);
  known.set(key, comparison);
  return comparison;
}

function compareTrees(world: World, base: string, head: string, mergeBase: string | null): Comparison {
  const { store } = world;
  const before = mergeBase === null ? new Map() : store.treeOf(mergeBase);
  const files = diffTrees(store, before, store.treeOf(head)).map((change) => {
    const patch = renderPatch(store, change);
    return { ...change, additions: patch.additions, deletions: patch.deletions, patch };
  });
  return {
    base,
    head,
    mergeBase,
    commits: listCommits(store, base, head),
    files,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
  };
}

/** What a commit changes against its first parent; the first commit of all adds everything. */
export function changesOf(world: World, sha: string): Comparison {
  const [parent] = world.store.readCommit(sha)!.parents;
  if (parent !== undefined) return compareTrees(world, parent, sha, parent);
  return compareTrees(world, sha, sha, null);
}

/** Open: against the base as it stands now. Closed: against the base as it stood. */
export function comparePull(world: World, pull: PullRequest): Comparison {
  const tip = pull.state === 'OPEN' ? pull.repository.branches.get(pull.baseRef) : undefined;
  return compareCommits(world, tip ?? pull.baseSha, pull.headSha);
}

/** https://docs.github.com/repositories/creating-and-managing-repositories/repository-limits#diff-limits */
const MOST_DIFF_FILES = 300;
const MOST_DIFF_LINES = 20_000;

export type RenderedDiff =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

export function renderDiff(world: World, comparison: Comparison, idLength: number): RenderedDiff {
  if (comparison.files.length > MOST_DIFF_FILES) return tooLarge('files', MOST_DIFF_FILES);
  const text = comparison.files.map((file) => renderFileDiff(world.store, file, idLength)).join('');
  const lines = text.split('\n').length - 1;
  return lines > MOST_DIFF_LINES ? tooLarge('lines', MOST_DIFF_LINES) : { ok: true, text };
}

function tooLarge(what: string, most: number): RenderedDiff {
  const advice = "Consider using 'List pull requests files' API or locally cloning the repository instead.";
  return {
    ok: false,
    message: `Sorry, the diff exceeded the maximum number of ${what} (${most}). ${advice}`,
  };
}
