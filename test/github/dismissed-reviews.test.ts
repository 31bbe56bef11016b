import { describe, expect, test } from '@jest/globals';
import { toReviews } from '../../src/github/dismissed-reviews.js';
import type { DismissalAnswer, ReviewAnswer } from '../../src/github/pull-request-answer.js';
import { HEAD, review } from './answers.js';

const dana = (changes: Partial<ReviewAnswer> = {}) => ({ ...review('dana', 1), ...changes }) as ReviewAnswer;
const veto = { id: 'PRR_veto', submittedAt: '2026-11-20T11:00:00Z' };
const byBo: DismissalAnswer['actor'] = { __typename: 'User', login: 'bo', databaseId: 2 };
const dismissalOf = (
  given: Omit<ReviewAnswer, 'state'> | null,
  changes: Partial<DismissalAnswer> = {},
): DismissalAnswer => ({ previousReviewState: 'CHANGES_REQUESTED', actor: byBo, review: given, ...changes });
const DISMISSED_BY_BO = {
  author: { login: 'dana', id: 1, type: 'User' },
  state: 'DISMISSED',
  headSha: HEAD,
  submittedAt: veto.submittedAt,
  dismissal: { by: { login: 'bo', id: 2, type: 'User' }, from: 'CHANGES_REQUESTED' },
};

describe('a dismissed review', () => {
  test('tells who dismissed it, where GitHub lists it', () => {
    const listed = dana({ ...veto, state: 'DISMISSED' });
    expect(toReviews([listed], [dismissalOf(listed)])).toEqual([DISMISSED_BY_BO]);
  });

  test('is there where GitHub leaves it out', () => {
    expect(toReviews([], [dismissalOf(dana(veto))])).toEqual([DISMISSED_BY_BO]);
  });

  test('stands before an older approval that GitHub falls back to', () => {
    expect(toReviews([dana()], [dismissalOf(dana(veto))])).toEqual([DISMISSED_BY_BO]);
  });

  test('gives way to a newer review of the same person, of the same second too', () => {
    for (const submittedAt of ['2026-11-20T12:00:00Z', veto.submittedAt]) {
      const found = toReviews([dana({ submittedAt })], [dismissalOf(dana(veto))]);
      expect(found).toMatchObject([{ state: 'APPROVED', dismissal: null }]);
    }
  });

  test('of one person leaves the reviews of others alone, whatever their order', () => {
    const found = toReviews([review('kim', 3) as ReviewAnswer], [dismissalOf(dana(veto))]);
    expect(found.map(({ author, state }) => [author.login, state])).toEqual([
      ['kim', 'APPROVED'],
      ['dana', 'DISMISSED'],
    ]);
  });

  test('by a deleted account was dismissed by nobody known', () => {
    const [found] = toReviews([], [dismissalOf(dana(veto), { actor: null })]);
    expect(found?.dismissal?.by).toEqual({ login: 'ghost', id: null, type: null });
  });

  test('without an event of its own has no known dismissal', () => {
    expect(toReviews([dana({ state: 'DISMISSED' })], [])).toMatchObject([
      { state: 'DISMISSED', dismissal: null },
    ]);
  });

  test('that GitHub hides, or of a deleted account, is passed over', () => {
    expect(toReviews([], [dismissalOf(null), dismissalOf(dana({ ...veto, author: null }))])).toEqual([]);
  });
});
