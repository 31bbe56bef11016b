// What does the app ask about itself: installations, tokens, deliveries, its manifest?
import { Refusal } from '../auth.js';
import { createInstallationToken, findInstallation, listRepositories } from '../model/apps.js';
import { findRepository, fullName, type Installation, isoDate } from '../model/world.js';
import type { Delivery } from '../webhooks/deliver.js';
import { type Handlers, invalid, notFound, ok, paginate, type RestRequest, requireApp } from './request.js';
import { shapeApp, shapeInstallation } from './shapes-accounts.js';
import { shapeFullRepository, shapePermissions, shapeRepository } from './shapes-repositories.js';

export const appRoutes: Handlers = {
  'apps/get-authenticated': (request) => {
    const app = requireApp(request);
    const count = ownInstallations(request).length;
    return ok({ ...shapeApp(request.world, app), installations_count: count });
  },
  'apps/list-installations': (request) => {
    requireApp(request);
    const { page, headers } = paginate(request, ownInstallations(request));
    return ok(
      page.map((each) => shapeInstallation(request.world, each)),
      headers,
    );
  },
  'apps/get-installation': (request) =>
    ok(shapeInstallation(request.world, requireInstallation(request, request.params.installation_id))),
  'apps/get-repo-installation': (request) => {
    const app = requireApp(request);
    const repository = findRepository(request.world, `${request.params.owner}/${request.params.repo}`);
    const found = repository && findInstallation(request.world, app, repository);
    if (!found) throw notFound();
    return ok(shapeInstallation(request.world, found));
  },
  'apps/get-org-installation': (request) => {
    requireApp(request);
    const found = ownInstallations(request).find(
      (each) => each.account.login.toLowerCase() === request.params.org!.toLowerCase(),
    );
    if (found === undefined) throw notFound();
    return ok(shapeInstallation(request.world, found));
  },
  'apps/create-installation-access-token': (request) => createToken(request),
  'apps/list-repos-accessible-to-installation': (request) => {
    const { caller, world } = request;
    if (caller.kind !== 'installation') throw new Refusal(403, 'Resource not accessible by integration');
    const all = listRepositories(world, caller.installation).filter(
      (each) => caller.repositories === null || caller.repositories.has(fullName(each).toLowerCase()),
    );
    const { page, headers } = paginate(request, all);
    return ok(
      {
        total_count: all.length,
        repository_selection: caller.installation.repositories === 'all' ? 'all' : 'selected',
        repositories: page.map((each) => ({
          ...shapeRepository(world, each),
          permissions: shapePermissions('read'),
        })),
      },
      headers,
    );
  },
  'apps/get-webhook-config-for-app': (request) => {
    const app = requireApp(request);
    return ok({ content_type: 'json', insecure_ssl: '0', secret: '********', url: app.webhookUrl ?? '' });
  },
  'apps/update-webhook-config-for-app': (request) => {
    const app = requireApp(request);
    const { url, secret } = request.body as { url?: string; secret?: string };
    if (url !== undefined) app.webhookUrl = url;
    if (secret !== undefined) app.webhookSecret = secret;
    return ok({ content_type: 'json', insecure_ssl: '0', secret: '********', url: app.webhookUrl ?? '' });
  },
  'apps/list-webhook-deliveries': (request) => listDeliveries(request),
  'apps/get-webhook-delivery': (request) => {
    const delivery = requireDelivery(request);
    return ok({
      ...shapeDelivery(delivery),
      url: delivery.app.webhookUrl ?? '',
      request: { headers: delivery.requestHeaders, payload: delivery.payload },
      response: { headers: delivery.responseHeaders, payload: delivery.response },
    });
  },
  'apps/redeliver-webhook-delivery': (request) => {
    void request.deliverer.redeliver(requireDelivery(request));
    return { status: 202, json: {} };
  },
  'apps/create-from-manifest': (request) => {
    const { world } = request;
    const made = world.manifestCodes.get(request.params.code!);
    // A code works once, within an hour.
    if (made === undefined) throw notFound();
    world.manifestCodes.delete(request.params.code!);
    const { app } = made;
    const secrets = {
      client_id: app.clientId,
      client_secret: app.clientSecret,
      webhook_secret: app.webhookSecret,
      pem: app.privateKeyPem,
    };
    return { status: 201, json: { ...shapeApp(world, app), ...secrets } };
  },
  'rate-limit/get': ({ limiter, caller }) => {
    const core = limiter.read(caller, 'core');
    const search = { limit: 30, used: 0, remaining: 30, reset: core.reset };
    return ok({ resources: { core, graphql: limiter.read(caller, 'graphql'), search }, rate: core });
  },
};

function ownInstallations(request: RestRequest): readonly Installation[] {
  const app = requireApp(request);
  return request.world.installations.filter((each) => each.app === app && !each.deleted);
}

function requireInstallation(request: RestRequest, id: string | undefined): Installation {
  const found = ownInstallations(request).find((each) => each.id === Number(id));
  if (found === undefined) throw notFound();
  return found;
}

function createToken(request: RestRequest) {
  const { world } = request;
  const installation = requireInstallation(request, request.params.installation_id);
  if (installation.suspendedAt !== null) throw new Refusal(403, 'This installation has been suspended');
  const body = (request.body ?? {}) as {
    repositories?: string[];
    repository_ids?: number[];
    permissions?: Record<string, string>;
  };
  const all = listRepositories(world, installation);
  const wanted = all.filter(
    (each) => body.repositories?.includes(each.name) || body.repository_ids?.includes(each.id),
  );
  const asked = (body.repositories?.length ?? 0) + (body.repository_ids?.length ?? 0);
  if (asked > 0 && wanted.length < asked)
    throw invalid(
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  for (const [area, level] of Object.entries(body.permissions ?? {})) {
    const held = installation.app.permissions[area];
    if (held !== 'write' && held !== level)
      throw invalid('The permissions requested are not granted to this installation.');
  }
  const names = asked > 0 ? wanted.map((each) => fullName(each).toLowerCase()) : null;
  const permissions = body.permissions ?? installation.app.permissions;
  const token = createInstallationToken(world, installation, { permissions, repositories: names });
  const selected = names !== null || installation.repositories !== 'all';
  return {
    status: 201,
    json: {
      token: token.value,
      expires_at: isoDate(token.expiresAt),
      permissions,
      repository_selection: selected ? 'selected' : 'all',
      ...(names === null ? {} : { repositories: wanted.map((each) => shapeFullRepository(world, each)) }),
    },
  };
}

function listDeliveries(request: RestRequest) {
  const app = requireApp(request);
  const { query, world } = request;
  const status = query.get('status');
  const newestFirst = request.deliverer
    .recent()
    .filter((each) => each.app === app && each.status !== null)
    .filter((each) => status === null || (status === 'success') === isSuccess(each))
    .toReversed();
  const cursor = query.get('cursor');
  const from = cursor === null ? 0 : newestFirst.findIndex((each) => `v1_${each.id}` === cursor);
  if (from < 0) throw new Refusal(400, 'Invalid cursor');
  const size = Math.min(Number(query.get('per_page') ?? 30) || 30, 100);
  const next = newestFirst[from + size];
  const url = new URL(request.path, world.url);
  if (next !== undefined) url.searchParams.set('cursor', `v1_${next.id}`);
  return ok(
    newestFirst.slice(from, from + size).map(shapeDelivery),
    next === undefined ? undefined : { link: `<${url}>; rel="next"` },
  );
}

function requireDelivery(request: RestRequest): Delivery {
  const app = requireApp(request);
  const found = request.deliverer
    .recent()
    .find((each) => each.app === app && each.id === Number(request.params.delivery_id));
  if (found === undefined) throw notFound();
  return found;
}

function isSuccess(delivery: Delivery): boolean {
  return delivery.status !== null && delivery.status >= 200 && delivery.status < 300;
}

function shapeDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt.toISOString(),
    redelivery: delivery.redelivered,
    duration: Math.round(delivery.durationMs) / 1000,
    status: delivery.reason,
    status_code: delivery.status ?? 0,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}
