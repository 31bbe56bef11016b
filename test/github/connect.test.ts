import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import nock from 'nock';
import './no-network.js';
import { Probot } from 'probot';
import { createInstallationClients, probotOptions, readEndpoints } from '../../src/github/connect.js';
import { GitHubFailure } from '../../src/github/failure.js';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

describe('where GitHub is', () => {
  test.each([
    [undefined, undefined, 'https://api.github.com', 'https://api.github.com/graphql'],
    ['', ' ', 'https://api.github.com', 'https://api.github.com/graphql'],
    [
      'https://ghe.acme.dev/api/v3',
      undefined,
      'https://ghe.acme.dev/api/v3',
      'https://ghe.acme.dev/api/graphql',
    ],
    [
      'https://ghe.acme.dev/api/v3/',
      undefined,
      'https://ghe.acme.dev/api/v3',
      'https://ghe.acme.dev/api/graphql',
    ],
    ['https://api.acme.ghe.com', undefined, 'https://api.acme.ghe.com', 'https://api.acme.ghe.com/graphql'],
    [
      'http://127.0.0.1:4000',
      'http://127.0.0.1:4001/gql',
      'http://127.0.0.1:4000',
      'http://127.0.0.1:4001/gql',
    ],
  ])('%s and %s', (api, graphql, apiUrl, graphqlUrl) => {
    expect(readEndpoints({ GITHUB_API_URL: api, GITHUB_GRAPHQL_URL: graphql })).toEqual({
      apiUrl,
      graphqlUrl,
    });
  });

  test.each(['github.com', 'file:///etc/passwd', 'https://'])('%s is refused by name', (value) => {
    expect(() => readEndpoints({ GITHUB_API_URL: value, GITHUB_GRAPHQL_URL: undefined })).toThrow(
      /GITHUB_API_URL/,
    );
  });
});

describe('an installation on Enterprise Server', () => {
  const HOST = 'https://ghe.acme.dev';
  const endpoints = readEndpoints({ GITHUB_API_URL: `${HOST}/api/v3`, GITHUB_GRAPHQL_URL: undefined });

  beforeEach(() => nock.disableNetConnect());
  afterEach(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    expect(left).toEqual([]);
  });

  function connect() {
    const probot = new Probot({
      appId: 5,
      privateKey,
      secret: 'hush',
      logLevel: 'fatal',
      ...probotOptions(endpoints),
    });
    return createInstallationClients({ auth: (id) => probot.auth(id), endpoints, now: Date.now });
  }

  const tokenRequest = (id: number) =>
    nock(HOST, { reqheaders: { 'x-github-api-version': '2022-11-28', authorization: /^bearer ey/i } }).post(
      `/api/v3/app/installations/${id}/access_tokens`,
    );
  const token = {
    token: 'ghs_secret',
    expires_at: '2099-01-01T00:00:00Z',
    permissions: {},
    repository_selection: 'all',
  };

  test('gets one token, and asks REST and GraphQL with it at their own addresses', async () => {
    tokenRequest(1).reply(201, token);
    const reqheaders = {
      'x-github-api-version': '2022-11-28',
      authorization: 'token ghs_secret',
      'user-agent': /^agent-policy/,
    };
    nock(HOST, { reqheaders }).get('/api/v3/repos/acme/shop').twice().reply(200, { id: 1 });
    nock(HOST, { reqheaders })
      .post('/api/graphql', { query: 'query Q { a }', variables: { b: 1 } })
      .reply(200, { data: { a: 1 } });
    const client = await connect().forInstallation(1);
    const get = () => client.request('read', 'GET /repos/{owner}/{repo}', { owner: 'acme', repo: 'shop' });
    expect((await get()).data).toEqual({ id: 1 });
    expect((await get()).data).toEqual({ id: 1 });
    expect(await client.graphql('ask', 'query Q { a }', { b: 1 })).toEqual({ data: { a: 1 }, errors: [] });
  });

  test('asks for the app itself with its JWT', async () => {
    nock(HOST, { reqheaders: { authorization: /^bearer ey/i } })
      .get('/api/v3/app')
      .reply(200, { id: 5 });
    const client = await connect().app();
    expect((await client.request('read the app', 'GET /app')).data).toEqual({ id: 5 });
  });

  test('does not pace writes by the second, nor repeat what failed', async () => {
    tokenRequest(1).reply(201, token);
    nock(HOST).post('/api/v3/repos/acme/shop/check-runs').times(8).reply(201, { id: 1 });
    nock(HOST).post('/api/v3/repos/acme/shop/check-runs').reply(502);
    const client = await connect().forInstallation(1);
    const write = () =>
      client.request('write', 'POST /repos/{owner}/{repo}/check-runs', { owner: 'acme', repo: 'shop' });
    const started = Date.now();
    for (let i = 0; i < 8; i += 1) await write();
    expect(Date.now() - started).toBeLessThan(4_000);
    await expect(write()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    [404, 'not-found'],
    [403, 'forbidden'],
    [500, 'unavailable'],
  ])('that is gone, suspended or out of order fails as such: %i', async (status, kind) => {
    tokenRequest(2).reply(status, { message: 'This installation has been suspended' });
    const client = await connect().forInstallation(2);
    const failure = await client
      .request('read', 'GET /repos/{owner}/{repo}', { owner: 'a', repo: 'b' })
      .catch((e) => e);
    expect(failure).toBeInstanceOf(GitHubFailure);
    expect(failure).toMatchObject({ kind });
  });

  test('has one client, and so one limiter; another installation has its own', async () => {
    const clients = connect();
    const [one, again, other] = await Promise.all([1, 1, 2].map((id) => clients.forInstallation(id)));
    expect(one).toBe(again);
    expect(one).not.toBe(other);
  });
});
