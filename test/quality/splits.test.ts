// Do the suggested parts make sense to somebody who has to cut a change?
import { describe, expect, test } from '@jest/globals';
import { suggestSplits } from '../../src/quality/splits.js';

const files = (sizes: Readonly<Record<string, number>>) =>
  Object.entries(sizes).map(([path, lines]) => ({ path, lines }));
const shown = (sizes: Readonly<Record<string, number>>, limit: number) =>
  suggestSplits(files(sizes), limit).map(
    ({ folder, lines, files: count }) => `${folder} ${lines} in ${count}`,
  );

describe('suggested parts', () => {
  test('are the top folders where those are below the limit, the largest first', () => {
    expect(shown({ 'api/a.ts': 200, 'web/b.ts': 300, 'web/c.ts': 10 }, 400)).toEqual([
      'web/ 310 in 2',
      'api/ 200 in 1',
    ]);
  });

  test('go deeper where one folder holds everything', () => {
    expect(shown({ 'src/api/a.ts': 300, 'src/web/b.ts': 300 }, 400)).toEqual([
      'src/api/ 300 in 1',
      'src/web/ 300 in 1',
    ]);
  });

  test('go deeper where one folder alone is above the limit', () => {
    expect(shown({ 'docs/a.md': 100, 'src/api/a.ts': 300, 'src/web/b.ts': 350 }, 400)).toEqual([
      'src/web/ 350 in 1',
      'src/api/ 300 in 1',
      'docs/ 100 in 1',
    ]);
  });

  test('name files at the root by ./', () => {
    expect(shown({ 'a.ts': 300, 'lib/b.ts': 300 }, 400)).toEqual(['./ 300 in 1', 'lib/ 300 in 1']);
  });

  test('are at most five', () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`f${at}/a.ts`, 100 + at]));
    expect(shown(many, 400)).toHaveLength(5);
  });

  test.each([
    ['one file', { 'src/a.ts': 900 }],
    ['one folder', { 'src/a.ts': 500, 'src/b.ts': 400 }],
    ['nearly all in one part', { 'src/a.ts': 900, 'docs/a.md': 10 }],
    ['nothing', {}],
    ['files without lines', { 'a/x': 0, 'b/y': 0 }],
  ])('are none for %s', (_name, sizes) => {
    expect(shown(sizes as Readonly<Record<string, number>>, 400)).toEqual([]);
  });

  test('of 50,000 files in deep folders come in time', () => {
    const many = Array.from({ length: 50_000 }, (_, at) => ({
      path: `a/b/c/d${at % 7}/e${at % 11}/f${at}.ts`,
      lines: 3,
    }));
    const started = performance.now();
    expect(suggestSplits(many, 400).length).toBeGreaterThan(1);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
