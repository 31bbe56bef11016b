// A small made-up trunk: a risky folder, a calm one, and reverts that come days later.
import type { HistoryCommit } from '../../src/quality/replay.js';

export const DAY = 86_400;
export const START = Date.UTC(2024, 0, 1) / 1000;

export function commit(id: number, over: Partial<HistoryCommit> = {}): HistoryCommit {
  return {
    id,
    at: START + id * 3600,
    author: `author-${id % 5}`,
    isAutomation: false,
    title: `Change ${id}`,
    files: [file(`src/calm/file-${id % 20}.ts`)],
    reverts: [],
    ...over,
  };
}

export function file(path: string, additions = 10, deletions = 2, previousPath: string | null = null) {
  return { path, additions, deletions, previousPath };
}

/** 1,200 commits; every fourth touches `src/risky`, and every tenth of those is reverted two days later. */
export function trunk(length = 1200): readonly HistoryCommit[] {
  const commits: HistoryCommit[] = [];
  for (let id = 0; id < length; id++) {
    const reverted = id - 48;
    if (reverted >= 0 && reverted % 40 === 0)
      commits.push(
        commit(id, {
          title: `Revert "Change ${reverted}"`,
          reverts: [reverted],
          files: [file('src/risky/tax.ts')],
        }),
      );
    else commits.push(commit(id, id % 4 === 0 ? { files: [file('src/risky/tax.ts')] } : {}));
  }
  return commits;
}
