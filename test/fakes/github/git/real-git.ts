// What does git itself say? The store's objects, written into a real repository, for comparison in tests.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitStore } from './store.js';

export interface RealGit {
  /** Writes a commit with all it needs, and its ancestors. Throws if git computes another id. */
  writeCommit(sha: string): void;
  run(...args: readonly string[]): string;
  remove(): void;
}

export function createRealGit(store: GitStore): RealGit {
  const folder = mkdtempSync(join(tmpdir(), 'real-git-'));
  const known = new Set<string>();
  const git = (args: readonly string[], input?: Buffer | string) =>
    execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
      ...(input === undefined ? {} : { input }),
    });
  git(['init', '-q']);
  const write = (sha: string, make: () => string) => {
    if (known.has(sha)) return;
    const made = make().trim();
    if (made !== sha) throw new Error(`git computes ${made}, the store ${sha}`);
    known.add(sha);
  };
  const writeTree = (sha: string) => {
    const level = store.readTreeLevel(sha)!;
    for (const entry of level) {
      if (entry.mode === '40000') writeTree(entry.sha);
      else if (entry.mode !== '160000')
        write(entry.sha, () => git(['hash-object', '-w', '--stdin'], store.readBlob(entry.sha)!));
    }
    const kinds: Record<string, string> = { '40000': 'tree', '160000': 'commit' };
    const lines = level.map(
      (each) => `${each.mode.padStart(6, '0')} ${kinds[each.mode] ?? 'blob'} ${each.sha}\t${each.name}\0`,
    );
    write(sha, () => git(['mktree', '-z', '--missing'], lines.join('')));
  };
  const writeCommit = (sha: string) => {
    const commit = store.readCommit(sha)!;
    for (const parent of commit.parents) if (!known.has(parent)) writeCommit(parent);
    writeTree(commit.tree);
    write(sha, () => git(['hash-object', '-t', 'commit', '-w', '--stdin'], store.formatCommit(sha)));
  };
  return {
    writeCommit,
    run: (...args) => git(args),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
