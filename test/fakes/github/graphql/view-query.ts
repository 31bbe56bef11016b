// What can a query start from?
import { findVisible } from '../auth.js';
import { findAccount, isoDate, type PullRequest } from '../model/world.js';
import { refuse } from './connection.js';
import type { GraphqlContext } from './service.js';
import { viewAccount, viewOrganization } from './view-accounts.js';
import { viewPullRequest } from './view-pull-requests.js';
import { viewRepository } from './view-repositories.js';

export function viewQuery(context: GraphqlContext): Record<string, unknown> {
  const { world, caller, limiter } = context;
  const node = ({ id }: { id: string }) => findNode(context, id);
  return {
    id: 'Q',
    node,
    nodes: ({ ids }: { ids: readonly string[] }) => ids.map((id) => findNode(context, id)),
    organization: ({ login }: { login: string }) => {
      const found = world.organizations.get(login.toLowerCase());
      if (found === undefined)
        throw refuse(`Could not resolve to an Organization with the login of '${login}'.`, 'NOT_FOUND');
      return viewOrganization(context, found);
    },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const found = findVisible(world, caller, `${owner}/${name}`);
      if (found === null)
        throw refuse(`Could not resolve to a Repository with the name '${owner}/${name}'.`, 'NOT_FOUND');
      return viewRepository(context, found);
    },
    user: ({ login }: { login: string }) => {
      const found = findAccount(world, login);
      if (found === undefined || found.type !== 'User')
        throw refuse(`Could not resolve to a User with the login of '${login}'.`, 'NOT_FOUND');
      return viewAccount(context, found);
    },
    rateLimit: () => {
      const { limit, remaining, used, reset } = limiter.read(caller, 'graphql');
      return { cost: 1, nodeCount: 0, limit, remaining, used, resetAt: isoDate(new Date(reset * 1000)) };
    },
  };
}

function findNode(context: GraphqlContext, id: string): object {
  const [, kind, encoded] = /^([A-Za-z]+)_(.+)$/.exec(id) ?? [];
  const wanted = Number(Buffer.from(encoded ?? '', 'base64url').toString('utf8'));
  for (const repository of context.world.repositories.values()) {
    if (findVisible(context.world, context.caller, `${repository.owner.login}/${repository.name}`) === null)
      continue;
    if (kind === 'R' && repository.id === wanted) return viewRepository(context, repository);
    const pull: PullRequest | undefined =
      kind === 'PR' ? [...repository.pulls.values()].find((each) => each.id === wanted) : undefined;
    if (pull !== undefined) return viewPullRequest(context, pull);
  }
  throw refuse(`Could not resolve to a node with the global id of '${id}'`, 'NOT_FOUND');
}
