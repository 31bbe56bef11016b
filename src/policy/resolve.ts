// What does one layer's policy demand of one changed file?
// Per key the strictest value among the matching zones that state it, else `zones.default`, else the built-in.
import type { Mode } from '../domain/verdict.js';
import type { ApprovalDemand, Audience, FileDemands, MergeTier, Stated, Tier } from '../domain/zone.js';
import { CONTROL_PLANE, isControlPlane } from '../paths/control-plane.js';
import { DEFAULTS } from './defaults.js';
import type { LoadedPolicy } from './parse.js';
import { BUILT_IN, CONTROL_PLANE_DEMANDS, compileZones, type Demands, type ZoneRules } from './zone-rules.js';

export interface ResolveOptions {
  /** Name of the base branch, without `refs/heads/`. */
  readonly baseRef: string;
  readonly audience: Audience;
  readonly layer: 'repository' | 'organization';
  /** `enforce` leaves out every zone that only observes; `all` shows what would hold if they did not. */
  readonly modes: 'enforce' | 'all';
  /**
   * `false` leaves the control plane out: for the organisation's layer where the repository's own policy enforces
   * it already, so that a change of a workflow does not need two owners. It is in unless this says otherwise.
   */
  readonly controlPlane?: boolean;
}

/** What nobody demands: it binds nothing, and says so by naming neither zone nor line. */
const FREE: { readonly propose: Stated<Tier>; readonly merge: Stated<MergeTier> } = {
  propose: { value: 0, zone: null, line: null },
  merge: { value: 2, zone: null, line: null },
};

/**
 * Demands on one file. A key nobody demands has its most permissive value with `zone: null, line: null`:
 * `propose: 0`, `merge: 2`, empty lists. So it is for a person's change outside zones for everyone, for what the
 * organisation does not state, and under `enforce` for what the policy only observes. A built-in default is
 * `propose: 1`, `merge: never` with the same `null`s. `mode` is `observe` when a demand in it only observes.
 */
export function resolveFile(policy: LoadedPolicy, path: string, options: ResolveOptions): FileDemands {
  const { audience, layer, modes, baseRef } = options;
  const compiled = compileZones(policy);
  const applies = (zone: ZoneRules) =>
    (modes === 'all' || zone.mode === 'enforce') && (audience === 'agent' || zone.everyone);
  const policyApplies = modes === 'all' || compiled.mode === 'enforce';

  const zones = compiled.zonesOf(path, baseRef).filter(applies);
  const fallback = compiled.fallback !== null && applies(compiled.fallback) ? compiled.fallback : null;
  const builtIn = audience === 'agent' && layer === 'repository' && policyApplies ? BUILT_IN : null;
  const guarded = (options.controlPlane ?? true) && policyApplies && isControlPlane(path);

  let observed = guarded && compiled.mode === 'observe';
  const stated = <Key extends keyof Demands>(key: Key): Statements<Key> => {
    const said = zones.filter((zone) => zone.demands[key] !== null);
    if (said.length === 0 && fallback !== null && fallback.demands[key] !== null) said.push(fallback);
    if (said.length === 0) {
      observed ||= builtIn !== null && builtIn[key] !== null && compiled.mode === 'observe';
      return (builtIn?.[key] ?? []) as Statements<Key>;
    }
    observed ||= said.some((zone) => zone.mode === 'observe');
    return said.flatMap((zone): readonly unknown[] => zone.demands[key] ?? []) as unknown as Statements<Key>;
  };
  const statedToAgents = <Key extends keyof Demands>(key: Key): Statements<Key> =>
    audience === 'agent' ? stated(key) : ([] as unknown as Statements<Key>);

  const guard = guarded ? CONTROL_PLANE_DEMANDS : null;
  const demands = {
    path,
    zones: [...zones.map((zone) => zone.name), ...(guarded ? [CONTROL_PLANE] : [])],
    propose: strictest(statedToAgents('propose'), (tier) => tier) ?? FREE.propose,
    merge: guard?.merge ?? strictest(statedToAgents('merge'), rankMerge) ?? FREE.merge,
    approvals: withoutRepeats(
      [...(guard === null ? [] : [guard.approvals]), ...stated('approvals')],
      approvalKey,
    ),
    checks: withoutRepeats(stated('checks'), ({ name, app }) => `${app}\n${name}`),
    rollbackPlan: demandedPlan(statedToAgents('rollbackPlan')),
    featureFlag: commonFlagFiles(statedToAgents('featureFlag')),
    evals: withoutRepeats(stated('evals'), (suite) => suite),
    qualityDelta: stated('qualityDelta'),
    layer,
  };
  return { ...demands, mode: observed ? 'observe' : 'enforce' };
}

/** Tier of an agent before budget and halt: its own, else the default's, else the built-in one. */
export function tierOf(policy: LoadedPolicy, agent: string | null): Stated<Tier> {
  const agents = policy.document.agents;
  for (const name of agent === null ? ['default'] : [agent, 'default']) {
    const entry = agents !== undefined && Object.hasOwn(agents, name) ? agents[name] : undefined;
    if (entry?.tier !== undefined)
      return { value: entry.tier, zone: null, line: policy.lineOf(['agents', name, 'tier']) };
  }
  return { value: DEFAULTS.agents.default.tier, zone: null, line: null };
}

export function modeOf(policy: LoadedPolicy): Mode {
  return policy.document.mode ?? DEFAULTS.mode;
}

type Statements<Key extends keyof Demands> = NonNullable<Demands[Key]>;

/** The first of the highest rank, so that the zone named is the one that stands first in the file. */
function strictest<T>(statements: readonly Stated<T>[], rank: (value: T) => number): Stated<T> | null {
  let best: Stated<T> | null = null;
  for (const statement of statements)
    if (best === null || rank(statement.value) > rank(best.value)) best = statement;
  return best;
}

function rankMerge(tier: MergeTier): number {
  return tier === 'never' ? Number.POSITIVE_INFINITY : tier;
}

function demandedPlan(statements: readonly Stated<boolean>[]): Stated<true> | null {
  const demand = statements.find((statement) => statement.value);
  return demand === undefined ? null : { value: true, zone: demand.zone, line: demand.line };
}

type FlagDemand = Stated<{ readonly files: readonly string[] }>;

/** A flag must satisfy every zone that asks, so only files that all of them name can declare it. */
function commonFlagFiles(statements: readonly FlagDemand[]): FlagDemand | null {
  const [first, ...others] = statements;
  if (first === undefined || others.length === 0) return first ?? null;
  const files = first.value.files.filter((file) => others.every(({ value }) => value.files.includes(file)));
  return { ...first, value: { files } };
}

function approvalKey({ count, from, confirm }: ApprovalDemand): string {
  return [count, confirm, ...from.map((who) => who.toLowerCase()).toSorted()].join('\n');
}

function withoutRepeats<T>(
  statements: readonly Stated<T>[],
  key: (value: T) => string,
): readonly Stated<T>[] {
  if (statements.length < 2) return statements;
  const seen = new Set<string>();
  return statements.filter(({ value }) => seen.size < seen.add(key(value)).size);
}
