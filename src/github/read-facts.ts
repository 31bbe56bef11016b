// How do the facts that rules ask for get into a snapshot?
// The digest is computed by the caller's function: this folder knows the domain only.
import { type Fact, factKey } from '../domain/fact.js';
import type { PersonFacts, Snapshot, TeamFacts } from '../domain/snapshot.js';
import type { GitHubClient } from './client.js';
import { readDiff, readFiles } from './read-diff.js';
import { readPerson, readTeams } from './read-people.js';

export interface FactTools {
  /** Digest of a raw diff against a base branch; `null` if the diff does not allow one. */
  readonly computeDigest: (baseRef: string, diffText: string) => string | null;
  /** Answers from a cache, or reads and remembers. Used for people and teams only. */
  readonly cached: <T>(key: string, read: () => Promise<T>) => Promise<T>;
  /** Called for every diff digest that was read. */
  readonly onDigest: (headSha: string, digest: string) => Promise<void>;
}

export const NO_CACHE: FactTools['cached'] = (_key, read) => read();

/** Reads the facts beside each other and returns the completed snapshot; what cannot be read stays missing. */
export async function readFacts(
  client: GitHubClient,
  snapshot: Snapshot,
  facts: readonly Fact[],
  tools: FactTools,
): Promise<Snapshot> {
  const parts = await Promise.all([
    ...facts.filter((fact) => fact.kind !== 'team').map((fact) => readOne(client, snapshot, fact, tools)),
    readAllTeams(client, snapshot, facts, tools),
  ]);
  return parts.reduce<Snapshot>(
    (whole, part) => ({
      ...whole,
      ...part,
      people: { ...whole.people, ...part.people },
      teams: { ...whole.teams, ...part.teams },
      digests: { ...whole.digests, ...part.digests },
    }),
    snapshot,
  );
}

/** Former paths, modes and hunks by REST: GraphQL has none of them. */
export async function readFormerPaths(client: GitHubClient, snapshot: Snapshot): Promise<Snapshot> {
  const { owner, name } = snapshot.repository;
  const { number } = snapshot.pullRequest;
  if (number === null) return snapshot;
  return { ...snapshot, files: await readFiles(client, { owner, repo: name, number }) };
}

async function readOne(
  client: GitHubClient,
  snapshot: Snapshot,
  fact: Exclude<Fact, { kind: 'team' }>,
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
      const { baseRef } = snapshot.pullRequest;
      const diff = await readDiff(client, { owner, repo, base: baseRef, head: fact.headSha });
      const digest = diff.kind === 'diff' ? tools.computeDigest(baseRef, diff.text) : null;
      if (digest === null) return {};
      await tools.onDigest(fact.headSha, digest);
      return { digests: { [fact.headSha]: digest } };
    }
    case 'diff':
      return { files: (await readFormerPaths(client, snapshot)).files };
  }
}

async function readAllTeams(
  client: GitHubClient,
  snapshot: Snapshot,
  facts: readonly Fact[],
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
