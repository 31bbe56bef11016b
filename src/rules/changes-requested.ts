// Did a person with write access ask for changes that still stand?
// That person lifts it with a newer review or by dismissing it; an owner who had no part in the work by dismissing
// it too, or by approving the present head. Whoever else dismisses it lifts nothing.
import { z } from 'zod';
import type { Fact } from '../domain/fact.js';
import { code, list, type Message, ours, say } from '../domain/message.js';
import type { Account, Review } from '../domain/snapshot.js';
import type { Finding } from '../domain/verdict.js';
import { defineRule } from './define-rule.js';
import { pass, undecided, waiting } from './finding.js';
import { collectParticipants, participationOf } from './participants.js';
import { canWrite, factsOf, isMachineUser, isPerson, sameLogin } from './people.js';
import { approvalFacts, isOnList, judgeApproval, listedFacts } from './review-counts.js';

export const changesRequested = defineRule({
  name: 'changes-requested',
  settings: z.strictObject({
    owners: z
      .array(z.string())
      .describe('Owners of this change, `@user` or `@org/team`; one of them may lift the request.'),
    independent: z.boolean().describe('Whether the requester may not approve.'),
    keepOnSameDiff: z.boolean().describe('An approval of an earlier head counts while the diff is the same.'),
    machineUsers: z.array(z.string()).describe('Logins of GitHub users that are not people.'),
  }),
  needs: (settings, context) => {
    const standing = requestsIn(context.snapshot.reviews ?? [], settings.machineUsers);
    if (standing.length === 0) return [];
    const dismissed = standing.filter(({ state }) => state === 'DISMISSED');
    return [
      ...listedFacts(settings.owners),
      ...approvalFacts(settings, context),
      ...dismissed.map(({ author }): Fact => ({ kind: 'person', login: author.login })),
    ];
  },
  describe: () => 'No person with write access waits for changes they asked for.',
  evaluate: (settings, context): readonly Finding[] => {
    const { snapshot } = context;
    if (snapshot.reviews === null) {
      return [
        undecided(
          snapshot,
          say`reviews are not known`,
          say`Whether somebody asked for changes was not read.`,
          { by: 'person', what: say`Look at the reviews of this pull request.` },
        ),
      ];
    }
    const participants = collectParticipants({ ...context, independent: settings.independent });
    const standing = requestsIn(snapshot.reviews, settings.machineUsers).filter(
      (review) =>
        isPerson(review.author, snapshot, settings.machineUsers) !== false &&
        !(review.state === 'DISMISSED' && isSettled(review)),
    );
    if (standing.length === 0) {
      return [pass(say`nobody asked for changes`, say`No writer's request for changes stands.`)];
    }
    const lifting = snapshot.reviews.find(
      (review) =>
        judgeApproval(review, { ...settings, from: settings.owners }, context, participants).kind ===
          'counts' &&
        standing.every(({ submittedAt }) => Date.parse(review.submittedAt) > Date.parse(submittedAt)),
    );
    if (lifting !== undefined) {
      return [
        pass(
          say`the owner ${handle(lifting)} lifted the request for changes`,
          say`${handle(lifting)} approved after ${list(standing.map(handle))} asked for changes.`,
        ),
      ];
    }
    const who = list(standing.map(handle));
    const owners =
      settings.owners.length === 0
        ? say`an owner`
        : list(
            settings.owners.map((name) => code(name)),
            'or',
          );
    const open = standing.filter(({ state }) => state === 'CHANGES_REQUESTED');
    const dismissed = standing.filter(({ state }) => state === 'DISMISSED');
    const why = say`A request for changes by a person with write access blocks at every tier, until that person or an owner who had no part in the work lifts it.`;
    return [
      waiting(
        say`${who} asked for changes`,
        dismissed.length === 0 ? why : say`${why} ${list(dismissed.map(describeRequest))}.`,
        // On the head as it is the author has not answered yet; after a push it is the reviewer's turn.
        open.some((review) => review.headSha === snapshot.pullRequest.headSha)
          ? {
              by: 'author',
              what: say`Answer ${who} with a new commit. ${who} or ${owners} then approves, or dismisses the review.`,
            }
          : {
              by: 'person',
              what: say`${who}: look at the present commits, then approve${ours(open.length > 0 ? ' or dismiss your review' : '')}; or ${owners} approves.`,
            },
        standing.map(describeRequest),
      ),
    ];

    /** Taken back by an owner, or made by somebody who may not ask for changes any more. */
    function isSettled({ author, dismissal }: Review): boolean {
      const facts = factsOf(snapshot, author.login);
      if (facts !== undefined && !canWrite(facts.permission)) return true;
      if (dismissal === null || participationOf(dismissal.by, participants) !== null) return false;
      return (
        isPerson(dismissal.by, snapshot, settings.machineUsers) === true &&
        settings.owners.some((name) => isOnList(name, dismissal.by.login, snapshot) === true)
      );
    }
  },
});

/** Whether an owner dismissed one is for later: that takes facts. */
function requestsIn(reviews: readonly Review[], machineUsers: readonly string[]): readonly Review[] {
  return reviews.filter((review) => !isMachineUser(review.author.login, machineUsers) && mayStand(review));
}

function mayStand({ state, author, dismissal }: Review): boolean {
  if (state !== 'DISMISSED') return state === 'CHANGES_REQUESTED';
  // What it said, or who took it back, GitHub did not tell.
  if (dismissal === null) return true;
  return dismissal.from === 'CHANGES_REQUESTED' && !isSameAccount(dismissal.by, author);
}

function isSameAccount(one: Account, other: Account): boolean {
  return one.id !== null && other.id !== null ? one.id === other.id : sameLogin(one.login, other.login);
}

function describeRequest(review: Review): Message {
  const request = say`${handle(review)} on ${code(review.headSha.slice(0, 7))}`;
  if (review.state !== 'DISMISSED') return request;
  if (review.dismissal === null) return say`${request}: dismissed, GitHub does not tell by whom`;
  return say`${request}: dismissed by ${code(`@${review.dismissal.by.login}`)}, who may not lift it`;
}

function handle(review: Review) {
  return code(`@${review.author.login}`);
}
