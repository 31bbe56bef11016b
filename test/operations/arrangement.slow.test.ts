// Does the arrangement of compose.yml hold: two processes behind a proxy on one PostgreSQL? And does one end as asked?
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { type GitHub, startGitHub } from '../fakes/github/index.js';
import type { PullRequestHandle, RepositoryHandle } from '../fakes/github/model/handles.js';
import { startPostgres, type TestServer } from '../storage/postgres.js';
import { type AppProcess, startAppProcess, until } from './app-process.js';
import { startProxy } from './proxy.js';

jest.setTimeout(90_000);

const WEBHOOK_SECRET = 'a-secret-for-loopback-tests';
let postgres: TestServer;
let github: GitHub;
let app: ReturnType<GitHub['createApp']>;
let shop: RepositoryHandle;
let databaseUrl: string;
const started: AppProcess[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  databaseUrl = await postgres.createDatabase();
  github = await startGitHub({ parallelDeliveries: 8 });
  app = github.createApp({ slug: 'agent-policy', webhookSecret: WEBHOOK_SECRET });
  github.createUser('dana');
  github.createBot('copilot-swe-agent', { login: 'Copilot', id: 198982749 });
  github.createOrganization('acme').addTeam('platform', ['dana']);
  shop = github.createRepository('acme/shop', {
    defaultBranch: 'main',
    files: { '.github/agent-policy.yml': 'version: 1\nowner: "@acme/platform"\n', 'a.md': '# A\n' },
    collaborators: { dana: 'admin', Copilot: 'write' },
  });
});
afterEach(async () => {
  for (const each of started.splice(0)) {
    each.signal('SIGKILL');
    await each.ended;
  }
  for (const close of closing.splice(0)) await close();
  await github.close();
});

async function start(): Promise<AppProcess> {
  const begun = await startAppProcess({
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKeyPem,
    WEBHOOK_SECRET,
    GITHUB_API_URL: github.url,
    GITHUB_GRAPHQL_URL: github.graphqlUrl,
    DATABASE_URL: databaseUrl,
  });
  started.push(begun);
  return begun;
}

function openPull(author: 'dana' | 'Copilot', head: string): PullRequestHandle {
  shop.branch(head, 'main');
  shop.commit({
    branch: head,
    files: { [`${head}.md`]: '# B\n' },
    message: 'Change it',
    author,
    pusher: author,
  });
  return shop.openPullRequest({ author, head, base: 'main', title: 'Change it', body: 'Because.' });
}
const conclusionOf = ({ headSha: sha }: PullRequestHandle) =>
  shop.checkRuns({ sha, name: 'agent-policy', app, latest: true }).at(-1)?.conclusion ?? null;
const asked = () => github.requests.filter(({ operation }) => operation.startsWith('graphql')).length;

test('of two processes one is killed at work: every delivery is judged, none twice over', async () => {
  const [first, second] = await Promise.all([start(), start()]);
  const proxy = await startProxy([first.url, second.url]);
  closing.push(proxy.close);
  app.webhookUrl = `${proxy.url}/api/github/webhooks`;
  github.install(app, 'acme', { repositories: 'all' });
  await github.idle();
  await until('the installation is read', async () => (await queueOf(second)).active === 0);
  const before = first.logged('webhook stored');
  const hanging = asked();
  github.fail({ operation: /^graphql/ }, { hangMs: 3_000, times: 16 });
  const pulls = Array.from({ length: 16 }, (_, at) =>
    openPull(at % 2 === 0 ? 'dana' : 'Copilot', `change-${at}`),
  );
  await github.idle();
  await until('reviews are at work', () => asked() >= hanging + 16);
  expect(first.logged('webhook stored')).toBeGreaterThan(before);
  first.signal('SIGKILL');
  expect(await first.ended).toBe('SIGKILL');
  expect(first.logged('judged')).toBeLessThan(16);
  pulls.push(openPull('dana', 'after-the-kill'), openPull('Copilot', 'after-the-kill-too'));
  await github.idle();
  await until('every pull request has its verdict', () => pulls.every((pull) => conclusionOf(pull) !== null));
  await until('no job is left', async () => {
    const { waiting, deferred, active } = await queueOf(second);
    return waiting - deferred === 0 && active === 0;
  });
  expect(pulls.map(conclusionOf)).toEqual(pulls.map((_, at) => (at % 2 === 0 ? 'success' : 'failure')));
  for (const { headSha: sha } of pulls)
    expect(shop.checkRuns({ sha, name: 'agent-policy', app, latest: true })).toHaveLength(1);
  // One that was under way at the kill may be seen as failed: GitHub shows it, and delivers it again on request.
  const answered = (status: number | null) => status === 200;
  for (const failed of github.deliveries.filter(({ status }) => !answered(status)))
    expect((await github.redeliver(failed)).status).toBe(200);
  const guids = new Set(github.deliveries.filter(({ status }) => answered(status)).map(({ guid }) => guid));
  expect(github.deliveries.filter(({ guid }) => !guids.has(guid)).map(({ event }) => event)).toEqual([]);
  expect([...proxy.answered.values()].every((count) => count > 3)).toBe(true);
  expect(proxy.answered.size).toBe(2);
  expect((await queueOf(second)).dead).toBe(0);
  github.assertClean();
});

test('SIGTERM: no new webhook is taken, the review at work ends, and then the process, with exit code 0', async () => {
  const only = await start();
  app.webhookUrl = `${only.url}/api/github/webhooks`;
  github.install(app, 'acme', { repositories: 'all' });
  await github.idle();
  await until('the installation is read', async () => (await queueOf(only)).active === 0);
  const before = asked();
  github.fail({ operation: /^graphql/ }, { hangMs: 1_500 });
  const pull = openPull('dana', 'change');
  await until('the review is at work', () => asked() > before);
  only.signal('SIGTERM');
  await until('it says that it stops', () => only.logged('stopping') === 1);
  await until('it takes nothing more', () =>
    fetch(`${only.url}/healthz`).then(
      () => false,
      () => true,
    ),
  );
  expect(conclusionOf(pull)).toBeNull();
  expect(await only.ended).toBe(0);
  expect(only.logged('stopped"')).toBe(1);
  expect(conclusionOf(pull)).toBe('success');
});

test('a second SIGTERM ends it at once', async () => {
  const only = await start();
  app.webhookUrl = `${only.url}/api/github/webhooks`;
  github.install(app, 'acme', { repositories: 'all' });
  await github.idle();
  await until('the installation is read', async () => (await queueOf(only)).active === 0);
  const before = asked();
  github.fail({ operation: /^graphql/ }, { hangMs: 9_000 });
  openPull('dana', 'change');
  await until('the review is at work', () => asked() > before);
  only.signal('SIGTERM');
  await until('it says that it stops', () => only.logged('stopping') === 1);
  const began = performance.now();
  only.signal('SIGTERM');
  expect(await only.ended).toBe(1);
  expect(performance.now() - began).toBeLessThan(4_000);
});

interface Queue {
  readonly waiting: number;
  readonly deferred: number;
  readonly active: number;
  readonly dead: number;
}

async function queueOf({ url }: AppProcess): Promise<Queue> {
  return ((await (await fetch(`${url}/readyz`)).json()) as { queue: Queue }).queue;
}
