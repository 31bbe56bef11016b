// Which apps are there, where are they installed, and who holds which token?
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { createAccount } from './accounts.js';
import {
  type Account,
  type App,
  fullName,
  type Installation,
  type Repository,
  type Token,
  type World,
} from './world.js';

export interface NewApp {
  readonly slug: string;
  readonly name?: string;
  readonly id?: number;
  readonly owner: Account;
  /** `null`: the app hears nothing, as one whose address is not set. */
  readonly webhookUrl?: string | null;
  /** Default: a random one. */
  readonly webhookSecret?: string;
  /** Default: what a policy gate needs. */
  readonly permissions?: Readonly<Record<string, string>>;
  /** Default: every event the simulator knows. */
  readonly events?: readonly string[];
}

const DEFAULT_PERMISSIONS = {
  actions: 'write',
  checks: 'write',
  contents: 'read',
  deployments: 'read',
  issues: 'write',
  members: 'read',
  merge_queues: 'read',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'read',
};

const ALL_EVENTS = [
  'check_run',
  'check_suite',
  'deployment_status',
  'issue_comment',
  'issues',
  'member',
  'membership',
  'merge_group',
  'organization',
  'pull_request',
  'pull_request_review',
  'push',
  'repository',
  'status',
  'team',
  'workflow_run',
];

export function createApp(world: World, options: NewApp): App {
  const { privateKey, publicKey } = keyOf(world.apps.length);
  const id = options.id ?? world.nextId();
  const app: App = {
    id,
    slug: options.slug,
    name: options.name ?? options.slug,
    owner: options.owner,
    bot: createAccount(world, 'Bot', options.slug),
    privateKeyPem: privateKey,
    publicKeyPem: publicKey,
    clientId: `Iv23li${createHash('sha1').update(String(id)).digest('hex').slice(0, 14)}`,
    clientSecret: randomBytes(20).toString('hex'),
    webhookUrl: options.webhookUrl ?? null,
    webhookSecret: options.webhookSecret ?? randomBytes(20).toString('hex'),
    permissions: options.permissions ?? DEFAULT_PERMISSIONS,
    events: options.events ?? ALL_EVENTS,
    createdAt: world.now(),
  };
  world.apps.push(app);
  return app;
}

const keys: ReturnType<typeof generateKey>[] = [];

/** Every app of a world has its own key; the next world may use them again, because making one takes 0.2 s. */
function keyOf(index: number) {
  while (keys.length <= index) keys.push(generateKey());
  return keys[index]!;
}

function generateKey() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

export function install(
  world: World,
  app: App,
  account: Account,
  repositories: 'all' | readonly string[],
): Installation {
  const installation: Installation = {
    id: world.nextId(),
    app,
    account,
    repositories: repositories === 'all' ? 'all' : new Set(repositories.map((name) => name.toLowerCase())),
    suspendedAt: null,
    deleted: false,
    createdAt: world.now(),
  };
  world.installations.push(installation);
  tellInstallation(world, installation, 'created');
  return installation;
}

export function tellInstallation(world: World, installation: Installation, action: string): void {
  world.emit({
    name: 'installation',
    action,
    repository: null,
    organization: null,
    sender: installation.account,
    payload: { repositories: listRepositories(world, installation) },
    onlyApp: installation.app,
    installation,
  });
}

export function listRepositories(world: World, installation: Installation): readonly Repository[] {
  return [...world.repositories.values()].filter(
    (repository) => !repository.deleted && covers(installation, repository),
  );
}

export function covers(installation: Installation, repository: Repository): boolean {
  if (installation.deleted || installation.account.id !== repository.owner.id) return false;
  const { repositories } = installation;
  return repositories === 'all' || repositories.has(fullName(repository).toLowerCase());
}

export function findInstallation(world: World, app: App, repository: Repository): Installation | undefined {
  return world.installations.find((each) => each.app === app && covers(each, repository));
}

export function listInstalledApps(world: World, repository: Repository): readonly App[] {
  return world.apps.filter((app) => {
    const installation = findInstallation(world, app, repository);
    return installation !== undefined && installation.suspendedAt === null;
  });
}

export function createInstallationToken(
  world: World,
  installation: Installation,
  options: {
    readonly permissions?: Readonly<Record<string, string>>;
    readonly repositories?: readonly string[] | null;
  } = {},
): Token {
  const token: Token = {
    value: `ghs_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`,
    expiresAt: new Date(world.now().getTime() + 3_600_000),
    holder: {
      kind: 'installation',
      installation,
      permissions: options.permissions ?? installation.app.permissions,
      repositories: options.repositories ? new Set(options.repositories) : null,
    },
  };
  world.tokens.set(token.value, token);
  return token;
}

export function createPersonToken(world: World, account: Account): Token {
  const token: Token = {
    value: `ghp_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`,
    expiresAt: new Date(world.now().getTime() + 90 * 86_400_000),
    holder: { kind: 'person', account },
  };
  world.tokens.set(token.value, token);
  return token;
}

export type JwtFinding = { readonly app: App } | { readonly refusal: string; readonly status: 401 | 404 };

/** https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
export function verifyAppJwt(world: World, jwt: string): JwtFinding {
  const parts = jwt.split('.');
  const header = parseSegment(parts[0]);
  const claims = parseSegment(parts[1]);
  if (parts.length !== 3 || header === null || claims === null || header.alg !== 'RS256')
    return refuse('A JSON web token could not be decoded');
  const app = world.apps.find(
    (each) => String(each.id) === String(claims.iss) || each.clientId === claims.iss,
  );
  if (app === undefined) return { refusal: 'Integration not found', status: 404 };
  const signed = Buffer.from(`${parts[0]}.${parts[1]}`);
  if (!verify('RSA-SHA256', signed, createPublicKey(app.publicKeyPem), Buffer.from(parts[2]!, 'base64url')))
    return refuse('A JSON web token could not be decoded');
  const now = Math.floor(world.now().getTime() / 1000);
  const { iat, exp } = claims;
  if (typeof exp !== 'number' || exp <= now)
    return refuse(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (typeof iat !== 'number' || iat > now + 60)
    return refuse(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  if (exp > now + 660) return refuse("'Expiration time' claim ('exp') is too far in the future");
  return { app };
}

function refuse(refusal: string): JwtFinding {
  return { refusal, status: 401 };
}

function parseSegment(segment: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment ?? '', 'base64url').toString('utf8'));
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
