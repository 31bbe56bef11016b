// What do an organisation's teams answer?
import { Refusal, requirePermission } from '../auth.js';
import { allMembers, teamPermission } from '../model/accounts.js';
import { findAccount, findRepository, type Team } from '../model/world.js';
import { type Handlers, notFound, ok, paginate, type RestRequest, wantsMedia } from './request.js';
import { shapeTeamFull, shapeUser } from './shapes-accounts.js';
import { shapePermissions, shapeRepository } from './shapes-repositories.js';

export const teamRoutes: Handlers = {
  'teams/get-by-name': (request) => ok(shapeTeamFull(request.world, requireTeam(request))),
  'teams/list-members-in-org': (request) => {
    const { world } = request;
    const team = requireTeam(request);
    const members = allMembers(team.organization, team).map((login) => findAccount(world, login)!);
    const { page, headers } = paginate(request, members);
    return ok(
      page.map((account) => shapeUser(world, account)),
      headers,
    );
  },
  'teams/check-permissions-for-repo-in-org': (request) => {
    const { world, params } = request;
    const team = requireTeam(request);
    const repository = findRepository(world, `${params.owner}/${params.repo}`);
    const permission = repository === undefined ? 'none' : teamPermission(team, repository);
    if (repository === undefined || permission === 'none') throw notFound();
    if (!wantsMedia(request, 'repository')) return { status: 204 };
    const held = { permissions: shapePermissions(permission), role_name: permission };
    return ok({ ...shapeRepository(world, repository), ...held });
  },
};

/** Only an app on this organisation with `members: read`, or a member, can see a team. */
function requireTeam({ world, caller, params }: RestRequest): Team {
  const organization = world.organizations.get(params.org!.toLowerCase());
  const team = organization?.teams.get(params.team_slug!.toLowerCase());
  if (organization === undefined || team === undefined) throw notFound();
  if (caller.kind === 'anonymous') throw new Refusal(401, 'Requires authentication');
  if (caller.kind === 'installation' && caller.installation.account.id !== organization.account.id)
    throw notFound();
  if (caller.kind === 'person') {
    const login = caller.account.login.toLowerCase();
    if (!organization.members.has(login) && !organization.owners.has(login)) throw notFound();
  }
  requirePermission(caller, null, 'members', 'read');
  return team;
}
