// Is everything that GitHub would not understand refused and recorded?
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { call } from './client-for-tests.js';
import { readRestContract } from './contract.js';
import { type Scene, setScene } from './scene-for-tests.js';

let scene: Scene;
beforeEach(async () => {
  scene = await setScene();
});
afterEach(() => scene.close());

describe('what GitHub would not understand', () => {
  test.each([
    ['an unknown route', { path: '/repos/acme/shop/nothing' }, 501, 'no such route'],
    [
      'a misspelt key',
      { path: '/repos/acme/shop/check-runs', body: { name: 'x', head_sha: 'y', conclussion: 'success' } },
      422,
      'conclussion',
    ],
    [
      'an unknown conclusion',
      { path: '/repos/acme/shop/check-runs', body: { name: 'x', head_sha: 'y', conclusion: 'green' } },
      422,
      'allowed values',
    ],
    [
      'a summary that is too long',
      {
        path: '/repos/acme/shop/check-runs',
        body: { name: 'x', head_sha: 'y', output: { title: 't', summary: 'x'.repeat(65_536) } },
      },
      422,
      '65535',
    ],
    [
      '51 annotations',
      {
        path: '/repos/acme/shop/check-runs',
        body: {
          name: 'x',
          head_sha: 'y',
          output: {
            title: 't',
            summary: 's',
            annotations: Array(51).fill({
              path: 'a',
              start_line: 1,
              end_line: 1,
              annotation_level: 'notice',
              message: 'm',
            }),
          },
        },
      },
      422,
      '50',
    ],
    [
      'a label of 21 characters on a button',
      {
        path: '/repos/acme/shop/check-runs',
        body: {
          name: 'x',
          head_sha: 'y',
          actions: [{ label: 'x'.repeat(21), description: 'd', identifier: 'i' }],
        },
      },
      422,
      '20',
    ],
    ['an unknown parameter', { path: '/repos/acme/shop/pulls?stat=open' }, 422, 'stat'],
    ['a number that is none', { path: '/repos/acme/shop/pulls/one' }, 422, 'pull_number'],
  ])('%s is refused and recorded', async (_name, request, status, words) => {
    const { path, ...rest } = request as { path: string; body?: unknown };
    expect((await call(scene.github, path, { token: scene.token, ...rest })).status).toBe(status);
    expect(scene.github.violations.join('\n')).toContain(words);
    expect(() => scene.github.assertClean()).toThrow(words);
    (scene.github.violations as string[]).length = 0;
  });
});

describe('an answer of the simulator', () => {
  const contract = readRestContract();
  const operation = contract.match('GET', '/repos/acme/shop/check-runs/1')!.operation;

  test('that lacks a field or has a wrong one is found', async () => {
    scene.repository.createCheckRun({ app: scene.app, name: 'gate', sha: scene.pull.headSha });
    const [run] = scene.repository.checkRuns({ name: 'gate' });
    const { body } = await call(scene.github, `/repos/acme/shop/check-runs/${run!.id}`, {
      token: scene.token,
    });
    expect(contract.checkAnswer(operation, 200, body)).toEqual([]);
    const { status: _status, ...without } = body;
    expect(contract.checkAnswer(operation, 200, without).join()).toContain('status');
    expect(contract.checkAnswer(operation, 200, { ...body, started_at: 'yesterday' }).join()).toContain(
      'started_at',
    );
    expect(contract.checkAnswer(operation, 299, body).join()).toContain('299');
  });

  test('may differ only where GitHub contradicts itself, and there is no hiding behind that', async () => {
    const fork = scene.repository.fork('mallory');
    fork.commit({ branch: 'topic', files: { x: '1\n' }, author: 'mallory' });
    scene.repository.openPullRequest({ author: 'mallory', head: 'topic', fromFork: fork });
    fork.delete();
    const list = contract.match('GET', '/repos/acme/shop/pulls')!.operation;
    const { body } = await call(scene.github, '/repos/acme/shop/pulls', { token: scene.token });
    expect(body[0].head.repo).toBeNull();
    expect(contract.checkAnswer(list, 200, body)).toEqual([]);
    const wrong = body.map((pull: object) => ({ ...pull, number: 'one' }));
    expect(contract.checkAnswer(list, 200, wrong).join()).toContain('/0/number');
  });
});
