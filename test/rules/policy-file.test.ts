import { describe, expect, test } from '@jest/globals';
import { policyFile } from '../../src/rules/policy-file.js';
import { aContext, explain, judge } from '../builders/context.js';

const problem = { line: 14, column: 11, severity: 'error', message: 'unknown tier "reed-only"' };
const settings = {
  file: '.github/agent-policy.yml',
  status: { kind: 'valid', problems: [] as (typeof problem)[] } as unknown,
  nothingAsked: false,
  agent: true,
  path: '.github/agent-policy.yml',
};

describe('policy-file', () => {
  test.each([
    ['valid', {}, 'pass', 'policy is valid'],
    ['absent in both layers', { status: { kind: 'absent' }, nothingAsked: true }, 'pass', 'No policy'],
    ['absent here only', { status: { kind: 'absent' } }, 'pass', 'no policy of its own'],
    ['not visible', { status: { kind: 'not-visible' } }, 'pass', 'no policy of the organisation is visible'],
    [
      "unreadable, for an agent's change",
      { status: { kind: 'unreadable', why: 'GitHub answered 502' } },
      'fail',
      'could not read .github/agent-policy.yml',
    ],
    [
      "unreadable, for a person's change",
      { status: { kind: 'unreadable', why: 'GitHub answered 502' }, agent: false },
      'fail',
      'could not read .github/agent-policy.yml',
    ],
    [
      "invalid, for an agent's change",
      { status: { kind: 'invalid', problems: [problem] } },
      'fail',
      'line 14, unknown tier "reed-only"',
    ],
    [
      "invalid, for a person's change",
      { status: { kind: 'invalid', problems: [problem] }, agent: false },
      'pass',
      "the policy is not valid, people's changes pass",
    ],
    [
      'invalid without a problem to name',
      { status: { kind: 'invalid', problems: [] } },
      'fail',
      '.github/agent-policy.yml is not valid',
    ],
  ] as const)('%s', (_name, changes, state, title) => {
    expect(judge(policyFile, { ...settings, ...changes }, aContext())).toEqual([[state, title]]);
  });

  test('annotates the lines at fault, as warnings where people pass', () => {
    const invalid = { ...settings, status: { kind: 'invalid', problems: [problem] } };
    const levelFor = (agent: boolean) =>
      policyFile
        .evaluate({ ...invalid, agent }, aContext())[0]
        ?.annotations?.map((one) => [one.startLine, one.level]);
    expect(levelFor(true)).toEqual([[14, 'failure']]);
    expect(levelFor(false)).toEqual([[14, 'warning']]);
  });

  test('does not annotate a file of another repository', () => {
    const invalid = { ...settings, path: null, status: { kind: 'invalid', problems: [problem] } };
    expect(policyFile.evaluate(invalid, aContext())[0]?.annotations).toEqual([]);
  });

  test('tells the author that there is nothing to repair', () => {
    const invalid = { ...settings, status: { kind: 'invalid', problems: [problem] } };
    expect(explain(policyFile.evaluate(invalid, aContext())[0])).toContain('Author: nothing to repair.');
  });
});
