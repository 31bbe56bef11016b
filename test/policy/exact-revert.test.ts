// What does an exact revert of a merged change still owe, and who is believed that it is one?
import { describe, expect, test } from '@jest/globals';
import { gateOf } from '../../src/policy/evaluate.js';
import { aPolicy, evaluateWith, openVerdicts, verdictsOf } from '../builders/policies.js';
import { aFile, aSnapshot } from '../builders/snapshot.js';

const POLICY = aPolicy(
  'trace: { required: true, hosts: ["claude.ai"] }\nzones:\n  app: { paths: ["src/**"], merge: 2, require: { checks: [{ name: build, app: ci }] } }\n  infra: { paths: ["infra/**"], approvals: { count: 2, from: ["@acme/sre"] } }\n',
);
const CLAIM = { title: 'Revert "Add tax"', body: 'Reverts acme/shop#812', headRef: 'copilot/revert-812' };
const EXACT = { exact: true, sha: 'c'.repeat(40), pullRequest: 812 } as const;
const judge = (changes: Parameters<typeof aSnapshot>[0]) =>
  evaluateWith({ repository: POLICY, snapshot: aSnapshot(changes) });

describe('an exact revert', () => {
  test('is asked about only where the pull request says that it is one', () => {
    const claimed = judge({ pullRequest: CLAIM });
    expect(claimed.missing).toContainEqual({ kind: 'revert' });
    expect(judge({ pullRequest: { title: 'Add tax' } }).missing).not.toContainEqual({ kind: 'revert' });
  });

  test('owes no trace link and no checks, and says why', () => {
    const evaluation = judge({ pullRequest: CLAIM, revertOf: EXACT });
    const lifted = evaluation.decision.verdicts
      .filter(({ state }) => state === 'skipped')
      .map(({ rule }) => rule);
    expect(lifted).toEqual(expect.arrayContaining(['trace-link', 'required-checks']));
    expect(openVerdicts(evaluation).filter((line) => /^(trace|required)/.test(line))).toEqual([]);
  });

  test('still owes the approvals of its zone', () => {
    const evaluation = judge({ pullRequest: CLAIM, revertOf: EXACT, files: [aFile('infra/main.tf')] });
    expect(gateOf(evaluation.decision)).toBe('action_required');
    expect(verdictsOf(evaluation, 'human-approvals')[0]?.state).toBe('waiting');
  });

  test('still meets the kill switch', () => {
    const halted = aPolicy('halt: true\n');
    const { decision } = evaluateWith({
      repository: halted,
      snapshot: aSnapshot({ pullRequest: CLAIM, revertOf: EXACT }),
    });
    expect(gateOf(decision)).toBe('failure');
  });
});

test('a pull request that only says so owes everything', () => {
  const evaluation = judge({ pullRequest: CLAIM, revertOf: { exact: false } });
  expect(verdictsOf(evaluation, 'trace-link')[0]?.state).toBe('fail');
  expect(verdictsOf(evaluation, 'required-checks')[0]?.state).toBe('pending');
});

test('what is not known yet owes everything', () => {
  expect(verdictsOf(judge({ pullRequest: CLAIM }), 'trace-link')[0]?.state).toBe('fail');
});
