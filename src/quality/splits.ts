// Where could a change that is too large be cut into parts that can be read one at a time?
// By folder: the shallowest cut whose parts are below the limit, or as near to it as folders allow.

export interface Split {
  /** Ends with a slash; `./` for files at the root. */
  readonly folder: string;
  readonly lines: number;
  readonly files: number;
}

interface SizedFile {
  readonly path: string;
  readonly lines: number;
}

const MOST = 5;
/** A cut that leaves nearly everything in one part helps nobody. */
const MOST_IN_ONE = 0.8;

/** The largest part first, at most 5; empty where no folder parts the change. */
export function suggestSplits(files: readonly SizedFile[], limit: number): readonly Split[] {
  const counted = files.filter(({ lines }) => lines > 0);
  const total = sumOf(counted);
  let parts = [partOf(counted, '')];
  // Each round cuts the largest part that can be cut, so that few parts come of few cuts.
  while (parts.length < MOST) {
    const next = parts
      .filter((part) => part.lines > limit || parts.length === 1)
      .toSorted((a, b) => b.lines - a.lines)
      .map((part) => ({ part, cut: cutDeeper(part) }))
      .find(({ cut }) => cut.length > 1);
    if (next === undefined) break;
    parts = [...parts.filter((part) => part !== next.part), ...next.cut];
  }
  parts.sort((a, b) => b.lines - a.lines || (a.folder < b.folder ? -1 : 1));
  if (parts.length < 2 || parts[0]!.lines > total * MOST_IN_ONE) return [];
  return parts
    .slice(0, MOST)
    .map(({ folder, lines, members }) => ({ folder: folder || './', lines, files: members.length }));
}

interface Part {
  readonly folder: string;
  readonly lines: number;
  readonly members: readonly SizedFile[];
}

function partOf(members: readonly SizedFile[], folder: string): Part {
  return { folder, lines: sumOf(members), members };
}

/** By the next folder in which the files differ. */
function cutDeeper({ folder, members }: Part): readonly Part[] {
  let common = folder;
  for (;;) {
    const groups = new Map<string, SizedFile[]>();
    for (const file of members) {
      const slash = file.path.indexOf('/', common.length);
      const key = slash === -1 ? common : file.path.slice(0, slash + 1);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [file]);
      else group.push(file);
    }
    const [only] = groups.keys();
    if (groups.size !== 1 || only === common || only === undefined) {
      return [...groups].map(([key, files]) => partOf(files, key));
    }
    common = only;
  }
}

function sumOf(files: readonly SizedFile[]): number {
  return files.reduce((sum, { lines }) => sum + lines, 0);
}
