// Does a glob mean what minimatch says it means, dotfiles included, and is a bad one refused?
import { describe, expect, test } from '@jest/globals';
import { minimatch } from 'minimatch';
import { compileGlob, compileGlobs, findGlobProblem, findGlobSurprise } from '../../src/paths/glob.js';

const GLOBS = [
  '**',
  '**/*',
  '*',
  'src/**',
  'src/**/*',
  'src/*',
  'src/**/*.ts',
  'src/a.ts',
  '**/*.ts',
  '*.ts',
  '**/.env*',
  '**/src/**',
  'src/{a,b}/**',
  '{src,lib}/**',
  'src/a*/**',
  'src/[ab].ts',
  'src/?.ts',
  'src/+(a|b)/**',
  'src/!(a)/**',
  '\\[id\\]/x',
  'src/**/b/**',
  '**/a',
  '@scope/**',
  'src/a\\*b',
];
const PATHS = [
  'src',
  'src/a.ts',
  'src/b.ts',
  'src/.env',
  '.env',
  '.ts',
  'a/.ts',
  'src/a/x.ts',
  'src/a/b/c.ts',
  'src/.hidden/x.ts',
  'lib/x',
  'srcs/a.ts',
  'a',
  'b/a',
  '[id]/x',
  'i/x',
  '@scope/x',
  'src/a*b',
  'src/axb',
  'x/src/y',
  'src/a\nb.ts',
  'src/Ä.ts',
  'SRC/a.ts',
  '#a',
  '!a',
];

describe('a compiled glob', () => {
  test('agrees with minimatch on every glob and path', () => {
    const options = { dot: true, nonegate: true, nocomment: true, platform: 'linux' } as const;
    let matched = 0;
    for (const glob of GLOBS) {
      const matches = compileGlob(glob);
      for (const path of PATHS) {
        const expected = minimatch(path, glob, options);
        if (expected) matched++;
        expect([glob, path, matches(path)]).toEqual([glob, path, expected]);
      }
    }
    expect(matched).toBeGreaterThan(100);
  });

  test('matches dotfiles and dotfolders, which minimatch leaves out by default', () => {
    expect(compileGlob('src/**')('src/.env')).toBe(true);
    expect(compileGlob('**/*.yml')('.github/workflows/ci.yml')).toBe(true);
    expect(minimatch('src/.env', 'src/**')).toBe(false);
  });

  test('takes composed and decomposed accents for the same', () => {
    expect(compileGlob('caf\u00e9/**')('cafe\u0301/a')).toBe(true);
    expect(compileGlob('cafe\u0301/*.md')('caf\u00e9/a.md')).toBe(true);
  });

  test('of a list matches when one of them does, and an empty list never', () => {
    expect(compileGlobs(['a/**', '**/*.tf'])('x/b.tf')).toBe(true);
    expect(compileGlobs(['a/**', '**/*.tf'])('x/b.ts')).toBe(false);
    expect(compileGlobs([])('x')).toBe(false);
  });

  test('does not hang on patterns built to backtrack', () => {
    const long = `${'a'.repeat(2000)}b`;
    for (const glob of [
      '*a*a*a*a*a*a*a*a*a*a*c',
      '+(a|aa)+(a|aa)+(a|aa)c',
      '**/**/**/**/**/**/**/x',
      '+(+(+(a)))c',
    ])
      expect(compileGlob(glob)(long)).toBe(false);
  });
});

describe('findGlobProblem', () => {
  test.each([
    ['infra/**', null],
    ['**/*.{tf,tfvars}', null],
    ['app/\\[id\\]/**', null],
    ['{{cookiecutter.name}}/**', null],
    ['[!a]*', null],
    ['with space/x', null],
    ['/infra/**', 'Globs begin at the root of the repository, without a slash: write "infra/**".'],
    ['./infra/**', 'Globs begin at the root of the repository, without ./: write "infra/**".'],
    ['/', 'Globs begin at the root of the repository, without a slash: write "**".'],
    ['infra/', 'A glob means files, and this names a folder: write "infra/**".'],
    ['infra//x', 'A glob has no empty, "." or ".." parts between its slashes: no path has them.'],
    ['infra/../x', 'A glob has no empty, "." or ".." parts between its slashes: no path has them.'],
    ['..', 'A glob has no empty, "." or ".." parts between its slashes: no path has them.'],
    [
      'infra\\main.tf',
      'Folders are parted by /, and \\ only takes the meaning from a sign such as [: write "infra/main.tf".',
    ],
    ['a\\', 'Folders are parted by /, and \\ only takes the meaning from a sign such as [: write "a/".'],
    ['a{b', 'The { is never closed. To mean the sign itself, write \\{.'],
    ['a[b', 'The [ is never closed. To mean the sign itself, write \\[.'],
    ['a\nb', 'A glob has no line breaks or control characters.'],
    [' a', 'A glob does not begin or end with a space: write "a".'],
    ['{a,b}'.repeat(14), 'The braces stand for more than 64 globs. Use * or fewer alternatives.'],
    ['{1..1000000}', 'The braces stand for more than 64 globs. Use * or fewer alternatives.'],
  ])('%j: %j', (glob, problem) => {
    expect(findGlobProblem(glob)).toBe(problem);
  });

  test('accepts 64 alternatives and refuses 65', () => {
    const braces = (count: number) =>
      `{${Array.from({ length: count }, (_, index) => `a${index}`).join(',')}}`;
    expect(findGlobProblem(braces(64))).toBeNull();
    expect(findGlobProblem(braces(65))).toMatch(/more than 64/);
    expect(compileGlob(braces(64))('a63')).toBe(true);
  });
});

describe('findGlobSurprise', () => {
  test.each([
    ['*.tf', '"*.tf" means files at the root only. In every folder it is "**/*.tf".'],
    ['app/[id]/page.tsx', '[id] means one character out of "id". A folder of that name is \\[id\\].'],
    [
      'app/[...slug]/page.tsx',
      '[...slug] means one character out of "...slug". A folder of that name is \\[...slug\\].',
    ],
    ['**/*.tf', null],
    ['src/*.ts', null],
    ['src/[ab]c', null],
    ['Makefile', null],
  ])('%j: %j', (glob, surprise) => {
    expect(findGlobSurprise(glob)).toBe(surprise);
  });
});
