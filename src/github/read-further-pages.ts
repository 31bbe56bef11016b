// What stands on the pages after the first?
// All lists that have more are asked for together, so a large pull request costs one request per round.
import type { ChangedFile, Commit } from '../domain/snapshot.js';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';
import { findGaps, type Gaps } from './partial-errors.js';
import {
  type ContextAnswer,
  type DismissalAnswer,
  type HeadAnswer,
  moreSchema,
  type Page,
  type PullRequestAnswer,
  type ReviewAnswer,
  type SiblingAnswer,
} from './pull-request-answer.js';
import { toChangedFile, toCommit } from './pull-request-facts.js';
import { MORE_QUERY } from './pull-request-query.js';
import { parseAnswer } from './transport.js';

/** GitHub gives at most 3,000 files of a pull request; the other bounds only end a list that nobody has. */
const MAX_ROUNDS = 30;

export interface Lists {
  readonly commits: readonly Commit[];
  readonly files: readonly ChangedFile[];
  readonly reviews: readonly ReviewAnswer[];
  readonly dismissals: readonly DismissalAnswer[];
  readonly contexts: readonly ContextAnswer[];
  readonly siblings: readonly SiblingAnswer[];
}

interface Growing {
  readonly commits: Commit[];
  readonly files: ChangedFile[];
  readonly reviews: ReviewAnswer[];
  readonly dismissals: DismissalAnswer[];
  readonly contexts: ContextAnswer[];
  readonly siblings: SiblingAnswer[];
}

type Cursors = Readonly<Record<keyof Lists, string | null>>;

/** `null` for a list that is not there: GitHub gave none, and the caller knows what that means. */
interface Round {
  readonly commits?: Page<PullRequestAnswer['commits']['nodes'][number]> | null;
  readonly files?: PullRequestAnswer['files'];
  readonly latestOpinionatedReviews?: PullRequestAnswer['latestOpinionatedReviews'];
  readonly dismissals?: PullRequestAnswer['dismissals'];
  readonly statusCheckRollup?: HeadAnswer['statusCheckRollup'];
  readonly associatedPullRequests?: HeadAnswer['associatedPullRequests'];
}

/**
 * Completes the lists that `first` begins. Files and commits may stay incomplete where GitHub ends them, and the
 * counts of the pull request tell; reviews, dismissals, checks and pull requests are complete, or this throws `GitHubFailure`:
 * a list that somebody can make endless must not hide what stands at its end.
 */
export async function readLists(
  client: GitHubClient,
  deed: string,
  address: { readonly owner: string; readonly repo: string; readonly number: number },
  first: {
    readonly round: Round;
    readonly gaps: Gaps;
    readonly commitsPlace: string;
    readonly headSha: string;
  },
): Promise<{ readonly lists: Lists; readonly requests: number }> {
  const lists: Growing = { commits: [], files: [], reviews: [], dismissals: [], contexts: [], siblings: [] };
  let cursors = append(lists, first.round, first.gaps, first.commitsPlace);
  first.gaps.refuseRest();
  let requests = 0;
  while (Object.values(cursors).some((cursor) => cursor !== null)) {
    if (requests === MAX_ROUNDS) {
      if (cursors.reviews ?? cursors.dismissals ?? cursors.contexts ?? cursors.siblings) {
        throw new GitHubFailure(deed, 'unexpected', `a list goes on after ${MAX_ROUNDS} pages of 100`);
      }
      break;
    }
    const { owner, repo, number } = address;
    const answer = await client.graphql(deed, MORE_QUERY, {
      ...{ owner, repo, number, oid: first.headSha },
      ...{ moreCommits: cursors.commits !== null, commits: cursors.commits },
      ...{ moreFiles: cursors.files !== null, files: cursors.files },
      ...{ moreReviews: cursors.reviews !== null, reviews: cursors.reviews },
      ...{ moreDismissals: cursors.dismissals !== null, dismissals: cursors.dismissals },
      ...{ moreContexts: cursors.contexts !== null, contexts: cursors.contexts },
      ...{ moreSiblings: cursors.siblings !== null, siblings: cursors.siblings },
    });
    requests += 1;
    const gaps = findGaps(deed, answer.errors);
    // Anything but a signature has to be whole here, so an error is told before the missing part is.
    gaps.take('repository.pullRequest.commits.nodes.*.commit.signature');
    gaps.refuseRest();
    const { pullRequest, object } = parseAnswer(deed, moreSchema, answer.data).repository;
    if (pullRequest.headRefOid !== first.headSha) {
      throw new GitHubFailure(deed, 'unavailable', 'the head moved while it was read');
    }
    cursors = append(lists, { ...pullRequest, ...object }, gaps, 'repository.pullRequest.commits.nodes');
  }
  return { lists, requests };
}

/** Adds one round to the lists and gives the cursor of each list that goes on. */
function append(lists: Growing, round: Round, gaps: Gaps, commitsPlace: string): Cursors {
  round.commits?.nodes.forEach(({ commit }, index) => {
    const error = gaps.take(`${commitsPlace}.${index}.commit.signature`);
    lists.commits.push(toCommit(commit, error !== null));
  });
  lists.files.push(...(round.files?.nodes ?? []).map(toChangedFile));
  lists.reviews.push(...(round.latestOpinionatedReviews?.nodes ?? []));
  lists.dismissals.push(...(round.dismissals?.nodes ?? []));
  lists.contexts.push(...(round.statusCheckRollup?.contexts.nodes ?? []));
  lists.siblings.push(...(round.associatedPullRequests?.nodes ?? []));
  return {
    commits: nextOf(round.commits),
    files: nextOf(round.files),
    reviews: nextOf(round.latestOpinionatedReviews),
    dismissals: nextOf(round.dismissals),
    contexts: nextOf(round.statusCheckRollup?.contexts),
    siblings: nextOf(round.associatedPullRequests),
  };
}

function nextOf(page: Page<unknown> | null | undefined): string | null {
  return page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
}
