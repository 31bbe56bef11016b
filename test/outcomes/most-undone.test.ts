// Do line counts refute what cannot have been undone, and never what was?
import { describe, expect, test } from '@jest/globals';
import { type CountedFile, mostRedone, mostUndone } from '../../src/outcomes/most-undone.js';

function file(path: string, additions: number, deletions = 0, previousPath: string | null = null) {
  return { path, previousPath, additions, deletions };
}

describe('what can have been undone', () => {
  test.each<readonly [string, readonly CountedFile[], readonly CountedFile[], number | null]>([
    ['everything', [file('a', 10, 4)], [file('a', 4, 10)], 1],
    ['a part', [file('a', 100)], [file('a', 0, 30)], 0.3],
    ['nothing: it adds where the change added', [file('a', 10)], [file('a', 10)], 0],
    ['nothing: another file', [file('a', 10)], [file('b', 40)], 0],
    ['one of two files', [file('a', 10), file('b', 30)], [file('a', 0, 10)], 0.25],
    ['a renamed file, renamed back', [file('b', 5, 5, 'a')], [file('a', 5, 5, 'b')], 1],
    ['a file that was renamed in between', [file('a', 10)], [file('c', 0, 10)], 1],
    ['no more than all, however much goes', [file('a', 10)], [file('a', 0, 9_000)], 1],
    ['not to be told: a binary file', [file('a.png', 0)], [file('a.png', 0)], null],
  ])('%s', (_what, earlier, later, share) => {
    expect(mostUndone(earlier, later)).toBe(share);
  });
});

test('a reland does again what the change did', () => {
  expect(mostRedone([file('a', 10, 2)], [file('a', 10, 2)])).toBe(1);
  expect(mostRedone([file('a', 10)], [file('a', 0, 10)])).toBe(0);
});
