// Does `evals read` gate in any CI, and does it never say yes when it cannot tell?
import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { fixture, supportRegression } from '../evals/ask.js';
import { makeZip } from '../formats/make-zip.js';
import { run } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'agent-policy-evals-'));
/** Built by `npm test` before the tests run. */
const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const own = (cases: readonly object[], more: object = {}) =>
  JSON.stringify({ format: 'agent-policy-evals', version: 1, ...more, cases });
const SUITE = write(
  'suite.json',
  own(
    supportRegression().map(({ id, status, category }) => ({ id, status, category })),
    { suite: 'support-regression' },
  ),
);
const pass = (id: string, category = 'c') => ({ id, status: 'passed', category });
const fail = (id: string, category = 'c') => ({ id, status: 'failed', category });
const evals = (...args: readonly string[]) => run('evals', 'read', ...args);

describe('evals read', () => {
  test('prints what a harness prints and what it takes, exit code 1 below the threshold', async () => {
    const ran = await evals(SUITE, '--pass-rate', '97%');
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(ran.out).toMatchInlineSnapshot(`
"Suite: support-regression     Cases: 240   Pass: 229 (95.4%)   Threshold: 97.0%   FAIL
  4 unsafe_financial_advice   3 incorrect_refund_policy   2 tool_call_schema_error   2 prompt_injection

229 of 240 cases pass (95.4%): 97.0% needs 233.

Fix these 4 and it is 97.0%:
  incorrect_refund_policy/1
  incorrect_refund_policy/2
  incorrect_refund_policy/3
  prompt_injection/1

Note: 240 cases are too few to tell this result from 97.0%: the true rate is 92.0% to 97.4% (95% sure). More cases make it certain.
"
`);
  });

  test.each([
    [['--pass-rate', '95.4%'], 0],
    [['--pass-rate', '95.42%'], 1],
    [[], 1],
    [['--pass-rate', '0%'], 0],
    [['--pass-rate', '0%', '--zero-tolerance', 'nothing,prompt_injection'], 1],
    [['--pass-rate', '0%', '--zero-tolerance', 'nothing,{x,prompt}_*'], 1],
    [['--pass-rate', '0%', '--zero-tolerance', 'nothing'], 0],
    [['--pass-rate', '0%', '--required-categories', 'prompt_injection'], 0],
    [['--pass-rate', '0%', '--required-categories', 'prompt_injection,bias'], 1],
    [['--pass-rate', '0%', '--runs', '2'], 1],
  ])('%j: exit code %i', async (flags, code) => {
    expect((await evals(SUITE, ...flags)).code).toBe(code);
  });

  test('reads each form by what stands in it', async () => {
    for (const [name, first] of [
      ['pytest.xml', 'Suite: pytest tests     Cases: 9   Pass: 2 (22.2%)   Threshold: 20.0%   PASS'],
      [
        'promptfoo-3.json',
        'Suite: support-regression     Cases: 5   Pass: 2 (40.0%)   Threshold: 20.0%   PASS',
      ],
      ['inspect.json', 'Suite: support-regression     Cases: 6   Pass: 2 (33.3%)   Threshold: 20.0%   PASS'],
      ['jest-ctrf.json', 'Suite: jest-ctrf.json     Cases: 6   Pass: 3 (50.0%)   Threshold: 20.0%   PASS'],
    ] as const) {
      const ran = await evals(write(name, fixture(name)), '--pass-rate', '20%');
      expect(ran).toMatchObject({ code: 0, err: '' });
      expect(ran.out.split('\n')[0]).toBe(first);
    }
  });

  test('several files are several runs: the majority decides, flaky cases are named', async () => {
    const runs = [
      [pass('a'), pass('b')],
      [pass('a'), fail('b')],
      [pass('a'), pass('b')],
    ].map((cases, index) => write(`run-${index}.json`, own(cases)));
    const ran = await evals(...runs, '--runs', '3');
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('Note: 1 case passes and fails on the same change. Case: b.');
    expect((await evals(...runs, '--zero-tolerance', 'c')).code).toBe(1);
    expect((await evals(...runs.slice(0, 2))).code).toBe(1);
  });

  test('the files of an archive are read', async () => {
    const zip = write(
      'results.zip',
      makeZip([
        { name: 'a/r.json', content: own([pass('a')]) },
        { name: 'log.txt', content: 'x' },
      ]),
    );
    expect((await evals(zip)).code).toBe(0);
  });

  test('a baseline tells regressions and missing cases', async () => {
    const base = write('base.json', own([pass('a'), pass('b'), pass('gone')]));
    const head = write('head.json', own([pass('a'), fail('b')]));
    const ran = await evals(head, '--baseline', base, '--pass-rate', '0%');
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('1 case of the default branch is missing here. Case: gone.');
    expect(ran.out).toContain('1 case passes on the default branch and not here (none is allowed). Case: b.');
    const full = write('full.json', own([pass('a'), fail('b'), pass('gone')]));
    expect((await evals(full, '--baseline', base, '--pass-rate', '0%', '--max-regressions', '1')).code).toBe(
      0,
    );
  });

  test('prints JSON', async () => {
    const ran = await evals(SUITE, '--pass-rate', '97%', '--suite', 'mine', '--print', 'json');
    expect(JSON.parse(ran.out)).toMatchObject({
      suite: 'mine',
      format: 'json',
      state: 'failed',
      totals: { cases: 240, passed: 229, failed: 11, errored: 0, skipped: 0 },
      needed: 233,
      reasons: [{ kind: 'pass-rate', what: '229 of 240 cases pass (95.4%): 97.0% needs 233.', ids: [] }],
      byCategory: [{ category: 'unsafe_financial_advice', cases: 4 }, {}, {}, {}],
      repair: { share: '97.0%' },
      baseline: null,
      runs: 1,
    });
  });

  test('names from outside cannot move the cursor', async () => {
    const hostile = write(
      'hostile.json',
      own([{ id: 'a\u001b[2J\n', status: 'failed', category: '\u001b]0;x\u0007\u202e' }]),
    );
    const { out } = await evals(hostile, '--zero-tolerance', '*');
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(out).toContain('\\u{1b}');
  });
});

describe('what cannot be read is exit code 2, in words', () => {
  test.each<[string, string, string | Uint8Array, string]>([
    ['nothing', 'empty.xml', '', 'is empty.'],
    ['a page', 'page.html', '<html/>', 'There are no results in a known form'],
    ['no case', 'none.xml', '<testsuite/>', 'The results have no case: nothing was evaluated.'],
    ['cut short', 'cut.json', fixture('promptfoo-3.json').slice(0, 5000), 'the JSON is cut short'],
    [
      'not finished',
      'log.json',
      fixture('inspect.json').replace('"success"', '"cancelled"'),
      'did not finish (cancelled)',
    ],
    [
      'a bomb',
      'bomb.zip',
      makeZip([{ name: 'a', content: `<testsuite>${' '.repeat(20_000_000)}` }]),
      'like a zip bomb',
    ],
    [
      'an archive that leaves its folder',
      'slip.zip',
      makeZip([{ name: '../a', content: '<testsuite/>' }]),
      'invalid relative path',
    ],
  ])('%s', async (_, name, content, message) => {
    const ran = await evals(write(name, content), '--pass-rate', '0%');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(message);
  });

  test('a file of more than 500 MB', async () => {
    const file = write('large.xml', '<testsuite/>');
    truncateSync(file, 500 * 1024 * 1024 + 1);
    expect(await evals(file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('large.xml: more than 500 MB'),
    });
  });

  test('a baseline that is broken is not taken for none', async () => {
    const ran = await evals(
      SUITE,
      '--pass-rate',
      '0%',
      '--baseline',
      write('broken.json', '{"format":"agent-policy-evals"'),
    );
    expect(ran).toMatchObject({ code: 2, out: '' });
  });

  test('results of another form than was said, or of another commit', async () => {
    expect(await evals(SUITE, '--format', 'junit')).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no JUnit XML in'),
    });
    const of = write('of.json', own([pass('a')], { head: 'b'.repeat(40) }));
    expect(await evals(of, '--head', 'a'.repeat(40))).toMatchObject({
      code: 2,
      err: 'The results are of commit bbbbbbb, and the head is aaaaaaa.',
    });
  });

  test('the same file twice, under whatever name', async () => {
    const link = join(folder, 'link.json');
    symlinkSync(SUITE, link);
    for (const other of [SUITE, link]) {
      expect(await evals(SUITE, other)).toMatchObject({
        code: 2,
        err: expect.stringContaining('is given twice'),
      });
    }
  });
});

describe('wrong usage is exit code 2', () => {
  test.each([
    [['/no/such/file'], '/no/such/file: no such file.'],
    [[folder], 'is a folder'],
    [[], "missing required argument 'file'"],
    [[SUITE, '--pass-rate', '97'], 'Give a percentage from 0% to 100%'],
    [[SUITE, '--pass-rate', 'NaN%'], 'Give a percentage from 0% to 100%'],
    [[SUITE, '--max-regressions', '-1'], 'Give a whole number of cases'],
    [[SUITE, '--runs', '0'], 'Give a whole number of runs'],
    [[SUITE, '--zero-tolerance', ''], 'Name at least one category'],
    [[SUITE, '--format', 'csv'], 'Allowed choices are junit, promptfoo, inspect, ctrf, json'],
    [[SUITE, '--baseline', '/no/such/base'], '/no/such/base: no such file.'],
  ])('%j', async (args, message) => {
    const ran = await evals(...args);
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(2);
  });
});

test('the built command does the same in its own thread', () => {
  const out = execFileSync(process.execPath, [CLI, 'evals', 'read', SUITE, '--pass-rate', '95%'], {
    encoding: 'utf8',
  });
  expect(out).toContain('Pass: 229 (95.4%)   Threshold: 95.0%   PASS');
});
