// Is the share of a change that a later one undid counted by lines, path by path?
import { describe, expect, test } from '@jest/globals';
import { readChangeLines, shareRedone, sharesPath, shareUndone } from '../../src/outcomes/inverse-diff.js';

function change(
  path: string,
  removed: readonly string[],
  added: readonly string[],
  blobs = 'index 1111111..2222222 100644',
) {
  const patch = [
    `diff --git a/${path} b/${path}`,
    blobs,
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -${removed.length === 0 ? 0 : 1},${removed.length} +${added.length === 0 ? 0 : 1},${added.length} @@`,
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    '',
  ].join('\n');
  const lines = readChangeLines(patch);
  if (lines === null) throw new Error(`The fixture is no patch:\n${patch}`);
  return lines;
}

const ADD = change('src/cart.ts', ['old total'], ['new total', 'new tax', 'new sum']);

describe('the share undone', () => {
  test.each([
    ['all', change('src/cart.ts', ['new total', 'new tax', 'new sum'], ['old total']), 1],
    ['half', change('src/cart.ts', ['new total'], ['old total']), 0.5],
    ['none: the same again', ADD, 0],
    ['none: another path', change('src/tax.ts', ['new total', 'new tax', 'new sum'], ['old total']), 0],
    [
      'all, though the file has moved',
      change('lib/cart.ts', ['new total', 'new tax', 'new sum'], ['old total']),
      1,
    ],
    [
      'all, though a formatter has been there',
      change('src/cart.ts', ['  new total', 'new  tax', 'new "sum"'], ["old 'total'"]),
      1,
    ],
  ])('%s', (_, later, expected) => {
    expect(shareUndone(ADD, later)).toBe(expected);
  });

  test('a line counts once for each time it stands there', () => {
    const twice = change('a', [], ['}', '}', 'x', 'y']);
    expect(shareUndone(twice, change('a', ['}'], []))).toBe(0.25);
  });

  test('a binary file is undone if its old content is back', () => {
    const binary = (from: string, to: string) =>
      readChangeLines(
        `diff --git a/logo.png b/logo.png\nindex ${from}..${to} 100644\nBinary files a/logo.png and b/logo.png differ\n`,
      )!;
    expect(shareUndone(binary('1111111', '2222222'), binary('2222222', '1111111'))).toBe(1);
    expect(shareUndone(binary('1111111', '2222222'), binary('2222222', '3333333'))).toBe(0);
  });

  test('nothing changed: nothing to undo', () => {
    expect(shareUndone(readChangeLines('')!, ADD)).toBeNull();
  });
});

test('what is done again is counted the other way', () => {
  expect(shareRedone(ADD, ADD)).toBe(1);
  expect(shareRedone(ADD, change('src/cart.ts', ['new total', 'new tax', 'new sum'], ['old total']))).toBe(0);
});

test('two changes share a path or not', () => {
  expect(sharesPath(ADD, change('src/cart.ts', [], ['x']))).toBe(true);
  expect(sharesPath(ADD, change('src/tax.ts', [], ['x']))).toBe(false);
});

test('a patch that was cut is no patch', () => {
  expect(
    readChangeLines(
      'diff --git a/x b/x\nindex 1111111..2222222 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a',
    ),
  ).toBeNull();
});
