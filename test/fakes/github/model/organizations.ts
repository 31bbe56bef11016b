// How do tests and the demo change an organisation's members and teams?

import { shapeTeam, shapeUser } from '../rest/shapes-accounts.js';
import { createAccount, ensureUser } from './accounts.js';
import {
  findRepository,
  fullName,
  type Organization,
  type Permission,
  type Team,
  type World,
} from './world.js';

export interface OrganizationHandle {
  readonly record: Organization;
  readonly login: string;
  addMember(login: string, role?: 'member' | 'owner'): void;
  removeMember(login: string): void;
  addTeam(
    slug: string,
    members: readonly string[],
    options?: {
      /** Full names and what the team holds there. */
      readonly repositories?: Readonly<Record<string, Permission>>;
      readonly parent?: string;
    },
  ): void;
  addTeamMember(slug: string, login: string): void;
  removeTeamMember(slug: string, login: string): void;
  setTeamPermission(slug: string, repository: string, permission: Permission): void;
}

export function createOrganization(
  world: World,
  login: string,
  options: { readonly owners?: readonly string[]; readonly members?: readonly string[] } = {},
): OrganizationHandle {
  const record: Organization = {
    account: createAccount(world, 'Organization', login),
    owners: new Set(),
    members: new Set(),
    teams: new Map(),
  };
  world.organizations.set(login.toLowerCase(), record);
  const requireTeam = (slug: string): Team => {
    const team = record.teams.get(slug.toLowerCase());
    if (team === undefined) throw new Error(`@${login}/${slug} is no team.`);
    return team;
  };
  const tell = (name: string, action: string, payload: Readonly<Record<string, unknown>>) =>
    world.emit({
      name,
      action,
      repository: null,
      organization: record.account,
      sender: record.account,
      payload,
    });
  const tellMember = (action: string, team: Team, member: string) =>
    tell('membership', action, {
      scope: 'team',
      member: shapeUser(world, ensureUser(world, member)),
      team: shapeTeam(world, team),
    });
  const handle: OrganizationHandle = {
    record,
    login,
    addMember(member, role = 'member') {
      const account = ensureUser(world, member);
      record.members.add(account.login.toLowerCase());
      if (role === 'owner') record.owners.add(account.login.toLowerCase());
      tell('organization', 'member_added', { membership: shapeMembership(world, record, member, role) });
    },
    removeMember(member) {
      const key = member.toLowerCase();
      record.members.delete(key);
      record.owners.delete(key);
      for (const team of record.teams.values()) team.members.delete(key);
      tell('organization', 'member_removed', {
        membership: shapeMembership(world, record, member, 'member'),
      });
    },
    addTeam(slug, members, { repositories = {}, parent } = {}) {
      const team: Team = {
        id: world.nextId(),
        slug,
        name: slug,
        organization: record,
        parent: parent === undefined ? null : requireTeam(parent),
        members: new Set(),
        repositories: new Map(),
      };
      record.teams.set(slug.toLowerCase(), team);
      tell('team', 'created', { team: shapeTeam(world, team) });
      for (const member of members) handle.addTeamMember(slug, member);
      for (const [name, permission] of Object.entries(repositories))
        handle.setTeamPermission(slug, name, permission);
    },
    addTeamMember(slug, member) {
      const account = ensureUser(world, member);
      record.members.add(account.login.toLowerCase());
      requireTeam(slug).members.add(account.login.toLowerCase());
      tellMember('added', requireTeam(slug), member);
    },
    removeTeamMember(slug, member) {
      if (!requireTeam(slug).members.delete(member.toLowerCase()))
        throw new Error(`${member} is not in ${slug}.`);
      tellMember('removed', requireTeam(slug), member);
    },
    setTeamPermission(slug, name, permission) {
      const repository = findRepository(world, name);
      const key = (repository === undefined ? name : fullName(repository)).toLowerCase();
      requireTeam(slug).repositories.set(key, permission);
      tell('team', 'edited', { changes: {}, team: shapeTeam(world, requireTeam(slug)) });
    },
  };
  for (const member of options.members ?? []) handle.addMember(member);
  for (const owner of options.owners ?? []) handle.addMember(owner, 'owner');
  return handle;
}

function shapeMembership(world: World, organization: Organization, login: string, role: 'member' | 'owner') {
  const url = `${world.url}/orgs/${organization.account.login}/memberships/${login}`;
  return {
    url,
    state: 'active',
    role: role === 'owner' ? 'admin' : 'member',
    organization_url: `${world.url}/orgs/${organization.account.login}`,
    user: shapeUser(world, ensureUser(world, login)),
  };
}
