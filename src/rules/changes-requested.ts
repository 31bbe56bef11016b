// Did a person with write access ask for changes that still stand?
// That person lifts it with a newer review; an owner lifts it by approving the present head.
import { z } from 'zod';
import { code, list, say } from '../domain/message.js';
import type { Review } from '../domain/snapshot.js';
import type { Finding } from '../domain/verdict.js';
import { defineRule } from './define-rule.js';
import { pass, undecided, waiting } from './finding.js';
import { collectParticipants } from './participants.js';
import { isMachineUser, isPerson } from './people.js';
import { approvalFacts, judgeApproval, listedFacts } from './review-counts.js';

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
    return [...listedFacts(settings.owners), ...approvalFacts(settings, context)];
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
    const standing = requestsIn(snapshot.reviews, settings.machineUsers).filter(
      ({ author }) => isPerson(author, snapshot, settings.machineUsers) !== false,
    );
    if (standing.length === 0) {
      return [pass(say`nobody asked for changes`, say`No writer's request for changes stands.`)];
    }
    const participants = collectParticipants({ ...context, independent: settings.independent });
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
    return [
      waiting(
        say`${who} asked for changes`,
        say`A request for changes by a person with write access blocks at every tier.`,
        // On the head as it is the author has not answered yet; after a push it is the reviewer's turn.
        standing.some((review) => review.headSha === snapshot.pullRequest.headSha)
          ? {
              by: 'author',
              what: say`Answer ${who} with a new commit. ${who} or ${owners} then approves, or dismisses the review.`,
            }
          : {
              by: 'person',
              what: say`${who}: look at the new commits, then approve or dismiss your review; or ${owners} approves.`,
            },
        standing.map((review) => say`${handle(review)} on ${code(review.headSha.slice(0, 7))}`),
      ),
    ];
  },
});

function requestsIn(reviews: readonly Review[], machineUsers: readonly string[]): readonly Review[] {
  return reviews.filter(
    ({ state, author }) => state === 'CHANGES_REQUESTED' && !isMachineUser(author.login, machineUsers),
  );
}

function handle(review: Review) {
  return code(`@${review.author.login}`);
}
