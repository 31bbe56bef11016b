// Have enough people who may approve this change done so, for what it is now?
import { z } from 'zod';
import { code, list, type Message, type MessagePart, ours, say } from '../domain/message.js';
import type { Review } from '../domain/snapshot.js';
import type { Finding } from '../domain/verdict.js';
import { defineRule, type RuleContext } from './define-rule.js';
import { pass, undecided, waiting } from './finding.js';
import { collectParticipants } from './participants.js';
import { isTeam, requestersOf, teamOf } from './people.js';
import { approvalFacts, judgeApproval, listedFacts, type Standing } from './review-counts.js';
import { pathDetails, plural, subjectOf } from './short-path.js';

const settingsSchema = z.strictObject({
  count: z.number().int().min(0),
  /** `@user`, `@org/team`, `anyone` (any person with write access), `admin`; being on one is enough. */
  from: z.array(z.string()),
  /** The requester does not count, and an unknown one costs one approval more. */
  independent: z.boolean(),
  keepOnSameDiff: z.boolean(),
  machineUsers: z.array(z.string()),
  zone: z.string().nullable(),
  line: z.number().int().positive().nullable(),
  /** Files that this demand covers. */
  paths: z.array(z.string()),
  /** Why no agent may merge them alone, beyond what the zone says; a sentence each. */
  because: z.array(z.string()),
  /** The list could not be made out (CODEOWNERS not read): nobody can be counted. */
  listUnknown: z.boolean(),
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
      : [...listedFacts(settings.from), ...approvalFacts(settings, context)],
  describe: ({ count, from }) => `${count} people on ${from.join(' or ')} approve the present diff.`,
  evaluate: (settings, context): readonly Finding[] => {
    const { snapshot } = context;
    const extra = settings.independent && requestersOf(context.authorship) === null ? 1 : 0;
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
    const details = [...judged.flatMap(describeReview), ...emptyLists(settings, context), ...files];
    if (counted.length >= needed) {
      const by = list(counted.map(({ review: given }) => handle(given)));
      const title = needed === 0 ? say`no approval needed for ${subject}` : say`${by} approved ${subject}`;
      return [pass(title, why, details)];
    }
    return [
      short({ settings, context, judged, counted: counted.length, needed, wanted, why, details, from }),
    ];
  },
});

interface Shortfall {
  readonly settings: Settings;
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
  const { context, judged, counted, needed, wanted, why, details, from } = shortfall;
  const { snapshot } = context;
  const score = ours(` (${counted} of ${needed})`);
  const notes = judged.flatMap(({ review: given, standing }) => {
    if (standing.kind === 'refused') return [say`${possessive(given)} does not count: ${standing.why}.`];
    if (standing.kind === 'stale' || standing.kind === 'unknown') {
      return [say`${handle(given)} ${standing.why}.`];
    }
    return standing.kind === 'counts' ? [say`${handle(given)} ${standing.how}.`] : [];
  });
  const reason = [...notes, why].reduce((before, next) => say`${before} ${next}`);
  const unknown = judged.filter(({ standing }) => standing.kind === 'unknown');
  if (counted + unknown.length >= needed && unknown.length > 0) {
    return undecided(
      snapshot,
      say`${wanted}${score}`,
      reason,
      review(from, snapshot.pullRequest.headSha),
      details,
    );
  }
  const stale = judged.filter(({ standing }) => standing.kind === 'stale').map(({ review: given }) => given);
  if (stale.length > 0 && counted + stale.length >= needed) {
    const who = list(stale.slice(0, needed - counted).map(handle));
    return waiting(
      say`${who} to re-approve, the diff changed${score}`,
      reason,
      review(who, snapshot.pullRequest.headSha),
      details,
    );
  }
  return waiting(say`${wanted}${score}`, reason, review(from, snapshot.pullRequest.headSha), details);
}

function review(who: Message, headSha: string) {
  return {
    by: 'person' as const,
    what: say`${who}: review ${code(headSha.slice(0, 7))}. Author: do not push.`,
  };
}

/** Where the demand comes from and what made it larger. */
function demandOf(settings: Settings, needed: number, { authorship }: RuleContext): Message {
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
    const because = authorship.requester.known ? say`no account is named.` : say`${authorship.requester.why}`;
    parts.push(say`One more, because nobody knows who asked for this work: ${because}`);
  }
  for (const sentence of settings.because) parts.push(say`${sentence}`);
  return parts.reduce((before, next) => say`${before} ${next}`);
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

/** A list that nobody can be on is the policy's fault, and worth saying. */
function emptyLists(settings: Settings, { snapshot }: RuleContext): readonly Message[] {
  return settings.from.flatMap((name) => {
    if (name === 'anyone' || name === 'admin') return [];
    if (!name.startsWith('@')) return [say`${code(name)} is no account or team that GitHub could tell.`];
    const team = isTeam(name) ? teamOf(snapshot, name) : undefined;
    if (team === undefined || (team.found && team.members.length > 0)) return [];
    return [
      team.found ? say`${code(name)} has no direct members.` : say`${code(name)} was not found: ${team.why}`,
    ];
  });
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

function possessive(given: Review): Message {
  return say`${handle(given)}'s`;
}
