// Does the server refuse to start without what it needs, and say how to get it?
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Config, type Environment, readConfig } from '../../src/app/config.js';

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const PKCS1 = KEY.export({ type: 'pkcs1', format: 'pem' }).toString();
const PKCS8 = KEY.export({ type: 'pkcs8', format: 'pem' }).toString();
const ENV = { APP_ID: '12', WEBHOOK_SECRET: 's3cret-s3cret', PRIVATE_KEY: PKCS1 };

const folder = mkdtempSync(join(tmpdir(), 'agent-policy-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function valid(changed: Environment = {}): Config {
  const config = readConfig({ ...ENV, ...changed });
  if ('problems' in config) throw new Error(config.problems.join('\n'));
  return config;
}

function problems(changed: Environment): readonly string[] {
  const config = readConfig({ ...ENV, ...changed });
  return 'problems' in config ? config.problems : [];
}

describe('the settings', () => {
  test('have defaults for all but the credentials', () => {
    expect(valid()).toEqual({
      appId: 12,
      webhookSecret: 's3cret-s3cret',
      privateKey: PKCS8,
      host: '0.0.0.0',
      port: 3000,
      databaseUrl: null,
      dataFolder: './data',
      endpoints: { apiUrl: 'https://api.github.com', graphqlUrl: 'https://api.github.com/graphql' },
      orgPolicy: 'optional',
      metricsToken: null,
      logLevel: 'info',
    });
  });

  test('are taken from the environment', () => {
    const config = valid({
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: 'postgres://db/x',
      DATA_FOLDER: '/srv/data',
      ORG_POLICY: 'required',
      LOG_LEVEL: 'debug',
      GITHUB_API_URL: 'https://ghe.acme.dev/api/v3',
    });
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      databaseUrl: 'postgres://db/x',
      dataFolder: '/srv/data',
      orgPolicy: 'required',
      logLevel: 'debug',
      endpoints: { apiUrl: 'https://ghe.acme.dev/api/v3', graphqlUrl: 'https://ghe.acme.dev/api/graphql' },
    });
  });

  test('everything missing is named at once, with the way to get it', () => {
    const found = readConfig({ APP_ID: ' ' });
    expect(found).toEqual({
      problems: [
        expect.stringMatching(
          /^Not set: APP_ID, WEBHOOK_SECRET, PRIVATE_KEY \(or PRIVATE_KEY_PATH\)\. .*npm run setup.*github\.com\/settings\/apps\/new.*app\.yml/,
        ),
      ],
    });
  });

  test.each(['development', ' Development '])(
    'the secret %j, which everybody knows, is refused',
    (secret) => {
      expect(problems({ WEBHOOK_SECRET: secret })).toEqual([
        expect.stringContaining('which everybody knows'),
      ]);
    },
  );

  test.each([
    ['as it is', PKCS1],
    ['with escaped newlines', PKCS1.replaceAll('\n', '\\n')],
    ['in quotes, as an env file keeps it', `"${PKCS1.replaceAll('\n', '\\n')}"`],
    ['in base64', Buffer.from(PKCS1).toString('base64')],
    ['in PKCS #8', PKCS8],
  ])('the private key is taken %s', (_how, key) => {
    expect(sameKey(valid({ PRIVATE_KEY: key }).privateKey)).toBe(true);
  });

  test('the private key is read from a file', () => {
    const path = join(folder, 'key.pem');
    writeFileSync(path, PKCS1);
    const config = valid({ PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: path });
    expect(sameKey(config.privateKey)).toBe(true);
  });

  test('a key file that is not there is named', () => {
    expect(problems({ PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/no/such.pem' })).toEqual([
      'PRIVATE_KEY_PATH: cannot read /no/such.pem: ENOENT.',
    ]);
  });

  test.each([
    ['APP_ID', 'Iv1.abc', 'no App ID'],
    ['APP_ID', '0', 'no App ID'],
    ['PRIVATE_KEY', 'not a key', 'no private key'],
    [
      'PRIVATE_KEY',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'no RSA key',
    ],
    ['PORT', '70000', 'no port number'],
    ['PORT', 'http', 'no port number'],
    ['DATABASE_URL', 'mysql://x', 'postgres://'],
    ['ORG_POLICY', 'maybe', 'Known: required, optional'],
    ['LOG_LEVEL', 'loud', 'Known: fatal'],
    ['METRICS_TOKEN', 'short', 'at least 16'],
    ['METRICS_TOKEN', 'with a space in the middle of it', 'without spaces'],
    ['GITHUB_API_URL', 'ghe.acme.dev', 'no http(s) address'],
  ])('%s=%j is refused', (name, value, why) => {
    expect(problems({ [name]: value })).toEqual([expect.stringContaining(why)]);
    expect(problems({ [name]: value })[0]).toMatch(new RegExp(`^${name}`));
  });

  test('all problems come at once, and no secret is repeated', () => {
    const found = problems({ WEBHOOK_SECRET: 'development', PRIVATE_KEY: 'c2VjcmV0LWtleQ', PORT: 'x' });
    expect(found.length).toBe(3);
    expect(found.join()).not.toContain('c2VjcmV0LWtleQ');
  });
});

function sameKey(pem: string): boolean {
  return (createPublicKey(pem) as KeyObject).equals(createPublicKey(PKCS1));
}
