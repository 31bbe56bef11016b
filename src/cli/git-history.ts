// What does a clone's history hold, read as git prints it: commits of the trunk, parents, lines of a change?
// Nothing is held whole but one record; a message or a change beyond its limit is cut or left out, and said so.
import type { ChildProcess } from 'node:child_process';
import { CommandFailure } from './exit-codes.js';
import { git, startGit } from './git.js';

export interface TrunkRecord {
  readonly sha: string;
  readonly parents: readonly string[];
  /** Seconds since 1970 of the committer. */
  readonly time: number;
  readonly message: string;
}

const MAX_RECORD = 2 * 1024 * 1024;
const MAX_DIFF = 32 * 1024 * 1024;

/** Commits along the first parents, oldest first. */
export async function* readTrunk(repo: string, tip: string): AsyncGenerator<TrunkRecord> {
  const format = '--format=%H%x01%P%x01%ct%x01%B';
  const args = ['log', '--first-parent', '--reverse', '-z', '--encoding=UTF-8', '--no-notes', format, tip];
  for await (const record of splitOutput(startGit(repo, args), 0, MAX_RECORD, 'git log')) {
    const [sha, parents, time, ...message] = record.toString('utf8').split('\u0001');
    if (sha === undefined || !/^[0-9a-f]{40,64}$/.test(sha)) continue;
    yield {
      sha,
      parents: (parents ?? '').split(' ').filter(Boolean),
      time: Number(time) || 0,
      message: message.join('\u0001'),
    };
  }
}

/** Every commit that the tip leads to, with its parents. */
export async function* readParents(
  repo: string,
  tip: string,
): AsyncGenerator<{ readonly sha: string; readonly parents: readonly string[] }> {
  const started = startGit(repo, ['rev-list', '--parents', tip]);
  for await (const line of splitOutput(started, 10, MAX_RECORD, 'git rev-list')) {
    const [sha, ...parents] = line.toString('latin1').split(' ');
    if (sha !== undefined && sha !== '') yield { sha, parents };
  }
}

/** A shallow clone's oldest commits only look like the beginning. */
export async function isShallow(repo: string): Promise<boolean> {
  return (await git(repo, ['rev-parse', '--is-shallow-repository'])).toString('utf8').trim() === 'true';
}

export interface DiffReader {
  /** What a commit changed against its first parent, as a patch; `null`: too large, or not in this clone. */
  read(sha: string, parent: string | null): Promise<string | null>;
  close(): void;
}

const PATCH = [
  '-r',
  '-p',
  '--unified=0',
  '--no-renames',
  '--full-index',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-commit-id',
  '--submodule=short',
  '--src-prefix=a/',
  '--dst-prefix=b/',
] as const;

/**
 * One `git diff-tree` answers all; a line that is no object it echoes, so an own line marks the end.
 * Lines of a patch begin with a sign, so none of them can be taken for it.
 */
export function openDiffs(repo: string): DiffReader {
  let current: Answering | null = null;
  return {
    async read(sha, parent) {
      if (parent === null) return readRoot(repo, sha);
      current ??= openAnswering(startGit(repo, ['diff-tree', '--stdin', ...PATCH]));
      const answer = await current.ask(`${sha} ${parent}\n`);
      // Git gives up for want of an object; the next question gets a new process.
      if (answer.state === 'ended') current = null;
      return answer.text;
    },
    close() {
      current?.close();
      current = null;
    },
  };
}

async function readRoot(repo: string, sha: string): Promise<string | null> {
  try {
    const patch = await git(repo, ['diff-tree', '--root', ...PATCH, sha]);
    return patch.length > MAX_DIFF ? null : patch.toString('utf8');
  } catch (error) {
    if (error instanceof CommandFailure) return null;
    throw error;
  }
}

interface Answering {
  ask(question: string): Promise<{ readonly state: 'answered' | 'ended'; readonly text: string | null }>;
  close(): void;
}

const END = 'end of change\n';

function openAnswering(child: ChildProcess): Answering {
  const end = Buffer.from(`\n${END}`);
  let chunks: Buffer[] = [];
  let length = 0;
  let isTooLarge = false;
  let isEnded = false;
  let settle: ((answer: { state: 'answered' | 'ended'; text: string | null }) => void) | null = null;
  const answer = (state: 'answered' | 'ended', text: string | null) => {
    const waiting = settle;
    settle = null;
    chunks = [];
    length = 0;
    isTooLarge = false;
    waiting?.({ state, text });
  };
  child.stdout!.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    const tail = chunks.length === 1 ? chunk : Buffer.concat(lastBytes(chunks, end.length));
    const isLast =
      tail.subarray(-end.length).equals(end) ||
      (length === end.length - 1 && tail.subarray(-length).equals(end.subarray(1)));
    if (length > MAX_DIFF) {
      isTooLarge = true;
      chunks = lastBytes(chunks, end.length);
    }
    if (!isLast) return;
    const text = isTooLarge ? null : Buffer.concat(chunks).toString('utf8');
    answer('answered', text === null ? null : text.slice(0, -END.length));
  });
  child.stderr!.resume();
  child.stdin!.on('error', () => undefined);
  for (const event of ['error', 'close'])
    child.on(event, () => {
      isEnded = true;
      answer('ended', null);
    });
  return {
    ask(question) {
      if (isEnded) return Promise.resolve({ state: 'ended', text: null });
      return new Promise((resolve) => {
        settle = resolve;
        child.stdin!.write(`${question}${END}`);
      });
    },
    close() {
      child.stdin!.end();
      child.kill();
    },
  };
}

function lastBytes(chunks: readonly Buffer[], count: number): Buffer[] {
  const last: Buffer[] = [];
  let length = 0;
  for (let at = chunks.length - 1; at >= 0 && length < count; at -= 1) {
    last.unshift(chunks[at]!);
    length += chunks[at]!.length;
  }
  return last.length === 0 ? last : [Buffer.concat(last).subarray(-Math.max(count, 1))];
}

/** Records between separators, each cut at `limit`. */
export async function* splitOutput(
  child: ChildProcess,
  separator: number,
  limit: number,
  deed: string,
): AsyncGenerator<Buffer> {
  let words = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    if (words.length < 1_000) words += chunk.toString('utf8');
  });
  child.stdin!.end();
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', () => reject(new CommandFailure('git is not installed, or not on PATH.')));
    child.on('close', resolve);
  });
  ended.catch(() => undefined);
  let parts: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer) => {
    if (length < limit) parts.push(part.subarray(0, limit - length));
    length += part.length;
  };
  try {
    for await (const chunk of child.stdout! as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(separator, from); at !== -1; at = chunk.indexOf(separator, from)) {
        keep(chunk.subarray(from, at));
        yield Buffer.concat(parts);
        parts = [];
        length = 0;
        from = at + 1;
      }
      keep(chunk.subarray(from));
    }
    if (length > 0) yield Buffer.concat(parts);
    const code = await ended;
    if (code !== 0) throw new CommandFailure(`${deed}: ${words.split('\n')[0] || `ended with ${code}`}`);
  } finally {
    child.kill();
  }
}
