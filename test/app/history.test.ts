// Does the ledger learn every change of a default branch once, however the reading is cut up?
// The real job on a real database, against the simulator; one job after the other, as the queue would run them.
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { parseCatalogue } from '../../src/agents/catalogue.js';
import { COVERAGE_PATIENCE } from '../../src/app/coverage-patience.js';
import { createCoverageReader } from '../../src/app/coverage-reader.js';
import type { Dependencies } from '../../src/app/dependencies.js';
import { EVAL_PATIENCE } from '../../src/app/eval-patience.js';
import { readHistory } from '../../src/app/history.js';
import type { MergedChange } from '../../src/domain/ledger.js';
import type { GitHubClient } from '../../src/github/client.js';
import { createTokenClient } from '../../src/github/connect.js';
import { isHistoryRead } from '../../src/history/read-history.js';
import type { JobResult } from '../../src/storage/job.js';
import { openStorage, type Storage } from '../../src/storage/storage.js';
import { aDecision, anAgent } from '../builders/decision.js';
import { fetchToken } from '../fakes/github/client-for-tests.js';
import { type GitHub, type Installation, startGitHub } from '../fakes/github/index.js';
import type { RepositoryHandle } from '../fakes/github/model/handles.js';

jest.setTimeout(120_000);

const catalogue = parseCatalogue(await readFile(new URL('../../config/agents.yml', import.meta.url), 'utf8'));
const DAY_MS = 86_400_000;

let github: GitHub;
let installation: Installation;
let client: GitHubClient;
let storage: Storage;
let founded = 0;

beforeAll(async () => {
  github = await startGitHub();
  const app = github.createApp({ slug: 'gate', webhookSecret: 's' });
  for (const login of ['kim', 'lee']) github.createUser(login);
  github.createBot('copilot-swe-agent', { login: 'Copilot', id: 198982749 });
  github.createOrganization('acme');
  installation = github.install(app, 'acme', { repositories: 'all' });
  client = await connect();
  storage = await openStorage({
    databaseUrl: null,
    dataFolder: 'memory://',
    log: pino({ level: 'silent' }),
  });
});
afterEach(() => github.assertClean());
afterAll(async () => {
  await storage.close();
  await github.close();
});

async function connect(): Promise<GitHubClient> {
  const endpoints = { apiUrl: github.url, graphqlUrl: github.graphqlUrl };
  return createTokenClient({ token: await fetchToken(github, installation), endpoints, now: Date.now });
}

function dependencies(changes: Partial<Dependencies> = {}): Dependencies {
  return {
    storage,
    clients: { forInstallation: async () => client, app: async () => client },
    catalogue,
    appId: 1,
    orgPolicyRequired: false,
    groupPatienceMs: 0,
    coverage: { reader: createCoverageReader(), patience: COVERAGE_PATIENCE },
    historyPauseMs: 1,
    readingHistory: new Map(),
    evals: EVAL_PATIENCE,
    onJudged: () => {},
    now: () => new Date(),
    log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    ...changes,
  };
}

function found(): RepositoryHandle {
  founded += 1;
  return github.createRepository(`acme/shop-${founded}`, {
    files: { 'a.ts': '1\n' },
    collaborators: { kim: 'write', lee: 'write', Copilot: 'write' },
  });
}

function step(shop: RepositoryHandle, changes: Partial<Dependencies> = {}): Promise<JobResult> {
  const target = { installation: installation.id, owner: 'acme', repo: shop.record.name };
  return readHistory(target, dependencies(changes));
}

/** Job after job until none asks to come again; answers what GitHub was asked, in order. */
async function work(shop: RepositoryHandle): Promise<readonly string[]> {
  github.takeRequests();
  for (let jobs = 0; jobs < 50; jobs += 1) {
    const result = await step(shop);
    if (result.kind === 'done') return github.takeRequests().map(({ operation }) => operation ?? '?');
  }
  throw new Error('The history is not done after 50 jobs.');
}

async function ledgerOf(shop: RepositoryHandle): Promise<readonly MergedChange[]> {
  return storage.ledger.readChanges(shop.id, null, 10_000);
}

async function titles(shop: RepositoryHandle): Promise<readonly string[]> {
  return (await ledgerOf(shop)).map(({ title }) => title);
}

let changed = 0;

function merge(shop: RepositoryHandle, title: string, method: 'merge' | 'squash' | 'rebase' = 'squash') {
  changed += 1;
  const head = `change-${changed}`;
  shop.branch(head);
  for (const part of [1, 2])
    shop.commit({
      branch: head,
      files: { [`${head}/${part}.ts`]: `${changed}\n` },
      message: `${title}, part ${part}`,
      author: 'kim',
    });
  const pull = shop.openPullRequest({ author: 'kim', head, title, body: 'Because.' });
  const merged = pull.merge({ by: 'lee', method });
  if (!merged.merged) throw new Error(merged.message);
  return { number: pull.number, sha: merged.sha };
}

describe('a history that was never read', () => {
  test('is read back, a page of fifty with each request', async () => {
    const shop = found();
    for (let index = 0; index < 60; index += 1) merge(shop, `Change ${index}`);
    // The first commit of all came by no pull request: its files are asked for.
    expect(await work(shop)).toEqual(['graphql:Trunk', 'graphql:Trunk', 'repos/get-commit']);
    expect(await ledgerOf(shop)).toHaveLength(61);
    const state = (await storage.ledger.find(shop.id))!;
    expect(state).toMatchObject({ newestSha: shop.tip(), cursor: null, owner: 'acme' });
    expect(state.readFrom).toBe(state.wantedFrom);
  });

  test('has every pull request once, however it was merged, and every direct push', async () => {
    const shop = found();
    merge(shop, 'Squashed', 'squash');
    merge(shop, 'Merged', 'merge');
    merge(shop, 'Rebased', 'rebase');
    shop.commit({ files: { 'pushed.ts': '1\n2\n' }, message: 'Pushed', author: 'lee' });
    for (const name of ['one', 'two', 'three']) {
      shop.branch(name, 'main');
      shop.commit({ branch: name, files: { [`${name}.ts`]: '1\n' }, message: name, author: 'kim' });
    }
    shop.commit({ merge: ['one', 'two', 'three'], message: 'Merge all', author: 'kim' });
    await work(shop);
    const changes = await ledgerOf(shop);
    expect(changes.map(({ title }) => title).sort()).toEqual(
      ['Initial commit', 'Squashed', 'Merged', 'Rebased', 'Pushed', 'one', 'two', 'three'].sort(),
    );
    const byTitle = new Map(changes.map((change) => [change.title, change]));
    expect(byTitle.get('Pushed')).toMatchObject({
      author: 'lee',
      authorship: 'human',
      pullRequest: null,
      files: [{ path: 'pushed.ts', additions: 2 }],
      lines: 2,
    });
    for (const title of ['Squashed', 'Merged', 'Rebased'])
      expect(byTitle.get(title)).toMatchObject({
        author: 'kim',
        files: [{}, {}],
        lines: 2,
        isOrdinary: true,
      });
  });

  test('has chances once it is complete', async () => {
    const shop = found();
    merge(shop, 'One');
    await work(shop);
    for (const { chance } of await ledgerOf(shop)) expect(chance).toBeGreaterThan(0);
  });

  test('is read only as far as it is wanted', async () => {
    const shop = found();
    const old = new Date(Date.now() - 800 * DAY_MS);
    const commits = Array.from({ length: 110 }, (_, index) => ({
      files: { 'a.ts': `old ${index}\n` },
      message: `old ${index}`,
      author: 'kim',
      date: old,
    }));
    shop.push({ branch: 'main', commits });
    merge(shop, 'New');
    expect(await work(shop)).toEqual(['graphql:Trunk']);
    expect(await titles(shop)).toEqual(['New']);
  });

  test('of an empty repository is nothing, until something is pushed', async () => {
    const shop = found();
    shop.record.branches.clear();
    expect(await work(shop)).toEqual(['graphql:Trunk']);
    shop.push({ branch: 'main', commits: [{ files: { 'a.ts': '1\n' }, message: 'First', author: 'kim' }] });
    await work(shop);
    expect(await titles(shop)).toEqual(['First']);
  });

  test('of a repository that is gone ends quietly', async () => {
    const shop = found();
    shop.delete();
    expect(await step(shop)).toEqual({ kind: 'done' });
    expect(await storage.ledger.find(shop.id)).toBeNull();
  });

  test('of a repository that is gone later is asked for once a week', async () => {
    const shop = found();
    merge(shop, 'One');
    await work(shop);
    shop.delete();
    const soon = Math.floor(Date.now() / 1_000) + 8 * 86_400;
    const isDue = async () =>
      (await storage.ledger.due(soon - 7 * 86_400)).some(({ repoId }) => repoId === shop.id);
    expect(await isDue()).toBe(true);
    expect(await step(shop, { now: () => new Date(soon * 1_000) })).toEqual({ kind: 'done' });
    expect(await isDue()).toBe(false);
  });

  test('of an idle repository forgets all that leaves the window', async () => {
    const shop = found();
    await work(shop);
    const now = Math.floor(Date.now() / 1_000);
    const [one] = await ledgerOf(shop);
    const old = Array.from({ length: 1_100 }, (_, index) => ({
      ...one!,
      sha: (index + 1).toString(16).padStart(40, '0'),
      mergedAt: now - 360 * 86_400,
    }));
    await storage.ledger.record(shop.id, old);
    const known = async (at: number) =>
      (await storage.ledger.read(shop.id, { at, author: 'kim', paths: [] })).repository.changes;
    expect(await known(now)).toBe(1_101);
    const later = now + 20 * 86_400;
    expect(await step(shop, { now: () => new Date(later * 1_000) })).toEqual({ kind: 'done' });
    expect(await known(later)).toBe(1);
  });
});

describe('a push', () => {
  test('costs one request for what came by pull requests, and is recorded with its chance', async () => {
    const shop = found();
    merge(shop, 'Before');
    await work(shop);
    const { sha, number } = merge(shop, 'After', 'merge');
    expect(await work(shop)).toEqual(['graphql:Trunk']);
    const change = (await ledgerOf(shop)).find((one) => one.sha === sha)!;
    expect(change).toMatchObject({ title: 'After', pullRequest: number });
    expect(change.chance).toBeGreaterThan(0);
    expect(await work(shop)).toEqual(['graphql:Trunk']);
    expect(await ledgerOf(shop)).toHaveLength(3);
  });

  test('of more commits than a page is read to where the last one ended', async () => {
    const shop = found();
    await work(shop);
    for (let index = 0; index < 65; index += 1) merge(shop, `Change ${index}`);
    expect(await work(shop)).toEqual(['graphql:Trunk', 'graphql:Trunk', 'graphql:Trunk']);
    expect(await ledgerOf(shop)).toHaveLength(66);
    expect((await storage.ledger.find(shop.id))!.newestSha).toBe(shop.tip());
  });

  test('of more direct pushes than one step asks for is read over several', async () => {
    const shop = found();
    await work(shop);
    // All with the same words: none may be taken for another one.
    const commits = Array.from({ length: 130 }, (_, index) => ({
      files: { 'a.ts': `${index}\n` },
      message: 'Bump',
      author: 'kim',
    }));
    shop.push({ branch: 'main', commits });
    expect((await work(shop)).filter((operation) => operation === 'repos/get-commit')).toHaveLength(130);
    expect(await ledgerOf(shop)).toHaveLength(131);
    expect((await storage.ledger.find(shop.id))!.newestSha).toBe(shop.tip());
  });

  test('of more pages than one step reads is read like a history', async () => {
    const shop = found();
    merge(shop, 'Known');
    await work(shop);
    merge(shop, 'Missed');
    shop.branch('long');
    const commits = Array.from({ length: 1_000 }, (_, index) => ({
      files: { 'long.ts': `${index}\n` },
      message: `long ${index}`,
      author: 'kim',
    }));
    shop.push({ branch: 'long', commits });
    shop
      .openPullRequest({ author: 'kim', head: 'long', title: 'Long' })
      .merge({ by: 'lee', method: 'merge' });
    expect(await step(shop)).toMatchObject({ kind: 'again' });
    expect(await storage.ledger.find(shop.id)).toMatchObject({ newestSha: shop.tip() });
    expect(await titles(shop)).not.toContain('Missed');
    await work(shop);
    expect((await titles(shop)).toSorted()).toEqual(['Initial commit', 'Known', 'Long', 'Missed']);
    const state = (await storage.ledger.find(shop.id))!;
    expect(state.readFrom).toBe(state.wantedFrom);
  });

  test('while the history is still being read is not lost', async () => {
    const shop = found();
    for (let index = 0; index < 60; index += 1) merge(shop, `Change ${index}`);
    expect((await step(shop)).kind).toBe('again');
    merge(shop, 'Meanwhile');
    await work(shop);
    expect(await ledgerOf(shop)).toHaveLength(62);
  });

  test('of a renamed file keeps its record, along a chain of names', async () => {
    const shop = found();
    await work(shop);
    shop.commit({ rename: { 'a.ts': 'b.ts' }, message: 'To b', author: 'kim' });
    shop.branch('move');
    shop.commit({ branch: 'move', rename: { 'b.ts': 'ünï ☃.ts' }, message: 'To c', author: 'kim' });
    shop
      .openPullRequest({ author: 'kim', head: 'move', title: 'To c' })
      .merge({ by: 'lee', method: 'squash' });
    expect(await work(shop)).toEqual(['graphql:Trunk', 'repos/get-commit', 'pulls/list-files']);
    const files = (await ledgerOf(shop)).flatMap((change) => change.files);
    expect(files).toMatchObject([
      { path: 'a.ts', previousPath: null },
      { path: 'b.ts', previousPath: 'a.ts' },
      { path: 'ünï ☃.ts', previousPath: 'b.ts' },
    ]);
    const reading = await storage.ledger.read(shop.id, {
      at: Math.floor(Date.now() / 1_000) + 1,
      author: 'kim',
      paths: [{ path: 'ünï ☃.ts', previousPath: null }],
    });
    expect(reading.paths[0]!.changes).toBe(3);
  });

  test('that rewrites the branch counts nothing twice', async () => {
    const shop = found();
    const root = shop.tip();
    const commit = (message: string) => ({ files: { [`${message}.ts`]: '1\n' }, message, author: 'kim' });
    shop.push({ branch: 'main', commits: [commit('one'), commit('two'), commit('three')] });
    await work(shop);
    // `one` is dropped, the others get new ids, and `four` is new.
    shop.push({
      branch: 'main',
      resetTo: root,
      commits: [commit('two'), commit('three'), commit('four')],
      pusher: 'kim',
    });
    await work(shop);
    expect((await titles(shop)).toSorted()).toEqual(['Initial commit', 'four', 'one', 'three', 'two']);
    expect((await storage.ledger.find(shop.id))!.newestSha).toBe(shop.tip());
    expect(await work(shop)).toEqual(['graphql:Trunk']);
  });
});

describe('a name', () => {
  const span = { windowSeconds: 365 * 86_400, halfLifeSeconds: 60 * 86_400 };

  test('that is new to a known repository goes on with its history', async () => {
    const shop = found();
    merge(shop, 'Under the former name');
    await work(shop);
    const { wantedFrom, newestSha } = (await storage.ledger.find(shop.id))!;
    // All that it was called when the ledger saw it last.
    await storage.ledger.open(shop.id, { owner: 'elsewhere', repo: 'former', span, wantedFrom });
    merge(shop, 'Under the new name');
    await work(shop);
    expect(await titles(shop)).toEqual(['Initial commit', 'Under the former name', 'Under the new name']);
    const state = (await storage.ledger.find(shop.id))!;
    expect(state).toMatchObject({ owner: 'acme', repo: shop.record.name, wantedFrom });
    expect(state.newestSha).not.toBe(newestSha);
  });

  test('that another repository had before begins a history of its own', async () => {
    const shop = found();
    merge(shop, 'Of the new one');
    const former = 900_000 + founded;
    const at = { owner: 'acme', repo: shop.record.name, span, wantedFrom: 5 };
    await storage.ledger.open(former, at);
    await storage.ledger.saveProgress(former, { newestSha: 'f'.repeat(40), readFrom: 5 });
    await work(shop);
    expect(await titles(shop)).toEqual(['Initial commit', 'Of the new one']);
    const state = (await storage.ledger.find(shop.id))!;
    expect(state.readFrom).toBe(state.wantedFrom);
    expect(await storage.ledger.readChanges(former, null, 10)).toEqual([]);
  });
});

describe('cut off', () => {
  test('between two steps, it goes on where it was', async () => {
    const shop = found();
    for (let index = 0; index < 120; index += 1) merge(shop, `Change ${index}`);
    github.takeRequests();
    expect((await step(shop)).kind).toBe('again');
    expect((await storage.ledger.find(shop.id))!.cursor).toContain(shop.tip());
    // Another process knows nothing but what is stored.
    client = await connect();
    const rest = await work(shop);
    expect(rest.filter((operation) => operation === 'graphql:Trunk')).toHaveLength(2);
    expect(await ledgerOf(shop)).toHaveLength(121);
  });

  test('while a page is recorded, nothing of it is kept, and it is read again', async () => {
    const shop = found();
    for (let index = 0; index < 5; index += 1) merge(shop, `Change ${index}`);
    const broken: Storage = {
      ...storage,
      ledger: {
        ...storage.ledger,
        saveProgress: async () => {
          throw new Error('killed');
        },
      },
    };
    await expect(step(shop, { storage: broken })).rejects.toThrow('killed');
    expect(await ledgerOf(shop)).toEqual([]);
    await work(shop);
    expect(await ledgerOf(shop)).toHaveLength(6);
  });

  test('before the chances were worked out, they are worked out the next time', async () => {
    const shop = found();
    merge(shop, 'One');
    const broken: Storage = {
      ...storage,
      ledger: {
        ...storage.ledger,
        setChances: async () => {
          throw new Error('killed');
        },
      },
    };
    await expect(step(shop, { storage: broken })).rejects.toThrow('killed');
    await work(shop);
    for (const { chance } of await ledgerOf(shop)) expect(chance).toBeGreaterThan(0);
  });
});

describe('wrong clocks', () => {
  test.each(['1970-01-01T00:00:00Z', '2106-02-07T06:28:15Z'])(
    'of %s end no history and date nothing outside of it',
    async (date) => {
      const shop = found();
      const began = Math.floor(Date.now() / 1_000) - 120;
      const commits = Array.from({ length: 70 }, (_, index) => ({
        files: { 'a.ts': `${index}\n` },
        message: `push ${index}`,
        author: 'kim',
        // At the ends of a page and inside it.
        ...([0, 20, 21, 45, 69].includes(index) ? { date: new Date(date) } : {}),
      }));
      shop.push({ branch: 'main', commits });
      await work(shop);
      const changes = await ledgerOf(shop);
      expect(changes).toHaveLength(71);
      for (const { mergedAt } of changes) {
        expect(mergedAt).toBeGreaterThanOrEqual(began);
        expect(mergedAt).toBeLessThanOrEqual(Math.floor(Date.now() / 1_000));
      }
    },
  );
});

describe('who wrote it', () => {
  test('an agent is known by its pull request', async () => {
    const shop = found();
    shop.branch('copilot/x');
    shop.commit({ branch: 'copilot/x', files: { 'x.ts': '1\n' }, author: 'Copilot', signature: 'github' });
    shop
      .openPullRequest({ author: 'Copilot', head: 'copilot/x', title: 'By an agent' })
      .merge({ by: 'lee', method: 'squash' });
    await work(shop);
    const change = (await ledgerOf(shop)).find(({ title }) => title === 'By an agent');
    expect(change).toMatchObject({ author: 'copilot (agent)', agent: 'copilot', authorship: 'agent' });
  });

  test("an agent of the team's own is known by its policy, and what that ignores are no lines", async () => {
    const shop = found();
    const policy = `version: 1
owner: "@acme/platform"
agents:
  codegen: { match: { branches: ["codegen/**"] } }
quality_delta: { size: { ignore: ["**/testdata/**"] } }
`;
    shop.commit({ files: { '.github/agent-policy.yml': policy }, message: 'Add a policy', author: 'kim' });
    shop.branch('codegen/x');
    const files = { 'x.ts': '1\n', 'testdata/x.json': '1\n2\n3\n' };
    shop.commit({ branch: 'codegen/x', files, author: 'kim' });
    shop
      .openPullRequest({ author: 'kim', head: 'codegen/x', title: 'Generated' })
      .merge({ by: 'lee', method: 'squash' });
    await work(shop);
    const change = (await ledgerOf(shop)).find(({ title }) => title === 'Generated');
    expect(change).toMatchObject({
      author: 'codegen (agent)',
      agent: 'codegen',
      authorship: 'agent',
      lines: 1,
    });
  });

  test('another window and half-life are counted by from the next step on, and a longer one is read', async () => {
    const shop = found();
    await work(shop);
    const before = (await storage.ledger.find(shop.id))!;
    const day = 86_400;
    const policy = `version: 1
owner: "@acme/platform"
quality_delta: { history: { window: 730d, half_life: 30d } }
`;
    shop.commit({
      files: { '.github/agent-policy.yml': policy },
      message: 'Look back further',
      author: 'kim',
    });
    await work(shop);
    const after = (await storage.ledger.find(shop.id))!;
    expect(after.span).toEqual({ windowSeconds: 730 * day, halfLifeSeconds: 30 * day });
    expect(before.wantedFrom - after.wantedFrom).toBeGreaterThanOrEqual(364 * day);
    expect(isHistoryRead(after)).toBe(true);
  });

  test('a policy that is broken stops no history', async () => {
    const shop = found();
    const files = { '.github/agent-policy.yml': 'version: [', '.gitattributes': 'x.ts linguist-generated\n' };
    shop.commit({ files, message: 'Break the policy', author: 'kim' });
    shop.commit({ files: { 'x.ts': '1\n', 'y.ts': '1\n' }, message: 'Go on', author: 'kim' });
    await work(shop);
    expect((await ledgerOf(shop)).find(({ title }) => title === 'Go on')).toMatchObject({
      files: [{}, {}],
      lines: 1,
    });
  });

  test('the decision on the pull request has the say over what its page tells', async () => {
    const shop = found();
    const { number } = merge(shop, 'Judged before');
    const decision = aDecision([], { authorship: anAgent('devin') });
    await storage.decisions.append({
      repoId: shop.id,
      pullRequest: number,
      headSha: 'a'.repeat(40),
      policyDigest: null,
      gate: 'success',
      decision,
      decidedAt: new Date(),
    });
    await work(shop);
    const change = (await ledgerOf(shop)).find(({ pullRequest }) => pullRequest === number);
    expect(change).toMatchObject({ author: 'devin (agent)', agent: 'devin', authorship: 'agent' });
  });
});

describe('reviews go first', () => {
  test('one history of an installation is read at a time', async () => {
    const [one, other] = [found(), found()];
    const readingHistory = new Map<number, number>();
    const [first, second] = await Promise.all([
      step(one, { readingHistory }),
      step(other, { readingHistory }),
    ]);
    expect([first.kind, second.kind]).toEqual(['done', 'again']);
    expect((await step(other, { readingHistory })).kind).toBe('done');
    expect(readingHistory.size).toBe(0);
  });

  test('with less than half of the hour left, reading back waits for the next one', async () => {
    const shop = found();
    for (let index = 0; index < 60; index += 1) merge(shop, `Change ${index}`);
    const own = await connect();
    const clients = { forInstallation: async () => own, app: async () => own };
    github.setRateLimit(installation, 'graphql', { remaining: 2_500 });
    await step(shop, { clients });
    const { resetsAt } = own.budget('graphql')!;
    github.takeRequests();
    expect(await step(shop, { clients })).toEqual({ kind: 'again', at: resetsAt });
    expect(github.takeRequests()).toEqual([]);
    github.setRateLimit(installation, 'graphql', { remaining: 5_000 });
    await work(shop);
    // What is pushed costs little, and is recorded whatever is left.
    merge(shop, 'Pushed');
    expect(await step(shop, { clients })).toEqual({ kind: 'done' });
    expect(await titles(shop)).toContain('Pushed');
  });

  test('a page that GitHub does not compute in time is asked for in smaller ones', async () => {
    const shop = found();
    for (let index = 0; index < 20; index += 1) merge(shop, `Change ${index}`);
    github.fail({ operation: 'graphql:Trunk' }, { status: 502 });
    expect((await work(shop)).filter((operation) => operation === 'graphql:Trunk')).toHaveLength(3);
    expect(await ledgerOf(shop)).toHaveLength(21);
  });

  test('files that GitHub does not tell are taken from the commit on the trunk', async () => {
    const shop = found();
    shop.branch('move');
    shop.commit({ branch: 'move', rename: { 'a.ts': 'b.ts' }, message: 'Move', author: 'kim' });
    shop
      .openPullRequest({ author: 'kim', head: 'move', title: 'Move' })
      .merge({ by: 'lee', method: 'squash' });
    github.fail({ operation: 'pulls/list-files' }, { status: 404, body: { message: 'Not Found' } });
    await work(shop);
    const change = (await ledgerOf(shop)).find(({ title }) => title === 'Move')!;
    expect(change.files).toMatchObject([{ path: 'b.ts', previousPath: 'a.ts' }]);
  });
});
