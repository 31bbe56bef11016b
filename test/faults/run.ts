// What becomes of many deliveries while instances are killed and GitHub misbehaves? Bounded, and by a seed.
import { pino } from 'pino';
import { openStorage } from '../../src/storage/storage.js';
import { type GitHub, startGitHub } from '../fakes/github/index.js';
import { openDoor } from './door.js';
import { type Instance, startInstance } from './instance.js';
import { createScene, type Scene, SECRET, seededRandom } from './scene.js';

const MOST_BETWEEN_MS = 80;
const STILL_BROKEN_MS = 3_000;
/** The app has nothing more to say when GitHub heard nothing new for so long. */
const QUIET_MS = 500;

export interface FaultPlan {
  readonly seed: number;
  readonly deliveries: number;
  readonly companies: number;
  readonly instances: number;
  readonly kills: number;
  readonly databaseUrl: string | null;
  readonly dataFolder: string;
  /** Of all requests to GitHub, how many go wrong. */
  readonly faultShare: number;
  readonly silenceMs: number;
  /** Once, when half is done. */
  readonly atHalf: (() => Promise<void>) | null;
  readonly settleMs: number;
}

export interface Figures {
  readonly deliveries: number;
  readonly acknowledged: number;
  readonly redelivered: number;
  readonly doubled: number;
  readonly delayed: number;
  readonly kills: number;
  readonly faults: number;
  readonly pullRequests: number;
  /** Acknowledged, and not in the inbox at the end. */
  readonly lost: number;
  readonly wrong: readonly string[];
  readonly twoLiveChecks: readonly string[];
  readonly deadLetters: number;
  readonly settledAfterMs: number;
}

export async function runFaults(plan: FaultPlan): Promise<Figures> {
  const { steps, expected } = await runUndisturbed(plan);
  const random = seededRandom(plan.seed ^ 0x5eed);
  const github = await startGitHub({ parallelDeliveries: 8 });
  const scene = createScene(github, plan.seed, plan.companies);
  const door = await openDoor(random);
  scene.app.webhookUrl = door.url;
  const env = environmentOf(plan, github, scene);
  const instances: Instance[] = [];
  const show = () => {
    door.targets = instances.map(({ url }) => url);
  };
  try {
    for (let i = 0; i < plan.instances; i += 1) instances.push(await startInstance(env));
    show();
    const faults = breakRequests(github, plan, random);
    const killAt = new Set(
      Array.from({ length: plan.kills }, (_, i) => killStep(steps, plan.kills, i, random)),
    );
    let kills = 0;
    let redelivered = 0;
    for (let step = 0; step < steps; step += 1) {
      scene.step();
      await pause(random() * MOST_BETWEEN_MS);
      if (step === Math.floor(steps / 2)) await plan.atHalf?.();
      if (!killAt.has(step)) continue;
      const index = Math.floor(random() * instances.length);
      await instances[index]!.kill();
      kills += 1;
      // Of several, the others answer meanwhile; a proxy notices that one is gone.
      const [gone] = instances.splice(index, 1);
      show();
      if (gone !== undefined) instances.push(await startInstance(env));
      show();
    }
    const begun = performance.now();
    let heard = -1;
    let attempts: readonly Attempt[] = [];
    while (performance.now() - begun < plan.settleMs) {
      const isBroken = performance.now() - begun < STILL_BROKEN_MS;
      // What is delivered again meets a GitHub that still misbehaves.
      if (!isBroken) github.clearFaults();
      await github.idle();
      redelivered += await redeliverFailed(github, scene);
      attempts = github.deliveries.filter(({ app }) => app === scene.app);
      const isWhole = failedOf(attempts).length === 0 && attempts.every(({ status }) => status !== null);
      const isAtRest = attempts.length === heard;
      if (!isBroken && isWhole && isAtRest && wrongOf(scene, expected).length === 0) break;
      heard = attempts.length;
      await pause(QUIET_MS);
    }
    const settledAfterMs = performance.now() - begun;
    for (const instance of instances) await instance.stop();
    const acknowledged = new Set(attempts.filter(isAccepted).map(({ guid }) => guid));
    const { lost, deadLetters } = await readInbox(plan, acknowledged);
    github.assertClean();
    return {
      deliveries: new Set(attempts.map(({ guid }) => guid)).size,
      acknowledged: acknowledged.size,
      redelivered,
      doubled: door.counts.doubled,
      delayed: door.counts.delayed,
      kills,
      faults: faults.count,
      pullRequests: expected.size,
      lost,
      wrong: wrongOf(scene, expected),
      twoLiveChecks: scene.doubled(),
      deadLetters,
      settledAfterMs: Math.round(settledAfterMs),
    };
  } finally {
    await Promise.all(instances.map((instance) => instance.kill()));
    await door.close();
    await github.close();
  }
}

/** The same things happen, and nothing breaks. Says how many steps make the deliveries, and what stands at the end. */
async function runUndisturbed(plan: FaultPlan) {
  const github = await startGitHub({ parallelDeliveries: 8 });
  const scene = createScene(github, plan.seed, plan.companies);
  const instance = await startInstance({
    ...environmentOf(plan, github, scene),
    DATABASE_URL: '',
    DATA_FOLDER: `${plan.dataFolder}-undisturbed`,
  });
  scene.app.webhookUrl = `${instance.url}/api/github/webhooks`;
  try {
    let steps = 0;
    for (; github.deliveries.length < plan.deliveries && steps < plan.deliveries; steps += 1) {
      scene.step();
      // One after the other: what stands is not a matter of speed.
      await github.idle();
    }
    const isJudged = () => [...scene.conclusions().values()].every((conclusion) => conclusion !== null);
    let last = '';
    for (let round = 0; round < 600; round += 1) {
      await github.idle();
      await pause(500);
      const now = JSON.stringify([...scene.conclusions()]);
      if (isJudged() && now === last) return { steps, expected: scene.conclusions() };
      last = now;
    }
    throw new Error('the undisturbed run does not come to rest within 300 s');
  } finally {
    await instance.stop();
    await github.close();
  }
}

function environmentOf(plan: FaultPlan, github: GitHub, { app }: Scene): Record<string, string> {
  return {
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKeyPem,
    WEBHOOK_SECRET: SECRET,
    GITHUB_API_URL: github.url,
    GITHUB_GRAPHQL_URL: github.graphqlUrl,
    DATA_FOLDER: plan.dataFolder,
    ...(plan.databaseUrl === null ? {} : { DATABASE_URL: plan.databaseUrl }),
  };
}

function breakRequests(github: GitHub, plan: FaultPlan, random: () => number): { readonly count: number } {
  const secondary = { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' };
  const kinds = [
    { status: 500 },
    { status: 502, body: '<html>Bad gateway</html>' },
    { status: 429, headers: { 'retry-after': '1' }, body: secondary },
    { status: 403, headers: { 'retry-after': '1' }, body: secondary },
    { truncate: 20 },
    { drop: 'before' },
    { drop: 'after' },
    { hangMs: plan.silenceMs },
  ] as const;
  const seen = { count: 0 };
  for (const kind of kinds) {
    github.fail(
      () => {
        if (random() >= plan.faultShare / kinds.length) return false;
        seen.count += 1;
        return true;
      },
      { ...kind, times: 1_000_000 },
    );
  }
  return seen;
}

/** Spread over the run, each somewhere within its part. */
function killStep(steps: number, kills: number, index: number, random: () => number): number {
  return Math.floor(((index + random()) * steps) / kills);
}

type Attempt = GitHub['deliveries'][number];

function isAccepted({ status }: Attempt): boolean {
  return status !== null && status >= 200 && status < 300;
}

function failedOf(attempts: readonly Attempt[]): readonly Attempt[] {
  const newest = new Map<string, Attempt>();
  const accepted = new Set<string>();
  for (const attempt of attempts) {
    newest.set(attempt.guid, attempt);
    if (isAccepted(attempt)) accepted.add(attempt.guid);
  }
  return [...newest.values()].filter(({ guid, status }) => status !== null && !accepted.has(guid));
}

async function redeliverFailed(github: GitHub, scene: Scene): Promise<number> {
  const failed = failedOf(github.deliveries.filter(({ app }) => app === scene.app));
  for (const delivery of failed) await github.redeliver(delivery);
  return failed.length;
}

function wrongOf(scene: Scene, expected: ReadonlyMap<string, string | null>): readonly string[] {
  const now = scene.conclusions();
  return [...expected].flatMap(([name, conclusion]) =>
    now.get(name) === conclusion ? [] : [`${name}: ${now.get(name)}, undisturbed ${conclusion}`],
  );
}

async function readInbox(plan: FaultPlan, acknowledged: ReadonlySet<string>) {
  const { databaseUrl, dataFolder } = plan;
  const storage = await openStorage({ databaseUrl, dataFolder, log: pino({ level: 'silent' }) });
  try {
    let lost = 0;
    for (const guid of acknowledged) if ((await storage.deliveries.find(guid)) === null) lost += 1;
    return { lost, deadLetters: (await storage.queue.stats()).dead };
  } finally {
    await storage.close();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
