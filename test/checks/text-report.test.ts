// Does a terminal show what a reviewer would see, without doing what a stranger writes?
import { describe, expect, test } from '@jest/globals';
import { renderText } from '../../src/checks/text-report.js';
import { code, say } from '../../src/domain/message.js';
import type { Decision } from '../../src/domain/verdict.js';
import {
  aDecision,
  anAgent,
  approvalsVerdict,
  brokenLayer,
  READ,
  SITUATIONS,
  tierVerdict,
  traceVerdict,
} from '../builders/decision.js';

const show = (decision: Decision) => renderText(decision, { color: false, width: 80 });

describe('the report', () => {
  test('a blocked change', () => {
    expect(show(SITUATIONS.tooLowTier)).toMatchInlineSnapshot(`
"Blocked: devin (tier 1) may not change infra/vpc/main.tf (+2)

Author: Take them out of this pull request, or let a person propose the change.

✖ Blocked     permission-tier  (zone infrastructure, policy line 12)
    devin (tier 1) may not change infra/vpc/main.tf (+2)
    3 files in zone infrastructure (propose: 2, line 12).
    · infra/vpc/main.tf
    · infra/vpc/nat.tf
    · infra/dns.tf
    → Author: Take them out of this pull request, or let a person propose the
    change.

✔ Passed      complete-evidence  (built in)
    every file and commit was read
    3 files, 1 commits.

Who wrote it: an agent, devin, held to tier 1
    Asked for by @ann (assignee)
    · verified: opened by Copilot
Judged by: policy .github/agent-policy.yml at c0ffee1; no organisation policy
    known
Head: 1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5
"
`);
  });

  test('facts that are not known here stand apart', () => {
    const unknown = approvalsVerdict({
      notKnown: true,
      title: say`2 approvals from ${code('@acme/sre')} for ${code('infra/')}`,
      reason: say`The reviews were not read.`,
    });
    expect(show(aDecision([unknown, traceVerdict(), READ]))).toMatchInlineSnapshot(`
"Blocked: no trace link (+1)

Author: Add a commit with the trailer Agent-Trace: https://… that links to the
    session.
1 more depends on facts that are not known here, below.

✖ Blocked     trace-link  (policy line 21)
    no trace link
    The policy asks for a link to the session of copilot, and neither trailers
    nor body have one.
    → Author: Add a commit with the trailer Agent-Trace: https://… that links to
    the session.

✔ Passed      complete-evidence  (built in)
    every file and commit was read
    3 files, 1 commits.

Not known here
? Waiting     human-approvals  (zone infrastructure, policy line 8)
    2 approvals from @acme/sre for infra/
    The reviews were not read.
    · @bo does not count: requested this work
    · infra/vpc/main.tf
    → Reviewer: @acme/sre: review 1a2b3c4.

Who wrote it: an agent, copilot, held to tier 1
    Asked for by @ann (assignee)
    · verified: opened by Copilot
Judged by: policy .github/agent-policy.yml at c0ffee1; no organisation policy
    known
Head: 1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5
"
`);
  });

  test('nobody is sent to work by what is merely not known here', () => {
    const text = show(aDecision([approvalsVerdict({ notKnown: true }), READ]));
    expect(text).toContain(
      'Nothing that is known here holds it. 1 rule depends on facts that are not known\nhere, below.',
    );
    expect(text).not.toMatch(/^Reviewer:|^Author:/m);
    expect(text).toContain('? Waiting     human-approvals');
  });

  test('a broken policy', () => {
    expect(show(SITUATIONS.brokenPolicy)).toMatchInlineSnapshot(`
"Policy broken: line 14, unknown tier "reed-only" (+2)

Owner: Mend .github/agent-policy.yml at 14:11 on the default branch.
Author: Do not push, reopen or ask for a waiver.

✖ Blocked     policy-file  (policy)
    line 14, Unknown tier "reed-only". Known tiers: 0, 1, 2, 3.
    .github/agent-policy.yml is not valid, so no agent's change can be judged by
    it. Changes of people pass.
    → Owner: Mend .github/agent-policy.yml at 14:11 on the default branch.

✖ Blocked     trace-link  (policy line 21)
    no trace link
    The policy asks for a link to the session of copilot, and neither trailers
    nor body have one.
    → Afterwards, Author: Add a commit with the trailer Agent-Trace: https://…
    that links to the session.

Who wrote it: an agent, copilot, held to tier 1
    Asked for by @ann (assignee)
    · verified: opened by Copilot
Judged by: policy .github/agent-policy.yml at c0ffee1, which has errors; no
    organisation policy known
    · .github/agent-policy.yml:14:11 error: Unknown tier "reed-only". Known
    tiers: 0, 1, 2, 3.
    · .github/agent-policy.yml:20:3 error: Unknown key "trase". Did you mean
    "trace"?
Head: 1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5
"
`);
  });

  test('a person’s change', () => {
    expect(show(SITUATIONS.human)).toMatchInlineSnapshot(`
"Passed: no agent evidence found

Nothing to do: agent-policy does not hold this pull request.

✔ Passed      complete-evidence  (built in)
    every file and commit was read
    3 files, 1 commits.

Who wrote it: no agent evidence found in account, commits, branch or body
Judged by: policy .github/agent-policy.yml at c0ffee1; no organisation policy
    known
Head: 1a2b3c4d5e6f708192a3b4c5d6e7f80912a3b4c5
"
`);
  });

  test('colour adds nothing but colour', () => {
    for (const decision of Object.values(SITUATIONS)) {
      const colored = renderText(decision, { color: true, width: 80 });
      expect(colored).toContain('\u001b[1m');
      expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(show(decision));
    }
  });
});

describe('the width', () => {
  test.each([1, 60, 80, 500])('%d columns: only a single word may stand out', (width) => {
    const text = renderText(
      aDecision([tierVerdict({ reason: say`${'word '.repeat(90)}` }), approvalsVerdict()]),
      {
        color: false,
        width,
      },
    );
    const most = Math.min(Math.max(width, 40), 110);
    // The first line is the title, which has its own length.
    for (const line of text.split('\n').slice(1)) {
      if (line.trim().includes(' ') && !line.startsWith('✖') && !line.startsWith('●')) {
        expect(line.length).toBeLessThanOrEqual(most);
      }
    }
  });

  test('a long path is not broken, so that it can be copied', () => {
    const path = `infra/${'deep/'.repeat(30)}main.tf`;
    expect(show(aDecision([tierVerdict({ details: [say`${code(path)}`] })]))).toContain(path);
  });
});

test('nothing from outside reaches the terminal as a control', () => {
  const evil = '\u001b[31mred\u001b]8;;https://evil.example\u0007x\u202e\r\n\u009b2J';
  const decision = aDecision(
    [
      tierVerdict({
        zone: evil,
        title: say`${evil}${code(evil)}`,
        reason: say`${code(evil)}${evil}`,
        details: [say`${evil}${code(evil)}`],
        remedy: { by: 'author', what: say`${evil}` },
      }),
      READ,
    ],
    {
      headSha: evil,
      authorship: anAgent(evil, {
        requester: { known: true, logins: [evil], how: evil },
        evidence: [
          {
            kind: 'body',
            strength: 'claimed',
            points: 'agent',
            signature: 'x',
            what: say`${evil}`,
            commit: null,
          },
        ],
      }),
      layers: [
        { ...brokenLayer([{ line: 1, column: 1, severity: 'error', message: evil }]), file: evil, sha: evil },
      ],
    },
  );
  expect(show(decision)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

test('says why nobody is seen in an account that nothing names', () => {
  expect(renderText(SITUATIONS.unknown, { color: false, width: 100 })).toContain(
    'Why: mystery[bot] is no person, and no signature names it',
  );
});
