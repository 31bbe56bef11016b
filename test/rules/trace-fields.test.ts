import { describe, expect, test } from '@jest/globals';
import { traceFields } from '../../src/rules/trace-fields.js';
import { aContext, explain, judge } from '../builders/context.js';
import { aCommit, aSnapshot } from '../builders/snapshot.js';

const settings = { fields: ['model', 'cost'] };
const withMessage = (message: string, body: string | null = '') =>
  aContext({ snapshot: aSnapshot({ commits: [aCommit({ message })], pullRequest: { body } }) });

describe('trace-fields', () => {
  test.each([
    [
      'all are there',
      'Fix\n\nAgent-Model: opus-4.6\nAgent-Cost: 1.84 USD',
      '',
      'pass',
      'every trailer is there',
    ],
    [
      'one stands in the body',
      'Fix\n\nAgent-Model: opus-4.6',
      'Hi\n\nagent-cost: 2 USD',
      'pass',
      'every trailer is there',
    ],
    ['one is missing', 'Fix\n\nAgent-Model: opus-4.6', '', 'fail', 'no trailer Agent-Cost'],
    ['both are missing', 'Fix', '', 'fail', 'no trailer Agent-Model and Agent-Cost'],
    ['a value is empty', 'Fix\n\nAgent-Model:\nAgent-Cost: 1 USD', '', 'fail', 'no trailer Agent-Model'],
    [
      'the cost is no amount',
      'Fix\n\nAgent-Model: x\nAgent-Cost: cheap',
      '',
      'fail',
      'trailer Agent-Cost cannot be read',
    ],
    [
      'the trailer is quoted',
      'Fix\n\n> Agent-Model: x\nAgent-Cost: 1 USD',
      '',
      'fail',
      'no trailer Agent-Model',
    ],
  ] as const)('%s', (_name, message, body, state, title) => {
    expect(judge(traceFields, settings, withMessage(message, body))).toEqual([[state, title]]);
  });

  test('says what a good trailer looks like', () => {
    const [finding] = traceFields.evaluate(settings, withMessage('Fix\n\nAgent-Model: x\nAgent-Cost: cheap'));
    expect(explain(finding)).toContain('Agent-Cost: 1.84 USD');
  });

  test('waits as not known in a clone without the body', () => {
    const context = withMessage('Fix', null);
    const local = { ...context, snapshot: { ...context.snapshot, source: 'local' as const } };
    expect(traceFields.evaluate(settings, local)[0]).toMatchObject({ state: 'waiting', notKnown: true });
  });
});
