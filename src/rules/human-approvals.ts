// Have enough people who may approve this change done so, for what it is now?
import { z } from 'zod';
import { code, list, type Message, type MessagePart, ours, say } from '../domain/message.js';
import type { Review } from '../domain/snapshot.js';
import type { Finding } from '../domain/verdict.js';
import { type ApproverPool, poolOf } from './approver-pool.js';
import { defineRule, type RuleContext } from './define-rule.js';
import { pass, undecided, waiting } from './finding.js';
import { collectParticipants } from './participants.js';
import { isRequesterKnown, requesterFacts, requestersSeen } from './requesters.js';
import { approvalFacts, judgeApproval, listedFacts, type Standing } from './review-counts.js';
import { pathDetails, plural, subjectOf } from './short-path.js';

const settingsSchema = z.strictObject({
  count: z.number().int().min(0).describe('How many people must approve.'),
  from: z
    .array(z.string())
    .describe(
      '`@user`, `@org/team`, `anyone` (any person with write access), `admin`; being on one is enough.',
    ),
  independent: z
    .boolean()
    .describe(
      'The requester does not count, and an unknown one, or one without write access, costs one approval more.',
    ),
  keepOnSameDiff: z.boolean().describe('An approval of an earlier head counts while the diff is the same.'),
  machineUsers: z.array(z.string()).describe('Logins of GitHub users that are not people.'),
  zone: z.string().nullable().describe('Zone that asks.'),
  line: z.number().int().positive().nullable().describe('Line of the policy that asks; `null`: built in.'),
  paths: z.array(z.string()).describe('Files that this demand covers.'),
  because: z
    .array(z.string())
    .describe('Why no agent may merge them alone, beyond what the zone says; a sentence each.'),
  listUnknown: z
    .boolean()
    .describe('The list could not be made out (CODEOWNERS not read): nobody can be counted.'),
});

type Settings = z.infer<typeof settingsSchema>;

interface Judged {
  readonly review: Review;
  readonly standing: Standing;
}

export const humanApprovals = defineRule({
  name: 'human-approvals',
  settings: settingsSchema,
  needs: (settings, context) =>
    settings.count === 0 || settings.listUnknown
      ? []
      : [
          ...listedFacts(settings.from),
          ...approvalFacts(settings, context),
          ...(settings.independent ? requesterFacts(context) : []),
        ],
  describe: ({ count, from }) => `${count} people on ${from.join(' or ')} approve the present diff.`,
  evaluate: (settings, context): readonly Finding[] => {
    const { snapshot } = context;
    const extra = settings.independent && !isRequesterKnown(context, settings.machineUsers) ? 1 : 0;
    const needed = settings.count === 0 ? 0 : settings.count + extra;
    const from = namesOf(settings.from);
    const subject = subjectOf(settings.paths);
    const wanted = say`${plural(needed, 'approval')} from ${from} for ${subject}`;
    const why = demandOf(settings, needed, context);
    const files = pathDetails(settings.paths);
    if (snapshot.reviews === null || settings.listUnknown) {
      const what = settings.listUnknown ? say`The default branch's CODEOWNERS was` : say`The reviews were`;
      return [
        undecided(
          snapshot,
          wanted,
          say`${what} not read. ${why}`,
          review(from, snapshot.pullRequest.headSha),
          files,
        ),
      ];
    }
    const participants = collectParticipants({ ...context, independent: settings.independent });
    const judged = snapshot.reviews.map(
      (given): Judged => ({ review: given, standing: judgeApproval(given, settings, context, participants) }),
    );
    const counted = judged.filter(({ standing }) => standing.kind === 'counts');
    const pool = poolOf(settings.from, settings.machineUsers, participants, snapshot);
    const details = [...judged.flatMap(describeReview), ...pool.out, ...files];
    if (counted.length >= needed) {
      const by = list(counted.map(({ review: given }) => handle(given)));
      const title = needed === 0 ? say`no approval needed for ${subject}` : say`${by} approved ${subject}`;
      return [pass(title, why, details)];
    }
    return [short({ pool, context, judged, counted: counted.length, needed, wanted, why, details, from })];
  },
});

interface Shortfall {
  readonly pool: ApproverPool;
  readonly context: RuleContext;
  readonly judged: readonly Judged[];
  readonly counted: number;
  readonly needed: number;
  readonly wanted: Message;
  readonly why: Message;
  readonly details: readonly Message[];
  readonly from: Message;
}

/** Too few: what is missing, who could give it, and why what is there does not count. */
function short(shortfall: Shortfall): Finding {
  const { pool, context, judged, counted, needed, wanted, why, details, from } = shortfall;
  const { headSha } = context.snapshot.pullRequest;
  const score = ours(` (${counted} of ${needed})`);
  const title = say`${wanted}${score}`;
  if (pool.size !== null && pool.size < needed) {
    const reason = join([...judged.flatMap(noteOf), ...pool.out, why]);
    const few = ours(pool.size === 0 ? 'Nobody' : `Only ${pool.size}`);
    const what = say`${few} on ${from} may approve this change: name more people in the policy on the default branch.`;
    return waiting(title, reason, { by: 'owner', what }, details);
  }
  const reason = join([...judged.flatMap(noteOf), why]);
  const unknown = judged.filter(({ standing }) => standing.kind === 'unknown');
  if (counted + unknown.length >= needed && unknown.length > 0) {
    return undecided(context.snapshot, title, reason, review(from, headSha), details);
  }
  const stale = judged.flatMap(({ review: given, standing }) =>
    standing.kind === 'stale' ? [{ given, changed: standing.changed }] : [],
  );
  if (stale.length === 0 || counted + stale.length < needed) {
    return waiting(title, reason, review(from, headSha), details);
  }
  const who = list(stale.slice(0, needed - counted).map(({ given }) => handle(given)));
  const again = say`${who} to re-approve, the ${ours(stale[0]!.changed)} changed${score}`;
  return waiting(again, reason, review(who, headSha), details);
}

function noteOf({ review: given, standing }: Judged): readonly Message[] {
  switch (standing.kind) {
    case 'refused':
      return [say`${handle(given)}'s does not count: ${standing.why}.`];
    case 'stale':
    case 'unknown':
      return [say`${handle(given)} ${standing.why}.`];
    case 'counts':
      return [say`${handle(given)} ${standing.how}.`];
    case 'elsewhere':
    case 'not-an-approval':
      return [];
  }
}

function join(sentences: readonly Message[]): Message {
  return sentences.reduce((before, next) => say`${before} ${next}`);
}

function review(who: Message, headSha: string) {
  return {
    by: 'person' as const,
    what: say`${who}: review ${code(headSha.slice(0, 7))}.`,
  };
}

/** Where the demand comes from and what made it larger. */
function demandOf(settings: Settings, needed: number, context: RuleContext): Message {
  const { zone, line } = settings;
  const at = line === null ? say`built in` : say`line ${line}`;
  const place =
    zone === null
      ? say`No zone grants a merge without a human`
      : zone === 'control plane'
        ? say`The control plane needs a human`
        : say`Zone ${code(zone)} asks for ${plural(settings.count, 'approval')}`;
  const parts: Message[] = [say`${place} (${at}).`];
  if (needed > settings.count) {
    const { requester } = context.authorship;
    const named = requestersSeen(context).map((login) => code(`@${login}`));
    const why = requester.known ? say`no account is named.` : say`${requester.why}`;
    const because =
      named.length === 0 ? why : say`${list(named.slice(0, 3))} named, but not known to have write access.`;
    parts.push(say`One more, because nobody knows who asked for this work: ${because}`);
  }
  for (const sentence of settings.because) parts.push(say`${sentence}`);
  return join(parts);
}

function describeReview({ review: given, standing }: Judged): readonly Message[] {
  switch (standing.kind) {
    case 'counts':
      return [say`${handle(given)} counts: ${standing.how}`];
    case 'stale':
    case 'unknown':
    case 'refused':
    case 'elsewhere':
      return [say`${handle(given)} does not count: ${standing.why}`];
    case 'not-an-approval':
      return [];
  }
}

/** Two names at most: the title has room for few. */
function namesOf(from: readonly string[]): Message {
  const named = from.map((name): MessagePart => {
    if (name === 'anyone') return ours('a person with write access');
    return name === 'admin' ? ours('a repository admin') : code(name);
  });
  if (named.length === 0) return say`nobody on a list`;
  if (named.length <= 2) return list(named, 'or');
  return say`${named[0]!} or ${named.length - 1} others`;
}

function handle(given: Review): MessagePart {
  return code(`@${given.author.login}`);
}
