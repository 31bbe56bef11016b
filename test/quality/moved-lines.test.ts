// Are lines that only moved taken off, and nothing that is new?
import { describe, expect, test } from '@jest/globals';
import { countMovedLines } from '../../src/quality/moved-lines.js';

/** A file whose hunk deletes and adds these lines. */
function file(path: string, deleted: readonly string[], added: readonly string[]) {
  const lines = [...deleted.map((line) => `-${line}`), ...added.map((line) => `+${line}`)];
  const header = `@@ -${deleted.length === 0 ? 0 : 1},${deleted.length} +${added.length === 0 ? 0 : 1},${added.length} @@`;
  return {
    path,
    additions: added.length,
    deletions: deleted.length,
    patch: [header, ...lines].join('\n'),
  };
}

const BLOCK = ['function tax(order) {', '  const rate = rateOf(order);', '  return order.sum * rate;', '}'];
const other = (count: number) => Array.from({ length: count }, (_, at) => `const fresh${at} = make(${at});`);

describe('moved lines', () => {
  test.each([
    ['a function moved to another file', [file('a', BLOCK, []), file('b', [], BLOCK)], 4],
    [
      'a function moved within a file, among other lines',
      [file('a', [...BLOCK, ...other(2)], []), file('b', [], ['const one = 1;', ...BLOCK])],
      4,
    ],
    [
      'lines indented anew',
      [
        file('a', BLOCK, []),
        file(
          'b',
          [],
          BLOCK.map((line) => `    ${line}  `),
        ),
      ],
      4,
    ],
    ['nothing where the lines are new', [file('a', other(3), []), file('b', [], BLOCK)], 0],
    [
      'nothing below three lines that tell something',
      [file('a', BLOCK.slice(0, 2), []), file('b', [], BLOCK.slice(0, 2))],
      0,
    ],
    [
      'nothing of brackets and blanks',
      [file('a', ['}', '', '}', '});', ''], []), file('b', [], ['}', '', '}', '});', ''])],
      0,
    ],
    [
      'a copy only once for one deletion',
      [file('a', BLOCK, []), file('b', [], [...BLOCK, ...BLOCK, ...BLOCK])],
      4,
    ],
    [
      'as many copies as were deleted',
      [file('a', [...BLOCK, ...BLOCK], []), file('b', [], [...BLOCK, ...BLOCK])],
      8,
    ],
    [
      'nothing where one of three lines differs',
      [file('a', BLOCK.slice(0, 3), []), file('b', [], [BLOCK[0]!, BLOCK[1]!, '  return 0;'])],
      0,
    ],
    [
      'nothing where a patch was not read',
      [file('a', BLOCK, []), file('b', [], BLOCK), { path: 'c', additions: 1, deletions: 0, patch: null }],
      0,
    ],
    [
      'nothing where a patch is cut short',
      [
        file('a', BLOCK, []),
        {
          ...file('b', [], BLOCK),
          patch: file('b', [], BLOCK)
            .patch.slice(0, -5)
            .replace(/\n[^\n]*$/, ''),
        },
      ],
      0,
    ],
    [
      'nothing where a patch holds fewer lines than GitHub counts',
      [file('a', BLOCK, []), { ...file('b', [], BLOCK), additions: 40 }],
      0,
    ],
    [
      'a file without lines needs no patch',
      [file('a', BLOCK, []), file('b', [], BLOCK), { path: 'c', additions: 0, deletions: 0, patch: null }],
      4,
    ],
  ])('%s', (_name, files, moved) => {
    expect(countMovedLines(files)).toBe(moved);
  });

  test('new lines put between deleted ones of the same words stay new', () => {
    const woven = BLOCK.flatMap((line, at) => [line, `steal(secrets, ${at});`]);
    expect(countMovedLines([file('a', BLOCK, []), file('b', [], woven)])).toBe(0);
  });

  test.each([
    ['that differ', (at: number) => `const value${at} = compute(${at});`],
    ['that are all the same', () => 'push(item, item);'],
    ['of a few words in turn', (at: number) => `push(item${at % 3});`],
  ])('20,000 lines %s are compared in time', (_name, line) => {
    const lines = Array.from({ length: 20_000 }, (_, at) => line(at));
    const started = performance.now();
    expect(countMovedLines([file('a', lines, []), file('b', [], lines)])).toBe(20_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('hostile repetition stays linear', () => {
    const deleted = Array.from(
      { length: 20_000 },
      (_, at) => ['aaa bbb', 'ccc ddd', 'eee fff', '}'][at % 4]!,
    );
    const added = Array.from({ length: 20_000 }, (_, at) => ['aaa bbb', 'ccc ddd', ')', 'eee fff'][at % 4]!);
    const started = performance.now();
    expect(countMovedLines([file('a', deleted, []), file('b', [], added)])).toBe(0);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
