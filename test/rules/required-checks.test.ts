import { describe, expect, test } from '@jest/globals';
import type { ForeignCheck } from '../../src/domain/snapshot.js';
import { requiredChecks } from '../../src/rules/required-checks.js';
import { aContext, explain, judge } from '../builders/context.js';
import { aReview, aSnapshot } from '../builders/snapshot.js';

const settings = { name: 'build', app: 'github-actions' };
const run = (conclusion: ForeignCheck['conclusion'], changes: Partial<ForeignCheck> = {}): ForeignCheck => ({
  name: 'build',
  app: 'github-actions',
  conclusion,
  ...changes,
});
const judgeWith = (checks: readonly ForeignCheck[] | null) =>
  judge(requiredChecks, settings, aContext({ snapshot: aSnapshot({ checks }) }));

describe('required-checks', () => {
  test.each([
    ['it succeeded', [run('success')], 'pass', 'check build succeeded'],
    ['it failed', [run('failure')], 'fail', 'check build: failure'],
    ['it was skipped, which GitHub would let pass', [run('skipped')], 'fail', 'check build: skipped'],
    ['it is neutral, which GitHub would let pass', [run('neutral')], 'fail', 'check build: neutral'],
    ['it timed out', [run('timed_out')], 'fail', 'check build: timed out'],
    ['it asks for an action', [run('action_required')], 'fail', 'check build: action required'],
    ['it is running', [run(null)], 'pending', 'check build is running'],
    ['it has not reported', [], 'pending', 'check build has not reported yet'],
    [
      'another check succeeded',
      [run('success', { name: 'lint' })],
      'pending',
      'check build has not reported yet',
    ],
    [
      'another app forged its name',
      [run('success', { app: 'evil-app' })],
      'pending',
      'check build has not reported yet',
    ],
    [
      'a commit status forged its name',
      [run('success', { app: null })],
      'pending',
      'check build has not reported yet',
    ],
    ['one of two runs of the name failed', [run('success'), run('failure')], 'fail', 'check build: failure'],
    [
      'one of two runs of the name still runs',
      [run('success'), run(null)],
      'pending',
      'check build is running',
    ],
    ['the checks were not read', null, 'pending', 'check build is not known'],
  ] as const)('%s', (_name, checks, state, title) => {
    expect(judgeWith(checks)).toEqual([[state, title]]);
  });

  test('approvals do not lift a failure', () => {
    const snapshot = aSnapshot({ checks: [run('failure')], reviews: [aReview('bo'), aReview('kim')] });
    expect(judge(requiredChecks, settings, aContext({ snapshot }))[0]?.[0]).toBe('fail');
  });

  test('tells whose check of the name does not count', () => {
    const snapshot = aSnapshot({ checks: [run('success', { app: 'evil-app' })] });
    const [finding] = requiredChecks.evaluate(settings, aContext({ snapshot }));
    expect(explain(finding)).toContain('A check of this name by evil-app does not count.');
  });

  test('a clone knows no checks, and says so', () => {
    const snapshot = aSnapshot({ source: 'local', checks: null });
    const [finding] = requiredChecks.evaluate(settings, aContext({ snapshot }));
    expect(finding).toMatchObject({ state: 'waiting', notKnown: true });
  });
});
