// Which PostgreSQL server do the tests use?
// DATABASE_URL if it is set, else a temporary server from the binaries of this machine.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface TestServer {
  /** URL of a fresh, empty database. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
  /** Breaks every connection. `null`: the server of `DATABASE_URL` is not ours to restart. */
  readonly restart: (() => Promise<void>) | null;
}

export async function startPostgres(): Promise<TestServer> {
  const given = process.env.DATABASE_URL;
  return given === undefined ? startTemporary() : useServer(given, async () => {}, null);
}

async function startTemporary(): Promise<TestServer> {
  const bin = findBinaries();
  const folder = await mkdtemp(join(tmpdir(), 'agent-policy-pg-'));
  // PostgreSQL refuses to run as root.
  const asOther =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
  if (asOther.length > 0) execFileSync('chown', ['65534:65534', folder]);
  await chmod(folder, 0o700);
  const data = join(folder, 'data');
  const run = (name: string, args: readonly string[]) => [...asOther, join(bin, name), ...args] as const;
  const [initdb, ...initArgs] = run('initdb', [
    '-D',
    data,
    '-U',
    'postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]);
  execFileSync(initdb!, initArgs, { stdio: 'pipe', cwd: folder, env: { PATH: process.env.PATH, TZ: 'UTC' } });
  const port = await freePort();
  const [server, ...serverArgs] = run('postgres', [
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    'fsync=off',
    '-c',
    'max_connections=60',
  ]);
  const launch = async () => {
    const child = spawn(server!, serverArgs, {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: folder,
      env: { PATH: process.env.PATH, TZ: 'UTC' },
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes('ready to accept connections')) resolve();
      });
      child.once('exit', () => reject(new Error(`start PostgreSQL: ${log}`)));
      child.once('error', reject);
    });
    return async (signal: 'SIGINT' | 'SIGQUIT') => {
      child.kill(signal);
      await ended;
    };
  };
  let end = await launch();
  const stop = async () => {
    await end('SIGINT');
    await rm(folder, { recursive: true, force: true });
  };
  const restart = async () => {
    // At once, as in a crash: the server recovers when it comes back.
    await end('SIGQUIT');
    end = await launch();
  };
  return useServer(`postgres://postgres@127.0.0.1:${port}/postgres`, stop, restart);
}

function useServer(url: string, stop: () => Promise<void>, restart: TestServer['restart']): TestServer {
  const created: string[] = [];
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  return {
    restart,
    async createDatabase() {
      const name = `agent_policy_test_${randomUUID().replaceAll('-', '')}`;
      await run(`create database ${name}`);
      created.push(name);
      const database = new URL(url);
      database.pathname = `/${name}`;
      return database.href;
    },
    async stop() {
      for (const name of created) await run(`drop database if exists ${name} with (force)`);
      await stop();
    },
  };
}

function findBinaries(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(root, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ];
  const found = folders.find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );
  if (found === undefined) {
    throw new Error(
      'These tests need PostgreSQL: install it (Debian: apt-get install postgresql; macOS: brew install postgresql) ' +
        'or set DATABASE_URL to a server where databases may be created.',
    );
  }
  return found;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no free port')),
      );
    });
  });
}
