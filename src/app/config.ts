// With which settings does the server run, and what is missing?
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Endpoints } from '../github/client.js';
import { readEndpoints } from '../github/connect.js';
import { DEFAULT_DATA_FOLDER, parseDatabaseUrl } from '../storage/location.js';

export interface Config {
  readonly appId: number;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly host: string;
  readonly port: number;
  /** `null`: the embedded engine in `dataFolder`. */
  readonly databaseUrl: string | null;
  readonly dataFolder: string;
  readonly endpoints: Endpoints;
  /** `required`: an organisation policy that cannot be read is unreadable, never absent. */
  readonly orgPolicy: 'required' | 'optional';
  /** Whoever reads `/metrics` shows it; `null`: anybody may read them. */
  readonly metricsToken: string | null;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

export type Environment = Readonly<Record<string, string | undefined>>;

const HOW_TO_GET =
  'Create the GitHub App with `npm run setup -- --url https://YOUR-HOST` (it writes the three values to .env), or by ' +
  'hand at https://github.com/settings/apps/new with the permissions, events and webhook address of app.yml.';

/** Every problem at once, each naming its variable; never the value of a secret. */
export function readConfig(env: Environment): Config | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const read = <T>(name: string, fallback: T, parse: (value: string) => T): T => {
    const value = env[name]?.trim();
    if (value === undefined || value === '') return fallback;
    try {
      return parse(value);
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
      return fallback;
    }
  };
  const appId = read<number | null>('APP_ID', null, parseAppId);
  const webhookSecret = read<string | null>('WEBHOOK_SECRET', null, parseSecret);
  const inline = read<string | null>('PRIVATE_KEY', null, parsePrivateKey);
  const fromFile = read<string | null>('PRIVATE_KEY_PATH', null, (path) =>
    parsePrivateKey(readKeyFile(path)),
  );
  const privateKey = inline ?? fromFile;
  const missing = [
    isMissing(env, 'APP_ID') ? 'APP_ID' : null,
    isMissing(env, 'WEBHOOK_SECRET') ? 'WEBHOOK_SECRET' : null,
    isMissing(env, 'PRIVATE_KEY') && isMissing(env, 'PRIVATE_KEY_PATH')
      ? 'PRIVATE_KEY (or PRIVATE_KEY_PATH)'
      : null,
  ].filter((name) => name !== null);
  if (missing.length > 0) problems.unshift(`Not set: ${missing.join(', ')}. ${HOW_TO_GET}`);

  const config = {
    host: read('HOST', '0.0.0.0', (value) => value),
    port: read('PORT', 3000, parsePort),
    databaseUrl: read<string | null>('DATABASE_URL', null, parseDatabaseUrl),
    dataFolder: read('DATA_FOLDER', DEFAULT_DATA_FOLDER, (value) => value),
    orgPolicy: read('ORG_POLICY', 'optional', oneOf(['required', 'optional'])),
    metricsToken: read<string | null>('METRICS_TOKEN', null, parseMetricsToken),
    logLevel: read(
      'LOG_LEVEL',
      'info',
      oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    ),
    endpoints: readEndpointsOr(env, problems),
  } as const;
  if (problems.length > 0 || appId === null || webhookSecret === null || privateKey === null)
    return { problems };
  return { appId, webhookSecret, privateKey, ...config };
}

function isMissing(env: Environment, name: string): boolean {
  return (env[name]?.trim() ?? '') === '';
}

function parseAppId(value: string): number {
  if (!/^[1-9]\d{0,15}$/.test(value))
    throw new Error('is no App ID; it is the number on the App\u2019s settings page.');
  return Number(value);
}

/** Probot's own default: anybody who has read its source could sign webhooks with it. */
function parseSecret(value: string): string {
  if (value.toLowerCase() === 'development') {
    throw new Error(
      'is "development", which everybody knows. Set a long random one, here and on the App\u2019s page.',
    );
  }
  return value;
}

function parseMetricsToken(value: string): string {
  if (/^[\x21-\x7e]{16,}$/.test(value)) return value;
  throw new Error('must have at least 16 characters, without spaces. `openssl rand -hex 24` makes one.');
}

/** PEM as it is, with escaped newlines, or the whole of it in base64: the three ways hosts keep it. */
function parsePrivateKey(value: string): string {
  const unescaped = value.replace(/^"|"$/g, '').replaceAll('\\n', '\n');
  const pem = unescaped.includes('-----BEGIN')
    ? unescaped
    : Buffer.from(unescaped, 'base64').toString('utf8');
  const key = (() => {
    try {
      return createPrivateKey(pem);
    } catch {
      throw new Error(
        'is no private key. Give the .pem file from the App\u2019s page as it is, or in base64.',
      );
    }
  })();
  if (key.asymmetricKeyType !== 'rsa') throw new Error('is no RSA key, and GitHub\u2019s App keys are.');
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}.`);
  }
}

function parsePort(value: string): number {
  const port = z.coerce.number().int().min(0).max(65_535).safeParse(value);
  if (!port.success) throw new Error('is no port number, 0 to 65535.');
  return port.data;
}

function oneOf<const Values extends readonly string[]>(values: Values): (value: string) => Values[number] {
  return (value) => {
    if (!values.includes(value)) throw new Error(`is "${value}". Known: ${values.join(', ')}.`);
    return value;
  };
}

function readEndpointsOr(env: Environment, problems: string[]): Endpoints {
  try {
    return readEndpoints({ GITHUB_API_URL: env.GITHUB_API_URL, GITHUB_GRAPHQL_URL: env.GITHUB_GRAPHQL_URL });
  } catch (error) {
    problems.push((error as Error).message);
    return readEndpoints({ GITHUB_API_URL: undefined, GITHUB_GRAPHQL_URL: undefined });
  }
}
