// What does an operator see of the running app, and what must nobody see?
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { App } from '../fakes/github/index.js';
import { makeZip } from '../formats/make-zip.js';
import { createSite, type Site, WEBHOOK_SECRET, type World } from './world.js';

const METRICS_TOKEN = 'a-token-for-the-scraper';
const SIGNATURE = 'c2lnbmVkLWJ5LWdpdGh1Yg';
const LEAKED = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a';

let site: Site;
let actions: App;
let world: World;
let logged = '';
beforeAll(async () => {
  const lines = {
    write(line: string) {
      logged += line;
    },
  };
  site = await createSite({ METRICS_TOKEN, LOG_LEVEL: 'trace' }, {}, lines);
  world = site.found({
    policy:
      'version: 1\nowner: "@acme/platform"\n' +
      'quality_delta: { coverage: { artifact: coverage, patch_min: 80%, missing: fail } }\n',
  });
  actions = site.github.createApp({ slug: 'github-actions' });
  site.github.install(actions, world.owner, { repositories: 'all' });
  await site.settle();
}, 60_000);
afterEach(() => site.github.assertClean());
afterAll(() => site.close());

const lines = () =>
  logged
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const scrape = (token: string | null = METRICS_TOKEN) =>
  fetch(
    `${site.running.url}/metrics`,
    token === null ? {} : { headers: { authorization: `Bearer ${token}` } },
  );
/** The value of the one series with this name and these labels. */
async function readSeries(series: string): Promise<number> {
  const found = (await (await scrape()).text()).split('\n').filter((line) => line.startsWith(`${series} `));
  expect(found).toHaveLength(1);
  return Number(found[0]!.split(' ').at(-1));
}

/** However they ended: a review comes again to look for what no event announces. */
async function countReviews(): Promise<number> {
  const found = (await (await scrape()).text()).matchAll(
    /^agent_policy_job_duration_seconds_count\{(?=.*kind="review").*\} (\d+)$/gm,
  );
  return [...found].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe('a pull request of an agent, seen from outside', () => {
  test('is logged from the webhook to the verdict under its repository, number and head', async () => {
    const pull = world.openCopilot({ 'src/tax.ts': 'export const tax = 1;\n' });
    const content = makeZip([{ name: 'lcov.info', content: 'TN:\nSF:src/tax.ts\nDA:1,1\nend_of_record\n' }]);
    world.repository.uploadArtifact({ name: 'coverage', content, headSha: pull.headSha });
    const { headSha: sha } = pull;
    world.repository.createCheckRun({ app: actions, name: 'test', sha, conclusion: 'success' });
    await world.settle();
    const about = { repository: `${world.owner}/shop`, pullRequest: pull.number, head: pull.headSha };
    const delivery = site.github.deliveries.find(
      ({ event, action }) => event === 'pull_request' && action === 'opened',
    );
    expect(lines()).toContainEqual(
      expect.objectContaining({
        ...about,
        msg: 'webhook stored',
        delivery: delivery?.guid,
        outcome: 'queued',
      }),
    );
    expect(lines()).toContainEqual(expect.objectContaining({ ...about, msg: 'judged' }));
  });

  test('counts events, verdicts, latency, jobs and requests', async () => {
    expect(
      await readSeries('agent_policy_events_total{event="pull_request",outcome="queued"}'),
    ).toBeGreaterThan(0);
    const verdicts = 'agent_policy_verdicts_total{gate="action_required",authorship="agent"}';
    const before = await readSeries(verdicts);
    const latencies = await readSeries('agent_policy_review_latency_seconds_count');
    const jobs = await countReviews();
    world.openCopilot({ 'docs/b.md': '# B\n' }, { head: 'copilot/second' });
    await world.settle();
    expect(await readSeries(verdicts)).toBeGreaterThan(before);
    expect(await readSeries('agent_policy_review_latency_seconds_count')).toBeGreaterThan(latencies);
    expect(await countReviews()).toBeGreaterThan(jobs);
    const { id } = world.installation;
    expect(
      await readSeries(`agent_policy_github_requests_total{installation="${id}",kind="write"}`),
    ).toBeGreaterThan(0);
    const budget = `{installation="${id}",resource="graphql"}`;
    const left = await readSeries(`agent_policy_github_budget_remaining${budget}`);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(await readSeries(`agent_policy_github_budget_limit${budget}`));
    expect(await readSeries('agent_policy_database_up')).toBe(1);
    expect(await readSeries('agent_policy_queue_jobs{state="dead"}')).toBe(0);
    expect(await readSeries('agent_policy_queue_oldest_due_seconds')).toBe(0);
  });

  test('a webhook that GitHub did not sign is counted as refused, and as no event', async () => {
    const answer = await fetch(`${site.running.url}/api/github/webhooks`, {
      method: 'POST',
      body: '{}',
      headers: { 'x-github-event': 'ping', 'x-github-delivery': 'd', 'x-hub-signature-256': 'sha256=00' },
    });
    expect(answer.status).toBe(400);
    expect(await readSeries('agent_policy_webhooks_refused_total{status="400"}')).toBe(1);
    const text = await (await scrape()).text();
    expect(text).not.toContain('event="ping"');
  });

  test('an event of a name that nobody knows makes no series of its own', async () => {
    await site.github.deliver({ event: 'surprise_of_next_year', payload: { action: 'x' } });
    const text = await (await scrape()).text();
    expect(text).toContain('agent_policy_events_total{event="other",outcome="ignored"}');
    expect(text).not.toContain('surprise');
  });
});

describe('the metrics', () => {
  test('are for whoever shows the token', async () => {
    for (const token of [null, 'another-token-of-some-length', `${METRICS_TOKEN}x`, METRICS_TOKEN.slice(1)]) {
      const answer = await scrape(token);
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain('agent_policy_');
    }
    expect((await scrape()).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  test('name no repository, no person and no text', async () => {
    const text = await (await scrape()).text();
    for (const name of [world.owner, 'shop', 'Copilot', 'copilot', 'bo"', 'kim', 'Change it'])
      expect(text).not.toContain(name);
  });
});

test('readiness shows the engine and the queue', async () => {
  const answer = await fetch(`${site.running.url}/readyz`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ status: 'ok', engine: 'pglite', queue: { dead: 0 } });
});

describe('the log, at its most talkative', () => {
  test('holds no secret, not even one that GitHub repeats in an error', async () => {
    const message = `see https://store.example/coverage.zip?sv=1&sig=${SIGNATURE} with token ${LEAKED}`;
    site.github.fail({ operation: 'checks/create' }, { status: 422, body: { message } });
    world.openCopilot({ 'docs/c.md': '# C\n' }, { head: 'copilot/third' });
    await world.settle();
    expect(logged).toContain('store.example');
    const tokens = [...site.github.world.tokens.keys()];
    expect(tokens.length).toBeGreaterThan(0);
    const key = site.app.privateKeyPem
      .split('\n')
      .filter((line) => line.length > 20 && !line.startsWith('---'));
    expect(key.length).toBeGreaterThan(10);
    expect(site.github.requests.some(({ operation }) => operation === 'actions/download-artifact')).toBe(
      true,
    );
    expect(logged).not.toMatch(/\bsig=/);
    for (const secret of [...tokens, ...key, WEBHOOK_SECRET, METRICS_TOKEN, SIGNATURE, LEAKED])
      expect(logged.includes(secret)).toBe(false);
  }, 60_000);
});
