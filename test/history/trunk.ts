// What does GitHub tell of a commit where nothing is special? Each test changes the one thing it is about.
import type { Commit } from '../../src/domain/snapshot.js';
import type { TrunkEntry, TrunkPull } from '../../src/github/read-trunk.js';

const KIM = { login: 'kim', id: 7, type: 'User' } as const;

export function sha(name: string): string {
  return Buffer.from(name).toString('hex').padEnd(40, '0').slice(0, 40);
}

export function commit(name: string, changes: Partial<Commit> = {}): Commit {
  const author = { name: 'Kim', email: 'kim@example.com', account: KIM };
  return {
    sha: sha(name),
    message: `Change ${name}`,
    author,
    committer: author,
    coAuthors: [],
    signature: { verified: false, signer: null, byGitHub: false },
    parents: [sha(`before ${name}`)],
    ...changes,
  };
}

export function entry(
  name: string,
  pulls: readonly TrunkPull[] = [],
  changes: Partial<TrunkEntry> & { readonly commit?: Commit } = {},
): TrunkEntry {
  return { commit: commit(name), committedAt: 1_795_000_000, parentCount: 1, pulls, ...changes };
}

export function pull(number: number, mergedAs: string | null, changes: Partial<TrunkPull> = {}): TrunkPull {
  return {
    number,
    title: `Change ${number}`,
    body: '',
    author: KIM,
    baseRef: 'main',
    headRef: `branch-${number}`,
    headSha: sha(`head of ${number}`),
    mergeSha: mergedAs === null ? null : sha(mergedAs),
    files: [],
    hasAllOfFiles: true,
    commits: [commit(`of ${number}`)],
    commitCount: 1,
    ...changes,
  };
}
