// Which commit of the trunk brought a commit of a branch in?

export interface Introductions {
  /** Parents, first parent first, of a commit; any order of commits. */
  add(sha: string, parents: readonly string[]): void;
  /** SHAs along the trunk, oldest first; answers the SHA of the trunk for each commit asked. */
  resolve(trunk: readonly string[], asked: readonly string[]): ReadonlyMap<string, string>;
}

/** Holds the whole graph: about 150 bytes a commit. */
export function createIntroductions(): Introductions {
  const indexes = new Map<string, number>();
  const shas: string[] = [];
  const parentsOf: number[][] = [];
  const indexOf = (sha: string): number => {
    const known = indexes.get(sha);
    if (known !== undefined) return known;
    indexes.set(sha, shas.length);
    shas.push(sha);
    parentsOf.push([]);
    return shas.length - 1;
  };
  return {
    add(sha, parents) {
      parentsOf[indexOf(sha)] = parents.map(indexOf);
    },
    resolve(trunk, asked) {
      const by = new Int32Array(shas.length).fill(-1);
      const positions = trunk.map(indexOf);
      for (const position of positions) by[position] = position;
      for (const position of positions) {
        const open = [...(parentsOf[position] ?? [])];
        while (open.length > 0) {
          const next = open.pop()!;
          if (by[next] !== -1) continue;
          by[next] = position;
          open.push(...parentsOf[next]!);
        }
      }
      const sorted = [...shas].sort();
      return new Map(
        asked.flatMap((sha) => {
          const index = indexes.get(sha) ?? indexes.get(wholeSha(sorted, sha) ?? '');
          const trunkIndex = index === undefined ? -1 : by[index]!;
          return trunkIndex === -1 ? [] : [[sha, shas[trunkIndex]!] as const];
        }),
      );
    },
  };
}

function wholeSha(sorted: readonly string[], cut: string): string | null {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < cut) low = middle + 1;
    else high = middle;
  }
  const isUnique = sorted[low]?.startsWith(cut) === true && sorted[low + 1]?.startsWith(cut) !== true;
  return isUnique ? sorted[low]! : null;
}
