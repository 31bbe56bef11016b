// As what is this change judged, by which tier, and who answers for it?
import type { AuthorshipFinding } from '../domain/authorship.js';
import type { Fact } from '../domain/fact.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { Audience, Tier } from '../domain/zone.js';
import { canWrite, factsOf, isPerson, requestersOf } from '../rules/people.js';
import { DEFAULTS } from './defaults.js';
import type { LoadedPolicy } from './parse.js';
import { tierOf } from './resolve.js';

/** `person`: only what binds everyone. A layer that cannot be read settles nothing in anybody's favour. */
export function audienceOf(authorship: AuthorshipFinding, policy: LoadedPolicy | null): Audience {
  switch (authorship.authorship) {
    case 'agent':
    case 'unknown':
      return 'agent';
    case 'assisted':
      return (policy?.document.treat?.assisted ?? DEFAULTS.treat.assisted) === 'agent' ? 'agent' : 'person';
    case 'automation':
      return (policy?.document.treat?.automation ?? DEFAULTS.treat.automation) === 'agent'
        ? 'agent'
        : 'person';
    case 'human':
      return 'person';
  }
}

/** Agents whose tier, owner and settings hold. Empty: nobody knows which one, so `agents.default` holds. */
export function judgedAgents({ authorship, agents, name }: AuthorshipFinding): readonly string[] {
  if (authorship === 'agent') return agents;
  return (authorship === 'assisted' || authorship === 'automation') && name !== null ? [name] : [];
}

export interface TierInForce {
  readonly tier: Tier;
  /** Tier where nobody can vouch: in zones for everyone. */
  readonly unvouched: Tier;
  /** The agent with the lowest tier, for people. */
  readonly agent: string | null;
  /** Why it is lower than what the policy grants; `null` when it is not. */
  readonly lowered: string | null;
  /** What it would be if the opener were known to have write access; differs from `tier` only while that is not known. */
  readonly ifVouched: Tier;
  readonly needs: readonly Fact[];
}

export interface TierInput {
  readonly authorship: AuthorshipFinding;
  readonly snapshot: Snapshot;
  /** Every valid policy: a tier that one states holds in all, so that a repository can only tighten. */
  readonly policies: readonly {
    readonly policy: LoadedPolicy;
    readonly layer: 'repository' | 'organization';
  }[];
  readonly machineUsers: readonly string[];
}

/** The lowest of all evidenced agents' in every policy; more than the default's only where somebody vouches. */
export function tierInForce(input: TierInput): TierInForce {
  const { authorship, snapshot, machineUsers } = input;
  const base = lowest(statedTiers(input, null));
  const agents = judgedAgents(authorship);
  // Beside an agent somebody whom no signature names may have written part of it.
  const unnamed = authorship.authorship === 'agent' && authorship.doubts.length > 0 ? [null] : [];
  const each = [...agents, ...unnamed].map((agent) => ({ agent, tier: lowest(statedTiers(input, agent)) }));
  const least = each.reduce<(typeof each)[number] | null>(
    (before, next) => (before === null || next.tier < before.tier ? next : before),
    null,
  );
  const granted = least?.tier ?? base;
  const common = { agent: least?.agent ?? null, needs: [] };
  if (granted <= base || authorship.openerVerified) {
    return { ...common, tier: granted, unvouched: granted, ifVouched: granted, lowered: null };
  }
  const opener = snapshot.pullRequest.author;
  const facts = opener === null ? undefined : factsOf(snapshot, opener.login);
  const person = opener === null ? false : isPerson(opener, snapshot, machineUsers);
  const known = person === false || facts !== undefined;
  const vouched = person === true && facts !== undefined && canWrite(facts.permission);
  if (vouched) return { ...common, tier: granted, unvouched: base, ifVouched: granted, lowered: null };
  const why =
    known || opener !== null
      ? 'nobody with write access opened it and vouches for the agent'
      : 'its opener is not known';
  return {
    ...common,
    tier: base,
    unvouched: base,
    ifVouched: known && opener !== null ? base : granted,
    lowered: `The policy grants tier ${granted}, but nothing verifies that the agent's own account opened it, and ${why}.`,
    needs: opener === null || known ? [] : [{ kind: 'person', login: opener.login }],
  };
}

/** Owners of the agents of this change: `@user`, `@org/team` or `requester`, each once. */
export function ownersOfAgents(
  policy: LoadedPolicy,
  agents: readonly string[],
): readonly { readonly owner: string; readonly agent: string | null; readonly line: number | null }[] {
  const general = { owner: policy.document.owner, agent: null, line: policy.lineOf(['owner']) };
  const each = agents.map((agent) => {
    const owner = agentSettings(policy, agent)?.owner;
    return owner === undefined
      ? { ...general, agent }
      : { owner, agent, line: policy.lineOf(['agents', agent, 'owner']) };
  });
  const all = each.length === 0 ? [general] : each;
  return [...new Map(all.toReversed().map((one) => [one.owner.toLowerCase(), one])).values()].toReversed();
}

export function agentSettings(policy: LoadedPolicy, agent: string) {
  const { agents } = policy.document;
  return agents !== undefined && Object.hasOwn(agents, agent) ? agents[agent] : undefined;
}

/** Who may stand where a list says `owner`. `anyone`: any person with write access but the requester. */
export function ownerList(
  owner: string,
  authorship: AuthorshipFinding,
  independent: boolean,
): readonly string[] {
  if (owner !== 'requester') return [owner];
  const requesters = requestersOf(authorship);
  return independent || requesters === null ? ['anyone'] : requesters.map((login) => `@${login}`);
}

/** The organisation's default speaks only where it stands in the file; one of the repository always does. */
function statedTiers({ policies }: TierInput, agent: string | null): readonly Tier[] {
  const stated = policies
    .map(({ policy, layer }) => ({ ...tierOf(policy, agent), layer }))
    .filter(({ line, layer }) => line !== null || layer === 'repository');
  return stated.map(({ value }) => value);
}

function lowest(tiers: readonly Tier[]): Tier {
  return tiers.toSorted()[0] ?? DEFAULTS.agents.default.tier;
}
