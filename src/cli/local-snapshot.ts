// What would a pull request from one local ref into another look like?
// Only what git tells: accounts, reviews, the description and team members are not known, unless given.
import type { PolicyFile } from '../domain/policy-file.js';
import { POLICY_PATH } from '../domain/policy-file.js';
import { NO_QUALITY_FACTS } from '../domain/quality.js';
import type {
  Account,
  ChangedFile,
  Commit,
  FileStatus,
  GitIdentity,
  Review,
  Snapshot,
} from '../domain/snapshot.js';
import { computeDiffDigest } from '../formats/diff-digest.js';
import { CommandFailure } from './exit-codes.js';
import { git, readFileAt, resolveCommit } from './git.js';

export interface LocalChange {
  readonly repo: string;
  readonly base: string;
  readonly head: string;
  /** Branch name of the head; `null`: taken from `head` if that names a branch. */
  readonly branch: string | null;
  /** The opener, `null`: the last commit's author, taken to be a person. */
  readonly author: Account | null;
  /** `null`: of a single commit its subject, which GitHub fills in; else not known. */
  readonly title: string | null;
  readonly body: string | null;
  /** Logins of people who approve the head; `null`: not known. */
  readonly approvals: readonly string[] | null;
}

export interface LocalReading {
  readonly snapshot: Snapshot;
  /** The policy as the base has it. */
  readonly policy: PolicyFile;
}

export async function readLocalChange(change: LocalChange, now: Date): Promise<LocalReading> {
  const { repo } = change;
  const [base, head] = [await resolveCommit(repo, change.base), await resolveCommit(repo, change.head)];
  const mergeBase = await findMergeBase(change, base, head);
  const commits = await readCommits(repo, mergeBase, head);
  const diffText = (await git(repo, ['diff', ...DIFF, '--full-index', '-p', mergeBase, head])).toString(
    'utf8',
  );
  const files = await readFiles(repo, mergeBase, head);
  const baseRef = branchName(change.base);
  const digest = computeDiffDigest(baseRef, diffText);
  const opener = change.author ?? guessOpener(commits);
  const snapshot: Snapshot = {
    source: 'local',
    repository: { ...(await readOrigin(repo)), id: null, defaultBranch: baseRef },
    pullRequest: {
      number: null,
      title: change.title ?? subjectOfOnly(commits),
      body: change.body,
      state: 'open',
      draft: null,
      author: opener,
      baseRef,
      headRef: change.branch ?? (await branchOf(repo, change.head)),
      headSha: head,
      headRepository: null,
      labels: null,
      assignees: null,
      changedFiles: files.length,
      commitCount: commits.length,
      baseChangedAt: 'never',
    },
    commits,
    files,
    reviews: change.approvals === null ? null : change.approvals.map((login) => approvalBy(login, head, now)),
    codeowners: await readCodeowners(repo, base),
    attributes: (await readFileAt(repo, base, '.gitattributes'))?.toString('utf8') ?? '',
    headPolicy: await readPolicyAt(repo, head),
    people: {},
    teams: {},
    checks: null,
    ownChecks: [],
    digests: digest === null ? {} : { [head]: digest },
    quality: NO_QUALITY_FACTS,
    evals: {},
    revertOf: null,
  };
  return { snapshot, policy: await readPolicyAt(repo, base) };
}

/** Git's raw diff from where `head` left `base` to `head`. */
export async function readLocalDiff(change: Pick<LocalChange, 'repo' | 'base' | 'head'>): Promise<string> {
  const { repo } = change;
  const [base, head] = [await resolveCommit(repo, change.base), await resolveCommit(repo, change.head)];
  const mergeBase = await findMergeBase(change, base, head);
  return (await git(repo, ['diff', ...DIFF, '-p', mergeBase, head])).toString('utf8');
}

const DIFF = [
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--find-renames',
  '--ignore-submodules=none',
] as const;

async function findMergeBase(
  change: Pick<LocalChange, 'repo' | 'base' | 'head'>,
  base: string,
  head: string,
): Promise<string> {
  const sha = (await git(change.repo, ['merge-base', base, head]).catch(() => Buffer.from('')))
    .toString('utf8')
    .trim();
  if (sha !== '') return sha;
  throw new CommandFailure(
    `${change.base} and ${change.head} have no common ancestor in this clone. A shallow clone may lack it: \`git fetch --unshallow\`.`,
  );
}

async function readCommits(repo: string, from: string, to: string): Promise<Commit[]> {
  const format = '%H%n%P%n%an%n%ae%n%cn%n%ce%n%B';
  const out = await git(repo, [
    'log',
    '-z',
    '--reverse',
    '--topo-order',
    `--format=${format}`,
    `${from}..${to}`,
  ]);
  return out
    .toString('utf8')
    .split('\0')
    .filter((record) => record.trim() !== '')
    .map((record) => {
      const [sha = '', parents = '', an = '', ae = '', cn = '', ce = '', ...message] = record.split('\n');
      return {
        sha,
        parents: parents.split(' ').filter((parent) => parent !== ''),
        author: identity(an, ae),
        committer: identity(cn, ce),
        coAuthors: [],
        message: message.join('\n').trimEnd(),
        signature: null,
      };
    });
}

function identity(name: string, email: string): GitIdentity {
  return { name, email, account: null };
}

const STATUS: Readonly<Record<string, FileStatus>> = {
  A: 'added',
  M: 'modified',
  D: 'removed',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

async function readFiles(repo: string, from: string, to: string): Promise<ChangedFile[]> {
  const raw = split(await git(repo, ['diff', ...DIFF, '--raw', '-z', '--no-abbrev', from, to]));
  const counts = readCounts(split(await git(repo, ['diff', ...DIFF, '--numstat', '-z', from, to])));
  const files: ChangedFile[] = [];
  for (let i = 0; i < raw.length; ) {
    const match = /^:(\d{6}) (\d{6}) [0-9a-f]+ [0-9a-f]+ ([A-Z])\d*$/.exec(raw[i] ?? '');
    if (match === null) throw new CommandFailure(`git diff: an entry of an unknown form: ${raw[i]}`);
    const status = STATUS[match[3]!];
    if (status === undefined) throw new CommandFailure(`git diff: unknown change type ${match[3]}`);
    const moved = status === 'renamed' || status === 'copied';
    const path = raw[moved ? i + 2 : i + 1]!;
    const count = counts.get(path) ?? { additions: 0, deletions: 0 };
    files.push({
      path,
      previousPath: moved ? raw[i + 1]! : null,
      status,
      ...count,
      mode: status === 'removed' ? match[1]! : match[2]!,
      patch: null,
    });
    i += moved ? 3 : 2;
  }
  return files;
}

function readCounts(fields: readonly string[]): Map<string, { additions: number; deletions: number }> {
  const counts = new Map<string, { additions: number; deletions: number }>();
  for (let i = 0; i < fields.length; i += 1) {
    const [added = '', deleted = '', path = ''] = fields[i]!.split('\t');
    // A rename leaves the path empty and is followed by its old and new name.
    const name = path === '' ? fields[i + 2]! : path;
    if (path === '') i += 2;
    counts.set(name, { additions: Number(added) || 0, deletions: Number(deleted) || 0 });
  }
  return counts;
}

function split(output: Buffer): string[] {
  return output.toString('utf8').split('\0').slice(0, -1);
}

/** GitHub's order of precedence: `.github/`, the root, `docs/`. */
async function readCodeowners(repo: string, commit: string) {
  for (const path of ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']) {
    const found = await readFileAt(repo, commit, path);
    if (found !== null) return { path, text: found.toString('utf8') };
  }
  return { path: null, text: null };
}

async function readPolicyAt(repo: string, commit: string): Promise<PolicyFile> {
  const bytes = await readFileAt(repo, commit, POLICY_PATH);
  return bytes === null ? { kind: 'absent' } : policyFromBytes(bytes);
}

/** A policy file from bytes; what is not UTF-8 has no text. */
export function policyFromBytes(bytes: Uint8Array): Extract<PolicyFile, { kind: 'found' }> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { kind: 'found', text, bytes: bytes.byteLength, sha: null };
  } catch {
    return { kind: 'found', text: null, bytes: bytes.byteLength, sha: null };
  }
}

function subjectOfOnly(commits: readonly Commit[]): string | null {
  const [only, ...others] = commits;
  return only === undefined || others.length > 0 ? null : (only.message.split('\n', 1)[0]?.trim() ?? null);
}

function guessOpener(commits: readonly Commit[]): Account | null {
  const last = commits.at(-1);
  if (last === undefined) return null;
  const login = /^(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com$/i.exec(last.author.email)?.[1];
  // A bot's address in a commit is a claim: its type is left open rather than called a person.
  if (login?.endsWith('[bot]')) return { login, id: null, type: null };
  return { login: login ?? last.author.email, id: null, type: 'User' };
}

function approvalBy(login: string, headSha: string, now: Date): Review {
  return {
    author: { login: login.replace(/^@/, ''), id: null, type: 'User' },
    state: 'APPROVED',
    headSha,
    submittedAt: now.toISOString(),
    dismissal: null,
  };
}

/** `origin/main` → `main`; a SHA or an expression stays as it is. */
function branchName(ref: string): string {
  return ref.replace(/^refs\/(heads|remotes\/[^/]+)\//, '').replace(/^(origin|upstream)\//, '');
}

async function branchOf(repo: string, ref: string): Promise<string | null> {
  const full = (await git(repo, ['rev-parse', '--symbolic-full-name', ref]).catch(() => Buffer.from('')))
    .toString('utf8')
    .trim();
  return /^refs\/(heads|remotes)\//.test(full) ? branchName(full) : null;
}

async function readOrigin(repo: string): Promise<{ owner: string; name: string }> {
  const url = (await git(repo, ['config', '--get', 'remote.origin.url']).catch(() => Buffer.from('')))
    .toString('utf8')
    .trim();
  const match = /[/:]([^/:]+)\/([^/]+?)(?:\.git)?\/?$/.exec(url);
  return { owner: match?.[1] ?? 'local', name: match?.[2] ?? 'repository' };
}
