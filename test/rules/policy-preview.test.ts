import { describe, expect, test } from '@jest/globals';
import { policyPreview } from '../../src/rules/policy-preview.js';
import { aContext, judge } from '../builders/context.js';

const problem = { line: 14, column: 11, severity: 'error', message: 'unknown tier "reed-only"' };
const file = '.github/agent-policy.yml';

describe('policy-preview', () => {
  test.each([
    ['valid', { kind: 'parsed', valid: true, problems: [] }, 'pass', 'the new policy is valid'],
    ['taken away', { kind: 'removed' }, 'pass', 'removes the policy'],
    [
      'broken by this pull request',
      { kind: 'parsed', valid: false, problems: [problem, problem] },
      'fail',
      'line 14 of the new policy, unknown tier "reed-only" (+1)',
    ],
    [
      'not read',
      { kind: 'unread', why: 'GitHub answered 502' },
      'pending',
      'the new .github/agent-policy.yml could not be read',
    ],
  ] as const)('%s', (_name, head, state, title) => {
    expect(judge(policyPreview, { file, head }, aContext())).toEqual([[state, title]]);
  });

  test('annotates the lines of the head, warnings as warnings', () => {
    const problems = [problem, { ...problem, line: 20, severity: 'warning' }];
    const [finding] = policyPreview.evaluate(
      { file, head: { kind: 'parsed', valid: false, problems } },
      aContext(),
    );
    expect(finding?.annotations?.map((one) => [one.path, one.startLine, one.level])).toEqual([
      [file, 14, 'failure'],
      [file, 20, 'warning'],
    ]);
  });
});
