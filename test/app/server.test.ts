// What is answered to whom, over real HTTP and through the real Probot?
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Logger, pino } from 'pino';
import { type Config, readConfig } from '../../src/app/config.js';
import { createIngress, type IngestOutcome, type WebhookDelivery } from '../../src/app/ingress.js';
import { createProbot } from '../../src/app/probot.js';
import { MAX_BODY_BYTES, type RunningServer, type ServerOptions, startServer } from '../../src/app/server.js';
import { openStorage, type Storage } from '../../src/storage/storage.js';
import { defer } from '../storage/defer.js';
import * as payloads from './payloads.js';
import { OUR_APP } from './payloads.js';

const SECRET = 'a long and random one';
const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs1',
  format: 'pem',
});
const config = readConfig({
  APP_ID: String(OUR_APP),
  WEBHOOK_SECRET: SECRET,
  PRIVATE_KEY: PEM.toString(),
  // Nothing listens there: whatever asks GitHub on the way to the inbox fails.
  GITHUB_API_URL: 'http://127.0.0.1:1',
}) as Config;
const REVIEW = 'review:5:acme/shop#12';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

describe('the server', () => {
  let storage: Storage;
  let server: RunningServer;
  let logged = '';
  const ran: string[] = [];

  beforeAll(async () => {
    const log = loggingTo((line) => {
      logged += line;
    });
    storage = await openStorage({ databaseUrl: null, dataFolder: 'memory://', log });
    await storage.queue.work(async (key) => {
      ran.push(key);
      return { kind: 'done' };
    });
    server = await start({
      log,
      ingest: createIngress({ storage, appId: OUR_APP, log, now: () => new Date() }),
    });
  }, 30_000);
  afterAll(async () => {
    await server.close();
    await storage.close();
  });

  function start(changed: Partial<ServerOptions>): Promise<RunningServer> {
    return startServer({
      probot: createProbot(config),
      webhookSecret: SECRET,
      host: '127.0.0.1',
      port: 0,
      log: pino({ level: 'silent' }),
      ingest: async (): Promise<IngestOutcome> => 'ignored',
      checkReady: async () => ({ engine: storage.engine }),
      ...changed,
    });
  }

  const deliver = (id: string, name: string, payload: unknown, headers: OutgoingHttpHeaders = {}) =>
    post(server, typeof payload === 'string' ? payload : JSON.stringify(payload), {
      'x-github-delivery': id,
      'x-github-event': name,
      ...headers,
    });

  test('a signed webhook is answered once it is stored, and its job runs', async () => {
    expect(await deliver('s1', 'pull_request', payloads.pullRequest('opened'))).toMatchObject({
      status: 200,
    });
    expect((await storage.deliveries.find('s1'))?.outcome).toBe('queued');
    await storage.queue.idle();
    expect(ran).toEqual([REVIEW]);
  });

  test('the same delivery again is answered 200 and wakes nobody', async () => {
    expect(await deliver('s1', 'pull_request', payloads.pullRequest('opened'))).toMatchObject({
      status: 200,
    });
    await storage.queue.idle();
    expect(ran).toEqual([REVIEW]);
  });

  test('an event for an installation we cannot sign in to is stored without asking GitHub', async () => {
    const installation = { id: 666 };
    expect(await deliver('s2', 'push', { ...payloads.push({ forced: true }), installation })).toMatchObject({
      status: 200,
    });
    await storage.queue.idle();
    expect(ran.splice(1).sort()).toEqual(['history:666:acme/shop', 'repository:666:acme/shop']);
  });

  test.each([
    ['event this version does not know', 'sponsorship', { action: 'created' }, 'ignored'],
    ['event GitHub may add', 'event_of_next_year', {}, 'ignored'],
    ['pull_request without its parts', 'pull_request', { action: 'opened' }, 'not understood'],
    [
      'installation that is no object',
      'pull_request',
      { action: 'opened', installation: 'x' },
      'not understood',
    ],
    ['installation without an id', 'pull_request', { action: 'opened', installation: {} }, 'not understood'],
    ['installation null', 'pull_request', { action: null, installation: null }, 'not understood'],
    ['action that is an object', 'check_run', { action: { a: 1 } }, 'not understood'],
    [
      'installation deleted with nothing else',
      'installation',
      { action: 'deleted', installation: {} },
      'not understood',
    ],
  ])('a signed %s is stored and answered 200', async (why, name, payload, outcome) => {
    expect(await deliver(why, name, payload)).toMatchObject({ status: 200 });
    expect((await storage.deliveries.find(why))?.outcome).toBe(outcome);
  });

  test('an action that cannot be made a string, which only the owner of the secret could send, is a 500', async () => {
    const found = await deliver('unprintable', 'check_run', { action: { toString: 1 } });
    expect(found.status).toBe(500);
    expect((await get(server, '/healthz')).status).toBe(200);
  });

  test('a wrong signature is refused without a word of the payload in the log', async () => {
    const secret = { ...payloads.pullRequest('opened'), note: 'do-not-log-me' };
    for (const signature of ['sha256=0000', `sha256=${'0'.repeat(64)}`, 'x', '']) {
      const found = await deliver('bad', 'pull_request', secret, { 'x-hub-signature-256': signature });
      expect(found.status).toBe(400);
    }
    expect(await storage.deliveries.find('bad')).toBeNull();
    expect(logged).toContain('refused a webhook');
    expect(logged).not.toContain('do-not-log-me');
  });

  test('a payload signed with the secret that Probot falls back to is refused', async () => {
    const body = JSON.stringify(payloads.pullRequest('opened'));
    expect(
      (await deliver('dev', 'push', body, { 'x-hub-signature-256': sign(body, 'development') })).status,
    ).toBe(400);
  });

  test.each([
    ['no JSON', '{"action": '],
    ['nothing', ''],
    ['a list', '[]'],
    ['a string', '"pull_request"'],
    ['null', 'null'],
    ['a number', '5'],
  ])('a signed body that is %s is refused', async (_what, body) => {
    expect((await deliver('nojson', 'pull_request', body)).status).toBe(400);
    expect(await storage.deliveries.find('nojson')).toBeNull();
  });

  test('invalid UTF-8 is refused', async () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const headers = {
      'x-github-delivery': 'utf8',
      'x-github-event': 'push',
      'x-hub-signature-256': sign(body),
    };
    expect((await post(server, body, headers)).status).toBe(400);
  });

  test.each(['x-github-delivery', 'x-github-event', 'x-hub-signature-256'])(
    'a missing %s is refused',
    async (name) => {
      const found = await deliver('missing', 'push', payloads.push(), { [name]: undefined });
      expect(found.status).toBe(400);
      expect(await storage.deliveries.find('missing')).toBeNull();
    },
  );

  test('a form is refused', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await deliver('form', 'push', payloads.push(), headers)).status).toBe(415);
  });

  test('a body announced as larger than 25 MB is refused before it is read', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const found = defer<string>();
    socket.once('data', (chunk) => found.resolve(chunk.toString()));
    socket.once('error', found.reject);
    // No byte of the body is ever sent.
    socket.write(
      `POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n` +
        `content-length: ${MAX_BODY_BYTES + 1}\r\n\r\n`,
    );
    expect(await found.promise).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
    socket.destroy();
  });

  test('a body that grows beyond 25 MB is refused, and the server lives', async () => {
    const found = await new Promise<number | string>((resolve) => {
      const request = httpRequest(`${server.url}/api/github/webhooks`, {
        method: 'POST',
        headers: { 'transfer-encoding': 'chunked' },
      });
      request.once('response', (response) => resolve(response.statusCode ?? 0));
      // The server closes while we still write; the answer may be lost with the connection.
      request.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const write = (left: number): void => {
        if (left > 0) request.write(chunk, () => write(left - 1));
        else request.end();
      };
      write(27);
    });
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(found);
    expect((await get(server, '/healthz')).status).toBe(200);
    expect(logged).toContain('a body may have 25 MB');
  });

  test('a body just below 25 MB is taken', async () => {
    const payload = { ...payloads.pullRequest('labeled'), padding: 'x'.repeat(MAX_BODY_BYTES - 10_000) };
    expect((await deliver('large', 'pull_request', payload)).status).toBe(200);
    expect(JSON.stringify((await storage.deliveries.find('large'))?.payload).length).toBeLessThan(2_000);
  }, 20_000);

  test.each([
    ['GET', '/healthz', 200],
    ['HEAD', '/healthz', 200],
    ['GET', '/readyz', 200],
    ['GET', '/readyz?x=1', 200],
    ['GET', '/api/github/webhooks', 405],
    ['PUT', '/api/github/webhooks', 405],
    ['POST', '/healthz', 404],
    ['GET', '/', 404],
    ['GET', '/probot', 404],
    ['POST', '/probot/import', 404],
    ['GET', '//evil.example/', 404],
    ['POST', '/api/github/webhooks/extra', 404],
  ])('%s %s is answered %i', async (method, path, status) => {
    expect((await send(server, method, path)).status).toBe(status);
  });

  test('a trailing slash and a query reach the webhooks too', async () => {
    const body = JSON.stringify(payloads.status());
    const headers = {
      'x-github-delivery': 'slash',
      'x-github-event': 'status',
      'x-hub-signature-256': sign(body),
    };
    expect((await send(server, 'POST', '/api/github/webhooks/?a=b', body, headers)).status).toBe(200);
    expect(await storage.deliveries.find('slash')).not.toBeNull();
  });

  test('shows what it was told when it is ready', async () => {
    expect(JSON.parse((await get(server, '/readyz')).text)).toEqual({
      status: 'ok',
      engine: 'pglite',
    });
  });

  test('is not ready while the database does not answer, and alive all the same', async () => {
    const down = await start({ checkReady: () => Promise.reject(new Error('connect ECONNREFUSED')) });
    expect((await get(down, '/readyz')).status).toBe(503);
    expect((await get(down, '/healthz')).status).toBe(200);
    await down.close();
  });

  test('a delivery that cannot be stored is answered 500, so that GitHub keeps it as failed', async () => {
    let text = '';
    const log = loggingTo((line) => {
      text += line;
    });
    const failing = await start({ log, ingest: () => Promise.reject(new Error('connection lost')) });
    const body = JSON.stringify({ ...payloads.push(), note: 'do-not-log-me' });
    const found = await post(failing, body, { 'x-github-delivery': 'f1', 'x-github-event': 'push' });
    expect(found).toMatchObject({ status: 500 });
    expect(found.text).not.toContain('connection lost');
    expect(text).toContain('connection lost');
    expect(text).not.toContain('do-not-log-me');
    await failing.close();
  });

  test('a delivery that is not stored in time is answered 500, never 202', async () => {
    const hanging = await start({ ingest: () => new Promise(() => {}), ingestDeadlineMs: 50 });
    const body = JSON.stringify(payloads.push());
    expect(await post(hanging, body, { 'x-github-delivery': 'h1', 'x-github-event': 'push' })).toMatchObject({
      status: 500,
    });
    await hanging.close();
  });

  test('closing waits for the webhook in flight', async () => {
    const begun = defer<WebhookDelivery>();
    const stored = defer<IngestOutcome>();
    const closing = await start({
      ingest: (delivery) => {
        begun.resolve(delivery);
        return stored.promise;
      },
    });
    const body = JSON.stringify(payloads.push());
    const answered = post(closing, body, { 'x-github-delivery': 'c1', 'x-github-event': 'push' });
    expect((await begun.promise).id).toBe('c1');
    const closed = closing.close();
    stored.resolve('queued');
    expect((await answered).status).toBe(200);
    await closed;
  });

  test('a port in use is named', async () => {
    await expect(start({ port: server.port })).rejects.toThrow(
      `listen on 127.0.0.1:${server.port}: the port is in use; set PORT to another`,
    );
  });
});

function loggingTo(write: (line: string) => void): Logger {
  return pino({ level: 'trace' }, { write });
}

function sign(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Signed and as JSON, unless a header says otherwise. */
function post(server: RunningServer, body: string | Buffer, headers: OutgoingHttpHeaders): Promise<Answer> {
  const all = { 'content-type': 'application/json', 'x-hub-signature-256': sign(body), ...headers };
  return send(server, 'POST', '/api/github/webhooks', body, all);
}

function get(server: RunningServer, path: string): Promise<Answer> {
  return send(server, 'GET', path);
}

function send(
  server: RunningServer,
  method: string,
  path: string,
  body: string | Buffer = '',
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const all: OutgoingHttpHeaders = { 'content-type': 'application/json', ...given };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: server.port, method, path, headers: all },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
        );
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}
