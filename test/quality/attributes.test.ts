// Does .gitattributes mark what git and GitHub would take for marked, and nothing more?
import { describe, expect, test } from '@jest/globals';
import { readGenerated } from '../../src/quality/attributes.js';

const isMarked = (text: string | null, path: string) => readGenerated(text)(path);

describe('a file is generated or vendored', () => {
  test.each([
    ['by name, at any depth', '*.gen.ts linguist-generated', 'a/b/api.gen.ts'],
    ['by name, at the root', '*.gen.ts linguist-generated', 'api.gen.ts'],
    ['by path from the root', 'api/*.ts linguist-generated=true', 'api/client.ts'],
    ['by path with a leading slash', '/client.ts linguist-generated', 'client.ts'],
    ['below a folder', 'api/** linguist-generated', 'api/v1/client.ts'],
    ['in any folder of that name', '**/gen/** linguist-generated', 'a/gen/b/c.ts'],
    ['a dotfile', 'api/** linguist-generated', 'api/.hidden/x.ts'],
    ['as vendored', 'lib/** linguist-vendored', 'lib/x.js'],
    ['with other attributes on the line', '*.ts text eol=lf linguist-generated -diff', 'a.ts'],
    ['with tabs and blanks before', '\t*.ts\t\tlinguist-generated', 'a.ts'],
    ['with a carriage return', '*.ts linguist-generated\r\n*.go text\r\n', 'a.ts'],
    ['by a name in quotes', '"a b.ts" linguist-generated', 'x/a b.ts'],
    ['by its whole name', 'src/api.ts linguist-generated', 'src/api.ts'],
    ['by its bare name, at any depth', 'api.ts linguist-generated', 'src/deep/api.ts'],
    [
      'by a name that a later wildcard does not take back',
      '*.ts -linguist-generated\napi.ts linguist-generated',
      'a/api.ts',
    ],
    ['by the last line that says so', '*.ts -linguist-generated\n*.ts linguist-generated', 'a.ts'],
  ])('%s', (_name, text, path) => {
    expect(isMarked(text, path)).toBe(true);
  });

  test.each([
    ['where the file was not read', null, 'a.ts'],
    ['where there is none', '', 'a.ts'],
    ['in a comment', '# *.ts linguist-generated', 'a.ts'],
    ['where it is taken back', '*.ts linguist-generated\na.ts -linguist-generated', 'a.ts'],
    [
      'where a later wildcard takes it back',
      'api.ts linguist-generated\n*.ts -linguist-generated',
      'a/api.ts',
    ],
    ['by a whole name, deeper', 'src/api.ts linguist-generated', 'a/src/api.ts'],
    ['where it is false', '*.ts linguist-generated\n*.ts linguist-generated=false', 'a.ts'],
    ['where it is unspecified', '*.ts linguist-generated\n*.ts !linguist-generated', 'a.ts'],
    ['where a later line says something else of another mark', '*.ts linguist-language=Go', 'a.ts'],
    ['elsewhere', 'api/*.ts linguist-generated', 'src/api/client.ts'],
    ['deeper than one star reaches', 'api/*.ts linguist-generated', 'api/v1/client.ts'],
    ['by a macro', '[attr]gen linguist-generated\n*.ts gen', 'a.ts'],
    ['by a negative pattern, which git forbids', '!*.ts linguist-generated', 'a.ts'],
    ['by the name of a folder, which means no file', 'api/ linguist-generated', 'api/a.ts'],
    ['by braces, which mean nothing to git', '*.{ts,js} linguist-generated', 'a.ts'],
    ['past 10,000 lines', `${'# x\n'.repeat(10_000)}*.ts linguist-generated`, 'a.ts'],
  ])('not %s', (_name, text, path) => {
    expect(isMarked(text, path)).toBe(false);
  });

  test.each([
    ['names', (at: number) => `gen/${at}/a.ts`, 'gen/9999/a.ts'],
    ['wildcards, of which 1,000 are heard', (at: number) => `gen/${at}/*.ts`, 'gen/999/a.ts'],
  ])('10,000 lines of %s are read in time and asked in time', (_name, pattern, marked) => {
    const text = Array.from({ length: 10_000 }, (_, at) => `${pattern(at)} linguist-generated`).join('\n');
    const started = performance.now();
    const ask = readGenerated(text);
    expect(ask(marked)).toBe(true);
    for (let at = 0; at < 3000; at += 1) expect(ask(`src/f${at}.ts`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
