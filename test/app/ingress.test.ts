// Which webhook wakes whom, what is remembered of it, and is a repeated one free?
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createIngress, type IngestOutcome, jobsFor } from '../../src/app/ingress.js';
import { rememberFrom } from '../../src/app/remember.js';
import { readWebhook } from '../../src/app/webhook-event.js';
import { openStorage, type Storage } from '../../src/storage/storage.js';
import * as payloads from './payloads.js';
import { HEAD, OLD_HEAD, OUR_APP } from './payloads.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const REVIEW = 'review:5:acme/shop#12';
const GROUP = `group:5:acme/shop@${HEAD}@${OLD_HEAD}@refs/heads/main`;
const REPOSITORY = 'repository:5:acme/shop';
const HISTORY = 'history:5:acme/shop';
const ON_HEAD = `commit ${HEAD}`;
const policy = '.github/agent-policy.yml';

function understood(name: string, payload: unknown) {
  const reading = readWebhook(name, payload);
  if (reading.kind !== 'event') throw new Error(JSON.stringify(reading));
  return reading.event;
}

function wakes(name: string, payload: unknown): readonly string[] {
  return jobsFor(understood(name, payload), OUR_APP).map((wake) => {
    if (wake.kind === 'job') return wake.key;
    return wake.kind === 'commit' ? `commit ${wake.headSha}` : `run ${wake.run.runId}`;
  });
}

function remembers(name: string, payload: unknown): readonly string[] {
  return rememberFrom(understood(name, payload), NOW, OUR_APP).map((fact) => fact.kind);
}

describe('an event wakes', () => {
  test.each([
    ['pull_request', payloads.pullRequest('opened'), [REVIEW]],
    ['pull_request', payloads.pullRequest('reopened'), [REVIEW]],
    [
      'pull_request',
      payloads.pullRequest('synchronize', { before: OLD_HEAD }),
      [REVIEW, `commit ${OLD_HEAD}`],
    ],
    ['pull_request', payloads.pullRequest('closed', {}, { state: 'closed' }), [REVIEW, ON_HEAD]],
    ['pull_request', payloads.pullRequest('edited'), [REVIEW]],
    ['pull_request', payloads.pullRequest('ready_for_review'), [REVIEW]],
    ['pull_request', payloads.pullRequest('converted_to_draft'), [REVIEW]],
    ['pull_request', payloads.pullRequest('unlabeled'), [REVIEW]],
    ['pull_request', payloads.pullRequest('assigned'), [REVIEW]],
    ['pull_request', payloads.pullRequest('auto_merge_enabled'), [REVIEW]],
    ['pull_request', payloads.pullRequest('an_action_of_next_year'), [REVIEW]],
    ['pull_request', payloads.pullRequest('labeled'), []],
    ['pull_request', payloads.pullRequest('locked'), []],
    ['pull_request', payloads.pullRequest('review_requested'), []],
    ['pull_request_review', payloads.review('submitted'), [REVIEW]],
    ['pull_request_review', payloads.review('dismissed'), [REVIEW]],
    ['check_run', payloads.checkRun('completed'), [ON_HEAD]],
    ['check_run', payloads.checkRun('created', null), [ON_HEAD]],
    ['check_run', payloads.checkRun('created', OUR_APP), []],
    ['check_run', payloads.checkRun('completed', OUR_APP), []],
    ['check_run', payloads.checkRun('rerequested', OUR_APP), [ON_HEAD]],
    ['check_run', payloads.checkRun('requested_action', OUR_APP), [ON_HEAD]],
    ['check_suite', payloads.checkSuite('rerequested'), [ON_HEAD]],
    ['check_suite', payloads.checkSuite('completed'), []],
    ['status', payloads.status(), [ON_HEAD]],
    ['merge_group', payloads.mergeGroup('checks_requested'), [GROUP]],
    ['merge_group', payloads.mergeGroup('destroyed'), []],
    ['push', payloads.push({ commits: [{ modified: [policy] }] }), [REPOSITORY, HISTORY]],
    ['push', payloads.push({ commits: [{}, { removed: ['docs/CODEOWNERS'] }] }), [REPOSITORY, HISTORY]],
    ['push', payloads.push({ commits: [{ modified: ['src/a.ts'] }] }), [HISTORY]],
    ['push', payloads.push({ forced: true }), [REPOSITORY, HISTORY]],
    ['push', payloads.push({ commits: Array.from({ length: 2_048 }, () => ({})) }), [REPOSITORY, HISTORY]],
    ['push', payloads.push({ ref: 'refs/heads/release', commits: [{ modified: [policy] }] }), []],
    ['push', payloads.push({ ref: 'refs/tags/main', commits: [{ modified: [policy] }] }), []],
    [
      'push',
      payloads.push({ repo: '.github', commits: [{ added: [policy] }] }),
      ['installation:5', 'history:5:acme/.github'],
    ],
    ['repository', payloads.repositoryEvent('edited'), [REPOSITORY]],
    ['repository', payloads.repositoryEvent('deleted'), []],
    ['installation', payloads.installation('created'), ['installation:5']],
    ['installation', payloads.installation('unsuspend'), ['installation:5']],
    ['installation', payloads.installation('deleted'), []],
    ['installation', payloads.installation('suspend'), []],
    ['installation_repositories', payloads.people('added'), ['installation:5']],
    ['member', payloads.member('removed'), [REPOSITORY]],
    ['membership', payloads.people('removed'), ['installation:5']],
    ['team', payloads.people('edited'), ['installation:5']],
    ['organization', payloads.people('member_removed'), ['installation:5']],
    ['organization', payloads.people('member_invited'), []],
  ])('%s %#', (name, payload, expected) => {
    expect(wakes(name, payload)).toEqual(expected);
  });
});

describe('of an event is remembered', () => {
  test.each([
    ['pull_request', payloads.pullRequest('opened'), ['head', 'push']],
    ['pull_request', payloads.pullRequest('synchronize'), ['head', 'push']],
    ['pull_request', payloads.pullRequest('labeled'), ['head']],
    ['pull_request', payloads.pullRequest('edited', { changes: { title: { from: 'x' } } }), ['head']],
    [
      'pull_request',
      payloads.pullRequest('edited', { changes: { base: { ref: { from: 'dev' } } } }),
      ['head', 'tightened'],
    ],
    ['pull_request_review', payloads.review('submitted'), ['head']],
    ['pull_request_review', payloads.review('dismissed'), ['head', 'tightened']],
    ['merge_group', payloads.mergeGroup('checks_requested'), ['head']],
    ['push', payloads.push({ commits: [{ removed: [policy] }] }), ['commit-push', 'policy-removed']],
    [
      'push',
      payloads.push({ repo: '.github', commits: [{ removed: [policy] }] }),
      ['commit-push', 'policy-removed', 'policy-removed'],
    ],
    ['push', payloads.push({ commits: [{ removed: [policy] }, { added: [policy] }] }), ['commit-push']],
    ['push', payloads.push({ ref: 'refs/heads/x', commits: [{ removed: [policy] }] }), ['commit-push']],
    ['push', payloads.push({ deleted: true }), []],
    ['push', payloads.push({ sender: null }), []],
    ['push', payloads.push({ sender: { login: 'github-merge-queue[bot]', id: 9, type: 'Bot' } }), []],
    ['installation', payloads.installation('suspend'), ['installation', 'people-changed']],
    ['membership', payloads.people('removed'), ['people-changed']],
    ['repository', payloads.repositoryEvent('edited'), ['people-changed']],
    // Of GitHub Actions, and of another app.
    ['check_run', payloads.checkRun('completed'), ['actions-ran']],
    ['check_run', payloads.checkRun('completed', 99, 'other-ci'), []],
    ['check_run', payloads.checkRun('completed', null), []],
  ])('%s %#', (name, payload, expected) => {
    expect(remembers(name, payload)).toEqual(expected);
  });

  test('of a push, who brought which commits and where it ends', () => {
    const commits = [{ id: OLD_HEAD, distinct: false }, { id: 'd'.repeat(40) }, { distinct: true }];
    const [fact] = rememberFrom(
      understood('push', payloads.push({ ref: 'refs/heads/x', commits })),
      NOW,
      OUR_APP,
    );
    expect(fact).toEqual({
      kind: 'commit-push',
      push: {
        repoId: 99,
        sender: { login: 'sam', id: 7, type: 'User' },
        brought: ['d'.repeat(40), HEAD],
        tip: HEAD,
        at: NOW,
      },
    });
  });

  test('an installation by its own time, in either spelling, or by now', () => {
    const asOf = (updated: string | number | null) =>
      rememberFrom(understood('installation', payloads.installation('created', updated)), NOW, OUR_APP)[0];
    expect(asOf('2026-11-20T09:00:00Z')).toMatchObject({
      installation: { asOf: new Date('2026-11-20T09:00:00Z') },
    });
    expect(asOf(1_763_629_200)).toMatchObject({ installation: { asOf: new Date(1_763_629_200_000) } });
    expect(asOf(null)).toMatchObject({ installation: { asOf: NOW } });
  });
});

describe('a payload that is not of its documented shape is not understood', () => {
  const { installation: _, ...noInstallation } = payloads.pullRequest('opened');
  test.each([
    ['pull_request', noInstallation],
    ['pull_request', { action: 'opened' }],
    ['pull_request', payloads.pullRequest('opened', { repository: null })],
    ['pull_request', payloads.pullRequest('opened', {}, { state: 'half-open' })],
    ['pull_request', payloads.pullRequest('opened', {}, { head: { sha: 'main' } })],
    [
      'pull_request',
      payloads.pullRequest('opened', { repository: { id: 1, name: 'a/b', owner: { login: 'acme' } } }),
    ],
    ['pull_request', payloads.pullRequest('opened', {}, { number: '12' })],
    ['pull_request', payloads.pullRequest('opened', {}, { number: 1e300 })],
    ['check_run', { ...payloads.checkRun('completed'), check_run: 'x' }],
    ['push', { ...payloads.push(), commits: null }],
    ['merge_group', { ...payloads.mergeGroup('checks_requested'), merge_group: {} }],
    ['installation', { action: 'created', installation: {} }],
    ['status', {}],
  ])('%s %#', (name, payload) => {
    expect(readWebhook(name, payload).kind).toBe('not understood');
  });

  test('and no event of this version is called other', () => {
    for (const name of ['ping', 'star', '__proto__', 'constructor', '']) {
      expect(readWebhook(name, payloads.pullRequest('opened'))).toEqual({ kind: 'other' });
    }
  });

  test('an account type GitHub adds later is "not known", not an error', () => {
    const sender = { login: 'x', id: 1, type: 'Robot' };
    expect(
      rememberFrom(understood('pull_request', payloads.pullRequest('opened', { sender })), NOW, OUR_APP)[1],
    ).toMatchObject({
      push: { sender: { login: 'x', id: 1, type: null } },
    });
  });
});

describe('the inbox', () => {
  let storage: Storage;
  let ingest: (delivery: { id: string; name: string; payload: unknown }) => Promise<IngestOutcome>;
  let ran: string[] = [];
  beforeAll(async () => {
    const log = pino({ level: 'silent' });
    storage = await openStorage({ databaseUrl: null, dataFolder: 'memory://', log });
    ingest = createIngress({ storage, appId: OUR_APP, log, now: () => NOW });
    await storage.queue.work(async (key) => {
      ran.push(key);
      return { kind: 'done' };
    });
  }, 30_000);
  beforeEach(() => {
    ran = [];
  });
  afterAll(() => storage.close());

  test('stores delivery, facts and job together, and keeps no text of the payload', async () => {
    expect(await ingest({ id: 'd1', name: 'pull_request', payload: payloads.pullRequest('opened') })).toBe(
      'queued',
    );
    await storage.queue.idle();
    expect(ran).toEqual([REVIEW]);
    const stored = await storage.deliveries.find('d1');
    expect(stored).toMatchObject({
      event: 'pull_request',
      action: 'opened',
      installation: 5,
      outcome: 'queued',
    });
    expect(JSON.stringify(stored?.payload)).not.toMatch(/Fix the till|secret/);
    expect(await storage.pushes.find(99, 12)).toEqual([
      { sender: { login: 'sam', id: 7, type: 'User' }, headSha: HEAD },
    ]);
  });

  test('a repeated delivery wakes nobody and remembers nothing', async () => {
    const payload = payloads.pullRequest('synchronize', { sender: { login: 'eve', id: 8, type: 'User' } });
    expect(await ingest({ id: 'd1', name: 'pull_request', payload })).toBe('repeated');
    await storage.queue.idle();
    expect(ran).toEqual([]);
    expect((await storage.pushes.find(99, 12)).map(({ sender }) => sender.login)).toEqual(['sam']);
  });

  test("a fork's check run, which names no pull request, is mapped by its head", async () => {
    expect(await ingest({ id: 'd2', name: 'check_run', payload: payloads.checkRun('completed') })).toBe(
      'queued',
    );
    await storage.queue.idle();
    expect(ran).toEqual([REVIEW]);
  });

  test('a check run on a merge group wakes the group, until it is destroyed', async () => {
    await ingest({ id: 'd3', name: 'merge_group', payload: payloads.mergeGroup('checks_requested') });
    await ingest({ id: 'd4', name: 'status', payload: payloads.status() });
    await storage.queue.idle();
    expect(new Set(ran)).toEqual(new Set([GROUP, REVIEW]));
    await ingest({ id: 'd5', name: 'merge_group', payload: payloads.mergeGroup('destroyed') });
    await storage.queue.idle();
    ran = [];
    await ingest({ id: 'd6', name: 'status', payload: payloads.status() });
    await storage.queue.idle();
    expect(ran).toEqual([REVIEW]);
  });

  test('a closed pull request wakes the others on its head, and is not woken by the commit any more', async () => {
    const other = payloads.pullRequest('opened', { number: 13 }, { number: 13 });
    await ingest({ id: 'd7', name: 'pull_request', payload: other });
    await storage.queue.idle();
    ran = [];
    const closed = payloads.pullRequest(
      'closed',
      {},
      { state: 'closed', updated_at: '2026-11-20T11:00:00Z' },
    );
    await ingest({ id: 'd8', name: 'pull_request', payload: closed });
    await storage.queue.idle();
    expect(ran.sort()).toEqual([REVIEW, 'review:5:acme/shop#13']);
    ran = [];
    await ingest({ id: 'd9', name: 'status', payload: payloads.status() });
    await storage.queue.idle();
    expect(ran).toEqual(['review:5:acme/shop#13']);
  });

  test('a dismissed approval is marked, so that the review writes red first', async () => {
    await ingest({ id: 'd10', name: 'pull_request_review', payload: payloads.review('dismissed') });
    expect((await storage.tightened.find(99, 12))?.at).toEqual(NOW);
  });

  test('a change of membership makes cached people and teams stale', async () => {
    await storage.cache.set(5, 'team:@acme/sre', ['sam'], new Date('2026-11-21T00:00:00Z'));
    await ingest({ id: 'd11', name: 'membership', payload: payloads.people('removed') });
    expect(await storage.cache.get(5, 'team:@acme/sre', NOW)).toBeUndefined();
  });

  test('an observed removal of a policy is remembered, for the organisation too', async () => {
    const seen = { sha: null, digest: 'd', seenAt: NOW };
    await storage.policiesSeen.record('organization:acme', seen);
    await storage.policiesSeen.record('repository:99', seen);
    const payload = payloads.push({ repo: '.github', commits: [{ removed: [policy] }] });
    await ingest({ id: 'd12', name: 'push', payload });
    expect(await storage.policiesSeen.find('organization:acme')).toBeNull();
    expect(await storage.policiesSeen.find('repository:99')).toBeNull();
  });

  test.each([
    [
      'of no shape we know',
      'pull_request',
      { action: 'opened', pull_request: { number: 'x' } },
      'not understood',
    ],
    ['with an odd envelope', 'pull_request', { action: { a: 1 }, installation: 'x' }, 'not understood'],
    ['of an event we do not use', 'star', { action: 'created', installation: { id: 5 } }, 'ignored'],
    ['with characters PostgreSQL refuses', 'pull_request', payloads.pullRequest('a\u0000b\ud800'), 'queued'],
  ])('a payload %s is stored and answered', async (why, name, payload, expected) => {
    expect(await ingest({ id: why, name, payload })).toBe(expected);
    expect((await storage.deliveries.find(why))?.outcome).toBe(expected);
    await storage.queue.idle();
  });

  test('a database error is passed on and leaves nothing behind', async () => {
    const broken: Storage = {
      ...storage,
      queue: { ...storage.queue, send: () => Promise.reject(new Error('connection lost')) },
    };
    const failing = createIngress({
      storage: broken,
      appId: OUR_APP,
      log: pino({ level: 'silent' }),
      now: () => NOW,
    });
    const delivery = { id: 'd13', name: 'pull_request', payload: payloads.pullRequest('opened') };
    await expect(failing(delivery)).rejects.toThrow('connection lost');
    expect(await storage.deliveries.find('d13')).toBeNull();
    expect(await ingest(delivery)).toBe('queued');
  });
});
