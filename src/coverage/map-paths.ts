// Which file of the repository does a tool mean by the path it writes?
// Tools write absolute paths of a runner, module names, packages, or paths below a folder nobody names. The report as
// a whole tells which: a change of prefix that explains most of its files is believed, a guess for one file is not.
export interface ReportedPath {
  readonly path: string;
  /** Module the tool names beside the path; settles between several candidates. */
  readonly hint: string | null;
}

export interface KnownPaths {
  readonly paths: ReadonlySet<string>;
  /** False if only some are known, such as the changed files. */
  readonly isComplete: boolean;
}

export type MappedPath =
  | { readonly kind: 'file'; readonly path: string }
  /** None of the known paths. */
  | { readonly kind: 'outside' }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] };

/** Maps the paths of one report. `origin` is the report's own name, whose folders settle ties: `packages/ui/lcov.info`. */
export function createPathMapper(known: KnownPaths) {
  const byName = new Map<string, string[]>();
  for (const path of known.paths) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [path]);
    else same.push(path);
  }
  return (reported: readonly ReportedPath[], origin: string): readonly MappedPath[] => {
    const paths = reported.map(({ path }) => normalise(path));
    const changes = chooseChanges(collectVotes(paths, byName), paths, origin, known.isComplete);
    const mapped = paths.map((path, index) =>
      applyChanges(path, reported[index]!.hint, changes, known, origin),
    );
    return withoutDoubles(mapped);
  };
}

/** `.ts` of `src/a.ts`, and of `a.mts` and `a.TSX`, which are the same language; a name without one is its own. */
export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(dot).replace(/^\.[cm]?([jt]s)x?$/, '.$1');
}

/** Takes `strip` from the front of a path and sets `add` there. */
interface Change {
  readonly strip: string;
  readonly add: string;
}

interface Votes {
  readonly change: Change;
  /** Indices of the paths it explains. */
  readonly paths: Set<number>;
  /** Most segments that a path and a file had in common. */
  segments: number;
}

/** Forward slashes, no dots, no `file://`; an absolute path keeps its first slash, or its drive. */
export function normalise(reported: string): string {
  let path = reported.replace(/^file:\/\/(?=\/)/, '');
  if (/^[A-Za-z]:[\\/]/.test(path) || !path.includes('/')) path = path.replaceAll('\\', '/');
  const isAbsolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `${isAbsolute ? '/' : ''}${parts.join('/')}`;
}

/** Of names that many files share, such as `index.ts`, little can be learnt. */
const FEW = 50;
const MANY = 2000;
const MAX_VOTERS = 20_000;
const MAX_VOTES = 50_000;

function collectVotes(paths: readonly string[], byName: ReadonlyMap<string, readonly string[]>): Votes[] {
  const votes = new Map<string, Votes>();
  let voters = 0;
  const vote = (index: number, most: number) => {
    const path = paths[index]!;
    const same = byName.get(path.slice(path.lastIndexOf('/') + 1));
    if (same === undefined || same.length > most) return;
    voters += 1;
    for (const file of same.slice(0, MANY)) {
      const found = compare(path, file);
      if (found === null) continue;
      const key = `${found.strip}\0${found.add}`;
      const known = votes.get(key);
      if (known === undefined) {
        const { strip, add, segments } = found;
        votes.set(key, { change: { strip, add }, paths: new Set([index]), segments });
      } else {
        known.paths.add(index);
        known.segments = Math.max(known.segments, found.segments);
      }
    }
  };
  for (let index = 0; index < paths.length && voters < MAX_VOTERS && votes.size < MAX_VOTES; index += 1)
    vote(index, FEW);
  const isUndecided = votes.size === 0;
  for (let index = 0; isUndecided && index < paths.length && voters < 200; index += 1) vote(index, Infinity);
  return [...votes.values()];
}

/** What makes the path the file, if they end alike: all of one, or two segments, must be the same. */
function compare(path: string, file: string): (Change & { readonly segments: number }) | null {
  if (path === file) return { strip: '', add: '', segments: Infinity };
  const [left, right] = [path.split('/'), file.split('/')];
  let segments = 0;
  while (
    segments < left.length &&
    segments < right.length &&
    left[left.length - 1 - segments] === right[right.length - 1 - segments]
  ) {
    segments += 1;
  }
  const isWhole = segments === left.length || segments === right.length;
  if (!isWhole && segments < 2) return null;
  const prefix = (parts: readonly string[]) =>
    parts.length === segments ? '' : `${parts.slice(0, parts.length - segments).join('/')}/`;
  return { strip: prefix(left), add: prefix(right), segments };
}

const MAX_ROUNDS = 500;

/** The fewest changes that explain the report, best first. */
function chooseChanges(
  votes: readonly Votes[],
  paths: readonly string[],
  origin: string,
  isComplete: boolean,
): readonly Change[] {
  const chosen: Change[] = [];
  const open = new Set(votes.flatMap((each) => [...each.paths]));
  const total = open.size;
  let left = [...votes];
  for (let round = 0; round < MAX_ROUNDS && open.size > 0 && left.length > 0; round += 1) {
    const best = left.reduce((a, b) => (isBetter(b, a, origin, paths) ? b : a));
    left = left.filter((each) => each !== best);
    if (!isPlausible(best, chosen, total, paths, isComplete)) continue;
    chosen.push(best.change);
    const explained = [...best.paths];
    for (const index of explained) open.delete(index);
    for (const each of left) for (const index of explained) each.paths.delete(index);
    left = left.filter((each) => each.paths.size > 0);
  }
  return chosen;
}

function isBetter(a: Votes, b: Votes, origin: string, paths: readonly string[]): boolean {
  if (a.paths.size !== b.paths.size) return a.paths.size > b.paths.size;
  return preference(a, origin, paths) > preference(b, origin, paths);
}

/** Between changes that explain as much: where the runner checks out, where the report lay, and the smallest one. */
function preference({ change, segments, paths }: Votes, origin: string, all: readonly string[]): number {
  const { strip, add } = change;
  const first = all[[...paths][0] ?? 0] ?? '';
  const isCheckout = strip !== '' && CHECKOUT.exec(first)?.[0] === strip;
  const isNear = add !== '' && `/${origin}`.includes(`/${add}`);
  return (
    (isCheckout ? 1e9 : 0) + (isNear ? 1e8 : 0) + Math.min(segments, 1000) * 1e4 - strip.length - add.length
  );
}

/** Where GitHub's runners and container jobs check a repository out. */
const CHECKOUT =
  /^(?:\/home\/runner\/work|\/Users\/runner\/work|\/__w|[A-Za-z]:\/a|\/.{1,200}\/_work)\/([^/]+)\/\1\/|^\/github\/workspace\//;

function isPlausible(
  { change, paths, segments }: Votes,
  chosen: readonly Change[],
  total: number,
  all: readonly string[],
  isComplete: boolean,
): boolean {
  const { strip, add } = change;
  const isFirst = chosen.length === 0;
  if (strip === '') return add === '' || isFirst || paths.size > 1 || segments > 2 || total < 10;
  // What lies below a root that was found, and is no file there, is no file of the repository.
  if (chosen.some((known) => known.strip !== '' && strip.startsWith(known.strip))) return false;
  // One name alone proves nothing, unless it is all there is to go by.
  if (!(isComplete && isFirst) && segments < 2 && paths.size < 2) return false;
  // A root is shared by the files of the report, whether or not the repository has them.
  const share = all.filter((path) => path.startsWith(strip)).length / all.length;
  const checkout = CHECKOUT.exec(strip)?.[0] ?? strip;
  if (strip.length > checkout.length) return share >= 0.9;
  if (add !== '') return share >= 0.5 && paths.size / total >= 0.5;
  return share >= (isComplete ? 0.1 : 0.3);
}

function applyChanges(
  path: string,
  hint: string | null,
  changes: readonly Change[],
  known: KnownPaths,
  origin: string,
): MappedPath & { readonly rank?: number } {
  const found = new Map<string, { readonly change: Change; readonly rank: number }>();
  for (const [rank, change] of changes.entries()) {
    if (!path.startsWith(change.strip)) continue;
    const file = change.add + path.slice(change.strip.length);
    if (known.paths.has(file) && !found.has(file)) found.set(file, { change, rank });
  }
  const candidates = [...found.keys()];
  const only = (files: readonly string[]) => (files.length === 1 ? files[0]! : null);
  const settled =
    only(candidates) ??
    only(candidates.filter((file) => hint !== null && `/${file}`.includes(`/${hint}/`))) ??
    only(candidates.filter((file) => isNear(found.get(file)!.change, origin)));
  if (settled !== null) return { kind: 'file', path: settled, rank: found.get(settled)!.rank };
  return candidates.length === 0 ? { kind: 'outside' } : { kind: 'ambiguous', candidates };
}

function isNear({ add }: Change, origin: string): boolean {
  return add !== '' && `/${origin}`.includes(`/${add}`);
}

/** Two paths of one report under different prefixes are not the same file: the better explained one stays. */
function withoutDoubles(mapped: readonly (MappedPath & { readonly rank?: number })[]): readonly MappedPath[] {
  const best = new Map<string, number>();
  for (const each of mapped) {
    if (each.kind !== 'file') continue;
    best.set(each.path, Math.min(best.get(each.path) ?? Infinity, each.rank ?? 0));
  }
  return mapped.map((each): MappedPath => {
    if (each.kind !== 'file') return each;
    return best.get(each.path) === (each.rank ?? 0) ? { kind: 'file', path: each.path } : { kind: 'outside' };
  });
}
