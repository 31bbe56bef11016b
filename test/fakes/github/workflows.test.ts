// Does the simulator start, run and report workflows as GitHub Actions does?
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { call, fetchToken } from './client-for-tests.js';
import { type Scene, setScene } from './scene-for-tests.js';

const WORKFLOW = `name: evals
run-name: evals \${{ inputs.suite || 'baseline' }} \${{ inputs.nonce || github.sha }}
on:
  workflow_dispatch:
    inputs:
      head_sha: { required: true, type: string }
      suite: { required: true, type: string }
      nonce: { type: string }
      size: { type: choice, options: [small, large], default: small }
  push:
    branches: [main]
  schedule:
    - cron: '0 4 * * *'
jobs: {}
`;
const PLAIN = 'name: ci\non: [push, pull_request]\njobs: {}\n';

let scene: Scene;
let ms: number;
let begun: number;
beforeEach(async () => {
  // Near the real time, which the app's JWT carries.
  ms = begun = Math.floor(Date.now() / 60_000) * 60_000;
  scene = await setScene({ now: () => new Date(ms) });
  scene.repository.commit({
    files: { '.github/workflows/evals.yml': WORKFLOW, '.github/workflows/ci.yml': PLAIN },
    author: 'kim',
  });
});
afterEach(() => scene.close());

const API = '/repos/acme/shop/actions';
const get = (path: string, token = scene.token) => call(scene.github, `${API}${path}`, { token });
const post = (path: string, body?: object, token = scene.token) =>
  call(scene.github, `${API}${path}`, { token, method: 'POST', ...(body === undefined ? {} : { body }) });
const INPUTS = { head_sha: 'a'.repeat(40), suite: 'support', nonce: 'n-1' };
const dispatch = (changes: object = {}, file = 'evals.yml', token = scene.token) =>
  post(
    `/workflows/${file}/dispatches`,
    { ref: 'main', inputs: INPUTS, return_run_details: true, ...changes },
    token,
  );
const newest = () => scene.repository.runs().at(-1)!;
const sent = async () => {
  await scene.github.idle();
  return scene.hook.received.filter(({ event }) => event === 'workflow_run');
};
/** Seconds since the test began, as GitHub writes a time. */
const timeAt = (seconds: number) => new Date(begun + seconds * 1000).toISOString().replace('.000', '');
const content = Buffer.from('PK\x05\x06 and more');

describe('a dispatch', () => {
  test('starts a run of the branch’s file and says which', async () => {
    const { status, body } = await dispatch();
    const run = newest();
    expect([status, body]).toEqual([
      200,
      {
        workflow_run_id: run.id,
        run_url: `${scene.github.url}${API}/runs/${run.id}`,
        html_url: `${scene.github.url}/acme/shop/actions/runs/${run.id}`,
      },
    ]);
    expect(run.inputs).toEqual({ ...INPUTS, size: 'small' });
    expect((await get(`/runs/${run.id}`)).body).toMatchObject({
      id: run.id,
      name: 'evals',
      display_title: 'evals support n-1',
      event: 'workflow_dispatch',
      status: 'queued',
      conclusion: null,
      run_attempt: 1,
      head_branch: 'main',
      head_sha: scene.repository.tip(),
      path: '.github/workflows/evals.yml',
      actor: { login: 'gate[bot]' },
      pull_requests: [],
      previous_attempt_url: null,
    });
  });

  test('says nothing unless asked to, and is refused the question by an older server', async () => {
    const { status, body } = await dispatch({ return_run_details: undefined });
    expect([status, body]).toEqual([204, '']);
    scene.github.setRunDetails('refused');
    const refused = await dispatch();
    expect([refused.status, refused.body.message]).toEqual([
      422,
      'Invalid request.\n\n"return_run_details" is not a permitted key.',
    ]);
    expect((await dispatch({ return_run_details: undefined })).status).toBe(204);
    expect(scene.repository.runs('evals.yml')).toHaveLength(2);
  });

  test('goes by the id of the workflow as well', async () => {
    await dispatch();
    const { workflow } = newest().record;
    expect((await dispatch({}, String(workflow.id))).status).toBe(200);
    expect(newest().record.workflow).toEqual(workflow);
  });

  test.each<readonly [string, number, string, string, object]>([
    ['a file that is only on another branch', 404, 'Not Found', 'other.yml', {}],
    ['a file without the trigger', 422, "Workflow does not have 'workflow_dispatch' trigger", 'ci.yml', {}],
    ['no such branch', 422, 'No ref found for: dev', 'evals.yml', { ref: 'dev' }],
    [
      ...(['an undeclared input', 422, 'Unexpected inputs provided: ["pull_request"]', 'evals.yml'] as const),
      { inputs: { ...INPUTS, pull_request: '7' } },
    ],
    [
      ...(['a missing input', 422, "Required input 'suite' not provided", 'evals.yml'] as const),
      { inputs: { head_sha: 'a' } },
    ],
    [
      ...(['no such choice', 422] as const),
      ...(["Provided value 'huge' for input 'size' not in the list of allowed values", 'evals.yml'] as const),
      { inputs: { ...INPUTS, size: 'huge' } },
    ],
  ])('of %s is refused', async (_what, status, message, file, changes) => {
    scene.repository.commit({
      branch: 'copilot/work',
      files: { '.github/workflows/other.yml': WORKFLOW },
      author: 'Copilot',
    });
    const answer = await dispatch(changes, file);
    expect([answer.status, answer.body.message]).toEqual([status, message]);
    expect(scene.repository.runs()).toEqual([]);
  });

  test('needs actions: write', async () => {
    for (const permissions of [{ actions: 'read' }, { contents: 'read' }]) {
      const token = await fetchToken(scene.github, scene.installation, { permissions });
      const { status, body } = await dispatch({}, 'evals.yml', token);
      expect([status, body.message]).toEqual([403, 'Resource not accessible by integration']);
    }
    const people = ['kim', 'bo'].map((login) => dispatch({}, 'evals.yml', scene.github.createToken(login)));
    expect((await Promise.all(people)).map(({ status }) => status)).toEqual([200, 403]);
  });

  test('that is done may lose its answer', async () => {
    scene.github.fail({ operation: 'actions/create-workflow-dispatch' }, { drop: 'after' });
    await expect(dispatch()).rejects.toThrow();
    expect(newest().title).toBe('evals support n-1');
  });

  test('of another branch runs what that branch has', async () => {
    scene.repository.commit({
      branch: 'copilot/work',
      files: { '.github/workflows/evals.yml': WORKFLOW.replace('run-name: evals', 'run-name: mine') },
      author: 'Copilot',
    });
    const run = scene.repository.dispatchWorkflow('evals.yml', {
      ...{ by: 'mallory', ref: 'copilot/work', inputs: INPUTS },
    });
    expect(run.title).toBe('mine support n-1');
    expect((await get(`/runs/${run.id}`)).body).toMatchObject({
      head_branch: 'copilot/work',
      path: '.github/workflows/evals.yml',
      pull_requests: [{ number: scene.pull.number }],
    });
  });
});

describe('a run', () => {
  test('tells each of its steps, with the workflow', async () => {
    await dispatch();
    const run = newest();
    run.start();
    run.job('score', { conclusion: 'failure' });
    run.complete('failure');
    const events = await sent();
    expect(events.map(({ payload }) => payload.action)).toEqual(['requested', 'in_progress', 'completed']);
    expect(events.at(-1)!.payload).toMatchObject({
      workflow: { id: run.record.workflow.id, name: 'evals', path: '.github/workflows/evals.yml' },
      workflow_run: { id: run.id, status: 'completed', conclusion: 'failure', display_title: run.title },
      sender: { login: 'gate[bot]' },
    });
  });

  test('has the jobs of each attempt, a second or more apart', async () => {
    await dispatch();
    const run = newest();
    run.start();
    run.job('answer', { conclusion: 'success' });
    const score = run.job('score');
    const jobs = async (attempt: number) => (await get(`/runs/${run.id}/attempts/${attempt}/jobs`)).body;
    expect(await jobs(1)).toMatchObject({
      total_count: 2,
      jobs: [
        {
          ...{ name: 'answer', status: 'completed', conclusion: 'success', run_attempt: 1 },
          ...{ started_at: timeAt(2), completed_at: timeAt(3) },
        },
        {
          ...{ name: 'score', status: 'in_progress', conclusion: null },
          ...{ started_at: timeAt(4), completed_at: null },
        },
      ],
    });
    score.complete('success', { at: new Date(timeAt(300)) });
    run.complete('success');
    run.rerun('kim');
    expect((await jobs(2)).jobs).toEqual([]);
    expect((await jobs(1)).jobs[1].completed_at).toBe(timeAt(300));
    expect((await get(`/runs/${run.id}/attempts/3/jobs`)).status).toBe(404);
    expect((await get(`/runs/${run.id}`)).body).toMatchObject({
      ...{ run_attempt: 2, status: 'queued', conclusion: null },
      previous_attempt_url: expect.stringMatching(/attempts\/1$/),
      triggering_actor: { login: 'kim' },
      actor: { login: 'gate[bot]' },
    });
  });

  test('keeps what any of its jobs uploads, under one name once', async () => {
    await dispatch();
    const run = newest();
    run.start();
    const answer = run.job('answer');
    const early = run.upload({ name: 'eval-results', content });
    answer.complete();
    run.job('score');
    expect(() => run.upload({ name: 'eval-results', content })).toThrow('409 Conflict');
    const late = run.upload({ name: 'eval-results', content, overwrite: true });
    expect(late.id).not.toBe(early.id);
    expect((await get(`/runs/${run.id}/artifacts?name=eval-results`)).body).toMatchObject({
      total_count: 1,
      artifacts: [{ id: late.id, created_at: timeAt(6), workflow_run: { id: run.id } }],
    });
    expect((await get(`/artifacts/${early.id}/zip`)).status).toBe(404);
  });

  test('plays the shipped workflow in one go', async () => {
    await dispatch();
    const run = newest();
    run.play({ name: 'eval-results', content });
    const { body } = await get(`/runs/${run.id}/attempts/1/jobs`);
    const [{ created_at }] = (await get(`/runs/${run.id}/artifacts`)).body.artifacts;
    const [answer, score] = body.jobs;
    expect(answer.completed_at < score.started_at).toBe(true);
    expect(score.started_at < created_at && created_at < score.completed_at).toBe(true);
    expect([run.status(), run.conclusion()]).toEqual(['completed', 'success']);
  });

  test('is cancelled with the jobs that run, unless it has ended', async () => {
    await dispatch();
    const run = newest();
    run.start();
    run.job('answer');
    expect((await post(`/runs/${run.id}/cancel`)).status).toBe(202);
    expect((await get(`/runs/${run.id}`)).body).toMatchObject({
      status: 'completed',
      conclusion: 'cancelled',
    });
    expect((await get(`/runs/${run.id}/attempts/1/jobs`)).body.jobs[0].conclusion).toBe('cancelled');
    const again = await post(`/runs/${run.id}/cancel`);
    expect([again.status, again.body.message]).toEqual([
      409,
      'Cannot cancel a workflow run that is completed.',
    ]);
    expect((await sent()).at(-1)!.payload.workflow_run.conclusion).toBe('cancelled');
  });

  test('is started again by who may', async () => {
    await dispatch();
    const run = newest();
    run.start();
    run.complete('success');
    const token = await fetchToken(scene.github, scene.installation, { permissions: { actions: 'read' } });
    expect((await post(`/runs/${run.id}/rerun`, undefined, token)).status).toBe(403);
    expect((await post(`/runs/${run.id}/rerun`)).status).toBe(201);
    expect(run.attempt()).toBe(2);
    expect((await sent()).at(-1)!.payload).toMatchObject({
      action: 'requested',
      workflow_run: { run_attempt: 2 },
    });
  });

  test('cannot do what a runner cannot', async () => {
    await dispatch();
    const run = newest();
    expect(() => run.job('answer')).toThrow('no job starts');
    expect(() => run.upload({ name: 'x', content })).toThrow('queued');
    run.start();
    run.job('answer');
    expect(() => run.complete('success')).toThrow('"answer" still runs');
    run.cancel();
    expect(() => run.complete('success')).toThrow('has ended');
    expect(() => run.upload({ name: 'x', content })).toThrow('completed');
  });
});

describe('runs of a workflow', () => {
  test('are found by event, branch, state and time, the newest first', async () => {
    const first = scene.repository.startWorkflow('evals.yml', { event: 'push', by: 'kim' });
    ms += 60_000;
    await dispatch();
    const second = newest();
    second.start();
    second.complete('success');
    ms += 60_000;
    const third = scene.repository.startWorkflow('evals.yml', { event: 'schedule' });
    scene.repository.startWorkflow('ci.yml', {
      event: 'pull_request',
      branch: 'copilot/work',
      sha: scene.repository.tip(),
    });
    const find = async (query: string) => {
      const { body } = await get(`/workflows/evals.yml/runs${query}`);
      expect(body.total_count).toBeGreaterThanOrEqual(body.workflow_runs.length);
      return body.workflow_runs.map(({ id }: { id: number }) => id);
    };
    expect(await find('')).toEqual([third.id, second.id, first.id]);
    expect(await find('?event=workflow_dispatch')).toEqual([second.id]);
    expect(await find('?branch=main&event=push')).toEqual([first.id]);
    expect(await find('?branch=dev')).toEqual([]);
    expect(await find('?status=completed')).toEqual([second.id]);
    expect(await find('?status=success')).toEqual([second.id]);
    expect(await find('?status=queued&per_page=1')).toEqual([third.id]);
    expect(await find(`?created=%3E%3D${timeAt(60)}`)).toEqual([third.id, second.id]);
    expect(await find(`?created=%3E${timeAt(60)}`)).toEqual([third.id]);
    expect(await find(`?created=*..${timeAt(60)}`)).toEqual([second.id, first.id]);
    expect((await get('/workflows/none.yml/runs')).status).toBe(404);
    expect([first.title, third.title]).toEqual(Array(2).fill(`evals baseline ${scene.repository.tip()}`));
  });

  test('start only from a file that is there and names the event', () => {
    expect(() => scene.repository.startWorkflow('evals.yml', { event: 'pull_request' })).toThrow(
      'not started by',
    );
    expect(() => scene.repository.startWorkflow('none.yml', { event: 'push' })).toThrow('none.yml is not at');
  });
});
