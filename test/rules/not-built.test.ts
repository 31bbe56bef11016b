import { expect, test } from '@jest/globals';
import { notBuilt } from '../../src/rules/not-built.js';
import { aContext, explain, judge } from '../builders/context.js';

const settings = {
  key: 'evals: support-regression',
  file: '.github/agent-policy.yml',
  line: 30,
  zone: 'prompts',
};

test('a demand that cannot be judged waits for the owner and never passes', () => {
  expect(judge(notBuilt, settings, aContext())).toEqual([
    ['waiting', 'the owner: evals: support-regression cannot be judged yet (line 30)'],
  ]);
  expect(explain(notBuilt.evaluate(settings, aContext())[0])).toMatchInlineSnapshot(`
".github/agent-policy.yml demands evals: support-regression of zone prompts (line 30), and this version of agent-policy does not judge it. A demand that cannot be judged is never taken as met.
Upgrade agent-policy to a version that judges evals: support-regression, or take the demand back on the default branch."
`);
});

test('the owner is the one to act', () => {
  expect(notBuilt.evaluate(settings, aContext())[0]?.remedy?.by).toBe('owner');
});
