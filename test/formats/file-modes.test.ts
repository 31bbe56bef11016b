// Is a symlink or submodule never taken for a plain file?
import { describe, expect, test } from '@jest/globals';
import { readFileModes } from '../../src/formats/file-modes.js';

const modesOf = (text: string) => {
  const modes = readFileModes(text);
  return modes === null ? null : [...modes].map(([path, { mode }]) => [path, mode]);
};

describe('readFileModes', () => {
  test('a file that becomes a symlink is one, although the diff shows it removed and added', () => {
    expect(
      modesOf(
        'diff --git a/x b/x\ndeleted file mode 100644\nindex 1234567..0000000\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n' +
          'diff --git a/x b/x\nnew file mode 120000\nindex 0000000..1234567\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+1\n',
      ),
    ).toEqual([['x', '120000']]);
  });

  test('a removed submodule still is one', () => {
    expect(
      modesOf(
        'diff --git a/sub b/sub\ndeleted file mode 160000\nindex 1234567..0000000\n--- a/sub\n+++ /dev/null\n@@ -1 +0,0 @@\n-Subproject commit 1234567\n',
      ),
    ).toEqual([['sub', '160000']]);
  });

  test('a change of mode alone is read', () => {
    expect(modesOf('diff --git a/x b/x\nold mode 100644\nnew mode 100755\n')).toEqual([['x', '100755']]);
  });

  test('a plain move tells no mode, and none is invented', () => {
    expect(modesOf('diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n')).toEqual([]);
  });

  test('a diff that is cut short tells nothing', () => {
    expect(modesOf('diff --git a/x b/x\nold mode 100644\nnew mode 100755')).toBeNull();
  });
});
