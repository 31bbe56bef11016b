// May a path of a report mean another file than the changed one it ends like?
import { describe, expect, test } from '@jest/globals';
import { askAboutGuesses, pathsToAsk, withoutDoubtful } from '../../src/coverage/doubtful-files.js';
import type { CoverageReport } from '../../src/coverage/report.js';

const LINES = { covered: Uint32Array.of(1, 2), uncovered: new Uint32Array(), isByBlock: false };
const reportOf = (guessed: CoverageReport['guessed']): CoverageReport => ({
  tools: ['lcov'],
  reports: 1,
  files: new Map([...guessed.map(({ path }) => [path, LINES] as const), ['src/sure.ts', LINES]]),
  endings: new Set(['.ts']),
  totals: { covered: 2, executable: 2 },
  unmapped: [],
  unmappedCount: 0,
  guessed,
  notes: [],
});
const judge = (guessed: CoverageReport['guessed'], present: readonly string[]) => {
  const report = reportOf(guessed);
  const guesses = askAboutGuesses(report);
  const asked = pathsToAsk(guesses);
  return {
    asked,
    ...withoutDoubtful(report, guesses, new Set(present.filter((one) => asked.includes(one)))),
  };
};
const TAX = { reported: 'src/tax.ts', path: 'shop/src/tax.ts' };

describe('a guess', () => {
  test('stands where no other file has the path that the report writes', () => {
    const { asked, files } = judge([TAX], []);
    expect(asked).toEqual(['src/tax.ts']);
    expect([...files.keys()]).toEqual(['shop/src/tax.ts', 'src/sure.ts']);
  });

  test('falls, and is named, where another file has it', () => {
    const { files, notes } = judge([TAX], ['src/tax.ts']);
    expect([...files.keys()]).toEqual(['src/sure.ts']);
    expect(notes).toHaveLength(1);
  });

  test('is asked about under every folder of an absolute path', () => {
    const reported = '/home/runner/work/shop/shop/lib/src/tax.ts';
    const { asked, files } = judge([{ ...TAX, reported }], ['lib/src/tax.ts']);
    expect(asked).toEqual(expect.arrayContaining(['src/tax.ts', 'lib/src/tax.ts', 'shop/lib/src/tax.ts']));
    expect([...files.keys()]).toEqual(['src/sure.ts']);
  });

  test('that nobody could ask about falls', () => {
    const many = Array.from({ length: 250 }, (_, at) => ({
      reported: `src/${at}.ts`,
      path: `shop/src/${at}.ts`,
    }));
    const { asked, files } = judge(many, []);
    expect(asked).toHaveLength(200);
    expect(files.has('shop/src/199.ts')).toBe(true);
    expect(files.has('shop/src/200.ts')).toBe(false);
  });
});
