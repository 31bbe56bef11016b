// Is GitHub asked again for exactly what it could not deliver, and not for ever?
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { Probot } from 'probot';
import { redeliverFailed } from '../../src/app/redeliver.js';
import { createInstallationClients, probotOptions } from '../../src/github/connect.js';
import { openStorage, type Storage } from '../../src/storage/storage.js';
import { type GitHub, startGitHub } from '../fakes/github/index.js';

jest.setTimeout(30_000);

const log = pino({ level: 'silent' });
let github: GitHub;
let storage: Storage;
let listener: Server;
let deps: Parameters<typeof redeliverFailed>[0];
/** What the listener answers. */
let status = 500;
let heard: string[] = [];

beforeEach(async () => {
  status = 500;
  heard = [];
  listener = createServer((request, response) => {
    heard.push(String(request.headers['x-github-delivery']));
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  github = await startGitHub();
  const webhookUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
  const app = github.createApp({ slug: 'agent-policy', webhookSecret: 'a-secret', webhookUrl });
  const endpoints = { apiUrl: github.url, graphqlUrl: github.graphqlUrl };
  const probot = new Probot({
    ...probotOptions(endpoints),
    appId: app.id,
    privateKey: app.privateKeyPem,
    secret: 'a-secret',
    log,
  });
  storage = await openStorage({ databaseUrl: null, dataFolder: 'memory://', log });
  const auth = (id?: number) => (id === undefined ? probot.auth() : probot.auth(id));
  const clients = createInstallationClients({ auth, endpoints, now: Date.now });
  deps = { storage, clients, now: () => new Date(), log };
});
afterEach(async () => {
  github.assertClean();
  await storage.close();
  await github.close();
  await new Promise((resolve) => listener.close(resolve));
});

const send = (guid: string) => github.deliver({ event: 'push', payload: { ref: guid }, guid });
const look = async () => {
  github.takeRequests();
  heard = [];
  const result = await redeliverFailed(deps);
  await github.idle();
  const paths = github.takeRequests().map(({ method, path }) => `${method} ${path.replace(/\d+/, '0')}`);
  return { result, paths };
};

test('what came through is left alone, what did not is asked for once a failure', async () => {
  await send('lost');
  status = 200;
  await send('arrived');
  expect(await look()).toEqual({
    result: { kind: 'done' },
    paths: ['GET /app/hook/deliveries', 'POST /app/hook/deliveries/0/attempts'],
  });
  expect(heard).toEqual(['lost']);
});

test('what is in the inbox is not asked for: the answer was late, the event is here', async () => {
  await send('late');
  await storage.deliveries.record({
    ...{ id: 'late', event: 'push', action: null, installation: null, outcome: 'queued', payload: null },
    receivedAt: new Date(),
  });
  await look();
  expect(heard).toEqual([]);
});

test('what always fails is asked for three times', async () => {
  await send('poison');
  const asked: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await look();
    asked.push(heard.length);
  }
  expect(asked).toEqual([1, 1, 1, 0, 0]);
});

test('what GitHub does not have any more stops nothing', async () => {
  await send('first');
  await send('second');
  github.fail(
    { operation: 'apps/redeliver-webhook-delivery' },
    { status: 404, body: { message: 'Not Found' } },
  );
  await look();
  expect(heard).toEqual(['second']);
});

test('an outage of GitHub leaves everything to the next look', async () => {
  await send('lost');
  github.fail({ operation: 'apps/redeliver-webhook-delivery' }, { status: 502 });
  await expect(redeliverFailed(deps)).rejects.toThrow(/502/);
  await look();
  expect(heard).toEqual(['lost']);
});

test('many are asked for in steps, the oldest first, until none is left', async () => {
  for (let index = 0; index < 65; index += 1) await send(`lost-${index}`);
  status = 200;
  const counts: number[] = [];
  const kinds: string[] = [];
  const order: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const { result } = await look();
    kinds.push(result.kind);
    counts.push(heard.length);
    order.push(...heard);
    // In between, what was delivered again is in the inbox.
    for (const id of heard)
      await storage.deliveries.record({
        ...{ id, event: 'push', action: null, installation: null, outcome: 'queued', payload: null },
        receivedAt: new Date(),
      });
  }
  expect({ kinds, counts }).toEqual({ kinds: ['again', 'done'], counts: [60, 5] });
  expect(order).toEqual(Array.from({ length: 65 }, (_, index) => `lost-${index}`));
});
