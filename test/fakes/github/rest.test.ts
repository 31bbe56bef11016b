// Does the REST side answer as GitHub does, and tell when a request would not be understood there?
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { call, fetchToken, signJwt } from './client-for-tests.js';
import { type Scene, setScene } from './scene-for-tests.js';

let scene: Scene;
beforeEach(async () => {
  scene = await setScene();
});
afterEach(() => scene.close());

const get = (path: string, accept?: string) => call(scene.github, path, { token: scene.token, accept });

describe('signing in as the app', () => {
  const ask = (token: string) => call(scene.github, '/app', { token });

  test('takes a JWT signed with the app’s key', async () => {
    const answer = await ask(signJwt(scene.app));
    expect(answer).toMatchObject({
      status: 200,
      body: { id: scene.app.id, slug: 'gate', installations_count: 1 },
    });
    expect((await ask(signJwt({ ...scene.app, id: scene.app.clientId as never }))).status).toBe(200);
  });

  test.each([
    ['another key', () => ({ key: true, claims: {} }), 'could not be decoded'],
    ['an expiry in the past', () => ({ claims: { exp: Math.floor(Date.now() / 1000) - 1 } }), "'exp'"],
    [
      'an expiry more than ten minutes ahead',
      () => ({ claims: { exp: Math.floor(Date.now() / 1000) + 900 } }),
      'too far in the future',
    ],
    [
      'an issue time ahead of the clock',
      () => ({ claims: { iat: Math.floor(Date.now() / 1000) + 300 } }),
      "'iat'",
    ],
  ])('refuses %s', async (_name, make, words) => {
    const { claims, key } = make() as { claims: object; key?: boolean };
    const other = scene.github.createApp({ slug: 'other' });
    const signer = key ? { id: scene.app.id, privateKeyPem: other.privateKeyPem } : scene.app;
    const answer = await ask(signJwt(signer, claims));
    expect(answer.status).toBe(401);
    expect(answer.body.message).toContain(words);
  });

  test('refuses an unsigned token and an unknown app', async () => {
    const [, claims] = signJwt(scene.app).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect((await ask(`${none}.${claims}.`)).status).toBe(401);
    expect((await ask(signJwt({ id: 1, privateKeyPem: scene.app.privateKeyPem }))).body.message).toBe(
      'Integration not found',
    );
  });
});

describe('an installation’s token', () => {
  test('sees what is installed; a private repository that is not is not found', async () => {
    scene.github.createRepository('acme/secret', { private: true });
    expect((await get('/repos/acme/shop')).body.full_name).toBe('acme/shop');
    expect(await get('/repos/acme/secret')).toMatchObject({ status: 404, body: { message: 'Not Found' } });
    expect(
      (await get('/installation/repositories')).body.repositories.map((each: { name: string }) => each.name),
    ).toEqual(['shop']);
  });

  test('reads a public repository where the app is not installed, and cannot write there', async () => {
    const open = scene.github.createRepository('acme/open');
    expect((await get('/repos/acme/open/contents/README.md')).status).toBe(200);
    const written = await call(scene.github, '/repos/acme/open/check-runs', {
      token: scene.token,
      body: { name: 'x', head_sha: open.tip() },
    });
    expect(written).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    });
  });

  test('holds no more than it was asked for', async () => {
    const token = await fetchToken(scene.github, scene.installation, { permissions: { contents: 'read' } });
    const answer = await call(scene.github, '/repos/acme/shop/check-runs', {
      token,
      body: { name: 'x', head_sha: scene.pull.headSha },
    });
    expect(answer.status).toBe(403);
  });

  test('ends with the installation; a suspended one answers 403', async () => {
    const path = `/app/installations/${scene.installation.id}/access_tokens`;
    scene.github.suspend(scene.installation);
    expect((await get('/repos/acme/shop')).status).toBe(403);
    expect((await call(scene.github, path, { method: 'POST', token: signJwt(scene.app) })).status).toBe(403);
    scene.github.unsuspend(scene.installation);
    expect((await get('/repos/acme/shop')).status).toBe(200);
    scene.github.uninstall(scene.installation);
    expect(await get('/repos/acme/shop')).toMatchObject({
      status: 401,
      body: { message: 'Bad credentials' },
    });
    expect((await call(scene.github, path, { method: 'POST', token: signJwt(scene.app) })).status).toBe(404);
  });

  test('ends after an hour', async () => {
    await scene.close();
    let ms = Date.now();
    scene = await setScene({ now: () => new Date(ms) });
    ms += 3_600_001;
    expect((await get('/repos/acme/shop')).status).toBe(401);
  });
});

describe('a person’s token', () => {
  test('sees what the person may see, and writes no checks', async () => {
    const as = (login: string, path: string, body?: object) =>
      call(scene.github, path, { token: scene.github.createToken(login), body });
    expect((await as('bo', '/repos/acme/shop/pulls/1')).status).toBe(200);
    expect((await as('mallory', '/repos/acme/shop/pulls/1')).status).toBe(404);
    expect((await call(scene.github, '/repos/acme/shop/pulls/1')).status).toBe(404);
    const body = { name: 'gate', head_sha: scene.pull.headSha };
    expect((await as('kim', '/repos/acme/shop/check-runs', body)).status).toBe(403);
  });
});

describe('pull requests', () => {
  test('answer with the fields that webhooks carry too', async () => {
    expect((await get('/repos/acme/shop/pulls/1')).body).toMatchObject({
      number: 1,
      state: 'open',
      draft: false,
      user: { login: 'Copilot', id: 198982749, type: 'Bot' },
      head: { ref: 'copilot/work', sha: scene.pull.headSha, repo: { full_name: 'acme/shop' } },
      base: { ref: 'main' },
      commits: 1,
      changed_files: 1,
      additions: 1,
      deletions: 0,
      mergeable: true,
    });
  });

  test('list files by the page, with a Link header, former names and no patch for binary files', async () => {
    scene.pull.push({
      rename: { 'infra/main.tf': 'infra/core.tf' },
      files: { 'logo.png': Buffer.from([0, 1]), 'run.sh': { mode: '100755', content: '#!/bin/sh\n' } },
      author: 'Copilot',
    });
    const first = await get('/repos/acme/shop/pulls/1/files?per_page=3');
    expect(first.body.map((file: { filename: string }) => file.filename)).toEqual([
      'infra/core.tf',
      'logo.png',
      'run.sh',
    ]);
    expect(first.body[0]).toMatchObject({
      status: 'renamed',
      previous_filename: 'infra/main.tf',
      changes: 0,
    });
    expect(first.body[1]).toMatchObject({ status: 'added', additions: 0 });
    expect(first.body[1]).not.toHaveProperty('patch');
    expect(first.headers.get('link')).toContain('page=2>; rel="next"');
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link')!)![1]!;
    const second = await get(new URL(next).pathname + new URL(next).search);
    expect(second.body).toMatchObject([
      { filename: 'src/a.ts', patch: '@@ -0,0 +1 @@\n+export const a = 1;' },
    ]);
    expect(second.headers.get('link')).not.toContain('rel="next"');
  });

  test('list at most 3,000 files and 250 commits, and count them all', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 3001 }, (_, index) => [`gen/${index}.txt`, `${index}\n`]),
    );
    scene.repository.push({
      branch: 'copilot/work',
      commits: [
        { files: many, message: 'many', author: 'Copilot' },
        ...Array.from({ length: 255 }, (_, index) => ({
          files: { n: `${index}\n` },
          message: `${index}`,
          author: 'Copilot',
        })),
      ],
    });
    expect((await get('/repos/acme/shop/pulls/1')).body).toMatchObject({ changed_files: 3003, commits: 257 });
    const last = await get('/repos/acme/shop/pulls/1/files?per_page=100&page=30');
    expect(last.body).toHaveLength(100);
    expect(last.headers.get('link')).not.toContain('rel="next"');
    expect((await get('/repos/acme/shop/pulls/1/commits?per_page=100&page=3')).body).toHaveLength(50);
  });

  test('give the diff as text, and 406 when it is too large', async () => {
    const accept = 'application/vnd.github.diff';
    const answer = await get('/repos/acme/shop/pulls/1', accept);
    expect(answer.body).toMatch(
      /^diff --git a\/src\/a\.ts b\/src\/a\.ts\nnew file mode 100644\nindex 0000000\.\.[0-9a-f]{7}\n/,
    );
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`gen/${index}.txt`, `${index}\n`]),
    );
    scene.pull.push({ files: many, author: 'Copilot' });
    for (const path of ['/repos/acme/shop/pulls/1', `/repos/acme/shop/compare/main...${scene.pull.headSha}`])
      expect(await get(path, accept)).toMatchObject({
        status: 406,
        body: { errors: [{ code: 'too_large' }] },
      });
    expect((await get(`/repos/acme/shop/compare/main...${scene.pull.headSha}`)).body.files).toHaveLength(300);
  });

  test('keep a reviewer’s commit_id when the head moves on', async () => {
    const old = scene.pull.headSha;
    const review = scene.pull.review({ by: 'kim', state: 'APPROVED' });
    scene.pull.push({ files: { b: '1\n' }, author: 'Copilot' });
    expect((await get('/repos/acme/shop/pulls/1/reviews')).body).toMatchObject([
      { state: 'APPROVED', commit_id: old },
    ]);
    scene.pull.dismissReview(review, 'lee');
    expect((await get('/repos/acme/shop/pulls/1/reviews')).body).toMatchObject([
      { state: 'DISMISSED', commit_id: old },
    ]);
  });

  test('of a fork are cross-repository; a deleted fork is null', async () => {
    const fork = scene.repository.fork('mallory');
    fork.commit({ branch: 'topic', files: { x: '1\n' }, author: 'mallory' });
    const pull = scene.repository.openPullRequest({ author: 'mallory', head: 'topic', fromFork: fork });
    expect((await get(`/repos/acme/shop/pulls/${pull.number}`)).body.head).toMatchObject({
      label: 'mallory:topic',
      repo: { full_name: 'mallory/shop', fork: true },
    });
    fork.delete();
    expect((await get(`/repos/acme/shop/pulls/${pull.number}`)).body.head.repo).toBeNull();
  });
});

describe('a rebase', () => {
  test('gives new commits and the same diff', async () => {
    const before = await get('/repos/acme/shop/pulls/1', 'application/vnd.github.diff');
    const head = scene.pull.headSha;
    scene.repository.commit({ files: { 'docs/new.md': 'x\n' }, author: 'kim' });
    scene.pull.rebase();
    expect(scene.pull.headSha).not.toBe(head);
    const after = await get('/repos/acme/shop/pulls/1', 'application/vnd.github.diff');
    expect(after.body).toBe(before.body);
    expect(scene.pull.commits()[0]!.parents).toEqual([scene.repository.tip()]);
  });

  test('onto conflicting work is refused', () => {
    scene.repository.commit({ files: { 'src/a.ts': 'mine\n' }, author: 'kim' });
    expect(() => scene.pull.rebase()).toThrow('conflict in src/a.ts');
    expect(scene.pull.mergeState().mergeable).toBe(false);
  });
});

describe('files and trees', () => {
  test('come as JSON, raw, or a list', async () => {
    const file = await get('/repos/acme/shop/contents/README.md');
    expect(Buffer.from(file.body.content, 'base64').toString()).toBe('# shop\n');
    expect((await get('/repos/acme/shop/contents/README.md', 'application/vnd.github.raw+json')).body).toBe(
      '# shop\n',
    );
    expect((await get('/repos/acme/shop/contents/infra')).body).toMatchObject([
      { name: 'main.tf', type: 'file' },
    ]);
    expect((await get('/repos/acme/shop/contents/src/a.ts')).status).toBe(404);
    expect((await get('/repos/acme/shop/contents/src/a.ts?ref=copilot/work')).status).toBe(200);
    const tree = await get('/repos/acme/shop/git/trees/main?recursive=1');
    expect(tree.body.tree.map((each: { path: string }) => each.path)).toEqual([
      'README.md',
      'infra',
      'infra/main.tf',
    ]);
  });

  test('a symlink answers the file it points to, and a link that leads nowhere itself', async () => {
    scene.repository.commit({
      files: {
        link: { mode: '120000', content: 'README.md' },
        out: { mode: '120000', content: '../../etc/passwd' },
      },
    });
    expect((await get('/repos/acme/shop/contents/link')).body).toMatchObject({
      type: 'file',
      path: 'link',
      size: 7,
    });
    expect((await get('/repos/acme/shop/contents/out')).body).toMatchObject({
      type: 'symlink',
      target: '../../etc/passwd',
    });
  });
});

describe('people and teams', () => {
  test('hold the highest of what they are given', async () => {
    scene.organization.addTeam('platform', ['kim'], { repositories: { 'acme/shop': 'maintain' } });
    scene.organization.addTeam('sre', ['bo'], { parent: 'platform' });
    const permission = async (login: string) =>
      (await get(`/repos/acme/shop/collaborators/${login}/permission`)).body;
    expect(await permission('kim')).toMatchObject({ permission: 'write', role_name: 'maintain' });
    expect(await permission('bo')).toMatchObject({ permission: 'write', role_name: 'maintain' });
    expect(await permission('mallory')).toMatchObject({ permission: 'none' });
    expect((await get('/repos/acme/shop/collaborators/nobody/permission')).status).toBe(404);
    const members = async (slug: string) =>
      (await get(`/orgs/acme/teams/${slug}/members`)).body.map((each: { login: string }) => each.login);
    expect(await members('platform')).toEqual(['kim', 'bo']);
    expect(await members('sre')).toEqual(['bo']);
    const path = '/orgs/acme/teams/sre/repos/acme/shop';
    expect((await get(path)).status).toBe(204);
    expect((await get(path, 'application/vnd.github.v3.repository+json')).body).toMatchObject({
      role_name: 'maintain',
      permissions: { push: true, admin: false },
    });
    expect((await get('/orgs/acme/teams/nobody')).status).toBe(404);
  });
});

describe('labels', () => {
  test('are made when they are added, and taken off by name', async () => {
    const path = '/repos/acme/shop/issues/1/labels';
    const added = await call(scene.github, path, { token: scene.token, body: { labels: ['agent:copilot'] } });
    expect(added.body).toMatchObject([{ name: 'agent:copilot' }]);
    const remove = () =>
      call(scene.github, `${path}/agent%3Acopilot`, { token: scene.token, method: 'DELETE' });
    expect(await remove()).toMatchObject({ status: 200, body: [] });
    expect(await remove()).toMatchObject({ status: 404, body: { message: 'Label does not exist' } });
    await scene.github.idle();
    expect(scene.hook.names()).toEqual(
      expect.arrayContaining(['pull_request.labeled', 'pull_request.unlabeled']),
    );
    expect(scene.hook.received.at(-1)!.payload.sender).toMatchObject({ login: 'gate[bot]', type: 'Bot' });
  });
});

describe('rate limits', () => {
  test('stand on every answer, per installation, and run out', async () => {
    const left = Number((await get('/repos/acme/shop')).headers.get('x-ratelimit-remaining'));
    expect((await get('/repos/acme/shop')).headers.get('x-ratelimit-remaining')).toBe(String(left - 1));
    scene.github.setRateLimit(scene.installation, 'core', { remaining: 1 });
    expect((await get('/repos/acme/shop')).status).toBe(200);
    const refused = await get('/repos/acme/shop');
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain(
      `API rate limit exceeded for installation ID ${scene.installation.id}`,
    );
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(Number(refused.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000);
    expect((await get('/rate_limit')).body.resources.core.remaining).toBe(0);
  });
});

describe('a branch’s rules', () => {
  test('name the required checks and the app they are pinned to', async () => {
    scene.repository.protect('main', {
      requiredChecks: [{ context: 'gate', appId: scene.app.id }, { context: 'build' }],
    });
    const rules = (await get('/repos/acme/shop/rules/branches/main')).body;
    expect(rules[0].parameters.required_status_checks).toEqual([
      { context: 'gate', integration_id: scene.app.id },
      { context: 'build' },
    ]);
    expect((await get('/repos/acme/shop/branches/main')).body.protected).toBe(true);
  });
});
