// What does a valid pull request look like? Each test changes the one thing it is about.
import {
  type Account,
  type ChangedFile,
  type Commit,
  type GitIdentity,
  type Memory,
  NOTHING_REMEMBERED,
  type PersonFacts,
  type PullRequest,
  type RepositoryPermission,
  type Review,
  type Snapshot,
  type TeamFacts,
} from '../../src/domain/snapshot.js';
import { someHistory } from './quality-facts.js';

export const HEAD = 'aaaaaaa000000000000000000000000000000001';
export const EARLIER = 'bbbbbbb000000000000000000000000000000002';

const COPILOT: Account = { login: 'Copilot', id: 198982749, type: 'Bot' };

export function user(login: string, id: number | null = idOf(login)): Account {
  return { login, id, type: 'User' };
}

export function bot(login: string): Account {
  return { login: `${login}[bot]`, id: idOf(login), type: 'Bot' };
}

export function identity(account: Account): GitIdentity {
  return { name: account.login, email: `${account.id}+${account.login}@users.noreply.github.com`, account };
}

export const WEB_FLOW: GitIdentity = {
  name: 'GitHub',
  email: 'noreply@github.com',
  account: { login: 'web-flow', id: 19864447, type: 'User' },
};

export function aCommit(changes: Partial<Commit> = {}): Commit {
  return {
    sha: HEAD,
    message: 'Change a thing',
    author: identity(COPILOT),
    committer: WEB_FLOW,
    signature: { verified: true, signer: null, byGitHub: true },
    coAuthors: [],
    parents: ['1111111000000000000000000000000000000000'],
    ...changes,
  };
}

export function aFile(path: string, changes: Partial<ChangedFile> = {}): ChangedFile {
  return {
    path,
    previousPath: null,
    status: 'modified',
    additions: 3,
    deletions: 1,
    mode: '100644',
    patch: '@@ -1 +1,3 @@\n-old\n+new\n+new\n+new',
    ...changes,
  };
}

export function aReview(login: string, changes: Partial<Review> = {}): Review {
  return {
    author: user(login),
    state: 'APPROVED',
    headSha: HEAD,
    submittedAt: '2026-11-20T12:00:00Z',
    dismissal: null,
    ...changes,
  };
}

export function aPerson(login: string, permission: RepositoryPermission = 'write'): PersonFacts {
  return { account: user(login), permission };
}

export function aTeam(members: readonly string[], permission: RepositoryPermission = 'write'): TeamFacts {
  return { found: true, members, permission };
}

function aPullRequest(changes: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 812,
    title: 'Change a thing',
    body: '',
    state: 'open',
    draft: false,
    author: COPILOT,
    baseRef: 'main',
    headRef: 'copilot/change-a-thing',
    headSha: HEAD,
    headRepository: 'acme/shop',
    labels: [],
    assignees: [user('ann')],
    changedFiles: 1,
    commitCount: 1,
    baseChangedAt: 'never',
    ...changes,
  };
}

/** Counts follow the files and commits given, unless `pullRequest` says otherwise. */
export function aSnapshot(
  changes: Partial<Omit<Snapshot, 'pullRequest'>> & { readonly pullRequest?: Partial<PullRequest> } = {},
): Snapshot {
  const { pullRequest, ...rest } = changes;
  const files = rest.files ?? [aFile('src/app.ts')];
  const commits = rest.commits ?? [aCommit()];
  return {
    source: 'github',
    repository: { owner: 'acme', name: 'shop', id: 7, defaultBranch: 'main' },
    pullRequest: aPullRequest({ changedFiles: files.length, commitCount: commits.length, ...pullRequest }),
    reviews: [],
    codeowners: { path: null, text: null },
    attributes: '',
    headPolicy: { kind: 'absent' },
    people: {
      alice: aPerson('alice', 'admin'),
      bo: aPerson('bo'),
      kim: aPerson('kim'),
      lee: aPerson('lee'),
      ann: aPerson('ann'),
    },
    teams: {
      '@acme/sre': aTeam(['bo', 'kim', 'lee']),
      '@acme/platform': aTeam(['alice', 'bo', 'ann']),
    },
    checks: [],
    ownChecks: [],
    digests: { [HEAD]: 'digest-of-head' },
    quality: { history: someHistory(), coverage: {} },
    evals: {},
    revertOf: null,
    ...rest,
    files,
    commits,
  };
}

export function aMemory(changes: Partial<Memory> = {}): Memory {
  return { ...NOTHING_REMEMBERED, ...changes };
}

/** Stable and different per login, below GitHub's real ids. */
function idOf(login: string): number {
  return [...login.toLowerCase()].reduce(
    (sum, character) => (sum * 31 + character.charCodeAt(0)) % 99_991,
    7,
  );
}
