// How does a webhook reach the inbox, and how does an operator see that we live?
// Our own server around Probot's middleware: size, signature and shape are checked before Probot reads a byte.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { createNodeMiddleware, type Probot } from 'probot';
import { answerMetrics, type MetricsEndpoint } from './answer-metrics.js';
import type { IngestOutcome, WebhookDelivery } from './ingress.js';
import { within } from './within.js';

export interface ServerOptions {
  readonly probot: Probot;
  readonly webhookSecret: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly log: Logger;
  readonly ingest: (delivery: WebhookDelivery) => Promise<IngestOutcome>;
  /** Rejects while the app cannot do its work; what it resolves with is shown. */
  readonly checkReady: () => Promise<object>;
  /** A request to the webhooks' address is refused before its event is looked at. */
  readonly onRefused?: (status: number) => void;
  /** Without it there are none. */
  readonly metrics?: MetricsEndpoint;
  readonly ingestDeadlineMs?: number;
}

export interface RunningServer {
  readonly port: number;
  /** `http://host:port`, without a trailing slash. */
  readonly url: string;
  /** Takes no new request and resolves when those in flight are answered. */
  close(): Promise<void>;
}

const WEBHOOK_PATH = '/api/github/webhooks';
/** GitHub's own cap: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;
/** Of all requests together: an unsigned body is held in memory until it is complete. */
const MAX_BUFFERED_BYTES = 8 * MAX_BODY_BYTES;
/** GitHub gives up after 10 s; Probot would answer 202 after 9 s, which hides a loss. */
const INGEST_DEADLINE_MS = 8_000;
const READY_DEADLINE_MS = 2_000;

type Middleware = Awaited<ReturnType<typeof createNodeMiddleware>>;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { log } = options;
  const middleware = await createNodeMiddleware(
    (app) => {
      app.onAny(async ({ id, name, payload }) => {
        await ingestInTime(options, { id, name, payload });
      });
    },
    { probot: options.probot, webhooksPath: WEBHOOK_PATH },
  );
  const handle = createHandler(options, middleware);
  let isClosing = false;
  const server = createServer((request, response) => {
    // A connection kept alive by its client would hold up the end.
    response.once('close', () => setImmediate(() => isClosing && server.closeIdleConnections()));
    handle(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'could not answer a request');
      if (response.headersSent) response.destroy();
      else answer(response, 500, { error: 'internal error' });
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 65_000;
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: `http://${host}:${port}`,
    close() {
      isClosing = true;
      return close(server);
    },
  };
}

async function ingestInTime(options: ServerOptions, delivery: WebhookDelivery): Promise<void> {
  const { ingest, log, ingestDeadlineMs = INGEST_DEADLINE_MS } = options;
  const work = ingest(delivery);
  try {
    await within(ingestDeadlineMs, work, 'the database did not answer in time');
  } catch (error) {
    const { id, name } = delivery;
    log.error(
      { err: error, delivery: id, event: name },
      'could not store a webhook; GitHub sees it as failed',
    );
    throw new Error('the delivery could not be stored; deliver it again');
  }
}

function createHandler(options: ServerOptions, middleware: Middleware) {
  const { log } = options;
  let bufferedBytes = 0;

  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const refuse = (status: number, why: string) => {
      const fields = { status, delivery: request.headers['x-github-delivery'], why };
      log.warn(fields, 'refused a webhook');
      options.onRefused?.(status);
      answer(response, status, { error: why });
    };
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      return refuse(405, 'webhooks are sent with POST');
    }
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      return refuse(413, 'a body may have 25 MB');
    }
    const body = await readBody(request, (bytes) => {
      bufferedBytes += bytes;
      return bufferedBytes <= MAX_BUFFERED_BYTES;
    });
    try {
      if (body.kind === 'aborted') return;
      if (body.kind === 'too large') return refuse(413, 'a body may have 25 MB');
      if (body.kind === 'too many') return refuse(503, 'too many bodies at once');
      const signature = request.headers['x-hub-signature-256'];
      if (typeof signature === 'string' && !isSigned(body.bytes, signature, options.webhookSecret)) {
        return refuse(
          400,
          'the signature does not match: is WEBHOOK_SECRET the secret on the App\u2019s page?',
        );
      }
      const text = body.bytes.toString('utf8');
      if (!/^\s*\{/.test(text)) return refuse(400, 'the body is no JSON object');
      // Probot compares the address as it is, without our leniency.
      const forProbot = Object.assign(request, { body: text, url: WEBHOOK_PATH });
      await middleware(forProbot, response, () => answer(response, 404, { error: 'not found' }));
      const { statusCode: status } = response;
      if (status >= 400)
        log.warn({ status, delivery: request.headers['x-github-delivery'] }, 'Probot refused a webhook');
      if (status >= 400 && status < 500) options.onRefused?.(status);
    } finally {
      bufferedBytes -= body.read;
    }
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').replace(/[?#].*$/s, '').replace(/(?<=.)\/+$/, '');
    if (path === WEBHOOK_PATH) return receive(request, response);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && path === '/healthz') return answer(response, 200, { status: 'ok' });
    if (isRead && path === '/readyz') return answerReady(options, response);
    if (isRead && path === '/metrics' && options.metrics !== undefined)
      return answerMetrics(options.metrics, request, response);
    answer(response, 404, { error: 'not found' });
  };
}

async function answerReady({ checkReady, log }: ServerOptions, response: ServerResponse): Promise<void> {
  try {
    const shown = await within(READY_DEADLINE_MS, checkReady(), 'no answer in time');
    answer(response, 200, { status: 'ok', ...shown });
  } catch (error) {
    log.warn({ err: error }, 'not ready');
    answer(response, 503, { status: 'not ready' });
  }
}

type Body =
  | { readonly kind: 'complete'; readonly read: number; readonly bytes: Buffer }
  | { readonly kind: 'too large'; readonly read: number }
  | { readonly kind: 'too many'; readonly read: number }
  | { readonly kind: 'aborted'; readonly read: number };

/** `admit` counts every byte that is held, and says whether more may be. */
function readBody(request: IncomingMessage, admit: (bytes: number) => boolean): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let read = 0;
    const stop = (body: Body) => {
      request.removeAllListeners('data');
      request.pause();
      resolve(body);
    };
    request.on('data', (chunk: Buffer) => {
      read += chunk.length;
      const isAdmitted = admit(chunk.length);
      if (read > MAX_BODY_BYTES) stop({ kind: 'too large', read });
      else if (!isAdmitted) stop({ kind: 'too many', read });
      else chunks.push(chunk);
    });
    request.once('end', () => resolve({ kind: 'complete', bytes: Buffer.concat(chunks), read }));
    request.once('error', () => resolve({ kind: 'aborted', read }));
    request.once('close', () => resolve({ kind: 'aborted', read }));
  });
}

function isSigned(body: Buffer, signature: string, secret: string): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** An answer before the request was read to its end closes the connection: the rest is not waited for. */
function answer(response: ServerResponse, status: number, body: unknown): void {
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  if (!response.req.complete) headers.connection = 'close';
  response.writeHead(status, headers).end(`${JSON.stringify(body)}\n`);
}

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'the port is in use; set PORT to another' : error.message;
      reject(new Error(`listen on ${host}:${port}: ${why}`));
    });
    server.listen(port, host, resolve);
  });
}

function close(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), 10_000);
  return new Promise((resolve, reject) => {
    server.close((error) => {
      clearTimeout(late);
      if (error) reject(error);
      else resolve();
    });
    server.closeIdleConnections();
  });
}
