// Does this review count as an approval for this list of people, and if not, why?
import type { Fact } from '../domain/fact.js';
import { code, type Message, say } from '../domain/message.js';
import type { Review, Snapshot } from '../domain/snapshot.js';
import type { RuleContext } from './define-rule.js';
import { collectParticipants, type Participants, participationOf } from './participants.js';
import { canWrite, factsOf, isMachineUser, isPerson, isTeam, sameLogin, teamOf } from './people.js';

export interface ApprovalTerms {
  /** `@user`, `@org/team`, `anyone` (any person with write access) or `admin`. Being on one of them is enough. */
  readonly from: readonly string[];
  readonly independent: boolean;
  readonly keepOnSameDiff: boolean;
  readonly machineUsers: readonly string[];
}

export type Standing =
  | { readonly kind: 'counts'; readonly how: Message }
  /** Would count, had it been given for the present diff. */
  | { readonly kind: 'stale'; readonly changed: 'diff' | 'head' | 'base'; readonly why: Message }
  | { readonly kind: 'unknown'; readonly why: Message }
  | { readonly kind: 'refused'; readonly why: Message }
  /** By somebody on none of the lists: neither wrong nor worth a word in the title. */
  | { readonly kind: 'elsewhere'; readonly why: Message }
  | { readonly kind: 'not-an-approval' };

export function judgeApproval(
  review: Review,
  terms: ApprovalTerms,
  context: RuleContext,
  participants: Participants,
): Standing {
  const { snapshot } = context;
  if (review.state !== 'APPROVED') return { kind: 'not-an-approval' };
  const { author } = review;
  if (isMachineUser(author.login, terms.machineUsers)) return refused(say`is a machine user`);
  const person = isPerson(author, snapshot, terms.machineUsers);
  if (person === false) return refused(say`is not a person`);
  const how = participationOf(author, participants);
  if (how !== null) return refused(how);
  const facts = factsOf(snapshot, author.login);
  if (facts !== undefined && !canWrite(facts.permission)) return refused(say`has no write access`);
  const listed = terms.from.map((name) => isOnList(name, author.login, snapshot));
  if (listed.every((on) => on === false)) return { kind: 'elsewhere', why: say`is on none of the lists` };
  if (person === null) return { kind: 'unknown', why: say`may not be a person: the account was not read` };
  if (!listed.includes(true)) return { kind: 'unknown', why: say`may be on a list that was not read` };
  return judgeHead(review, terms, snapshot);
}

/** Facts that tell who is on these lists. */
export function listedFacts(from: readonly string[]): readonly Fact[] {
  return from.filter(isTeam).map((team) => ({ kind: 'team', team }));
}

/** Facts about the reviews themselves: unknown accounts, admins, and digests of the heads that were approved. */
export function approvalFacts(
  terms: Omit<ApprovalTerms, 'from'> & { readonly from?: readonly string[] },
  context: RuleContext,
): readonly Fact[] {
  const { snapshot } = context;
  const head = snapshot.pullRequest.headSha;
  const participants = collectParticipants({ ...context, independent: terms.independent });
  const facts: Fact[] = [];
  for (const { author, state, headSha } of snapshot.reviews ?? []) {
    if (state !== 'APPROVED' || participationOf(author, participants) !== null) continue;
    const person = isPerson(author, snapshot, terms.machineUsers);
    if (person === false) continue;
    if (person === null || terms.from?.includes('admin')) facts.push({ kind: 'person', login: author.login });
    if (headSha !== head && terms.keepOnSameDiff) {
      facts.push({ kind: 'digest', headSha }, { kind: 'digest', headSha: head });
    }
  }
  return facts;
}

function judgeHead(review: Review, terms: ApprovalTerms, snapshot: Snapshot): Standing {
  const { headSha, baseChangedAt } = snapshot.pullRequest;
  const reviewed = shortSha(review.headSha);
  if (baseChangedAt === null) return { kind: 'unknown', why: say`may be older than the last change of base` };
  // The diff a person saw against another base says nothing about this one, even on the same head.
  // Written so that a date nobody can read counts against the review.
  if (baseChangedAt !== 'never' && !(Date.parse(review.submittedAt) > Date.parse(baseChangedAt))) {
    return {
      kind: 'stale',
      changed: 'base',
      why: say`approved ${reviewed} before the base branch was changed`,
    };
  }
  if (review.headSha === headSha) return { kind: 'counts', how: say`approved this head` };
  if (!terms.keepOnSameDiff)
    return { kind: 'stale', changed: 'head', why: say`approved ${reviewed}, an earlier head` };
  const before = digestOf(snapshot, review.headSha);
  const now = digestOf(snapshot, headSha);
  // GitHub hands out no diff of many files or of a head that is gone: no machine will ever tell, the person can.
  if (before === undefined || now === undefined) {
    return {
      kind: 'stale',
      changed: 'head',
      why: say`approved ${reviewed}, whose diff could not be compared with this one`,
    };
  }
  if (before === now) return { kind: 'counts', how: say`approved ${reviewed}, which has the same diff` };
  return { kind: 'stale', changed: 'diff', why: say`approved ${reviewed}; the diff changed since` };
}

/** `null`: the list was not read. */
export function isOnList(name: string, login: string, snapshot: Snapshot): boolean | null {
  if (name === 'anyone') return true;
  if (name === 'admin') {
    const facts = factsOf(snapshot, login);
    return facts === undefined ? null : facts.permission === 'admin';
  }
  if (!isTeam(name)) return name.startsWith('@') && sameLogin(name.slice(1), login);
  const team = teamOf(snapshot, name);
  if (team === undefined) return null;
  return team.found && team.members.some((member) => sameLogin(member, login));
}

function refused(why: Message): Standing {
  return { kind: 'refused', why };
}

function digestOf(snapshot: Snapshot, headSha: string): string | undefined {
  return Object.hasOwn(snapshot.digests, headSha) ? snapshot.digests[headSha] : undefined;
}

function shortSha(sha: string) {
  return code(sha.slice(0, 7));
}
