// npm run demo: the real app against a simulated GitHub, and the life of one agent's pull request on infra/.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { PullRequestHandle } from '../fakes/github/model/handles.js';
import { startAppProcess } from './app-process.js';
import { type PageStep, renderPage } from './page.js';
import { pageFactsOf, shownCheck } from './shown-check.js';
import { setStage, WEBHOOK_SECRET } from './stage.js';
import { STORY } from './story.js';
import { printChapter, printEnd } from './terminal.js';

const { values } = parseArgs({
  options: { exit: { type: 'boolean', default: false }, port: { type: 'string', default: '4080' } },
});
const started = Date.now();
const dataFolder = await mkdtemp(join(tmpdir(), 'agent-policy-demo-'));
const stage = await setStage();
const app = await startAppProcess({
  appId: stage.app.id,
  privateKey: stage.app.privateKeyPem,
  webhookSecret: WEBHOOK_SECRET,
  githubUrl: stage.github.url,
  dataFolder,
});
try {
  stage.app.webhookUrl = `${app.url}/api/github/webhooks`;
  const timeline: PageStep[] = [];
  let pull: PullRequestHandle | null = null;
  let wrong = 0;
  for (const [index, chapter] of STORY.entries()) {
    pull = chapter.act(stage.cast, pull);
    await stage.github.idle();
    await app.idle();
    const check = shownCheck(stage, pull);
    const fits =
      check !== null && check.gate === chapter.expect.conclusion && chapter.expect.title.test(check.title);
    if (!fits) wrong += 1;
    printChapter(index + 1, chapter, check, pull, fits);
    if (check !== null) timeline.push({ event: chapter.title, check });
  }
  stage.github.assertClean();
  process.exitCode = wrong === 0 ? 0 : 1;
  const names = ['agent-policy', 'agent-policy/quality-delta'] as const;
  const checks = names.flatMap((name) => shownCheck(stage, pull!, name) ?? []);
  const page = renderPage({ pullRequest: pageFactsOf(stage, pull!), checks, timeline });
  printEnd({ seconds: (Date.now() - started) / 1000, requests: stage.github.requests.length, wrong });
  if (!values.exit) await serveUntilInterrupted(page, Number(values.port));
} finally {
  await app.stop();
  await stage.github.close();
  await rm(dataFolder, { recursive: true, force: true });
}

async function serveUntilInterrupted(page: string, port: number): Promise<void> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(page);
  });
  const listen = (wanted: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', resolve);
    });
  await listen(port).catch(() => listen(0));
  console.log(
    `\nThe pull request with its checks: http://127.0.0.1:${(server.address() as AddressInfo).port}/  (Ctrl-C ends)`,
  );
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  server.close();
  server.closeAllConnections();
}
