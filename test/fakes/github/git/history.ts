// How do commits relate, and what comes out when two lines of work meet?
import { diffArrays } from 'diff';
import { isBinary, splitLines } from './hunks.js';
import type { GitStore, Tree, TreeEntry } from './store.js';

/** The commit both come from; the newest if there are several. `null`: unrelated histories. */
export function findMergeBase(store: GitStore, a: string, b: string): string | null {
  const ofA = ancestorsOf(store, a);
  const candidates: string[] = [];
  walk(store, b, (sha) => {
    if (!ofA.has(sha)) return true;
    candidates.push(sha);
    return false;
  });
  const best = candidates.filter(
    (sha) => !candidates.some((other) => other !== sha && ancestorsOf(store, other).has(sha)),
  );
  const date = (sha: string) => store.readCommit(sha)!.committer.date.getTime();
  return best.sort((x, y) => date(y) - date(x))[0] ?? null;
}

export function isAncestor(store: GitStore, ancestor: string, of: string): boolean {
  return ancestorsOf(store, of).has(ancestor);
}

/** What `git log --reverse base..head` lists: parents before children. */
export function listCommits(store: GitStore, base: string | null, head: string): readonly string[] {
  const known = base === null ? new Set<string>() : ancestorsOf(store, base);
  const listed = new Set<string>();
  const stack: { readonly sha: string; readonly ready: boolean }[] = [{ sha: head, ready: false }];
  const seen = new Set<string>();
  while (stack.length > 0) {
    const { sha, ready } = stack.pop()!;
    if (ready) listed.add(sha);
    else if (!known.has(sha) && !seen.has(sha)) {
      seen.add(sha);
      stack.push({ sha, ready: true });
      for (const parent of [...store.readCommit(sha)!.parents].reverse())
        stack.push({ sha: parent, ready: false });
    }
  }
  return [...listed];
}

/** The commit itself included. */
function ancestorsOf(store: GitStore, sha: string): ReadonlySet<string> {
  const seen = new Set<string>();
  walk(store, sha, (each) => {
    seen.add(each);
    return true;
  });
  return seen;
}

export type Merged =
  | { readonly clean: true; readonly tree: Tree }
  | { readonly clean: false; readonly conflicts: readonly string[] };

/** Three-way merge by file, then by line. A rename on one side with an edit on the other is a conflict here. */
export function mergeTrees(store: GitStore, base: Tree, ours: Tree, theirs: Tree): Merged {
  const result = new Map<string, TreeEntry>();
  const conflicts: string[] = [];
  for (const path of new Set([...ours.keys(), ...theirs.keys(), ...base.keys()])) {
    const [b, o, t] = [base.get(path), ours.get(path), theirs.get(path)];
    let entry: TreeEntry | undefined | null;
    if (isSame(o, t) || isSame(b, t)) entry = o;
    else if (isSame(b, o)) entry = t;
    else entry = b && o && t ? mergeEntry(store, b, o, t) : null;
    if (entry === null) conflicts.push(path);
    else if (entry !== undefined) result.set(path, entry);
  }
  return conflicts.length > 0 ? { clean: false, conflicts } : { clean: true, tree: result };
}

function mergeEntry(store: GitStore, b: TreeEntry, o: TreeEntry, t: TreeEntry): TreeEntry | null {
  if (b.mode !== o.mode && o.mode !== t.mode && b.mode !== t.mode) return null;
  const mode = b.mode === o.mode ? t.mode : o.mode;
  if (o.sha === t.sha || b.sha === t.sha) return { mode, sha: o.sha };
  if (b.sha === o.sha) return { mode, sha: t.sha };
  const contents = [b, o, t].map((entry) => store.readBlob(entry.sha));
  if (contents.some((content) => content === undefined || isBinary(content))) return null;
  const [base, ours, theirs] = contents.map((content) => splitLines(content!.toString('utf8')));
  const lines = mergeLines(base!, ours!, theirs!);
  return lines === null ? null : { mode, sha: store.writeBlob(Buffer.from(lines.join(''))) };
}

interface Edit {
  /** Range of base lines that is replaced. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** `null`: both sides changed the same or touching lines in different ways. */
function mergeLines(
  base: readonly string[],
  ours: readonly string[],
  theirs: readonly string[],
): readonly string[] | null {
  const mine = listEdits(base, ours);
  const edits = [...mine];
  for (const edit of listEdits(base, theirs)) {
    const touching = mine.filter((other) => other.from <= edit.to && edit.from <= other.to);
    if (touching.length === 0) edits.push(edit);
    else if (touching.length > 1 || !isSameEdit(touching[0]!, edit)) return null;
  }
  edits.sort((x, y) => x.from - y.from);
  const result: string[] = [];
  let at = 0;
  for (const edit of edits) {
    result.push(...base.slice(at, edit.from), ...edit.lines);
    at = edit.to;
  }
  return [...result, ...base.slice(at)];
}

function listEdits(base: readonly string[], side: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  let open: { from: number; to: number; lines: string[] } | null = null;
  for (const part of diffArrays([...base], [...side])) {
    if (!part.added && !part.removed) {
      if (open) edits.push(open);
      open = null;
      at += part.value.length;
      continue;
    }
    open ??= { from: at, to: at, lines: [] };
    if (part.removed) {
      at += part.value.length;
      open.to = at;
    } else open.lines.push(...part.value);
  }
  if (open) edits.push(open);
  return edits;
}

function isSameEdit(a: Edit, b: Edit): boolean {
  return a.from === b.from && a.to === b.to && a.lines.join('') === b.lines.join('');
}

function isSame(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.sha === b?.sha && a?.mode === b?.mode;
}

/** Breadth first; `visit` says whether to go on to the parents. */
function walk(store: GitStore, start: string, visit: (sha: string) => boolean): void {
  const seen = new Set([start]);
  const queue = [start];
  for (let sha = queue.shift(); sha !== undefined; sha = queue.shift()) {
    if (!visit(sha)) continue;
    for (const parent of store.readCommit(sha)?.parents ?? []) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      queue.push(parent);
    }
  }
}
