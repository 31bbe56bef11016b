// Does the running app learn a repository's history by itself, and go on with it after it was killed?
// From the signed webhook to the rows in the database; nothing in between is replaced.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { parseCatalogue } from '../../src/agents/catalogue.js';
import { readConfig } from '../../src/app/config.js';
import { type RunningApp, startApp } from '../../src/app/start.js';
import { openStorage, type Storage } from '../../src/storage/storage.js';
import { type GitHub, startGitHub } from '../fakes/github/index.js';
import type { RepositoryHandle } from '../fakes/github/model/handles.js';

jest.setTimeout(120_000);

const catalogue = parseCatalogue(await readFile(new URL('../../config/agents.yml', import.meta.url), 'utf8'));
const WEBHOOK_SECRET = 'a-secret-for-loopback-tests';

let github: GitHub;
let folder: string;

beforeAll(async () => {
  github = await startGitHub();
  for (const login of ['kim', 'lee']) github.createUser(login);
  folder = await mkdtemp(join(tmpdir(), 'agent-policy-'));
});
afterAll(async () => {
  github.assertClean();
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

async function createApp(slug: string) {
  const app = github.createApp({ slug, webhookSecret: WEBHOOK_SECRET });
  const dataFolder = join(folder, slug);
  return {
    app,
    async start(historyPauseMs = 0): Promise<RunningApp> {
      const config = readConfig({
        APP_ID: String(app.id),
        PRIVATE_KEY: app.privateKeyPem,
        WEBHOOK_SECRET,
        GITHUB_API_URL: github.url,
        GITHUB_GRAPHQL_URL: github.graphqlUrl,
        DATA_FOLDER: dataFolder,
        HOST: '127.0.0.1',
        PORT: '0',
      });
      if ('problems' in config) throw new Error(config.problems.join('\n'));
      const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
      const running = await startApp(config, catalogue, log, { historyPauseMs });
      app.webhookUrl = `${running.url}/api/github/webhooks`;
      return running;
    },
    /** What is stored while no app runs on it. */
    async look<T>(see: (storage: Storage) => Promise<T>): Promise<T> {
      const storage = await openStorage({ databaseUrl: null, dataFolder, log: pino({ level: 'silent' }) });
      try {
        return await see(storage);
      } finally {
        await storage.close();
      }
    },
  };
}

function found(owner: string, changes: number): RepositoryHandle {
  github.createOrganization(owner);
  const shop = github.createRepository(`${owner}/shop`, { collaborators: { kim: 'write', lee: 'write' } });
  for (let index = 0; index < changes; index += 1) merge(shop, `Change ${index}`);
  return shop;
}

function merge(shop: RepositoryHandle, title: string): void {
  const head = title.toLowerCase().replaceAll(' ', '-');
  shop.branch(head);
  shop.commit({ branch: head, files: { [`${head}.ts`]: '1\n' }, message: title, author: 'kim' });
  const merged = shop
    .openPullRequest({ author: 'kim', head, title })
    .merge({ by: 'lee', method: 'squash', bypass: true });
  if (!merged.merged) throw new Error(merged.message);
}

async function settle(running: RunningApp): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await github.idle();
    await running.idle();
  }
}

async function titlesOf(storage: Storage, shop: RepositoryHandle): Promise<readonly string[]> {
  return (await storage.ledger.readChanges(shop.id, null, 1_000)).map(({ title }) => title);
}

describe('the running app', () => {
  test('reads the history when it is installed, and what is merged from then on', async () => {
    const { app, start, look } = await createApp('reads');
    const shop = found('reads', 70);
    const running = await start();
    github.install(app, 'reads', { repositories: 'all' });
    await settle(running);
    github.takeRequests();
    // The branch's push wakes nothing, the merge's one job.
    merge(shop, 'Merged later');
    await settle(running);
    const asked = github.takeRequests().filter(({ operation }) => operation === 'graphql:Trunk');
    expect(asked).toHaveLength(1);
    await running.stop();
    await look(async (storage) => {
      expect(await titlesOf(storage, shop)).toHaveLength(72);
      expect(await titlesOf(storage, shop)).toContain('Merged later');
      const state = (await storage.ledger.find(shop.id))!;
      expect(state.readFrom).toBe(state.wantedFrom);
    });
  });

  test('ended between two steps goes on where it was', async () => {
    const { app, start, look } = await createApp('resumes');
    const shop = found('resumes', 110);
    // So long a pause that the second step is not taken in this life.
    const first = await start(3_600_000);
    github.install(app, 'resumes', { repositories: 'all' });
    await settle(first);
    await first.stop();
    const cursor = await look(async (storage) => {
      expect(await titlesOf(storage, shop)).toHaveLength(50);
      return (await storage.ledger.find(shop.id))!.cursor;
    });
    expect(cursor).toContain(shop.tip());

    const second = await start();
    // The push ends the pause.
    merge(shop, 'While it slept');
    github.takeRequests();
    await settle(second);
    await second.stop();
    await look(async (storage) => {
      expect(new Set(await titlesOf(storage, shop)).size).toBe(112);
      expect(await titlesOf(storage, shop)).toHaveLength(112);
    });
  });

  test('installed before it kept a history begins it when it starts, and asks little when it starts again', async () => {
    const { app, start, look } = await createApp('older');
    const shop = found('older', 3);
    const { id } = github.install(app, 'older', { repositories: 'all' });
    await github.idle();
    // All that an earlier version knows of it.
    await look((storage) =>
      storage.installations.record({ id, account: 'older', state: 'active', asOf: new Date() }),
    );
    const first = await start();
    await settle(first);
    await first.stop();
    await look(async (storage) => {
      expect(await titlesOf(storage, shop)).toHaveLength(4);
      const { readFrom, wantedFrom, correction } = (await storage.ledger.find(shop.id))!;
      expect(readFrom).toBe(wantedFrom);
      expect(correction.at).not.toBeNull();
    });

    github.takeRequests();
    const second = await start();
    await settle(second);
    await second.stop();
    const asked = github.takeRequests().map(({ operation }) => operation);
    expect(asked.filter((operation) => operation === 'graphql:Trunk')).toEqual([]);
    expect(asked).toContain('apps/list-repos-accessible-to-installation');
  });

  test('that slept over the weekly correction makes up for it when it starts', async () => {
    const { app, start, look } = await createApp('sleeps');
    const shop = found('sleeps', 3);
    const running = await start();
    github.install(app, 'sleeps', { repositories: 'all' });
    await settle(running);
    await running.stop();
    const week = 8 * 86_400;
    const before = await look(async ({ ledger }) => {
      const { correction, outcomes } = (await ledger.find(shop.id))!;
      await ledger.saveCorrection(shop.id, outcomes, { ...correction, at: correction.at! - week }, []);
      return correction.at!;
    });
    const later = await start();
    await settle(later);
    await later.stop();
    await look(async ({ ledger }) =>
      expect((await ledger.find(shop.id))!.correction.at).toBeGreaterThanOrEqual(before),
    );
  });

  test('removed from a repository reads no history of it', async () => {
    const { app, start } = await createApp('removed');
    const shop = found('removed', 3);
    const running = await start();
    const installation = github.install(app, 'removed', { repositories: 'all' });
    await settle(running);
    github.uninstall(installation);
    await settle(running);
    github.takeRequests();
    merge(shop, 'Unseen');
    await settle(running);
    expect(github.takeRequests()).toEqual([]);
    await running.stop();
  });
});
