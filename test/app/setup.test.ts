// Does the manifest flow give the operator working credentials, and nobody else anything?
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Setup, startSetup } from '../../src/app/setup.js';

const CREATED = {
  id: 42,
  html_url: 'https://github.com/apps/agent-policy-acme',
  pem: '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n',
  webhook_secret: 'a-long-random-secret',
};

describe('setup', () => {
  let setup: Setup;
  let envFile: string;
  let conversions: string[];
  const api = createServer((request, response) => {
    conversions.push(`${request.method} ${request.url}`);
    const known = request.url === '/app-manifests/good-code/conversions';
    response.writeHead(known ? 201 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? CREATED : { message: 'Not Found' }));
  });

  beforeEach(async () => {
    conversions = [];
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    envFile = join(await mkdtemp(join(tmpdir(), 'setup-')), '.env');
    setup = await startSetup({
      manifestText: 'name: agent-policy\nhook_attributes: { url: https://elsewhere.example }\n',
      publicUrl: 'https://policy.acme.dev/',
      organization: 'acme',
      webUrl: 'https://github.com',
      apiUrl: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      envFile,
      port: 0,
    });
  });
  afterEach(async () => {
    await setup.close();
    await new Promise((resolve) => api.close(resolve));
  });

  const stateOf = (html: string) => /state=([\w-]+)/.exec(html)![1]!;

  test('offers a manifest whose webhooks go to the fixed path on the given host', async () => {
    const html = await (await fetch(setup.url)).text();
    expect(html).toContain('https://github.com/organizations/acme/settings/apps/new?state=');
    expect(html).toContain('https://policy.acme.dev/api/github/webhooks');
    expect(html).not.toContain('elsewhere.example');
  });

  test('writes the credentials to a file only its owner can read', async () => {
    const state = stateOf(await (await fetch(setup.url)).text());
    const answer = await fetch(`${setup.url}/created?code=good-code&state=${state}`);
    expect(answer.status).toBe(200);
    expect(await setup.done).toEqual({ appId: 42, htmlUrl: CREATED.html_url });
    expect((await stat(envFile)).mode & 0o777).toBe(0o600);
    expect(await readFile(envFile, 'utf8')).toBe(
      'APP_ID=42\nWEBHOOK_SECRET=a-long-random-secret\nPRIVATE_KEY="-----BEGIN RSA PRIVATE KEY-----\\nabc\\n-----END RSA PRIVATE KEY-----"\n',
    );
  });

  test('refuses an answer that belongs to another flow, without asking GitHub', async () => {
    const answer = await fetch(`${setup.url}/created?code=good-code&state=forged`);
    expect(answer.status).toBe(403);
    expect(conversions).toEqual([]);
  });

  test('never overwrites existing credentials', async () => {
    await writeFile(envFile, 'APP_ID=1\n');
    const state = stateOf(await (await fetch(setup.url)).text());
    const answer = await fetch(`${setup.url}/created?code=good-code&state=${state}`);
    expect(answer.status).toBe(500);
    await expect(setup.done).rejects.toThrow('exists already');
    expect(await readFile(envFile, 'utf8')).toBe('APP_ID=1\n');
  });

  test('answers only under its own address, so a rebound name of another site gets nothing', async () => {
    const { port } = new URL(setup.url);
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve) => {
      request({ host: '127.0.0.1', port, path: '/', headers: { host: 'attacker.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });

  test('says what to do when GitHub does not know the code', async () => {
    const state = stateOf(await (await fetch(setup.url)).text());
    await fetch(`${setup.url}/created?code=old-code&state=${state}`);
    await expect(setup.done).rejects.toThrow('valid for one hour and once');
  });
});
