// Does `replay` score every change of a file, and stop loudly at a line it cannot read, with what came before kept?
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ScoredRow } from '../../src/cli/replay.js';
import { parseHistoryRow } from '../../src/cli/replay-row.js';
import { logistic } from '../../src/quality/chance.js';
import { trunk } from '../quality/history.js';
import { run } from './program.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'replay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const LINES = trunk(400).map((commit) =>
  JSON.stringify({
    i: commit.id,
    ct: commit.at,
    author: commit.author,
    bot: 0,
    subject: commit.title,
    body: '',
    files: commit.files.map((file) => [file.path, file.additions, file.deletions]),
    truth_reverts: commit.reverts,
  }),
);

async function replay(name: string, bytes: string | Buffer) {
  const [file, out] = [join(folder, name), join(folder, `${name}.scores`)];
  writeFileSync(file, bytes);
  const ran = await run('replay', file, '--out', out);
  const rows = readFileSync(out, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ScoredRow);
  return { ...ran, rows, file, out };
}

describe('replay', () => {
  test('writes one score a change, in order, whose terms add up to it', async () => {
    const { code, rows } = await replay('plain.jsonl', `${LINES.join('\n')}\n`);
    expect(code).toBe(0);
    expect(rows.map((row) => row.i)).toEqual(LINES.map((_, index) => index));
    for (const { p, terms } of rows) {
      const sum = Object.values(terms).reduce((total, points) => total + points, 0);
      expect(Math.abs(logistic(sum) / p - 1)).toBeLessThan(0.001);
    }
  });

  test('reads gzip, several members, CRLF, a byte order mark and blank lines alike', async () => {
    const plain = await replay('a.jsonl', LINES.join('\n'));
    const packed = await replay(
      'b.jsonl.gz',
      Buffer.concat([
        gzipSync(`\uFEFF${LINES.slice(0, 100).join('\r\n')}\r\n\r\n`),
        gzipSync(LINES.slice(100).join('\n')),
      ]),
    );
    expect(packed.code).toBe(0);
    expect(packed.rows).toEqual(plain.rows);
  });

  test('the scores of a beginning do not depend on what follows', async () => {
    const whole = await replay('whole.jsonl', LINES.join('\n'));
    const part = await replay('part.jsonl', LINES.slice(0, 333).join('\n'));
    expect(part.rows).toEqual(whole.rows.slice(0, 333));
  });

  test.each([
    ['{"i":', 'not JSON'],
    ['[]', 'not an object'],
    ['{}', '"i" is not a whole number'],
    [JSON.stringify({ ...JSON.parse(LINES[0]!), ct: '1' }), '"ct" is not a time'],
    [JSON.stringify({ ...JSON.parse(LINES[0]!), files: [['a', 1]] }), '"files"[0] is not [path'],
    [JSON.stringify({ ...JSON.parse(LINES[0]!), truth_reverts: ['1'] }), '"truth_reverts" is not a list'],
    [LINES[0]!, '"i" 0 was there before'],
  ])('names the bad line %j, exits with 2 and keeps the scores before it', async (line, why) => {
    const good = await replay('good.jsonl', LINES.slice(0, 50).join('\n'));
    const bad = await replay('bad.jsonl', [...LINES.slice(0, 50), line, ...LINES.slice(50)].join('\n'));
    expect(bad.code).toBe(2);
    expect(bad.err).toContain(`${bad.file}:51: `);
    expect(bad.err).toContain(why);
    expect(bad.rows).toEqual(good.rows);
  });

  test('a damaged archive is a failure, not an end', async () => {
    const whole = gzipSync(LINES.join('\n'));
    const { code, err } = await replay('cut.jsonl.gz', whole.subarray(0, whole.length - 20));
    expect(code).toBe(2);
    expect(err).toContain('Cannot read');
  });

  test('says which file cannot be read or written, and wants --out', async () => {
    const out = join(folder, 'none.scores');
    const missing = await run('replay', join(folder, 'none.jsonl'), '--out', out);
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('none.jsonl')]);
    const file = join(folder, 'one.jsonl');
    writeFileSync(file, LINES[0]!);
    const unwritable = await run('replay', file, '--out', join(folder, 'no-folder', 'x'));
    expect([unwritable.code, unwritable.err]).toEqual([2, expect.stringContaining('no-folder')]);
    expect((await run('replay', file)).code).toBe(2);
  });

  test('does not overwrite the history it reads', async () => {
    const file = join(folder, 'same.jsonl');
    writeFileSync(file, LINES.join('\n'));
    const ran = await run('replay', file, '--out', file);
    expect(ran.code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe(LINES.join('\n'));
    expect(existsSync(file)).toBe(true);
  });
});

test('a merge commit carries the title of its pull request in the body', () => {
  const row = (subject: string, body: string) => {
    const parsed = parseHistoryRow(JSON.stringify({ ...JSON.parse(LINES[0]!), subject, body }));
    return parsed.ok ? parsed.commit.title : parsed.problem;
  };
  expect(row('Merge pull request #9 from kim/typo', '\n\r\n  Fix a typo \nmore')).toBe('Fix a typo');
  expect(row('Merge pull request #9 from kim/typo', '')).toBe('Merge pull request #9 from kim/typo');
  expect(row('Add x', 'Fix y')).toBe('Add x');
});
