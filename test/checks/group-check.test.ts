// What does a merge group's check say, and does it always conclude?
import { describe, expect, test } from '@jest/globals';
import { renderGroup } from '../../src/checks/group-check.js';
import { bytesOf } from '../../src/checks/json-block.js';
import { aDecision, approvedVerdict, SITUATIONS, tierVerdict } from '../builders/decision.js';
import { liveTextOf, renderGitHubMarkdown, tagsOf } from './github-markdown.js';

const URL = 'https://github.com/acme/shop';
const { approved, human, running, approvalsMissing, twoRulesBroken } = SITUATIONS;

describe('a judged group', () => {
  test.each([
    ['all pass', [approved, human], 'success', 'Passed: copilot (tier 1), @kim and @lee approved infra/'],
    ['one is broken', [approved, twoRulesBroken], 'failure', 'Blocked: #2 is blocked: no trace link (+1)'],
    [
      'one still waits: the queue cannot',
      [approvalsMissing, approved],
      'failure',
      'Blocked: #1 is waiting: 2 approvals from @acme/sre for infra/ (0 of 2)',
    ],
    [
      'one still runs: the queue cannot wait for it',
      [approved, running],
      'failure',
      'Blocked: #2 is running: access of @kim is not known',
    ],
  ] as const)('%s', (_name, decisions, gate, title) => {
    const members = decisions.map((decision, index) => ({ number: index + 1, decision }));
    const check = renderGroup({ kind: 'judged', members, repositoryUrl: URL });
    expect([check.gate, check.title]).toEqual([gate, title]);
    expect(check.summary).toContain('This merge group holds #1, #2.');
    expect(check.summary).not.toContain('Shared head');
  });

  test('stays within the limits however many it holds', () => {
    const decision = aDecision(
      Array.from({ length: 2_000 }, (_, n) => (n % 2 ? approvedVerdict() : tierVerdict())),
    );
    const members = Array.from({ length: 500 }, (_, n) => ({
      number: 100_000 + n,
      decision: n === 0 ? decision : approved,
    }));
    const check = renderGroup({ kind: 'judged', members, repositoryUrl: URL });
    expect(bytesOf(check.summary)).toBeLessThanOrEqual(65_535);
    expect(bytesOf(check.text)).toBeLessThanOrEqual(65_535);
  });
});

test.each([
  [
    'one that cannot be resolved',
    { kind: 'unresolvable', why: '@octocat <img src=x> | [x](https://evil.example)\n' },
  ],
  ['an empty one', { kind: 'judged', members: [], repositoryUrl: null }],
] as const)('%s fails and says so', (_name, outcome) => {
  const check = renderGroup(outcome);
  expect([check.gate, check.title.split(':')[0]]).toEqual(['failure', 'Blocked']);
  const html = renderGitHubMarkdown(check.summary);
  expect([...liveTextOf(html), ...tagsOf(html).filter((tag) => tag === 'img' || tag === 'a')]).toEqual([]);
});
