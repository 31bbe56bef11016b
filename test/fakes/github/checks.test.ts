// Which checks let a pull request be merged, and what can be done to a check run?
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { call } from './client-for-tests.js';
import { type Scene, setScene } from './scene-for-tests.js';

let scene: Scene;
beforeEach(async () => {
  scene = await setScene();
});
afterEach(() => scene.close());

const write = (body: object) =>
  call(scene.github, '/repos/acme/shop/check-runs', {
    token: scene.token,
    body: { name: 'gate', head_sha: scene.pull.headSha, ...body },
  });
const change = (id: number, body: object, token = scene.token) =>
  call(scene.github, `/repos/acme/shop/check-runs/${id}`, { token, method: 'PATCH', body });

describe('a check run', () => {
  test('is created and completed, and carries its app', async () => {
    const created = await write({ status: 'in_progress', external_id: 'e1' });
    expect(created).toMatchObject({
      status: 201,
      body: { status: 'in_progress', conclusion: null, external_id: 'e1', app: { slug: 'gate' } },
    });
    const done = await change(created.body.id, {
      conclusion: 'success',
      output: { title: 'Passed', summary: 's' },
    });
    expect(done.body).toMatchObject({
      status: 'completed',
      conclusion: 'success',
      output: { title: 'Passed' },
    });
    await scene.github.idle();
    const names = scene.hook.names().filter((name) => name.startsWith('check_run'));
    expect(names).toEqual(['check_run.created', 'check_run.completed']);
    expect(scene.hook.received.at(-2)!.payload.check_run.pull_requests).toMatchObject([{ number: 1 }]);
  });

  test('that is completed does not go back to in progress', async () => {
    const { id } = (await write({ conclusion: 'failure' })).body;
    const again = await change(id, { status: 'in_progress', output: { title: 'Running', summary: 's' } });
    expect(again).toMatchObject({ status: 200, body: { status: 'completed', conclusion: 'failure' } });
    expect((await change(id, { status: 'queued' })).body.status).toBe('completed');
    expect((await change(id, { conclusion: 'success' })).body.conclusion).toBe('success');
  });

  test('needs a conclusion to be completed, and only GitHub calls one stale', async () => {
    expect((await write({ status: 'completed' })).status).toBe(422);
    expect((await write({ conclusion: 'stale' })).status).toBe(422);
  });

  test('belongs to a commit that is there', async () => {
    expect(await write({ head_sha: 'f'.repeat(40) })).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('No commit found') },
    });
  });

  test('of one app cannot be changed by another', async () => {
    const other = scene.github.createApp({ slug: 'other' });
    const run = scene.repository.createCheckRun({ app: other, name: 'lint', sha: scene.pull.headSha });
    expect((await change(run.id, { conclusion: 'success' })).status).toBe(403);
  });

  test('collects annotations with every update', async () => {
    const annotations = [
      { path: 'a', start_line: 1, end_line: 1, annotation_level: 'failure', message: 'm' },
    ];
    const { id } = (await write({ output: { title: 't', summary: 's', annotations } })).body;
    const updated = await change(id, { output: { title: 't', summary: 's', annotations } });
    expect(updated.body.output.annotations_count).toBe(2);
    const listed = await call(scene.github, `/repos/acme/shop/check-runs/${id}/annotations`, {
      token: scene.token,
    });
    expect(listed.body).toHaveLength(2);
  });

  test('is listed newest of its name, unless all are asked for', async () => {
    await write({ conclusion: 'failure' });
    await write({ conclusion: 'success' });
    const list = async (search: string) =>
      (
        await call(scene.github, `/repos/acme/shop/commits/${scene.pull.headSha}/check-runs${search}`, {
          token: scene.token,
        })
      ).body;
    expect(await list('')).toMatchObject({ total_count: 1, check_runs: [{ conclusion: 'success' }] });
    expect(await list('?filter=all')).toMatchObject({ total_count: 2 });
    expect(await list('?app_id=1')).toMatchObject({ total_count: 0 });
  });

  test('tells only its own app when a person presses a button or Re-run', async () => {
    await write({
      conclusion: 'action_required',
      actions: [{ label: 'Re-check', description: 'Look again', identifier: 'recheck' }],
    });
    const run = scene.repository.checkRuns({ name: 'gate' })[0]!;
    scene.repository.pressAction(run, 'recheck', 'kim');
    scene.repository.rerequest(run, 'kim');
    await scene.github.idle();
    const [pressed, rerun] = scene.hook.received.slice(-2);
    expect(pressed!.payload).toMatchObject({
      action: 'requested_action',
      requested_action: { identifier: 'recheck' },
      sender: { login: 'kim', type: 'User' },
    });
    expect(rerun!.payload).toMatchObject({
      action: 'rerequested',
      check_run: { id: run.id, status: 'completed' },
    });
    expect(() => scene.repository.pressAction(run, 'nothing', 'kim')).toThrow('no action "nothing"');
  });
});

describe('a required check', () => {
  beforeEach(() =>
    scene.repository.protect('main', { requiredChecks: [{ context: 'gate', appId: scene.app.id }] }),
  );
  const state = () => scene.pull.mergeState().checks[0]!.state;

  test.each(['success', 'neutral', 'skipped'])('is satisfied by %s', async (conclusion) => {
    await write({ conclusion });
    expect(scene.pull.mergeState()).toMatchObject({ ready: true, checks: [{ state: 'satisfied' }] });
  });

  test.each(['failure', 'action_required', 'cancelled', 'timed_out'])(
    'is not satisfied by %s',
    async (conclusion) => {
      await write({ conclusion });
      expect(scene.pull.mergeState()).toMatchObject({ ready: false, checks: [{ state: 'failing' }] });
    },
  );

  test('is missing while nobody has reported, and pending while it runs', async () => {
    expect(state()).toBe('missing');
    expect(scene.pull.merge({ by: 'kim' })).toMatchObject({
      merged: false,
      message: 'Required status check "gate" is expected.',
    });
    await write({ status: 'in_progress' });
    expect(state()).toBe('pending');
  });

  test('pinned to an app is not satisfied by a namesake from another app or a person', () => {
    const other = scene.github.createApp({ slug: 'other' });
    scene.repository.createCheckRun({
      app: other,
      name: 'gate',
      sha: scene.pull.headSha,
      conclusion: 'success',
    });
    scene.repository.createStatus({ context: 'gate', state: 'success', by: 'kim', sha: scene.pull.headSha });
    expect(state()).toBe('missing');
    // Without the pin both would do.
    scene.repository.protect('main', { requiredChecks: [{ context: 'gate' }] });
    expect(state()).toBe('satisfied');
  });

  test('counts the newest run of its name, not the best', async () => {
    await write({ conclusion: 'success' });
    await write({ conclusion: 'failure' });
    expect(state()).toBe('failing');
  });

  test('counts on the newest head only', async () => {
    await write({ conclusion: 'success' });
    scene.pull.push({ files: { b: '1\n' }, author: 'Copilot' });
    expect(state()).toBe('missing');
  });

  test('unpinned needs every namesake to pass', async () => {
    scene.repository.protect('main', { requiredChecks: [{ context: 'gate' }] });
    await write({ conclusion: 'success' });
    scene.repository.createStatus({ context: 'gate', state: 'failure', by: 'kim', sha: scene.pull.headSha });
    expect(state()).toBe('failing');
  });

  test('lets a pull request merge once satisfied; an administrator may bypass it', async () => {
    expect(scene.pull.merge({ by: 'kim', bypass: true }).merged).toBe(false);
    await write({ conclusion: 'success' });
    const answer = scene.pull.merge({ by: 'kim' });
    expect(answer.merged).toBe(true);
    expect(scene.pull.record.state).toBe('MERGED');
    await scene.github.idle();
    const closed = scene.hook.received.find(({ payload }) => payload.action === 'closed')!.payload;
    expect(closed.pull_request).toMatchObject({ merged: true, merged_by: { login: 'kim' }, state: 'closed' });

    scene.repository.setPermission('lee', 'admin');
    scene.repository.commit({ branch: 'next', files: { n: '1\n' }, author: 'kim' });
    const next = scene.repository.openPullRequest({ author: 'kim', head: 'next' });
    expect(next.merge({ by: 'lee', bypass: true }).merged).toBe(true);
  });

  test('of a branch that wants up-to-date heads holds back who is behind', async () => {
    scene.repository.protect('main', {
      requiredChecks: [{ context: 'gate', appId: scene.app.id }],
      strict: true,
    });
    scene.repository.commit({ files: { new: '1\n' }, author: 'kim' });
    await write({ conclusion: 'success' });
    expect(scene.pull.merge({ by: 'kim' })).toMatchObject({
      merged: false,
      message: expect.stringContaining('out of date'),
    });
    scene.pull.rebase();
    await write({ head_sha: scene.pull.headSha, conclusion: 'success' });
    expect(scene.pull.merge({ by: 'kim', method: 'squash' }).merged).toBe(true);
    expect(scene.repository.record.pulls.get(1)!.mergeCommitSha).toBe(scene.repository.tip());
  });

  test('without write access there is no merging', async () => {
    await write({ conclusion: 'success' });
    expect(scene.pull.merge({ by: 'bo' }).merged).toBe(false);
  });
});

describe('a merge queue', () => {
  beforeEach(() =>
    scene.repository.protect('main', { requiredChecks: [{ context: 'gate', appId: scene.app.id }] }),
  );
  const last = (name: string) =>
    scene.hook.received.findLast((each) => `${each.event}.${each.payload.action}` === name)?.payload;

  test('makes a merge group and merges it when its own check passes', async () => {
    const main = scene.repository.tip();
    const group = scene.pull.enqueue('kim');
    await scene.github.idle();
    expect(last('merge_group.checks_requested')).toMatchObject({
      merge_group: {
        head_sha: group.headSha,
        head_ref: `refs/heads/gh-readonly-queue/main/pr-1-${main}`,
        base_sha: main,
        base_ref: 'refs/heads/main',
      },
      installation: { id: scene.installation.id },
    });
    // Green on the pull request says nothing about the group.
    await write({ conclusion: 'success' });
    expect(scene.pull.record.state).toBe('OPEN');
    await write({ head_sha: group.headSha, conclusion: 'success' });
    expect(scene.pull.record.state).toBe('MERGED');
    expect(scene.repository.tip()).toBe(group.headSha);
    await scene.github.idle();
    expect(last('merge_group.destroyed')).toMatchObject({ reason: 'merged' });
    expect(last('pull_request.closed')).toMatchObject({ pull_request: { merged: true } });
  });

  test('stacks groups, and builds the ones behind a failure again', async () => {
    scene.repository.commit({ branch: 'two', files: { two: '2\n' }, author: 'kim' });
    const two = scene.repository.openPullRequest({ author: 'kim', head: 'two' });
    const first = scene.pull.enqueue('kim');
    const second = two.enqueue('lee');
    expect(second.baseSha).toBe(first.headSha);
    await write({ head_sha: first.headSha, conclusion: 'failure' });
    const [again] = scene.repository.record.mergeQueues.get('main')!;
    expect(scene.repository.record.mergeQueues.get('main')).toHaveLength(1);
    expect(again).toMatchObject({ baseSha: scene.repository.tip(), pull: two.record });
    await write({ head_sha: again!.headSha, conclusion: 'success' });
    expect(two.record.state).toBe('MERGED');
    expect(scene.pull.record.state).toBe('OPEN');
    await scene.github.idle();
    expect(scene.hook.received.filter(({ payload }) => payload.reason === 'invalidated')).toHaveLength(2);
  });

  test('merges two that both pass, the second waiting for the first', async () => {
    scene.repository.commit({ branch: 'two', files: { two: '2\n' }, author: 'kim' });
    const two = scene.repository.openPullRequest({ author: 'kim', head: 'two' });
    const first = scene.pull.enqueue('kim');
    const second = two.enqueue('lee');
    await write({ head_sha: second.headSha, conclusion: 'success' });
    expect(two.record.state).toBe('OPEN');
    await write({ head_sha: first.headSha, conclusion: 'success' });
    expect([scene.pull.record.state, two.record.state]).toEqual(['MERGED', 'MERGED']);
    expect(scene.repository.tip()).toBe(second.headSha);
  });
});
