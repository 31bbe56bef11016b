// Do the container files hold what the operations page promises? No engine runs them here, so they are read.
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { readConfig } from '../../src/app/config.js';

const dockerfile = readFileSync('Dockerfile', 'utf8')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const stages = dockerfile
  .join('\n')
  .split(/^(?=FROM )/m)
  .filter((stage) => stage.startsWith('FROM '));
const last = stages.at(-1)!;

interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
const compose = load(readFileSync('compose.yml', 'utf8')) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

describe('the image', () => {
  test('is of one pinned major version of Node in every stage', () => {
    expect(stages.map((stage) => /^FROM (\S+)/.exec(stage)?.[1])).toEqual(
      Array.from({ length: 3 }, () => 'node:24-bookworm-slim'),
    );
  });

  test('runs as somebody other than root, says how it is, and is Node itself, which hears SIGTERM', () => {
    const lines = last.split('\n');
    expect(lines.findLast((line) => line.startsWith('USER '))).toBe('USER node');
    expect(lines.indexOf('USER node')).toBeLessThan(lines.findIndex((line) => line.startsWith('CMD ')));
    expect(last).toMatch(/^HEALTHCHECK .*\/healthz/m);
    expect(last).toMatch(/^CMD \["node", "dist\/index\.js"\]$/m);
  });

  test('is built from files that are there and that the build may see', () => {
    const seen = readFileSync('.dockerignore', 'utf8').split('\n');
    const sources = dockerfile
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect(existsSync(source)).toBe(true);
      expect(seen).toContain(`!${source.replace('./', '')}`);
    }
  });

  test('holds no secret, no development package, and runs no script of a package', () => {
    expect(dockerfile.join('\n')).not.toMatch(/SECRET|PRIVATE_KEY|TOKEN|(?<!process)\.env|\.pem/);
    expect(stages[1]).toContain('RUN npm ci --omit=dev --ignore-scripts');
    expect(last).not.toContain('npm');
    expect(readFileSync('.dockerignore', 'utf8')).toMatch(/^\*$/m);
  });
});

describe('compose.yml', () => {
  const { services, volumes } = compose;

  test('runs two instances, a proxy and PostgreSQL 17, each with a health check', () => {
    expect(Object.keys(services).sort()).toEqual(['app-1', 'app-2', 'database', 'proxy']);
    expect(services.database?.image).toBe('postgres:17');
    for (const service of Object.values(services))
      expect(service.healthcheck?.test.length).toBeGreaterThan(1);
  });

  test('opens the proxy alone, and starts the app when the database answers', () => {
    const open = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
    expect(open.map(([name]) => name)).toEqual(['proxy']);
    for (const name of ['app-1', 'app-2'])
      expect(services[name]?.depends_on).toEqual({ database: { condition: 'service_healthy' } });
  });

  test('asks for its secrets and writes none', () => {
    for (const { environment } of Object.values(services))
      for (const [name, value] of Object.entries(environment ?? {}))
        if (/PASSWORD|SECRET|KEY|TOKEN/.test(name)) expect(value).toMatch(/^\$\{\w+:\?/);
  });

  test('sets what the app reads', () => {
    const given = services['app-1']?.environment ?? {};
    const config = readConfig({
      ...given,
      DATABASE_URL: given.DATABASE_URL!.replace(/\$\{.*?\}/, 'x'),
      APP_ID: '1',
      PRIVATE_KEY: generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      }).privateKey,
      WEBHOOK_SECRET: 'a secret of tests',
    });
    expect('problems' in config ? config.problems : []).toEqual([]);
  });

  test('names every volume it uses, and a proxy file that is there', () => {
    const used = Object.values(services).flatMap((service) => service.volumes ?? []);
    for (const volume of used) {
      const [source] = volume.split(':') as [string];
      if (source.startsWith('./')) expect(existsSync(source)).toBe(true);
      else expect(Object.keys(volumes)).toContain(source);
    }
    const proxy = readFileSync('config/Caddyfile', 'utf8');
    expect(proxy).toContain('reverse_proxy app-1:3000 app-2:3000');
    // Metrics and readiness name repositories: they stay inside.
    expect(proxy).toContain('@open path /api/github/webhooks /healthz\n');
  });
});
