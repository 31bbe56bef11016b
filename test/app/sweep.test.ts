// Is a sweep gentle: no flood, nothing of what fresh events need, nothing twice?
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { Probot } from 'probot';
import type { Dependencies } from '../../src/app/dependencies.js';
import { sweepInstallation, sweepInstallations, sweepRepository } from '../../src/app/sweep.js';
import { createInstallationClients, probotOptions } from '../../src/github/connect.js';
import { openStorage, type Storage } from '../../src/storage/storage.js';
import { type GitHub, startGitHub } from '../fakes/github/index.js';

jest.setTimeout(30_000);

const log = pino({ level: 'silent' });
let github: GitHub;
let storage: Storage;
let deps: Dependencies;
let installation: ReturnType<GitHub['install']>;

beforeEach(async () => {
  github = await startGitHub();
  const app = github.createApp({ slug: 'agent-policy', webhookUrl: null });
  github.createUser('kim');
  github.createOrganization('acme');
  installation = github.install(app, 'acme', { repositories: 'all' });
  const endpoints = { apiUrl: github.url, graphqlUrl: github.graphqlUrl };
  const probot = new Probot({
    ...probotOptions(endpoints),
    ...{ appId: app.id, privateKey: app.privateKeyPem, secret: 'a-secret', log },
  });
  storage = await openStorage({ databaseUrl: null, dataFolder: 'memory://', log });
  const auth = (id?: number) => (id === undefined ? probot.auth() : probot.auth(id));
  const clients = createInstallationClients({ auth, endpoints, now: Date.now });
  // A sweep needs no more than these.
  deps = { storage, clients, now: () => new Date(), log } as Dependencies;
});
afterEach(async () => {
  github.assertClean();
  await storage.close();
  await github.close();
});

const createRepository = (name: string, pulls: number) => {
  const repository = github.createRepository(`acme/${name}`, {
    files: { 'a.txt': 'a\n' },
    collaborators: { kim: 'write' },
  });
  return Array.from({ length: pulls }, (_, index) => {
    const head = `change-${index}`;
    repository.branch(head, 'main');
    repository.commit({ branch: head, files: { 'a.txt': `${index}\n` }, message: 'Change', author: 'kim' });
    return repository.openPullRequest({ author: 'kim', head, title: 'Change' });
  });
};
const where = (repo: string) => ({ installation: installation.id, owner: 'acme', repo });
const paths = () => github.takeRequests().filter(({ path }) => !path.endsWith('/access_tokens'));

test('many repositories come one after the other', async () => {
  for (let index = 0; index < 25; index += 1) createRepository(`repo-${index}`, 0);
  await sweepInstallation(installation.id, deps);
  await expectApart();
});

/** Fractions of a second apart: the first of them may be due by now. */
async function expectApart(): Promise<void> {
  const { waiting, deferred } = await storage.queue.stats();
  expect(waiting).toBe(25);
  expect(deferred).toBeGreaterThanOrEqual(1);
  expect(deferred).toBeLessThanOrEqual(15);
}

test('many pull requests come one after the other, and the list of them is one request', async () => {
  createRepository('shop', 25);
  await sweepRepository(where('shop'), deps);
  await expectApart();
  expect(paths()).toHaveLength(1);
});

test('leaves out what was judged lately on this head, and what the queue tries again', async () => {
  const [fresh, moved, old, failing] = createRepository('shop', 5) as [
    ...Array<ReturnType<typeof createRepository>[number]>,
  ];
  const key = (pull: typeof fresh) => `review:${installation.id}:acme/shop#${pull!.number}`;
  const judged = (headSha: string) => ({ repoId: 1, headSha, gate: 'success' as const, repositoryUrl: null });
  const now = Date.now();
  await storage.refreshes.succeeded(key(fresh), judged(fresh!.headSha), new Date(now - 60_000));
  await storage.refreshes.succeeded(key(moved), judged('0'.repeat(40)), new Date(now - 60_000));
  await storage.refreshes.succeeded(key(old), judged(old!.headSha), new Date(now - 3_600_000));
  await storage.refreshes.failed(key(failing), '502', new Date(now));
  await sweepRepository(where('shop'), deps);
  // The one that moved, the old one, and the one nobody has judged.
  expect(await storage.queue.stats()).toMatchObject({ waiting: 3, deferred: 0 });
});

test('half of the hour is left to fresh events', async () => {
  createRepository('shop', 3);
  github.setRateLimit(installation, 'graphql', { limit: 5_000, remaining: 2_400 });
  // The first answer tells how much is left.
  await sweepRepository(where('shop'), deps);
  github.takeRequests();
  const result = await sweepRepository(where('shop'), deps);
  expect(result.kind).toBe('again');
  expect(result.kind === 'again' && result.at.getTime() > Date.now() + 3_000_000).toBe(true);
  expect(paths()).toEqual([]);
});

test('finds an installation that no event told of, and one that is gone', async () => {
  await storage.installations.record({ id: 7, account: 'gone', state: 'active', asOf: new Date(0) });
  await sweepInstallations(deps);
  expect((await storage.installations.active()).map(({ id }) => id)).toEqual([installation.id]);
  expect(await storage.installations.find(7)).toMatchObject({ state: 'deleted' });
  expect(await storage.queue.stats()).toMatchObject({ waiting: 1 });
});
