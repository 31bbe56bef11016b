// A small real git repository to simulate on.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Person {
  readonly name: string;
  readonly email: string;
}

const KIM: Person = { name: 'Kim', email: 'kim@acme.dev' };
export const COPILOT: Person = {
  name: 'copilot-swe-agent[bot]',
  email: '198982749+Copilot@users.noreply.github.com',
};

export interface GitFixture {
  readonly folder: string;
  git(...args: readonly string[]): string;
  /** Writes files and commits them; `null` removes, `{ link }` makes a symlink. `at`: seconds since 1970. */
  commit(
    files: Readonly<Record<string, string | null | { link: string }>>,
    message: string,
    author?: Person,
    at?: number,
  ): string;
  /** Git with the clock of author and committer set, in seconds since 1970. */
  gitAt(at: number, ...args: readonly string[]): string;
}

export function createRepository(): GitFixture {
  const folder = mkdtempSync(join(tmpdir(), 'agent-policy-repo-'));
  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    execFileSync('git', ['-C', folder, '-c', 'commit.gpgsign=false', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...env },
    }).trim();
  run(['init', '-q', '-b', 'main']);
  return {
    folder,
    git: (...args) => run(args),
    gitAt: (at, ...args) => run(args, { ...identity(KIM), ...clock(at) }),
    commit(files, message, author = KIM, at) {
      for (const [path, content] of Object.entries(files)) {
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        if (content === null) run(['rm', '-q', '--', path]);
        else if (typeof content === 'string') writeFileSync(file, content);
        else symlinkSync(content.link, file);
      }
      run(['add', '-A']);
      run(['commit', '-q', '--allow-empty', '-m', message], {
        ...identity(author),
        ...(at === undefined ? {} : clock(at)),
      });
      return run(['rev-parse', 'HEAD']);
    },
  };
}

function identity({ name, email }: Person): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

function clock(at: number): Record<string, string> {
  return { GIT_AUTHOR_DATE: `@${at} +0000`, GIT_COMMITTER_DATE: `@${at} +0000` };
}
