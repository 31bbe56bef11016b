import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import './no-network.js';
import { type ArtifactAddress, readArtifact } from '../../src/github/read-artifact.js';
import { type Api, openApi } from './github-api.js';

const HEAD = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const BYTES = Buffer.from('PK\x05\x06 and more');
const STORE = 'https://productionresultssa0.blob.core.windows.net';
const SIGNED = '/actions-results/7/artifact.zip?sig=s3cr3t-signature';

let api: Api;
beforeEach(() => {
  api = openApi();
});
afterEach(() => api.verify());

const AT: ArtifactAddress = {
  owner: 'acme',
  repo: 'shop',
  name: 'coverage',
  runId: 7,
  head: HEAD,
  branch: null,
  earlier: [],
};
const read = (at: Partial<ArtifactAddress> = {}, limits?: { maxBytes: number; timeoutMs: number }) =>
  readArtifact(api.client, { ...AT, ...at }, limits);
const LIST = '/repos/acme/shop/actions/runs/7/artifacts?name=coverage&per_page=100';
const ZIP = (id: number) => `/repos/acme/shop/actions/artifacts/${id}/zip`;

function artifact(changes: object = {}) {
  return {
    id: 11,
    node_id: 'MDg6QXJ0aWZhY3QxMQ==',
    name: 'coverage',
    size_in_bytes: BYTES.length,
    url: 'https://api.github.com/repos/acme/shop/actions/artifacts/11',
    archive_download_url: 'https://api.github.com/repos/acme/shop/actions/artifacts/11/zip',
    expired: false,
    created_at: '2026-11-20T08:00:00Z',
    expires_at: '2027-02-18T08:00:00Z',
    updated_at: '2026-11-20T08:00:01Z',
    digest: `sha256:${createHash('sha256').update(BYTES).digest('hex')}`,
    workflow_run: {
      id: 7,
      repository_id: 1,
      head_repository_id: 1,
      head_branch: 'copilot/fix-1',
      head_sha: HEAD,
    },
    ...changes,
  };
}

const listed = (...artifacts: readonly object[]) =>
  api.scope.get(LIST).reply(200, { total_count: artifacts.length, artifacts });
const redirect = (location: string | undefined = STORE + SIGNED, id = 11) =>
  api.scope.get(ZIP(id)).reply(302, '', location === '' ? {} : { location });

describe('an artifact of a run', () => {
  test('is downloaded, and the token goes to GitHub only', async () => {
    listed(artifact());
    redirect();
    const store = nock(STORE, { badheaders: ['authorization', 'cookie'] })
      .get(SIGNED)
      .reply(200, BYTES);
    const found = await read();
    expect(found).toMatchObject({ kind: 'found', artifact: { id: 11, runId: 7, headSha: HEAD } });
    expect(found.kind === 'found' && Buffer.from(found.bytes)).toEqual(BYTES);
    expect(store.isDone()).toBe(true);
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual([
      'token ghp_secret',
      'token ghp_secret',
    ]);
  });

  test('of a repeated run is the newest of its name', async () => {
    listed(
      artifact({ id: 11, created_at: '2026-11-20T08:00:00Z' }),
      artifact({ id: 13, created_at: '2026-11-20T09:00:00Z' }),
      artifact({ id: 12, created_at: '2026-11-20T09:00:00Z' }),
      artifact({ id: 99, created_at: '2026-11-21T09:00:00Z', name: 'coverage-old' }),
    );
    redirect(undefined, 13);
    nock(STORE).get(SIGNED).reply(200, BYTES);
    expect(await read()).toMatchObject({ artifact: { id: 13 } });
  });

  test('of any run on the head is found by name and head', async () => {
    const list = '/repos/acme/shop/actions/artifacts?name=coverage&per_page=100';
    const foreign = { id: 9, head_sha: OTHER };
    api.scope.get(list).reply(200, {
      total_count: 2,
      artifacts: [artifact({ id: 15, workflow_run: foreign }), artifact()],
    });
    redirect();
    nock(STORE).get(SIGNED).reply(200, BYTES);
    expect(await read({ runId: null })).toMatchObject({ artifact: { id: 11 } });
    api.scope.get(list).reply(200, { total_count: 1, artifacts: [artifact({ workflow_run: foreign })] });
    expect(await read({ runId: null })).toEqual({ kind: 'missing' });
  });
});

describe('an artifact of the default branch', () => {
  const LIST_ALL = '/repos/acme/shop/actions/artifacts?name=coverage&per_page=100';
  const OURS = { id: 7, repository_id: 1, head_repository_id: 1, head_branch: 'main', head_sha: OTHER };
  const ask = () => read({ runId: null, head: null, branch: 'main' });
  const list = (url: string, artifacts: readonly object[]) =>
    api.scope.get(url).reply(200, { total_count: artifacts.length, artifacts });
  const run = (event: string, id = 7) =>
    api.scope.get(`/repos/acme/shop/actions/runs/${id}`).reply(200, { id, event });

  test('is one of its own run, on whichever commit', async () => {
    list(LIST_ALL, [artifact({ workflow_run: OURS })]);
    run('workflow_run');
    redirect();
    nock(STORE).get(SIGNED).reply(200, BYTES);
    expect(await ask()).toMatchObject({ kind: 'found', artifact: { runId: 7, headSha: OTHER } });
  });

  test.each(['push', 'workflow_dispatch', 'an_event_of_next_year'])(
    'is not one of a run begun by %s: a tag may have that name',
    async (event) => {
      list(LIST_ALL, [artifact({ workflow_run: OURS })]);
      run(event);
      expect(await ask()).toEqual({ kind: 'missing' });
    },
  );

  test('is found behind newer ones of tags, as long as they are few', async () => {
    const tag = (id: number) =>
      artifact({ id, created_at: '2026-11-21T08:00:00Z', workflow_run: { ...OURS, id } });
    list(LIST_ALL, [tag(21), tag(22), artifact({ workflow_run: OURS })]);
    run('push', 21);
    run('push', 22);
    run('schedule');
    redirect();
    nock(STORE).get(SIGNED).reply(200, BYTES);
    expect(await ask()).toMatchObject({ artifact: { id: 11 } });
    list(LIST_ALL, [tag(21), tag(22), tag(23), artifact({ workflow_run: OURS })]);
    for (const id of [21, 22, 23]) run('push', id);
    expect(await ask()).toEqual({ kind: 'missing' });
  });

  test.each([
    ['a fork’s branch of that name', { ...OURS, head_repository_id: 2 }],
    ['the head’s own run', { ...OURS, head_branch: 'copilot/fix-1' }],
    ['a deleted fork', { ...OURS, head_repository_id: null }],
    ['a run whose branch is not told', { id: 7, head_sha: OTHER, repository_id: 1, head_repository_id: 1 }],
    ['a run whose repositories are not told', { id: 7, head_sha: OTHER, head_branch: 'main' }],
  ])('is not one of %s', async (_, workflow_run) => {
    list(LIST_ALL, [artifact({ workflow_run })]);
    expect(await ask()).toEqual({ kind: 'missing' });
  });

  test('is found behind a hundred of that name from elsewhere', async () => {
    const foreign = Array.from({ length: 100 }, (_, index) =>
      artifact({ id: 100 + index, workflow_run: { ...OURS, head_repository_id: 2 } }),
    );
    list(LIST_ALL, foreign);
    list(`${LIST_ALL}&page=2`, [artifact({ workflow_run: OURS })]);
    run('repository_dispatch');
    redirect();
    nock(STORE).get(SIGNED).reply(200, BYTES);
    expect(await ask()).toMatchObject({ kind: 'found', artifact: { id: 11 } });
  });
});

describe('what is not there is said', () => {
  test('as stale only where the artifact is of an earlier head', async () => {
    const list = '/repos/acme/shop/actions/artifacts?name=coverage&per_page=100';
    const artifacts = [artifact({ workflow_run: { id: 9, head_sha: OTHER } })];
    api.scope.get(list).times(2).reply(200, { total_count: 1, artifacts });
    expect(await read({ runId: null, earlier: [OTHER] })).toEqual({ kind: 'stale', headSha: OTHER });
    expect(await read({ runId: null })).toEqual({ kind: 'missing' });
  });

  test.each([
    ['no artifact', [], { kind: 'missing' }],
    ['one of another name', [artifact({ name: 'coverage2' })], { kind: 'missing' }],
    ['one whose run is not known', [artifact({ workflow_run: null })], { kind: 'missing' }],
    ['one of another run', [artifact({ workflow_run: { id: 8, head_sha: HEAD } })], { kind: 'missing' }],
    [
      'one of another head',
      [artifact({ workflow_run: { id: 7, head_sha: OTHER } })],
      { kind: 'stale', headSha: OTHER },
    ],
    ['an expired one', [artifact({ expired: true })], { kind: 'expired' }],
    [
      'one over the cap',
      [artifact({ size_in_bytes: 1e12 })],
      { kind: 'too-large', maxBytes: 100 * 1024 * 1024 },
    ],
  ])('%s', async (_, artifacts, expected) => {
    listed(...(artifacts as object[]));
    expect(await read()).toEqual(expected);
  });

  test('410 for the download is expired', async () => {
    listed(artifact());
    api.scope.get(ZIP(11)).reply(410, { message: 'Artifact has expired' });
    expect(await read()).toEqual({ kind: 'expired' });
  });
});

describe('a download that is not to be believed', () => {
  test.each([
    ['no address', '', 'no address to download from'],
    ['plain http', 'http://evil.example/a.zip', 'is not https: http:'],
    ['a file', 'file:///etc/passwd', 'is not https: file:'],
  ])('%s', async (_, location, message) => {
    listed(artifact());
    redirect(location);
    await expect(read()).rejects.toMatchObject({
      kind: 'unexpected',
      message: expect.stringContaining(message),
    });
  });

  test('other bytes than GitHub’s digest says', async () => {
    listed(artifact());
    redirect();
    nock(STORE).get(SIGNED).reply(200, 'something else');
    await expect(read()).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
  });

  test('an address that runs in a circle', async () => {
    listed(artifact());
    redirect();
    nock(STORE).get(SIGNED).times(4).reply(302, '', { location: SIGNED });
    await expect(read()).rejects.toMatchObject({ kind: 'unexpected' });
  });

  test('a redirect from https down to http', async () => {
    listed(artifact());
    redirect();
    nock(STORE).get(SIGNED).reply(302, '', { location: 'http://evil.example/' });
    await expect(read()).rejects.toMatchObject({ kind: 'unexpected' });
  });

  test.each([403, 404, 503])('%i from the store is worth another try', async (status) => {
    listed(artifact());
    redirect();
    nock(STORE).get(SIGNED).reply(status, '<Error>');
    await expect(read()).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
  });

  test('the signature of the address stands in no failure', async () => {
    listed(artifact());
    redirect();
    nock(STORE).get(SIGNED).replyWithError('socket hang up');
    const failure = await read().catch((error: Error) => error);
    expect(failure).toMatchObject({ kind: 'unavailable' });
    expect(`${(failure as Error).stack} ${JSON.stringify(failure)}`).not.toContain('s3cr3t');
  });

  test('a missing permission is a failure that says so', async () => {
    api.scope.get(LIST).reply(403, { message: 'Resource not accessible by integration' });
    await expect(read()).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('a store that serves what it likes', () => {
  let server: Server;
  let address: string;

  async function serve(listener: RequestListener): Promise<void> {
    nock.enableNetConnect('127.0.0.1');
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    listed(artifact({ size_in_bytes: 10, digest: null }));
    redirect(address);
  }

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('more bytes than the list said: cut off at the cap', async () => {
    let closed: () => void = () => undefined;
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    await serve((_request, response) => {
      response.on('close', closed);
      const more = () => {
        while (response.write(Buffer.alloc(64 * 1024)));
        response.once('drain', more);
      };
      more();
    });
    expect(await read({}, { maxBytes: 1024 * 1024, timeoutMs: 10_000 })).toEqual({
      kind: 'too-large',
      maxBytes: 1024 * 1024,
    });
    await isClosed;
  });

  test('an answer that never ends is given up', async () => {
    await serve((_request, response) => void response.write('PK'));
    await expect(read({}, { maxBytes: 1024, timeoutMs: 200 })).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('an answer that breaks off is a failure, never half an archive', async () => {
    await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '999' });
      response.write('PK', () => response.destroy());
    });
    await expect(read()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
