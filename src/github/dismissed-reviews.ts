// What is each reviewer's newest opinion, and who dismissed it?
// GitHub's list of opinions does not tell who dismissed one, and need not hold it at all: its timeline does.
import type { Review } from '../domain/snapshot.js';
import { DELETED_ACCOUNT, toAccount } from './account.js';
import type { DismissalAnswer, ReviewAnswer } from './pull-request-answer.js';

export function toReviews(
  listed: readonly ReviewAnswer[],
  dismissals: readonly DismissalAnswer[],
): readonly Review[] {
  const opinions = [...listed];
  const byReview = new Map<string, DismissalAnswer>();
  for (const dismissal of dismissals) {
    const { review } = dismissal;
    // GitHub hides what a flagged account wrote, and an account that is gone waits for nothing.
    if (review === null || review.author === null) continue;
    byReview.set(review.id, dismissal);
    const { login } = review.author;
    const at = opinions.findIndex(({ author }) => author?.login === login);
    const dismissed = { ...review, state: 'DISMISSED' as const };
    if (at === -1) opinions.push(dismissed);
    else if (timeOf(review) > timeOf(opinions[at]!)) opinions[at] = dismissed;
  }
  return opinions.map((opinion) => toReview(opinion, byReview.get(opinion.id)));
}

/** A review of a commit that is gone has no head, and so matches none: it approves nothing, and may still block. */
function toReview(review: ReviewAnswer, dismissal: DismissalAnswer | undefined): Review {
  return {
    author: toAccountOrGone(review.author),
    state: review.state,
    headSha: review.commit?.oid ?? '',
    submittedAt: review.submittedAt ?? '',
    dismissal:
      review.state !== 'DISMISSED' || dismissal === undefined
        ? null
        : { by: toAccountOrGone(dismissal.actor), from: dismissal.previousReviewState },
  };
}

function toAccountOrGone(actor: ReviewAnswer['author']) {
  return actor === null ? DELETED_ACCOUNT : toAccount(actor);
}

function timeOf({ submittedAt }: Pick<ReviewAnswer, 'submittedAt'>): number {
  return submittedAt === null ? 0 : Date.parse(submittedAt);
}
