// What does each zone state, compiled once per policy: matchers, lines, values?
import type { Mode } from '../domain/verdict.js';
import type { ApprovalDemand, CheckDemand, MergeTier, QualityLimits, Stated, Tier } from '../domain/zone.js';
import { CONTROL_PLANE } from '../paths/control-plane.js';
import { compileGlobs, type Matcher } from '../paths/glob.js';
import { DEFAULTS } from './defaults.js';
import type { LoadedPolicy } from './parse.js';
import type { ZoneDocument } from './schema.js';

/** What one zone states per key, with its name and line; `null`: the zone does not state this key. */
export interface Demands {
  readonly propose: readonly Stated<Tier>[] | null;
  readonly merge: readonly Stated<MergeTier>[] | null;
  readonly approvals: readonly Stated<ApprovalDemand>[] | null;
  readonly checks: readonly Stated<CheckDemand>[] | null;
  readonly rollbackPlan: readonly Stated<boolean>[] | null;
  readonly featureFlag: readonly Stated<{ readonly files: readonly string[] }>[] | null;
  readonly evals: readonly Stated<string>[] | null;
  readonly qualityDelta: readonly Stated<QualityLimits>[] | null;
}

export interface ZoneRules {
  readonly name: string;
  readonly line: number | null;
  readonly mode: Mode;
  /** True for `for: everyone`. */
  readonly everyone: boolean;
  readonly matches: (path: string, baseRef: string) => boolean;
  readonly demands: Demands;
}

export interface CompiledZones {
  readonly mode: Mode;
  readonly zones: readonly ZoneRules[];
  /** `zones.default`, if the policy has it. */
  readonly fallback: ZoneRules | null;
  /** Zones a path is in, whatever their mode and audience. */
  readonly zonesOf: (path: string, baseRef: string) => readonly ZoneRules[];
}

const NOTHING: Demands = {
  propose: null,
  merge: null,
  approvals: null,
  checks: null,
  rollbackPlan: null,
  featureFlag: null,
  evals: null,
  qualityDelta: null,
};

const builtIn = <T>(value: T): readonly Stated<T>[] => [{ value, zone: null, line: null }];

/** What holds for an agent's change where the policy is silent. */
export const BUILT_IN: Demands = {
  ...NOTHING,
  propose: builtIn<Tier>(DEFAULTS.zone.propose),
  merge: builtIn<MergeTier>(DEFAULTS.zone.merge),
  approvals: builtIn<ApprovalDemand>(DEFAULTS.zone.approvals),
};

/** Tighter than any zone, so it only ever adds: it does not count as a zone that states a key. */
export const CONTROL_PLANE_DEMANDS = {
  merge: { value: 'never', zone: CONTROL_PLANE, line: null },
  approvals: { value: { count: 1, from: ['owner'], confirm: false }, zone: CONTROL_PLANE, line: null },
} as const satisfies { merge: Stated<MergeTier>; approvals: Stated<ApprovalDemand> };

const compiled = new WeakMap<LoadedPolicy, CompiledZones>();

export function compileZones(policy: LoadedPolicy): CompiledZones {
  const known = compiled.get(policy);
  if (known !== undefined) return known;
  const mode = policy.document.mode ?? DEFAULTS.mode;
  const all = Object.entries(policy.document.zones ?? {}).map(([name, zone]) =>
    compileZone(policy, name, zone, mode),
  );
  const zones = all.filter((zone) => zone.name !== 'default');
  const fallback = all.find((zone) => zone.name === 'default') ?? null;
  const result: CompiledZones = { mode, zones, fallback, zonesOf: rememberMatches(zones) };
  compiled.set(policy, result);
  return result;
}

function compileZone(policy: LoadedPolicy, name: string, zone: ZoneDocument, policyMode: Mode): ZoneRules {
  const inPaths = compileGlobs(zone.paths ?? []);
  const inExcept = zone.except === undefined ? null : compileGlobs(zone.except);
  const inBranches = zone.branches === undefined ? null : compileForFew(zone.branches);
  return {
    name,
    line: policy.lineOf(['zones', name]),
    mode: zone.mode ?? policyMode,
    everyone: (zone.for ?? DEFAULTS.zone.for) === 'everyone',
    matches: (path, baseRef) =>
      (inBranches === null || inBranches(baseRef)) && inPaths(path) && !(inExcept?.(path) ?? false),
    demands: readDemands(policy, name, zone),
  };
}

const REMEMBERED = 5000;

/** A review resolves each path several times: for each mode, and for agents and people. */
function rememberMatches(zones: readonly ZoneRules[]): CompiledZones['zonesOf'] {
  const known = new Map<string, readonly ZoneRules[]>();
  return (path, baseRef) => {
    const key = `${baseRef}\0${path}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = zones.filter((zone) => zone.matches(path, baseRef));
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, found);
    return found;
  };
}

/** A review asks about one base branch for thousands of files. */
function compileForFew(patterns: readonly string[]): Matcher {
  const matches = compileGlobs(patterns);
  let last: { readonly ref: string; readonly answer: boolean } | null = null;
  return (ref) => {
    if (last?.ref !== ref) last = { ref, answer: matches(ref) };
    return last.answer;
  };
}

function readDemands(policy: LoadedPolicy, name: string, zone: ZoneDocument): Demands {
  const at = <T>(value: T, ...path: (string | number)[]): Stated<T> => ({
    value,
    zone: name,
    line: policy.lineOf(['zones', name, ...path]),
  });
  const { propose, merge, approvals, require, evals, quality_delta } = zone;
  return {
    propose: propose === undefined ? null : [at(propose, 'propose')],
    merge: merge === undefined ? null : [at(merge, 'merge')],
    approvals:
      approvals === undefined ? null : [at({ ...DEFAULTS.zone.approvals, ...approvals }, 'approvals')],
    checks: require?.checks?.map((check, index) => at(check, 'require', 'checks', index)) ?? null,
    rollbackPlan:
      require?.rollback_plan === undefined ? null : [at(require.rollback_plan, 'require', 'rollback_plan')],
    featureFlag:
      require?.feature_flag === undefined ? null : [at(require.feature_flag, 'require', 'feature_flag')],
    evals: evals?.map((suite, index) => at(suite, 'evals', index)) ?? null,
    qualityDelta: quality_delta === undefined ? null : [at(quality_delta, 'quality_delta')],
  };
}
