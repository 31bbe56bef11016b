// What did we ask of GitHub, and would GitHub understand it?
// nock answers; every request is checked against GitHub's published OpenAPI and GraphQL schemas.
import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { Ajv } from 'ajv';
import { buildSchema, type GraphQLSchema, parse, validate } from 'graphql';
import nock from 'nock';
import './no-network.js';
import type { GitHubClient } from '../../src/github/client.js';
import { createTokenClient, readEndpoints } from '../../src/github/connect.js';

const API = 'https://api.github.com';
export const NOW = Date.parse('2026-11-21T12:00:00Z');
const SCHEMAS = new URL('../fakes/github/schema/', import.meta.url);

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Api {
  readonly client: GitHubClient;
  readonly scope: nock.Scope;
  readonly seen: readonly Seen[];
  /** Answers the next GraphQL request. */
  graphql(body: unknown, status?: number, headers?: Record<string, string>): void;
  /** Variables of the GraphQL requests so far. */
  variables(): readonly Record<string, unknown>[];
  /** Everything expected was asked, nothing else, and all of it as GitHub's schemas want it. */
  verify(): void;
}

export function openApi(token = 'ghp_secret'): Api {
  nock.disableNetConnect();
  const seen: Seen[] = [];
  const scope = nock(API);
  scope.on('request', (request, _interceptor, body: string) => {
    const headers = Object.fromEntries(
      Object.entries(request.getHeaders() as Record<string, unknown>).map(([key, value]) => [
        key,
        String(value),
      ]),
    );
    seen.push({
      method: request.method,
      path: request.path,
      headers,
      body: body === '' ? null : JSON.parse(body),
    });
  });
  const endpoints = readEndpoints({ GITHUB_API_URL: undefined, GITHUB_GRAPHQL_URL: undefined });
  return {
    client: createTokenClient({ token, endpoints, now: () => NOW }),
    scope,
    seen,
    graphql: (body, status = 200, headers = {}) => {
      scope
        .post('/graphql')
        .reply(status, body as nock.Body, { 'content-type': 'application/json', ...headers });
    },
    variables: () => seen.map(({ body }) => (body as { variables: Record<string, unknown> }).variables),
    verify() {
      expect(scope.pendingMocks()).toEqual([]);
      for (const request of seen) checkRequest(request);
      nock.cleanAll();
    },
  };
}

let graphqlSchema: GraphQLSchema | null = null;

export function checkQuery(query: string): readonly string[] {
  graphqlSchema ??= buildSchema(readFileSync(new URL('schema.graphql', SCHEMAS), 'utf8'));
  return validate(graphqlSchema, parse(query)).map((error) => error.message);
}

interface Operation {
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
}

const openapi = JSON.parse(readFileSync(new URL('openapi.json', SCHEMAS), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
};

function checkRequest({ method, path, headers, body }: Seen): void {
  expect(headers['x-github-api-version']).toBe('2022-11-28');
  expect(headers['user-agent']).toMatch(/^agent-policy/);
  if (path === '/graphql') {
    expect(checkQuery((body as { query: string }).query)).toEqual([]);
    return;
  }
  const plain = path.split('?')[0]!;
  const route = Object.keys(openapi.paths).find((template) =>
    new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(plain),
  );
  const operation = openapi.paths[route ?? '']?.[method.toLowerCase()];
  expect([method, path, operation !== undefined]).toEqual([method, path, true]);
  const schema = operation!.requestBody?.content['application/json'].schema;
  if (schema === undefined) {
    expect(body).toBeNull();
    return;
  }
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const check = ajv.compile({ ...schema, components: openapi.components });
  check(body);
  expect(check.errors ?? []).toEqual([]);
  const known = Object.keys((schema as { properties?: object }).properties ?? {});
  if (known.length > 0) expect(known).toEqual(expect.arrayContaining(Object.keys(body as object)));
}
