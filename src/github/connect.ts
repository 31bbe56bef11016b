// How do we reach GitHub, on whichever host it is?
// Probot's Octokit for an installation, @octokit/rest's for a person's token; both without throttling and retries.
import { Octokit } from '@octokit/rest';
import { ProbotOctokit } from 'probot';
import type { Endpoints, GitHubClient, OctokitLike } from './client.js';
import { createLimiter, type Limiter } from './limiter.js';
import { createClient, toFailure } from './transport.js';

/** GitHub supports a version at least 24 months: https://docs.github.com/rest/about-the-rest-api/api-versions */
const API_VERSION = '2022-11-28';
const REQUEST_TIMEOUT_MS = 10_000;
const USER_AGENT = 'agent-policy';

/**
 * Where GitHub is. Takes the names GitHub Actions sets, so that a workflow on any host needs no settings.
 * Enterprise Server has `/api/v3` beside `/api/graphql`; github.com and data residency have `/graphql`.
 * Throws an `Error` that names the variable if an address is no http(s) URL.
 */
export function readEndpoints(
  env: Readonly<Record<'GITHUB_API_URL' | 'GITHUB_GRAPHQL_URL', string | undefined>>,
): Endpoints {
  const apiUrl = readUrl('GITHUB_API_URL', env.GITHUB_API_URL) ?? 'https://api.github.com';
  const graphqlUrl =
    readUrl('GITHUB_GRAPHQL_URL', env.GITHUB_GRAPHQL_URL) ??
    (/\/api\/v3$/.test(apiUrl) ? apiUrl.replace(/\/v3$/, '/graphql') : `${apiUrl}/graphql`);
  return { apiUrl, graphqlUrl };
}

/**
 * To be spread into Probot's options: host, timeout, API version, and no throttling or retry plugin.
 * Probot's default paces a read by 15 ms and all writes of the process at one a second; ours is per installation.
 */
export function probotOptions(endpoints: Endpoints, timeoutMs = REQUEST_TIMEOUT_MS) {
  return {
    // A function, because Probot sets throttle options of its own, which replace those of an object.
    Octokit: ProbotOctokit.defaults((options: object) => ({
      ...options,
      throttle: { enabled: false },
      retry: { enabled: false },
      userAgent: USER_AGENT,
    })),
    baseUrl: endpoints.apiUrl,
    request: { fetch: createFetch(timeoutMs) },
  };
}

export interface InstallationClients {
  /** One client, and so one limiter, per installation of this process. Token is fetched and renewed by Octokit. */
  forInstallation(id: number): Promise<GitHubClient>;
  /** With the app's own JWT: deliveries, installations. */
  app(): Promise<GitHubClient>;
}

/** `auth` is `probot.auth`: an Octokit per installation, or the app's own if no id is given. */
export function createInstallationClients(options: {
  readonly auth: (installationId?: number) => Promise<OctokitLike>;
  readonly endpoints: Endpoints;
  readonly now: () => number;
  /** Stands between a client and its limiter, to count; the app's own client has the number 0. */
  readonly watch?: (installation: number, limiter: Limiter) => Limiter;
}): InstallationClients {
  const watch = options.watch ?? ((_installation: number, limiter: Limiter) => limiter);
  const clients = new Map<number, Promise<GitHubClient>>();
  const connect = async (id?: number) => {
    const limiter = watch(id ?? 0, createLimiter({ now: options.now }));
    return createClient(await options.auth(id), options.endpoints, limiter, options.now);
  };
  const remember = (key: number, id?: number) => {
    const known = clients.get(key);
    if (known !== undefined) return known;
    const made = connect(id).catch((error) => {
      clients.delete(key);
      throw toFailure('sign in to GitHub', error);
    });
    clients.set(key, made);
    return made;
  };
  return { forInstallation: (id) => remember(id, id), app: () => remember(0) };
}

/** For the command line: a person's token through @octokit/rest. `null`: public data, a small budget. */
export function createTokenClient(options: {
  readonly token: string | null;
  readonly endpoints: Endpoints;
  readonly now: () => number;
  readonly timeoutMs?: number;
}): GitHubClient {
  const octokit = new Octokit({
    auth: options.token ?? undefined,
    baseUrl: options.endpoints.apiUrl,
    userAgent: USER_AGENT,
    request: { fetch: createFetch(options.timeoutMs ?? REQUEST_TIMEOUT_MS) },
    log: SILENT,
  });
  return createClient(octokit, options.endpoints, createLimiter({ now: options.now }), options.now);
}

/**
 * Every request of ours, those for tokens too: a timeout for headers and body together, the API version pinned.
 * The body is read here, because Octokit takes a body that breaks off for an empty one.
 */
function createFetch(timeoutMs: number) {
  return async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const headers = new Headers(init.headers);
    headers.set('x-github-api-version', API_VERSION);
    const answer = await fetch(url, {
      ...init,
      headers,
      signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout,
    });
    const body = await answer.arrayBuffer();
    const { status, statusText } = answer;
    const empty = status === 204 || status === 205 || status === 304;
    return new Response(empty ? null : body, { status, statusText, headers: answer.headers });
  };
}

function readUrl(name: string, value: string | undefined): string | null {
  if (value === undefined || value.trim() === '') return null;
  const text = value.trim().replace(/\/+$/, '');
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new Error(
    `${name} is "${value}", which is no http(s) address. Example: https://github.example.com/api/v3`,
  );
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
