// Does the title say in one line what holds the pull request?
import { describe, expect, test } from '@jest/globals';
import { graphemes } from '../../src/checks/escape.js';
import { renderTitle, shortenPath } from '../../src/checks/title.js';
import { code, list, say } from '../../src/domain/message.js';
import type { Decision } from '../../src/domain/verdict.js';
import { gateOf } from '../../src/policy/evaluate.js';
import {
  aDecision,
  anAgent,
  approvalsVerdict,
  READ,
  SITUATIONS,
  tierVerdict,
  traceVerdict,
} from '../builders/decision.js';

const titleOf = (decision: Decision) => renderTitle(decision, gateOf(decision));

describe('the title of every situation', () => {
  test('first word, then the cause of the most severe verdict, then how many more', () => {
    const titles = Object.fromEntries(
      Object.entries(SITUATIONS).map(([name, decision]) => [name, titleOf(decision)]),
    );
    expect(titles).toMatchInlineSnapshot(`
{
  "approvalOfOldHead": "Waiting: @kim to re-approve, the diff changed (1 of 2)",
  "approvalsMissing": "Waiting: 2 approvals from @acme/sre for infra/ (0 of 2)",
  "approved": "Passed: copilot (tier 1), @kim and @lee approved infra/",
  "assisted": "Passed: a person, assisted by aider",
  "automation": "Passed: automation dependabot",
  "brokenPolicy": "Policy broken: line 14, unknown tier "reed-only" (+2)",
  "brokenPolicyForPeople": "Passed: no agent evidence found; policy broken, line 14",
  "halted": "Halted: devin, by @dana since 14:02 UTC (+1)",
  "human": "Passed: no agent evidence found",
  "noPolicy": "Passed: no agent-policy.yml on the default branch",
  "nothingHelps": "Blocked: devin (tier 1) may not change infra/vpc/main.tf (+2)",
  "observed": "Would wait: 2 approvals from @acme/sre for infra/ (0 of 2)",
  "observedRunning": "Would run: reviews are being read",
  "observedTier": "Would block: devin (tier 1) may not change infra/vpc/main.tf (+2)",
  "running": "Running: access of @kim is not known",
  "tooLowTier": "Blocked: devin (tier 1) may not change infra/vpc/main.tf (+2)",
  "twoRulesBroken": "Blocked: no trace link (+1)",
  "unknown": "Passed: unattributed account mystery[bot] (tier 1), @kim and @lee approved infra/",
  "unreadablePolicy": "Blocked: could not read .github/agent-policy.yml",
  "untested": "Blocked: 41% of new lines tested (80% needed), delta −64",
  "zeroTolerance": "Blocked: evals 95.4% of 97% (229/240), 6 zero-tolerance",
}
`);
  });

  test('observed verdicts neither lead nor count while an enforced one holds', () => {
    expect(titleOf(aDecision([tierVerdict({ mode: 'observe' }), approvalsVerdict()]))).toBe(
      'Waiting: 2 approvals from @acme/sre for infra/ (0 of 2)',
    );
  });

  test('a halt leads whatever else fails', () => {
    expect(titleOf(SITUATIONS.halted)).toMatch(/^Halted: devin, by @dana since 14:02 UTC \(\+1\)$/);
  });

  test('what is known leads before what is not', () => {
    const unknown = approvalsVerdict({ notKnown: true, title: say`reviews are not known` });
    expect(titleOf(aDecision([unknown, approvalsVerdict()]))).toBe(
      'Waiting: 2 approvals from @acme/sre for infra/ (0 of 2) (+1)',
    );
  });

  test("a rule's own count and the further causes are one sum", () => {
    expect(titleOf(aDecision([tierVerdict(), traceVerdict()], { authorship: anAgent('devin') }))).toBe(
      'Blocked: devin (tier 1) may not change infra/vpc/main.tf (+3)',
    );
  });

  test('several agents are named, not one of them', () => {
    const by = (...agents: string[]) =>
      titleOf(aDecision([READ], { authorship: anAgent('devin', { agents }) }));
    expect(by('copilot', 'devin')).toBe('Passed: copilot and devin (tier 1)');
    expect(by('copilot', 'devin', 'codex')).toBe('Passed: copilot and 2 more agents (tier 1)');
  });

  test('a failing gate without a verdict claims no cause', () => {
    expect(renderTitle(aDecision([]), 'failure')).toBe('Blocked: no verdict was reached');
  });
});

describe('the length of a title', () => {
  const about = (path: string) =>
    titleOf(aDecision([tierVerdict({ title: say`${'devin'} (tier 1) may not change ${code(path)}` })]));

  test('a long path is shortened in the middle and keeps its folder and its file', () => {
    expect(about('infra/network/eu-central-1/production/vpc/subnets/private/main.tf')).toBe(
      'Blocked: devin (tier 1) may not change infra/…/private/main.tf',
    );
  });

  test('a long file name is shortened too', () => {
    expect(about(`infra/${'x'.repeat(200)}.tf`)).toBe(
      'Blocked: devin (tier 1) may not change infra/xxxxxx…xxxxxxxxx.tf',
    );
  });

  test('a surrogate pair or a letter with its marks is never cut', () => {
    for (let length = 10; length < 60; length += 1) {
      const title = about(`infra/${'😀'.repeat(length)}e\u0301`);
      expect(title.isWellFormed()).toBe(true);
      expect(graphemes(title).length).toBeLessThanOrEqual(66);
    }
  });

  test('a login is left out whole rather than cut, and the score survives', () => {
    const teams = ['@acme/site-reliability', '@acme/payments-platform', '@acme/security-review'];
    const title = titleOf(
      aDecision([
        approvalsVerdict({
          title: say`2 approvals from ${list(teams.map(code), 'or')} for ${code('infra/')} (0 of 2)`,
        }),
      ]),
    );
    expect(title).toMatchInlineSnapshot(
      `"Waiting: 2 approvals from @acme/site-reliability, @acme/payments-platform … (0 of 2)"`,
    );
  });

  test('no title is longer than 90 characters, whatever it is made of', () => {
    const hostile = [
      say`${'word '.repeat(500)}`,
      say`${'x'.repeat(5_000)}`,
      say`${code('x'.repeat(5_000))} did it`,
      say`${list(Array.from({ length: 300 }, (_, n) => code(`dir${n}/file${n}.ts`)))} (0 of 2)`,
      say`${'👨‍👩‍👧‍👦'.repeat(400)}`,
      say`${`e${'\u0301'.repeat(9_000)}`}`,
      say`${`e${'\u0301'.repeat(4)}`.repeat(90)}`,
      say`${'\ud83d'.repeat(90)}`,
    ];
    for (const title of hostile) {
      const rendered = titleOf(aDecision([approvalsVerdict({ title }), traceVerdict()]));
      const alone = titleOf(aDecision([approvalsVerdict({ title })]));
      expect(rendered).toMatch(/^Blocked: no trace link \(\+1\)$/);
      expect(graphemes(alone).length).toBeLessThanOrEqual(90);
      expect(alone.length).toBeLessThanOrEqual(255);
      expect(alone.isWellFormed()).toBe(true);
    }
  });

  test('a title is one line without hidden or moving characters', () => {
    const title = titleOf(
      aDecision([
        approvalsVerdict({
          title: say`a\u202eb\u200bc\r\nd\u0007e ${code('infra/\u202efdp.\nexe')} \u2066x`,
        }),
      ]),
    );
    expect(title).toBe('Waiting: abc de infra/\\u{202e}fdp.\\nexe x');
  });
});

test('a path that fits is shown whole', () => {
  expect(shortenPath('infra/vpc/main.tf', 17)).toBe('infra/vpc/main.tf');
  expect(shortenPath('infra/vpc/main.tf', 16)).toBe('infra/…/main.tf');
});
