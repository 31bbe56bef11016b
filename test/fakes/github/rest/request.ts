// What does a route get, and what may it answer?
import { type Caller, findVisible, Refusal, requirePermission } from '../auth.js';
import {
  type Account,
  type App,
  findAccount,
  type PullRequest,
  type Repository,
  type World,
} from '../model/world.js';
import type { RateLimiter } from '../rate-limit.js';
import type { Deliverer } from '../webhooks/deliver.js';

export interface RestRequest {
  readonly world: World;
  readonly deliverer: Deliverer;
  readonly limiter: RateLimiter;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly accept: string;
  /** Path and query, for links to further pages. */
  readonly path: string;
  /** How many digits of a blob id a diff shows. */
  readonly idLength: number;
}

export interface RestAnswer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string | Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: RestRequest) => RestAnswer;
export type Handlers = Readonly<Record<string, Handler>>;

export function ok(json: unknown, headers?: Readonly<Record<string, string>>): RestAnswer {
  return { status: 200, json, ...(headers ? { headers } : {}) };
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found');
}

/** `code` as GitHub has them: `missing_field`, `invalid`, `custom` … */
export function invalid(message: string, errors: readonly unknown[] = []): Refusal {
  return new Refusal(422, message, errors.length > 0 ? { errors } : {});
}

export function requireApp({ caller }: RestRequest): App {
  if (caller.kind === 'app') return caller.app;
  throw new Refusal(401, 'A JSON web token could not be decoded');
}

/** The repository of the path, if the caller may see it and holds the permission. */
export function requireRepository(
  request: RestRequest,
  area: string,
  level: 'read' | 'write' = 'read',
): Repository {
  const { world, caller, params } = request;
  const repository = findVisible(world, caller, `${params.owner}/${params.repo}`);
  if (repository === null) throw notFound();
  requirePermission(caller, repository, area, level);
  return repository;
}

export function requirePull(repository: Repository, number: string | undefined): PullRequest {
  const pull = repository.pulls.get(Number(number));
  if (pull === undefined) throw notFound();
  return pull;
}

/** Who did it, as webhooks name the sender: the app's bot or the person. */
export function actorOf(world: World, caller: Caller): Account {
  switch (caller.kind) {
    case 'app':
      return caller.app.bot;
    case 'installation':
      return caller.installation.app.bot;
    case 'person':
      return caller.account;
    case 'anonymous':
      return findAccount(world, 'ghost')!;
  }
}

export function wantsMedia(request: RestRequest, name: 'diff' | 'patch' | 'raw' | 'repository'): boolean {
  return new RegExp(`application/vnd\\.github\\.(v3\\.)?${name}(\\+json)?\\b`).test(request.accept);
}

/** One page, with the `Link` header that says where the others are. */
export function paginate<T>(
  request: RestRequest,
  items: readonly T[],
  perPage = 30,
  most = 100,
): { readonly page: readonly T[]; readonly headers: Record<string, string> } {
  const size = Math.min(Math.max(Number(request.query.get('per_page') ?? perPage) || perPage, 1), most);
  const number = Math.max(Number(request.query.get('page') ?? 1) || 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link = (page: number, rel: string) => {
    const url = new URL(request.path, request.world.url);
    url.searchParams.set('page', String(page));
    return `<${url}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
    ...(number > 1 ? [link(1, 'first')] : []),
  ];
  const headers: Record<string, string> = links.length > 0 ? { link: links.join(', ') } : {};
  return { page: items.slice((number - 1) * size, number * size), headers };
}
