// How does GraphQL show accounts, organisations and teams?

import { canSee } from '../auth.js';
import { allMembers, teamPermission } from '../model/accounts.js';
import {
  type Account,
  findAccount,
  findRepository,
  fullName,
  isoDate,
  nodeId,
  type Organization,
  type Repository,
  type Team,
} from '../model/world.js';
import { connect, type PageArguments, refuse } from './connection.js';
import type { GraphqlContext } from './service.js';
import { viewRepository } from './view-repositories.js';

/** A bot's login has no `[bot]` here. */
export function viewAccount({ world }: GraphqlContext, account: Account) {
  return {
    __typename: account.type,
    id: nodeId(account.type, account.id),
    databaseId: account.id,
    login: account.graphqlLogin,
    name: account.name,
    email: '',
    createdAt: isoDate(account.createdAt),
    updatedAt: isoDate(account.createdAt),
    resourcePath: `/${account.graphqlLogin}`,
    url: `${world.url}/${account.graphqlLogin}`,
    avatarUrl: `${world.url}/avatars/${account.id}`,
  };
}

/** Fields of type `User`: a bot is none. */
export function viewUser(context: GraphqlContext, account: Account | null): object | null {
  return account?.type === 'User' ? viewAccount(context, account) : null;
}

export function viewOrganization(context: GraphqlContext, organization: Organization) {
  return {
    ...viewAccount(context, organization.account),
    team: ({ slug }: { slug: string }) => {
      requireMembers(context, organization);
      const team = organization.teams.get(slug.toLowerCase());
      return team === undefined ? null : viewTeam(context, team);
    },
  };
}

function viewTeam(context: GraphqlContext, team: Team): Record<string, unknown> {
  const { world } = context;
  const { organization } = team;
  const path = `/orgs/${organization.account.login}/teams/${team.slug}`;
  return {
    id: nodeId('T', team.id),
    databaseId: team.id,
    name: team.name,
    slug: team.slug,
    combinedSlug: `${organization.account.login}/${team.slug}`,
    description: null,
    privacy: 'VISIBLE',
    resourcePath: path,
    url: `${world.url}${path}`,
    organization: () => viewOrganization(context, organization),
    parentTeam: () => (team.parent === null ? null : viewTeam(context, team.parent)),
    members: (
      args: PageArguments & { membership: 'ALL' | 'IMMEDIATE' | 'CHILD_TEAM'; query?: string | null },
    ) => {
      const everybody = allMembers(organization, team);
      const logins = everybody.filter((login) => {
        if (args.query != null && !login.includes(args.query.toLowerCase())) return false;
        if (args.membership === 'ALL') return true;
        return team.members.has(login) === (args.membership === 'IMMEDIATE');
      });
      const accounts = logins.map((login) => findAccount(world, login)!);
      const edge = () => ({
        role: 'MEMBER',
        memberAccessResourcePath: path,
        memberAccessUrl: `${world.url}${path}`,
      });
      return connect('members', accounts, args, (account) => viewAccount(context, account), { edge });
    },
    repositories: (args: PageArguments & { query?: string | null }) => {
      const wanted = args.query?.toLowerCase() ?? '';
      const found = listTeamRepositories(context, team).filter((each) =>
        fullName(each).toLowerCase().includes(wanted),
      );
      const edge = (each: Repository) => ({ permission: teamPermission(team, each).toUpperCase() });
      return connect('repositories', found, args, (each) => viewRepository(context, each), { edge });
    },
  };
}

function listTeamRepositories(context: GraphqlContext, team: Team): readonly Repository[] {
  const names = new Set<string>();
  for (let each: Team | null = team; each !== null; each = each.parent)
    for (const name of each.repositories.keys()) names.add(name);
  return [...names]
    .map((name) => findRepository(context.world, name))
    .filter((each) => each !== undefined)
    .filter((each) => canSee(context.world, context.caller, each));
}

function requireMembers({ caller }: GraphqlContext, organization: Organization): void {
  const forbidden = refuse('Resource not accessible by integration', 'FORBIDDEN');
  if (caller.kind === 'installation') {
    const own = caller.installation.account.id === organization.account.id;
    if (!own || caller.permissions.members === undefined) throw forbidden;
  } else if (caller.kind === 'person') {
    const login = caller.account.login.toLowerCase();
    if (!organization.members.has(login) && !organization.owners.has(login)) throw forbidden;
  } else throw forbidden;
}
