// Does the ledger in memory know exactly what was known, and forget what left the window?
import { describe, expect, test } from '@jest/globals';
import type { LedgerReading, LedgerSpan } from '../../src/domain/ledger.js';
import { createMemoryLedger, foldersOf } from '../../src/quality/memory-ledger.js';
import { DAY, START } from './history.js';

const SPAN: LedgerSpan = { windowSeconds: 180 * DAY, halfLifeSeconds: 60 * DAY };

function build(span = SPAN) {
  const ledger = createMemoryLedger(span);
  const touched = (...paths: readonly (string | readonly [string, string])[]) =>
    paths.map((path) =>
      typeof path === 'string'
        ? { path, previousPath: null }
        : { path: path[0], previousPath: path[1] as string | null },
    );
  return {
    ledger,
    merge: (
      id: number,
      day: number,
      author: string,
      ...paths: readonly (string | readonly [string, string])[]
    ) => ledger.record({ id, at: START + day * DAY, author, paths: touched(...paths) }),
    fail: (id: number, day: number) => ledger.fail(id, START + day * DAY),
    read: (
      day: number,
      author: string,
      ...paths: readonly (string | readonly [string, string])[]
    ): LedgerReading =>
      structuredClone(ledger.read({ at: START + day * DAY, author, paths: touched(...paths) })),
  };
}

describe('what is counted', () => {
  test('counts a change once per path, folder, author and repository', () => {
    const { merge, read } = build();
    merge(1, 0, 'kim', 'src/a.ts', 'src/b.ts', 'docs/a.md');
    const reading = read(0, 'kim', 'src/a.ts', 'src/new.ts');
    expect(reading.repository.changes).toBe(1);
    expect(reading.author.changes).toBe(1);
    expect(reading.paths.map((path) => path.changes)).toEqual([1, 0]);
    expect(reading.folders.map((folder) => folder.changes)).toEqual([1]);
    expect(reading.familiarPaths).toBe(1);
    expect(read(0, 'lee', 'src/a.ts').familiarPaths).toBe(0);
  });

  test('weighs a change half after each half-life, and its failure like the change', () => {
    const { merge, fail, read } = build();
    merge(1, 0, 'kim', 'src/a.ts');
    merge(2, 60, 'kim', 'src/a.ts');
    fail(1, 61);
    const [path] = read(120, 'kim', 'src/a.ts').paths;
    expect(path!.weight).toBeCloseTo(0.25 + 0.5, 10);
    expect(path!.weightFailed).toBeCloseTo(0.25, 10);
    expect(path).toMatchObject({ changes: 2, failed: 1, lastFailedAt: START + 61 * DAY });
  });

  test('counts a failure once, and none of a change it never saw', () => {
    const { merge, fail, read } = build();
    merge(1, 0, 'kim', 'src/a.ts');
    expect([fail(1, 1), fail(1, 2), fail(99, 2)]).toEqual([true, false, false]);
    expect(read(2, 'kim', 'src/a.ts').repository.failed).toBe(1);
  });

  test('forgets what left the window, failures with it', () => {
    const { ledger, merge, fail, read } = build();
    merge(1, 0, 'kim', 'src/a.ts');
    fail(1, 1);
    merge(2, 100, 'lee', 'src/b.ts');
    expect(read(179, 'kim', 'src/a.ts').paths[0]).toMatchObject({ changes: 1, failed: 1 });
    const later = read(181, 'kim', 'src/a.ts');
    expect(later.paths[0]).toMatchObject({ changes: 0, failed: 0, weight: 0, weightFailed: 0 });
    expect(later.familiarPaths).toBe(0);
    expect(later.repository).toMatchObject({ changes: 1, failed: 0, weightFailed: 0, lastFailedAt: null });
    expect(ledger.size).toEqual({ changes: 1, keys: 3 });
    read(300, 'kim');
    expect(ledger.size).toEqual({ changes: 0, keys: 0 });
  });

  test('carries the record of a renamed file along a chain of renames', () => {
    const { merge, fail, read } = build();
    merge(1, 0, 'kim', 'a.ts');
    merge(2, 1, 'kim', ['b.ts', 'a.ts']);
    // Scored before it is merged, the rename is judged by the old name's record.
    expect(read(2, 'kim', ['c.ts', 'b.ts']).paths[0]!.changes).toBe(2);
    merge(3, 2, 'lee', ['c.ts', 'b.ts']);
    fail(1, 3);
    expect(read(3, 'kim', 'c.ts').paths[0]).toMatchObject({ changes: 3, failed: 1 });
    expect(read(3, 'kim', 'a.ts').paths[0]!.changes).toBe(0);
  });

  test('counts a path that is named twice once', () => {
    const { merge, read } = build();
    merge(1, 0, 'kim', 'a.ts', 'a.ts');
    expect(read(0, 'kim', 'a.ts').paths[0]).toMatchObject({ changes: 1, weight: 1 });
  });

  test('takes paths and authors for what they are, also __proto__ and unicode', () => {
    const { merge, read } = build();
    merge(1, 0, '__proto__', '__proto__', 'src/naïve file.ts');
    const reading = read(0, '__proto__', '__proto__', 'src/naïve file.ts');
    expect(reading.paths.map((path) => path.changes)).toEqual([1, 1]);
    expect(reading.author.changes).toBe(1);
    expect(read(0, 'constructor', 'toString').author.changes).toBe(0);
  });

  test('counts a commit of 50,000 files', () => {
    const { merge, read } = build();
    const paths = Array.from({ length: 50_000 }, (_, index) => `d${index % 100}/f${index}`);
    merge(1, 0, 'kim', ...paths);
    const reading = read(0, 'kim', ...paths);
    expect(reading.familiarPaths).toBe(50_000);
    expect(reading.folders).toHaveLength(100);
  });
});

test('a file at the root is in the root folder', () => {
  expect(
    foldersOf([
      { path: 'a.ts', previousPath: null },
      { path: 'x/y/b.ts', previousPath: null },
    ]),
  ).toEqual(['', 'x/y']);
});
