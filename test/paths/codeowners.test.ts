// Who owns a path by CODEOWNERS? The examples of GitHub's own page, and the ways to go wrong.
import { describe, expect, test } from '@jest/globals';
import { ownersOf, parseCodeowners } from '../../src/paths/codeowners.js';

const owns = (pattern: string, path: string) =>
  ownersOf(parseCodeowners(`${pattern} @owner`), path).length > 0;

describe('a CODEOWNERS pattern', () => {
  test.each([
    ['*', 'a/b/c.txt', true],
    ['*.js', 'a.js', true],
    ['*.js', 'src/deep/a.js', true],
    ['*.js', 'a.jsx', false],
    ['/build/logs/', 'build/logs/a/b.txt', true],
    ['/build/logs/', 'x/build/logs/a.txt', false],
    ['/build/logs/', 'build/logs', false],
    ['docs/*', 'docs/getting-started.md', true],
    ['docs/*', 'docs/build-app/troubleshooting.md', false],
    ['docs/*', 'x/docs/a.md', false],
    ['apps/', 'x/apps/deep/a.ts', true],
    ['/docs/', 'docs/a/b.md', true],
    ['/docs/', 'x/docs/a.md', false],
    ['/apps/github', 'apps/github', true],
    ['/apps/github', 'apps/github/x/y.rb', true],
    ['/apps/github', 'apps/githubber/x', false],
    ['**/logs', 'logs/a', true],
    ['**/logs', 'deeply/nested/logs/a', true],
    ['docs/**/api', 'docs/api/x', true],
    ['docs/**/api', 'docs/a/b/api', true],
    ['docs/**', 'docs/a/b', true],
    ['docs/**', 'docs', false],
    ['a?.ts', 'ab.ts', true],
    ['a?.ts', 'a.ts', false],
    ['.github/', '.github/workflows/ci.yml', true],
    ['/with\\ space/', 'with space/a', true],
    ['Docs/', 'docs/a', false],
  ])('%s against %s: %s', (pattern, path, expected) => {
    expect(owns(pattern, path)).toBe(expected);
  });
});

describe('a CODEOWNERS file', () => {
  test('the last matching rule wins, and one without owners takes ownership away', () => {
    const file = parseCodeowners('* @all\n/infra/ @acme/sre @bo # both\n/infra/docs/\n');
    expect(ownersOf(file, 'src/a.ts')).toEqual(['@all']);
    expect(ownersOf(file, 'infra/main.tf')).toEqual(['@acme/sre', '@bo']);
    expect(ownersOf(file, 'infra/docs/a.md')).toEqual([]);
  });

  test('comments, blank lines and lines GitHub rejects own nothing', () => {
    const file = parseCodeowners('# * @no\n\n!secret @no\n[ab].ts @no\nsrc/ not-an-owner\r\n/a/ me@acme.dev');
    expect(ownersOf(file, 'secret')).toEqual([]);
    expect(ownersOf(file, 'a.ts')).toEqual([]);
    expect(ownersOf(file, 'src/x')).toEqual([]);
    expect(ownersOf(file, 'a/x')).toEqual(['me@acme.dev']);
  });

  test('a file over 3 MB is ignored, as on GitHub', () => {
    expect(ownersOf(parseCodeowners(`* @all\n#${'x'.repeat(3 * 1024 * 1024)}`), 'a')).toEqual([]);
  });

  test('a hostile pattern ends quickly', () => {
    const pattern = `${'**/a*'.repeat(40)}/${'*a'.repeat(200)}b`;
    const path = `${'a/'.repeat(200)}${'a'.repeat(400)}`;
    const started = process.hrtime.bigint();
    expect(owns(pattern, path)).toBe(false);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(2000);
  });
});
