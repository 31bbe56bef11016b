// Who is asked for which quality of which files, and which report does the check get?
import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/domain/message.js';
import type { CoverageFacts } from '../../src/domain/quality.js';
import type { Snapshot } from '../../src/domain/snapshot.js';
import { gateOf } from '../../src/policy/evaluate.js';
import { aPolicy, evaluateWith, type Given, verdictsOf } from '../builders/policies.js';
import { coverageOf, measured, someHistory } from '../builders/quality-facts.js';
import { aCommit, aFile, aReview, aSnapshot, user } from '../builders/snapshot.js';

const FILES = [
  aFile('src/web.ts', { additions: 300, deletions: 0, patch: null }),
  aFile('billing/tax.ts', { additions: 100, deletions: 0, patch: null }),
];
const COVERAGE = measured([coverageOf('src/web.ts', 300, 300), coverageOf('billing/tax.ts', 40, 100)]);

function change(
  changes: Partial<Omit<Snapshot, 'pullRequest'>> = {},
  coverage: CoverageFacts = COVERAGE,
): Snapshot {
  return aSnapshot({
    files: FILES,
    reviews: [aReview('bo'), aReview('alice')],
    quality: { history: someHistory(), coverage: { 'head:coverage': coverage } },
    ...changes,
  });
}

/** By a person, without a mark of an agent. */
function personal(): Snapshot {
  const kim = user('kim');
  return {
    ...change(),
    pullRequest: {
      ...change().pullRequest,
      author: kim,
      headRef: 'kim/tax',
      body: 'Round it.',
      assignees: [],
    },
    commits: [
      aCommit({
        message: 'Round the tax',
        author: { name: 'Kim', email: 'kim@acme.dev', account: kim },
        committer: { name: 'Kim', email: 'kim@acme.dev', account: kim },
        coAuthors: [],
      }),
    ],
  };
}

/** `state mode zone: title` of each verdict of the rule. */
const asked = (given: Given) =>
  verdictsOf(evaluateWith({ snapshot: change(), ...given }), 'quality-delta').map(
    ({ state, mode, zone, line, title }) => `${state} ${mode} ${zone ?? '-'} ${line ?? '-'}: ${plain(title)}`,
  );

const ZONE = 'zones: { money: { paths: ["billing/**"], quality_delta: { coverage: { patch_min: 90% } } } }\n';

describe("an agent's change", () => {
  test('is reported on where no policy states the section, and never blocked', () => {
    const evaluation = evaluateWith({ repository: aPolicy(), snapshot: change() });
    expect(asked({ repository: aPolicy() })).toEqual([
      expect.stringMatching(/^skipped enforce - -: delta .*, 400 lines$/),
    ]);
    expect(gateOf(evaluation.decision)).toBe('success');
    expect(evaluation.quality?.report.size.lines).toBe(400);
  });

  test('is held to the defaults of a section that is there', () => {
    const history = someHistory({ usualChance: 0.0001 });
    const bad = change({ quality: { history, coverage: {} } });
    expect(asked({ repository: aPolicy('quality_delta: {}\n'), snapshot: bad })).toEqual([
      expect.stringMatching(/^fail enforce - 3: quality delta −\d+ \(limit −60\)$/),
    ]);
    expect(asked({ repository: aPolicy(), snapshot: bad })[0]).toMatch(/^skipped/);
  });

  test.each([
    ['size', 'quality_delta: { size: { fail: 399 } }\n', /^fail enforce - 3: 400 lines \(limit 399\)/],
    [
      'tested lines',
      'quality_delta: { coverage: { patch_min: 90% } }\n',
      /^fail enforce - 3: 85% of new lines tested \(90% needed\)/,
    ],
    [
      'the delta',
      'quality_delta: { fail_below: 100 }\n',
      /^fail enforce - 3: quality delta .* \(limit \+100\)/,
    ],
    [
      'a warning',
      'quality_delta: { size: { warn: 399 }, warn_below: -100 }\n',
      /^pass enforce - 3: 400 lines \(warns above 399\)/,
    ],
    [
      'what size leaves out',
      'quality_delta: { size: { fail: 399, ignore: ["billing/**"] }, warn_below: -100 }\n',
      /^pass enforce - 3: delta .*, 300 lines/,
    ],
    ['observe', 'quality_delta: { mode: observe, size: { fail: 399 } }\n', /^fail observe - 3:/],
    [
      'enforce in a file that observes',
      'mode: observe\nquality_delta: { mode: enforce, size: { fail: 399 } }\n',
      /^fail enforce - 4:/,
    ],
    ['a file that observes', 'mode: observe\nquality_delta: { size: { fail: 399 } }\n', /^fail observe - 4:/],
  ])('is held to the section: %s', (_name, section, verdict) => {
    expect(asked({ repository: aPolicy(section) })).toEqual([expect.stringMatching(verdict)]);
  });

  test('is held to what a zone states, on the files of the zone', () => {
    const [general, zone, ...others] = asked({ repository: aPolicy(ZONE) });
    expect(others).toEqual([]);
    expect(general).toMatch(/^skipped enforce - -/);
    expect(zone).toMatch(/^fail enforce money 3: 40% of new lines tested in zone money \(90% needed\)/);
  });

  test('has one delta, whether the section or only a zone names coverage', () => {
    const strict = ZONE.replace('90% } }', '90% }, fail_below: 100 }');
    const [general, zone] = asked({ repository: aPolicy(strict) });
    expect(general).toContain('85% of new lines tested');
    expect(/delta [^, ]+/.exec(zone!)?.[0]).toBe(/delta [^, ]+/.exec(general!)?.[0]);
  });

  test('is not held to the section again by a zone that states something else', () => {
    const section = `quality_delta: { size: { fail: 399 } }\n${ZONE.replace('coverage: { patch_min: 90% }', 'size: { fail: 100 }')}`;
    expect(asked({ repository: aPolicy(section) })).toEqual([
      expect.stringMatching(/^fail enforce - 3: 400 lines/),
      expect.stringMatching(/^pass enforce money 4: 100 lines in zone money$/),
    ]);
  });

  test('is not loosened by a zone that asks for less', () => {
    const section = `quality_delta: { coverage: { patch_min: 90% } }\n${ZONE.replace('90%', '10%')}`;
    expect(asked({ repository: aPolicy(section) }).map((line) => line.slice(0, 22))).toEqual([
      'fail enforce - 3: 85% ',
      expect.stringMatching(/^pass enforce money/),
    ]);
  });

  test('counts in a zone under the former name of a renamed file', () => {
    const moved = aFile('src/tax.ts', {
      status: 'renamed',
      previousPath: 'billing/tax.ts',
      additions: 100,
      deletions: 0,
      patch: null,
    });
    const snapshot = change({ files: [moved] });
    const coverage = measured([coverageOf('src/tax.ts', 40, 100)]);
    const verdicts = asked({
      repository: aPolicy(ZONE),
      snapshot: { ...snapshot, quality: { history: someHistory(), coverage: { 'head:coverage': coverage } } },
    });
    expect(verdicts[1]).toMatch(/^fail enforce money/);
  });

  test('is asked by each of two zones on its own', () => {
    const section = `zones:
  money: { paths: ["billing/**"], quality_delta: { size: { fail: 99 } } }
  all: { paths: ["**"], quality_delta: { size: { fail: 399 } } }
`;
    expect(
      asked({ repository: aPolicy(section) })
        .slice(1)
        .toSorted(),
    ).toEqual([
      expect.stringMatching(/^fail enforce all 5: 400 lines in zone all \(limit 399\)/),
      expect.stringMatching(/^fail enforce money 4: 100 lines in zone money \(limit 99\)/),
    ]);
  });

  test.each([
    ['the zone', ZONE.replace('paths:', 'mode: observe, paths:')],
    ['the section', `${ZONE}quality_delta: { mode: observe, fail_below: -100 }\n`],
    ['the file', `mode: observe\n${ZONE}`],
  ])('never blocks where %s only observes', (_name, section) => {
    const evaluation = evaluateWith({ repository: aPolicy(section), snapshot: change() });
    const zone = verdictsOf(evaluation, 'quality-delta').find((verdict) => verdict.zone === 'money');
    expect([zone?.state, zone?.mode]).toEqual(['fail', 'observe']);
    expect(gateOf(evaluation.decision)).toBe('neutral');
  });

  test('is held to zones.default where no zone states it', () => {
    const section =
      'zones: { default: { quality_delta: { size: { fail: 99 } } }, docs: { paths: ["docs/**"] } }\n';
    expect(asked({ repository: aPolicy(section) })[1]).toMatch(/^fail enforce default 3: 400 lines/);
  });

  test('is held to both layers, and the organisation says nothing where it states nothing', () => {
    const repository = aPolicy('quality_delta: { size: { fail: 1000 }, coverage: { patch_min: 10% } }\n');
    expect(asked({ repository, organization: aPolicy() })).toHaveLength(1);
    const both = asked({ repository, organization: aPolicy('quality_delta: { size: { fail: 399 } }\n') });
    expect(both.map((line) => line.slice(0, 4))).toEqual(['pass', 'fail']);
  });
});

describe("a person's change", () => {
  test('owes no quality delta, and gets no check', () => {
    const given = {
      repository: aPolicy(`quality_delta: { size: { fail: 1 } }\n${ZONE}`),
      snapshot: personal(),
    };
    expect(evaluateWith(given).decision.authorship.authorship).toBe('human');
    expect(asked(given)).toEqual([]);
    expect(evaluateWith(given).quality).toBeNull();
  });

  test('is bound by a zone for everyone, on its files', () => {
    const given = {
      repository: aPolicy(ZONE.replace('paths:', 'for: everyone, paths:')),
      snapshot: personal(),
    };
    expect(asked(given)).toEqual([expect.stringMatching(/^fail enforce money 3: 40% of new lines tested/)]);
    const evaluation = evaluateWith(given);
    expect(evaluation.quality?.report.size.lines).toBe(100);
    expect(gateOf(evaluation.decision)).toBe('failure');
  });
});

describe('the report for the check', () => {
  test('is of the whole change where that is judged, with its limits', () => {
    const { quality } = evaluateWith({
      repository: aPolicy(`quality_delta: { size: { fail: 399 }, warn_below: -100 }\n${ZONE}`),
      snapshot: change(),
    });
    expect(quality?.report.size.lines).toBe(400);
    expect(quality?.report.breaches).toMatchObject([{ what: 'size', limit: 399 }]);
  });

  test("is the organisation's where only that states limits", () => {
    const { quality } = evaluateWith({
      repository: aPolicy(),
      organization: aPolicy('quality_delta: { size: { fail: 399 }, warn_below: -100 }\n'),
      snapshot: change(),
    });
    expect(quality?.report.breaches).toMatchObject([{ what: 'size', limit: 399 }]);
  });

  test('is none where there is no policy at all', () => {
    const absent = { kind: 'absent' } as const;
    expect(evaluateWith({ repository: absent, snapshot: change() }).quality).toBeNull();
  });

  test('is none for an exact revert, which owes none', () => {
    const revertOf = { exact: true, sha: 'f'.repeat(40), pullRequest: 9 } as const;
    const given = {
      repository: aPolicy('quality_delta: { size: { fail: 1 } }\n'),
      snapshot: change({ revertOf }),
    };
    expect(asked(given)).toEqual(['skipped enforce - 3: not owed by an exact revert']);
    expect(evaluateWith(given).quality).toBeNull();
  });
});

describe('what is read for it', () => {
  const missing = (section: string) =>
    evaluateWith({
      repository: aPolicy(section),
      snapshot: change({ quality: { history: null, coverage: {} } }),
    }).missing;

  test('is the history, and coverage only where a policy names it', () => {
    expect(missing('')).toEqual([{ kind: 'history' }]);
    expect(missing('quality_delta: {}\n')).toEqual([{ kind: 'history' }]);
    expect(missing('quality_delta: { coverage: { artifact: lcov, run: default-branch } }\n')).toEqual([
      { kind: 'history' },
      { kind: 'coverage', source: { artifact: 'lcov', run: 'default-branch' } },
    ]);
    expect(missing(ZONE)).toEqual([
      { kind: 'history' },
      { kind: 'coverage', source: { artifact: 'coverage', run: 'head' } },
    ]);
  });

  test('holds the change until it is read', () => {
    const evaluation = evaluateWith({
      repository: aPolicy('quality_delta: { coverage: { patch_min: 1% } }\n'),
      snapshot: change({ quality: { history: null, coverage: {} } }),
    });
    expect(gateOf(evaluation.decision)).toBe('in_progress');
  });
});
