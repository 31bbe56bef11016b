// Is a suite started once when the process is killed between asking GitHub for the run and writing down that it did?
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { artifact, evalsCheck, FILE, foundSuite, resultsOf } from './evals-world.js';
import { createSite, type Site, WEBHOOK_SECRET } from './world.js';

jest.setTimeout(120_000);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DISPATCH = 'actions/create-workflow-dispatch';

let site: Site;
let dataFolder: string;
beforeAll(async () => {
  site = await createSite();
  dataFolder = await mkdtemp(join(tmpdir(), 'agent-policy-'));
}, 60_000);
afterAll(async () => {
  await site.close();
  await rm(dataFolder, { recursive: true, force: true });
});

test('kill -9 at the dispatch: the app that comes after finds the run by its nonce and starts no other', async () => {
  const { child, url } = await startChild();
  site.app.webhookUrl = `${url}/api/github/webhooks`;
  const world = await foundSuite(site);
  site.github.fail({ operation: DISPATCH }, { hangMs: 60_000 });
  const pull = world.openByPerson('lee', { 'prompts/refund.md': 'Refund kindly.\n' });
  await until(() => site.github.requests.some(({ operation }) => operation === DISPATCH));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  // GitHub took the request, and nobody was there for the answer.
  await until(() => world.repository.runs(FILE).length === 1);
  await site.restart(dataFolder);
  await until(() => (evalsCheck(site, world, pull)?.text ?? '').length > 0);
  await world.settle();
  const [run] = world.repository.runs(FILE);
  run!.play(artifact(resultsOf(4)));
  await world.settle();
  expect(world.repository.runs(FILE)).toHaveLength(1);
  expect(site.github.requests.filter(({ operation }) => operation === DISPATCH)).toHaveLength(1);
  expect(world.check(pull)?.conclusion).toBe('success');
});

async function startChild(): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/index.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      APP_ID: String(site.app.id),
      PRIVATE_KEY: site.app.privateKeyPem,
      WEBHOOK_SECRET,
      GITHUB_API_URL: site.github.url,
      GITHUB_GRAPHQL_URL: site.github.graphqlUrl,
      DATA_FOLDER: dataFolder,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'info',
    },
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const { msg, url } = JSON.parse(line) as { readonly msg: string; readonly url?: string };
    if (msg !== 'listening' || url === undefined) continue;
    child.stdout!.resume();
    return { child, url };
  }
  throw new Error('The server ended before it listened.');
}

/** No event tells what another process is doing. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('It did not come to pass within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
