// Who asks, and what may they see and do?
import { permissionOf } from './model/accounts.js';
import { covers, verifyAppJwt } from './model/apps.js';
import {
  type Account,
  type App,
  findRepository,
  fullName,
  type Installation,
  type Repository,
  type World,
} from './model/world.js';

export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'person'; readonly account: Account }
  | {
      readonly kind: 'installation';
      readonly installation: Installation;
      readonly permissions: Readonly<Record<string, string>>;
      readonly repositories: ReadonlySet<string> | null;
    };

/** An answer that is no success: status, message and what else GitHub puts beside it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export function identifyCaller(world: World, authorization: string | undefined): Caller {
  if (authorization === undefined || authorization === '') return { kind: 'anonymous' };
  const credential = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization)?.[1];
  if (credential === undefined) throw new Refusal(401, 'Bad credentials');
  if (credential.split('.').length === 3) {
    const finding = verifyAppJwt(world, credential);
    if ('refusal' in finding) throw new Refusal(finding.status, finding.refusal);
    return { kind: 'app', app: finding.app };
  }
  const token = world.tokens.get(credential);
  if (token === undefined || token.expiresAt.getTime() <= world.now().getTime())
    throw new Refusal(401, 'Bad credentials');
  if (token.holder.kind === 'person') return token.holder;
  if (token.holder.installation.deleted) throw new Refusal(401, 'Bad credentials');
  if (token.holder.installation.suspendedAt !== null)
    throw new Refusal(403, 'This installation has been suspended');
  return token.holder;
}

/** `null` as well where it is there and may not be seen: GitHub does not tell which. */
export function findVisible(world: World, caller: Caller, name: string): Repository | null {
  const repository = findRepository(world, name);
  return repository !== undefined && canSee(world, caller, repository) ? repository : null;
}

export function canSee(world: World, caller: Caller, repository: Repository): boolean {
  if (!repository.isPrivate) return true;
  switch (caller.kind) {
    case 'anonymous':
    case 'app':
      return false;
    case 'person':
      return permissionOf(world, repository, caller.account) !== 'none';
    case 'installation':
      return reaches(caller, repository);
  }
}

/** Whether an installation's token is for this repository; a public one can be read without. */
function reaches(caller: Caller & { kind: 'installation' }, repository: Repository): boolean {
  if (!covers(caller.installation, repository)) return false;
  return caller.repositories === null || caller.repositories.has(fullName(repository).toLowerCase());
}

/** Installation tokens need the app's permission; `null` repository: something of the organisation's. */
export function requirePermission(
  caller: Caller,
  repository: Repository | null,
  area: string,
  level: 'read' | 'write',
): void {
  const refused = new Refusal(403, 'Resource not accessible by integration');
  if (caller.kind === 'anonymous' && level === 'write') throw new Refusal(401, 'Requires authentication');
  if (caller.kind === 'app') throw refused;
  if (caller.kind !== 'installation') return;
  const open = repository !== null && !repository.isPrivate && level === 'read';
  if (repository !== null && !reaches(caller, repository)) {
    if (open) return;
    throw refused;
  }
  const held = caller.permissions[area];
  const enough = level === 'read' ? held === 'read' || held === 'write' : held === 'write';
  if (!enough && !(open && ['contents', 'pull_requests', 'issues', 'metadata'].includes(area))) throw refused;
}
