// Which histories does the ledger have to get right? Random ones, with renames, failures and several authors.
import type { MergedChange, TouchedPath } from '../../src/domain/ledger.js';

export const DAY = 86_400;
export const NOW = Math.floor(Date.UTC(2026, 10, 1) / 1_000);

export interface PastChange extends MergedChange {
  /** When it became known that it failed; `null`: it did not. */
  readonly failedAt: number | null;
}

export function shaOf(name: string | number): string {
  return Buffer.from(String(name)).toString('hex').padEnd(40, '0');
}

export function aChange(name: string | number, changed: Partial<MergedChange> = {}): MergedChange {
  return {
    sha: shaOf(name),
    pullRequest: null,
    title: `Change ${name}`,
    message: `Change ${name}`,
    mergedAt: NOW,
    author: 'sam',
    authorship: 'human',
    agent: null,
    files: [{ path: 'src/a.ts', previousPath: null, additions: 3, deletions: 1 }],
    lines: 4,
    isOrdinary: true,
    chance: 0.01,
    ...changed,
  };
}

/** A repeatable stream of numbers from 0 to 1. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FOLDERS = ['', 'src', 'src/deep', 'docs'];
const AUTHORS = ['sam', 'kim', 'devin'];

/** In time order, the last one at `NOW` or shortly before; the first creates every file the history begins with. */
export function aHistory(seed: number, length: number, seconds: number): readonly PastChange[] {
  const random = randomFrom(seed);
  const pick = <One>(from: readonly One[]): One => from[Math.floor(random() * from.length)]!;
  const names = FOLDERS.flatMap((folder) =>
    ['a', 'b', 'c', 'd'].map((name) => (folder === '' ? name : `${folder}/${name}`)),
  );
  const live = new Set(names.slice(0, 8));
  const history: PastChange[] = [];
  for (let index = 0; index < length; index += 1) {
    const touched: TouchedPath[] = [];
    if (index === 0) for (const path of live) touched.push({ path, previousPath: null });
    else
      for (let file = 0; file <= random() * 4; file += 1) {
        const path = pick([...live]);
        const deed = random();
        if (deed < 0.2) {
          // Sometimes onto a name that is taken: the file that had it is gone.
          const to = pick(names);
          if (to === path) continue;
          live.delete(path);
          live.add(to);
          touched.push({ path: to, previousPath: path });
        } else if (deed < 0.35) {
          const created = pick(names);
          live.add(created);
          touched.push({ path: created, previousPath: null });
        } else touched.push({ path, previousPath: null });
      }
    const author = pick(AUTHORS);
    const mergedAt = Math.floor(NOW - seconds + (seconds * Math.floor((index * 5) / 6)) / ((length * 5) / 6));
    const isOrdinary = random() < 0.9;
    history.push({
      ...aChange(index, {
        mergedAt,
        author,
        authorship: author === 'devin' ? 'agent' : 'human',
        agent: author === 'devin' ? 'devin' : null,
        files: touched.map((one) => ({ ...one, additions: 1, deletions: 0 })),
        lines: Math.floor(random() * 100),
        isOrdinary,
      }),
      failedAt: isOrdinary && random() < 0.3 ? mergedAt + Math.floor(random() * 60 * DAY) : null,
    });
  }
  return history;
}
