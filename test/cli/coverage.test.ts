// Does `coverage` measure a local change, and does it never say yes when it cannot tell?
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { CLOVER, ISTANBUL_SUMMARY } from '../coverage/reports.js';
import { makeZip } from '../formats/make-zip.js';
import { createRepository, type GitFixture } from './git-fixture.js';
import { run } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'agent-policy-coverage-'));
/** Built by `npm test` before the tests run. */
const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const ENV = { PATH: process.env.PATH ?? '' };
let repo: GitFixture;

/** Lines 2 to 6 of `src/tax.ts` are added; 2, 3 and 6 are run. */
const LCOV = `TN:
SF:/home/runner/work/shop/shop/src/tax.ts
DA:1,1
DA:2,1
DA:3,1
DA:4,0
DA:5,0
DA:6,1
end_of_record
`;

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const coverage = (files: readonly string[], ...more: readonly string[]) =>
  run('coverage', ...files, '--repo', repo.folder, '--base', 'main', '--head', 'next', ...more);

beforeAll(() => {
  repo = createRepository();
  repo.commit({ 'src/tax.ts': 'a\nz\n', 'src/pay.ts': 'a\n' }, 'Begin');
  repo.git('checkout', '-q', '-b', 'next');
  repo.commit({ 'src/tax.ts': 'a\nb\nc\nd\ne\nf\nz\n' }, 'Add five lines');
  repo.git('checkout', '-q', '-b', 'untold', 'main');
  repo.commit({ 'src/new\u202e.ts': 'a\nb\n' }, 'Add a file');
  repo.git('checkout', '-q', 'main');
  // What the base gets meanwhile is no part of the change.
  repo.commit({ 'src/pay.ts': 'a\nb\n' }, 'Go on');
});

describe('coverage', () => {
  test('prints the share and what is not tested, exit code 1 below the share that is needed', async () => {
    const ran = await coverage([write('lcov.info', LCOV)], '--patch-min', '80%');
    expect(ran).toEqual({
      code: 1,
      err: '',
      out: `Patch coverage: 60% (3 of 5 added lines, 80% needed).
Project: 66.6% (4 of 6 lines).

Not tested, the longest first:
  src/tax.ts:4-5  2 lines
`,
    });
  });

  test.each([
    [['--patch-min', '60%'], 0],
    [['--patch-min', '60.1%'], 1],
    [[], 0],
  ])('%j: exit code %i', async (flags, code) => {
    expect((await coverage([write('lcov.info', LCOV)], ...flags)).code).toBe(code);
  });

  test('prints JSON', async () => {
    const ran = await coverage([write('lcov.info', LCOV)], '--format', 'json', '--patch-min', '80%');
    expect(JSON.parse(ran.out)).toEqual({
      met: false,
      tools: ['lcov'],
      patch: {
        covered: 3,
        executable: 5,
        share: 0.6,
        uncovered: [{ path: 'src/tax.ts', start: 4, end: 5, lines: 2 }],
        files: [
          { path: 'src/tax.ts', covered: 3, executable: 5, uncovered: [{ start: 4, end: 5, lines: 2 }] },
        ],
        unmeasured: [],
      },
      project: { covered: 4, executable: 6, change: null },
      unmapped: [],
      notes: [],
    });
    expect(ran.code).toBe(1);
  });

  test('unites several files, and those of an archive', async () => {
    const rest = LCOV.replace('DA:4,0', 'DA:4,1');
    const zip = write(
      'artifact.zip',
      makeZip([
        { name: 'packages/a/lcov.info', content: rest },
        { name: 'index.html', content: '<html/>' },
      ]),
    );
    expect((await coverage([zip])).out).toContain('80% (4 of 5 added lines)');
    const more = write('more.info', LCOV.replace('DA:5,0', 'DA:5,1'));
    expect((await coverage([zip, more])).out).toContain('100% (5 of 5 added lines)');
  });

  test('tells how the project moved', async () => {
    const base = write('base.info', 'SF:src/tax.ts\nDA:1,1\nDA:2,1\nend_of_record\n');
    const ran = await coverage([write('lcov.info', LCOV)], '--against', base);
    expect(ran.out).toContain('Project: 66.6% (4 of 6 lines), −33.33 points against the base.');
  });
});

describe('what cannot be told is never enough', () => {
  test('a changed file that nobody measured is named, and does not pass alone', async () => {
    const args = [
      'coverage',
      write('lcov.info', LCOV),
      '--repo',
      repo.folder,
      '--base',
      'main',
      '--head',
      'untold',
    ];
    const ran = await run(...args, '--patch-min', '1%');
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('others were not measured');
    expect(ran.out).toContain('src/new\\u{202e}.ts  2 added lines');
    expect((await run(...args)).code).toBe(0);
  });

  test('a summary alone does not pass', async () => {
    const ran = await coverage([write('s.json', ISTANBUL_SUMMARY)], '--patch-min', '1%');
    expect(ran.out).toContain('Patch coverage: not known; a summary has totals only');
    expect(ran.code).toBe(1);
  });

  test.each([
    ['missing', 'clover.xml', CLOVER, 'There is no coverage in a known form'],
    ['empty', 'empty.info', '', 'is empty.'],
    ['malformed', 'cut.info', LCOV.slice(0, -16), 'The coverage cannot be read: '],
    [
      'a damaged archive',
      'cut.zip',
      makeZip([{ name: 'a', content: LCOV }]).subarray(0, 60),
      'not a zip archive',
    ],
    [
      'an archive that leaves its folder',
      'slip.zip',
      makeZip([{ name: '../a', content: LCOV }]),
      'invalid relative path',
    ],
    [
      'a bomb',
      'bomb.zip',
      makeZip([{ name: 'a', content: `TN:\n${'\n'.repeat(20_000_000)}` }]),
      'like a zip bomb',
    ],
  ])('%s: exit code 2, in words', async (_, name, content, message) => {
    const ran = await coverage([write(name, content)], '--patch-min', '0%');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(message);
  });

  test('a file of more than 500 MB: exit code 2', async () => {
    const file = write('large.info', LCOV);
    truncateSync(file, 500 * 1024 * 1024 + 1);
    const ran = await coverage([file]);
    expect(ran.err).toContain('large.info: more than 500 MB');
    expect(ran.code).toBe(2);
  });

  test('a pipe that never ends: exit code 2 after 500 MB', () => {
    const endless = `(echo TN:; yes "#${'x'.repeat(1000)}") | "$0" "$@"`;
    const args = [process.execPath, CLI, 'coverage', '/dev/stdin', '--repo', repo.folder, '--base', 'main'];
    const ran = spawnSync('sh', ['-c', endless, ...args], { encoding: 'utf8', env: ENV });
    expect(ran.stderr).toContain('stdin: more than 500 MB');
    expect(ran.status).toBe(2);
  }, 60_000);
});

describe('wrong usage is exit code 2', () => {
  test.each([
    [['/no/such/file'], [], '/no/such/file: no such file.'],
    [[folder], [], 'is a folder'],
    [[], [], "missing required argument 'file'"],
    [['x'], ['--patch-min', '80'], 'Give a percentage from 0% to 100%'],
    [['x'], ['--patch-min', '101%'], 'Give a percentage from 0% to 100%'],
    [['x'], ['--against', '/no/such/base'], 'x: no such file.'],
  ])('%j %j', async (files, flags, message) => {
    const ran = await coverage(files, ...flags);
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(2);
  });

  test('a head that is not there', async () => {
    const file = write('lcov.info', LCOV);
    const ran = await run('coverage', file, '--repo', repo.folder, '--base', 'main', '--head', 'nowhere');
    expect(ran.err).toContain('No commit "nowhere"');
    expect(ran.code).toBe(2);
  });
});

test('the built command does the same in its own thread', () => {
  const args = [
    'coverage',
    write('lcov.info', LCOV),
    '--repo',
    repo.folder,
    '--base',
    'main',
    '--head',
    'next',
  ];
  const out = execFileSync(process.execPath, [CLI, ...args], { encoding: 'utf8', env: ENV });
  expect(out).toContain('Patch coverage: 60% (3 of 5 added lines).');
});
