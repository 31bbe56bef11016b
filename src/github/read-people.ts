// Who is a person or a team that a policy or a review names?
import * as z from 'zod';
import type { AccountType, PersonFacts, RepositoryPermission, TeamFacts } from '../domain/snapshot.js';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';
import { findGaps } from './partial-errors.js';
import { parseAnswer } from './transport.js';

/** Type and permission of one account. Unknown accounts and outsiders of a private repository have `none`. */
export async function readPerson(
  client: GitHubClient,
  at: { readonly owner: string; readonly repo: string; readonly login: string },
): Promise<PersonFacts> {
  const { owner, repo, login } = at;
  const deed = `read permission of ${login} on ${owner}/${repo}`;
  const stranger: PersonFacts = { account: { login, id: null, type: null }, permission: 'none' };
  // Anything else would ask another address of the API.
  if (!/^[A-Za-z0-9_.-]+(\[bot\])?$/.test(login)) return stranger;
  try {
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
    const answer = await client.request(deed, route, { owner, repo, username: login });
    const { permission, role_name, user } = parseAnswer(deed, permissionSchema, answer.data);
    // A custom role says by `permission` what it is based on.
    const role = PERMISSIONS.find((known) => known === role_name) ?? permission;
    if (user === null) return { ...stranger, permission: role };
    return { account: { login: user.login, id: user.id, type: user.type }, permission: role };
  } catch (error) {
    if (error instanceof GitHubFailure && error.kind === 'not-found') return stranger;
    throw error;
  }
}

/** Teams asked for in one request. */
const TEAMS_PER_REQUEST = 20;
/** 5,000 direct members: no team that approves is larger. */
const MAX_PAGES = 50;

/**
 * Direct members and permission of every team, keyed by `@org/team` in lower case.
 * Members of child teams are not members: whoever may add a child team would else widen who approves.
 */
export async function readTeams(
  client: GitHubClient,
  at: { readonly owner: string; readonly repo: string; readonly teams: readonly string[] },
): Promise<Readonly<Record<string, TeamFacts>>> {
  const found: Record<string, TeamFacts> = {};
  const asked: TeamName[] = [];
  for (const key of new Set(at.teams.map((team) => team.toLowerCase()))) {
    const name = parseTeam(key);
    if (name !== null) asked.push(name);
    else found[key] = { found: false, why: 'a team is written @organisation/team' };
  }
  for (let start = 0; start < asked.length; start += TEAMS_PER_REQUEST) {
    Object.assign(found, await readSome(client, at, asked.slice(start, start + TEAMS_PER_REQUEST)));
  }
  return found;
}

interface TeamName {
  readonly key: string;
  readonly org: string;
  readonly slug: string;
}

interface Growing {
  readonly name: TeamName;
  readonly members: string[];
  permission: RepositoryPermission;
}

async function readSome(
  client: GitHubClient,
  { owner, repo }: { readonly owner: string; readonly repo: string },
  names: readonly TeamName[],
): Promise<Readonly<Record<string, TeamFacts>>> {
  const deed = `read teams for ${owner}/${repo}`;
  const found: Record<string, TeamFacts> = {};
  const growing = new Map<string, Growing>();
  let open: readonly { name: TeamName; after: string | null }[] = names.map((name) => ({
    name,
    after: null,
  }));
  for (let page = 0; open.length > 0; page += 1) {
    if (page === MAX_PAGES)
      throw new GitHubFailure(deed, 'unexpected', `a team has more than ${MAX_PAGES}00 members`);
    const variables: Record<string, string | null> = { repo };
    open.forEach(({ name, after }, index) => {
      Object.assign(variables, { [`o${index}`]: name.org, [`s${index}`]: name.slug, [`a${index}`]: after });
    });
    const answer = await client.graphql(deed, teamsQuery(open.length), variables);
    const gaps = findGaps(deed, answer.errors);
    const errors = open.map((_, index) => gaps.take(`t${index}`));
    gaps.refuseRest();
    const data = parseAnswer(deed, teamsSchema, answer.data);
    const next: { name: TeamName; after: string | null }[] = [];
    for (const [index, { name }] of open.entries()) {
      const team = data[`t${index}`]?.team ?? null;
      const error = errors[index] ?? null;
      if (error !== null && error.type !== 'NOT_FOUND' && error.type !== 'FORBIDDEN') {
        throw new GitHubFailure(deed, 'unavailable', error.message);
      }
      if (team === null || error !== null) {
        found[name.key] = { found: false, why: error?.message ?? 'no such team, or not visible to the app' };
        continue;
      }
      const facts = growing.get(name.key) ?? {
        name,
        members: [],
        permission: permissionOn(team, owner, repo),
      };
      growing.set(name.key, facts);
      facts.members.push(...team.members.nodes.map((member) => member.login));
      const { hasNextPage, endCursor } = team.members.pageInfo;
      if (hasNextPage) next.push({ name, after: endCursor });
    }
    open = next;
  }
  for (const { name, members, permission } of growing.values()) {
    // GraphQL finds a team's repositories by a search; where it misses ours, REST is asked for exactly that one.
    const exact = permission === 'none' ? await readTeamPermission(client, owner, repo, name) : permission;
    found[name.key] = { found: true, members, permission: exact };
  }
  return found;
}

async function readTeamPermission(
  client: GitHubClient,
  owner: string,
  repo: string,
  { org, slug }: TeamName,
): Promise<RepositoryPermission> {
  const deed = `read permission of @${org}/${slug} on ${owner}/${repo}`;
  try {
    const answer = await client.request(deed, 'GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}', {
      ...{ org, team_slug: slug, owner, repo },
      headers: { accept: 'application/vnd.github.v3.repository+json' },
    });
    // 204 without a body is GitHub's bare "yes", which tells no permission.
    if (answer.status === 204) return 'none';
    const { permissions } = parseAnswer(deed, teamRepositorySchema, answer.data);
    const order = ['admin', 'maintain', 'push', 'triage', 'pull'] as const;
    const highest = order.find((name) => permissions[name] === true);
    return highest === undefined
      ? 'none'
      : highest === 'push'
        ? 'write'
        : highest === 'pull'
          ? 'read'
          : highest;
  } catch (error) {
    if (error instanceof GitHubFailure && error.kind === 'not-found') return 'none';
    throw error;
  }
}

/** `@org/team`; `null` if it is not written like one. */
function parseTeam(key: string): TeamName | null {
  const match = /^@([a-z0-9][a-z0-9_-]*)\/([a-z0-9._-]+)$/.exec(key);
  return match === null ? null : { key, org: match[1]!, slug: match[2]! };
}

/** One alias a team. Cost: members and repositories of 20 teams are 40 requests, 1 point. */
export function teamsQuery(count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const variables = indexes.map((i) => `$o${i}: String!, $s${i}: String!, $a${i}: String`).join(', ');
  const fields = indexes.map(
    (i) => `
  t${i}: organization(login: $o${i}) {
    team(slug: $s${i}) {
      members(first: 100, after: $a${i}, membership: IMMEDIATE) {
        pageInfo { hasNextPage endCursor }
        nodes { login }
      }
      repositories(first: 20, query: $repo) { edges { permission node { nameWithOwner } } }
    }
  }`,
  );
  return `query Teams($repo: String!, ${variables}) {${fields.join('')}\n}`;
}

const PERMISSIONS = ['admin', 'maintain', 'write', 'triage', 'read', 'none'] as const;
const TYPES = [
  'User',
  'Bot',
  'Organization',
  'Mannequin',
  'EnterpriseUserAccount',
] as const satisfies AccountType[];

const permissionSchema = z.object({
  permission: z.enum(PERMISSIONS),
  role_name: z.string().optional(),
  user: z.object({ login: z.string(), id: z.number(), type: z.enum(TYPES) }).nullable(),
});

const repositoriesSchema = z.object({
  edges: z
    .array(
      z.object({
        permission: z.enum(['ADMIN', 'MAINTAIN', 'WRITE', 'TRIAGE', 'READ']),
        node: z.object({ nameWithOwner: z.string() }),
      }),
    )
    .nullable(),
});

const teamsSchema = z.record(
  z.string(),
  z
    .object({
      team: z
        .object({
          members: z.object({
            pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
            nodes: z.array(z.object({ login: z.string() })),
          }),
          repositories: repositoriesSchema,
        })
        .nullable(),
    })
    .nullable(),
);

const teamRepositorySchema = z.object({ permissions: z.record(z.string(), z.boolean()) });

function permissionOn(
  team: { readonly repositories: z.infer<typeof repositoriesSchema> },
  owner: string,
  repo: string,
): RepositoryPermission {
  const wanted = `${owner}/${repo}`.toLowerCase();
  const edge = team.repositories.edges?.find(({ node }) => node.nameWithOwner.toLowerCase() === wanted);
  return edge === undefined ? 'none' : (edge.permission.toLowerCase() as RepositoryPermission);
}
