// What does a decision look like? One builder per situation that a reviewer meets.
import type { AuthorshipFinding } from '../../src/domain/authorship.js';
import { code, ours, say } from '../../src/domain/message.js';
import type { Decision, Finding, LayerReport, Problem, Verdict } from '../../src/domain/verdict.js';
import { aHumanFinding, anAgentFinding } from './context.js';

const JUDGED_HEAD = '1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5';
const POLICY_SHA = 'c0ffee1234567890c0ffee1234567890c0ffee12';

export function aLayer(changes: Partial<LayerReport> = {}): LayerReport {
  return {
    layer: 'repository',
    file: '.github/agent-policy.yml',
    status: { kind: 'valid', problems: [] },
    sha: POLICY_SHA,
    digest: 'd'.repeat(64),
    ...changes,
  };
}

export const NO_ORGANIZATION = aLayer({
  layer: 'organization',
  file: 'acme/.github: .github/agent-policy.yml',
  status: { kind: 'absent' },
  sha: null,
  digest: null,
});

export function aVerdict(changes: Partial<Verdict> = {}): Verdict {
  return {
    rule: 'complete-evidence',
    layer: 'built-in',
    mode: 'enforce',
    line: null,
    zone: null,
    state: 'pass',
    title: say`every file and commit was read`,
    reason: say`3 files, 1 commits.`,
    remedy: null,
    details: [],
    ...changes,
  };
}

export function aDecision(verdicts: readonly Verdict[], changes: Partial<Decision> = {}): Decision {
  return {
    headSha: JUDGED_HEAD,
    pullRequest: 812,
    authorship: anAgentFinding(),
    layers: [NO_ORGANIZATION, aLayer()],
    verdicts,
    tier: 1,
    stuck: [],
    at: '2026-11-21T10:00:00Z',
    ...changes,
  };
}

export function anAgent(name: string, changes: Partial<AuthorshipFinding> = {}): AuthorshipFinding {
  return anAgentFinding({ agents: [name], name, ...changes });
}

export const READ = aVerdict();

export function tierVerdict(changes: Partial<Finding & Verdict> = {}): Verdict {
  const paths = ['infra/vpc/main.tf', 'infra/vpc/nat.tf', 'infra/dns.tf'];
  return aVerdict({
    rule: 'permission-tier',
    layer: 'repository',
    line: 12,
    zone: 'infrastructure',
    state: 'fail',
    title: say`${'devin'} (tier 1) may not change ${code('infra/vpc/main.tf')}${ours(' (+2)')}`,
    reason: say`3 files in zone ${code('infrastructure')} (propose: 2, line 12).`,
    remedy: {
      by: 'author',
      what: say`Take them out of this pull request, or let a person propose the change.`,
    },
    details: paths.map((path) => say`${code(path)}`),
    ...changes,
  });
}

export function approvalsVerdict(changes: Partial<Verdict> = {}): Verdict {
  return aVerdict({
    rule: 'human-approvals',
    layer: 'repository',
    line: 8,
    zone: 'infrastructure',
    state: 'waiting',
    title: say`2 approvals from ${code('@acme/sre')} for ${code('infra/')} (0 of 2)`,
    reason: say`${code('@bo')}'s does not count: requested this work. Zone ${code('infrastructure')} asks for 2 approvals (line 8).`,
    remedy: { by: 'person', what: say`${code('@acme/sre')}: review ${code('1a2b3c4')}.` },
    details: [say`${code('@bo')} does not count: requested this work`, say`${code('infra/vpc/main.tf')}`],
    ...changes,
  });
}

export function approvedVerdict(changes: Partial<Verdict> = {}): Verdict {
  return approvalsVerdict({
    state: 'pass',
    title: say`${code('@kim')} and ${code('@lee')} approved ${code('infra/')}`,
    reason: say`Zone ${code('infrastructure')} asks for 2 approvals (line 8).`,
    remedy: null,
    details: [
      say`${code('@kim')} counts: approved this head`,
      say`${code('@lee')} counts: approved this head`,
    ],
    ...changes,
  });
}

export function traceVerdict(changes: Partial<Verdict> = {}): Verdict {
  return aVerdict({
    rule: 'trace-link',
    layer: 'repository',
    line: 21,
    state: 'fail',
    title: say`no trace link`,
    reason: say`The policy asks for a link to the session of ${'copilot'}, and neither trailers nor body have one.`,
    remedy: {
      by: 'author',
      what: say`Add a commit with the trailer ${code('Agent-Trace: https://…')} that links to the session.`,
    },
    ...changes,
  });
}

const PROBLEMS: readonly Problem[] = [
  {
    line: 14,
    column: 11,
    severity: 'error',
    message: 'Unknown tier "reed-only". Known tiers: 0, 1, 2, 3.',
  },
  { line: 20, column: 3, severity: 'error', message: 'Unknown key "trase". Did you mean "trace"?' },
];

export function brokenLayer(problems: readonly Problem[] = PROBLEMS): LayerReport {
  return aLayer({ status: { kind: 'invalid', problems } });
}

/** One decision per row of the table of titles. */
export const SITUATIONS = {
  tooLowTier: aDecision([tierVerdict(), READ], { authorship: anAgent('devin') }),
  twoRulesBroken: aDecision([READ, approvalsVerdict(), traceVerdict()]),
  approvalsMissing: aDecision([approvalsVerdict(), READ]),
  approvalOfOldHead: aDecision([
    approvalsVerdict({
      title: say`${code('@kim')} to re-approve, the diff changed (1 of 2)`,
      reason: say`${code('@kim')} approved ${code('9f8e7d6')}; 3 files differ. ${code('@lee')} approved this head.`,
      remedy: { by: 'person', what: say`${code('@kim')}: review ${code('1a2b3c4')}.` },
    }),
    READ,
  ]),
  zeroTolerance: aDecision([
    aVerdict({
      rule: 'evals',
      layer: 'repository',
      line: 40,
      state: 'fail',
      title: say`evals 95.4% of 97% (229/240), 6 zero-tolerance`,
      reason: say`97% needs 233 cases. Fix these 6 and it is 97.9%.`,
      remedy: { by: 'author', what: say`Repair the 6 cases in ${code('prompt_injection')}.` },
    }),
    READ,
  ]),
  observed: aDecision([approvalsVerdict({ mode: 'observe' }), READ]),
  observedTier: aDecision([tierVerdict({ mode: 'observe' }), READ]),
  observedRunning: aDecision([
    approvalsVerdict({ mode: 'observe', state: 'pending', title: say`reviews are being read` }),
  ]),
  human: aDecision([READ], { authorship: aHumanFinding(), tier: null }),
  assisted: aDecision([READ], {
    authorship: aHumanFinding({ authorship: 'assisted', name: 'aider' }),
    tier: null,
  }),
  automation: aDecision([READ], {
    authorship: aHumanFinding({ authorship: 'automation', name: 'dependabot' }),
    tier: null,
  }),
  unknown: aDecision([approvedVerdict(), READ], {
    authorship: aHumanFinding({
      authorship: 'unknown',
      name: 'mystery[bot]',
      doubts: [say`${code('mystery[bot]')} is no person, and no signature names it`],
    }),
  }),
  approved: aDecision([approvedVerdict(), READ]),
  brokenPolicy: aDecision(
    [
      aVerdict({
        rule: 'policy-file',
        layer: 'repository',
        state: 'fail',
        title: say`line 14, ${PROBLEMS[0]!.message}`,
        reason: say`${code('.github/agent-policy.yml')} is not valid, so no agent's change can be judged by it. Changes of people pass.`,
        remedy: {
          by: 'owner',
          what: say`Mend ${code('.github/agent-policy.yml')} at 14:11 on the default branch.`,
        },
        annotations: PROBLEMS.map(({ line, message }) => ({
          path: '.github/agent-policy.yml',
          startLine: line,
          endLine: line,
          level: 'failure' as const,
          message: say`${message}`,
        })),
      }),
      traceVerdict(),
    ],
    { layers: [NO_ORGANIZATION, brokenLayer()] },
  ),
  brokenPolicyForPeople: aDecision([aVerdict({ rule: 'policy-file', layer: 'repository' })], {
    authorship: aHumanFinding(),
    tier: null,
    layers: [NO_ORGANIZATION, brokenLayer()],
  }),
  unreadablePolicy: aDecision(
    [
      aVerdict({
        rule: 'policy-file',
        layer: 'repository',
        state: 'fail',
        title: say`could not read ${code('.github/agent-policy.yml')}`,
        reason: say`${'GitHub answered 502'}. What a policy asks cannot be known without it, so nothing passes.`,
        remedy: { by: 'machine', what: say`Read it again; this is retried by itself.` },
      }),
    ],
    {
      layers: [
        NO_ORGANIZATION,
        aLayer({ status: { kind: 'unreadable', why: 'GitHub answered 502' }, sha: null, digest: null }),
      ],
    },
  ),
  halted: aDecision(
    [
      traceVerdict(),
      aVerdict({
        rule: 'halt',
        layer: 'repository',
        line: 31,
        state: 'fail',
        title: say`${'devin'}, by ${code('@dana')} since 14:02 UTC`,
        reason: say`${code('.github/agent-policy.yml')} halts ${'devin'} (line 31).`,
        remedy: {
          by: 'owner',
          what: say`Lift the halt in ${code('.github/agent-policy.yml')} on the default branch.`,
        },
      }),
    ],
    { authorship: anAgent('devin') },
  ),
  untested: aDecision([
    aVerdict({
      rule: 'quality-delta',
      layer: 'repository',
      line: 50,
      state: 'fail',
      title: say`41% of new lines tested (80% needed), delta −64`,
      reason: say`59 of 100 new lines are not run by a test.`,
      remedy: { by: 'author', what: say`Add tests for ${code('src/billing.ts')}.` },
    }),
  ]),
  running: aDecision([
    approvalsVerdict({
      state: 'pending',
      title: say`access of ${code('@kim')} is not known`,
      reason: say`Whether it is a person with write access was not read.`,
      remedy: { by: 'machine', what: say`Read the access of ${code('@kim')}.` },
      notKnown: true,
    }),
    READ,
  ]),
  nothingHelps: aDecision([tierVerdict({ remedy: null }), READ]),
  noPolicy: aDecision([READ], {
    authorship: aHumanFinding(),
    tier: null,
    layers: [NO_ORGANIZATION, aLayer({ status: { kind: 'absent' }, sha: null, digest: null })],
  }),
} as const satisfies Record<string, Decision>;
