// How does one HTTP request become an answer? Logged, broken if asked for, limited, checked, routed, checked again.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Caller, identifyCaller, Refusal } from './auth.js';
import type { RestContract } from './contract.js';
import type { Fault, Faults, SeenRequest } from './faults.js';
import type { GraphqlService } from './graphql/service.js';
import { isStorePath, readStore } from './model/artifacts.js';
import type { World } from './model/world.js';
import { limitHeaders, type RateLimiter, type Resource } from './rate-limit.js';
import type { Handlers, RestAnswer } from './rest/request.js';
import type { Deliverer } from './webhooks/deliver.js';

export interface LoggedRequest extends SeenRequest {
  /** With the leading `?`, or empty. */
  readonly search: string;
  readonly caller: Caller['kind'];
  readonly headers: Readonly<Record<string, string>>;
  readonly at: Date;
  /** `null`: still under way; `0`: the connection was broken. */
  status: number | null;
}

export interface ServerOptions {
  readonly world: World;
  readonly deliverer: Deliverer;
  readonly limiter: RateLimiter;
  readonly contract: RestContract;
  readonly graphql: GraphqlService;
  readonly handlers: Handlers;
  readonly faults: Faults;
  readonly requests: LoggedRequest[];
  readonly violations: string[];
  readonly idLength: number;
  /** How long every answer takes; read for each request, so that it can be changed. */
  readonly latencyMs: () => number;
}

export function createGitHubServer(options: ServerOptions): Server {
  return createServer((incoming, response) => {
    serve(options, incoming, response).catch((error: unknown) => {
      // A bug of the simulator: say so loudly instead of hanging.
      options.violations.push(
        `${incoming.method} ${incoming.url}: simulator failed: ${(error as Error).stack}`,
      );
      if (response.headersSent) response.destroy();
      else
        send(
          response,
          { status: 500, json: { message: `Simulator failed: ${(error as Error).message}` } },
          {},
        );
    });
  });
}

const MOST_BODY_BYTES = 30 * 1_048_576;

async function serve(
  options: ServerOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { world } = options;
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  if (isStorePath(url)) return sendArtifact(options, url, incoming, response);
  // Enterprise Server has its API under /api/v3.
  const path = url.pathname.replace(/^\/api\/v3(?=\/)/, '').replace(/^\/api\/graphql$/, '/graphql');
  const body = parseBody(await readBody(incoming));
  const method = incoming.method ?? 'GET';
  const matched = path === '/graphql' ? null : safeMatch(options.contract, method, path);
  const operation =
    path === '/graphql' ? `graphql${nameOfQuery(body)}` : (matched?.operation.id ?? 'unknown');
  const entry: LoggedRequest = {
    method,
    path,
    search: url.search,
    operation,
    body,
    caller: callerKind(world, incoming.headers.authorization),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        name === 'authorization' ? '(not kept)' : String(value),
      ]),
    ),
    at: world.now(),
    status: null,
  };
  options.requests.push(entry);
  const latency = options.latencyMs();
  if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));

  const fault = options.faults.take(entry);
  if (fault?.hangMs !== undefined) await hang(response, fault.hangMs);
  if (fault?.drop === 'before') return breakOff(entry, response);
  if (fault?.status !== undefined) {
    entry.status = fault.status;
    send(response, toAnswer(fault), { date: world.now().toUTCString(), ...fault.headers }, fault.truncate);
    return;
  }
  const resource: Resource = path === '/graphql' ? 'graphql' : 'core';
  const { answer, headers } = await answerRequest(
    options,
    resource,
    entry,
    matched,
    url.searchParams,
    incoming,
  );
  if (fault?.drop === 'after') return breakOff(entry, response);
  entry.status = answer.status;
  send(response, answer, { ...headers, ...answer.headers, ...fault?.headers }, fault?.truncate);
}

/** The store that GitHub sends a download to: another host there, and no part of the API. */
function sendArtifact(
  { world, violations }: ServerOptions,
  url: URL,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  if (incoming.headers.authorization !== undefined) violations.push('the store was sent a token');
  const content = readStore(world, url);
  const head = { 'content-type': 'application/zip', 'content-length': String(content?.length ?? 0) };
  response.writeHead(content === null ? 403 : 200, head).end(content ?? undefined);
}

async function answerRequest(
  options: ServerOptions,
  resource: Resource,
  entry: LoggedRequest,
  matched: ReturnType<RestContract['match']>,
  query: URLSearchParams,
  incoming: IncomingMessage,
): Promise<{ answer: RestAnswer; headers: Record<string, string> }> {
  const { world, limiter } = options;
  const requestId = `${world.nextId().toString(16)}:${entry.path.length}`;
  const headers: Record<string, string> = {
    date: world.now().toUTCString(),
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': requestId,
  };
  try {
    const caller = identifyCaller(world, incoming.headers.authorization);
    const free = entry.operation === 'rate-limit/get';
    const allowed = free || limiter.spend(caller, resource);
    Object.assign(headers, limitHeaders(limiter.read(caller, resource), resource));
    if (!allowed) return { answer: overLimit(caller, resource), headers };
    if (resource === 'graphql') return { answer: await answerGraphql(options, caller, entry), headers };
    return { answer: answerRest(options, caller, entry, matched, query, incoming), headers };
  } catch (error) {
    if (error instanceof Refusal) return { answer: refusalAnswer(error), headers };
    throw error;
  }
}

function answerRest(
  options: ServerOptions,
  caller: Caller,
  entry: LoggedRequest,
  matched: ReturnType<RestContract['match']>,
  query: URLSearchParams,
  incoming: IncomingMessage,
): RestAnswer {
  const where = `${entry.method} ${entry.path}`;
  const handler = matched === null ? undefined : options.handlers[matched.operation.id];
  if (matched === null || handler === undefined) {
    options.violations.push(`${where}: the simulator has no such route`);
    return { status: 501, json: { message: `The simulator has no route ${where}.` } };
  }
  const problems = options.contract.checkRequest(matched, query, entry.body);
  if (problems.length > 0) {
    options.violations.push(...problems.map((problem) => `${where} (${matched.operation.id}): ${problem}`));
    return { status: 422, json: { message: 'Validation Failed', errors: problems } };
  }
  const answer = catchRefusal(() =>
    handler({
      world: options.world,
      deliverer: options.deliverer,
      limiter: options.limiter,
      caller,
      params: matched.params,
      query,
      body: entry.body,
      accept: incoming.headers.accept ?? '',
      path: `${entry.path}${entry.search}`,
      idLength: options.idLength,
    }),
  );
  if (answer.text === undefined) {
    // Checked as it will be read: undefined fields are gone by then.
    const sent = answer.json === undefined ? undefined : JSON.parse(JSON.stringify(answer.json));
    const wrong = options.contract.checkAnswer(matched.operation, answer.status, sent);
    options.violations.push(
      ...wrong.map((problem) => `${where} (${matched.operation.id}) answered ${answer.status}: ${problem}`),
    );
  }
  return answer;
}

async function answerGraphql(
  options: ServerOptions,
  caller: Caller,
  entry: LoggedRequest,
): Promise<RestAnswer> {
  if (caller.kind === 'anonymous') throw new Refusal(401, 'This endpoint requires you to be authenticated.');
  const { query, variables } = (entry.body ?? {}) as { query?: unknown; variables?: unknown };
  if (typeof query !== 'string')
    throw new Refusal(400, 'A query attribute must be specified and must be a string.');
  const result = await options.graphql.execute(query, (variables ?? {}) as Record<string, unknown>, caller);
  return { status: 200, json: result };
}

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
function overLimit(caller: Caller, resource: Resource): RestAnswer {
  const who = caller.kind === 'installation' ? ` for installation ID ${caller.installation.id}` : '';
  const message = `API rate limit exceeded${who}.`;
  if (resource === 'graphql') return { status: 200, json: { errors: [{ type: 'RATE_LIMITED', message }] } };
  return { status: 403, json: { message, documentation_url: DOCS } };
}

const DOCS = 'https://docs.github.com/rest';

function catchRefusal(run: () => RestAnswer): RestAnswer {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error);
    throw error;
  }
}

function refusalAnswer({ status, message, extra, headers }: Refusal): RestAnswer {
  return { status, json: { message, ...extra, documentation_url: DOCS, status: String(status) }, headers };
}

function toAnswer(fault: Fault): RestAnswer {
  const { status = 500, body } = fault;
  return typeof body === 'string'
    ? { status, text: body, contentType: 'text/html' }
    : { status, json: body ?? {} };
}

function send(
  response: ServerResponse,
  answer: RestAnswer,
  headers: Readonly<Record<string, string>>,
  truncate?: number,
): void {
  const content = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
  const body = Buffer.from(content);
  const type = answer.contentType ?? 'application/json; charset=utf-8';
  const length = { 'content-length': String(body.length) };
  response.writeHead(answer.status, {
    ...(answer.status === 204 ? {} : { 'content-type': type, ...length }),
    ...headers,
  });
  if (truncate === undefined) response.end(answer.status === 204 ? undefined : body);
  else response.write(body.subarray(0, truncate), () => response.destroy());
}

function breakOff(entry: LoggedRequest, response: ServerResponse): void {
  entry.status = 0;
  response.destroy();
}

function hang(response: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    // Who hangs up need not be waited for.
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming) {
    bytes += (part as Buffer).length;
    if (bytes > MOST_BODY_BYTES) throw new Error('The body is larger than 30 MB.');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function nameOfQuery(body: unknown): string {
  const { query } = (body ?? {}) as { query?: unknown };
  const name = typeof query === 'string' ? /\b(?:query|mutation)\s+(\w+)/.exec(query)?.[1] : undefined;
  return name === undefined ? '' : `:${name}`;
}

function callerKind(world: World, authorization: string | undefined): Caller['kind'] {
  try {
    return identifyCaller(world, authorization).kind;
  } catch {
    return 'anonymous';
  }
}

function safeMatch(contract: RestContract, method: string, path: string): ReturnType<RestContract['match']> {
  try {
    return contract.match(method, path);
  } catch {
    // A path that is not properly encoded.
    return null;
  }
}
