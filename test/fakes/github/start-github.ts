// How do I start a GitHub of my own, act in it, and look at what the app did? Shape and examples: README.md.

import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readRestContract } from './contract.js';
import { createFaults, type Fault, type Matcher } from './faults.js';
import { createGraphqlService } from './graphql/service.js';
import { createAccount, ensureUser, type NewAccount } from './model/accounts.js';
import { createApp, createPersonToken, install, type NewApp, tellInstallation } from './model/apps.js';
import { createRepository, type RepositoryHandle, repositoryHandle } from './model/handles.js';
import { createOrganization, type OrganizationHandle } from './model/organizations.js';
import {
  type Account,
  type App,
  createWorld,
  findRepository,
  type Installation,
  type World,
} from './model/world.js';
import { createRateLimiter, type RateLimiter } from './rate-limit.js';
import { actionsRoutes } from './rest/routes-actions.js';
import { appRoutes } from './rest/routes-apps.js';
import { checkRoutes } from './rest/routes-checks.js';
import { pullRoutes } from './rest/routes-pulls.js';
import { repositoryRoutes } from './rest/routes-repositories.js';
import { teamRoutes } from './rest/routes-teams.js';
import { workflowRoutes } from './rest/routes-workflows.js';
import { createGitHubServer, type LoggedRequest } from './server.js';
import { createDeliverer, type Delivery, type RawDelivery } from './webhooks/deliver.js';

export interface GitHubOptions {
  /** How long every answer takes; can be changed later by `setLatency`. */
  readonly latencyMs?: number;
  /** The clock of everything here. Keep it near the real one where an app signs in: its JWT carries the real time. */
  readonly now?: () => Date;
  /** How many webhooks are under way at once; 1 keeps their order. */
  readonly parallelDeliveries?: number;
  /** Digits of blob ids in `application/vnd.github.diff`. GitHub shortens them, to a width that varies. */
  readonly blobIdLength?: number;
  readonly port?: number;
}

export interface GitHub {
  /** Usable as GITHUB_API_URL. */
  readonly url: string;
  readonly graphqlUrl: string;
  readonly world: World;
  createApp(app: Omit<NewApp, 'owner'> & { readonly owner?: string }): App;
  /** For the manifest flow: an app that waits under a code for `POST /app-manifests/{code}/conversions`. */
  offerManifest(app: Omit<NewApp, 'owner'> & { readonly owner?: string }): string;
  createUser(login: string, options?: NewAccount): Account;
  /** `name` as GraphQL has it; REST adds `[bot]` unless `login` says otherwise. */
  createBot(name: string, options?: NewAccount): Account;
  createOrganization(
    login: string,
    options?: { readonly owners?: readonly string[]; readonly members?: readonly string[] },
  ): OrganizationHandle;
  createRepository(name: string, options?: Parameters<typeof createRepository>[2]): RepositoryHandle;
  repository(name: string): RepositoryHandle;
  /** A person's token, for the command line. */
  createToken(login: string): string;
  install(
    app: App,
    account: string,
    options?: { readonly repositories?: 'all' | readonly string[] },
  ): Installation;
  uninstall(installation: Installation): void;
  suspend(installation: Installation): void;
  unsuspend(installation: Installation): void;
  addRepositories(installation: Installation, ...names: readonly string[]): void;
  removeRepositories(installation: Installation, ...names: readonly string[]): void;
  /** Every delivery and redelivery, oldest first; REST shows those of three days. */
  readonly deliveries: readonly Delivery[];
  /** A webhook of any shape, straight to the app. */
  deliver(delivery: RawDelivery): Promise<Delivery>;
  redeliver(delivery: Delivery): Promise<Delivery>;
  /** Holds webhooks back until `resumeDeliveries`. */
  pauseDeliveries(): void;
  resumeDeliveries(): void;
  /** When every queued webhook has its answer. */
  idle(): Promise<void>;
  /** Every request that came in, oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** Requests since the last call, or since the start; tokens are left out unless asked for. */
  takeRequests(options?: { readonly tokens?: boolean }): readonly LoggedRequest[];
  fail(matcher: Matcher, fault: Fault): void;
  clearFaults(): void;
  setLatency(ms: number): void;
  /** `refused`: as Enterprise Server up to 3.19, which does not know `return_run_details`. */
  setRunDetails(mode: World['runDetails']): void;
  setRateLimit(
    installation: Installation,
    resource: 'core' | 'graphql',
    budget: Parameters<RateLimiter['set']>[2],
  ): void;
  readonly violations: readonly string[];
  /** Throws an error that lists every unknown route and every request or answer that breaks GitHub's schemas. */
  assertClean(): void;
  close(): Promise<void>;
}

export async function startGitHub(options: GitHubOptions = {}): Promise<GitHub> {
  const now = options.now ?? (() => new Date());
  const world = createWorld(now);
  const deliverer = createDeliverer(world, options.parallelDeliveries ?? 1);
  const limiter = createRateLimiter(now);
  const faults = createFaults();
  const violations: string[] = [];
  const requests: LoggedRequest[] = [];
  let latencyMs = options.latencyMs ?? 0;
  let taken = 0;
  world.emit = (event) => deliverer.send(event);
  for (const [login, id] of BUILT_IN_USERS) createAccount(world, 'User', login, { id });
  for (const [name, id] of BUILT_IN_BOTS) createAccount(world, 'Bot', name, { id });
  const server = createGitHubServer({
    world,
    deliverer,
    limiter,
    contract: readRestContract(),
    graphql: createGraphqlService(world, limiter, violations),
    handlers: {
      ...actionsRoutes,
      ...appRoutes,
      ...checkRoutes,
      ...pullRoutes,
      ...repositoryRoutes,
      ...teamRoutes,
      ...workflowRoutes,
    },
    faults,
    requests,
    violations,
    idLength: options.blobIdLength ?? 7,
    latencyMs: () => latencyMs,
  });
  world.url = await listen(server, options.port ?? 0);

  const tellRepositories = (
    installation: Installation,
    action: 'added' | 'removed',
    names: readonly string[],
  ) => {
    const repositories = names.map((name) => requireRepository(world, name));
    if (installation.repositories === 'all') throw new Error('This installation has all repositories.');
    for (const name of names)
      if (action === 'added') installation.repositories.add(name.toLowerCase());
      else installation.repositories.delete(name.toLowerCase());
    const [repositories_added, repositories_removed] =
      action === 'added' ? [repositories, []] : [[], repositories];
    world.emit({
      name: 'installation_repositories',
      action,
      repository: null,
      organization: null,
      sender: installation.account,
      payload: { repository_selection: 'selected', repositories_added, repositories_removed },
      onlyApp: installation.app,
      installation,
    });
  };

  return {
    url: world.url,
    graphqlUrl: `${world.url}/graphql`,
    world,
    createApp: ({ owner = 'app-owner', ...app }) =>
      createApp(world, { ...app, owner: ensureUser(world, owner) }),
    offerManifest({ owner = 'app-owner', ...app }) {
      const code = randomBytes(20).toString('hex');
      world.manifestCodes.set(code, {
        app: createApp(world, { ...app, owner: ensureUser(world, owner) }),
      });
      return code;
    },
    createUser: (login, account) => createAccount(world, 'User', login, account),
    createBot: (name, account) => createAccount(world, 'Bot', name, account),
    createOrganization: (login, members) => createOrganization(world, login, members),
    createRepository: (name, repository = {}) => createRepository(world, name, repository),
    repository: (name) => repositoryHandle(world, requireRepository(world, name)),
    createToken: (login) => createPersonToken(world, ensureUser(world, login)).value,
    install: (app, account, { repositories = 'all' } = {}) =>
      install(world, app, ensureUser(world, account), repositories),
    uninstall(installation) {
      tellInstallation(world, installation, 'deleted');
      installation.deleted = true;
    },
    suspend(installation) {
      installation.suspendedAt = now();
      tellInstallation(world, installation, 'suspend');
    },
    unsuspend(installation) {
      installation.suspendedAt = null;
      tellInstallation(world, installation, 'unsuspend');
    },
    addRepositories: (installation, ...names) => tellRepositories(installation, 'added', names),
    removeRepositories: (installation, ...names) => tellRepositories(installation, 'removed', names),
    deliveries: deliverer.log,
    deliver: (delivery) => deliverer.sendRaw(delivery),
    redeliver: (delivery) => deliverer.redeliver(delivery),
    pauseDeliveries: () => deliverer.pause(),
    resumeDeliveries: () => deliverer.resume(),
    idle: () => deliverer.idle(),
    requests,
    takeRequests({ tokens = false } = {}) {
      const since = requests.slice(taken);
      taken = requests.length;
      return tokens
        ? since
        : since.filter((each) => each.operation !== 'apps/create-installation-access-token');
    },
    fail: (matcher, fault) => faults.add(matcher, fault),
    clearFaults: () => faults.clear(),
    setLatency(ms) {
      latencyMs = ms;
    },
    setRunDetails(mode) {
      world.runDetails = mode;
    },
    setRateLimit: (installation, resource, budget) => limiter.set(installation.id, resource, budget),
    violations,
    assertClean() {
      if (violations.length === 0) return;
      throw new Error(`Requests or answers break GitHub's published schemas:\n- ${violations.join('\n- ')}`);
    },
    close: () => close(server),
  };
}

/** With the ids they have on github.com. */
const BUILT_IN_USERS = [
  ['ghost', 10137],
  ['web-flow', 19864447],
] as const;
const BUILT_IN_BOTS = [['github-merge-queue', 118344674]] as const;

function requireRepository(world: World, name: string) {
  const found = findRepository(world, name);
  if (found === undefined) throw new Error(`There is no repository ${name}.`);
  return found;
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
