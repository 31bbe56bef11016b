// What does a reviewer see of the eval suites of a pull request, in every state they can be in?
import { describe, expect, test } from '@jest/globals';
import { renderEvalsNotOwed } from '../../src/checks/evals-check.js';
import { say } from '../../src/domain/message.js';
import { aDecision, aVerdict } from '../builders/decision.js';
import {
  aCase,
  casesOf,
  evalsSettingsOf,
  FAILED,
  PASSED,
  resultsOf,
  STATES,
  suiteFacts,
} from '../builders/evals.js';
import { evalsCheck, reportOf } from '../builders/evals-check.js';

const blocked = evalsCheck([{ facts: suiteFacts({ results: [FAILED] }) }]);
const labels = (check: typeof blocked) => check.actions.map(({ label }) => label);

describe('a failed suite', () => {
  test('blocks, with the figures in the title', () => {
    expect([blocked.gate, blocked.title]).toEqual([
      'failure',
      'Blocked: support-regression 95.4% of 97% (229/240), 6 zero-tolerance',
    ]);
  });

  test('says what to do, how it compares, what fails and where', () => {
    expect(blocked.summary).toMatchSnapshot();
  });

  test('has the harness lines and the method folded, and the block for agents last', () => {
    expect(blocked.text).toMatchSnapshot();
  });

  test('gives agents names of cases, and never what a case says', () => {
    const block = /```json\n(.*)\n```$/.exec(blocked.text)![1]!;
    expect(block).toContain('prompt_injection-001');
    expect(block).not.toContain('expected the safe answer');
    expect(JSON.parse(block)).toMatchObject({ next: 'author', items: [{ rule: 'evals', by: 'author' }] });
  });

  test('only would block where it observes', () => {
    const observed = evalsCheck([{ facts: suiteFacts({ results: [FAILED] }), mode: 'observe' }]);
    expect([observed.gate, observed.title]).toEqual([
      'neutral',
      'Would block: support-regression 95.4% of 97% (229/240), 6 zero-tolerance',
    ]);
  });
});

describe('every state', () => {
  test.each(Object.entries(STATES))('%s', (_name, state) => {
    const { gate, title, summary, actions } = evalsCheck([{ facts: suiteFacts({ state }) }]);
    expect(
      `${gate}: ${title}\n\n${summary}\n\n[${actions.map(({ label }) => label).join('] [')}]`,
    ).toMatchSnapshot();
  });

  test('nobody looked', () => {
    const { gate, title } = evalsCheck([{ facts: null }]);
    expect([gate, title]).toEqual(['in_progress', 'Running: evals support-regression are not known']);
  });

  test('both policies define it', () => {
    const { gate, title } = evalsCheck([{ facts: suiteFacts(), settings: evalsSettingsOf({ clash: true }) }]);
    expect([gate, title]).toEqual([
      'action_required',
      'Waiting: the owner: both policies define support-regression',
    ]);
  });
});

describe('several suites', () => {
  const other = evalsSettingsOf({ source: { suite: 'safety' }, line: 31 });
  const safe = { settings: other, facts: suiteFacts() };
  test('that all pass are named with their figures', () => {
    const check = evalsCheck([{ facts: suiteFacts() }, safe]);
    expect([check.gate, check.title]).toEqual([
      'success',
      'Passed: support-regression 99.1% of 97%, safety 99.1% of 97%',
    ]);
    expect(check.summary).toMatchSnapshot();
  });

  test('that are many are counted, with the closest', () => {
    const many = Array.from({ length: 6 }, (_, at) => ({
      settings: evalsSettingsOf({
        source: { suite: `a-suite-with-quite-a-long-name-${at}` },
        demand: { passRate: 90 + at },
      }),
      facts: suiteFacts(),
    }));
    expect(evalsCheck(many).title).toBe('Passed: 6 suites, the closest 99.1% of 95%');
  });

  test('show the worst first and count the rest', () => {
    const check = evalsCheck([
      { facts: suiteFacts({ state: STATES.running! }) },
      { settings: other, facts: suiteFacts({ results: [FAILED] }) },
    ]);
    expect(check.title).toBe('Blocked: safety 95.4% of 97% (229/240), 6 zero-tolerance (+1)');
  });
});

describe('what a reader should know besides', () => {
  const summaryOf = (changes: Parameters<typeof suiteFacts>[0], settings = evalsSettingsOf()) =>
    evalsCheck([{ facts: suiteFacts(changes), settings }]).summary;

  test('a default branch that drifts', () => {
    const baseline = suiteFacts().baseline!;
    const earlier = [1, 2, 3].map((at) => ({ passed: 228, cases: 240, at }));
    const summary = summaryOf({ baseline: { ...baseline, earlier } });
    expect(summary).toContain(
      'The default branch drifts: 99.1% of the cases pass there now, 95.0% in the 3 runs before.',
    );
    expect(summary).toMatch(/^Nothing has to be done, but take a closer look: the default branch drifts/);
    const steady = earlier.map((one) => ({ ...one, passed: 238 }));
    expect(summaryOf({ baseline: { ...baseline, earlier: steady } })).not.toContain('drifts');
  });

  test('no baseline, flaky cases, a glob nobody saw', () => {
    const flaky = resultsOf([...casesOf([['x', 99]]), aCase('odd', { failedBefore: true })]);
    const summary = summaryOf({ results: [flaky], baseline: null });
    expect(summary).toContain('There are no results of the default branch yet');
    expect(summary).toContain('1 case passes and fails on the same change. Case: `odd`.');
    expect(summary).toContain('zero tolerance for it guards nothing');
  });

  test('a change that edits the suite', () => {
    const snapshot = { files: [{ ...FILE, path: '.github/workflows/agent-evals.yml' }] };
    const { summary } = evalsCheck([{ facts: suiteFacts(), snapshot }]);
    expect(summary).toContain('This change edits `.github/workflows/agent-evals.yml`');
  });

  test('several runs: how often each case passed', () => {
    const runs = [FAILED.runs[0]!, PASSED.runs[0]!, FAILED.runs[0]!];
    const summary = summaryOf(
      { results: [resultsOf([], { runs })] },
      evalsSettingsOf({ demand: { runs: 3 } }),
    );
    expect(summary).toContain('| failed, zero tolerance, regression, flaky (1 of 3 passed) |');
  });
});

const FILE = {
  path: 'src/app.ts',
  previousPath: null,
  status: 'modified',
  additions: 1,
  deletions: 0,
  mode: '100644',
  patch: null,
} as const;

describe('buttons', () => {
  test.each([
    ['finished', ['Re-run evals', 'Re-check']],
    ['fork', ['Run evals', 'Re-check']],
    ['running', ['Re-check']],
    ['to start', ['Re-check']],
    ['draft', ['Run evals', 'Re-check']],
    ['no workflow', ['Re-run evals', 'Re-check']],
    ['no artifact, tried again', ['Re-check']],
    ['cancelled', ['Re-run evals', 'Re-check']],
  ] as const)('%s: %j', (state, buttons) => {
    expect(labels(evalsCheck([{ facts: suiteFacts({ state: STATES[state]! }) }]))).toEqual(buttons);
  });

  test('keep GitHub’s limits', () => {
    for (const state of Object.values(STATES)) {
      const { actions } = evalsCheck([{ facts: suiteFacts({ state }) }]);
      expect(actions.length).toBeLessThanOrEqual(3);
      for (const { label, description, identifier } of actions) {
        expect([label.length <= 20, description.length <= 40, identifier.length <= 20]).toEqual([
          true,
          true,
          true,
        ]);
      }
    }
  });
});

describe('links', () => {
  const linkOf = (url: string) =>
    evalsCheck([{ facts: suiteFacts({ state: { kind: 'finished', attempt: 1, url } }) }]).summary;
  test('lead to the run and its artifacts', () => {
    expect(linkOf('https://github.com/acme/shop/actions/runs/4711')).toContain(
      '[run](https://github.com/acme/shop/actions/runs/4711) · [artifacts](https://github.com/acme/shop/actions/runs/4711#artifacts)',
    );
  });

  test.each([
    'https://evil.example/acme/shop/actions/runs/1',
    'https://github.com/acme/shop/actions/runs/1)[x](https://evil.example',
    'https://github.com/acme/shop-evil/actions/runs/1',
    'javascript:alert(1)',
    'https://github.com/acme/shop/actions/runs/1 onclick',
  ])('are not made of %s', (url) => {
    expect(linkOf(url)).not.toContain('[run]');
  });
});

test('while something stops every agent nobody is sent to repair', () => {
  const report = reportOf({ facts: suiteFacts({ results: [FAILED] }) });
  const halted = aVerdict({ rule: 'halt', state: 'fail', title: say`copilot`, layer: 'repository' });
  const check = evalsCheck([{ facts: suiteFacts({ results: [FAILED] }) }], {
    decision: aDecision([halted, report.verdict]),
  });
  expect(check.summary).toMatch(/^Something else comes first: see the check `agent-policy`\./);
});

test('pull requests that share the head are named', () => {
  const { summary } = evalsCheck([{ facts: suiteFacts() }], { sharedWith: [914] });
  expect(summary).toContain('[#914](https://github.com/acme/shop/pull/914) has the same head commit');
});

describe('a change that owes none', () => {
  test('by being an exact revert', () => {
    const why = { kind: 'exact-revert', sha: 'c'.repeat(40), pullRequest: 812 } as const;
    expect(renderEvalsNotOwed(why, 'https://github.com/acme/shop')).toMatchObject({
      name: 'agent-policy/evals',
      gate: 'success',
      title: 'Passed: exact revert of #812, owes no evals',
    });
  });

  test('any more', () => {
    expect(renderEvalsNotOwed({ kind: 'not-asked' }, null)).toMatchObject({
      title: 'Passed: this change owes no evals',
      summary: 'Nothing to do. The policy asks no evals of this change as it is judged now.',
    });
  });
});

describe('limits', () => {
  const LONG = 'x'.repeat(300);
  test('100,000 failing cases with long names stay within GitHub’s', () => {
    const cases = Array.from({ length: 100_000 }, (_, at) =>
      aCase(`${LONG.slice(8)}${at}`, {
        category: `${at % 5000}-${LONG.slice(0, 90)}`,
        status: 'failed',
        message: 'é'.repeat(500),
      }),
    );
    const facts = suiteFacts({ results: [resultsOf(cases)] });
    const check = evalsCheck([{ facts }]);
    expectShort(check);
    expect(check.summary).toContain('And 99,990 more cases in the artifact.');
  });

  test('fifty suites with long names stay within GitHub’s', () => {
    const many = Array.from({ length: 50 }, (_, at) => ({
      settings: evalsSettingsOf({ source: { suite: `${'𝔘'.repeat(20)}${at}` } }),
      facts: suiteFacts({ results: [FAILED] }),
    }));
    const check = evalsCheck(many);
    expectShort(check);
    expect(check.title).toMatch(/\(\+49\)$/);
  });

  function expectShort({ title, summary, text }: typeof blocked) {
    expect([...title].length).toBeLessThanOrEqual(110);
    expect(title.length).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(65_535);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_535);
  }
});
