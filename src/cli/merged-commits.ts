// Which commits did each change of the trunk bring in, and who wrote them?
// A squash is itself the only one; a merge brings those of its branch that no earlier change had brought.
import type { SourceCommit } from '../agents/source.js';
import { startGit } from './git.js';
import { splitOutput } from './git-history.js';

export interface MergedCommits {
  /** Oldest first; of a merge without the merge itself. At most 500. */
  of(sha: string): readonly SourceCommit[];
  /** The message of a commit of the trunk, cut where it is very long. */
  messageOf(sha: string): string;
  /** Login of the account behind a git name, where some commit's address tells it. */
  loginOf(name: string): string | null;
}

interface Kept extends SourceCommit {
  readonly message: string;
  readonly sha: string;
  readonly parents: readonly string[];
  readonly at: number;
}

/** `trunk`: SHAs along the first parents, oldest first; `boundary`: what came before the first of them. */
export async function readMergedCommits(
  repo: string,
  trunk: readonly string[],
  boundary: string | null,
): Promise<MergedCommits> {
  const commits = await readCommits(repo, trunk, boundary);
  const brought = new Map<string, readonly Kept[]>();
  const seen = new Set<string>(trunk);
  for (const sha of trunk) {
    const change = commits.get(sha);
    if (change !== undefined) brought.set(sha, findBrought(change, commits, seen));
  }
  const logins = learnLogins(commits.values());
  return {
    of: (sha) => brought.get(sha) ?? [],
    messageOf: (sha) => commits.get(sha)?.message ?? '',
    loginOf: (name) => logins.get(name.trim().toLowerCase()) ?? null,
  };
}

const MAX_BROUGHT = 500;
const MAX_MESSAGE = 20_000;
const MAX_RECORD = 2 * 1024 * 1024;

async function readCommits(
  repo: string,
  trunk: readonly string[],
  boundary: string | null,
): Promise<ReadonlyMap<string, Kept>> {
  const commits = new Map<string, Kept>();
  const tip = trunk.at(-1);
  if (tip === undefined) return commits;
  const args = ['log', '--topo-order', '--reverse', '-z', '--encoding=UTF-8', '--no-notes', FORMAT, tip];
  const child = startGit(repo, boundary === null ? args : [...args, `^${boundary}`]);
  for await (const record of splitOutput(child, 0, MAX_RECORD, 'git log')) {
    const [sha = '', parents = '', an = '', ae = '', cn = '', ce = '', ...message] = record
      .toString('utf8')
      .split('\u0001');
    if (!/^[0-9a-f]{40,64}$/.test(sha)) continue;
    commits.set(sha, {
      sha,
      at: commits.size,
      parents: parents.split(' ').filter(Boolean),
      message: message.join('\u0001').slice(0, MAX_MESSAGE),
      author: { name: an, email: ae, account: null },
      committer: { name: cn, email: ce, account: null },
      signature: null,
    });
  }
  return commits;
}

const FORMAT = '--format=%H%x01%P%x01%an%x01%ae%x01%cn%x01%ce%x01%B';

function findBrought(change: Kept, commits: ReadonlyMap<string, Kept>, seen: Set<string>): readonly Kept[] {
  const found: Kept[] = [];
  const open = change.parents.slice(1);
  while (open.length > 0) {
    const sha = open.pop()!;
    const commit = commits.get(sha);
    if (commit === undefined || seen.has(sha)) continue;
    seen.add(sha);
    found.push(commit);
    open.push(...commit.parents);
  }
  if (found.length === 0) return [change];
  return found.sort((a, b) => a.at - b.at).slice(0, MAX_BROUGHT);
}

/** GitHub's own addresses hold the login. A name that two accounts share tells nothing. */
function learnLogins(commits: Iterable<Kept>): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>();
  for (const { author } of commits) {
    const login = loginOfAddress(author.email ?? '');
    const name = author.name?.trim().toLowerCase() ?? '';
    if (login === null || name === '') continue;
    const logins = found.get(name);
    if (logins === undefined) found.set(name, new Set([login]));
    else logins.add(login);
  }
  return new Map(
    [...found].flatMap(([name, logins]) => (logins.size === 1 ? [[name, [...logins][0]!] as const] : [])),
  );
}

/** `1234+kim@users.noreply.github.com` → `kim`. */
export function loginOfAddress(email: string): string | null {
  return /^(?:\d+\+)?([^@+\s]+)@users\.noreply\.github\.com$/i.exec(email)?.[1] ?? null;
}
