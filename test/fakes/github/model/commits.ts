// How do new commits come into a branch, and who hears of it?
import { findMergeBase, isAncestor, mergeTrees } from '../git/history.js';
import { type GitPerson, type Tree, type TreeEntry, ZERO_SHA } from '../git/store.js';
import { ensureUser, requireAccount } from './accounts.js';
import { openSuites } from './checks.js';
import { afterPush } from './pull-requests.js';
import { type Account, findAccount, type Repository, type SignatureRecord, type World } from './world.js';

/** A login, or what git has recorded: a name and an address, which anybody can write. */
export type Who = string | { readonly name: string; readonly email: string };

/** `null` removes the file. `sha` with mode `160000` is a submodule. */
export type FileContent =
  | string
  | Buffer
  | null
  | { readonly mode: string; readonly content: string | Buffer }
  | { readonly mode: '160000'; readonly sha: string };

/** `github`: signed by GitHub itself, as web edits and commits of an app are. */
export type NewSignature = 'none' | 'github' | 'invalid' | { readonly by: string };

export interface NewCommit {
  readonly files?: Readonly<Record<string, FileContent>>;
  /** From old path to new; content from `files` under the new path, if given. */
  readonly rename?: Readonly<Record<string, string>>;
  readonly author?: Who;
  readonly committer?: Who;
  readonly message?: string;
  readonly signature?: NewSignature;
  /** Branch or commit that is merged in; several make an octopus. */
  readonly merge?: string | readonly string[];
  /** What the author's and the committer's clock said; default: now. */
  readonly date?: Date;
}

export interface PushOptions {
  /** Login of whoever pushes: the `sender`. Default: the first commit's author, else the repository's owner. */
  readonly pusher?: string;
  /** Where a branch that is not there yet starts; default: the default branch. */
  readonly from?: string;
}

export interface Push extends PushOptions {
  readonly branch: string;
  readonly commits: readonly NewCommit[];
  /** Start again from this branch or commit and drop what the branch had. */
  readonly resetTo?: string;
}

/** Writes the commits, moves the branch once, and tells everybody. Returns the ids, oldest first. */
export function pushCommits(world: World, repository: Repository, push: Push): readonly string[] {
  const old = repository.branches.get(push.branch) ?? null;
  const start = push.resetTo ?? (old === null ? (push.from ?? repository.defaultBranch) : push.branch);
  let tip = resolveCommit(world, repository, start);
  const shas = push.commits.map((commit) => {
    tip = writeCommit(world, repository, tip, commit);
    return tip;
  });
  if (tip === null) throw new Error(`Branch "${push.branch}" needs at least one commit.`);
  moveBranch(world, repository, push.branch, tip, findPusher(world, repository, push));
  return shas;
}

/** Sets a branch and sends `push`, `synchronize` and `check_suite` for it. */
export function moveBranch(
  world: World,
  repository: Repository,
  branch: string,
  sha: string | null,
  sender: Account,
): void {
  const before = repository.branches.get(branch) ?? null;
  if (before === sha) return;
  if (sha === null) repository.branches.delete(branch);
  else repository.branches.set(branch, sha);
  repository.pushedAt = world.now();
  const forced = before !== null && sha !== null && !isAncestor(world.store, before, sha);
  world.emit({
    name: 'push',
    action: null,
    repository,
    organization: null,
    sender,
    payload: { ref: `refs/heads/${branch}`, before: before ?? ZERO_SHA, after: sha ?? ZERO_SHA, forced },
  });
  if (sha === null) return;
  afterPush(world, repository, branch, { before, after: sha, forced, sender });
  openSuites(world, repository, { branch, sha, before, sender });
}

/** A branch name, `HEAD`, a whole id or the start of one. */
export function resolveCommit(world: World, repository: Repository, revision: string): string | null {
  const name = revision.replace(/^refs\/heads\//, '').replace(/^heads\//, '');
  if (revision === 'HEAD') return repository.branches.get(repository.defaultBranch) ?? null;
  const tip = repository.branches.get(name);
  if (tip !== undefined) return tip;
  const pull = /^refs\/pull\/(\d+)\/head$/.exec(revision)?.[1];
  if (pull !== undefined) return repository.pulls.get(Number(pull))?.headSha ?? null;
  return /^[0-9a-f]{40}$/.test(revision) && world.store.readCommit(revision) ? revision : null;
}

function writeCommit(world: World, repository: Repository, parent: string | null, commit: NewCommit): string {
  const merged = [commit.merge ?? []].flat().map((name) => {
    const sha = resolveCommit(world, repository, name);
    if (sha === null) throw new Error(`There is no "${name}" to merge.`);
    return sha;
  });
  const tree = changeTree(world, mergedTree(world, parent, merged), commit);
  const { date } = commit;
  const author = toPerson(world, commit.author ?? repository.owner.login, date);
  return writeSigned(world, {
    tree: world.store.writeTree(tree),
    parents: [parent, ...merged].filter((each) => each !== null),
    author,
    committer:
      commit.committer === undefined
        ? defaultCommitter(world, commit, author)
        : toPerson(world, commit.committer, date),
    message: (commit.message ?? 'Change files').replace(/\n+$/, ''),
    signature: commit.signature ?? 'none',
  });
}

interface UnsignedCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  readonly message: string;
  readonly signature: NewSignature;
}

export function writeSigned(world: World, { signature, ...commit }: UnsignedCommit): string {
  const record = toSignature(world, signature);
  const gpgsig = record === null ? null : armour(signature === 'github' ? 'GitHub' : 'key', commit.tree);
  const sha = world.store.writeCommit({ ...commit, gpgsig });
  if (record !== null) world.signatures.set(sha, record);
  return sha;
}

function toPerson(world: World, who: Who, clock = world.now()): GitPerson {
  // Git keeps whole seconds.
  const date = new Date(Math.floor(clock.getTime() / 1000) * 1000);
  if (typeof who !== 'string') return { ...who, date };
  const account = ensureUser(world, who);
  return { name: account.name, email: account.email, date };
}

/** GitHub's own name on what it commits for somebody. */
function webFlow(world: World, clock: Date): GitPerson {
  return toPerson(world, { name: 'GitHub', email: 'noreply@github.com' }, clock);
}

function defaultCommitter(world: World, commit: NewCommit, author: GitPerson): GitPerson {
  return commit.signature === 'github' ? webFlow(world, author.date) : author;
}

/** Several heads are merged one after the other, as git's octopus strategy does. */
function mergedTree(world: World, parent: string | null, merged: readonly string[]): Tree {
  if (parent === null) return new Map();
  const { store } = world;
  let tree = store.treeOf(parent);
  for (const head of merged) {
    const base = findMergeBase(store, parent, head);
    const baseTree = base === null ? new Map<string, TreeEntry>() : store.treeOf(base);
    const result = mergeTrees(store, baseTree, tree, store.treeOf(head));
    if (!result.clean) throw new Error(`Cannot merge: conflict in ${result.conflicts.join(', ')}.`);
    tree = result.tree;
  }
  return tree;
}

export function mergeCommits(world: World, ours: string, theirs: string, base?: string) {
  const from = base ?? findMergeBase(world.store, ours, theirs);
  const baseTree = from === null ? new Map<string, TreeEntry>() : world.store.treeOf(from);
  return mergeTrees(world.store, baseTree, world.store.treeOf(ours), world.store.treeOf(theirs));
}

function changeTree(world: World, start: Tree, commit: NewCommit): Tree {
  const tree = new Map(start);
  for (const [from, to] of Object.entries(commit.rename ?? {})) {
    const entry = tree.get(from);
    if (entry === undefined) throw new Error(`Cannot rename "${from}": there is no such file.`);
    tree.delete(from);
    tree.set(to, entry);
  }
  for (const [path, content] of Object.entries(commit.files ?? {})) {
    if (content === null) {
      if (!tree.delete(path)) throw new Error(`Cannot remove "${path}": there is no such file.`);
    } else tree.set(path, toEntry(world, content, tree.get(path)));
  }
  return tree;
}

function toEntry(world: World, content: NonNullable<FileContent>, old: TreeEntry | undefined): TreeEntry {
  if (typeof content === 'string' || Buffer.isBuffer(content))
    return { mode: old?.mode ?? '100644', sha: world.store.writeBlob(Buffer.from(content)) };
  if ('sha' in content) return { mode: content.mode, sha: content.sha };
  return { mode: content.mode, sha: world.store.writeBlob(Buffer.from(content.content)) };
}

function toSignature(world: World, signature: NewSignature): SignatureRecord | null {
  if (signature === 'none') return null;
  if (signature === 'github')
    return { state: 'VALID', signer: findAccount(world, 'web-flow') ?? null, byGitHub: true };
  if (signature === 'invalid') return { state: 'INVALID', signer: null, byGitHub: false };
  return { state: 'VALID', signer: requireAccount(world, signature.by), byGitHub: false };
}

function armour(key: string, content: string): string {
  const body = Buffer.from(`simulated signature by ${key} of ${content}`).toString('base64');
  return `-----BEGIN PGP SIGNATURE-----\n\n${body}\n-----END PGP SIGNATURE-----`;
}

function findPusher(world: World, repository: Repository, push: Push): Account {
  if (push.pusher !== undefined) return requireAccount(world, push.pusher);
  const author = push.commits[0]?.author;
  return typeof author === 'string' ? ensureUser(world, author) : repository.owner;
}
