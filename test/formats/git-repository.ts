// Which raw diff does the real git write for a change? A throw-away repository for tests.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface GitRepository {
  /** Content by path; `null` removes the file. Commits everything and gives the SHA. */
  commit(files: Readonly<Record<string, string | Buffer | null>>): string;
  run(...args: readonly string[]): string;
  makeExecutable(path: string): void;
  link(path: string, target: string): void;
  diff(base: string, head: string, ...options: readonly string[]): string;
  remove(): void;
}

export function createGitRepository(): GitRepository {
  const root = mkdtempSync(join(tmpdir(), 'unified-diff-'));
  const run = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: root,
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString('utf8');
  run('init', '-q', '-b', 'main');
  return {
    run,
    commit(files) {
      for (const [path, content] of Object.entries(files)) {
        const file = join(root, path);
        if (content === null) {
          rmSync(file);
          continue;
        }
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      run('add', '-A');
      run('commit', '-q', '--allow-empty', '-m', 'change');
      return run('rev-parse', 'HEAD').trim();
    },
    makeExecutable: (path) => chmodSync(join(root, path), 0o755),
    link: (path, target) => symlinkSync(target, join(root, path)),
    diff: (base, head, ...options) =>
      run('diff', '-p', '--find-renames', '--no-color', ...options, base, head),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
