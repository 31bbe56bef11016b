// Which commits of a default branch are changes of their own, and which only belong to one?
// A pull request is one change, whichever way it was merged: at the commit GitHub names as its merge.
import type { TrunkEntry, TrunkPull } from '../github/read-trunk.js';

export interface TrunkChange {
  readonly entry: TrunkEntry;
  /** `null`: pushed without a pull request. */
  readonly pull: TrunkPull | null;
}

/** In the order of the entries, which is newest first. */
export function selectChanges(entries: readonly TrunkEntry[], defaultBranch: string): readonly TrunkChange[] {
  const placed = new Set<number>();
  return entries.flatMap((entry): readonly TrunkChange[] => {
    // A pull request into another branch counts by itself only where none brought it here.
    const here = entry.pulls.filter(({ baseRef }) => baseRef === defaultBranch);
    const pulls = here.length > 0 ? here : entry.pulls;
    const merged = pulls.find(({ mergeSha }) => mergeSha === entry.commit.sha);
    if (merged !== undefined) return [{ entry, pull: merged }];
    // GitHub may know no merge of a pull request that was merged by a push: its newest commit stands for it.
    const unplaced = pulls.find(({ mergeSha, number }) => mergeSha === null && !placed.has(number));
    if (unplaced !== undefined) {
      placed.add(unplaced.number);
      return [{ entry, pull: unplaced }];
    }
    if (entry.pulls.length > 0) return [];
    // A merge without pull request brings together what is counted commit by commit.
    return entry.parentCount > 1 ? [] : [{ entry, pull: null }];
  });
}
