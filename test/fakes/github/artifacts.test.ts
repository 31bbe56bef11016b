// Does the simulator hand out artifacts as GitHub does?
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { call, fetchToken } from './client-for-tests.js';
import { type Scene, setScene } from './scene-for-tests.js';

let scene: Scene;
let ms: number;
beforeEach(async () => {
  ms = Date.now();
  scene = await setScene({ now: () => new Date(ms) });
});
afterEach(() => scene.close());

const LIST = '/repos/acme/shop/actions/artifacts';
const get = (path: string, token = scene.token) => call(scene.github, path, { token });
const content = Buffer.from('PK\x05\x06 and more');

/** Without following: the token is not for the store. */
const ask = (id: number, token = scene.token) =>
  fetch(`${scene.github.url}${LIST}/${id}/zip`, {
    redirect: 'manual',
    headers: { authorization: `Bearer ${token}` },
  });

describe('artifacts', () => {
  test('are listed by name, the newest first, with the run and the repositories', async () => {
    const headSha = scene.pull.headSha;
    const first = scene.repository.uploadArtifact({ name: 'coverage', content, headSha });
    scene.repository.uploadArtifact({ name: 'logs', content, headSha });
    const fork = scene.repository.fork('mallory');
    const theirs = scene.repository.uploadArtifact({
      ...{ name: 'coverage', content, fork },
      headSha: fork.tip(),
    });
    const { body } = await get(`${LIST}?name=coverage`);
    expect(body).toMatchObject({ total_count: 2, artifacts: [{ id: theirs.id }, { id: first.id }] });
    expect(body.artifacts.map((each: { workflow_run: object }) => each.workflow_run)).toEqual([
      {
        id: theirs.run.id,
        repository_id: scene.repository.id,
        head_repository_id: fork.id,
        head_branch: 'main',
        head_sha: fork.tip(),
      },
      {
        id: first.run.id,
        repository_id: scene.repository.id,
        head_repository_id: scene.repository.id,
        head_branch: 'copilot/work',
        head_sha: headSha,
      },
    ]);
    const run = await get(`/repos/acme/shop/actions/runs/${theirs.run.id}`);
    expect(run.body).toMatchObject({ event: 'pull_request', head_repository: { full_name: 'mallory/shop' } });
    const ofRun = await get(`/repos/acme/shop/actions/runs/${first.run.id}/artifacts`);
    expect(ofRun.body).toMatchObject({ total_count: 1, artifacts: [{ id: first.id, name: 'coverage' }] });
  });

  test('are downloaded from an address that is good for a minute', async () => {
    const { id } = scene.repository.uploadArtifact({
      name: 'coverage',
      content,
      headSha: scene.pull.headSha,
    });
    const answer = await ask(id);
    expect(answer.status).toBe(302);
    const address = answer.headers.get('location')!;
    const found = await fetch(address);
    expect([found.status, await found.text()]).toEqual([200, content.toString()]);
    expect((await fetch(address.replace(/sig=./, 'sig=x'))).status).toBe(403);
    ms += 61_000;
    expect((await fetch(address)).status).toBe(403);
  });

  test('that expired are listed, and gone', async () => {
    const { id } = scene.repository.uploadArtifact({
      ...{ name: 'coverage', content, expired: true },
      headSha: scene.pull.headSha,
    });
    expect((await get(LIST)).body.artifacts[0].expired).toBe(true);
    expect((await ask(id)).status).toBe(410);
  });

  test('need a permission of their own', async () => {
    const { id } = scene.repository.uploadArtifact({
      name: 'coverage',
      content,
      headSha: scene.pull.headSha,
    });
    const token = await fetchToken(scene.github, scene.installation, { permissions: { contents: 'read' } });
    expect((await get(LIST, token)).status).toBe(403);
    expect((await ask(id, token)).status).toBe(403);
  });
});
