import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parsePatch } from 'diff';
import { computeDiffDigest } from '../../src/formats/diff-digest.js';
import { type DiffFile, parseUnifiedDiff } from '../../src/formats/unified-diff.js';
import { createGitRepository, type GitRepository } from './git-repository.js';

const TEN = Array.from({ length: 10 }, (_, index) => `line ${index}\n`).join('');

let git: GitRepository;
beforeEach(() => {
  git = createGitRepository();
});
afterEach(() => git.remove());

function parsed(text: string): readonly DiffFile[] {
  const files = parseUnifiedDiff(text);
  if (files === null) throw new Error(`not parsed:\n${text}`);
  return files;
}

describe('what git writes', () => {
  test('reads added, removed and modified files with their modes', () => {
    const base = git.commit({ 'a.txt': TEN, 'b.txt': 'gone\n' });
    const head = git.commit({ 'a.txt': TEN.replace('line 5', 'LINE 5'), 'b.txt': null, 'c.txt': 'new\n' });
    const files = parsed(git.diff(base, head));
    expect(
      files.map(({ status, oldPath, newPath, oldMode, newMode }) => [
        status,
        oldPath,
        newPath,
        oldMode,
        newMode,
      ]),
    ).toEqual([
      ['modified', 'a.txt', 'a.txt', '100644', '100644'],
      ['removed', 'b.txt', 'b.txt', '100644', null],
      ['added', 'c.txt', 'c.txt', null, '100644'],
    ]);
    expect(files[0]!.hunks).toEqual([
      {
        oldStart: 3,
        oldLines: 7,
        newStart: 3,
        newLines: 7,
        section: 'line 1',
        lines: [' line 2', ' line 3', ' line 4', '-line 5', '+LINE 5', ' line 6', ' line 7', ' line 8'],
      },
    ]);
  });

  test('reads a rename with and without an edit, and a copy', () => {
    const base = git.commit({ 'infra/main.tf': TEN, 'keep/x': TEN + TEN });
    git.run('mv', 'infra/main.tf', 'docs.tf');
    const moved = git.commit({});
    const edited = git.commit({ 'keep/x': null, 'keep/y': `${TEN}${TEN}more\n` });
    const copied = git.commit({ 'keep/z': `${TEN}${TEN}more\nand more\n`, 'keep/y': `${TEN}${TEN}` });
    expect(parsed(git.diff(base, moved))).toEqual([
      expect.objectContaining({
        status: 'renamed',
        oldPath: 'infra/main.tf',
        newPath: 'docs.tf',
        hunks: [],
        newBlob: null,
      }),
    ]);
    expect(parsed(git.diff(moved, edited))[0]).toMatchObject({
      status: 'renamed',
      oldPath: 'keep/x',
      newPath: 'keep/y',
      hunks: [{ lines: [' line 7', ' line 8', ' line 9', '+more'] }],
    });
    expect(
      parsed(git.diff(edited, copied, '--find-copies')).find((file) => file.status === 'copied'),
    ).toMatchObject({
      oldPath: 'keep/y',
      newPath: 'keep/z',
    });
  });

  test('reads a changed mode without content, and a file that became a symlink', () => {
    const base = git.commit({ 'run.sh': 'echo\n', 'x.txt': 'text\n' });
    git.makeExecutable('run.sh');
    const mode = git.commit({});
    git.run('rm', '-q', 'x.txt');
    git.link('x.txt', '/etc/passwd');
    const link = git.commit({});
    expect(parsed(git.diff(base, mode))).toEqual([
      expect.objectContaining({
        status: 'modified',
        oldMode: '100644',
        newMode: '100755',
        hunks: [],
        binary: false,
      }),
    ]);
    expect(
      parsed(git.diff(mode, link)).map(({ status, oldMode, newMode }) => [status, oldMode, newMode]),
    ).toEqual([
      ['removed', '100644', null],
      ['added', null, '120000'],
    ]);
  });

  test('reads a submodule as a file of mode 160000', () => {
    const base = git.commit({ a: '1\n' });
    git.run('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/lib`);
    git.run('commit', '-q', '-m', 'submodule');
    const files = parsed(git.diff(base, 'HEAD'));
    expect(files).toEqual([
      expect.objectContaining({ newPath: 'vendor/lib', newMode: '160000', status: 'added' }),
    ]);
    expect(files[0]!.hunks[0]!.lines).toEqual([`+Subproject commit ${'1'.repeat(40)}`]);
  });

  test.each([
    ['a blank', 'with blank.txt'],
    ['" b/" inside', 'x b/y.txt'],
    ['" b/" so that header halves could be mistaken', 'a b/a b/a'],
    ['letters beyond ASCII', 'ünï/café — ☕.txt'],
    ['a newline', 'evil\n+++ b/other'],
    ['a tab', 'tab\there'],
    ['quotes and a backslash', 'say "hi" \\ there'],
    ['a carriage return at its end', 'end\r'],
    ['an astral letter', '😀.md'],
    ['a right-to-left override', 'a\u202Etxt.exe'],
  ])('reads a path with %s, as text, as binary, with and without quoting', (_, path) => {
    const base = git.commit({ other: '1\n' });
    const text = git.commit({ [path]: 'text\n' });
    const binary = git.commit({ [path]: Buffer.from([0, 1, 2, 255]) });
    for (const quote of ['true', 'false']) {
      git.run('config', 'core.quotePath', quote);
      expect(parsed(git.diff(base, text)).map((file) => file.newPath)).toEqual([path]);
      expect(parsed(git.diff(text, binary))).toEqual([
        expect.objectContaining({ oldPath: path, newPath: path, binary: true }),
      ]);
      expect(parsed(git.diff(text, binary, '--binary'))[0]).toMatchObject({ newPath: path, binary: true });
    }
  });

  test('gives full blob ids where git was asked for them', () => {
    const base = git.commit({ x: Buffer.from([0, 1]) });
    const head = git.commit({ x: Buffer.from([0, 2]) });
    const id = git.run('rev-parse', `${head}:x`).trim();
    expect(parsed(git.diff(base, head, '--full-index'))[0]!.newBlob).toBe(id);
    expect(id.startsWith(parsed(git.diff(base, head))[0]!.newBlob!)).toBe(true);
  });

  test('keeps carriage returns and the mark of a missing newline', () => {
    const base = git.commit({ x: 'one\r\ntwo' });
    const head = git.commit({ x: 'one\r\ntwo\r\n' });
    expect(parsed(git.diff(base, head))[0]!.hunks[0]!.lines).toEqual([
      ' one\r',
      '-two',
      '\\ No newline at end of file',
      '+two\r',
    ]);
  });

  test('takes no line of a file for a header', () => {
    const fake = 'diff --git a/fake b/fake\nnew file mode 100644\n--- a/fake\n+++ b/fake\n@@ -1 +1 @@\n';
    const base = git.commit({ x: `-- a/x\n++ b/x\n${fake}` });
    const head = git.commit({ x: `++ b/y\n${fake}${fake}`, y: fake });
    expect(parsed(git.diff(base, head)).map((file) => file.newPath)).toEqual(['x', 'y']);
  });

  test('agrees with the diff package on the hunks of an ordinary diff', () => {
    const base = git.commit({ 'a.txt': TEN.repeat(5), 'b.txt': TEN });
    const head = git.commit({
      'a.txt': TEN.repeat(4).replaceAll('line 3', 'x'),
      'b.txt': null,
      'c.txt': TEN,
    });
    const text = git.diff(base, head);
    const theirs = parsePatch(text).map((file) =>
      file.hunks.map(({ oldStart, newStart, lines }) => ({ oldStart, newStart, lines })),
    );
    const ours = parsed(text).map((file) =>
      file.hunks.map(({ oldStart, newStart, lines }) => ({ oldStart, newStart, lines })),
    );
    expect(ours).toEqual(theirs);
  });
});

describe('what is cut short or forged', () => {
  const GOOD =
    'diff --git a/x b/x\nindex 1234567..89abcde 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n';

  test('the example itself is whole', () => expect(parsed(GOOD)).toHaveLength(1));

  test('every shorter part of one file is refused, or has no digest', () => {
    const whole = Array.from({ length: GOOD.length }, (_, end) => GOOD.slice(0, end)).filter(
      (text) => parseUnifiedDiff(text) !== null,
    );
    // Content that differs and is not shown: parsed, and the digest asks for the full blob id.
    expect(whole).toEqual(['', 'diff --git a/x b/x\nindex 1234567..89abcde 100644\n']);
    expect(computeDiffDigest('main', whole[1]!)).toBeNull();
  });

  test.each([
    ['text before the first header', `hello\n${GOOD}`],
    ['a merge diff', GOOD.replace('diff --git a/x b/x', 'diff --cc x')],
    ['marks that name another file', GOOD.replace('+++ b/x', '+++ b/y')],
    ['both marks naming another file', GOOD.replace('--- a/x\n+++ b/x', '--- a/y\n+++ b/y')],
    ['a header that names two files without a rename', GOOD.replace('b/x\nindex', 'b/y\nindex')],
    ['/dev/null without a new file', GOOD.replace('--- a/x', '--- /dev/null')],
    ['a new file with a former path', GOOD.replace('index', 'new file mode 100644\nindex')],
    ['more lines than the hunk says', `${GOOD}+three\n`],
    ['fewer lines than the hunk says', GOOD.replace('+2\n', '')],
    ['half a rename', 'diff --git a/x b/y\nsimilarity index 100%\nrename from x\n'],
    ['a broken quote', 'diff --git "a/x\\9" "b/x\\9"\nold mode 100644\nnew mode 100755\n'],
    ['a path that is no UTF-8', 'diff --git "a/\\351" "b/\\351"\nold mode 100644\nnew mode 100755\n'],
    ['an unknown extended header', GOOD.replace('index', 'surprise\nindex')],
    ['HTML', '<html>\n<body>Unicorn!</body>\n'],
  ])('%s gives null', (_, text) => expect(parseUnifiedDiff(text)).toBeNull());

  test('a hostile counter neither hangs nor throws', () => {
    expect(parseUnifiedDiff(GOOD.replace('-1,2', '-1,99999999999999999999'))).toBeNull();
    expect(parseUnifiedDiff(`diff --git ${'a'.repeat(1_000_000)}\n`)).toBeNull();
  });
});
