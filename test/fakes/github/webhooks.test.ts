// Do webhooks arrive as GitHub sends them, and can they be sent again?
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { call, signJwt } from './client-for-tests.js';
import { type Scene, setScene } from './scene-for-tests.js';

let scene: Scene;
let now = Date.now();
beforeEach(async () => {
  now = Date.now();
  scene = await setScene({ now: () => new Date(now) });
});
afterEach(() => scene.close());

const newest = () => scene.hook.received.at(-1)!;
const asApp = (path: string, method = 'GET') =>
  call(scene.github, path, {
    method,
    token: signJwt(scene.app, { iat: Math.floor(now / 1000) - 30, exp: Math.floor(now / 1000) + 500 }),
  });

describe('a delivery', () => {
  test('is signed with the app’s secret over the bytes that were sent', () => {
    for (const { headers, text } of scene.hook.received) {
      const digest = createHmac('sha256', 'a secret').update(text).digest('hex');
      expect(headers['x-hub-signature-256']).toBe(`sha256=${digest}`);
      expect(headers['x-github-delivery']).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers['content-type']).toBe('application/json');
    }
    expect(scene.hook.names()).toEqual([
      'installation.created',
      'push',
      'check_suite.requested',
      'push',
      'check_suite.requested',
      'pull_request.opened',
    ]);
  });

  test('of a pull request says all that the classification needs', () => {
    expect(newest().payload).toMatchObject({
      action: 'opened',
      number: 1,
      pull_request: {
        user: { login: 'Copilot', id: 198982749, type: 'Bot' },
        head: { sha: scene.pull.headSha, ref: 'copilot/work', repo: { id: scene.repository.id } },
        base: { ref: 'main' },
        draft: false,
        labels: [],
        assignees: [{ login: 'kim' }, { login: 'Copilot' }],
        changed_files: 1,
        commits: 1,
        author_association: 'COLLABORATOR',
      },
      repository: {
        full_name: 'acme/shop',
        default_branch: 'main',
        owner: { login: 'acme', type: 'Organization' },
      },
      organization: { login: 'acme' },
      installation: { id: scene.installation.id },
      sender: { login: 'Copilot', type: 'Bot' },
    });
  });

  test('holds the state of its moment, not of its arrival', async () => {
    scene.github.pauseDeliveries();
    scene.pull.edit({ title: 'one' });
    scene.pull.edit({ title: 'two' });
    scene.github.resumeDeliveries();
    await scene.github.idle();
    expect(
      scene.hook.received
        .slice(-2)
        .map(({ payload }) => [payload.changes.title.from, payload.pull_request.title]),
    ).toEqual([
      ['Add a', 'one'],
      ['one', 'two'],
    ]);
  });
});

describe('what happens on GitHub is told', () => {
  const cases: readonly (readonly [string, () => void, string, object])[] = [
    [
      'a new body',
      () => scene.pull.edit({ body: 'New', by: 'kim' }),
      'pull_request',
      { action: 'edited', changes: { body: { from: 'Because.' } }, sender: { login: 'kim' } },
    ],
    [
      'a new base',
      () => {
        scene.repository.branch('dev');
        scene.pull.edit({ base: 'dev' });
      },
      'pull_request',
      { action: 'edited', changes: { base: { ref: { from: 'main' } } } },
    ],
    [
      'a draft',
      () => scene.pull.convertToDraft('kim'),
      'pull_request',
      { action: 'converted_to_draft', pull_request: { draft: true } },
    ],
    [
      'a label',
      () => scene.pull.label('bug', 'kim'),
      'pull_request',
      { action: 'labeled', label: { name: 'bug' } },
    ],
    [
      'a close',
      () => scene.pull.close('kim'),
      'pull_request',
      { action: 'closed', pull_request: { merged: false, state: 'closed' } },
    ],
    [
      'a review',
      () => scene.pull.review({ by: 'kim', state: 'APPROVED' }),
      'pull_request_review',
      {
        action: 'submitted',
        review: { state: 'approved', commit_id: expect.any(String), user: { login: 'kim' } },
      },
    ],
    [
      'a dismissed review',
      () => scene.pull.dismissReview(scene.pull.review({ by: 'kim', state: 'APPROVED' }), 'lee'),
      'pull_request_review',
      { action: 'dismissed', review: { state: 'dismissed' }, sender: { login: 'lee' } },
    ],
    [
      'an edited review',
      () => scene.pull.editReview(scene.pull.review({ by: 'kim', state: 'APPROVED', body: 'a' }), 'b', 'kim'),
      'pull_request_review',
      { action: 'edited', changes: { body: { from: 'a' } } },
    ],
    [
      'a status',
      () =>
        scene.repository.createStatus({
          context: 'ci',
          state: 'failure',
          by: 'kim',
          sha: scene.pull.headSha,
        }),
      'status',
      { context: 'ci', state: 'failure', branches: [{ name: 'copilot/work' }] },
    ],
    [
      'a new team member',
      () => {
        scene.organization.addTeam('sre', []);
        scene.organization.addTeamMember('sre', 'kim');
      },
      'membership',
      { action: 'added', member: { login: 'kim' }, team: { slug: 'sre' }, organization: { login: 'acme' } },
    ],
    [
      'a team’s permission',
      () => {
        scene.organization.addTeam('sre', []);
        scene.organization.setTeamPermission('sre', 'acme/shop', 'write');
      },
      'team',
      { action: 'edited', team: { slug: 'sre' } },
    ],
    [
      'a repository that is added',
      () => {
        scene.github.createRepository('acme/two');
        scene.github.addRepositories(scene.installation, 'acme/two');
      },
      'installation_repositories',
      { action: 'added', repositories_added: [{ full_name: 'acme/two' }] },
    ],
    [
      'a suspension',
      () => scene.github.suspend(scene.installation),
      'installation',
      { action: 'suspend', installation: { suspended_at: expect.any(String) } },
    ],
  ];

  test.each(cases)('%s', async (_name, act, event, payload) => {
    act();
    await scene.github.idle();
    expect(newest().event).toBe(event);
    expect(newest().payload).toMatchObject({ ...payload, installation: { id: scene.installation.id } });
  });

  test('a push: synchronize names both heads and who pushed, and push lists the files', async () => {
    const before = scene.pull.headSha;
    scene.pull.push({ files: { 'src/b.ts': '1\n', 'README.md': null }, author: 'Copilot', pusher: 'kim' });
    await scene.github.idle();
    const [push, synchronize, suite] = scene.hook.received.slice(-3);
    expect(push!.payload).toMatchObject({
      ref: 'refs/heads/copilot/work',
      before,
      after: scene.pull.headSha,
      forced: false,
      commits: [{ added: ['src/b.ts'], removed: ['README.md'], modified: [] }],
      sender: { login: 'kim' },
    });
    expect(synchronize!.payload).toMatchObject({
      action: 'synchronize',
      before,
      after: scene.pull.headSha,
      sender: { login: 'kim', type: 'User' },
    });
    expect(suite!.payload).toMatchObject({
      action: 'requested',
      check_suite: { head_sha: scene.pull.headSha, app: { slug: 'gate' } },
    });
  });

  test('a force-push says so', async () => {
    scene.pull.forcePush({ commits: [{ files: { c: '1\n' }, author: 'Copilot' }] });
    await scene.github.idle();
    expect(scene.hook.received.at(-3)!.payload).toMatchObject({ forced: true });
  });

  test('a push to a fork tells of the pull request and not of the push', async () => {
    const fork = scene.repository.fork('mallory');
    fork.commit({ branch: 'topic', files: { x: '1\n' }, author: 'mallory' });
    const pull = scene.repository.openPullRequest({ author: 'mallory', head: 'topic', fromFork: fork });
    await scene.github.idle();
    const count = scene.hook.received.length;
    pull.push({ files: { x: '2\n' }, author: 'mallory' });
    await scene.github.idle();
    expect(scene.hook.names().slice(count)).toEqual(['pull_request.synchronize']);
    scene.repository.createCheckRun({ app: scene.app, name: 'gate', sha: pull.headSha });
    await scene.github.idle();
    expect(newest().payload.check_run.pull_requests).toEqual([]);
  });

  test('only to apps that are installed, not suspended, and asked for the event', async () => {
    const count = scene.hook.received.length;
    const other = scene.github.createApp({
      slug: 'quiet',
      webhookUrl: scene.hook.url,
      webhookSecret: 'x',
      events: ['push'],
    });
    scene.github.install(other, 'acme');
    await scene.github.idle();
    scene.pull.edit({ title: 'x' });
    scene.github.suspend(scene.installation);
    scene.pull.edit({ title: 'y' });
    await scene.github.idle();
    expect(scene.hook.names().slice(count)).toEqual([
      'installation.created',
      'pull_request.edited',
      'installation.suspend',
    ]);
  });
});

describe('the delivery log', () => {
  test('can be read and delivered again under the same id', async () => {
    scene.hook.state.status = 500;
    scene.pull.edit({ title: 'lost' });
    await scene.github.idle();
    scene.hook.state.status = 200;
    const failed = (await asApp('/app/hook/deliveries?status=failure')).body;
    expect(failed).toMatchObject([
      {
        event: 'pull_request',
        action: 'edited',
        status_code: 500,
        redelivery: false,
        installation_id: scene.installation.id,
      },
    ]);
    const detail = (await asApp(`/app/hook/deliveries/${failed[0].id}`)).body;
    expect(detail).toMatchObject({ guid: failed[0].guid, request: { payload: { action: 'edited' } } });
    expect((await asApp(`/app/hook/deliveries/${failed[0].id}/attempts`, 'POST')).status).toBe(202);
    await scene.github.idle();
    expect(newest().headers['x-github-delivery']).toBe(failed[0].guid);
    expect(newest().text).toBe(scene.hook.received.at(-2)!.text);
    expect(scene.github.deliveries.at(-1)).toMatchObject({
      guid: failed[0].guid,
      redelivered: true,
      status: 200,
    });
  });

  test('is paged by cursor, newest first', async () => {
    const first = await asApp('/app/hook/deliveries?per_page=2');
    expect(first.body).toHaveLength(2);
    expect(first.body[0].event).toBe('pull_request');
    const next = new URL(/<([^>]+)>; rel="next"/.exec(first.headers.get('link')!)![1]!);
    const second = await asApp(next.pathname + next.search);
    expect(second.body[0].id).toBeLessThan(first.body[1].id);
  });

  test('is kept for three days', async () => {
    const [first] = (await asApp('/app/hook/deliveries?per_page=1')).body;
    now += 3 * 86_400_000 + 1;
    expect((await asApp('/app/hook/deliveries')).body).toEqual([]);
    expect((await asApp(`/app/hook/deliveries/${first.id}/attempts`, 'POST')).status).toBe(404);
  });

  test('shows an app that does not answer', async () => {
    await scene.hook.close();
    scene.pull.edit({ title: 'x' });
    await scene.github.idle();
    expect(scene.github.deliveries.at(-1)).toMatchObject({
      status: 502,
      reason: 'failed to connect to host',
    });
  });
});

describe('a hand-made delivery', () => {
  test('can be of any shape, repeated, or wrongly signed', async () => {
    await scene.github.deliver({ event: 'pull_request', payload: { action: 'opened' }, guid: 'same' });
    await scene.github.deliver({ event: 'pull_request', payload: { action: 'opened' }, guid: 'same' });
    expect(scene.hook.received.slice(-2).map(({ headers }) => headers['x-github-delivery'])).toEqual([
      'same',
      'same',
    ]);
    const delivery = await scene.github.deliver({
      event: 'push',
      payload: {},
      rawBody: '{"broken',
      badSignature: true,
    });
    expect(delivery.status).toBe(200);
    const right = createHmac('sha256', 'a secret').update('{"broken').digest('hex');
    expect(newest().text).toBe('{"broken');
    expect(newest().headers['x-hub-signature-256']).not.toBe(`sha256=${right}`);
  });
});
