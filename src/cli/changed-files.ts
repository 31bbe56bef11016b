// Which files did each commit of the trunk change, with how many lines, and from which former names?
// One `git log` answers for all of them; a merge counts as one change, by its difference from its first parent.
import type { MergedChange } from '../domain/ledger.js';
import { CommandFailure } from './exit-codes.js';
import { git, startGit } from './git.js';
import { splitOutput } from './git-history.js';

export interface ChangedFilesOf {
  readonly sha: string;
  readonly files: MergedChange['files'];
  /** False where the clone lacks the texts, so that the lines could not be counted. */
  readonly counted: boolean;
}

/** Commits along the first parents, oldest first, each with its first parent. */
export type TrunkPart = readonly { readonly sha: string; readonly parent: string | null }[];

/** In the order of `trunk`, which ends at the tip and leaves none out. */
export async function* readChangedFiles(repo: string, trunk: TrunkPart): AsyncGenerator<ChangedFilesOf> {
  let at = 0;
  let uncounted = 0;
  while (at < trunk.length) {
    let failure: CommandFailure | null = null;
    try {
      for await (const change of readLog(repo, trunk.at(-1)!.sha, trunk[at]!.parent)) {
        if (change.sha !== trunk[at]?.sha) break;
        yield { ...change, counted: true };
        at += 1;
      }
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      failure = error;
    }
    if (at >= trunk.length) return;
    const { sha, parent } = trunk[at]!;
    const alone = await readAlone(repo, sha, parent);
    at += 1;
    yield alone;
    if (alone.counted) continue;
    uncounted += 1;
    if (uncounted > MAX_UNCOUNTED)
      throw new CommandFailure(
        `${repo} lacks the texts of many files (a partial clone): lines cannot be counted. \`git fetch --refetch --no-filter\` brings them.${failure === null ? '' : ` Git says: ${failure.message}`}`,
      );
  }
}

/** Git gives up at the first text that the clone lacks; the trees still name the files. */
async function readAlone(repo: string, sha: string, parent: string | null): Promise<ChangedFilesOf> {
  try {
    for await (const change of readLog(repo, sha, parent)) return { ...change, counted: true };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
  }
  return { sha, files: await readNames(repo, sha, parent), counted: false };
}

async function* readLog(
  repo: string,
  tip: string,
  boundary: string | null,
): AsyncGenerator<Pick<ChangedFilesOf, 'sha' | 'files'>> {
  const child = startGit(repo, [...LOG, tip, ...(boundary === null ? [] : [`^${boundary}`])]);
  let sha: string | null = null;
  let files: MergedChange['files'][number][] = [];
  let renamed: string[] | null = null;
  let counts = { additions: 0, deletions: 0 };
  for await (const record of splitOutput(child, 0, MAX_RECORD, 'git log --numstat')) {
    const text = record.toString('utf8');
    if (renamed !== null) {
      renamed.push(text);
      if (renamed.length < 2) continue;
      files.push({ path: renamed[1]!, previousPath: renamed[0]!, ...counts });
      renamed = null;
      continue;
    }
    const header = /^\n?\u0002([0-9a-f]{40,64})\n?$/.exec(text);
    if (header !== null) {
      if (sha !== null) yield { sha, files };
      sha = header[1]!;
      files = [];
      continue;
    }
    const entry = /^\n?(\d+|-)\t(\d+|-)\t(.*)$/s.exec(text);
    if (entry === null) {
      if (text.trim() === '') continue;
      throw new Error(`git log --numstat: an entry of an unknown form: ${text.slice(0, 200)}`);
    }
    // `-` stands for a binary file, which has no lines.
    counts = { additions: Number(entry[1]) || 0, deletions: Number(entry[2]) || 0 };
    if (entry[3] === '') renamed = [];
    else files.push({ path: entry[3]!, previousPath: null, ...counts });
  }
  if (sha !== null) yield { sha, files };
}

/** Names only: without the texts, a rename is known where nothing else changed. */
async function readNames(repo: string, sha: string, parent: string | null): Promise<MergedChange['files']> {
  const range = parent === null ? ['--root', sha] : [parent, sha];
  const out = await git(repo, [
    'diff-tree',
    '-r',
    '-z',
    '--name-status',
    '--no-commit-id',
    '-M100%',
    ...range,
  ]);
  const fields = out.toString('utf8').split('\0').slice(0, -1);
  const files: MergedChange['files'][number][] = [];
  for (let at = 0; at < fields.length; ) {
    const moved = /^[RC]/.test(fields[at]!);
    files.push({
      path: fields[at + (moved ? 2 : 1)]!,
      previousPath: moved ? fields[at + 1]! : null,
      additions: 0,
      deletions: 0,
    });
    at += moved ? 3 : 2;
  }
  return files;
}

const MAX_UNCOUNTED = 100;
const MAX_RECORD = 64 * 1024;

const LOG = [
  '-c',
  'log.showRoot=true',
  '-c',
  'log.diffMerges=separate',
  'log',
  '--first-parent',
  '-m',
  '--reverse',
  '--numstat',
  '-z',
  '-M',
  '-l1000',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-notes',
  '--ignore-submodules=none',
  '--format=%x02%H',
] as const;
