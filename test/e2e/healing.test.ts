// Is the state of every open pull request right again after an outage, without a person?
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { SWEEP_ALL_MS, SWEEP_WAITING_MS } from '../../src/app/healing.js';
import { createSite, type Site, type World } from './world.js';

jest.setTimeout(60_000);

const INFRA = { 'infra/main.tf': 'a\nb\nc\nd\ne\nF\n' };
const MINUTE = 60_000;

/** Clocks that strike when a test says so, and a time that it moves. */
const clocks = new Map<number, () => void>();
let ahead = 0;
let folder: string;
let site: Site;
let world: World;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-policy-healing-'));
  site = await createSite(
    { DATA_FOLDER: join(folder, 'data') },
    {
      every(ms, call) {
        clocks.set(ms, call);
        return () => clocks.delete(ms);
      },
      now: () => new Date(Date.now() + ahead),
      queue: { retryLimit: 2, retryDelaySeconds: 0, pollMs: 50 },
    },
  );
}, 60_000);
beforeEach(async () => {
  world = site.found();
  await world.settle();
});
afterEach(() => {
  site.github.clearFaults();
  site.github.assertClean();
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true, force: true });
});

const strike = async (ms: number) => {
  ahead += ms;
  clocks.get(ms)!();
  await world.settle();
};
/** Webhooks that GitHub sends to nobody are in no log. */
const unheard = async (happens: () => void) => {
  const { webhookUrl } = site.app;
  site.app.webhookUrl = null;
  happens();
  await site.github.idle();
  site.app.webhookUrl = webhookUrl;
};
const whileDown = async (happens: () => void | Promise<void>) => {
  await site.running.stop();
  await happens();
  await site.github.idle();
  ahead += 2 * MINUTE;
  await site.restart(folder);
  await world.settle();
};
const approve = (pull: ReturnType<World['openCopilot']>) => {
  for (const by of ['kim', 'lee']) pull.review({ by, state: 'APPROVED' });
};
/** Histories are read beside it, at times of their own. */
const asked = (what: RegExp) =>
  site.github.takeRequests().filter(({ operation, path }) => what.test(`${operation} ${path}`));
const failReads = () =>
  site.github.fail(({ method, path }) => method === 'GET' || path.endsWith('/graphql'), {
    status: 502,
    times: 10_000,
  });

describe('what happened while the server was down', () => {
  test('is delivered again when it starts', async () => {
    const pull = world.openCopilot(INFRA);
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('action_required');
    const before = site.github.deliveries.length;
    await whileDown(() => approve(pull));
    const later = site.github.deliveries.slice(before).filter(({ event }) => event === 'pull_request_review');
    expect(later.map(({ redelivered, status }) => [redelivered, status])).toEqual([
      [false, 502],
      [false, 502],
      [true, 200],
      [true, 200],
    ]);
    expect(world.check(pull)?.conclusion).toBe('success');
  });

  test('is found when it starts although its webhooks are lost', async () => {
    const pull = world.openCopilot(INFRA);
    await world.settle();
    let opened: typeof pull | undefined;
    await whileDown(() =>
      unheard(() => {
        approve(pull);
        opened = world.openByPerson('bo', { 'src/new.ts': '1\n' });
      }),
    );
    expect(world.check(pull)?.conclusion).toBe('success');
    expect(world.check(opened!)?.conclusion).toBe('success');
    // From now on events on its commit find it.
    site.github.takeRequests();
    world.repository.createStatus({ context: 'build', state: 'success', by: 'kim', sha: opened!.headSha });
    await world.settle();
    expect(asked(/^graphql:PullRequest /)).toHaveLength(1);
  });
});

describe('a webhook that is lost while the server runs', () => {
  test('is made up for within minutes where the verdict waits, and no list is asked for', async () => {
    const pull = world.openCopilot(INFRA);
    await world.settle();
    await unheard(() => approve(pull));
    site.github.takeRequests();
    await strike(SWEEP_WAITING_MS);
    expect(world.check(pull)?.conclusion).toBe('success');
    // A list of repositories may be asked for by a job that reads histories; the deliveries and installations may not.
    expect(asked(/\/installations$|hook\/deliveries/)).toEqual([]);
  });

  test('is made up for within the hour everywhere', async () => {
    const pull = world.openCopilot(INFRA);
    approve(pull);
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
    await unheard(() => pull.push({ files: { 'infra/main.tf': 'other\n' }, author: 'Copilot' }));
    expect(world.check(pull)).toBeNull();
    await strike(SWEEP_ALL_MS);
    expect(world.check(pull)?.conclusion).toBe('action_required');
  });

  test('leaves no closed pull request behind that is asked for again and again', async () => {
    const pull = world.openCopilot(INFRA);
    await world.settle();
    const judgedBySweep = async () => {
      site.github.takeRequests();
      await strike(SWEEP_WAITING_MS);
      return site.github
        .takeRequests()
        .filter(
          ({ body }) => (body as { variables?: { owner?: string } } | null)?.variables?.owner === world.owner,
        ).length;
    };
    expect(await judgedBySweep()).toBe(1);
    await unheard(() => pull.close('bo'));
    await strike(SWEEP_ALL_MS);
    expect(await judgedBySweep()).toBe(0);
  });

  test('is made up for where the App was suspended and came back unheard', async () => {
    site.github.suspend(world.installation);
    await world.settle();
    await unheard(() => site.github.unsuspend(world.installation));
    const pull = world.openCopilot(INFRA);
    await world.settle();
    expect(world.check(pull)).toBeNull();
    await strike(SWEEP_ALL_MS);
    expect(world.check(pull)?.conclusion).toBe('action_required');
  });
});

describe('a change of what the App may do', () => {
  test('judges what is open again when permissions are accepted', async () => {
    const pull = world.openCopilot(INFRA);
    await world.settle();
    await unheard(() => approve(pull));
    const { installation, owner } = world;
    await site.github.deliver({
      event: 'installation',
      payload: {
        action: 'new_permissions_accepted',
        installation: { id: installation.id, account: { login: owner } },
      },
    });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
  });

  test('judges what is open again when it is installed, suspended and back', async () => {
    const pull = world.openCopilot(INFRA);
    await world.settle();
    site.github.suspend(world.installation);
    approve(pull);
    await world.settle();
    site.github.unsuspend(world.installation);
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
  });
});

describe('a verdict that cannot be refreshed', () => {
  const green = async () => {
    const pull = world.openByPerson('bo', { 'src/a.ts': '1\n' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
    return pull;
  };
  const STALE = /^Blocked: could not refresh since \d{4}-\d\d-\d\d \d\d:\d\d UTC$/;

  test('stands for 10 minutes, then blocks although reads fail, and comes back by itself', async () => {
    const pull = await green();
    failReads();
    pull.edit({ title: 'Another', by: 'bo' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
    ahead += 8 * MINUTE;
    await strike(SWEEP_WAITING_MS);
    expect(world.check(pull)).toMatchObject({ conclusion: 'failure', title: expect.stringMatching(STALE) });
    site.github.clearFaults();
    await strike(SWEEP_ALL_MS);
    await strike(SWEEP_WAITING_MS);
    expect(world.check(pull)).toMatchObject({
      conclusion: 'success',
      title: expect.stringMatching(/^Passed/),
    });
  });

  test('blocks as soon as GitHub takes the write, and is lifted by the next review', async () => {
    const pull = await green();
    site.github.fail(() => true, { status: 503, times: 10_000 });
    pull.edit({ title: 'Another', by: 'bo' });
    await world.settle();
    ahead += 10 * MINUTE;
    await strike(SWEEP_WAITING_MS);
    expect(world.check(pull)?.conclusion).toBe('success');
    site.github.clearFaults();
    failReads();
    await strike(SWEEP_WAITING_MS);
    expect(world.check(pull)).toMatchObject({ conclusion: 'failure', title: expect.stringMatching(STALE) });
    site.github.clearFaults();
    pull.edit({ title: 'A third', by: 'bo' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
  });

  test('blocks while a limit of GitHub holds up reading, which leaves room for the write', async () => {
    const pull = await green();
    site.github.setRateLimit(world.installation, 'graphql', { remaining: 0 });
    pull.edit({ title: 'Another', by: 'bo' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
    ahead += 10 * MINUTE;
    await strike(SWEEP_WAITING_MS);
    expect(world.check(pull)).toMatchObject({ conclusion: 'failure', title: expect.stringMatching(STALE) });
    site.github.setRateLimit(world.installation, 'graphql', { remaining: 5_000 });
    // By the app's clock the hour of the limit is over.
    ahead += 61 * MINUTE;
    pull.edit({ title: 'A third', by: 'bo' });
    await world.settle();
    expect(world.check(pull)?.conclusion).toBe('success');
  });

  test('goes on saying what it said where it was not green, and since when', async () => {
    const pull = world.openCopilot(INFRA);
    await world.settle();
    const { title } = world.check(pull)!;
    failReads();
    pull.edit({ title: 'Another', by: 'bo' });
    await world.settle();
    ahead += 10 * MINUTE;
    await strike(SWEEP_WAITING_MS);
    expect(world.check(pull)).toMatchObject({
      conclusion: 'action_required',
      title,
      summary: expect.stringMatching(/^\*\*Could not refresh since .* UTC\*\* \(.*502/),
    });
  });

  test('blocks when attempts are given up before, and operators see which', async () => {
    const pull = await green();
    failReads();
    pull.edit({ title: 'Another', by: 'bo' });
    await world.settle();
    await strike(SWEEP_WAITING_MS);
    expect(world.check(pull)).toMatchObject({
      conclusion: 'failure',
      title: 'Blocked: this head could not be judged',
    });
    const ready = (await (await fetch(`${site.running.url}/readyz`)).json()) as {
      givenUp: { count: number; newest: { key: string; reason: string }[] };
    };
    expect(ready.givenUp.newest).toContainEqual(
      expect.objectContaining({
        key: `review:${world.installation.id}:${world.owner}/shop#${pull.number}`,
        reason: expect.stringContaining('502'),
      }),
    );
    expect(ready.givenUp.count).toBeGreaterThan(0);
    site.github.clearFaults();
    await strike(SWEEP_ALL_MS);
    await strike(SWEEP_WAITING_MS);
    expect(world.check(pull)?.conclusion).toBe('success');
  });
});
