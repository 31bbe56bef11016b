// What was known of each path, folder and author at a moment of a history that is read in order?
// Changes older than the window are taken out again, so that memory is bounded by the window.
import {
  EMPTY_TALLY,
  type LedgerQuery,
  type LedgerReading,
  type LedgerSpan,
  type Tally,
  type TouchedPath,
} from '../domain/ledger.js';
import { ageTally, countChange, countFailure, type OpenTally, openTally } from './tally.js';

export interface MergedChange {
  /** Names the change for `fail`. */
  readonly id: number;
  /** Seconds since 1970; earlier than the change before it counts as the same moment. */
  readonly at: number;
  readonly author: string;
  readonly paths: readonly TouchedPath[];
}

export interface MemoryLedger {
  /**
   * What is known now; `query.at` must not lie before anything recorded. The counters in the answer are live:
   * use them before the next call.
   */
  read(query: LedgerQuery): LedgerReading;
  record(change: MergedChange): void;
  /** A recorded change is known to have failed. `false`: it is not recorded, left the window or failed before. */
  fail(id: number, knownAt: number): boolean;
  /** A change that failed is kept after all. `false`: it had not failed, or left the window. */
  relieve(id: number): boolean;
  readonly size: { readonly changes: number; readonly keys: number };
}

/** A path keeps its number when it is renamed, and with it its record. */
interface KeptChange {
  readonly at: number;
  readonly author: number;
  readonly paths: readonly number[];
  readonly folders: readonly string[];
  failed: boolean;
}

export function createMemoryLedger(span: LedgerSpan): MemoryLedger {
  const pathNumbers = new Map<string, number>();
  const authorNumbers = new Map<string, number>();
  const paths = new Map<number, OpenTally>();
  const folders = new Map<string, OpenTally>();
  const authors = new Map<number, OpenTally>();
  /** How often an author changed a path, by `author × MAX_PATHS + path`. */
  const familiar = new Map<number, number>();
  const repository = openTally(0);
  const kept = new Map<number, KeptChange>();
  let nextPath = 0;

  const tallies = (change: KeptChange): readonly OpenTally[] => [
    repository,
    open(authors, change.author, change.at),
    ...change.paths.map((path) => open(paths, path, change.at)),
    ...change.folders.map((folder) => open(folders, folder, change.at)),
  ];

  const expire = (now: number) => {
    for (const [id, change] of kept) {
      if (change.at >= now - span.windowSeconds) return;
      kept.delete(id);
      for (const tally of tallies(change)) {
        countChange(tally, change.at, -1, span);
        if (change.failed) countFailure(tally, change.at, -1, span);
      }
      dropIfEmpty(authors, change.author);
      for (const path of change.paths) {
        dropIfEmpty(paths, path);
        const key = pairKey(change.author, path);
        const times = (familiar.get(key) ?? 0) - 1;
        if (times > 0) familiar.set(key, times);
        else familiar.delete(key);
      }
      for (const folder of change.folders) dropIfEmpty(folders, folder);
    }
  };

  return {
    read({ at, author, paths: touched }) {
      expire(at);
      const reading = (tally: OpenTally | undefined): Tally => {
        if (tally === undefined) return EMPTY_TALLY;
        ageTally(tally, at, span);
        return tally;
      };
      const authorNumber = authorNumbers.get(author);
      let familiarPaths = 0;
      const pathTallies = touched.map(({ path, previousPath }) => {
        const number =
          pathNumbers.get(path) ?? (previousPath === null ? undefined : pathNumbers.get(previousPath));
        if (number === undefined) return EMPTY_TALLY;
        if (authorNumber !== undefined && familiar.has(pairKey(authorNumber, number))) familiarPaths += 1;
        return reading(paths.get(number));
      });
      return {
        repository: reading(repository),
        author: authorNumber === undefined ? EMPTY_TALLY : reading(authors.get(authorNumber)),
        paths: pathTallies,
        folders: foldersOf(touched).map((folder) => reading(folders.get(folder))),
        familiarPaths,
      };
    },

    record({ id, at, author, paths: touched }) {
      const numbers = touched.map(({ path, previousPath }) => {
        const moved = previousPath === null ? undefined : pathNumbers.get(previousPath);
        if (moved !== undefined) {
          pathNumbers.delete(previousPath!);
          pathNumbers.set(path, moved);
          return moved;
        }
        const known = pathNumbers.get(path);
        if (known !== undefined) return known;
        pathNumbers.set(path, nextPath);
        return nextPath++;
      });
      let authorNumber = authorNumbers.get(author);
      if (authorNumber === undefined) {
        authorNumber = authorNumbers.size;
        authorNumbers.set(author, authorNumber);
      }
      const change: KeptChange = {
        at,
        author: authorNumber,
        paths: [...new Set(numbers)],
        folders: foldersOf(touched),
        failed: false,
      };
      kept.set(id, change);
      for (const tally of tallies(change)) countChange(tally, at, 1, span);
      for (const path of change.paths) {
        const key = pairKey(authorNumber, path);
        familiar.set(key, (familiar.get(key) ?? 0) + 1);
      }
    },

    fail(id, knownAt) {
      const change = kept.get(id);
      if (change === undefined || change.failed) return false;
      change.failed = true;
      for (const tally of tallies(change)) {
        countFailure(tally, change.at, 1, span);
        tally.lastFailedAt = Math.max(tally.lastFailedAt ?? knownAt, knownAt);
      }
      return true;
    },
    relieve(id) {
      const change = kept.get(id);
      if (change === undefined || !change.failed) return false;
      change.failed = false;
      for (const tally of tallies(change)) countFailure(tally, change.at, -1, span);
      return true;
    },
    get size() {
      return { changes: kept.size, keys: paths.size + folders.size + authors.size };
    },
  };
}

/** The distinct parent folders; the root is the empty string. */
export function foldersOf(touched: readonly TouchedPath[]): readonly string[] {
  const found = new Set<string>();
  for (const { path } of touched) found.add(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  return [...found];
}

const MAX_PATHS = 2 ** 28;

function pairKey(author: number, path: number): number {
  return author * MAX_PATHS + path;
}

function open<Key>(tallies: Map<Key, OpenTally>, key: Key, at: number): OpenTally {
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = openTally(at);
    tallies.set(key, tally);
  }
  return tally;
}

function dropIfEmpty<Key>(tallies: Map<Key, OpenTally>, key: Key): void {
  if (tallies.get(key)?.changes === 0) tallies.delete(key);
}
