import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readMergeGroup } from '../../src/github/read-merge-group.js';
import { error } from './answers.js';
import { type Api, openApi } from './github-api.js';

let api: Api;
beforeEach(() => {
  api = openApi();
});
afterEach(() => api.verify());

const sha = (digit: string) => digit.repeat(40);
const MAIN = sha('0');

function entry(position: number, base: string | null, head: string | null, number: number | null = position) {
  return {
    position,
    baseCommit: base === null ? null : { oid: base },
    headCommit: head === null ? null : { oid: head },
    pullRequest: number === null ? null : { number, headRefOid: sha(String(number)) },
  };
}

function answer(nodes: readonly object[], next: string | null = null) {
  const pageInfo = { hasNextPage: next !== null, endCursor: next };
  return { data: { repository: { mergeQueue: { entries: { pageInfo, nodes } } } } };
}

const read = (headSha: string, baseSha = MAIN) =>
  readMergeGroup(api.client, {
    owner: 'acme',
    repo: 'shop',
    baseRef: 'refs/heads/release/1',
    baseSha,
    headSha,
  });

const numbers = (reading: Awaited<ReturnType<typeof read>>) =>
  reading.kind === 'resolved' ? reading.pullRequests.map(({ number }) => number) : reading;

const CHAIN = [entry(1, MAIN, sha('a')), entry(2, sha('a'), sha('b')), entry(3, sha('b'), sha('c'))];

test('one pull request on the base', async () => {
  api.graphql(answer(CHAIN));
  expect(await read(sha('a'))).toEqual({
    kind: 'resolved',
    pullRequests: [{ number: 1, headSha: sha('1') }],
  });
  expect(api.variables()[0]).toMatchObject({ branch: 'release/1' });
});

test('a group of several holds each down to its base, in the order of the queue', async () => {
  api.graphql(answer([...CHAIN].reverse()));
  expect(numbers(await read(sha('c')))).toEqual([1, 2, 3]);
});

test('what was queued before the base of the group is not part of it', async () => {
  api.graphql(answer(CHAIN));
  expect(numbers(await read(sha('c'), sha('a')))).toEqual([2, 3]);
});

test('entries that all carry the base of the group are all in it, later ones are not', async () => {
  api.graphql(answer([entry(1, MAIN, sha('a')), entry(2, MAIN, sha('b')), entry(3, MAIN, sha('c'))]));
  expect(numbers(await read(sha('b')))).toEqual([1, 2]);
});

test('a queue of more than a page is read to its end', async () => {
  api.graphql(answer([CHAIN[0]!], 'more'));
  api.graphql(answer(CHAIN.slice(1)));
  expect(numbers(await read(sha('b')))).toEqual([1, 2]);
});

describe('unresolvable, so that nothing passes unseen', () => {
  test.each([
    ['the head is in no entry', CHAIN, sha('f')],
    ['a link of the chain is missing', [CHAIN[0]!, CHAIN[2]!], sha('c')],
    ['an entry has no base yet', [entry(1, null, sha('a'))], sha('a')],
    ['an entry has no head yet', [entry(1, MAIN, null)], sha('a')],
    ['the pull request is hidden', [entry(1, MAIN, sha('a'), null)], sha('a')],
    ['the entries run in a circle', [entry(1, sha('b'), sha('a')), entry(2, sha('a'), sha('b'))], sha('b')],
    ['the queue is empty', [], sha('a')],
    ['head and base are the same', CHAIN, MAIN],
  ])('%s', async (_, entries, headSha) => {
    api.graphql(answer(entries));
    expect(await read(headSha)).toMatchObject({ kind: 'unresolvable', why: expect.stringMatching(/\w/) });
  });

  test('there is no queue', async () => {
    api.graphql({ data: { repository: { mergeQueue: null } } });
    expect(await read(sha('a'))).toMatchObject({ kind: 'unresolvable' });
  });

  test('GitHub does not show it', async () => {
    api.graphql({ data: { repository: null }, errors: [error('FORBIDDEN', ['repository', 'mergeQueue'])] });
    expect(await read(sha('a'))).toMatchObject({ kind: 'unresolvable' });
  });
});

test('trouble of GitHub is a failure to be retried', async () => {
  api.graphql({ data: { repository: null }, errors: [error(null, ['repository'], 'Something went wrong')] });
  await expect(read(sha('a'))).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
});
