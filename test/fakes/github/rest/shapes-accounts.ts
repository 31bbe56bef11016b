// How does REST write accounts, teams, apps and installations?
import {
  type Account,
  type App,
  type Installation,
  isoDate,
  nodeId,
  type Team,
  type World,
} from '../model/world.js';

export function shapeUser(world: World, account: Account) {
  const url = `${world.url}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId({ User: 'U', Bot: 'BOT', Organization: 'O', Mannequin: 'M' }[account.type], account.id),
    avatar_url: `${world.url}/avatars/${account.id}`,
    gravatar_id: '',
    url,
    html_url: `${world.url}/${account.type === 'Bot' ? 'apps/' : ''}${encodeURIComponent(account.graphqlLogin)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

export function shapePublicUser(world: World, account: Account) {
  return {
    ...shapeUser(world, account),
    name: account.name,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: isoDate(account.createdAt),
    updated_at: isoDate(account.createdAt),
  };
}

/** The short form that webhooks carry as `organization`. */
export function shapeOrganization(world: World, account: Account) {
  const url = `${world.url}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('O', account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.url}/avatars/${account.id}`,
    description: '',
  };
}

function shapeTeamOrganization(world: World, account: Account) {
  return {
    ...shapeOrganization(world, account),
    name: account.name,
    is_verified: false,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: `${world.url}/${account.login}`,
    created_at: isoDate(account.createdAt),
    updated_at: isoDate(account.createdAt),
    archived_at: null,
    type: 'Organization',
  };
}

export function shapeTeam(world: World, team: Team): Record<string, unknown> {
  const { account } = team.organization;
  const url = `${world.url}/organizations/${account.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId('T', team.id),
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    url,
    html_url: `${world.url}/orgs/${account.login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: 'organization',
    organization_id: account.id,
    parent: team.parent === null ? null : { ...shapeTeam(world, team.parent), parent: undefined },
  };
}

export function shapeTeamFull(world: World, team: Team) {
  return {
    ...shapeTeam(world, team),
    members_count: team.members.size,
    repos_count: team.repositories.size,
    created_at: isoDate(team.organization.account.createdAt),
    updated_at: isoDate(team.organization.account.createdAt),
    organization: shapeTeamOrganization(world, team.organization.account),
  };
}

export function shapeApp(world: World, app: App) {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: shapeUser(world, app.owner),
    name: app.name,
    description: '',
    external_url: `${world.url}/apps/${app.slug}`,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: isoDate(app.createdAt),
    updated_at: isoDate(app.createdAt),
    permissions: app.permissions,
    events: app.events,
  };
}

export function shapeInstallation(world: World, installation: Installation) {
  const { app, account, id } = installation;
  return {
    id,
    client_id: app.clientId,
    account: shapeUser(world, account),
    repository_selection: installation.repositories === 'all' ? 'all' : 'selected',
    access_tokens_url: `${world.url}/app/installations/${id}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}/organizations/${account.login}/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: app.permissions,
    events: app.events,
    created_at: isoDate(installation.createdAt),
    updated_at: isoDate(installation.createdAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspendedAt === null ? null : shapeUser(world, account),
    suspended_at: installation.suspendedAt === null ? null : isoDate(installation.suspendedAt),
  };
}
