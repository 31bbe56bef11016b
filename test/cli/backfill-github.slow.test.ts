// Does a history on GitHub reach the ledger within the request budget, and go on where it was cut off?
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { fetchToken } from '../fakes/github/client-for-tests.js';
import { type GitHub, type Installation, startGitHub } from '../fakes/github/index.js';
import { runWith } from './program.js';

// Each opens an embedded database of its own, which takes seconds on a busy machine.
jest.setTimeout(120_000);

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

let github: GitHub;
let installation: Installation;
let token: string;

beforeAll(async () => {
  github = await startGitHub();
  for (const login of ['dana', 'kim']) github.createUser(login);
  github.createBot('copilot-swe-agent', { login: 'Copilot', id: 198982749 });
  github.createOrganization('acme', { members: ['dana', 'kim'] });
  const repository = github.createRepository('acme/shop', {
    defaultBranch: 'main',
    files: { 'README.md': '# Shop\n' },
    collaborators: { dana: 'admin', kim: 'write', Copilot: 'write' },
  });
  github.createRepository('acme/young', { defaultBranch: 'main', collaborators: { dana: 'admin' } });
  for (let day = 150; day > 30; day -= 1)
    repository.commit({
      files: { 'src/tax.ts': `${day}\n` },
      message: `Set it to ${day}`,
      author: day % 10 === 0 ? 'Copilot' : 'kim',
      date: ago(day),
    });
  const app = github.createApp({
    slug: 'agent-policy',
    permissions: { contents: 'read', pull_requests: 'read' },
  });
  installation = github.install(app, 'acme');
  token = await fetchToken(github, installation);
  await github.idle();
});
afterAll(async () => {
  github.assertClean();
  await github.close();
});

const newFolder = () => join(mkdtempSync(join(tmpdir(), 'agent-policy-data-')), 'data');
const backfill = (folder: string, target: string, since: string, ...flags: readonly string[]) =>
  runWith(
    {
      DATA_FOLDER: folder,
      GITHUB_API_URL: github.url,
      GITHUB_GRAPHQL_URL: github.graphqlUrl,
      GITHUB_TOKEN: token,
    },
    'backfill',
    target,
    '--since',
    since,
    ...flags,
  );

test('reads the history and says what it cost; the same again asks for little and changes nothing', async () => {
  const folder = newFolder();
  const ran = await backfill(folder, 'acme/shop', '100d');
  // On a slow machine it says how far it has come.
  for (const line of ran.err.split('\n').filter(Boolean))
    expect(line).toMatch(/^acme\/shop: \d+ of 100 days read · [\d,]+ changes · \d+ requests$/);
  expect(ran.out).toMatch(/^acme\/shop: (69|70) changes merged since .* \(100 days\)/);
  expect(ran.out).toMatch(/agents: \d \(copilot \d\)/);
  expect(ran.out).toMatch(/Read from GitHub\. \d+ requests to GitHub\./);
  expect(ran.code).toBe(0);
  const again = JSON.parse((await backfill(folder, 'acme/shop', '100d', '--format', 'json')).out);
  expect(again).toMatchObject({ repository: 'acme/shop', recorded: 0, done: true });
  expect(again.requests).toBeLessThanOrEqual(3);
});

test('stops politely while a tenth of the budget is left, says until when, and goes on from there', async () => {
  const folder = newFolder();
  github.setRateLimit(installation, 'graphql', { limit: 5_000, remaining: 501 });
  const first = await backfill(folder, 'acme/shop', '140d');
  expect(first.code).toBe(8);
  expect(first.out).toMatch(
    /Less than a tenth of GitHub's requests of this hour are left \(\d+ of 5,000\), and others need them\. \d+ of 140 days are read\. Run the same command after \d\d:\d\d UTC: it goes on where this one ended\./,
  );
  expect(first.out).not.toContain('(140 days), 0 new');
  github.setRateLimit(installation, 'graphql', { limit: 5_000, remaining: 5_000 });
  const rest = JSON.parse((await backfill(folder, 'acme/shop', '140d', '--format', 'json')).out);
  expect(rest).toMatchObject({ done: true, days: { read: 140, wanted: 140 } });
  const whole = JSON.parse((await backfill(newFolder(), 'acme/shop', '140d', '--format', 'json')).out);
  expect(rest.changes).toBe(whole.changes);
  expect(rest.recorded).toBeLessThan(whole.recorded);
});

test('a refusal of GitHub keeps what was read', async () => {
  const folder = newFolder();
  github.setRateLimit(installation, 'graphql', { limit: 5_000, remaining: 0 });
  const ran = await backfill(folder, 'acme/shop', '90d');
  expect(ran.err + ran.out).toMatch(/GitHub asks to wait/);
  github.setRateLimit(installation, 'graphql', { limit: 5_000, remaining: 5_000 });
  expect((await backfill(folder, 'acme/shop', '90d')).code).toBe(0);
});

test('a repository without a past is read at once, and one that is not there is said', async () => {
  const young = await backfill(newFolder(), 'acme/young', '90d');
  expect(young.out).toMatch(/^acme\/young: 1 change merged/);
  expect(young.code).toBe(0);
  const gone = await backfill(newFolder(), 'acme/nothing', '90d');
  expect(gone.err).toContain('acme/nothing: no such repository on GitHub, or the token may not read it.');
  expect(gone.code).toBe(2);
});
