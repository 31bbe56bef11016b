// What does git hold? Blobs, trees and commits by their real ids, in memory.
// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
import { createHash } from 'node:crypto';

/** `mode` as git writes it: `100644`, `100755`, `120000` (symlink), `160000` (submodule). */
export interface TreeEntry {
  readonly mode: string;
  readonly sha: string;
}

/** A whole tree with its folders flattened: path → entry. */
export type Tree = ReadonlyMap<string, TreeEntry>;

/** One level of a tree, as git stores it; a folder has mode `40000`. */
export interface TreeLevelEntry extends TreeEntry {
  readonly name: string;
}

export interface GitPerson {
  readonly name: string;
  readonly email: string;
  readonly date: Date;
}

export interface CommitObject {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  /** Without the newline that git puts at the end. */
  readonly message: string;
  /** The armoured signature in the commit, if any. */
  readonly gpgsig: string | null;
}

export interface GitStore {
  writeBlob(content: Buffer): string;
  readBlob(sha: string): Buffer | undefined;
  writeTree(tree: Tree): string;
  readTree(sha: string): Tree | undefined;
  readTreeLevel(sha: string): readonly TreeLevelEntry[] | undefined;
  writeCommit(commit: Omit<CommitObject, 'sha'>): string;
  readCommit(sha: string): CommitObject | undefined;
  /** What git signs: the commit without its signature. */
  signedPayload(sha: string): string;
  /** The commit as git stores it, without the object's header. */
  formatCommit(sha: string): string;
  treeOf(commitSha: string): Tree;
  countObjects(): number;
}

export function createGitStore(): GitStore {
  const blobs = new Map<string, Buffer>();
  const levels = new Map<string, readonly TreeLevelEntry[]>();
  const flat = new Map<string, Tree>();
  const commits = new Map<string, CommitObject>();

  const writeLevel = (entries: readonly TreeLevelEntry[]): string => {
    const sorted = [...entries].sort((a, b) => compareBytes(sortKey(a), sortKey(b)));
    const content = Buffer.concat(
      sorted.flatMap((e) => [Buffer.from(`${e.mode} ${e.name}\0`), Buffer.from(e.sha, 'hex')]),
    );
    const sha = hashObject('tree', content);
    levels.set(sha, sorted);
    return sha;
  };
  const writeFolder = (entries: readonly (readonly [string, TreeEntry])[]): string => {
    const here: TreeLevelEntry[] = [];
    const folders = new Map<string, (readonly [string, TreeEntry])[]>();
    for (const [path, entry] of entries) {
      const slash = path.indexOf('/');
      if (slash < 0) here.push({ name: path, ...entry });
      else {
        const name = path.slice(0, slash);
        const inside = folders.get(name) ?? [];
        inside.push([path.slice(slash + 1), entry]);
        folders.set(name, inside);
      }
    }
    for (const [name, inside] of folders) here.push({ name, mode: '40000', sha: writeFolder(inside) });
    return writeLevel(here);
  };
  const flatten = (sha: string, prefix: string, into: Map<string, TreeEntry>): boolean => {
    const level = levels.get(sha);
    if (level === undefined) return false;
    for (const { name, mode, sha: id } of level) {
      if (mode === '40000') flatten(id, `${prefix}${name}/`, into);
      else into.set(prefix + name, { mode, sha: id });
    }
    return true;
  };
  const store: GitStore = {
    writeBlob(content) {
      const sha = hashObject('blob', content);
      blobs.set(sha, content);
      return sha;
    },
    readBlob: (sha) => blobs.get(sha),
    writeTree(tree) {
      const sha = writeFolder([...tree]);
      flat.set(sha, tree);
      return sha;
    },
    readTree(sha) {
      const known = flat.get(sha);
      if (known !== undefined) return known;
      const tree = new Map<string, TreeEntry>();
      if (!flatten(sha, '', tree)) return undefined;
      flat.set(sha, tree);
      return tree;
    },
    readTreeLevel: (sha) => levels.get(sha),
    writeCommit(commit) {
      const sha = hashObject('commit', Buffer.from(formatCommit(commit, true)));
      commits.set(sha, { ...commit, sha });
      return sha;
    },
    readCommit: (sha) => commits.get(sha),
    signedPayload: (sha) => formatCommit(commits.get(sha)!, false),
    formatCommit: (sha) => formatCommit(commits.get(sha)!, true),
    treeOf(commitSha) {
      const commit = commits.get(commitSha);
      if (commit === undefined) throw new Error(`The git store has no commit ${commitSha}.`);
      return store.readTree(commit.tree)!;
    },
    countObjects: () => blobs.size + levels.size + commits.size,
  };
  return store;
}

function hashObject(kind: 'blob' | 'tree' | 'commit', content: Buffer): string {
  return createHash('sha1').update(`${kind} ${content.length}\0`).update(content).digest('hex');
}

/** Git's order: by bytes, not by UTF-16 units. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export const ZERO_SHA = '0'.repeat(40);

function sortKey(entry: TreeLevelEntry): string {
  return entry.mode === '40000' ? `${entry.name}/` : entry.name;
}

function formatCommit(commit: Omit<CommitObject, 'sha'>, signed: boolean): string {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${formatPerson(commit.author)}`,
    `committer ${formatPerson(commit.committer)}`,
  ];
  if (signed && commit.gpgsig !== null) lines.push(`gpgsig ${commit.gpgsig.replaceAll('\n', '\n ')}`);
  return `${lines.join('\n')}\n\n${commit.message}\n`;
}

function formatPerson(person: GitPerson): string {
  return `${person.name} <${person.email}> ${Math.floor(person.date.getTime() / 1000)} +0000`;
}
