import { describe, expect, test } from '@jest/globals';
import {
  addedLinesOf,
  addedLinesOfPatch,
  patchCoverage,
  projectChange,
} from '../../src/coverage/patch-coverage.js';
import { parseUnifiedDiff } from '../../src/formats/unified-diff.js';
import { reportOf } from './ask.js';
import { GO, ISTANBUL_SUMMARY, LCOV } from './reports.js';

const DIFF = `diff --git a/src/tax.ts b/src/tax.ts
index 1111111..2222222 100644
--- a/src/tax.ts
+++ b/src/tax.ts
@@ -1,3 +1,6 @@
 export function rate() {
-  return 0;
+  const base = 7;
+  if (base > 3) return base;
+
+  return 1;
 }
diff --git a/src/pay.ts b/src/pay.ts
new file mode 100644
index 0000000..3333333
--- /dev/null
+++ b/src/pay.ts
@@ -0,0 +1 @@
+export const pay = () => 1;
diff --git a/old.ts b/old.ts
deleted file mode 100644
index 4444444..0000000
--- a/old.ts
+++ /dev/null
@@ -1 +0,0 @@
-gone
`;

const changesOf = (diff: string) => parseUnifiedDiff(diff)!.map(addedLinesOf);
const lines = (path: string, ...numbers: readonly number[]) => ({
  path,
  added: numbers.map((line) => ({ line, text: 'x();' })),
});

describe('patch coverage', () => {
  test('is the share of added executable lines that are run', async () => {
    expect(patchCoverage(await reportOf({ a: LCOV }), changesOf(DIFF))).toEqual({
      covered: 2,
      executable: 4,
      share: 0.5,
      uncovered: [
        { path: 'src/tax.ts', start: 5, end: 5, lines: 1 },
        { path: 'src/pay.ts', start: 1, end: 1, lines: 1 },
      ],
      files: [
        { path: 'src/tax.ts', covered: 2, executable: 3, uncovered: [{ start: 5, end: 5, lines: 1 }] },
        { path: 'src/pay.ts', covered: 0, executable: 1, uncovered: [{ start: 1, end: 1, lines: 1 }] },
      ],
      unmeasured: [],
    });
  });

  test('counts nothing that the change does not add', async () => {
    const report = await reportOf({ a: LCOV });
    expect(patchCoverage(report, [lines('src/tax.ts', 3)])).toMatchObject({
      covered: 1,
      executable: 1,
      share: 1,
    });
  });

  test('of a change that adds nothing executable is null, not 100%', async () => {
    const report = await reportOf({ a: LCOV });
    expect(patchCoverage(report, [lines('src/tax.ts', 1, 4), lines('README.md', 1)])).toEqual({
      covered: 0,
      executable: 0,
      share: null,
      uncovered: [],
      files: [],
      unmeasured: [],
    });
    expect(patchCoverage(report, [])).toMatchObject({ share: null });
  });

  test('cannot be told from a summary', async () => {
    expect(patchCoverage(await reportOf({ a: ISTANBUL_SUMMARY }), changesOf(DIFF))).toBeNull();
  });

  test('takes no blank, bracket or comment in a Go block for a line to be run', async () => {
    const added = ['', '\t}', '// why', '\treturn 1', '\t})'].map((text, index) => ({
      line: index + 1,
      text,
    }));
    expect(patchCoverage(await reportOf({ a: GO }), [{ path: 'src/tax.go', added }])).toMatchObject({
      executable: 1,
      uncovered: [{ start: 4, end: 4 }],
    });
  });

  test('knows a changed file that nobody measured', async () => {
    const report = await reportOf({ a: LCOV });
    const changes = [
      lines('src/new.ts', 1, 2, 3),
      lines('src/new.test.ts', 1),
      lines('test/helpers.ts', 1),
      lines('jest.config.ts', 1),
      lines('src/types.d.ts', 1),
      lines('docs/a.md', 1),
      { path: 'src/emptied.ts', added: [] },
    ];
    expect(patchCoverage(report, changes)).toMatchObject({
      share: null,
      unmeasured: [{ path: 'src/new.ts', addedLines: 3 }],
    });
  });

  test.each(['src/new.mts', 'src/new.cts', 'src/new.tsx', 'src/NEW.TS'])(
    'knows that %s is of a kind it measures',
    async (path) => {
      expect(patchCoverage(await reportOf({ a: LCOV }), [lines(path, 1)])).toMatchObject({
        unmeasured: [{ path, addedLines: 1 }],
      });
    },
  );

  test('knows them also when no file of the report could be mapped', async () => {
    const report = await reportOf({ a: LCOV }, { paths: ['README.md'] });
    expect(patchCoverage(report, [lines('src/tax.ts', 2)])).toMatchObject({
      share: null,
      unmeasured: [{ path: 'src/tax.ts', addedLines: 1 }],
    });
  });
});

describe('uncovered runs', () => {
  const report = () =>
    reportOf({
      a: `SF:src/tax.ts\n${[1, 2, 4, 6, 7, 8, 20, 21].map((line) => `DA:${line},0\n`).join('')}DA:5,1\nend_of_record\n`,
    });

  test('join lines with nothing executable between, end at a tested one, and the longest comes first', async () => {
    const added = lines('src/tax.ts', 1, 2, 3, 4, 5, 6, 7, 20, 21);
    expect(patchCoverage(await report(), [added])!.uncovered).toEqual([
      { path: 'src/tax.ts', start: 1, end: 4, lines: 3 },
      { path: 'src/tax.ts', start: 6, end: 7, lines: 2 },
      { path: 'src/tax.ts', start: 20, end: 21, lines: 2 },
    ]);
  });

  test('end where the change does', async () => {
    expect(patchCoverage(await report(), [lines('src/tax.ts', 1, 2, 4)])!.uncovered).toEqual([
      { path: 'src/tax.ts', start: 1, end: 2, lines: 2 },
      { path: 'src/tax.ts', start: 4, end: 4, lines: 1 },
    ]);
  });
});

describe('added lines', () => {
  test('of hunks as GitHub lists them by file', () => {
    const patch = '@@ -1,2 +1,3 @@ class A\n a\n+b\n-c\n+d\n\\ No newline at end of file';
    expect(addedLinesOfPatch('src/ü b.ts', patch)).toEqual({
      path: 'src/ü b.ts',
      added: [
        { line: 2, text: 'b' },
        { line: 3, text: 'd' },
      ],
    });
  });

  test.each(['', '@@ -1 +1,2 @@\n+a', 'diff --git a/x b/x', '@@ -1 +1 @@\n-a\n+b\ndiff --git a/x b/x\n'])(
    'of a patch that is cut short or none are not known: %j',
    (patch) => {
      expect(addedLinesOfPatch('a', patch)).toBeNull();
    },
  );
});

test.each([
  [{ covered: 8, executable: 10 }, { covered: 9, executable: 10 }, -0.1],
  [{ covered: 0, executable: 0 }, { covered: 9, executable: 10 }, null],
  [{ covered: 8, executable: 10 }, { covered: 0, executable: 0 }, null],
  [{ covered: 8, executable: 10 }, null, null],
])('the project’s change from %j to %j', (head, base, change) => {
  const found = projectChange(head, base);
  if (change === null) expect(found).toBeNull();
  else expect(found).toBeCloseTo(change);
});
