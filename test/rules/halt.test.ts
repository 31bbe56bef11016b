import { describe, expect, test } from '@jest/globals';
import { halt } from '../../src/rules/halt.js';
import { aContext, explain, judge } from '../builders/context.js';

const settings = { agents: ['devin'], halted: true, file: '.github/agent-policy.yml', line: 40 };

describe('halt', () => {
  test.each([
    ['all agents are halted', {}, 'fail', 'devin, by the policy (line 40)'],
    ['this agent is halted', { halted: ['jules', 'devin'] }, 'fail', 'devin, by the policy (line 40)'],
    [
      'one of two agents is halted',
      { agents: ['copilot', 'devin'], halted: ['devin'] },
      'fail',
      'devin, by the policy (line 40)',
    ],
    [
      'nobody knows which agent it is, and all are halted',
      { agents: [] },
      'fail',
      'all agents, by the policy (line 40)',
    ],
    ['other agents are halted', { halted: ['jules'] }, 'pass', 'not halted'],
  ] as const)('%s', (_name, changes, state, title) => {
    expect(judge(halt, { ...settings, ...changes }, aContext())).toEqual([[state, title]]);
  });

  test('says who lifts it', () => {
    expect(explain(halt.evaluate(settings, aContext())[0])).toMatchInlineSnapshot(`
".github/agent-policy.yml halts all agents (line 40).
Lift the halt in .github/agent-policy.yml on the default branch."
`);
  });
});
