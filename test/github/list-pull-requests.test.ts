import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listOpenPullRequests } from '../../src/github/list-pull-requests.js';
import { error } from './answers.js';
import { type Api, openApi } from './github-api.js';

let api: Api;
beforeEach(() => {
  api = openApi();
});
afterEach(() => api.verify());

const list = () => listOpenPullRequests(api.client, { owner: 'acme', repo: 'shop' });

function page(numbers: readonly number[], next: string | null) {
  const nodes = numbers.map((number) => ({ number, headRefOid: `head${number}` }));
  return {
    data: {
      repository: { pullRequests: { pageInfo: { hasNextPage: next !== null, endCursor: next }, nodes } },
    },
  };
}

test('lists every page, each pull request once', async () => {
  api.graphql(page([1, 2], 'two'));
  api.graphql(page([2, 3], null));
  expect(await list()).toEqual([1, 2, 3].map((number) => ({ number, headSha: `head${number}` })));
  expect(api.variables().map(({ after }) => after)).toEqual([null, 'two']);
});

test('a repository that is gone has none', async () => {
  api.graphql({ data: { repository: null }, errors: [error('NOT_FOUND', ['repository'])] });
  expect(await list()).toEqual([]);
});

test('a page that GitHub refuses is a failure, never a shorter list', async () => {
  api.graphql(page([1], 'two'));
  api.graphql({ data: { repository: null }, errors: [error('FORBIDDEN', ['repository', 'pullRequests'])] });
  await expect(list()).rejects.toMatchObject({ kind: 'forbidden' });
});
