// Who is there, and what may each do in a repository?
import type { Account, AccountType, Organization, Permission, Repository, Team, World } from './world.js';
import { findAccount, fullName } from './world.js';

export interface NewAccount {
  readonly id?: number;
  /** REST login, where it is not the usual one (`Copilot`). */
  readonly login?: string;
  readonly name?: string;
  readonly email?: string;
}

export function createAccount(
  world: World,
  type: AccountType,
  graphqlLogin: string,
  options: NewAccount = {},
): Account {
  const login = options.login ?? (type === 'Bot' ? `${graphqlLogin}[bot]` : graphqlLogin);
  const id = options.id ?? world.nextId();
  const account: Account = {
    id,
    login,
    graphqlLogin,
    type,
    name: options.name ?? graphqlLogin,
    email: options.email ?? `${id}+${login}@users.noreply.github.com`,
    createdAt: world.now(),
  };
  if (findAccount(world, login)) throw new Error(`There is already an account "${login}".`);
  world.accounts.set(login.toLowerCase(), account);
  return account;
}

/** The account named, made if it is not there yet, so that a test need not list everybody first. */
export function ensureUser(world: World, login: string): Account {
  return findAccount(world, login) ?? createAccount(world, 'User', login);
}

/** An existing account; a misspelt name in a test is an error and never a new person. */
export function requireAccount(world: World, login: string): Account {
  const found = findAccount(world, login);
  if (found === undefined)
    throw new Error(`There is no account "${login}". Create it with createUser or createBot.`);
  return found;
}

/** GitHub looks up the address git recorded; anybody can write any. */
export function findByEmail(world: World, email: string): Account | null {
  const wanted = email.toLowerCase();
  for (const account of world.accounts.values()) {
    if (account.email.toLowerCase() === wanted) return account;
    if (wanted === `${account.id}+${account.login}@users.noreply.github.com`.toLowerCase()) return account;
  }
  return null;
}

const ORDER: readonly Permission[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

export function atLeast(permission: Permission, wanted: Permission): boolean {
  return ORDER.indexOf(permission) >= ORDER.indexOf(wanted);
}

/** The highest of what the person holds: as owner, collaborator, team member, member of the organisation, or anybody. */
export function permissionOf(world: World, repository: Repository, account: Account): Permission {
  const held: Permission[] = [repository.isPrivate ? 'none' : 'read'];
  if (repository.owner.id === account.id) return 'admin';
  held.push(repository.collaborators.get(account.login.toLowerCase()) ?? 'none');
  const organization = world.organizations.get(repository.owner.login.toLowerCase());
  if (organization !== undefined) {
    const login = account.login.toLowerCase();
    if (organization.owners.has(login)) return 'admin';
    if (organization.members.has(login)) held.push('read');
    for (const team of organization.teams.values())
      if (team.members.has(login)) held.push(teamPermission(team, repository));
  }
  return held.reduce((best, each) => (atLeast(each, best) ? each : best));
}

/** A child team holds what its parents hold. */
export function teamPermission(team: Team, repository: Repository): Permission {
  const own = team.repositories.get(fullName(repository).toLowerCase()) ?? 'none';
  const inherited = team.parent === null ? 'none' : teamPermission(team.parent, repository);
  return atLeast(own, inherited) ? own : inherited;
}

/** With the members of child teams, as REST lists them. */
export function allMembers(organization: Organization, team: Team): readonly string[] {
  const members = new Set(team.members);
  for (const child of organization.teams.values())
    if (child.parent === team) for (const login of allMembers(organization, child)) members.add(login);
  return [...members];
}

/** https://docs.github.com/graphql/reference/enums#commentauthorassociation, as far as it matters here. */
export function associationOf(world: World, repository: Repository, account: Account): string {
  if (repository.owner.id === account.id) return 'OWNER';
  const organization = world.organizations.get(repository.owner.login.toLowerCase());
  const login = account.login.toLowerCase();
  if (organization?.members.has(login) || organization?.owners.has(login)) return 'MEMBER';
  if (repository.collaborators.has(login)) return 'COLLABORATOR';
  const contributed = [...repository.pulls.values()].some(
    (pull) => pull.state === 'MERGED' && pull.author.id === account.id,
  );
  return contributed ? 'CONTRIBUTOR' : 'NONE';
}
