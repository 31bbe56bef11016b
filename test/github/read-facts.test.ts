import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fact } from '../../src/domain/fact.js';
import { computeDiffDigest } from '../../src/formats/diff-digest.js';
import { readFileModes } from '../../src/formats/file-modes.js';
import { NO_CACHE, readFacts } from '../../src/github/read-facts.js';
import { aSnapshot, EARLIER, HEAD } from '../builders/snapshot.js';
import { type Api, openApi } from './github-api.js';

let api: Api;
beforeEach(() => {
  api = openApi();
});
afterEach(() => api.verify());

const base = aSnapshot();
const SNAPSHOT = { ...base, digests: {}, pullRequest: { ...base.pullRequest, changedFiles: 1 } };
const { owner, name } = SNAPSHOT.repository;
const { baseRef } = SNAPSHOT.pullRequest;
const compare = (head: string) => `/repos/${owner}/${name}/compare/${baseRef}...${head}`;
const DIFF = 'diff --git a/x b/x\nindex 1234567..89abcde 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n';
const BINARY = 'diff --git a/x b/x\nindex 1234567..89abcde 100644\nBinary files a/x and b/x differ\n';

async function digestOf(head: string) {
  const recorded: string[] = [];
  const facts: Fact[] = [{ kind: 'digest', headSha: head }];
  const { digests } = await readFacts(api.client, SNAPSHOT, facts, {
    computeDigest: computeDiffDigest,
    readModes: readFileModes,
    cached: NO_CACHE,
    onDigest: async (headSha, digest) => {
      recorded.push(`${headSha}:${digest}`);
    },
  });
  expect(recorded).toEqual(digests[head] === undefined ? [] : [`${head}:${digests[head]}`]);
  return digests[head] ?? null;
}

const reply = (head: string, text: string) =>
  api.scope
    .get(compare(head))
    .reply(200, text, { 'content-type': 'application/vnd.github.diff; charset=utf-8' });

describe('the digest of a head', () => {
  test('takes one request, and is the same for the same diff', async () => {
    reply(HEAD, DIFF);
    reply(EARLIER, DIFF);
    const digest = await digestOf(HEAD);
    expect(digest).toBe(computeDiffDigest(baseRef, DIFF));
    expect(await digestOf(EARLIER)).toBe(digest);
  });

  test('of a binary change asks for its full blob id', async () => {
    reply(HEAD, BINARY);
    const file = { filename: 'x', status: 'modified', additions: 0, deletions: 0, sha: 'b'.repeat(40) };
    api.scope.get(`${compare(HEAD)}?per_page=1&page=1`).reply(200, { files: [file] });
    expect(await digestOf(HEAD)).toBe(computeDiffDigest(baseRef, BINARY, new Map([['x', 'b'.repeat(40)]])));
  });

  test.each([
    ['of a diff with fewer files than the pull request has', ''],
    ['of a diff that is cut short', DIFF.slice(0, -4)],
  ])('%s is not known', async (_, text) => {
    reply(HEAD, text);
    expect(await digestOf(HEAD)).toBeNull();
  });

  test.each([404, 406])('that GitHub does not hand out (%i) is not known', async (status) => {
    api.scope.get(compare(HEAD)).reply(status, { message: 'Sorry' });
    expect(await digestOf(HEAD)).toBeNull();
  });
});

test('people, teams and files come into the snapshot beside what was known', async () => {
  const known = { ...SNAPSHOT, people: {}, digests: { [EARLIER]: 'd' } };
  const number = known.pullRequest.number!;
  const user = { login: 'Kim', id: 4, type: 'User' };
  api.scope
    .get(`/repos/${owner}/${name}/collaborators/Kim/permission`)
    .reply(200, { permission: 'write', user });
  api.graphql({ data: { t0: { team: null } } });
  api.scope
    .get(`/repos/${owner}/${name}/pulls/${number}/files?per_page=100&page=1`)
    .reply(200, [
      { filename: 'new', previous_filename: 'old', status: 'renamed', additions: 0, deletions: 0 },
    ]);
  api.scope
    .get(compare(known.pullRequest.headSha))
    .reply(200, 'diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n', {
      'content-type': 'application/vnd.github.diff; charset=utf-8',
    });
  const facts: Fact[] = [
    { kind: 'person', login: 'Kim' },
    { kind: 'team', team: '@acme/SRE' },
    { kind: 'diff' },
  ];
  const found = await readFacts(api.client, known, facts, {
    computeDigest: computeDiffDigest,
    readModes: readFileModes,
    cached: NO_CACHE,
    onDigest: async () => undefined,
  });
  expect(found.people).toEqual({ kim: { account: user, permission: 'write' } });
  expect(found.teams).toMatchObject({ '@acme/sre': { found: false } });
  expect(found.files).toMatchObject([{ path: 'new', previousPath: 'old' }]);
  expect(found.digests).toEqual({ [EARLIER]: 'd' });
});

test('a symlink and a submodule are known by the raw diff, which alone has modes', async () => {
  const number = SNAPSHOT.pullRequest.number!;
  api.scope.get(`/repos/${owner}/${name}/pulls/${number}/files?per_page=100&page=1`).reply(200, [
    { filename: 'link', status: 'added', additions: 1, deletions: 0 },
    { filename: 'plain', status: 'modified', additions: 1, deletions: 1 },
    { filename: 'not-in-the-diff', status: 'modified', additions: 1, deletions: 1 },
  ]);
  api.scope
    .get(compare(SNAPSHOT.pullRequest.headSha))
    .reply(
      200,
      `diff --git a/link b/link\nnew file mode 120000\nindex 0000000..1234567\n--- /dev/null\n+++ b/link\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n${DIFF.replaceAll('/x', '/plain')}`,
      { 'content-type': 'application/vnd.github.diff; charset=utf-8' },
    );
  const { files } = await readFacts(api.client, SNAPSHOT, [{ kind: 'diff' }], {
    computeDigest: computeDiffDigest,
    readModes: readFileModes,
    cached: NO_CACHE,
    onDigest: async () => undefined,
  });
  expect(files.map(({ path, mode }) => [path, mode])).toEqual([
    ['link', '120000'],
    ['plain', '100644'],
    ['not-in-the-diff', null],
  ]);
});
