import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readBlobIds, readDiff, readFiles } from '../../src/github/read-diff.js';
import { type Api, openApi } from './github-api.js';

let api: Api;
beforeEach(() => {
  api = openApi();
});
afterEach(() => api.verify());

const HEAD = 'a'.repeat(40);
const AT = { owner: 'acme', repo: 'shop', number: 7, headSha: HEAD };
const FILES = '/repos/acme/shop/pulls/7/files';

function restFile(filename: string, changes: object = {}) {
  return {
    filename,
    status: 'modified',
    additions: 1,
    deletions: 0,
    sha: 'b'.repeat(40),
    patch: '@@ -1 +1 @@',
    ...changes,
  };
}

describe('files', () => {
  const page = (number: number) => `${FILES}?per_page=100&page=${number}`;

  test('gives former paths and hunks, and no hunks for a binary file', async () => {
    api.scope
      .get(page(1))
      .reply(200, [
        restFile('docs/main.tf', { status: 'renamed', previous_filename: 'infra/main.tf' }),
        restFile('logo.png', { status: 'added', patch: undefined }),
        restFile('same', { status: 'unchanged' }),
      ]);
    expect(await readFiles(api.client, AT)).toMatchObject([
      { path: 'docs/main.tf', previousPath: 'infra/main.tf', status: 'renamed', patch: '@@ -1 +1 @@' },
      { path: 'logo.png', previousPath: null, status: 'added', patch: null },
      { path: 'same', status: 'changed' },
    ]);
  });

  test('reads page after page until one is not full', async () => {
    const full = (start: number) => Array.from({ length: 100 }, (_, index) => restFile(`f${start + index}`));
    api.scope.get(page(1)).reply(200, full(0));
    api.scope.get(page(2)).reply(200, full(100));
    api.scope.get(page(3)).reply(200, [restFile('last')]);
    expect((await readFiles(api.client, AT)).map((file) => file.path)).toHaveLength(201);
  });

  test('goes on after a short page that GitHub says is not the last', async () => {
    api.scope
      .get(page(1))
      .reply(200, [restFile('a')], { link: `<https://api.github.com${page(2)}>; rel="next"` });
    api.scope.get(page(2)).reply(200, [restFile('b')]);
    expect((await readFiles(api.client, AT)).map((file) => file.path)).toEqual(['a', 'b']);
  });

  test('are none where the list is already of another head', async () => {
    const at = (sha: string) => ({
      contents_url: `https://api.github.com/repos/acme/shop/contents/f?ref=${sha}`,
    });
    const gone = restFile('old', { status: 'removed', ...at('b'.repeat(40)) });
    api.scope.get(page(1)).reply(200, [gone, restFile('f', at(HEAD))]);
    expect(await readFiles(api.client, AT)).toHaveLength(2);
    api.scope.get(page(1)).reply(200, [restFile('f', at('b'.repeat(40)))]);
    await expect(readFiles(api.client, AT)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('ends at the 3,000 files GitHub gives', async () => {
    for (let number = 1; number <= 30; number += 1) {
      api.scope.get(page(number)).reply(
        200,
        Array.from({ length: 100 }, (_, i) => restFile(`${number}/${i}`)),
      );
    }
    expect(await readFiles(api.client, AT)).toHaveLength(3000);
  });

  test.each([
    ['an unknown status', 200, [restFile('x', { status: 'teleported' })], 'unexpected'],
    ['a list that is none', 200, { message: 'hi' }, 'unexpected'],
    ['a vanished pull request', 404, { message: 'Not Found' }, 'not-found'],
    ['a diff that GitHub fails to compute', 500, { message: 'Server Error' }, 'unavailable'],
  ])('%s is a failure', async (_, status, body, kind) => {
    api.scope.get(page(1)).reply(status, body);
    await expect(readFiles(api.client, AT)).rejects.toMatchObject({ kind });
  });
});

describe('raw diff', () => {
  const HEAD = 'a'.repeat(40);
  const read = (base = 'release/1.x') =>
    readDiff(api.client, { owner: 'acme', repo: 'shop', base, head: HEAD });
  const compare = (base = 'release%2F1.x') => `/repos/acme/shop/compare/${base}...${HEAD}`;
  const DIFF = 'diff --git a/x b/x\n';

  test.each([
    ['text', 'application/vnd.github.diff; charset=utf-8'],
    ['bytes', 'application/octet-stream'],
  ])('arrives as it is when GitHub sends it as %s', async (_, contentType) => {
    api.scope.get(compare()).reply(200, DIFF, { 'content-type': contentType });
    expect(await read()).toEqual({ kind: 'diff', text: DIFF });
    expect(api.seen[0]!.headers.accept).toBe('application/vnd.github.diff');
  });

  test('a hostile branch name stays one part of the address', async () => {
    api.scope.get(compare('..%2F..%2Fuser%3Fx%23y')).reply(200, DIFF, { 'content-type': 'text/plain' });
    expect(await read('../../user?x#y')).toMatchObject({ kind: 'diff' });
  });

  test.each([
    [
      406,
      {
        message: 'Sorry, the diff exceeded the maximum number of files (300).',
        errors: [{ code: 'too_large' }],
      },
    ],
    [422, { message: 'Sorry, this diff is too large', errors: [{ code: 'too_large' }] }],
    [422, { message: 'Server Error: Sorry, this diff is taking too long to generate.' }],
  ])('%i for a large one says so', async (status, body) => {
    api.scope.get(compare()).reply(status, body);
    expect(await read()).toEqual({ kind: 'too-large' });
  });

  test('a base or head that is not there is gone', async () => {
    api.scope.get(compare()).reply(404, { message: 'Not Found' });
    expect(await read()).toEqual({ kind: 'gone' });
  });

  test.each([
    [422, { message: 'Validation Failed' }, 'unexpected'],
    [502, {}, 'unavailable'],
  ])('%i otherwise is a failure', async (status, body, kind) => {
    api.scope.get(compare()).reply(status, body);
    await expect(read()).rejects.toMatchObject({ kind });
  });

  test('JSON instead of a diff is a failure', async () => {
    api.scope.get(compare()).reply(200, { files: [] });
    await expect(read()).rejects.toMatchObject({ kind: 'unexpected' });
  });

  test('full blob ids come by path', async () => {
    api.scope
      .get(`${compare('main')}?per_page=1&page=1`)
      .reply(200, { files: [restFile('logo.png'), restFile('sub', { sha: null })] });
    const found = await readBlobIds(api.client, { owner: 'acme', repo: 'shop', base: 'main', head: HEAD });
    expect([...found]).toEqual([['logo.png', 'b'.repeat(40)]]);
  });
});
