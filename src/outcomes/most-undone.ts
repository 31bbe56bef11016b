// How much of a change can a later one have undone at most, when only lines are counted?
// Whoever undoes a change removes what it added and adds what it removed. Counts cannot prove it; they can refute it.

export interface CountedFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly additions: number;
  readonly deletions: number;
}

/** 0 to 1; `null`: the change has no lines to count (binary files, modes, pure renames). */
export function mostUndone(earlier: readonly CountedFile[], later: readonly CountedFile[]): number | null {
  return mostCommon(
    earlier,
    later.map((file) => ({ ...file, additions: file.deletions, deletions: file.additions })),
  );
}

/** The same for a later change that does it again. */
export function mostRedone(earlier: readonly CountedFile[], later: readonly CountedFile[]): number | null {
  return mostCommon(earlier, later);
}

function mostCommon(earlier: readonly CountedFile[], later: readonly CountedFile[]): number | null {
  const total = sum(earlier, (file) => file.additions + file.deletions);
  if (total === 0) return null;
  const byName = new Map<string, CountedFile>();
  for (const file of later) {
    if (file.previousPath !== null) byName.set(file.previousPath, file);
    byName.set(file.path, file);
  }
  const met = new Set<CountedFile>();
  const alone: CountedFile[] = [];
  let common = 0;
  for (const file of earlier) {
    const other =
      byName.get(file.path) ?? (file.previousPath === null ? undefined : byName.get(file.previousPath));
    if (other === undefined || met.has(other)) {
      alone.push(file);
      continue;
    }
    met.add(other);
    common += Math.min(file.additions, other.additions) + Math.min(file.deletions, other.deletions);
  }
  // A file may have been renamed in between: what has no namesake may stand for any other that has none.
  const strangers = later.filter((file) => !met.has(file));
  common += Math.min(
    sum(alone, (file) => file.additions),
    sum(strangers, (file) => file.additions),
  );
  common += Math.min(
    sum(alone, (file) => file.deletions),
    sum(strangers, (file) => file.deletions),
  );
  return common / total;
}

function sum(files: readonly CountedFile[], count: (file: CountedFile) => number): number {
  return files.reduce((total, file) => total + count(file), 0);
}
