import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/domain/message.js';
import { makeZip } from '../formats/make-zip.js';
import { createRandom } from '../formats/streams.js';
import { ask, HEAD, linesOf, reportOf } from './ask.js';
import { CLOVER, COBERTURA, GO, ISTANBUL, ISTANBUL_SUMMARY, JACOCO, LCOV } from './reports.js';

const TS = { 'src/tax.ts': '2,3 | 5', 'src/pay.ts': ' | 1' };
const JAVA = {
  'src/main/java/com/acme/shop/Tax.java': '2,3 | 5',
  'src/main/java/com/acme/shop/Pay.java': ' | 1',
};

describe('each tool’s form', () => {
  test.each([
    ['lcov', LCOV, TS],
    ['cobertura', COBERTURA, TS],
    ['jacoco', JACOCO, JAVA],
    ['istanbul', ISTANBUL, TS],
    ['go', GO, { 'src/tax.go': '1,2,3 | 4,5', 'src/pay.go': ' | 1,2,3' }],
  ])('%s is known by what stands in it', async (tool, text, expected) => {
    for (const pieces of [1, 100, 1_000_000]) {
      const report = await reportOf({ 'whatever.txt': text }, { pieces });
      expect(report.tools).toEqual([tool]);
      expect(linesOf(report)).toEqual(expected);
      expect(report.unmappedCount).toBe(0);
      expect(report.notes).toEqual([]);
    }
  });

  test('a summary has totals and no lines', async () => {
    const report = await reportOf({ 'coverage-summary.json': ISTANBUL_SUMMARY });
    expect(report).toMatchObject({ tools: ['istanbul-summary'], totals: { covered: 2, executable: 4 } });
    expect(report.files.size).toBe(0);
  });

  test('a summary beside the lines adds nothing', async () => {
    const report = await reportOf({ a: ISTANBUL_SUMMARY, b: LCOV });
    expect(report.totals).toEqual({ covered: 2, executable: 4 });
  });

  test('a byte order mark, CRLF and UTF-16 change nothing', async () => {
    expect(linesOf(await reportOf({ a: `\uFEFF${LCOV.replaceAll('\n', '\r\n')}` }))).toEqual(TS);
    expect(linesOf(await reportOf({ a: Buffer.from(`\uFEFF${COBERTURA}`, 'utf16le') }))).toEqual(TS);
    expect(linesOf(await reportOf({ a: GO.replaceAll('\n', '\r\n') }))).toHaveProperty(['src/tax.go']);
  });

  test('a comment before the root hides no report', async () => {
    const text = COBERTURA.replace('<coverage', `<!-- <html> ${'x'.repeat(5000)} -->\n<coverage`);
    expect(linesOf(await reportOf({ a: text }))).toEqual(TS);
  });
});

describe('several files', () => {
  test('are united: a line that one of them saw run was run', async () => {
    const other = 'SF:/home/runner/work/shop/shop/src/tax.ts\nDA:2,0\nDA:5,1\nDA:9,0\nend_of_record\n';
    const report = await reportOf({ a: LCOV, b: other });
    expect(linesOf(report)).toEqual({ 'src/tax.ts': '2,3,5 | 9', 'src/pay.ts': ' | 1' });
    expect(report.totals).toEqual({ covered: 3, executable: 5 });
  });

  test('of different tools are united too', async () => {
    expect(linesOf(await reportOf({ a: LCOV, b: COBERTURA, c: ISTANBUL, d: GO, e: JACOCO }))).toMatchObject({
      ...TS,
      ...JAVA,
    });
  });

  test('a file named twice in one report is united', async () => {
    const twice = 'SF:src/tax.ts\nDA:1,0\nend_of_record\nSF:src/tax.ts\nDA:1,3\nDA:2,0\nend_of_record\n';
    expect(linesOf(await reportOf({ a: twice }))).toEqual({ 'src/tax.ts': '1 | 2' });
  });

  test('pages, styles and other reports beside them are left alone', async () => {
    const report = await reportOf({
      'index.html': '<!doctype html>\n<html lang="en"><body><br></html>',
      'base.css': 'body { }',
      'sort.png': Buffer.from('89504e470d0a1a0a', 'hex'),
      'clover.xml': CLOVER,
      'junit.xml': '<testsuites tests="1"/>',
      'package.json': '{"name":"shop"}',
      'lcov.info': LCOV,
    });
    expect(linesOf(report)).toEqual(TS);
    expect(report.notes).toEqual([]);
  });
});

describe('what is no coverage is said in words', () => {
  test.each([
    ['no file', {}, 'missing', 'There is no coverage: no file was given.'],
    [
      'only pages',
      { 'a.html': '<html/>', 'b.xml': CLOVER },
      'missing',
      'There is no coverage in a known form (lcov, Cobertura, JaCoCo, Istanbul JSON, Go profile) in a.html and b.xml.',
    ],
    [
      'many of them',
      { a: 'x', b: 'x', c: 'x', d: 'x', e: 'x' },
      'missing',
      'There is no coverage in a known form (lcov, Cobertura, JaCoCo, Istanbul JSON, Go profile) in a, b, c and 2 more.',
    ],
    [
      'an archive in the archive',
      { 'inner.zip': makeZip([{ name: 'lcov.info', content: LCOV }]) },
      'missing',
      'There is no coverage in a known form (lcov, Cobertura, JaCoCo, Istanbul JSON, Go profile) in inner.zip. An archive inside the archive is not opened.',
    ],
    ['an empty file', { 'lcov.info': '\n' }, 'empty', 'The coverage file lcov.info is empty.'],
    [
      'an empty object',
      { 'coverage-final.json': '{}\n' },
      'empty',
      'The coverage file coverage-final.json is empty.',
    ],
    [
      'a report without a line',
      { a: 'TN:\nSF:src/tax.ts\nend_of_record\n' },
      'empty',
      'The coverage names no executable line: no test may have been run.',
    ],
    [
      'a profile without a block',
      { a: 'mode: set\n' },
      'empty',
      'The coverage names no executable line: no test may have been run.',
    ],
    [
      'lcov cut short',
      { 'lcov.info': LCOV.slice(0, -15) },
      'malformed',
      'The coverage cannot be read: lcov.info, line 21: the file is cut short: end_of_record is missing.',
    ],
    [
      'lcov with a broken record',
      { 'lcov.info': LCOV.replace('DA:3,7', 'DA:3,seven') },
      'malformed',
      'The coverage cannot be read: lcov.info, line 8: a DA record that is none.',
    ],
    [
      'XML cut short',
      { 'c.xml': COBERTURA.slice(0, 900) },
      'malformed',
      'The coverage cannot be read: c.xml, line 19: Unclosed root tag.',
    ],
    [
      'XML with a count that is none',
      { 'c.xml': COBERTURA.replace('hits="0"', 'hits="NaN"') },
      'malformed',
      'The coverage cannot be read: c.xml: hits of an element line is no number: NaN.',
    ],
    [
      'JSON cut short',
      { 'f.json': ISTANBUL.slice(0, -2) },
      'malformed',
      'The coverage cannot be read: f.json: the JSON is cut short.',
    ],
    [
      'JSON without a count',
      { 'f.json': ISTANBUL.replace('"s":{"0":7,', '"s":{') },
      'malformed',
      'The coverage cannot be read: f.json: a statement of /home/runner/work/shop/shop/src/tax.ts without a count.',
    ],
    [
      'a summary that cannot be',
      { 's.json': ISTANBUL_SUMMARY.replace('"covered":2', '"covered":9') },
      'malformed',
      'The coverage cannot be read: s.json: 9 of 4 lines cannot be.',
    ],
    [
      'a profile with a broken block',
      { 'c.out': `${GO}github.com/acme/shop/src/tax.go:7.2,` },
      'malformed',
      'The coverage cannot be read: c.out, line 5: not a block of a Go cover profile.',
    ],
  ])('%s', async (_, files, kind, why) => {
    const reading = await ask(files as Record<string, string>);
    expect([reading.kind, reading.kind === 'read' ? null : plain(reading.why)]).toEqual([kind, why]);
  });

  test('one broken report makes the whole malformed', async () => {
    expect(await ask({ a: LCOV, b: COBERTURA.slice(0, 900) })).toMatchObject({ kind: 'malformed' });
  });

  test('coverage of another head is stale, and not even read', async () => {
    const other = 'b'.repeat(40);
    const reading = await ask({ a: LCOV }, { measuredAt: other });
    expect(reading).toMatchObject({ kind: 'stale' });
    expect(reading.kind !== 'read' && plain(reading.why)).toBe(
      'The coverage is of commit bbbbbbb, and the head is aaaaaaa.',
    );
    expect(await ask({ a: LCOV }, { measuredAt: HEAD.toUpperCase() })).toMatchObject({ kind: 'read' });
  });
});

describe('counts that cannot be', () => {
  test('negative is not run, huge is run, impossible lines are left out, and it is said', async () => {
    const text = `SF:src/tax.ts\nDA:1,-1\nDA:2,18446744073709551615\nDA:3,1e+20\nDA:0,5\nDA:-4,5\nDA:99999999999,5\nDA:7,1.0\nend_of_record\n`;
    const report = await reportOf({ 'lcov.info': text });
    expect(linesOf(report)).toEqual({ 'src/tax.ts': '2,3,7 | 1' });
    expect(report.notes.map(plain)).toEqual([
      'lcov.info: 1 record: each has a negative count, taken as not run.',
      'lcov.info: 3 records: each has a line number that cannot be, left out.',
    ]);
  });

  test('in a Go profile too', async () => {
    const text = `mode: count\nx/src/tax.go:1.1,4294967295.2 1 5\nx/src/tax.go:9.1,3.2 1 5\nx/src/tax.go:0.1,3.2 1 5\nx/src/tax.go:2.1,3.2 1 -5\nx/src/pay.go:1.1,2.2 0 0\n`;
    const report = await reportOf({ a: text });
    expect(linesOf(report)).toEqual({ 'src/tax.go': ' | 2,3' });
    expect(report.notes).toHaveLength(2);
  });

  test('in a JSON report too', async () => {
    const text = ISTANBUL.replace('"line":5', '"line":5.5').replace('"0":7', '"0":-7');
    expect(linesOf(await reportOf({ a: text }))).toEqual({ 'src/tax.ts': '3 | 2', 'src/pay.ts': ' | 1' });
  });
});

describe('large and hostile reports', () => {
  test('a file of 100,000 lines, each named ten times, is read', async () => {
    const records = Array.from(
      { length: 1_000_000 },
      (_, i) => `DA:${(i % 100_000) + 1},${i < 50_000 ? 1 : 0}\n`,
    );
    const report = await reportOf(
      { a: `SF:src/tax.ts\n${records.join('')}end_of_record\n` },
      { pieces: 65_536 },
    );
    const file = report.files.get('src/tax.ts')!;
    expect([file.covered.length, file.uncovered.length]).toEqual([50_000, 50_000]);
  });

  test('blocks that all overlap cost no more than their number', async () => {
    const blocks = Array.from({ length: 20_000 }, (_, i) => `x/src/tax.go:${i + 1}.1,2000000.2 1 ${i % 2}\n`);
    const report = await reportOf({ a: `mode: set\n${blocks.join('')}` }, { pieces: 65_536 });
    expect(report.files.get('src/tax.go')!.covered.length).toBe(1_999_999);
  });

  test('a few bytes cannot claim more lines than there is room for', async () => {
    const blocks = Array.from({ length: 40 }, (_, i) => `x/f${i}.go:1.1,2000000.2 1 1\n`);
    expect(await ask({ a: `mode: set\n${blocks.join('')}` })).toMatchObject({ kind: 'too-large' });
  });

  test('nor can many files with one line far down take the time', async () => {
    const blocks = Array.from({ length: 100_000 }, (_, i) => `x/f${i}.go:2000000.1,2000000.2 1 1\n`);
    expect(await ask({ a: `mode: set\n${blocks.join('')}` }, { pieces: 65_536 })).toMatchObject({
      kind: 'too-large',
    });
  });

  test('more than 200,000 files are refused', async () => {
    const text = Array.from({ length: 200_001 }, (_, i) => `SF:f${i}\nend_of_record\n`).join('');
    expect(await ask({ a: text }, { pieces: 65_536 })).toMatchObject({ kind: 'too-large' });
  });

  test('an XML bomb is malformed', async () => {
    const bomb = COBERTURA.replace('<coverage', '<!DOCTYPE coverage [<!ENTITY a "b">]><coverage');
    expect(await ask({ a: bomb })).toMatchObject({ kind: 'malformed' });
  });

  test('names that a program uses for itself are only names', async () => {
    const text = 'SF:__proto__\nDA:1,1\nend_of_record\nSF:constructor\nDA:2,0\nend_of_record\n';
    const report = await reportOf({ a: text }, { paths: ['__proto__', 'constructor'] });
    expect([...report.files.keys()]).toEqual(['__proto__', 'constructor']);
  });

  test.each([
    ['lcov', LCOV],
    ['Cobertura', COBERTURA],
    ['JaCoCo', JACOCO],
    ['Istanbul', ISTANBUL],
    ['the summary', ISTANBUL_SUMMARY],
    ['Go', GO],
  ])('damaged, %s gives a result in words and never an exception', async (_, whole) => {
    const random = createRandom(whole.length);
    const kinds = new Set<string>();
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(whole);
      for (let hits = 0; hits <= round % 3; hits += 1) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      const cut = round % 3 === 0 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
      kinds.add((await ask({ a: cut })).kind);
    }
    expect([...kinds]).toEqual(expect.arrayContaining(['read', 'malformed']));
  });
});
