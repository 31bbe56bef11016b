// How do the facts that rules ask for get into a snapshot?
// The digest is computed by the caller's function: this folder knows the domain only.
import { type Fact, factKey } from '../domain/fact.js';
import type { PersonFacts, Snapshot, TeamFacts } from '../domain/snapshot.js';
import type { GitHubClient } from './client.js';
import { readBlobIds, readDiff, readFiles } from './read-diff.js';
import { readPerson, readTeams } from './read-people.js';

/** What GitHub alone tells; the rest comes from the ledger, or through other folders. */
type GitHubFact = Extract<Fact, { kind: 'person' | 'team' | 'digest' | 'diff' }>;

export interface FactTools {
  /** Digest of a raw diff against a base branch, with full blob ids by path; `null` if the diff does not allow one. */
  readonly computeDigest: (
    baseRef: string,
    diffText: string,
    blobs?: ReadonlyMap<string, string>,
  ) => string | null;
  /** Modes by path of a raw diff; `null` if it is cut short. A path may be missing: its mode is not told. */
  readonly readModes: (diffText: string) => ReadonlyMap<string, { readonly mode: string }> | null;
  /** Answers from a cache, or reads and remembers. Used for people and teams only. */
  readonly cached: <T>(key: string, read: () => Promise<T>) => Promise<T>;
  /** Called for every diff digest that was read. */
  readonly onDigest: (headSha: string, digest: string) => Promise<void>;
}

export const NO_CACHE: FactTools['cached'] = (_key, read) => read();

/** Reads GitHub's facts beside each other and returns the completed snapshot; what cannot be read stays missing. */
export async function readFacts(
  client: GitHubClient,
  snapshot: Snapshot,
  asked: readonly Fact[],
  tools: FactTools,
): Promise<Snapshot> {
  const facts = asked.filter(isOurs);
  const parts = await Promise.all([
    ...facts.filter((fact) => fact.kind !== 'team').map((fact) => readOne(client, snapshot, fact, tools)),
    readAllTeams(client, snapshot, facts, tools),
  ]);
  const people = Object.assign({}, snapshot.people, ...parts.map((part) => part.people));
  const teams = Object.assign({}, snapshot.teams, ...parts.map((part) => part.teams));
  const digests = Object.assign({}, snapshot.digests, ...parts.map((part) => part.digests));
  const files = parts.find((part) => part.files !== undefined)?.files ?? snapshot.files;
  return { ...snapshot, people, teams, digests, files };
}

function isOurs(fact: Fact): fact is GitHubFact {
  return ['person', 'team', 'digest', 'diff'].includes(fact.kind);
}

/** Former paths and hunks by REST: GraphQL has none of them, and neither has file modes. */
export async function readFormerPaths(client: GitHubClient, snapshot: Snapshot): Promise<Snapshot> {
  const { owner, name } = snapshot.repository;
  const { number, headSha } = snapshot.pullRequest;
  if (number === null) return snapshot;
  return { ...snapshot, files: await readFiles(client, { owner, repo: name, number, headSha }) };
}

async function readOne(
  client: GitHubClient,
  snapshot: Snapshot,
  fact: Exclude<GitHubFact, { kind: 'team' }>,
  tools: FactTools,
): Promise<Partial<Snapshot>> {
  const { owner, name: repo } = snapshot.repository;
  switch (fact.kind) {
    case 'person': {
      const person = await tools.cached<PersonFacts>(`${owner}/${repo} ${factKey(fact)}`, () =>
        readPerson(client, { owner, repo, login: fact.login }),
      );
      return { people: { [fact.login.toLowerCase()]: person } };
    }
    case 'digest': {
      const digest = await readDigest(client, snapshot, fact.headSha, tools);
      if (digest === null) return {};
      await tools.onDigest(fact.headSha, digest);
      return { digests: { [fact.headSha]: digest } };
    }
    case 'diff':
      return { files: await readFilesWithModes(client, snapshot, tools) };
  }
}

/** Former paths by REST, modes from the raw diff; a file the diff does not cover keeps an unknown mode. */
async function readFilesWithModes(
  client: GitHubClient,
  snapshot: Snapshot,
  tools: FactTools,
): Promise<Snapshot['files']> {
  const { owner, name: repo } = snapshot.repository;
  const { baseRef: base, headSha: head } = snapshot.pullRequest;
  const [{ files }, diff] = await Promise.all([
    readFormerPaths(client, snapshot),
    readDiff(client, { owner, repo, base, head }),
  ]);
  const modes = diff.kind === 'diff' ? tools.readModes(diff.text) : null;
  return files.map((file) => ({ ...file, mode: modes?.get(file.path)?.mode ?? null }));
}

async function readDigest(
  client: GitHubClient,
  snapshot: Snapshot,
  headSha: string,
  tools: FactTools,
): Promise<string | null> {
  const { owner, name: repo } = snapshot.repository;
  const { baseRef: base, changedFiles } = snapshot.pullRequest;
  const at = { owner, repo, base, head: headSha };
  const diff = await readDiff(client, at);
  if (diff.kind !== 'diff') return null;
  // A diff that ends between two files looks whole. Of an earlier head we know no count, but a digest of a part of
  // it equals no digest of the whole.
  const files = diff.text.match(/^diff --git /gm)?.length ?? 0;
  if (headSha === snapshot.pullRequest.headSha && files < changedFiles) return null;
  const withoutText = /^Binary files /m.test(diff.text) || diff.text.includes('\uFFFD');
  return tools.computeDigest(base, diff.text, withoutText ? await readBlobIds(client, at) : new Map());
}

async function readAllTeams(
  client: GitHubClient,
  snapshot: Snapshot,
  facts: readonly GitHubFact[],
  tools: FactTools,
): Promise<Partial<Snapshot>> {
  const { owner, name: repo } = snapshot.repository;
  const teams = facts.flatMap((fact) => (fact.kind === 'team' ? [fact.team] : []));
  if (teams.length === 0) return {};
  const key = `${owner}/${repo} teams:${[...teams].sort().join(',').toLowerCase()}`;
  const found = await tools.cached<Readonly<Record<string, TeamFacts>>>(key, () =>
    readTeams(client, { owner, repo, teams }),
  );
  return { teams: found };
}
