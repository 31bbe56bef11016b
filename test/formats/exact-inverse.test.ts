// What counts as undoing a change exactly? Diffs are made by git itself.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { isExactInverse } from '../../src/formats/exact-inverse.js';

const folder = mkdtempSync(join(tmpdir(), 'exact-inverse-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
let repo = '';
beforeEach(() => {
  count += 1;
  repo = join(folder, String(count));
  execFileSync('git', ['init', '-q', repo]);
  write('tax.ts', LINES.join('\n'));
  commit();
});

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: repo }).toString(
    'utf8',
  );
const write = (path: string, content: string | Uint8Array) => writeFileSync(join(repo, path), content);
const commit = () => {
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'x');
};
const diff = (from: string, to: string, ...flags: string[]) =>
  git('diff', ...flags, '--find-renames', from, to);

const BLOCK = ['if (isAdmin) {', '  allow();', '}', 'step();', 'step();', 'step();'];
const LINES = ['start', ...BLOCK, 'middle', ...BLOCK, 'end', ''];

/** Changes something, then changes it again; is the second exactly the first undone? */
function judge(first: () => void, second: () => void, ...flags: string[]): boolean {
  first();
  commit();
  second();
  commit();
  return isExactInverse(diff('HEAD~1', 'HEAD', ...flags), diff('HEAD~2', 'HEAD~1', ...flags));
}

const undo = () => {
  git('checkout', '-q', 'HEAD~1', '--', '.');
};
const withLine = (at: number, line: string) => LINES.toSpliced(at, 0, line).join('\n');

describe('is exact', () => {
  test('after git revert of an edit', () => {
    expect(judge(() => write('tax.ts', withLine(3, 'more();').replace('start', 'begin')), undo)).toBe(true);
  });
  test('for a file that was added, renamed, made executable, or lost its last newline', () => {
    expect(
      judge(
        () => write('new.ts', 'a\nb\n'),
        () => rmSync(join(repo, 'new.ts')),
      ),
    ).toBe(true);
    const rename = (from: string, to: string) => () => renameSync(join(repo, from), join(repo, to));
    expect(judge(rename('tax.ts', 'duty.ts'), rename('duty.ts', 'tax.ts'))).toBe(true);
    const mode = (bits: number) => () => chmodSync(join(repo, 'tax.ts'), bits);
    expect(judge(mode(0o755), mode(0o644))).toBe(true);
    expect(judge(() => write('tax.ts', 'start'), undo)).toBe(true);
  });
  test('for binary content that full blob ids prove', () => {
    const first = () => write('logo.bin', Uint8Array.of(0, 1, 2, 255));
    expect(judge(first, () => rmSync(join(repo, 'logo.bin')), '--full-index')).toBe(true);
  });
});

describe('is not exact', () => {
  test('with one more line, one line less, or another file besides', () => {
    const first = () => write('tax.ts', withLine(3, 'more();').replace('end', 'more\nend'));
    expect(judge(first, () => write('tax.ts', `${LINES.join('\n')}evil();\n`))).toBe(false);
    expect(judge(first, () => write('tax.ts', withLine(3, 'more();')))).toBe(false);
    const andMore = () => {
      undo();
      write('other.ts', 'evil();\n');
    };
    expect(judge(first, andMore)).toBe(false);
  });

  test('the same line taken out of another block with the same lines around it', () => {
    // The check was added to both blocks by different changes; undoing the first must not open the second.
    const both = withLine(9, '  check();').split('\n').toSpliced(2, 0, '  check();').join('\n');
    write('tax.ts', withLine(9, '  check();'));
    commit();
    const outOfTheOther = both.split('\n');
    outOfTheOther.splice(10, 1);
    expect(
      judge(
        () => write('tax.ts', both),
        () => write('tax.ts', outOfTheOther.join('\n')),
      ),
    ).toBe(false);
  });

  test('when the file has grown above since', () => {
    write('tax.ts', withLine(3, 'more();'));
    commit();
    write('tax.ts', `// licence\n${withLine(3, 'more();')}`);
    commit();
    write('tax.ts', `// licence\n${LINES.join('\n')}`);
    commit();
    expect(isExactInverse(diff('HEAD~1', 'HEAD'), diff('HEAD~3', 'HEAD~2'))).toBe(false);
  });

  test('binary content with abbreviated ids, text that is no UTF-8, a copy, an empty or cut diff', () => {
    const first = () => write('logo.bin', Uint8Array.of(0, 1, 2, 255));
    expect(judge(first, () => rmSync(join(repo, 'logo.bin')))).toBe(false);
    expect(
      judge(
        () => write('latin.txt', Uint8Array.of(0xe4, 10)),
        () => rmSync(join(repo, 'latin.txt')),
      ),
    ).toBe(false);
    expect(isExactInverse('', '')).toBe(false);
    const whole = diff('HEAD~1', 'HEAD');
    expect(isExactInverse(whole.slice(0, -4), whole.slice(0, -4))).toBe(false);
  });

  test('the same change once more', () => {
    write('tax.ts', withLine(3, 'more();'));
    commit();
    const same = diff('HEAD~1', 'HEAD');
    expect(isExactInverse(same, same)).toBe(false);
  });
});
