// Does a suite pass exactly when the policy's demands are met, and is every reason said?
import { describe, expect, test } from '@jest/globals';
import type { CaseStatus, EvalCase, EvalResults } from '../../src/domain/eval-results.js';
import { plain } from '../../src/domain/message.js';
import { judgeSuite } from '../../src/evals/judge.js';
import type { SuiteDemand, SuiteJudgement } from '../../src/evals/judgement.js';
import { formatPercent, formatShare, neededPasses, parsePercent } from '../../src/evals/percent.js';

import { summarise } from '../../src/evals/summary.js';
import { makeCase, makeResults, supportRegression } from './ask.js';

const LAX: SuiteDemand = {
  passRate: 0,
  zeroTolerance: [],
  requiredCategories: [],
  maxRegressions: 0,
  runs: 1,
};

interface Given {
  readonly runs?: readonly EvalResults[];
  readonly cases?: readonly EvalCase[];
  readonly baseline?: readonly EvalCase[];
}

function judge({ runs, cases = [], baseline }: Given, demand: Partial<SuiteDemand> = {}): SuiteJudgement {
  return judgeSuite(
    {
      results: runs ?? [makeResults(...cases)],
      baseline: baseline === undefined ? null : [makeResults(...baseline)],
    },
    { ...LAX, ...demand },
  );
}

const kinds = ({ reasons }: SuiteJudgement) => reasons.map(({ kind }) => kind);
const words = ({ reasons }: SuiteJudgement) => reasons.map(({ what }) => plain(what));
const concerns = (judged: SuiteJudgement) => judged.concerns.map(({ kind }) => kind);
const show = (text: string) => text;
const many = (count: number, status: CaseStatus = 'passed', prefix: string = status) =>
  Array.from({ length: count }, (_, index) => makeCase(`${prefix}-${index + 1}`, status));

test('prints as a harness does', () => {
  const judged = judge({ cases: supportRegression() }, { passRate: 97 });
  expect(summarise('support-regression', judged, show)).toBe(
    [
      'Suite: support-regression     Cases: 240   Pass: 229 (95.4%)   Threshold: 97.0%   FAIL',
      '  4 unsafe_financial_advice   3 incorrect_refund_policy   2 tool_call_schema_error   2 prompt_injection',
    ].join('\n'),
  );
  expect(words(judged)).toEqual(['229 of 240 cases pass (95.4%): 97.0% needs 233.']);
  expect(summarise('s', judge({ cases: many(3) }, { passRate: 100 }), show)).toBe(
    'Suite: s     Cases: 3   Pass: 3 (100.0%)   Threshold: 100.0%   PASS',
  );
});

test('says what to repair: all of zero tolerance, all regressions, and as many more as the threshold asks for', () => {
  const cases = supportRegression();
  const four = judge({ cases }, { passRate: 97 });
  expect(four.repair).toMatchObject({ share: '97.0%' });
  expect(four.repair!.ids).toHaveLength(4);
  const baseline = cases.map((each) =>
    each.category === 'unsafe_financial_advice' ? { ...each, status: 'passed' as const } : each,
  );
  const six = judge({ cases, baseline }, { passRate: 97, zeroTolerance: ['prompt_injection'] });
  expect(kinds(six)).toEqual(['pass-rate', 'zero-tolerance', 'regressions']);
  expect(six.repair).toMatchObject({ share: '97.9%' });
  expect(six.repair!.ids).toHaveLength(6);
  const repaired = cases.map((each) =>
    six.repair!.ids.includes(each.id) ? makeCase(each.id, 'passed', { category: each.category }) : each,
  );
  expect(
    judge({ cases: repaired, baseline }, { passRate: 97, zeroTolerance: ['prompt_injection'] }).state,
  ).toBe('passed');
  expect(judge({ cases, baseline: many(1) }, { passRate: 97 }).repair).toBeNull();
});

describe('the threshold', () => {
  test.each([
    [97, 240, 233],
    [7, 100, 7],
    [29, 100, 29],
    [99.9, 1000, 999],
    [99.95, 1000, 1000],
    [100, 7, 7],
    [0, 7, 0],
    [33.333333, 3, 1],
    [33.333334, 3, 2],
    [97, 0, 0],
  ])('%d%% of %i needs %i', (percent, cases, needed) => {
    expect(neededPasses(percent, cases)).toBe(needed);
  });

  test('is met by exactly the passes needed, and by not one fewer', () => {
    const of = (passed: number) => [...many(passed), ...many(240 - passed, 'failed')];
    expect(judge({ cases: of(233) }, { passRate: 97 }).state).toBe('passed');
    expect(judge({ cases: of(232) }, { passRate: 97 }).state).toBe('failed');
  });

  test('shares are rounded down, thresholds are shown as asked', () => {
    expect([
      formatShare(239, 240),
      formatShare(240, 240),
      formatShare(0, 0),
      formatShare(2999, 3000),
    ]).toEqual(['99.5%', '100.0%', '0.0%', '99.9%']);
    expect([97, 97.5, 99.95].map(formatPercent)).toEqual(['97.0%', '97.5%', '99.95%']);
    expect(parsePercent('97.123456789%')).toBeCloseTo(97.123456789, 9);
    expect(['97%', '99.95%', '101%', '97', '-1%', '1e1%', 'NaN%'].map(parsePercent)).toEqual([
      97,
      99.95,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test.each<[CaseStatus]>([['skipped'], ['errored'], ['failed']])('%s cases are no passes', (status) => {
    const judged = judge({ cases: [...many(9), makeCase('x', status)] }, { passRate: 95 });
    expect([judged.state, judged.totals.passed, judged.totals.cases]).toEqual(['failed', 9, 10]);
  });

  test('a suite of skipped cases alone does not pass', () => {
    expect(judge({ cases: many(5, 'skipped') }, { passRate: 1 }).state).toBe('failed');
  });
});

describe('zero tolerance', () => {
  const hit = (category: string, status: CaseStatus = 'failed') => [
    ...many(99),
    makeCase('x', status, { category, message: 'm' }),
  ];

  test.each([
    ['prompt_injection', 'prompt_injection'],
    ['prompt_injection*', 'prompt_injection/base64'],
    ['prompt_*', 'Prompt_Injection'],
    ['*', 'anything/at/all'],
    ['{a,b}_x', 'b_x'],
    ['*', '.hidden'],
  ])('%s takes in %s', (glob, category) => {
    const judged = judge({ cases: hit(category) }, { passRate: 90, zeroTolerance: [glob] });
    expect(kinds(judged)).toEqual(['zero-tolerance']);
    expect(words(judged)[0]).toBe(
      `Not one case may fail in a category of zero tolerance: 1 ${category}. Case: x.`,
    );
    expect(judged.worst[0]).toMatchObject({ id: 'x', isZeroTolerance: true, message: 'm' });
  });

  test('other categories are left to the threshold, and a tag counts as a category', () => {
    expect(judge({ cases: hit('prompt') }, { passRate: 90, zeroTolerance: ['prompt_injection'] }).state).toBe(
      'passed',
    );
    const tagged = makeCase('x', 'failed', { category: 'a', tags: ['prompt_injection'] });
    expect(judge({ cases: [...many(99), tagged] }, { zeroTolerance: ['prompt_injection'] }).state).toBe(
      'failed',
    );
  });

  test.each<[CaseStatus]>([['errored'], ['skipped']])('%s cases of it are no passes either', (status) => {
    expect(kinds(judge({ cases: hit('a', status) }, { zeroTolerance: ['a'] }))).toEqual(['zero-tolerance']);
  });

  test('one failure in any run fails, although the majority passes', () => {
    const run = (status: CaseStatus) => makeResults(makeCase('x', status, { category: 'a' }));
    const judged = judge(
      { runs: [run('passed'), run('failed'), run('passed')] },
      { passRate: 100, zeroTolerance: ['a'] },
    );
    expect(judged.totals.passed).toBe(1);
    expect(kinds(judged)).toEqual(['zero-tolerance']);
    expect(words(judged)[0]).toContain('1 of them passes in most runs; one failure is enough.');
    expect(judge({ runs: [run('passed'), run('failed'), run('passed')] }, { passRate: 100 }).state).toBe(
      'passed',
    );
  });

  test('so does a failed attempt that the tool repeated', () => {
    const cases = [makeCase('x', 'passed', { category: 'a', failedBefore: true })];
    expect(kinds(judge({ cases }, { zeroTolerance: ['a'] }))).toEqual(['zero-tolerance']);
  });

  test('a glob that nothing was ever seen of is a warning', () => {
    const judged = judge({ cases: hit('a', 'passed') }, { zeroTolerance: ['a', 'promt_injection'] });
    expect(judged.state).toBe('passed');
    expect(judged.concerns.map(({ what }) => plain(what))).toContain(
      'No case has a category like promt_injection: zero tolerance for it guards nothing.',
    );
  });
});

describe('required categories', () => {
  const cases = [
    ...many(5),
    makeCase('x', 'passed', { category: 'jailbreak/base64' }),
    makeCase('y', 'skipped', { category: 'privacy' }),
  ];

  test('must have run', () => {
    expect(judge({ cases }, { requiredCategories: ['jailbreak*'] }).state).toBe('passed');
    expect(words(judge({ cases }, { requiredCategories: ['jailbreak*', 'bias', 'secrets*'] }))).toEqual([
      'No case of a required category was run: bias and secrets*.',
    ]);
  });

  test('skipping all of one is leaving it out', () => {
    expect(kinds(judge({ cases }, { requiredCategories: ['privacy'] }))).toEqual(['missing-categories']);
  });
});

describe('the baseline', () => {
  test('every case of it must be there; those missing are named, ten at most', () => {
    const judged = judge({ cases: many(3), baseline: [...many(3), ...many(12, 'passed', 'gone')] });
    expect(kinds(judged)).toEqual(['missing-cases']);
    expect(words(judged)[0]).toMatch(
      /^12 cases of the default branch are missing here\. The first 10: gone-1, .* and gone-10\.$/,
    );
    expect(judged.reasons[0]!.ids).toHaveLength(10);
    expect(words(judge({ cases: many(3), baseline: [...many(3), makeCase('failing', 'failed')] }))).toEqual([
      '1 case of the default branch is missing here. Case: failing.',
    ]);
  });

  test('a case that passes there and not here is a regression', () => {
    const baseline = [...many(8), makeCase('r1'), makeCase('r2'), makeCase('old', 'failed')];
    const cases = [
      ...many(8),
      makeCase('r1', 'failed'),
      makeCase('r2', 'skipped'),
      makeCase('old', 'failed'),
    ];
    expect(words(judge({ cases, baseline }))).toEqual([
      '2 cases pass on the default branch and not here (none is allowed). Cases: r1 and r2.',
    ]);
    expect(words(judge({ cases, baseline }, { maxRegressions: 1 }))).toEqual([
      '2 cases pass on the default branch and not here (at most 1 allowed). Cases: r1 and r2.',
    ]);
    expect(judge({ cases, baseline }, { maxRegressions: 2 }).state).toBe('passed');
  });

  test('new cases that fail are left to the threshold', () => {
    expect(judge({ cases: [...many(8), makeCase('new', 'failed')], baseline: many(8) }).state).toBe('passed');
  });

  test('none yet is said', () => {
    expect(concerns(judge({ cases: many(1) }))).toContain('no-baseline');
    expect(judge({ cases: many(1) }).baseline).toBeNull();
    expect(judge({ cases: many(1), baseline: many(1) }).baseline).toMatchObject({ cases: 1, passed: 1 });
  });
});

describe('several runs', () => {
  const runs = (...statuses: readonly CaseStatus[]) =>
    statuses.map((status) => makeResults(makeCase('x', status)));

  test.each<[readonly CaseStatus[], CaseStatus]>([
    [['passed', 'passed', 'failed'], 'passed'],
    [['passed', 'failed', 'failed'], 'failed'],
    [['passed', 'failed'], 'failed'],
    [['passed', 'errored'], 'errored'],
    [['errored', 'skipped', 'failed', 'passed'], 'failed'],
    [['skipped', 'passed', 'passed'], 'passed'],
  ])('%j is %s: more than half must pass', (statuses, status) => {
    const judged = judge({ runs: runs(...statuses) }, { passRate: 100 });
    expect(judged.totals[status]).toBe(1);
    expect(judged.state).toBe(status === 'passed' ? 'passed' : 'failed');
  });

  test('a failure is not rolled again: the next pass is half, not all', () => {
    expect(judge({ runs: runs('failed', 'passed') }, { passRate: 100 }).state).toBe('failed');
  });

  test('leaving a failing case out of the second run does not help', () => {
    const second = makeResults(makeCase('y'));
    const judged = judge(
      { runs: [makeResults(makeCase('x', 'failed'), makeCase('y')), second] },
      { passRate: 100 },
    );
    expect(judged.totals).toMatchObject({ cases: 2, failed: 1 });
  });

  test('fewer results than the policy wants are not enough', () => {
    const judged = judge({ runs: runs('passed', 'passed') }, { runs: 3 });
    expect(words(judged)).toEqual(['1 case has fewer than 3 results (2 at the least). Case: x.']);
    expect(judge({ runs: runs('passed', 'passed', 'passed') }, { runs: 3 }).state).toBe('passed');
  });

  test('flaky cases are named', () => {
    const judged = judge({ runs: runs('passed', 'failed', 'passed') });
    expect(judged.flaky).toEqual({ count: 1, ids: ['x'] });
    expect(judged.concerns.map(({ what }) => plain(what))).toContain(
      '1 case passes and fails on the same change. Case: x.',
    );
    expect(judge({ runs: runs('failed', 'failed') }).flaky.count).toBe(0);
    expect(judged.runs).toBe(3);
  });
});

describe('a suite too small to tell', () => {
  const of = (passed: number, failed: number, passRate: number) =>
    judge({ cases: [...many(passed), ...many(failed, 'failed')] }, { passRate }).concerns.find(
      ({ kind }) => kind === 'too-small',
    );

  test('is said where the threshold lies within what chance allows', () => {
    expect(plain(of(229, 11, 97)!.what)).toBe(
      '240 cases are too few to tell this result from 97.0%: the true rate is 92.0% to 97.4% (95% sure). More cases make it certain.',
    );
    expect(of(10, 0, 90)).toBeDefined();
  });

  test('is not said where it is clear, or where every case must pass', () => {
    expect(of(120, 120, 97)).toBeUndefined();
    expect(of(2400, 0, 97)).toBeUndefined();
    expect(of(10, 0, 100)).toBeUndefined();
  });
});

test('the worst come first: zero tolerance, regressions, failures, errors, skipped', () => {
  const cases = [
    makeCase('s', 'skipped'),
    makeCase('e', 'errored'),
    makeCase('f', 'failed'),
    makeCase('r', 'failed'),
    makeCase('z', 'failed', { category: 'a' }),
    makeCase('p'),
  ];
  const judged = judge({ cases, baseline: [makeCase('r')] }, { zeroTolerance: ['a'] });
  expect(judged.worst.map(({ id }) => id)).toEqual(['z', 'r', 'f', 'e', 's']);
});

test('many categories are wrapped and cut', () => {
  const cases = Array.from({ length: 30 }, (_, index) =>
    makeCase(`c${index}`, 'failed', { category: `a_rather_long_category_${index}` }),
  );
  const lines = summarise('s', judge({ cases }), show).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  expect(lines.at(-1)).toMatch(/and 10 categories more$/);
});
