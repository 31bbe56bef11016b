// Do the built entries start, refuse and explain as a stranger meets them? `npm test` builds them first.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = (entry: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [join(ROOT, 'dist', entry), ...args], {
    // Somewhere without an .env file.
    cwd: mkdtempSync(join(tmpdir(), 'entry-')),
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env.PATH ?? '', ...env },
  });

describe('the server', () => {
  test('refuses to start without credentials, and says what is missing and how to get it', () => {
    const { status, stderr } = run('index.js');
    expect(stderr).toMatch(/Not set: APP_ID, WEBHOOK_SECRET, PRIVATE_KEY/);
    expect(stderr).toContain('npm run setup');
    expect(stderr).toContain('app.yml');
    expect(status).toBe(2);
  });

  test('refuses the secret that everybody knows', () => {
    const { status, stderr } = run('index.js', [], {
      APP_ID: '1',
      PRIVATE_KEY: 'x',
      WEBHOOK_SECRET: 'development',
    });
    expect(stderr).toContain('WEBHOOK_SECRET');
    expect(stderr).not.toContain('\n    at ');
    expect(status).toBe(2);
  });
});

describe('the command line', () => {
  test('tells its version and its commands', () => {
    expect(run('cli.js', ['--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect(run('cli.js', ['--help']).stdout).toMatch(/lint[\s\S]*classify[\s\S]*simulate[\s\S]*explain/);
  });

  test('wrong usage is exit code 2 and names the flag', () => {
    expect(run('cli.js', ['lint', '--nonsense'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--nonsense'),
    });
  });

  test('a reader that stops early is no failure', () => {
    const shell = spawnSync(
      'bash',
      ['-c', `"${process.execPath}" "${join(ROOT, 'dist/cli.js')}" --help | head -1`],
      { encoding: 'utf8' },
    );
    expect(shell.stdout).toContain('Usage: agent-policy');
    expect(shell.stderr).toBe('');
  });
});

test('setup wants to know where GitHub will reach the app', () => {
  const { status, stderr } = run('setup.js');
  expect(stderr).toContain('--url');
  expect(status).toBe(2);
});

test('setup shows its flags to whoever mistypes one, and takes no other port than a number', () => {
  expect(run('setup.js', ['--ulr', 'https://a.dev']).stderr).toMatch(
    /Unknown option '--ulr'[\s\S]*Usage: npm run setup/,
  );
  expect(run('setup.js', ['--url', 'https://a.dev', '--port', 'http']).stderr).toContain(
    '--port http is no port',
  );
});
