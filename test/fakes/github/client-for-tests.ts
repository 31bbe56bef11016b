// How do the simulator's own tests speak to it? Plain fetch, as any client would.
import { createSign } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App, GitHub, Installation } from './index.js';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked into, field by field.
  readonly body: any;
  readonly headers: Headers;
}

/** `path` with a leading slash; a body makes it a POST. */
export async function call(
  github: GitHub,
  path: string,
  options: {
    readonly token?: string;
    readonly method?: string;
    readonly body?: unknown;
    readonly accept?: string;
  } = {},
): Promise<Answer> {
  const answer = await fetch(`${github.url}${path}`, {
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    headers: {
      accept: options.accept ?? 'application/vnd.github+json',
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: parse(text), headers: answer.headers };
}

export function query(github: GitHub, token: string, text: string, variables: object = {}): Promise<Answer> {
  return call(github, '/graphql', { token, body: { query: text, variables } });
}

export function signJwt(
  app: Pick<App, 'id' | 'privateKeyPem'>,
  claims: object = {},
  header: object = { alg: 'RS256', typ: 'JWT' },
): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode(header)}.${encode({ iat: now - 30, exp: now + 500, iss: app.id, ...claims })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(app.privateKeyPem, 'base64url')}`;
}

export async function fetchToken(github: GitHub, installation: Installation, body?: object): Promise<string> {
  const path = `/app/installations/${installation.id}/access_tokens`;
  const answer = await call(github, path, { token: signJwt(installation.app), method: 'POST', body });
  return answer.body.token;
}

export interface Received {
  readonly event: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a payload is looked into, field by field.
  readonly payload: any;
}

/** An app that only listens. `answer` may be changed while it runs. */
export async function listenForWebhooks() {
  const received: Received[] = [];
  const state = { status: 200 };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const event = String(request.headers['x-github-event']);
      received.push({ event, headers: request.headers, text, payload: parse(text) });
      response.writeHead(state.status).end('seen');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    state,
    /** `pull_request.opened push …`, in the order they came. */
    names: () => received.map(({ event, payload }) => [event, payload.action].filter(Boolean).join('.')),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
