// What does git say about a local repository?
// The repository may be a stranger's: no hooks, no external diff tools, no lazy fetching, no prompts.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { CommandFailure } from './exit-codes.js';

const SAFE = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.quotePath=true',
  '-c',
  'diff.external=',
  '-c',
  'protocol.allow=never',
  '-c',
  'log.showSignature=false',
  '-c',
  'diff.renameLimit=3000',
] as const;

const MAX_OUTPUT = 512 * 1024 * 1024;

/** Runs git in `repo` and gives its standard output. Throws `CommandFailure` with git's own words. */
export async function git(repo: string, args: readonly string[]): Promise<Buffer> {
  const result = await run(repo, args);
  if (result.code === 0) return result.stdout;
  throw new CommandFailure(`git ${args[0]} in ${repo}: ${firstLine(result.stderr)}`);
}

/** The text of a file in a tree, or `null` if the tree has none. */
export async function readFileAt(repo: string, commit: string, path: string): Promise<Buffer | null> {
  const entry = await git(repo, ['ls-tree', '-z', commit, '--', path]);
  if (!/^100(644|755) blob /.test(entry.toString('utf8'))) return null;
  return git(repo, ['cat-file', 'blob', `${commit}:${path}`]);
}

/** Full SHA of a commit-ish. The error names the ref and what to try. */
export async function resolveCommit(repo: string, ref: string): Promise<string> {
  const result = await run(repo, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  const sha = result.stdout.toString('utf8').trim();
  if (result.code === 0 && /^[0-9a-f]{40,64}$/.test(sha)) return sha;
  const inside = await run(repo, ['rev-parse', '--git-dir']);
  if (inside.code !== 0) throw new CommandFailure(`${repo} is not a git repository.`);
  throw new CommandFailure(
    `No commit "${ref}" in ${repo === '.' ? 'this repository' : repo}. Give a branch, tag or SHA that is in this clone; \`git fetch\` may bring it.`,
  );
}

/**
 * Starts git in `repo` for output that is read as it comes. The caller ends its input or kills it.
 * An `error` event means that git is not installed.
 */
export function startGit(repo: string, args: readonly string[]): ChildProcess {
  return spawn('git', ['-C', repo, ...SAFE, ...args], {
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function environment(): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
  };
}

interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

function run(repo: string, args: readonly string[]): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      ['-C', repo, ...SAFE, ...args],
      { encoding: 'buffer', maxBuffer: MAX_OUTPUT, env: environment() },
      (error, stdout, stderr) => {
        if (error && error.code === 'ENOENT')
          reject(new CommandFailure('git is not installed, or not on PATH.'));
        else if (error && typeof error.code !== 'number')
          reject(new CommandFailure(`git ${args[0]}: ${error.message}`));
        else resolve({ code: error ? Number(error.code) : 0, stdout, stderr: stderr.toString('utf8') });
      },
    );
  });
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? 'no output';
}
