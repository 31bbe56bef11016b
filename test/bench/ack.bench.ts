// How soon is a webhook acknowledged, and how soon does its job begin? Run: npx tsx test/bench/ack.bench.ts
// Over real HTTP on loopback, one by one, on both engines; the target is a median below 15 ms.
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { pino } from 'pino';
import { type Config, readConfig } from '../../src/app/config.js';
import { createIngress } from '../../src/app/ingress.js';
import { createProbot } from '../../src/app/probot.js';
import { type RunningServer, startServer } from '../../src/app/server.js';
import { pullRequest } from '../app/payloads.js';
import { ENGINES } from '../storage/engines.js';

const SECRET = 'a secret for the benchmark';
const WARM_UP = 50;
const COUNT = 400;
/** A real pull_request payload has 20 to 30 KB. */
const PADDING = 'x'.repeat(20_000);
const agent = new Agent({ keepAlive: true });
const log = pino({ level: 'silent' });

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const config = readConfig({
  APP_ID: '1',
  WEBHOOK_SECRET: SECRET,
  PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
}) as Config;

for (const { name, start } of ENGINES) {
  const engine = await start();
  const storage = await engine.open();
  const started = new Map<string, number>();
  await storage.queue.work(async (key) => {
    started.set(key, performance.now());
    return { kind: 'done' };
  });
  const server = await startServer({
    probot: createProbot(config),
    webhookSecret: SECRET,
    host: '127.0.0.1',
    port: 0,
    log,
    ingest: createIngress({ storage, appId: 1, log, now: () => new Date() }),
    checkReady: async () => ({}),
  });
  const acknowledged: number[] = [];
  const begun: number[] = [];
  for (let number = 1; number <= WARM_UP + COUNT; number += 1) {
    const sent = performance.now();
    const head = { sha: number.toString(16).padStart(40, '0') };
    await deliver(server, pullRequest('opened', { number, padding: PADDING }, { number, head }));
    const answered = performance.now();
    await storage.queue.idle();
    if (number <= WARM_UP) continue;
    acknowledged.push(answered - sent);
    begun.push(started.get(`review:5:acme/shop#${number}`)! - sent);
  }
  console.log(`${name}: acknowledged ${summary(acknowledged)} · job begun ${summary(begun)}`);
  await server.close();
  await storage.close();
  await engine.stop();
}
agent.destroy();

function summary(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(1);
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`;
}

function deliver(server: RunningServer, payload: unknown): Promise<void> {
  const body = JSON.stringify(payload);
  const headers = {
    'content-type': 'application/json',
    'x-github-delivery': randomUUID(),
    'x-github-event': 'pull_request',
    'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
  };
  return new Promise((resolve, reject) => {
    const post = request(
      { agent, host: '127.0.0.1', port: server.port, method: 'POST', path: '/api/github/webhooks', headers },
      (response) => {
        response.resume();
        response.once('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`)),
        );
      },
    );
    post.once('error', reject);
    post.end(body);
  });
}
