import { describe, expect, test } from '@jest/globals';
import { naming } from '../../src/rules/naming.js';
import { aContext, judge } from '../builders/context.js';
import { aSnapshot } from '../builders/snapshot.js';

const settings = { labels: ['agent:devin'], branch: null };
const judgeWith = (pullRequest: NonNullable<Parameters<typeof aSnapshot>[0]>['pullRequest'], changes = {}) =>
  judge(naming, { ...settings, ...changes }, aContext({ snapshot: aSnapshot({ pullRequest }) }));

describe('naming', () => {
  test('the label decides nothing: the app sets it, and the words are the same before and after', () => {
    expect(judgeWith({ labels: [] })).toEqual([['pass', 'label agent:devin']]);
    expect(judgeWith({ labels: ['agent:devin'] })).toEqual([['pass', 'label agent:devin']]);
  });

  test.each([
    ['a branch of the asked form passes', 'agent/fix-it', 'pass'],
    ['another branch fails', 'feature/fix-it', 'fail'],
    ['a branch that only contains the form fails', 'x/agent/fix-it', 'fail'],
  ] as const)('%s', (_name, headRef, state) => {
    expect(judgeWith({ headRef }, { labels: [], branch: 'agent/**' })[0]?.[0]).toBe(state);
  });

  test('a branch that is not known never passes', () => {
    expect(judgeWith({ headRef: null }, { labels: [], branch: 'agent/**' })[0]?.[0]).toBe('pending');
  });
});
