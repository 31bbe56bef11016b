import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import './no-network.js';
import type { GitHubClient } from '../../src/github/client.js';
import { createTokenClient } from '../../src/github/connect.js';
import { GitHubFailure, GitHubLimited } from '../../src/github/failure.js';
import { type Api, NOW, openApi } from './github-api.js';

const DEED = 'read a thing';
const ROUTE = 'GET /repos/{owner}/{repo}';
const AT = { owner: 'acme', repo: 'shop' };
const PATH = '/repos/acme/shop';
const LATER = Math.floor(NOW / 1000) + 1800;

async function failureOf(promise: Promise<unknown>): Promise<GitHubFailure> {
  const caught = await promise.then(
    () => null,
    (thrown) => thrown,
  );
  expect(caught).toBeInstanceOf(GitHubFailure);
  return caught as GitHubFailure;
}

describe('answers of GitHub', () => {
  let api: Api;
  beforeEach(() => {
    api = openApi();
  });
  afterEach(() => api.verify());

  const ask = () => api.client.request(DEED, ROUTE, AT);
  const askGraphql = () => api.client.graphql(DEED, 'query Q { rateLimit { cost } }', {});

  test.each([
    [401, 'forbidden', false],
    [403, 'forbidden', false],
    [404, 'not-found', false],
    [410, 'not-found', false],
    [422, 'unexpected', false],
    [500, 'unavailable', true],
    [502, 'unavailable', true],
    [503, 'unavailable', true],
  ])('%i is %s', async (status, kind, retryable) => {
    api.scope.get(PATH).reply(status, { message: 'No.' });
    const failure = await failureOf(ask());
    expect(failure).toMatchObject({ kind, retryable, status, deed: DEED });
    expect(failure.message).toMatch(`${DEED}: ${status} No.`);
  });

  test('the token stands in no failure', async () => {
    api.scope.get(PATH).reply(500, { message: 'No.' });
    const failure = await failureOf(ask());
    expect(`${failure.stack} ${JSON.stringify(failure)} ${failure.cause}`).not.toContain('ghp_secret');
    expect(api.seen[0]!.headers.authorization).toBe('token ghp_secret');
  });

  test('a megabyte of HTML from a proxy becomes one short line', async () => {
    api.scope.get(PATH).reply(502, `<html>\n${'x'.repeat(1_000_000)}`, { 'content-type': 'text/html' });
    const failure = await failureOf(ask());
    expect(failure.kind).toBe('unavailable');
    expect(failure.message.length).toBeLessThan(400);
    expect(failure.message).not.toContain('\n');
  });

  test.each([
    [
      'secondary, with a time',
      403,
      { 'retry-after': '120' },
      'You have exceeded a secondary rate limit',
      'secondary',
      NOW + 120_000,
    ],
    [
      'secondary, without a time',
      403,
      {},
      'You have exceeded a secondary rate limit.',
      'secondary',
      NOW + 60_000,
    ],
    ['429 without a word', 429, {}, '', 'secondary', NOW + 60_000],
    [
      '429 with a date',
      429,
      { 'retry-after': new Date(NOW + 90_000).toUTCString() },
      '',
      'secondary',
      NOW + 90_000,
    ],
    [
      'primary',
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(LATER) },
      'API rate limit exceeded for installation',
      'primary',
      LATER * 1000,
    ],
    [
      'primary as 429',
      429,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(LATER) },
      '',
      'primary',
      LATER * 1000,
    ],
    ['primary without headers', 403, {}, 'API rate limit exceeded for 1.2.3.4.', 'primary', NOW + 60_000],
  ])('limited: %s', async (_, status, headers, message, limit, until) => {
    api.scope.get(PATH).reply(status, { message }, headers as unknown as Record<string, string>);
    const failure = await failureOf(ask());
    expect(failure).toBeInstanceOf(GitHubLimited);
    expect(failure).toMatchObject({
      kind: 'limited',
      retryable: true,
      limit,
      until: new Date(until),
      status,
    });
    // Nothing more is sent for this installation: nock would fail it.
    expect(await failureOf(ask())).toMatchObject({ kind: 'limited', until: new Date(until) });
  });

  test('a missing permission is no limit, whatever budget is left', async () => {
    const headers = { 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': String(LATER) };
    api.scope.get(PATH).reply(403, { message: 'Resource not accessible by integration' }, headers);
    expect(await failureOf(ask())).toMatchObject({ kind: 'forbidden', retryable: false });
  });

  test.each([
    [
      'RATE_LIMITED',
      [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation ID 1.' }],
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(LATER) },
      'primary',
      LATER * 1000,
    ],
    [
      'RATE_LIMITED without headers',
      [{ type: 'RATE_LIMITED', message: 'Slow down' }],
      {},
      'primary',
      NOW + 60_000,
    ],
    [
      'secondary in words',
      [{ message: 'You have exceeded a secondary rate limit.' }],
      {},
      'secondary',
      NOW + 60_000,
    ],
  ])('GraphQL says %s with status 200', async (_, errors, headers, limit, until) => {
    api.graphql({ data: null, errors }, 200, headers as unknown as Record<string, string>);
    expect(await failureOf(askGraphql())).toMatchObject({ kind: 'limited', limit, until: new Date(until) });
  });

  test('GraphQL hands out data and errors together', async () => {
    api.graphql({ data: { a: null }, errors: [{ message: 'no', type: 'NOT_FOUND', path: ['a', 0] }] });
    expect(await askGraphql()).toEqual({
      data: { a: null },
      errors: [{ message: 'no', type: 'NOT_FOUND', path: ['a', 0] }],
    });
  });

  test.each([
    ['cut JSON', '{"data": {"repos'],
    ['nothing', ''],
    ['neither data nor errors', '{}'],
    ['null', 'null'],
  ])('GraphQL answering %s is a failure to be retried', async (_, body) => {
    api.graphql(body);
    expect(await failureOf(askGraphql())).toMatchObject({ kind: 'unavailable', retryable: true });
  });

  test('an answer of another shape is a failure that says where', async () => {
    api.graphql({ data: {}, errors: [{ text: 'no message' }] });
    expect((await failureOf(askGraphql())).message).toMatch(/at errors\.0\.message/);
  });
});

describe('a connection that fails', () => {
  let server: Server;
  let client: GitHubClient;

  async function serve(listener: RequestListener, timeoutMs: number): Promise<void> {
    nock.enableNetConnect('127.0.0.1');
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = createTokenClient({
      token: 'ghp_secret',
      endpoints: { apiUrl, graphqlUrl: `${apiUrl}/graphql` },
      now: () => NOW,
      timeoutMs,
    });
  }

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    ['before it answers', () => undefined],
    [
      'in the middle of the answer',
      (response: { writeHead: (status: number, headers: object) => void; write: (text: string) => void }) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"id":');
      },
    ],
  ])('times out %s', async (_, answer) => {
    await serve((_request, response) => answer(response as never), 200);
    expect(await failureOf(client.request(DEED, ROUTE, AT))).toMatchObject({
      kind: 'unavailable',
      retryable: true,
      status: null,
    });
  });

  test('a diff that breaks off is a failure, never an empty diff', async () => {
    await serve((_request, response) => {
      response.writeHead(200, {
        'content-type': 'application/vnd.github.diff; charset=utf-8',
        'content-length': '999',
      });
      response.write('diff --git a/x b/x\n', () => response.destroy());
    }, 5_000);
    expect(await failureOf(client.request(DEED, ROUTE, AT))).toMatchObject({ kind: 'unavailable' });
  });

  test('nobody there is a failure to be retried', async () => {
    await serve(() => undefined, 5_000);
    await new Promise((resolve) => server.close(resolve));
    expect(await failureOf(client.request(DEED, ROUTE, AT))).toMatchObject({
      kind: 'unavailable',
      retryable: true,
    });
  });
});
