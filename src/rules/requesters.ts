// Who asked the agent for this change, and is that worth believing?
// Assignees, bodies and trailers are claims. A name takes the right to approve away from whoever bears it, for good;
// that nobody else need be asked for follows only from the name of a person who may write here.
import type { Fact } from '../domain/fact.js';
import type { RuleContext } from './define-rule.js';
import { bareLogin, canWrite, factsOf, isPerson, requestersOf, sameLogin } from './people.js';

/** Whoever is or was named as requester, the present ones first. */
export function requestersSeen({
  authorship,
  memory,
}: Pick<RuleContext, 'authorship' | 'memory'>): readonly string[] {
  const named = [...(requestersOf(authorship) ?? []), ...memory.requesters];
  return [...new Map(named.toReversed().map((login) => [bareLogin(login), login])).values()].toReversed();
}

/** More are not looked up: a body can name thousands. */
const MOST_LOOKED_UP = 10;

export function requesterFacts(context: RuleContext): readonly Fact[] {
  if (context.snapshot.source === 'local') return [];
  const named = requestersSeen(context);
  if (named.some((login) => isOpener(login, context))) return [];
  return named.slice(0, MOST_LOOKED_UP).map((login) => ({ kind: 'person', login }));
}

/** A clone cannot tell who may write: the claim stands in its place. */
export function isRequesterKnown(context: RuleContext, machineUsers: readonly string[]): boolean {
  const { snapshot } = context;
  const named = requestersSeen(context);
  if (snapshot.source === 'local') return named.length > 0;
  return named.some((login) => {
    if (isOpener(login, context)) return true;
    const facts = factsOf(snapshot, login);
    if (facts === undefined || !canWrite(facts.permission)) return false;
    return isPerson(facts.account, snapshot, machineUsers) === true;
  });
}

/** GitHub itself says who opened it. */
function isOpener(login: string, { snapshot }: RuleContext): boolean {
  const { author } = snapshot.pullRequest;
  return author !== null && author.type === 'User' && sameLogin(author.login, login);
}
