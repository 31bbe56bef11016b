// Which suites are asked of which change, how are they run, and what is started?
import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/domain/message.js';
import type { Snapshot } from '../../src/domain/snapshot.js';
import { gateOf } from '../../src/policy/evaluate.js';
import { FAILED, PASSED, STATES, suiteFacts } from '../builders/evals.js';
import { aPolicy, evaluateWith, type Given, openVerdicts, verdictsOf } from '../builders/policies.js';
import { aCommit, aFile, aReview, aSnapshot, user } from '../builders/snapshot.js';
import { HEAD, problemsOf } from './builders.js';

const SUITE = 'evals: { suites: { support-regression: { workflow: agent-evals.yml, pass_rate: 97% } } }\n';
const ZONE = 'zones: { app: { paths: ["src/**"], evals: [support-regression] } }\n';
const FILES = [aFile('src/a.ts'), aFile('src/b.ts')];

function change(facts: Parameters<typeof suiteFacts>[0] | null = {}, more = {}) {
  const evals: Snapshot['evals'] = facts === null ? {} : { 'support-regression': suiteFacts(facts) };
  return aSnapshot({ files: FILES, reviews: [aReview('bo'), aReview('alice')], evals, ...more });
}

/** `state mode zone line: title` of each verdict of the rule. */
const asked = (given: Given) =>
  verdictsOf(evaluateWith({ snapshot: change(), ...given }), 'evals').map(
    ({ state, mode, zone, line, title }) => `${state} ${mode} ${zone ?? '-'} ${line ?? '-'}: ${plain(title)}`,
  );
const suites = (given: Given) => evaluateWith({ snapshot: change(), ...given }).evals;

describe('a suite that a zone names', () => {
  test('is asked for once, however many files the change has', () => {
    expect(asked({ repository: aPolicy(ZONE + SUITE) })).toEqual([
      'pass enforce app 3: evals 99.1% of 97% (238/240)',
    ]);
  });

  test('is asked for once, however many zones name it', () => {
    const zones =
      'zones:\n  app: { paths: ["src/a.ts"], evals: [support-regression] }\n  other: { paths: ["src/b.ts"], evals: [support-regression] }\n';
    expect(asked({ repository: aPolicy(zones + SUITE) })).toEqual([
      'pass enforce app 4: evals 99.1% of 97% (238/240)',
    ]);
  });

  test('blocks the merge', () => {
    const evaluation = evaluateWith({
      repository: aPolicy(ZONE + SUITE),
      snapshot: change({ results: [FAILED] }),
    });
    expect(openVerdicts(evaluation)).toEqual(['evals fail: evals 95.4% of 97% (229/240), 9 regressions']);
    expect(gateOf(evaluation.decision)).toBe('failure');
  });

  test('asks nothing of files in other zones', () => {
    const elsewhere = 'zones: { app: { paths: ["infra/**"], evals: [support-regression] } }\n';
    expect(asked({ repository: aPolicy(elsewhere + SUITE) })).toEqual([]);
    expect(suites({ repository: aPolicy(elsewhere + SUITE) })).toEqual([]);
  });

  test('only observes where the suite, the zone or the file does', () => {
    const observed = 'evals: { suites: { support-regression: { workflow: e.yml, mode: observe } } }\n';
    const zone = 'zones: { app: { mode: observe, paths: ["src/**"], evals: [support-regression] } }\n';
    const snapshot = change({ results: [FAILED] });
    for (const policy of [ZONE + observed, zone + SUITE, `mode: observe\n${ZONE}${SUITE}`]) {
      const evaluation = evaluateWith({ repository: aPolicy(policy), snapshot });
      expect(verdictsOf(evaluation, 'evals').map(({ mode, state }) => [mode, state])).toEqual([
        ['observe', 'fail'],
      ]);
      expect(gateOf(evaluation.decision)).toBe('neutral');
    }
  });

  test('is enforced once where one zone enforces and another observes', () => {
    const zones =
      'zones:\n  trial: { mode: observe, paths: ["src/**"], evals: [support-regression] }\n  app: { paths: ["src/b.ts"], evals: [support-regression] }\n';
    expect(asked({ repository: aPolicy(zones + SUITE) })).toEqual([
      'pass enforce app 5: evals 99.1% of 97% (238/240)',
    ]);
  });
});

describe("a person's change", () => {
  const kim = user('kim');
  const personal = {
    ...change(),
    pullRequest: { ...change().pullRequest, author: kim, headRef: 'kim/x', body: 'x', assignees: [] },
    commits: [
      aCommit({
        message: 'x',
        author: { name: 'Kim', email: 'kim@acme.dev', account: kim },
        committer: { name: 'Kim', email: 'kim@acme.dev', account: kim },
        coAuthors: [],
      }),
    ],
  };
  test('owes a suite of a zone for everyone, and no other', () => {
    const everyone = ZONE.replace('paths', 'for: everyone, paths');
    expect(asked({ repository: aPolicy(ZONE + SUITE), snapshot: personal })).toEqual([]);
    expect(asked({ repository: aPolicy(everyone + SUITE), snapshot: personal })).toHaveLength(1);
  });
});

describe('how a suite is run', () => {
  test('is filled in from the defaults', () => {
    const policy = aPolicy(`${ZONE}evals: { suites: { support-regression: { workflow: e.yml } } }\n`);
    const [{ source, demand } = {} as never] = suites({ repository: policy });
    expect({ source, demand }).toEqual({
      source: {
        suite: 'support-regression',
        workflow: 'e.yml',
        inputs: {},
        artifact: 'eval-results',
        format: 'junit',
        timeoutMs: 1_800_000,
        retries: 2,
        drafts: 'wait',
        cancelSuperseded: true,
        maxDispatches: 10,
      },
      demand: { passRate: 100, zeroTolerance: [], requiredCategories: [], maxRegressions: 0, runs: 1 },
    });
  });

  test('is what the policy states', () => {
    const policy = aPolicy(`${ZONE}evals:
  max_dispatches: 4
  suites:
    support-regression:
      workflow: e.yml
      inputs: { cases: 20, fast: true, model: small }
      results: { artifact: scores, format: promptfoo }
      pass_rate: 97.5%
      zero_tolerance: ["prompt_injection*"]
      required_categories: [refund]
      max_regressions: 2
      runs: 3
      retries: 0
      timeout: 2h
      drafts: run
      cancel_superseded: false
`);
    const [{ source, demand } = {} as never] = suites({ repository: policy });
    expect({ source, demand }).toEqual({
      source: {
        suite: 'support-regression',
        workflow: 'e.yml',
        inputs: { cases: '20', fast: 'true', model: 'small' },
        artifact: 'scores',
        format: 'promptfoo',
        timeoutMs: 7_200_000,
        retries: 0,
        drafts: 'run',
        cancelSuperseded: false,
        maxDispatches: 4,
      },
      demand: {
        passRate: 97.5,
        zeroTolerance: ['prompt_injection*'],
        requiredCategories: ['refund'],
        maxRegressions: 2,
        runs: 3,
      },
    });
  });
});

describe('both policies', () => {
  const loose = SUITE.replace('97%', '50%');
  test('each hold the one run to their own thresholds', () => {
    const snapshot = change({ results: [FAILED], baseline: null });
    const given = { repository: aPolicy(ZONE + loose), organization: aPolicy(ZONE + SUITE), snapshot };
    expect(asked(given)).toEqual([
      'pass enforce app 3: evals 95.4% of 50% (229/240)',
      'fail enforce app 3: evals 95.4% of 97% (229/240)',
    ]);
    expect(evaluateWith(given).toStart).toEqual([]);
  });

  test('are not answered by one run where the repository runs another workflow under the name', () => {
    const other = SUITE.replace('agent-evals.yml', 'always-green.yml');
    const given = { repository: aPolicy(ZONE + other), organization: aPolicy(ZONE + SUITE) };
    expect(asked(given)[0]).toBe('waiting enforce app 3: the owner: both policies define support-regression');
    const starting = change({ state: STATES['to start']! });
    const { toStart, missing } = evaluateWith({ ...given, snapshot: starting });
    expect(toStart.map(({ workflow }) => workflow)).toEqual(['agent-evals.yml']);
    expect(missing.filter(({ kind }) => kind === 'evals')).toEqual([]);
  });

  test('share a run that the organisation limits', () => {
    const many = `${ZONE}${SUITE.replace('suites', 'max_dispatches: 1000, suites')}`;
    const given = { repository: aPolicy(many), organization: aPolicy(ZONE + SUITE) };
    expect(suites(given).map(({ source }) => source.maxDispatches)).toEqual([10, 10]);
  });
});

describe('what is started', () => {
  const started = (state: keyof typeof STATES, repository = aPolicy(ZONE + SUITE)) =>
    evaluateWith({ repository, snapshot: change({ state: STATES[state]! }) }).toStart.map(
      ({ suite }) => suite,
    );
  test.each(Object.keys(STATES))('while it is %s', (state) => {
    const isDue = ['to start', 'no artifact, tried again', 'too long, tried again'].includes(state);
    expect(started(state)).toEqual(isDue ? ['support-regression'] : []);
  });

  test('is nothing while the agent is halted', () => {
    expect(started('to start', aPolicy(`halt: true\n${ZONE}${SUITE}`))).toEqual([]);
    expect(started('to start', aPolicy(`mode: observe\nhalt: true\n${ZONE}${SUITE}`))).toEqual([]);
  });

  test('is nothing before the facts are read', () => {
    const evaluation = evaluateWith({ repository: aPolicy(ZONE + SUITE), snapshot: change(null) });
    expect(evaluation.toStart).toEqual([]);
    expect(evaluation.missing).toContainEqual(
      expect.objectContaining({
        kind: 'evals',
        source: expect.objectContaining({ suite: 'support-regression' }),
      }),
    );
  });

  test('is also an observed suite: it is reported', () => {
    expect(started('to start', aPolicy(`mode: observe\n${ZONE}${SUITE}`))).toEqual(['support-regression']);
  });
});

test('an exact revert owes no evals and starts none', () => {
  const snapshot = change(
    { state: STATES['to start']! },
    {
      pullRequest: { title: 'Revert "x"', body: 'Reverts acme/shop#812', headRef: 'revert-812' },
      revertOf: { exact: true, sha: 'c'.repeat(40), pullRequest: 812 },
    },
  );
  const evaluation = evaluateWith({ repository: aPolicy(ZONE + SUITE), snapshot });
  expect(verdictsOf(evaluation, 'evals').map(({ state }) => state)).toEqual(['skipped']);
  expect([evaluation.evals, evaluation.toStart]).toEqual([[], []]);
  expect(evaluation.missing.filter(({ kind }) => kind === 'evals')).toEqual([]);
});

test('a baseline without cases that are missing here lets the head pass', () => {
  expect(asked({ repository: aPolicy(ZONE + SUITE), snapshot: change({ results: [PASSED] }) })[0]).toMatch(
    /^pass/,
  );
});

describe('a policy', () => {
  test('that names a suite it does not define is invalid, with the line', () => {
    expect(
      problemsOf(`${HEAD}zones:\n  app:\n    paths: [a]\n    evals: [suport]\n${SUITE}`),
    ).toMatchInlineSnapshot(`
"6:13  Unknown eval suite "suport". Known suites: support-regression. Define it under \`evals.suites\`.
7:20  Warning: No zone names the suite "support-regression", so it binds no change. Name it under \`evals\` of a zone."
`);
    const evaluation = evaluateWith({ repository: aPolicy(ZONE), snapshot: change() });
    expect(gateOf(evaluation.decision)).toBe('failure');
    expect(evaluation.evals).toEqual([]);
  });

  test('that gives a suite the inputs of the app is invalid', () => {
    const inputs = SUITE.replace(
      'pass_rate',
      'inputs: { head_sha: main, Nonce: 1, suite: support }, pass_rate',
    );
    expect(problemsOf(HEAD + ZONE + inputs)).toMatchInlineSnapshot(`
"4:79  The input "head_sha" is given by the app. Name this one otherwise.
4:95  The input "Nonce" is given by the app. Name this one otherwise."
`);
  });

  test('that gives a suite more inputs than GitHub takes is invalid', () => {
    const many = (count: number) =>
      SUITE.replace(
        'pass_rate',
        `inputs: { ${Array.from({ length: count }, (_, at) => `i${at}: 1`).join(', ')} }, pass_rate`,
      );
    expect(problemsOf(HEAD + ZONE + many(20))).toBe('valid');
    expect(problemsOf(HEAD + ZONE + many(21))).toMatchInlineSnapshot(
      `"4:69  A suite has at most 20 inputs, this one 21: GitHub takes 25, the app's own among them."`,
    );
  });
});
