// How many events a second, at which cost, and how late is a verdict? Run: npm run bench:scale [-- --events 2000]
// Real processes beside a simulated GitHub on the same machine, so its own share of the processor is shown beside.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startGitHub } from '../fakes/github/index.js';
import { openDoor } from '../faults/door.js';
import { type Instance, startInstance } from '../faults/instance.js';
import { createScene, SECRET } from '../faults/scene.js';
import { startPostgres } from '../storage/postgres.js';

const { values } = parseArgs({ options: { events: { type: 'string', default: '600' } } });
const EVENTS = Number(values.events);
const COMPANIES = Math.max(10, Math.ceil(EVENTS / 40));
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const DEADLINE_MS = 600_000;

interface Setting {
  readonly name: string;
  readonly instances: number;
  readonly databaseUrl: string | null;
  readonly latencyMs: number;
}

console.log(
  `${cpus().length} cores, shared with the simulated GitHub and the database · ${EVENTS} events each`,
);
const server = await startPostgres();
try {
  for (const latencyMs of [0, 50]) {
    await measure({ name: '1 process, PGlite', instances: 1, databaseUrl: null, latencyMs });
    for (const instances of [1, 4]) {
      const databaseUrl = await server.createDatabase();
      await measure({
        name: `${instances} process${instances > 1 ? 'es' : ''}, PostgreSQL`,
        instances,
        databaseUrl,
        latencyMs,
      });
    }
  }
} finally {
  await server.stop();
}

async function measure({ name, instances: count, databaseUrl, latencyMs }: Setting): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-policy-scale-'));
  const github = await startGitHub({ parallelDeliveries: 32, latencyMs });
  const scene = createScene(github, 1, COMPANIES);
  const instances: Instance[] = [];
  const door = await openDoor(() => 1);
  try {
    for (let i = 0; i < count; i += 1) {
      instances.push(
        await startInstance({
          APP_ID: String(scene.app.id),
          PRIVATE_KEY: scene.app.privateKeyPem,
          WEBHOOK_SECRET: SECRET,
          GITHUB_API_URL: github.url,
          GITHUB_GRAPHQL_URL: github.graphqlUrl,
          DATA_FOLDER: join(folder, String(i)),
          LOG_LEVEL: 'info',
          ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
        }),
      );
    }
    door.targets = instances.map(({ url }) => url);
    scene.app.webhookUrl = door.url;
    await warmUp(scene.step, () => isJudged(scene));
    const before = {
      cpu: cpuOf(instances),
      own: process.cpuUsage(),
      sent: github.deliveries.length,
      asked: github.requests.length,
    };
    const begun = performance.now();
    for (let i = 0; i < EVENTS * 2 && github.deliveries.length - before.sent < EVENTS; i += 1) {
      scene.step();
      if (i % 20 === 0) await pause(1);
    }
    await waitFor(
      () => isJudged(scene),
      () => github.idle(),
    );
    const seconds = (performance.now() - begun) / 1_000;
    const events = github.deliveries.length - before.sent;
    const cpu = cpuOf(instances) - before.cpu;
    const own = process.cpuUsage(before.own);
    const perSecond = events / seconds;
    const resident = instances.map(({ pid }) => residentMegabytes(pid));
    const latencies = await atHalfLoad(scene, github, perSecond / 2);
    const requests = (github.requests.length - before.asked) / (github.deliveries.length - before.sent);
    console.log(
      `${name}, ${latencyMs} ms: ${perSecond.toFixed(0)} events/s · ${((cpu / events) * 1_000).toFixed(1)} ms of processor an event` +
        ` (simulator ${((own.user + own.system) / 1_000 / events).toFixed(1)}) · ${requests.toFixed(1)} requests an event` +
        ` · ${Math.max(...resident)} MB · at half load verdict after ${at(latencies, 0.5)} ms (p50), ${at(latencies, 0.99)} ms (p99) of ${latencies.length}`,
    );
    github.assertClean();
  } finally {
    for (const instance of instances) await instance.kill();
    await door.close();
    await github.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Github = Awaited<ReturnType<typeof startGitHub>>;
type Scene = ReturnType<typeof createScene>;

/** From the webhook's sending to the first check run on that head. */
async function atHalfLoad(scene: Scene, github: Github, perSecond: number): Promise<readonly number[]> {
  const open = new Map<string, number>();
  const latencies: number[] = [];
  const known = new Set(scene.conclusions().keys());
  const look = () => {
    for (const [name, conclusion] of scene.conclusions()) {
      if (known.has(name)) continue;
      if (!open.has(name)) open.set(name, performance.now());
      if (conclusion === null) continue;
      latencies.push(performance.now() - open.get(name)!);
      known.add(name);
    }
  };
  const end = performance.now() + 8_000;
  const sent = github.deliveries.length;
  const begun = performance.now();
  while (performance.now() < end) {
    const due = ((performance.now() - begun) / 1_000) * perSecond;
    if (github.deliveries.length - sent < due) scene.step();
    look();
    await pause(4);
  }
  await waitFor(
    () => isJudged(scene),
    () => github.idle(),
  );
  look();
  return latencies.toSorted((a, b) => a - b);
}

function isJudged(scene: Scene): boolean {
  return [...scene.conclusions().values()].every((conclusion) => conclusion !== null);
}

async function warmUp(step: () => void, isDone: () => boolean): Promise<void> {
  for (let i = 0; i < 10; i += 1) step();
  await waitFor(isDone, async () => {});
}

async function waitFor(isDone: () => boolean, rest: () => Promise<void>): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!isDone()) {
    if (performance.now() > end) throw new Error(`not judged within ${DEADLINE_MS / 1_000} s`);
    await pause(10);
  }
  await rest();
}

/** Seconds of processor so far: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function cpuOf(instances: readonly Instance[]): number {
  return instances.reduce((sum, { pid }) => {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS;
  }, 0);
}

function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1_024);
}

function at(sorted: readonly number[], share: number): string {
  return sorted.length === 0 ? 'none' : sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
