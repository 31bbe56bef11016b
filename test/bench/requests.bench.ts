// How many requests does a verdict take, and how long after the webhook does it stand? Run with `npx tsx`.
// A warm app on the embedded engine, a 10-file agent pull request, GitHub answering after 50 ms.

import { createSite, SESSION } from '../e2e/world.js';
import type { PullRequestHandle } from '../fakes/github/model/handles.js';
import type { LoggedRequest } from '../fakes/github/server.js';

const LATENCY_MS = 50;
const ROUNDS = 5;
const FILES = Object.fromEntries(
  Array.from({ length: 10 }, (_, i) => [`src/file${i}.ts`, `export const a = ${i};\n`]),
);

interface Measured {
  readonly counted: number;
  readonly diffs: number;
  readonly teams: number;
  readonly filePages: number;
  /** Requests one after the other until the check was written, it included. */
  readonly inSequence: number | null;
  readonly untilVerdictMs: number | null;
}

const site = await createSite();
const other = site.github.createApp({ slug: 'other-ci', webhookSecret: 'unused' });
const rows = new Map<string, { readonly target: number; readonly runs: Measured[] }>();

for (let round = 0; round <= ROUNDS; round += 1) {
  const company = site.found();
  site.github.install(other, company.owner, { repositories: 'all' });
  // The first pull request of a company fills its caches, the next ones find them warm.
  const first = company.openCopilot({ 'src/warm.ts': 'export {};\n' }, { head: 'copilot/warm' });
  await site.settle();
  first.close('bo');
  await site.settle();
  site.github.setLatency(LATENCY_MS);
  let pull: PullRequestHandle | null = null;
  const steps: readonly [name: string, target: number, act: () => Promise<void> | void][] = [
    [
      'opened',
      4,
      () => {
        pull = company.openCopilot(FILES, { body: SESSION });
      },
    ],
    ['review', 2, () => void pull!.review({ by: 'dana', state: 'APPROVED' })],
    [
      'push',
      3,
      () =>
        void pull!.push({
          files: { 'src/file1.ts': 'export const b = 1;\n' },
          message: 'More',
          author: 'Copilot',
          signature: 'github',
        }),
    ],
    [
      'foreign check run',
      1,
      // A run that begins; its completion is an event of its own.
      () =>
        void company.repository.createCheckRun({
          app: other,
          name: 'build',
          sha: pull!.headSha,
          status: 'in_progress',
        }),
    ],
    [
      'repeated delivery',
      0,
      async () => {
        await site.github.redeliver(
          site.github.deliveries.findLast((one) => one.event === 'pull_request' && one.app === site.app)!,
        );
      },
    ],
  ];
  for (const [name, target, act] of steps) {
    site.github.takeRequests();
    const begun = performance.now();
    await act();
    let verdictAt: number | null = null;
    const head = () => pull!.headSha;
    const isNew = watchChecks(
      () => company.repository.checkRuns({ sha: head(), name: 'agent-policy', app: site.app }).at(-1)?.id,
    );
    while (verdictAt === null && performance.now() - begun < 5_000) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isNew()) verdictAt = performance.now() - begun;
      else if (name !== 'opened' && name !== 'push' && name !== 'review' && performance.now() - begun > 500)
        break;
    }
    await site.settle();
    if (round === 0) continue;
    const row = rows.get(name) ?? { target, runs: [] };
    row.runs.push(measure(site.github.takeRequests(), verdictAt));
    rows.set(name, row);
  }
  site.github.setLatency(0);
}
site.github.assertClean();
await site.close();

console.log(
  `requests to GitHub at ${LATENCY_MS} ms an answer (median of ${ROUNDS}; apart: diff reads, team reads, file pages)`,
);
for (const [name, { target, runs }] of rows) {
  const of = (pick: (run: Measured) => number) => median(runs.map(pick));
  const until = runs.flatMap((run) => (run.untilVerdictMs === null ? [] : [run.untilVerdictMs]));
  const verdict =
    until.length === 0
      ? 'no new verdict'
      : `verdict after ${of((run) => run.inSequence ?? 0)} round trips, ${median(until).toFixed(0)} ms`;
  console.log(
    `  ${name.padEnd(18)} ${of((run) => run.counted)} of at most ${target} · diffs ${of((run) => run.diffs)}, teams ${of((run) => run.teams)}, file pages ${of((run) => run.filePages)} · ${verdict}`,
  );
  if (of((run) => run.counted) > target) process.exitCode = 1;
}

function watchChecks(newest: () => number | undefined): () => boolean {
  const before = newest();
  return () => newest() !== before;
}

function measure(requests: readonly LoggedRequest[], untilVerdictMs: number | null): Measured {
  const count = (test: (request: LoggedRequest) => boolean) => requests.filter(test).length;
  const diffs = count((request) => request.path.includes('/compare/'));
  const teams = count(
    (request) =>
      request.operation === 'graphql:Teams' ||
      request.path.includes('/teams/') ||
      request.path.endsWith('/permission'),
  );
  const filePages = count((request) => request.path.endsWith('/files'));
  const written = requests.findIndex(
    (request) => request.operation === 'checks/create' || request.operation === 'checks/update',
  );
  return {
    counted: requests.length - diffs - teams - filePages,
    diffs,
    teams,
    filePages,
    inSequence: written < 0 ? null : written + 1,
    untilVerdictMs,
  };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
