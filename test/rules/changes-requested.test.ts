import { describe, expect, test } from '@jest/globals';
import type { Dismissal, Review } from '../../src/domain/snapshot.js';
import { changesRequested } from '../../src/rules/changes-requested.js';
import { aContext, anAgentFinding, explain, judge } from '../builders/context.js';
import { aPerson, aReview, aSnapshot, bot, EARLIER, user } from '../builders/snapshot.js';

const settings = {
  owners: ['@acme/platform'],
  independent: true,
  keepOnSameDiff: true,
  machineUsers: [] as string[],
};
const PEOPLE = { ...aSnapshot().people, max: aPerson('max', 'read') };
const asked = (login: string, changes: Partial<Review> = {}) =>
  aReview(login, { state: 'CHANGES_REQUESTED', ...changes });
const dismissed = (login: string, by: string, changes: Partial<Dismissal> = {}) =>
  aReview(login, { state: 'DISMISSED', dismissal: { by: user(by), from: 'CHANGES_REQUESTED', ...changes } });
const judgeWith = (reviews: readonly Review[] | null, changes: Partial<typeof settings> = {}) =>
  judge(
    changesRequested,
    { ...settings, ...changes },
    aContext({ snapshot: aSnapshot({ reviews, people: PEOPLE }) }),
  );
const LATER = '2026-11-20T13:00:00Z';

describe('changes-requested', () => {
  test.each([
    ['nobody asked', [aReview('bo')], 'pass', 'nobody asked for changes'],
    ['a writer asked', [asked('bo')], 'waiting', '@bo asked for changes'],
    ['two writers asked', [asked('bo'), asked('kim')], 'waiting', '@bo and @kim asked for changes'],
    [
      'a writer asked on an earlier head',
      [asked('bo', { headSha: EARLIER })],
      'waiting',
      '@bo asked for changes',
    ],
    [
      'the request was dismissed by the person who made it',
      [dismissed('kim', 'kim')],
      'pass',
      'nobody asked for changes',
    ],
    [
      'the request was dismissed by an owner',
      [dismissed('kim', 'alice')],
      'pass',
      'nobody asked for changes',
    ],
    [
      'the request was dismissed by somebody else',
      [dismissed('kim', 'lee')],
      'waiting',
      '@kim asked for changes',
    ],
    [
      'the request was dismissed by the owner who requested the work',
      [dismissed('kim', 'ann')],
      'waiting',
      '@kim asked for changes',
    ],
    [
      'the request was dismissed by an account of the same name and another id',
      [dismissed('kim', 'kim', { by: user('kim', 1) })],
      'waiting',
      '@kim asked for changes',
    ],
    [
      'the request was dismissed by an app that bears the name of an owner',
      [dismissed('kim', 'alice', { by: bot('alice') })],
      'waiting',
      '@kim asked for changes',
    ],
    [
      'who dismissed the review is not known',
      [aReview('kim', { state: 'DISMISSED' })],
      'waiting',
      '@kim asked for changes',
    ],
    [
      'somebody dismissed the request of a person without write access',
      [dismissed('max', 'lee')],
      'pass',
      'nobody asked for changes',
    ],
    [
      'somebody dismissed the request of a person who was not looked up',
      [dismissed('zoe', 'lee')],
      'waiting',
      '@zoe asked for changes',
    ],
    [
      'an approval was dismissed',
      [dismissed('kim', 'lee', { from: 'APPROVED' })],
      'pass',
      'nobody asked for changes',
    ],
    [
      'the owner approved after the request was dismissed by somebody else',
      [dismissed('kim', 'lee'), aReview('alice', { submittedAt: LATER })],
      'pass',
      'the owner @alice lifted the request for changes',
    ],
    [
      'the owner approved later',
      [asked('kim'), aReview('alice', { submittedAt: LATER })],
      'pass',
      'the owner @alice lifted the request for changes',
    ],
    [
      'the owner approved before',
      [asked('kim', { submittedAt: LATER }), aReview('alice')],
      'waiting',
      '@kim asked for changes',
    ],
    [
      'the owner approved an earlier head',
      [asked('kim'), aReview('alice', { submittedAt: LATER, headSha: EARLIER })],
      'waiting',
      '@kim asked for changes',
    ],
    [
      'somebody who is no owner approved later',
      [asked('bo'), aReview('lee', { submittedAt: LATER })],
      'waiting',
      '@bo asked for changes',
    ],
    [
      'the owner who requested the work approved later',
      [asked('bo'), aReview('ann', { submittedAt: LATER })],
      'waiting',
      '@bo asked for changes',
    ],
    ['the requester asked', [asked('ann')], 'waiting', '@ann asked for changes'],
    ['a bot asked', [asked('x', { author: bot('coderabbitai') })], 'pass', 'nobody asked for changes'],
    [
      'an account of unknown type asked',
      [asked('x', { author: user('x', null) })],
      'waiting',
      '@x asked for changes',
    ],
    ['the reviews were not read', null, 'pending', 'reviews are not known'],
  ] as const)('%s', (_name, reviews, state, title) => {
    expect(judgeWith(reviews)).toEqual([[state, title]]);
  });

  test.each([
    ['the author answers while the request is on the present head', asked('bo'), 'author'],
    ['the reviewer looks again once the author has pushed', asked('bo', { headSha: EARLIER }), 'person'],
  ] as const)('%s', (_name, review, by) => {
    const context = aContext({ snapshot: aSnapshot({ reviews: [review] }) });
    expect(changesRequested.evaluate(settings, context)[0]?.remedy?.by).toBe(by);
  });

  test('says who dismissed it in vain, and that the reviewer is next', () => {
    const context = aContext({ snapshot: aSnapshot({ reviews: [dismissed('kim', 'lee')] }) });
    const [finding] = changesRequested.evaluate(settings, context);
    expect(explain(finding)).toContain('dismissed by @lee, who may not lift it');
    expect(finding?.remedy?.by).toBe('person');
  });

  test('a machine user that asked does not block', () => {
    expect(judgeWith([asked('bo')], { machineUsers: ['bo'] })[0]?.[0]).toBe('pass');
  });

  test('the owner team is read only where a request stands', () => {
    const needs = (reviews: readonly Review[]) =>
      changesRequested.needs(
        settings,
        aContext({ snapshot: aSnapshot({ reviews }), authorship: anAgentFinding() }),
      );
    expect(needs([aReview('bo')])).toEqual([]);
    expect(needs([asked('bo')])).toEqual([{ kind: 'team', team: '@acme/platform' }]);
    expect(needs([dismissed('bo', 'bo')])).toEqual([]);
    expect(needs([dismissed('bo', 'lee')])).toEqual([
      { kind: 'team', team: '@acme/platform' },
      { kind: 'person', login: 'bo' },
    ]);
  });
});
