// What does a reviewer read on the check, in every situation, and does it stay within GitHub's limits?
import { describe, expect, test } from '@jest/globals';
import { type GateContext, renderGate } from '../../src/checks/gate-check.js';
import { bytesOf, verdictBlockSchema } from '../../src/checks/json-block.js';
import { code, say } from '../../src/domain/message.js';
import type { Decision } from '../../src/domain/verdict.js';
import { gateOf } from '../../src/policy/evaluate.js';
import {
  aDecision,
  anAgent,
  approvalsVerdict,
  approvedVerdict,
  aVerdict,
  brokenLayer,
  READ,
  SITUATIONS,
  tierVerdict,
  traceVerdict,
} from '../builders/decision.js';
import { liveTextOf, renderGitHubMarkdown, tagsOf } from './github-markdown.js';

const CONTEXT: GateContext = {
  pullRequest: 812,
  siblings: [],
  repositoryUrl: 'https://github.com/acme/shop',
};

/** Without the characters that only keep GitHub from linking, which no reader sees. */
const read = (markdown: string) => markdown.replace(/\u200b/g, '');
const summaryOf = (decision: Decision) => read(renderGate(decision, CONTEXT).summary);
const textOf = (decision: Decision) => read(renderGate(decision, CONTEXT).text);

describe('the summary', () => {
  test('an agent of too low a tier', () => {
    expect(summaryOf(SITUATIONS.tooLowTier)).toMatchInlineSnapshot(`
"**Author:** Take them out of this pull request, or let a person propose the change.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`permission-tier\`<br>zone \`infrastructure\`, [policy line 12](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L12) | **✖ Blocked** | **devin (tier 1) may not change \`infra/vpc/main.tf\` (+2)**<br>3 files in zone \`infrastructure\` (propose: 2, line 12). | **Author:** Take them out of this pull request, or let a person propose the change. |
| \`complete-evidence\`<br>built in | ✔ Passed | every file and commit was read<br>3 files, 1 commits. |  |

**Who wrote it:** an agent, \`devin\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('two rules broken: the author first, then the reviewers', () => {
    expect(summaryOf(SITUATIONS.twoRulesBroken)).toMatchInlineSnapshot(`
"**Author:** Add a commit with the trailer \`Agent-Trace: https://…\` that links to the session.

**Reviewer:** \`@acme/sre\`: review \`1a2b3c4\`.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`trace-link\`<br>[policy line 21](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L21) | **✖ Blocked** | **no trace link**<br>The policy asks for a link to the session of copilot, and neither trailers nor body have one. | **Author:** Add a commit with the trailer \`Agent-Trace: https://…\` that links to the session. |
| \`human-approvals\`<br>zone \`infrastructure\`, [policy line 8](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L8) | **● Waiting** | **2 approvals from \`@acme/sre\` for \`infra/\` (0 of 2)**<br>\`@bo\`'s does not count: requested this work. Zone \`infrastructure\` asks for 2 approvals (line 8). | **Reviewer:** \`@acme/sre\`: review \`1a2b3c4\`. |
| \`complete-evidence\`<br>built in | ✔ Passed | every file and commit was read<br>3 files, 1 commits. |  |

**Who wrote it:** an agent, \`copilot\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('approvals missing', () => {
    expect(summaryOf(SITUATIONS.approvalsMissing)).toMatchInlineSnapshot(`
"**Reviewer:** \`@acme/sre\`: review \`1a2b3c4\`.

**Author:** Do not push, reopen or ask for a waiver.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`human-approvals\`<br>zone \`infrastructure\`, [policy line 8](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L8) | **● Waiting** | **2 approvals from \`@acme/sre\` for \`infra/\` (0 of 2)**<br>\`@bo\`'s does not count: requested this work. Zone \`infrastructure\` asks for 2 approvals (line 8). | **Reviewer:** \`@acme/sre\`: review \`1a2b3c4\`. |
| \`complete-evidence\`<br>built in | ✔ Passed | every file and commit was read<br>3 files, 1 commits. |  |

**Who wrote it:** an agent, \`copilot\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('an approval of an old head', () => {
    expect(summaryOf(SITUATIONS.approvalOfOldHead)).toMatchInlineSnapshot(`
"**Reviewer:** \`@kim\`: review \`1a2b3c4\`.

**Author:** Do not push, reopen or ask for a waiver.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`human-approvals\`<br>zone \`infrastructure\`, [policy line 8](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L8) | **● Waiting** | **\`@kim\` to re-approve, the diff changed (1 of 2)**<br>\`@kim\` approved \`9f8e7d6\`; 3 files differ. \`@lee\` approved this head. | **Reviewer:** \`@kim\`: review \`1a2b3c4\`. |
| \`complete-evidence\`<br>built in | ✔ Passed | every file and commit was read<br>3 files, 1 commits. |  |

**Who wrote it:** an agent, \`copilot\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('evals below their pass rate', () => {
    expect(summaryOf(SITUATIONS.zeroTolerance)).toMatchInlineSnapshot(`
"**Author:** Repair the 6 cases in \`prompt_injection\`.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`evals\`<br>[policy line 40](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L40) | **✖ Blocked** | **evals 95.4% of 97% (229/240), 6 zero-tolerance**<br>97% needs 233 cases. Fix these 6 and it is 97.9%. | **Author:** Repair the 6 cases in \`prompt_injection\`. |
| \`complete-evidence\`<br>built in | ✔ Passed | every file and commit was read<br>3 files, 1 commits. |  |

**Who wrote it:** an agent, \`copilot\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('observe mode', () => {
    expect(summaryOf(SITUATIONS.observed)).toMatchInlineSnapshot(`
"Observe mode: nothing is blocked. Were it enforced:

**Reviewer:** \`@acme/sre\`: review \`1a2b3c4\`.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`human-approvals\`<br>zone \`infrastructure\`, [policy line 8](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L8) | **● Would&nbsp;wait** | **2 approvals from \`@acme/sre\` for \`infra/\` (0 of 2)**<br>\`@bo\`'s does not count: requested this work. Zone \`infrastructure\` asks for 2 approvals (line 8). | **Reviewer:** \`@acme/sre\`: review \`1a2b3c4\`. |
| \`complete-evidence\`<br>built in | ✔ Passed | every file and commit was read<br>3 files, 1 commits. |  |

**Who wrote it:** an agent, \`copilot\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('a person', () => {
    expect(summaryOf(SITUATIONS.human)).toMatchInlineSnapshot(`
"Nothing to do: agent-policy does not hold this pull request.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`complete-evidence\`<br>built in | ✔ Passed | every file and commit was read<br>3 files, 1 commits. |  |

**Who wrote it:** no agent evidence found in account, commits, branch or body.

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('a broken policy: the author has nothing to repair, not even the missing trace link', () => {
    expect(summaryOf(SITUATIONS.brokenPolicy)).toMatchInlineSnapshot(`
"**Owner:** Mend \`.github/agent-policy.yml\` at 14:11 on the default branch.

**Author:** Do not push, reopen or ask for a waiver.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`policy-file\`<br>policy | **✖ Blocked** | **line 14, Unknown tier "reed-only". Known tiers: 0, 1, 2, 3.**<br>\`.github/agent-policy.yml\` is not valid, so no agent's change can be judged by it. Changes of people pass. | **Owner:** Mend \`.github/agent-policy.yml\` at 14:11 on the default branch. |
| \`trace-link\`<br>[policy line 21](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L21) | **✖ Blocked** | **no trace link**<br>The policy asks for a link to the session of copilot, and neither trailers nor body have one. | Afterwards, **Author:** Add a commit with the trailer \`Agent-Trace: https://…\` that links to the session. |

**Who wrote it:** an agent, \`copilot\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\`, which has errors ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('a halt', () => {
    expect(summaryOf(SITUATIONS.halted)).toMatchInlineSnapshot(`
"**Owner:** Lift the halt in \`.github/agent-policy.yml\` on the default branch.

**Author:** Do not push, reopen or ask for a waiver.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`halt\`<br>[policy line 31](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L31) | **✖ Halted** | **devin, by \`@dana\` since 14:02 UTC**<br>\`.github/agent-policy.yml\` halts devin (line 31). | **Owner:** Lift the halt in \`.github/agent-policy.yml\` on the default branch. |
| \`trace-link\`<br>[policy line 21](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L21) | **✖ Blocked** | **no trace link**<br>The policy asks for a link to the session of copilot, and neither trailers nor body have one. | Afterwards, **Author:** Add a commit with the trailer \`Agent-Trace: https://…\` that links to the session. |

**Who wrote it:** an agent, \`devin\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('too few tests', () => {
    expect(summaryOf(SITUATIONS.untested)).toMatchInlineSnapshot(`
"**Author:** Add tests for \`src/billing.ts\`.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`quality-delta\`<br>[policy line 50](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L50) | **✖ Blocked** | **41% of new lines tested (80% needed), delta −64**<br>59 of 100 new lines are not run by a test. | **Author:** Add tests for \`src/billing.ts\`. |

**Who wrote it:** an agent, \`copilot\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('a machine is working', () => {
    expect(summaryOf(SITUATIONS.running)).toMatchInlineSnapshot(`
"**Machine:** Read the access of \`@kim\`.

This check updates by itself.

**Author:** Do not push, reopen or ask for a waiver.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`human-approvals\`<br>zone \`infrastructure\`, [policy line 8](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L8) | **◌ Running** | **access of \`@kim\` is not known**<br>Whether it is a person with write access was not read. | **Machine:** Read the access of \`@kim\`. |
| \`complete-evidence\`<br>built in | ✔ Passed | every file and commit was read<br>3 files, 1 commits. |  |

**Who wrote it:** an agent, \`copilot\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
  test('no policy', () => {
    expect(summaryOf(SITUATIONS.noPolicy)).toMatchInlineSnapshot(`
"Nothing to do: agent-policy does not hold this pull request.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`complete-evidence\`<br>built in | ✔ Passed | every file and commit was read<br>3 files, 1 commits. |  |

**Who wrote it:** no agent evidence found in account, commits, branch or body.

**Judged:** head \`1a2b3c4\`; no policy at \`.github/agent-policy.yml\`; no organisation policy known."
`);
  });
  test('nobody can lift it', () => {
    expect(summaryOf(SITUATIONS.nothingHelps)).toMatchInlineSnapshot(`
"**Author:** Nothing to repair here. Do not push, reopen or ask for a waiver.

| Rule | State | Why | Who does what |
| :-- | :-- | :-- | :-- |
| \`permission-tier\`<br>zone \`infrastructure\`, [policy line 12](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml#L12) | **✖ Blocked** | **devin (tier 1) may not change \`infra/vpc/main.tf\` (+2)**<br>3 files in zone \`infrastructure\` (propose: 2, line 12). | Nothing lifts it on this pull request. |
| \`complete-evidence\`<br>built in | ✔ Passed | every file and commit was read<br>3 files, 1 commits. |  |

**Who wrote it:** an agent, \`copilot\`, held to tier 1. Strongest evidence, verified: opened by Copilot. Asked for by \`@ann\` (assignee).

**Judged:** head \`1a2b3c4\`; policy \`.github/agent-policy.yml\` at \`c0ffee1\` ([open](https://github.com/acme/shop/blob/HEAD/.github/agent-policy.yml)); no organisation policy known."
`);
  });
});

describe('the text', () => {
  test('details folded, evidence with its strength, one block at the end', () => {
    expect(
      textOf(
        aDecision([tierVerdict(), approvalsVerdict(), READ], {
          authorship: anAgent('devin', {
            evidence: [
              {
                kind: 'branch',
                strength: 'claimed',
                points: 'agent',
                signature: 'devin',
                what: say`branch ${code('devin/1732-fix')}`,
                commit: null,
              },
              {
                kind: 'commit-author',
                strength: 'verified',
                points: 'agent',
                signature: 'devin',
                what: say`commit by ${code('devin-ai-integration[bot]')}`,
                commit: 'feedface00000000000000000000000000000000',
              },
            ],
          }),
        }),
      ),
    ).toMatchInlineSnapshot(`
"<details><summary>How we know who wrote it (2)</summary>

- verified, points to agent: commit by \`devin-ai-integration[bot]\` (commit \`feedfac\`)
- claimed, points to agent: branch \`devin/1732-fix\`

</details>

<details><summary>permission-tier: details (3)</summary>

- \`infra/vpc/main.tf\`
- \`infra/vpc/nat.tf\`
- \`infra/dns.tf\`

</details>

<details><summary>human-approvals: details (2)</summary>

- \`@bo\` does not count: requested this work
- \`infra/vpc/main.tf\`

</details>

For agents:

\`\`\`json
{"v":1,"pr":812,"head":"1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5","policy":{"sha":"c0ffee1234567890c0ffee1234567890c0ffee12"},"next":"author","items":[{"rule":"permission-tier","layer":"repository","line":12,"by":"author","do":"Take them out of this pull request, or let a person propose the change."},{"rule":"human-approvals","layer":"repository","line":8,"by":"person","do":"@acme/sre: review 1a2b3c4."}]}
\`\`\`"
`);
  });

  test('every problem of a broken policy, with line and column', () => {
    expect(textOf(SITUATIONS.brokenPolicy)).toMatchInlineSnapshot(`
"<details open><summary>Problems in the policy (2)</summary>

- error \`.github/agent-policy.yml:14:11\` Unknown tier "reed-only". Known tiers: 0, 1, 2, 3.
- error \`.github/agent-policy.yml:20:3\` Unknown key "trase". Did you mean "trace"?

</details>

<details><summary>How we know who wrote it (1)</summary>

- verified, points to agent: opened by Copilot

</details>

For agents:

\`\`\`json
{"v":1,"pr":812,"head":"1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5","policy":{"sha":"c0ffee1234567890c0ffee1234567890c0ffee12"},"next":"person","items":[{"rule":"policy-file","layer":"repository","line":null,"by":"owner","do":"Mend .github/agent-policy.yml at 14:11 on the default branch."},{"rule":"trace-link","layer":"repository","line":21,"by":"author","do":"Add a commit with the trailer Agent-Trace: https://… that links to the session."}]}
\`\`\`"
`);
  });

  test('the titles are explained where a page is given', () => {
    const learnMore = 'https://github.com/acme/agent-policy/blob/main/docs/checks.md';
    expect(renderGate(SITUATIONS.human, { ...CONTEXT, learnMore }).text).toContain(`(${learnMore})`);
    expect(renderGate(SITUATIONS.human, { ...CONTEXT, learnMore: 'javascript:alert(1)' }).text).not.toContain(
      'javascript',
    );
  });
});

describe('conclusion and title agree', () => {
  test.each(Object.entries(SITUATIONS))('%s', (_name, decision) => {
    const words = {
      success: /^Passed: /,
      failure: /^(Blocked|Halted|Policy broken): /,
      action_required: /^Waiting: /,
      in_progress: /^Running: /,
      neutral: /^Would (block|wait|run): /,
    };
    const check = renderGate(decision, CONTEXT);
    expect(check.gate).toBe(gateOf(decision));
    expect(check.title).toMatch(words[check.gate]);
    expect(check.text.match(/```json/g)?.length).toBe(1);
    expect(check.text.endsWith('\n```')).toBe(true);
    if (check.gate === 'neutral') expect(decision.verdicts.some((v) => v.mode === 'observe')).toBe(true);
  });

  test('our own words never tell an author to rewrite history or to loosen the policy', () => {
    for (const decision of Object.values(SITUATIONS)) {
      const { summary, text } = renderGate(decision, CONTEXT);
      expect(`${summary}${text}`).not.toMatch(/amend|force[- ]push|squash|CODEOWNERS|relabel/i);
    }
  });

  test('the same decision is the same check, at whatever time it was taken', () => {
    const later = { ...SITUATIONS.approvalsMissing, at: '2031-01-01T00:00:00Z' };
    expect(renderGate(later, CONTEXT)).toEqual(renderGate(SITUATIONS.approvalsMissing, CONTEXT));
  });
});

describe('pull requests that share a check', () => {
  const siblings = [
    {
      number: 7,
      title: 'Waiting: 2 approvals from @acme/sre for infra/ (0 of 2)',
      gate: 'action_required' as const,
    },
    { number: 9, title: 'Blocked: no trace link', gate: 'failure' as const },
    { number: 11, title: 'Passed: no agent evidence found', gate: 'success' as const },
  ];

  test('the strictest verdict stands and names its pull request', () => {
    const check = renderGate(SITUATIONS.approved, { ...CONTEXT, siblings });
    expect([check.gate, check.title]).toEqual(['failure', 'Blocked: #9 on this head, no trace link']);
    expect(check.summary).toContain('**Shared head:** #7, #9 have the same head commit and this check');
    expect(check.text).toContain('- pull request 11: Passed: no agent evidence found');
  });

  test('its own verdict leads when no other is stricter', () => {
    const check = renderGate(SITUATIONS.tooLowTier, { ...CONTEXT, siblings });
    expect(check.title).toBe('Blocked: devin (tier 1) may not change infra/vpc/main.tf (+2)');
  });

  test('a merge group names its members itself', () => {
    const check = renderGate(SITUATIONS.tooLowTier, { ...CONTEXT, shared: 'group', siblings });
    expect(check.summary).not.toContain('Shared head');
    expect(check.text).toContain('pull request 9: Blocked: no trace link');
  });

  test('a passing one takes nothing away', () => {
    const check = renderGate(SITUATIONS.human, { ...CONTEXT, siblings: siblings.slice(2) });
    expect([check.gate, check.title]).toEqual(['success', 'Passed: no agent evidence found']);
    expect(check.summary).not.toContain('Shared head');
  });

  test("another one's title cannot come alive in ours", () => {
    const check = renderGate(SITUATIONS.approved, {
      ...CONTEXT,
      siblings: [{ number: 3, title: '@octocat [x](https://evil.example)\n<img>', gate: 'failure' }],
    });
    const html = renderGitHubMarkdown(check.text);
    expect(tagsOf(html).filter((tag) => tag === 'img' || tag === 'a')).toEqual([]);
    expect(liveTextOf(html)).toEqual([]);
  });
});

describe('links', () => {
  const rowOf = (decision: Decision, repositoryUrl: string | null) =>
    renderGate(decision, { ...CONTEXT, repositoryUrl }).summary.match(
      /.*(trace-link|permission-tier).*/,
    )?.[0];

  test('a rule links to the line of the policy that asked', () => {
    expect(rowOf(SITUATIONS.twoRulesBroken, 'https://ghe.acme.dev/acme/shop')).toContain(
      '[policy line 21](https://ghe.acme.dev/acme/shop/blob/HEAD/.github/agent-policy.yml#L21)',
    );
  });

  test("an organisation's demand links to its own repository", () => {
    const decision = aDecision([traceVerdict({ layer: 'organization' })], {
      layers: [
        {
          ...brokenLayer(),
          status: { kind: 'valid', problems: [] },
          layer: 'organization',
          file: 'acme/.github: .github/agent-policy.yml',
        },
      ],
    });
    expect(rowOf(decision, 'https://github.com/acme/shop')).toContain(
      '[organisation policy line 21](https://github.com/acme/.github/blob/HEAD/.github/agent-policy.yml#L21)',
    );
  });

  test.each([null, 'javascript:alert(1)', 'https://github.com/acme/shop) [x](https://evil.example/a/b'])(
    '%j gives no link',
    (repositoryUrl) => {
      expect(rowOf(SITUATIONS.twoRulesBroken, repositoryUrl)).not.toContain('](');
    },
  );

  test('what is built in names no line', () => {
    expect(
      rowOf(aDecision([tierVerdict({ layer: 'built-in', line: null, zone: 'control plane' })]), null),
    ).toContain('`permission-tier`<br>built in |');
  });
});

describe("GitHub's limits", () => {
  const many = Array.from({ length: 3_000 }, (_, n) =>
    n % 3 === 0
      ? tierVerdict({ zone: `zone-${n}`, reason: say`${'x'.repeat(900)} ${n}` })
      : approvedVerdict({
          zone: `zone-${n}`,
          details: Array.from({ length: 200 }, (_, m) => say`file ${m}`),
        }),
  );
  const large: Readonly<Record<string, Decision>> = {
    'thousands of verdicts': aDecision(many),
    'few blocked among thousands of passes': aDecision([
      ...many.filter(({ state }) => state === 'pass'),
      traceVerdict(),
    ]),
    'text that grows when escaped': aDecision(
      Array.from({ length: 200 }, () =>
        tierVerdict({
          title: say`${'$'.repeat(9_000)}`,
          reason: say`${'<@_#1'.repeat(9_000)}`,
          remedy: { by: 'author', what: say`${'&'.repeat(9_000)} ${code('`'.repeat(9_000))}` },
          details: Array.from({ length: 500 }, () => say`${'@😀'.repeat(400)}`),
        }),
      ),
    ),
    'an enormous policy error': aDecision(SITUATIONS.brokenPolicy.verdicts, {
      layers: [
        brokenLayer(
          Array.from({ length: 5_000 }, (_, n) => ({
            line: n + 1,
            column: 1,
            severity: 'error' as const,
            message: `Unknown key "${'é'.repeat(500)}"`,
          })),
        ),
      ],
    }),
    'endless evidence': aDecision([traceVerdict()], {
      authorship: anAgent('devin', {
        evidence: Array.from({ length: 4_000 }, () => ({
          kind: 'trailer' as const,
          strength: 'claimed' as const,
          points: 'agent' as const,
          signature: 'devin',
          what: say`trailer ${'\u202e日本語'.repeat(200)}`,
          commit: 'feedface',
        })),
        agents: Array.from({ length: 500 }, (_, n) => `agent-${n}`),
      }),
    }),
    'many siblings': SITUATIONS.approved,
  };
  const siblings = Array.from({ length: 2_000 }, (_, n) => ({
    number: n + 1,
    title: `Blocked: ${'y'.repeat(300)}`,
    gate: 'failure' as const,
  }));

  test.each(Object.entries(large))('%s', (name, decision) => {
    const check = renderGate(decision, { ...CONTEXT, siblings: name === 'many siblings' ? siblings : [] });
    expect(bytesOf(check.summary)).toBeLessThanOrEqual(65_535);
    expect(bytesOf(check.text)).toBeLessThanOrEqual(65_535);
    expect(check.title.length).toBeLessThanOrEqual(255);
    expect(check.annotations.length).toBeLessThanOrEqual(50);
    expect(check.summary.isWellFormed() && check.text.isWellFormed()).toBe(true);
    const fenced = /```json\n(.*)\n```$/.exec(check.text);
    expect(verdictBlockSchema.safeParse(JSON.parse(fenced?.[1] ?? 'null')).success).toBe(true);
    const html = renderGitHubMarkdown(check.text);
    const opened = tagsOf(html).filter((tag) => tag === 'details').length;
    expect(tagsOf(html).filter((tag) => tag === '/details').length).toBe(opened);
    expect(html.match(/<pre>/g)?.length).toBe(1);
  });

  test('what is left out is counted, and what holds is kept', () => {
    const { summary } = renderGate(large['few blocked among thousands of passes']!, CONTEXT);
    expect(summary).toContain('no trace link');
    const rows = summary.match(/^\| `/gm)!.length;
    expect(summary).toContain(`| and ${(2_001 - rows).toLocaleString('en')} more |`);
  });

  test('annotations: the worst fifty, and how many more there were', () => {
    const annotations = Array.from({ length: 80 }, (_, n) => ({
      path: 'infra/main.tf',
      startLine: n,
      endLine: 0,
      level: n < 60 ? ('notice' as const) : ('failure' as const),
      message: say`${'@x\n'.repeat(5_000)}`,
    }));
    const check = renderGate(aDecision([tierVerdict({ annotations })]), CONTEXT);
    expect(check.annotations.length).toBe(50);
    expect(check.annotations.filter(({ level }) => level === 'failure').length).toBe(20);
    expect(check.annotations.every(({ startLine, endLine }) => startLine >= 1 && endLine >= startLine)).toBe(
      true,
    );
    expect(check.annotations.every(({ message }) => message.length < 65_536 && !message.includes('\n'))).toBe(
      true,
    );
    expect(check.text).toContain('GitHub shows 50; 30 more were found.');
  });

  test('one button, within its sizes', () => {
    const { actions } = renderGate(SITUATIONS.tooLowTier, CONTEXT);
    expect(actions.map(({ identifier }) => identifier)).toEqual(['recheck']);
    for (const { label, description, identifier } of actions) {
      expect([label.length <= 20, description.length <= 40, identifier.length <= 20]).toEqual([
        true,
        true,
        true,
      ]);
    }
  });
});

test('a decision made of hostile text shows no link, image, mention or cell that is not ours', () => {
  const evil =
    '`|@octocat www.evil.example ![x](https://evil.example) <img src=x> #1 GH-2 \n| a | b |\n</details>';
  const decision = aDecision(
    [
      aVerdict({
        rule: 'trace-link',
        layer: 'repository',
        zone: evil,
        state: 'fail',
        title: say`${evil} ${code(evil)}`,
        reason: say`${code(evil)} ${evil}`,
        remedy: { by: 'author', what: say`${evil}${code(evil)}` },
        details: [say`${evil}`, say`${code(evil)}`],
      }),
      READ,
    ],
    {
      headSha: evil,
      authorship: anAgent(evil, {
        evidence: [
          {
            kind: 'body',
            strength: 'claimed',
            points: 'agent',
            signature: evil,
            what: say`${evil}`,
            commit: evil,
          },
        ],
        requester: { known: true, logins: [evil], how: evil },
      }),
      layers: [
        brokenLayer([{ line: 1, column: 1, severity: 'error', message: evil }]),
        { ...brokenLayer(), file: evil, sha: evil },
      ],
    },
  );
  const check = renderGate(decision, CONTEXT);
  for (const markdown of [check.summary, check.text]) {
    const html = renderGitHubMarkdown(markdown);
    expect(liveTextOf(html)).toEqual([]);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map((match) => match[1]!);
    expect(
      links.filter((link) => !link.startsWith('https://github.com/acme/shop/blob/HEAD/.github/')),
    ).toEqual([]);
    expect(tagsOf(html).filter((tag) => /img|script|del|h\d|blockquote|input|em$/.test(tag))).toEqual([]);
  }
  const table = renderGitHubMarkdown(check.summary);
  expect(table.match(/<td /g)?.length).toBe(8);
  expect(check.title).not.toMatch(/[\n\r]/);
});
