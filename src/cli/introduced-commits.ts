// Which named commits stand inside a merged branch, and which merge brought each in?
import type { ChangeName } from '../outcomes/change-name.js';
import { createIntroductions } from '../outcomes/introduced-by.js';
import type { Trunk } from '../outcomes/trunk.js';
import { readParents } from './git-history.js';

export interface Introduced {
  readonly change: number;
  readonly sha: string;
  readonly parent: string | null;
}

/** Commits inside merged branches, by the SHA that names them. */
export async function findIntroduced(
  repo: string,
  tip: string,
  trunk: Trunk,
  names: readonly ChangeName[],
): Promise<ReadonlyMap<string, Introduced>> {
  const asked = new Set<string>();
  for (const name of names) if (name.kind === 'sha' && trunk.find(name.sha) === null) asked.add(name.sha);
  if (asked.size === 0) return new Map();
  const graph = createIntroductions();
  const parentOf = new Map<string, string | null>();
  const wanted = [...asked].sort();
  for await (const { sha, parents } of readParents(repo, tip)) {
    graph.add(sha, parents);
    if (startsAny(sha, wanted)) parentOf.set(sha, parents[0] ?? null);
  }
  const along = Array.from({ length: trunk.size }, (_, position) => trunk.shaAt(position));
  const found = new Map<string, Introduced>();
  for (const [name, by] of graph.resolve(along, wanted)) {
    const sha = [...parentOf.keys()].find((whole) => whole.startsWith(name));
    const change = trunk.find(by);
    if (change !== null && sha !== undefined && !trunk.isSyncAt(change))
      found.set(name, { change, sha, parent: parentOf.get(sha) ?? null });
  }
  return found;
}

/** Does any of the sorted names begin this SHA? */
function startsAny(sha: string, sorted: readonly string[]): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= sha) low = middle + 1;
    else high = middle;
  }
  return low > 0 && sha.startsWith(sorted[low - 1]!);
}
