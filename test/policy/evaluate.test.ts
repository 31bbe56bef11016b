// Is the decision right from end to end, with the shipped catalogue and policies as people write them?
import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/domain/message.js';
import { type EvaluationInput, evaluate, gateOf } from '../../src/policy/evaluate.js';
import type { Rule } from '../../src/rules/define-rule.js';
import { halt } from '../../src/rules/halt.js';
import {
  ABSENT,
  aPolicy,
  CATALOGUE,
  evaluateWith,
  found,
  lineOf,
  openVerdicts,
  verdictsOf,
} from '../builders/policies.js';
import {
  aCommit,
  aFile,
  aMemory,
  aPerson,
  aReview,
  aSnapshot,
  bot,
  EARLIER,
  HEAD,
  identity,
  user,
  WEB_FLOW,
} from '../builders/snapshot.js';

const INFRA = aPolicy(
  'zones:\n  infrastructure:\n    paths: ["infra/**"]\n    approvals: { count: 2, from: ["@acme/sre"] }\n',
);
const infraChange = (changes: Parameters<typeof aSnapshot>[0] = {}) =>
  aSnapshot({ files: [aFile('infra/main.tf')], ...changes });
const human = (changes: Parameters<typeof aSnapshot>[0] = {}) =>
  aSnapshot({
    commits: [aCommit({ author: identity(user('ann')), committer: WEB_FLOW, signature: null })],
    ...changes,
    pullRequest: { author: user('ann'), headRef: 'fix', ...changes?.pullRequest },
  });
const gate = (given: Parameters<typeof evaluateWith>[0]) => gateOf(evaluateWith(given).decision);

describe('an agent and the smallest useful policy', () => {
  test('infrastructure waits for two of the team', () => {
    const evaluation = evaluateWith({ repository: INFRA, snapshot: infraChange() });
    expect(openVerdicts(evaluation)).toEqual([
      'human-approvals waiting: 2 approvals from @acme/sre for infra/main.tf (0 of 2)',
    ]);
    expect(verdictsOf(evaluation, 'human-approvals')[0]).toMatchObject({
      layer: 'repository',
      mode: 'enforce',
      zone: 'infrastructure',
      line: 6,
    });
    expect(gateOf(evaluation.decision)).toBe('action_required');
    expect(evaluation.decision.tier).toBe(1);
    expect(evaluation.label).toBe('agent:copilot');
  });

  test('two of the team let it pass', () => {
    const snapshot = infraChange({ reviews: [aReview('bo'), aReview('kim')] });
    expect(gate({ repository: INFRA, snapshot })).toBe('success');
  });

  test('elsewhere one approval by the owner is the built-in demand', () => {
    expect(openVerdicts(evaluateWith({ repository: INFRA }))).toEqual([
      'human-approvals waiting: 1 approval from @acme/platform for src/app.ts (0 of 1)',
    ]);
  });

  test('a draft is judged as any other', () => {
    expect(gate({ repository: INFRA, snapshot: infraChange({ pullRequest: { draft: true } }) })).toBe(
      'action_required',
    );
  });

  test('a change without files asks nobody', () => {
    expect(gate({ repository: INFRA, snapshot: aSnapshot({ files: [] }) })).toBe('success');
  });

  test('every verdict is the same when judged again', () => {
    const given = { repository: INFRA, snapshot: infraChange() };
    expect(evaluateWith(given)).toEqual(evaluateWith(given));
  });
});

describe('attacks on an approval', () => {
  const owned = aPolicy('zones:\n  default: { approvals: { count: 1, from: ["@acme/sre"] } }\n');
  test.each<[string, Parameters<typeof evaluateWith>[0], string]>([
    [
      'a second account of the author approves as co-author',
      {
        snapshot: aSnapshot({
          commits: [aCommit({ message: 'x\n\nCo-authored-by: B <9+bo@users.noreply.github.com>' })],
          reviews: [aReview('bo')],
        }),
      },
      'action_required',
    ],
    [
      'the committer approves',
      {
        snapshot: aSnapshot({
          commits: [aCommit({ committer: identity(user('bo')) })],
          reviews: [aReview('bo')],
        }),
      },
      'action_required',
    ],
    [
      'the pusher approves',
      {
        snapshot: aSnapshot({ reviews: [aReview('bo')] }),
        memory: aMemory({ pushes: [{ sender: user('bo'), headSha: HEAD }] }),
      },
      'action_required',
    ],
    [
      'the requester approves',
      { snapshot: aSnapshot({ pullRequest: { assignees: [user('bo')] }, reviews: [aReview('bo')] }) },
      'action_required',
    ],
    [
      'a bot with write access approves',
      { snapshot: aSnapshot({ reviews: [aReview('x', { author: bot('bo') })] }) },
      'action_required',
    ],
    [
      'an approval of an earlier head',
      {
        snapshot: aSnapshot({
          reviews: [aReview('bo', { headSha: EARLIER })],
          digests: { [HEAD]: 'a', [EARLIER]: 'b' },
        }),
      },
      'action_required',
    ],
    [
      'an approval given before a retarget',
      {
        snapshot: aSnapshot({
          reviews: [aReview('bo')],
          pullRequest: { baseChangedAt: '2026-11-20T12:30:00Z' },
        }),
      },
      'action_required',
    ],
    ['an honest approval', { snapshot: aSnapshot({ reviews: [aReview('bo')] }) }, 'success'],
    [
      'an honest approval with a request for changes beside it',
      { snapshot: aSnapshot({ reviews: [aReview('bo'), aReview('kim', { state: 'CHANGES_REQUESTED' })] }) },
      'action_required',
    ],
  ])('%s', (_name, given, expected) => {
    expect(gate({ repository: owned, ...given })).toBe(expected);
  });
});

describe('attacks on authorship', () => {
  test('a forged dependabot does not become automation', () => {
    const dependabot = { login: 'dependabot[bot]', id: 49699333, type: 'Bot' as const };
    const forged = aSnapshot({
      commits: [aCommit({ author: identity(dependabot), committer: identity(dependabot), signature: null })],
      pullRequest: { author: user('mallory'), headRef: 'dependabot/npm/x' },
    });
    const pushed = aSnapshot({
      commits: [aCommit({ author: identity(dependabot), signature: null })],
      pullRequest: { author: dependabot, headRef: 'dependabot/npm/x' },
    });
    for (const snapshot of [forged, pushed]) {
      const { decision } = evaluateWith({ repository: aPolicy(), snapshot });
      expect(['human', 'unknown', 'agent']).toContain(decision.authorship.authorship);
      expect(decision.authorship.authorship).not.toBe('automation');
    }
    expect(gate({ snapshot: pushed })).toBe('action_required');
  });

  test('an account that no signature names is judged as an agent at the default tier', () => {
    const snapshot = aSnapshot({
      commits: [aCommit({ author: identity(bot('stranger')) })],
      pullRequest: { author: bot('stranger'), headRef: 'x' },
    });
    const policy = aPolicy(
      'agents: { default: { tier: 0 } }\ntreat: { assisted: human, automation: exempt }\n',
    );
    expect(openVerdicts(evaluateWith({ repository: policy, snapshot }))).toContain(
      'permission-tier fail: an unattributed account (tier 0) may not change src/app.ts',
    );
  });

  test('a removed label changes nothing', () => {
    const before = evaluateWith({
      repository: INFRA,
      snapshot: infraChange({ pullRequest: { labels: ['agent:copilot'] } }),
    });
    const after = evaluateWith({ repository: INFRA, snapshot: infraChange({ pullRequest: { labels: [] } }) });
    expect(gateOf(after.decision)).toBe(gateOf(before.decision));
    expect(after.label).toBe('agent:copilot');
  });

  test('evidence that was seen once stays, whatever the commits say now', () => {
    const remembered = {
      agent: 'devin',
      seenIn: 'this pull request',
      seenAt: '2026-11-20T00:00:00Z',
      what: 'x',
    };
    const { decision } = evaluateWith({ snapshot: human(), memory: aMemory({ evidence: [remembered] }) });
    expect(decision.authorship.authorship).toBe('agent');
  });
});

describe('incomplete evidence', () => {
  test.each([
    [
      '3001 files',
      {
        files: Array.from({ length: 3000 }, (_, at) => aFile(`docs/${at}.md`)),
        pullRequest: { changedFiles: 3001 },
      },
    ],
    [
      '251 commits',
      { commits: Array.from({ length: 250 }, () => aCommit()), pullRequest: { commitCount: 251 } },
    ],
  ])("%s block an agent's change, and approvals do not lift it", (_name, changes) => {
    const snapshot = aSnapshot({ ...changes, reviews: [aReview('bo'), aReview('alice')] });
    expect(gate({ snapshot })).toBe('failure');
  });

  test("a person's change of which files were left out waits for the owner", () => {
    const evaluation = evaluateWith({ snapshot: human({ pullRequest: { changedFiles: 3001 } }) });
    expect(openVerdicts(evaluation)).toEqual([
      'human-approvals waiting: 1 approval from @acme/platform for this change (0 of 1)',
    ]);
    expect(gate({ snapshot: human({ pullRequest: { changedFiles: 3001 }, reviews: [aReview('bo')] }) })).toBe(
      'success',
    );
  });

  test("251 commits of a person are judged as nobody's, and fail", () => {
    const commits = Array.from({ length: 250 }, () =>
      aCommit({ author: identity(user('ann')), signature: null }),
    );
    expect(gate({ snapshot: human({ commits, pullRequest: { commitCount: 251 } }) })).toBe('failure');
  });

  test('a rename whose former name is not known asks for it, and does not pass, whoever wrote it', () => {
    const files = [aFile('open/a.txt', { status: 'renamed' })];
    for (const snapshot of [aSnapshot({ files, reviews: [aReview('bo')] }), human({ files })]) {
      const evaluation = evaluateWith({ snapshot });
      expect(evaluation.missing).toContainEqual({ kind: 'diff' });
      expect(gateOf(evaluation.decision)).toBe('in_progress');
    }
  });

  test('facts that are there are not asked for again', () => {
    const evaluation = evaluateWith({ repository: INFRA, snapshot: infraChange({ teams: {} }) });
    expect(evaluation.missing).toEqual([
      { kind: 'team', team: '@acme/sre' },
      { kind: 'team', team: '@acme/platform' },
    ]);
    expect(evaluateWith({ repository: INFRA, snapshot: infraChange() }).missing).toEqual([]);
  });
});

describe('the policy file itself', () => {
  test('absent in both layers: nothing is asked', () => {
    const evaluation = evaluateWith({ repository: ABSENT });
    expect(evaluation.decision.verdicts.map(lineOf)).toEqual(['policy-file pass: No policy']);
    expect(gateOf(evaluation.decision)).toBe('success');
    expect(evaluation.decision.tier).toBeNull();
  });

  test('an organisation nobody can see is said, and asks nothing', () => {
    const evaluation = evaluateWith({ repository: ABSENT, organization: { kind: 'not-visible' } });
    expect(gateOf(evaluation.decision)).toBe('success');
    expect(evaluation.decision.verdicts.map(({ reason }) => plain(reason)).join(' ')).toContain('cannot see');
  });

  test.each([
    ["an agent's change under a broken policy", 'version: 1\nowner: nobody\n', aSnapshot(), 'failure'],
    ["a person's change under a broken policy", 'version: 1\nowner: nobody\n', human(), 'success'],
    ["an agent's change under a list", '- a\n', aSnapshot(), 'failure'],
    ["an agent's change under an empty file", '', aSnapshot(), 'failure'],
    ["an agent's change under a policy that is not text", found(null), aSnapshot(), 'failure'],
    [
      "an agent's change under an unreadable policy",
      { kind: 'unreadable', why: 'GitHub answered 502' } as const,
      aSnapshot(),
      'failure',
    ],
    [
      "a person's change under an unreadable policy",
      { kind: 'unreadable', why: 'GitHub answered 502' } as const,
      human(),
      'failure',
    ],
  ])('%s', (_name, repository, snapshot, expected) => {
    expect(gate({ repository, snapshot })).toBe(expected);
  });

  test.each([
    ["an agent's change", aSnapshot({ reviews: [aReview('bo')] })],
    ["a person's change", human()],
  ])('an unreadable organisation policy never passes: %s', (_name, snapshot) => {
    expect(gate({ organization: { kind: 'unreadable', why: 'GitHub answered 502' }, snapshot })).toBe(
      'failure',
    );
  });

  test('a broken policy is no way around the control plane', () => {
    const snapshot = human({ files: [aFile('.github/workflows/ci.yml')] });
    expect(openVerdicts(evaluateWith({ repository: 'version: 2\n', snapshot }))).toEqual([
      'human-approvals waiting: 1 approval from a repository admin for .github/workflows/ci.yml (0 of 1)',
    ]);
  });

  test('a pull request that breaks the policy is told so on its lines', () => {
    const snapshot = human({
      files: [aFile('.github/agent-policy.yml')],
      headPolicy: found(aPolicy('agents: { devin: { tier: 9 } }\n')),
      reviews: [aReview('bo')],
    });
    const evaluation = evaluateWith({ snapshot });
    const [preview] = verdictsOf(evaluation, 'policy-preview');
    expect(preview?.state).toBe('fail');
    expect(preview?.annotations?.[0]).toMatchObject({ path: '.github/agent-policy.yml', startLine: 3 });
    expect(gateOf(evaluation.decision)).toBe('failure');
  });

  test("the pull request's own version decides nothing", () => {
    const snapshot = infraChange({
      files: [aFile('.github/agent-policy.yml'), aFile('infra/main.tf')],
      headPolicy: found(aPolicy('zones: { default: { merge: 2 } }\nagents: { default: { tier: 3 } }\n')),
    });
    expect(gate({ repository: INFRA, snapshot })).toBe('action_required');
  });
});

describe('failing closed', () => {
  test('a rule that throws is a failure that names it', () => {
    const broken = halt as { evaluate: Rule['evaluate'] };
    const original = broken.evaluate;
    broken.evaluate = () => {
      throw new Error('no such thing');
    };
    try {
      const evaluation = evaluateWith({
        repository: aPolicy('halt: true\n'),
        snapshot: aSnapshot({ reviews: [aReview('bo')] }),
      });
      expect(openVerdicts(evaluation)).toEqual(['halt fail: halt broke down, a bug in agent-policy']);
      expect(evaluation.bugs).toEqual([{ rule: 'halt', error: new Error('no such thing') }]);
      expect(gateOf(evaluation.decision)).toBe('failure');
    } finally {
      broken.evaluate = original;
    }
  });

  test('a rule that concludes nothing is a failure', () => {
    const broken = halt as { evaluate: Rule['evaluate'] };
    const original = broken.evaluate;
    broken.evaluate = () => [];
    try {
      expect(
        gate({ repository: aPolicy('halt: true\n'), snapshot: aSnapshot({ reviews: [aReview('bo')] }) }),
      ).toBe('failure');
    } finally {
      broken.evaluate = original;
    }
  });

  test('a snapshot nobody expected is a failure, not a crash', () => {
    const input = {
      snapshot: { ...aSnapshot(), commits: null },
      memory: aMemory(),
      now: new Date('2026-11-21T10:00:00Z'),
      policies: { repository: found(aPolicy()), organization: ABSENT },
      catalogue: CATALOGUE,
    } as unknown as EvaluationInput;
    const { decision } = evaluate(input);
    expect(decision.authorship.authorship).toBe('unknown');
    expect(gateOf(decision)).toBe('failure');
  });
});

test('a person with write access is known by what GitHub says, not by a property every object has', () => {
  const snapshot = aSnapshot({
    people: { ...aSnapshot().people, bo: aPerson('bo') },
    reviews: [aReview('constructor')],
  });
  expect(
    gate({ repository: aPolicy('zones:\n  default: { approvals: { from: ["@constructor"] } }\n'), snapshot }),
  ).toBe('success');
  expect(gate({ repository: aPolicy('', '@constructor'), snapshot })).toBe('in_progress');
});
