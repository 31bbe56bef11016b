// Does a file that is broken, hostile or too large ever become a pass?
import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/domain/message.js';
import { judgeSuite } from '../../src/evals/judge.js';
import { makeZip } from '../formats/make-zip.js';
import { ask, fixture, makeResults, resultsOf, table, whyNot } from './ask.js';

const own = (cases: string) => `{"format":"agent-policy-evals","version":1,"cases":[${cases}]}`;
const junit = (inner: string, attributes = '') => `<testsuite name="s"${attributes}>${inner}</testsuite>`;
const BOMB = `<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><testsuite name="&b;"><testcase name="&b;"/></testsuite>`;

describe('what cannot be read is said and is no result', () => {
  test.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /^empty: The results file f is empty/],
    ['blanks', ' \n ', /^empty: /],
    ['a page', '<html><body>ok</body></html>', /^missing: There are no results in a known form/],
    ['a text', 'all tests passed', /^missing: /],
    ['a list', '[{"status":"passed"}]', /^missing: /],
    ['an archive', makeZip([{ name: 'a', content: 'b' }]), /^missing: .*An archive inside the archive/],
    ['XML cut short', fixture('pytest.xml').slice(0, 1500), /^malformed: /],
    ['XML that declares entities', BOMB, /^malformed: .*document type/],
    [
      'an external entity',
      '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&x;"/></testsuite>',
      /^malformed: /,
    ],
    ['a case without a name', junit('<testcase classname="a"/>'), /^malformed: .*without/],
    ['a case within a case', junit('<testcase name="a"><testcase name="b"/></testcase>'), /^malformed: /],
    ['a report with no case', junit(''), /^empty: The results have no case/],
    ['JSON cut short', fixture('promptfoo-3.json').slice(0, 9000), /^malformed: .*cut short/],
    ['JSON with a wrong bracket', own('{"id":"a","status":"passed"}').replace(']}', '}}'), /^malformed: /],
    ['JSON twice', own('{"id":"a","status":"passed"}').repeat(2), /^malformed: .*follows the end/],
    [
      'a list that stands twice',
      own('{"id":"a","status":"failed"}').replace(/\}$/, ',"cases":[{"id":"a","status":"passed"}]}'),
      /^malformed: .*stands twice/,
    ],
    [
      'deep JSON',
      own(`{"id":"a","status":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      /^malformed: .*nested/,
    ],
    [
      'deep JSON that nobody wants',
      `{"format":"agent-policy-evals","x":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
      /^malformed: .*nested/,
    ],
    ['deep XML', junit('<a>'.repeat(100_000)), /^malformed: .*nested/],
    ['no list of cases', '{"format":"agent-policy-evals","version":1}', /^malformed: .*no list/],
    ['an empty list of cases', own(''), /^empty: /],
    [
      'cases that are no list',
      '{"format":"agent-policy-evals","version":1,"cases":{}}',
      /^malformed: .*is not a list/,
    ],
    ['a case that is no object', own('1'), /^malformed: /],
    [
      'a later version',
      own('{"id":"a","status":"passed"}').replace('"version":1', '"version":2'),
      /^malformed: .*version/,
    ],
    [
      'promptfoo of another version',
      fixture('promptfoo-3.json').replace('"version": 3', '"version": 4'),
      /^malformed: .*version 2 or 3/,
    ],
    [
      'promptfoo without success',
      fixture('promptfoo-3.json').replace('"success": false', '"success": "yes"'),
      /^malformed: .*without success/,
    ],
    [
      'Inspect of another version',
      fixture('inspect.json').replace('"version": 2', '"version": 3'),
      /^malformed: .*version 2/,
    ],
    ['NaN where JSON has none', own('{"id":"a","status":"passed","seconds":NaN}'), /^malformed: /],
    [
      'a negative duration in our form',
      own('{"id":"a","status":"passed","seconds":-1}'),
      /^malformed: .*seconds/,
    ],
  ])('%s', async (_, content, message) => {
    expect(await whyNot({ f: content })).toMatch(message);
  });

  test('results that are not in the form that was asked for are missing', async () => {
    expect(await whyNot({ 'r.json': fixture('jest-ctrf.json') }, { format: 'junit' })).toBe(
      'missing: There is no JUnit XML in r.json. CTRF JSON is there: name that format, or write the other.',
    );
    expect(await whyNot({}, { format: 'junit' })).toBe('missing: There are no results: no file was given.');
    expect(await whyNot({ 'package.json': '{"name":"x"}' }, { format: 'ctrf' })).toMatch(
      /^malformed: .*not a CTRF report/,
    );
  });

  test.each([
    ['junit', () => junit(Array.from({ length: 200_001 }, (_, n) => `<testcase name="${n}"/>`).join(''))],
    [
      'json',
      () => own(Array.from({ length: 200_001 }, (_, n) => `{"id":"${n}","status":"passed"}`).join(',')),
    ],
    ['one case a million times', () => junit('<testcase name="a"/>'.repeat(1_000_000))],
  ])('more than 200,000 results (%s) are too large', async (_, make) => {
    expect(await whyNot({ f: make() })).toMatch(
      /^too-large: The results are too large to be read: f: more than 200,000/,
    );
  });

  test('names that no database keeps are too large, in one file or several, unless they come again', async () => {
    const file = (count: number, prefix: string) =>
      own(
        Array.from(
          { length: count },
          (_, n) => `{"id":"${`${prefix}-${n}-`.padEnd(270, 'x')}","status":"passed"}`,
        ).join(','),
      );
    const tooLarge =
      /^too-large: .*names of cases, categories and tags are longer than 20,000,000 characters/;
    expect(await whyNot({ 'a.json': file(80_000, 'a') })).toMatch(tooLarge);
    expect(await whyNot({ 'a.json': file(40_000, 'a'), 'b.json': file(40_000, 'b') })).toMatch(tooLarge);
    expect(await whyNot({ 'a.json': file(40_000, 'a'), 'b.json': file(40_000, 'a') })).toBe('read');
  });

  test('too many runs in one file', async () => {
    const log = `{"version":2,"status":"success","eval":{"task":"t"},"samples":[${Array.from(
      { length: 101 },
      (_, n) => `{"id":1,"epoch":${n},"scores":{"m":{"value":"C"}}}`,
    ).join(',')}]}`;
    expect(await whyNot({ f: log })).toMatch(/^too-large: .*more than 100 runs/);
  });

  test('one value beyond 64 MB', async () => {
    const row = `{"id":"${'x'.repeat(64 * 1024 * 1024)}","status":"passed"}`;
    expect(await whyNot({ f: own(row) })).toMatch(/^too-large: /);
  });
});

describe('a failed case never hides', () => {
  test('behind a pass of the same name, in any order', async () => {
    const [pass, fail] = ['<testcase name="a"/>', '<testcase name="a"><failure message="no"/></testcase>'];
    for (const cases of [pass + fail, fail + pass, pass + fail + pass + pass]) {
      const results = await resultsOf({ 'r.xml': junit(cases) });
      expect(table(results)).toEqual(['s::a | s | failed']);
      expect(results.runs[0]!.cases[0]!.message).toBe('no');
      expect(results.notes.map(plain)).toEqual([
        'r.xml: 1 case comes more than once and counts once, by the worst result: s::a.',
      ]);
    }
  });

  test('behind one whose category it does not share', async () => {
    const results = await resultsOf({
      'r.json': own(
        '{"id":"a","status":"failed","category":"x"},{"id":"a","status":"passed","category":"prompt_injection"}',
      ),
    });
    const judged = judgeSuite(
      { results: [results], baseline: null },
      {
        passRate: 0,
        zeroTolerance: ['prompt_injection'],
        requiredCategories: [],
        maxRegressions: 0,
        runs: 1,
      },
    );
    expect(judged.reasons.map(({ kind }) => kind)).toEqual(['zero-tolerance']);
  });

  test('behind a long name that begins as another does', async () => {
    const long = 'x'.repeat(400);
    const results = await resultsOf({
      'r.json': own(`{"id":"${long}a","status":"passed"},{"id":"${long}b","status":"failed"}`),
    });
    expect(results.runs[0]!.totals).toMatchObject({ cases: 2, failed: 1 });
    expect(results.runs[0]!.cases[0]!.id.length).toBeLessThanOrEqual(300);
  });

  test('behind bytes that are no UTF-8: two names that become one count by the worst', async () => {
    const text = Buffer.from(junit('<testcase name="_"><failure/></testcase><testcase name="_"/>'));
    const [first, second] = [text.indexOf('"_"') + 1, text.lastIndexOf('"_"') + 1];
    [text[first], text[second]] = [0xff, 0xfe];
    expect((await resultsOf({ 'r.xml': text })).runs[0]!.totals).toMatchObject({ cases: 1, failed: 1 });
  });

  test.each([
    ['JUnit', junit('<testcase name="a"/>', ' tests="2" failures="1"')],
    ['JUnit, at the top', `<testsuites failures="1">${junit('<testcase name="a"/>')}</testsuites>`],
    [
      'JUnit, in a nested suite',
      `<testsuites>${junit(junit('<testcase name="a"/>', ' errors="1"'))}</testsuites>`,
    ],
    [
      'CTRF',
      JSON.stringify({
        reportFormat: 'CTRF',
        results: {
          tool: { name: 'x' },
          summary: { failed: 1 },
          tests: [{ name: 'a', status: 'passed', duration: 1 }],
        },
      }),
    ],
    [
      'promptfoo',
      '{"evalId":"e","results":{"version":3,"results":[{"success":true}],"stats":{"failures":0,"errors":1}}}',
    ],
  ])('behind a list that was cut to its passes (%s)', async (_, content) => {
    expect(await whyNot({ f: content })).toMatch(/^malformed: .*says that 1 failed and shows 0/);
  });

  test('where the tool says in two places what cannot both be', async () => {
    const text =
      '{"evalId":"e","results":{"version":3,"results":[{"success":true,"gradingResult":{"pass":false}}]}}';
    expect((await resultsOf({ f: text })).runs[0]!.totals).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('figures that cannot be', () => {
  test.each(['-5', 'NaN', 'Infinity', '1e999', '99999999999999999999999'])(
    '%s: left out and said',
    async (figure) => {
      const results = await resultsOf({
        'r.xml': junit(`<testcase name="a" time="${figure}"/>`, ` failures="${figure}" tests="${figure}"`),
      });
      expect(results.runs[0]!.cases[0]!.seconds).toBeNull();
      expect(results.runs[0]!.totals).toMatchObject({ cases: 1, passed: 1 });
      expect(results.notes.map(plain)).toEqual(['r.xml: 2 figures left out that cannot be.']);
    },
  );

  test('a message of a megabyte is cut', async () => {
    const results = await resultsOf({
      'r.xml': junit(`<testcase name="a"><failure>${'🙂 no '.repeat(200_000)}</failure></testcase>`),
    });
    expect(results.runs[0]!.cases[0]!.message!.length).toBeLessThanOrEqual(500);
    expect(results.runs[0]!.cases[0]!.message!.isWellFormed()).toBe(true);
  });

  test('names that are members of every object are only names', async () => {
    const results = await resultsOf({
      'r.json': own(
        '{"id":"__proto__","status":"failed","category":"constructor"},{"id":"toString","status":"passed"}',
      ),
    });
    expect(table(results)).toEqual(['__proto__ | constructor | failed', 'toString | - | passed']);
    expect(
      table(await resultsOf({ 'r.xml': junit('<constructor/><testcase name="a"><toString/></testcase>') })),
    ).toEqual(['s::a | s | passed']);
  });
});

test('in pieces of any size the same is read', async () => {
  for (const name of ['pytest.xml', 'promptfoo-3.json', 'inspect.json', 'jest-ctrf.json']) {
    const whole = await ask({ f: fixture(name) }, {}, 1_000_000);
    for (const size of [1, 7, 64]) expect(await ask({ f: fixture(name) }, {}, size)).toEqual(whole);
  }
});

test('no results at all are zero cases, which is no pass at any threshold', () => {
  for (const results of [[], [makeResults()]]) {
    const judged = judgeSuite(
      { results, baseline: null },
      { passRate: 0, zeroTolerance: [], requiredCategories: [], maxRegressions: 0, runs: 1 },
    );
    expect(judged.state).toBe('failed');
    expect(judged.reasons.map(({ kind }) => kind)).toEqual(['no-cases']);
  }
});
