// Which record does each touched path belong to, when files are renamed and history is read from both ends?
// What is recorded is one stretch of the trunk. `front` is the record a name has after the newest recorded change,
// `back` the one it had before the oldest: newer changes ask and move the front, older ones the back.
import type { TouchedPath } from '../domain/ledger.js';

/** Number of a path's record; it keeps it when it is renamed. */
export type PathId = number;

export interface KnownName {
  /** `null`: no file of that name there any more. */
  front: PathId | null;
  /** `null`: whatever had the name before is not the file that has it later. */
  back: PathId | null;
}

/** By name; a former name is never the name itself. A name that no recorded change has touched is missing. */
export type KnownNames = Map<string, KnownName>;

export type StretchEnd = 'newer' | 'older' | 'between';

export interface Placing {
  readonly end: StretchEnd;
  /** A former name that is unknown may be one that only older changes touch. */
  readonly isReadBackwards: boolean;
  /** Number of a new record. */
  readonly create: () => PathId;
}

/** Records of one change's paths, each once. `names` must hold every known name among them and is brought along. */
export function placePaths(
  names: KnownNames,
  touched: readonly TouchedPath[],
  placing: Placing,
): readonly PathId[] {
  const { end } = placing;
  const place = end === 'newer' ? placeNewer : end === 'older' ? placeOlder : placeBetween;
  const found = new Set<PathId>();
  // Backwards, the last of a change's renames is undone first.
  const inOrder = end === 'older' ? touched.toReversed() : touched;
  for (const one of inOrder) found.add(place(names, one, placing));
  return [...found];
}

function placeNewer(names: KnownNames, { path, previousPath }: TouchedPath, placing: Placing): PathId {
  const name = names.get(path);
  const former = previousPath === null ? undefined : names.get(previousPath);
  const moved = former?.front ?? null;
  if (former !== undefined && moved !== null) {
    former.front = null;
    const now = names.get(path);
    if (now === undefined) names.set(path, { front: moved, back: null });
    else now.front = moved;
    return moved;
  }
  const replaces = placing.isReadBackwards && previousPath !== null && former === undefined;
  if (name !== undefined && name.front !== null && !replaces) return name.front;
  const id = placing.create();
  if (name !== undefined) name.front = id;
  // Older changes under the former name, should they still come, are of this file.
  else if (previousPath !== null) names.set(path, { front: id, back: null });
  else names.set(path, { front: id, back: id });
  if (previousPath !== null && former === undefined) {
    names.set(previousPath, { front: null, back: id });
  }
  return id;
}

function placeOlder(names: KnownNames, { path, previousPath }: TouchedPath, { create }: Placing): PathId {
  const name = names.get(path);
  const id = name?.back ?? create();
  const isRename = previousPath !== null;
  if (name === undefined) names.set(path, { front: id, back: isRename ? null : id });
  else name.back = isRename ? null : id;
  if (isRename) {
    const former = names.get(previousPath);
    if (former === undefined) names.set(previousPath, { front: null, back: id });
    else former.back = id;
  }
  return id;
}

/** A change amid what is recorded moves no name: where its file went is already told by what came later. */
function placeBetween(names: KnownNames, { path, previousPath }: TouchedPath, placing: Placing): PathId {
  const name = names.get(path);
  const known = name?.front ?? name?.back;
  if (known !== undefined && known !== null) return known;
  return placeNewer(names, { path, previousPath }, placing);
}
