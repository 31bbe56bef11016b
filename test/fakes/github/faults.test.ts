// Can everything go wrong that goes wrong on the way to GitHub?
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { call, query, signJwt } from './client-for-tests.js';
import { type Scene, setScene } from './scene-for-tests.js';

let scene: Scene;
beforeEach(async () => {
  scene = await setScene();
});
afterEach(() => scene.close());

const get = (path = '/repos/acme/shop') => call(scene.github, path, { token: scene.token });
const checkRun = () =>
  call(scene.github, '/repos/acme/shop/check-runs', {
    token: scene.token,
    body: { name: 'gate', head_sha: scene.pull.headSha },
  });

test('an answer is replaced as often as asked, with headers', async () => {
  scene.github.fail(
    { operation: 'repos/get' },
    { status: 429, headers: { 'retry-after': '7' }, body: { message: 'slow down' }, times: 2 },
  );
  const first = await get();
  expect(first).toMatchObject({ status: 429, body: { message: 'slow down' } });
  expect(first.headers.get('retry-after')).toBe('7');
  expect((await get()).status).toBe(429);
  expect((await get()).status).toBe(200);
});

test('a request can be found by method, path, query name or anything else', async () => {
  scene.github.fail(
    { method: 'post', path: /check-runs$/ },
    { status: 502, body: '<html>Bad gateway</html>' },
  );
  expect(await checkRun()).toMatchObject({ status: 502, body: '<html>Bad gateway</html>' });
  scene.github.fail({ operation: 'graphql:Named' }, { status: 500 });
  expect((await query(scene.github, scene.token, 'query Named { id }')).status).toBe(500);
  scene.github.fail((request) => JSON.stringify(request.body ?? '').includes('gate'), { status: 503 });
  expect((await checkRun()).status).toBe(503);
  expect((await checkRun()).status).toBe(201);
});

test('a connection breaks before the deed, or after it when the answer is lost', async () => {
  scene.github.fail({ operation: 'checks/create' }, { drop: 'before' });
  await expect(checkRun()).rejects.toThrow();
  expect(scene.repository.checkRuns({ name: 'gate' })).toHaveLength(0);
  scene.github.fail({ operation: 'checks/create' }, { drop: 'after' });
  await expect(checkRun()).rejects.toThrow();
  expect(scene.repository.checkRuns({ name: 'gate' })).toHaveLength(1);
});

test('a body breaks off', async () => {
  scene.github.fail({ operation: 'repos/get' }, { truncate: 20 });
  await expect(get()).rejects.toThrow();
  expect((await get()).status).toBe(200);
});

test('an answer hangs until the client gives up', async () => {
  scene.github.fail({ operation: 'repos/get' }, { hangMs: 60_000 });
  await expect(
    fetch(`${scene.github.url}/repos/acme/shop`, { signal: AbortSignal.timeout(50) }),
  ).rejects.toThrow(/timeout/i);
});

test('every request is logged with its operation, and never its token', async () => {
  await get();
  await get('/repos/acme/none');
  await query(scene.github, scene.token, 'query Named { id }');
  expect(
    scene.github
      .takeRequests()
      .map(({ method, operation, status, caller }) => [method, operation, status, caller]),
  ).toEqual([
    ['GET', 'repos/get', 200, 'installation'],
    ['GET', 'repos/get', 404, 'installation'],
    ['POST', 'graphql:Named', 200, 'installation'],
  ]);
  expect(scene.github.takeRequests()).toEqual([]);
  expect(JSON.stringify(scene.github.requests)).not.toContain(scene.token);
});

test('every answer takes as long as asked', async () => {
  scene.github.setLatency(60);
  const started = performance.now();
  await get();
  expect(performance.now() - started).toBeGreaterThan(55);
});

test('Enterprise Server’s paths answer too', async () => {
  expect((await get('/api/v3/repos/acme/shop')).status).toBe(200);
  expect(
    (await call(scene.github, '/api/graphql', { token: scene.token, body: { query: '{ id }' } })).status,
  ).toBe(200);
});

test('a manifest’s code is turned into an app once', async () => {
  const code = scene.github.offerManifest({ slug: 'made', webhookUrl: 'http://127.0.0.1:9/hook' });
  const convert = () => call(scene.github, `/app-manifests/${code}/conversions`, { method: 'POST' });
  const made = await convert();
  expect(made).toMatchObject({ status: 201, body: { slug: 'made', webhook_secret: expect.any(String) } });
  expect(
    (await call(scene.github, '/app', { token: signJwt({ id: made.body.id, privateKeyPem: made.body.pem }) }))
      .status,
  ).toBe(200);
  expect((await convert()).status).toBe(404);
});
