import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { computeDiffDigest, contentDigestOf } from '../../src/formats/diff-digest.js';
import { createGitRepository, type GitRepository } from './git-repository.js';

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join('');
const FILE = numbered(0, 40);
const EDITED = FILE.replace('line 20\n', 'LINE 20\n');

let git: GitRepository;
beforeEach(() => {
  git = createGitRepository();
});
afterEach(() => git.remove());

/** Digest of what a branch changes since it left `base`, as a compare of three dots shows it. */
function digest(base: string, head: string, baseRef = 'main', ...options: readonly string[]): string | null {
  const from = git.run('merge-base', base, head).trim();
  return computeDiffDigest(baseRef, git.diff(from, head, ...options));
}

/** The same edit on a base that `change` moved on first. */
function rebased(change: Readonly<Record<string, string>>, edit: (path: string) => string): string {
  git.run('checkout', '-q', 'main');
  const base = git.commit(change);
  git.run('checkout', '-q', '-B', 'rebased');
  const head = git.commit({ x: edit('x') });
  return digest(base, head) ?? 'null';
}

function edited(): string {
  git.commit({ x: FILE, other: '1\n' });
  git.run('checkout', '-q', '-B', 'work');
  const head = git.commit({ x: EDITED });
  return digest('main', head) ?? 'null';
}

describe('the same change keeps its digest', () => {
  test('after a rebase on a base where another file changed', () => {
    const before = edited();
    expect(before).toMatch(/^[0-9a-f]{64}-[0-9a-f]{64}$/);
    expect(rebased({ other: '2\n' }, () => EDITED)).toBe(before);
  });

  test('whatever the order of the files', () => {
    const a = 'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n';
    const b = a
      .replaceAll('/a', '/b')
      .replace('diff --git b/b', 'diff --git a/b')
      .replace('--- b/b', '--- a/b');
    expect(computeDiffDigest('main', a + b)).toBe(computeDiffDigest('main', b + a));
    expect(computeDiffDigest('main', a + b)).not.toBeNull();
  });
});

describe('another change has another digest', () => {
  test.each([
    ['one letter of an added line', (text: string) => text.replace('LINE 20', 'LINE 21')],
    ['white space only', (text: string) => text.replace('LINE 20', 'LINE 20 ')],
    ['a carriage return', (text: string) => text.replace('LINE 20\n', 'LINE 20\r\n')],
    ['the newline at the end of the file', (text: string) => text.slice(0, -1)],
    ['one more line elsewhere', (text: string) => `${text}more\n`],
    ['the same edit in another place', () => FILE.replace('line 30\n', 'LINE 20\n')],
  ])('%s', (_, change) => {
    const before = edited();
    const head = git.commit({ x: change(EDITED) });
    expect(digest('main', head)).not.toBe(before);
    expect(digest('main', head)).not.toBeNull();
  });

  test('another base branch, so that a retarget asks again', () => {
    edited();
    const head = git.run('rev-parse', 'work').trim();
    expect(digest('main', head, 'release/1')).not.toBe(digest('main', head, 'main'));
  });

  test('the execute bit, a rename, and a symlink instead of a file', () => {
    edited();
    const seen = new Set([digest('main', 'work')]);
    git.makeExecutable('other');
    seen.add(digest('main', git.commit({})));
    git.run('mv', 'other', 'moved');
    seen.add(digest('main', git.commit({})));
    git.run('rm', '-q', 'moved');
    git.link('moved', '1\n');
    seen.add(digest('main', git.commit({})));
    expect(seen.size).toBe(4);
    expect(seen.has(null)).toBe(false);
  });

  test('a hunk that moved to another function with the same lines around it', () => {
    const body = '  begin();\n  check();\n  act();\n  end();\n  close();\n  done();\n  bye();\n';
    const text = `allow() {\n${body}}\n\ndeny() {\n${body}}\n`;
    git.commit({ x: text });
    git.run('checkout', '-q', '-B', 'work');
    const first = git.commit({ x: text.replace('  end();\n', '  skip();\n') });
    const second = git.commit({
      x: `allow() {\n${body}}\n\ndeny() {\n${body.replace('  end();\n', '  skip();\n')}}\n`,
    });
    const [inAllow, inDeny] = [digest('main', first), digest('main', second)];
    expect(inAllow).not.toBeNull();
    expect(inDeny).not.toBe(inAllow);
  });

  test('a hunk that moves within one section between the same lines: an approval must not move along', () => {
    const block = ' one\n two\n three\n X\n four\n five\n six\n';
    const text = `section\n${block}${block}`;
    git.commit({ x: text });
    git.run('checkout', '-q', '-B', 'work');
    const first = digest('main', git.commit({ x: text.replace(' X\n', ' Y\n') }));
    const at = text.lastIndexOf(' X\n');
    const second = digest('main', git.commit({ x: `${text.slice(0, at)} Y\n${text.slice(at + 3)}` }));
    expect(first).not.toBeNull();
    expect(second).not.toBe(first);
  });

  test('a rebase that moved its lines down: where it stands is to be seen again', () => {
    const before = edited();
    const grown = `new first line\n${FILE}`;
    expect(rebased({ x: grown }, () => `new first line\n${EDITED}`)).not.toBe(before);
  });
});

describe('the content alone', () => {
  test('is the same against another base branch and after lines moved down', () => {
    const before = contentDigestOf(edited());
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(contentDigestOf(digest('main', 'work', 'release/1') ?? '')).toBe(before);
    const grown = `new first line\n${FILE}`;
    expect(contentDigestOf(rebased({ x: grown }, () => `new first line\n${EDITED}`))).toBe(before);
  });

  test('is another with another line', () => {
    const before = contentDigestOf(edited());
    const head = git.commit({ x: EDITED.replace('LINE 20', 'LINE 21') });
    expect(contentDigestOf(digest('main', head) ?? '')).not.toBe(before);
  });
});

describe('a file without complete text counts by its full blob id', () => {
  const PNG = Buffer.from([0x89, 0x50, 0, 1]);
  const OTHER = Buffer.from([0x89, 0x50, 0, 2]);
  const LATIN = Buffer.from('caf\xe9\n', 'latin1');
  const LATIN2 = Buffer.from('caf\xe8\n', 'latin1');

  test.each([
    ['binary', PNG, OTHER],
    ['text that is no UTF-8', LATIN, LATIN2],
  ])('%s: not known from an abbreviated id, told apart by a full one', (_, one, two) => {
    git.commit({ y: '1\n' });
    git.run('checkout', '-q', '-B', 'work');
    const first = git.commit({ x: one });
    const second = git.commit({ x: two });
    expect(digest('main', first)).toBeNull();
    const [a, b] = [
      digest('main', first, 'main', '--full-index'),
      digest('main', second, 'main', '--full-index'),
    ];
    expect(a).not.toBeNull();
    expect(b).not.toBe(a);
    // Ids given apart count the same as ids in the diff.
    const id = git.run('rev-parse', `${first}:x`).trim();
    expect(computeDiffDigest('main', git.diff('main', first), new Map([['x', id]]))).toBe(a);
    expect(computeDiffDigest('main', git.diff('main', first), new Map([['x', id.slice(0, 12)]]))).toBeNull();
  });

  test('a removed binary file counts by the id it had', () => {
    const base = git.commit({ x: PNG, y: '1\n' });
    git.run('checkout', '-q', '-B', 'work');
    const head = git.commit({ x: null });
    expect(digest(base, head, 'main', '--full-index')).not.toBeNull();
    expect(digest(base, head)).toBeNull();
  });

  test('an empty file and a renamed binary file need no id', () => {
    git.commit({ x: PNG });
    git.run('checkout', '-q', '-B', 'work');
    git.run('mv', 'x', 'y');
    expect(digest('main', git.commit({ empty: '' }))).not.toBeNull();
  });
});

test.each([
  ['empty', ''],
  ['cut short', 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n'],
  ['not a diff', '{"message":"Not Found"}'],
])('a diff that is %s has no digest', (_, text) => expect(computeDiffDigest('main', text)).toBeNull());
