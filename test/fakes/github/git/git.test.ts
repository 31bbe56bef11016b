// Are ids, diffs, merge bases and merges the ones git computes? Compared with git itself.
import { afterEach, describe, expect, test } from '@jest/globals';
import { startGitHub } from '../index.js';
import { createAccount } from '../model/accounts.js';
import type { FileContent } from '../model/commits.js';
import { pushCommits } from '../model/commits.js';
import { compareCommits, renderDiff } from '../model/comparisons.js';
import { createRepository, type RepositoryHandle } from '../model/handles.js';
import { createWorld, type World } from '../model/world.js';
import { measureSimilarity } from './diff.js';
import { findMergeBase, listCommits, mergeTrees } from './history.js';
import { createRealGit, type RealGit } from './real-git.js';

const FUNCTION = Array.from({ length: 30 }, (_, index) => `  step(${index});`);
const SOURCE = [
  'import x from "x";',
  '',
  'function first() {',
  ...FUNCTION,
  '}',
  '',
  'function second() {',
  ...FUNCTION,
  '}',
  '',
].join('\n');

let real: RealGit | null = null;
afterEach(() => {
  real?.remove();
  real = null;
});

interface Scene {
  readonly world: World;
  readonly repository: RepositoryHandle;
}

function setScene(files: Readonly<Record<string, FileContent>>): Scene {
  const world = createWorld(() => new Date('2026-11-21T12:00:00.700Z'));
  createAccount(world, 'User', 'kim');
  return { world, repository: createRepository(world, 'kim/shop', { files }) };
}

/** Our diff of `main...topic`, and git's. */
function compareWithGit({ world, repository }: Scene): { readonly ours: string; readonly git: string } {
  const [base, head] = [repository.tip('main'), repository.tip('topic')];
  real = createRealGit(world.store);
  real.writeCommit(base);
  real.writeCommit(head);
  const rendered = renderDiff(world, compareCommits(world, base, head), 40);
  return {
    ours: rendered.ok ? rendered.text : rendered.message,
    git: real.run(
      '-c',
      'core.quotePath=true',
      'diff',
      '--no-color',
      '--full-index',
      '-M',
      `${base}...${head}`,
    ),
  };
}

describe('a three-dot diff is the one git prints', () => {
  const cases: readonly (readonly [
    name: string,
    before: Readonly<Record<string, FileContent>>,
    change: { files?: Readonly<Record<string, FileContent>>; rename?: Readonly<Record<string, string>> },
    holds: string,
  ])[] = [
    [
      'a changed line',
      { 'a.txt': 'one\ntwo\nthree\n' },
      { files: { 'a.txt': 'one\nTWO\nthree\n' } },
      '@@ -1,3 +1,3 @@',
    ],
    ['a new file', { a: '1\n' }, { files: { 'src/deep/b.ts': 'x\ny\n' } }, 'new file mode 100644'],
    ['a new file of one line', { a: '1\n' }, { files: { b: 'x\n' } }, '@@ -0,0 +1 @@'],
    ['an empty new file', { a: '1\n' }, { files: { b: '' } }, 'e69de29'],
    ['a removed file', { a: '1\n', b: 'x\ny\n' }, { files: { b: null } }, 'deleted file mode'],
    ['no newline at the end', { a: 'x\ny' }, { files: { a: 'x\nz' } }, '\\ No newline at end of file'],
    ['a newline that is added at the end', { a: 'x\ny' }, { files: { a: 'x\ny\n' } }, '\\ No newline'],
    [
      'hunks under their functions',
      { 'a.js': SOURCE },
      { files: { 'a.js': SOURCE.replaceAll('step(15)', 'step(99)') } },
      '@@ function second() {',
    ],
    ['an exact rename', { 'a/x.txt': SOURCE }, { rename: { 'a/x.txt': 'b/y.txt' } }, 'similarity index 100%'],
    [
      'a rename with edits',
      { 'a.js': SOURCE },
      { rename: { 'a.js': 'b.js' }, files: { 'b.js': SOURCE.replace('step(3)', 'go(3)') } },
      'rename from a.js',
    ],
    [
      'half of a file kept',
      { 'a.js': SOURCE },
      { rename: { 'a.js': 'b.js' }, files: { 'b.js': SOURCE.slice(0, 500) + 'z\n'.repeat(120) } },
      'rename to b.js',
    ],
    [
      'too little kept for a rename',
      { 'a.js': SOURCE },
      { rename: { 'a.js': 'b.js' }, files: { 'b.js': SOURCE.slice(0, 200) + 'z\n'.repeat(300) } },
      'new file mode',
    ],
    [
      'two renames at once',
      { 'a/x.js': SOURCE, 'a/y.js': `${SOURCE}// y\n` },
      { rename: { 'a/x.js': 'b/x.js', 'a/y.js': 'b/y.js' } },
      'rename to b/y.js',
    ],
    [
      'a file that becomes executable',
      { 'run.sh': 'echo\n' },
      { files: { 'run.sh': { mode: '100755', content: 'echo\n' } } },
      'new mode 100755',
    ],
    [
      'an executable that changes too',
      { 'run.sh': 'echo\n' },
      { files: { 'run.sh': { mode: '100755', content: 'echo hi\n' } } },
      'old mode 100644',
    ],
    [
      'a new symlink',
      { a: '1\n' },
      { files: { link: { mode: '120000', content: '../../etc/passwd' } } },
      'new file mode 120000',
    ],
    [
      'a file that becomes a symlink',
      { a: '1\n', b: 'x\n' },
      { files: { b: { mode: '120000', content: 'a' } } },
      'deleted file mode 100644',
    ],
    [
      'a submodule',
      { a: '1\n' },
      { files: { lib: { mode: '160000', sha: 'a'.repeat(40) } } },
      '+Subproject commit aaaa',
    ],
    [
      'a binary file',
      { 'a.bin': Buffer.from([0, 1, 2]) },
      { files: { 'a.bin': Buffer.from([0, 1, 3]) } },
      'Binary files a/a.bin and b/a.bin differ',
    ],
    [
      'a new binary file',
      { a: '1\n' },
      { files: { 'b.bin': Buffer.from([9, 0]) } },
      'Binary files /dev/null and b/b.bin differ',
    ],
    [
      'paths that need quotes',
      { a: '1\n' },
      { files: { 'ü "x"\n|`@kim`': 'x\n', 'with space.txt': 'y\n' } },
      '\\303\\274 \\"x\\"\\n',
    ],
    ['no change at all but a commit', { a: '1\n' }, { files: { a: '1\n' } }, ''],
  ];

  test.each(cases)('%s', (_name, before, change, holds) => {
    const scene = setScene(before);
    scene.repository.commit({ branch: 'topic', from: 'main', message: 'Change', ...change });
    // The base moves on: three dots leave that out.
    scene.repository.commit({ files: { elsewhere: 'moved on\n' }, message: 'Elsewhere' });
    const { ours, git } = compareWithGit(scene);
    expect(ours).toBe(git);
    expect(ours).toContain(holds);
  });
});

test('commits, trees and blobs have the ids git gives them, folders sorted as git sorts them', () => {
  const scene = setScene({
    'foo/a': '1\n',
    'foo.txt': '2\n',
    'foo-bar': '3\n',
    'ä/ö': Buffer.from([255, 0]),
    foo0: '',
  });
  scene.repository.commit({
    files: { 'foo/a': null, foo: 'a file now\n' },
    message: 'Subject\n\nBody — ünïcode\n',
    signature: 'github',
  });
  real = createRealGit(scene.world.store);
  // Throws where an id differs.
  real.writeCommit(scene.repository.tip());
  expect(real.run('cat-file', '-t', scene.repository.tip()).trim()).toBe('commit');
  expect(real.run('log', '--format=%an <%ae> %at', '-1', scene.repository.tip()).trim()).toMatch(
    /^kim <\d+\+kim@users\.noreply\.github\.com> 1795262400$/,
  );
});

describe('merge bases and logs', () => {
  test('are found by ancestry, across merges in both directions', () => {
    const { world, repository } = setScene({ a: '1\n' });
    const fork = repository.tip();
    repository.commit({ branch: 'topic', files: { t: '1\n' }, message: 'topic 1' });
    repository.commit({ files: { m: '1\n' }, message: 'main 1' });
    const main = repository.tip();
    expect(findMergeBase(world.store, main, repository.tip('topic'))).toBe(fork);
    repository.commit({ branch: 'topic', merge: 'main', message: "Merge branch 'main'" });
    repository.commit({ files: { m: '2\n' }, message: 'main 2' });
    real = createRealGit(world.store);
    const [base, head] = [repository.tip('main'), repository.tip('topic')];
    real.writeCommit(base);
    real.writeCommit(head);
    expect(findMergeBase(world.store, base, head)).toBe(real.run('merge-base', base, head).trim());
    expect(findMergeBase(world.store, base, head)).toBe(main);
    expect([...listCommits(world.store, base, head)].sort()).toEqual(
      real.run('rev-list', `${base}..${head}`).trim().split('\n').sort(),
    );
    expect(listCommits(world.store, base, head).at(-1)).toBe(head);
  });

  test('unrelated histories have none', () => {
    const { world, repository } = setScene({ a: '1\n' });
    const tree = world.store.writeTree(new Map());
    const person = { name: 'x', email: 'x@y.z', date: new Date(0) };
    const other = world.store.writeCommit({
      tree,
      parents: [],
      author: person,
      committer: person,
      message: 'x',
      gpgsig: null,
    });
    expect(findMergeBase(world.store, repository.tip(), other)).toBeNull();
  });
});

describe('a three-way merge', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const text = (change: Readonly<Record<number, string>>) =>
    `${lines.map((line, index) => change[index] ?? line).join('\n')}\n`;

  function merge(base: string, ours: string, theirs: string) {
    const { world } = setScene({ a: '1\n' });
    const tree = (content: string) =>
      new Map([['f', { mode: '100644', sha: world.store.writeBlob(Buffer.from(content)) }]]);
    const merged = mergeTrees(world.store, tree(base), tree(ours), tree(theirs));
    return merged.clean ? world.store.readBlob(merged.tree.get('f')!.sha)!.toString() : merged.conflicts;
  }

  test('takes both changes when they do not touch', () => {
    expect(merge(text({}), text({ 2: 'ours' }), text({ 15: 'theirs' }))).toBe(
      text({ 2: 'ours', 15: 'theirs' }),
    );
  });
  test('takes the same change once', () => {
    expect(merge(text({}), text({ 2: 'same' }), text({ 2: 'same', 9: 'more' }))).toBe(
      text({ 2: 'same', 9: 'more' }),
    );
  });
  test('conflicts where both change one line', () => {
    expect(merge(text({}), text({ 2: 'ours' }), text({ 2: 'theirs' }))).toEqual(['f']);
  });
});

test('similarity is measured in bytes kept over the larger file', () => {
  expect(measureSimilarity(Buffer.from('a\nb\n'), Buffer.from('a\nb\n'))).toBe(100);
  expect(measureSimilarity(Buffer.from('aaaa\n'), Buffer.from('aaaa\nbbbb\n'))).toBe(50);
  expect(measureSimilarity(Buffer.from('a\n'), Buffer.from('b\n'))).toBe(0);
});

test('several commits of one push move the branch once', () => {
  const { world, repository } = setScene({ a: '1\n' });
  const events: string[] = [];
  world.emit = (event) => events.push(event.name);
  const shas = pushCommits(world, repository.record, {
    branch: 'topic',
    commits: [
      { files: { b: '1\n' }, message: 'one' },
      { files: { b: '2\n' }, message: 'two' },
    ],
  });
  expect(shas).toHaveLength(2);
  expect(repository.tip('topic')).toBe(shas[1]);
  expect(events.filter((name) => name === 'push')).toHaveLength(1);
});

test('the simulator starts and stops', async () => {
  const github = await startGitHub();
  await github.close();
  await expect(fetch(github.url)).rejects.toThrow();
});
