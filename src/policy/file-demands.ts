// What does one layer demand because of the files that changed?
// Every name of every file is resolved on its own; equal demands are then put together.
import type { ChangedFile } from '../domain/snapshot.js';
import type { Mode } from '../domain/verdict.js';
import type { ApprovalDemand, FileDemands, Stated } from '../domain/zone.js';
import { CONTROL_PLANE } from '../paths/control-plane.js';
import type { Rule } from '../rules/define-rule.js';
import { evals } from '../rules/evals.js';
import type { EvalsSettings } from '../rules/evals-settings.js';
import { humanApprovals } from '../rules/human-approvals.js';
import { notBuilt } from '../rules/not-built.js';
import { permissionTier } from '../rules/permission-tier.js';
import { qualityDelta } from '../rules/quality-delta.js';
import { requiredChecks } from '../rules/required-checks.js';
import { approverLists, isIndependent, keepsOnSameDiff } from './approver-lists.js';
import { DEFAULTS } from './defaults.js';
import type { Demand, JudgingLayer } from './demand.js';
import { evalsSettingsOf, suiteOf } from './eval-demands.js';
import { zoneQualitySettings } from './quality-demands.js';
import { resolveFile, tierOf } from './resolve.js';

export interface FilesJudged {
  readonly demands: readonly Demand[];
  /** Some file could merge without a human by this layer. */
  readonly anyAlone: boolean;
  /** File modes were not read, and something could merge alone if they are ordinary. */
  readonly needsModes: boolean;
}

export function demandsOfFiles(judging: JudgingLayer): FilesJudged {
  const enforced = judgeFiles(judging, 'enforce');
  const groups = new Groups(judging);
  for (const ask of enforced.asks) groups.add(ask, 'enforce');
  if (!hasObserver(judging)) return { ...enforced, demands: groups.demands() };
  const all = judgeFiles(judging, 'all');
  const known = new Set(enforced.asks.map(keyWithPath));
  for (const ask of all.asks) if (!known.has(keyWithPath(ask))) groups.add(ask, 'observe');
  return {
    demands: groups.demands(),
    anyAlone: enforced.anyAlone,
    needsModes: enforced.needsModes || all.needsModes,
  };
}

/** One demand because of one path. */
interface Ask {
  readonly rule: Rule;
  readonly zone: string | null;
  readonly line: number | null;
  /** Without the paths, which are gathered. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly path: string;
  /** Equal for demands that can be put together. */
  readonly key: string;
}

function judgeFiles(judging: JudgingLayer, modes: 'enforce' | 'all') {
  const asks: Ask[] = [];
  let anyAlone = false;
  let needsModes = false;
  for (const file of judging.context.snapshot.files) {
    for (const path of namesOf(file)) {
      const demands = resolveFile(judging.policy, path, {
        baseRef: judging.context.snapshot.pullRequest.baseRef,
        audience: judging.audience,
        layer: judging.layer,
        modes,
        controlPlane: judging.controlPlane,
      });
      if (judging.audience === 'agent') {
        const alone = judgeAlone(file, demands, judging);
        anyAlone ||= alone.alone;
        needsModes ||= alone.needsModes;
        askForTier(asks, demands, judging);
        if (!alone.alone) askForApprovals(asks, demands, alone.because, judging);
      } else askForApprovals(asks, demands, [], judging);
      askForTheRest(asks, demands, judging);
    }
  }
  return { asks, anyAlone, needsModes };
}

/** A renamed or copied file counts under its old and its new name. */
export function namesOf({ path, previousPath }: ChangedFile): readonly string[] {
  return previousPath === null || previousPath === path ? [path] : [path, previousPath];
}

interface Alone {
  readonly alone: boolean;
  readonly needsModes: boolean;
  readonly because: readonly string[];
}

function judgeAlone(file: ChangedFile, demands: FileDemands, judging: JudgingLayer): Alone {
  const { merge, rollbackPlan, featureFlag } = demands;
  const tier = tierAt(demands.path, judging);
  // Approvals that are asked for where nobody grants a merge without them stand, whatever the tier.
  const granted = merge.zone !== null || demands.approvals.length === 0;
  if (!granted || merge.value === 'never' || tier < merge.value) {
    return { alone: false, needsModes: false, because: [] };
  }
  const because: string[] = [];
  for (const [what, stated] of [
    ['rollback plan', rollbackPlan],
    ['feature flag', featureFlag],
  ] as const) {
    if (stated === null) continue;
    because.push(
      `A ${what} is asked for (line ${stated.line ?? '?'}), which this version does not judge yet, so a person decides.`,
    );
  }
  if (file.mode === '160000') because.push('A submodule always needs a person.');
  if (file.mode === '120000') because.push('A symbolic link always needs a person.');
  const needsModes = file.mode === null && because.length === 0;
  if (needsModes) because.push('Whether it is a submodule or a symbolic link was not read.');
  return { alone: because.length === 0, needsModes, because };
}

/** In a zone for everyone nobody can vouch for an agent. */
function tierAt(path: string, { tier, policy, layer, context }: JudgingLayer) {
  if (tier.tier === tier.unvouched) return tier.tier;
  const asPerson = resolveFile(policy, path, {
    baseRef: context.snapshot.pullRequest.baseRef,
    audience: 'person',
    layer,
    modes: 'all',
  });
  return asPerson.zones.some((zone) => zone !== CONTROL_PLANE) ? tier.unvouched : tier.tier;
}

function askForTier(asks: Ask[], { path, propose }: FileDemands, judging: JudgingLayer): void {
  const value = propose.value === 0 && saysReadOnly(judging) ? 1 : propose.value;
  if (value === 0) return;
  const tier = tierAt(path, judging);
  const { agent, lowered, ifVouched } = judging.tier;
  asks.push(
    ask(permissionTier, path, propose.zone, propose.line, {
      agent,
      tier,
      ifVouched: tier < judging.tier.tier ? tier : ifVouched,
      lowered: tier < judging.tier.tier ? 'In a zone for everyone nobody can vouch for an agent.' : lowered,
      propose: value,
      zone: propose.zone,
      line: propose.line,
    }),
  );
}

/** An organisation that gives an agent tier 0 and states no `propose` still means that it only reads. */
function saysReadOnly({ layer, policy, agents }: JudgingLayer): boolean {
  if (layer !== 'organization') return false;
  return (agents.length === 0 ? [null] : agents).some((agent) => {
    const { value, line } = tierOf(policy, agent);
    return value === 0 && line !== null;
  });
}

function askForApprovals(
  asks: Ask[],
  { path, approvals, merge }: FileDemands,
  because: readonly string[],
  judging: JudgingLayer,
): void {
  const isAgent = judging.audience === 'agent';
  // A layer may say that no agent merges alone without saying who approves: then its owner does.
  const stated: readonly Stated<ApprovalDemand>[] =
    approvals.length === 0 && isAgent && merge.zone !== null
      ? [{ value: DEFAULTS.zone.approvals, zone: merge.zone, line: merge.line }]
      : approvals;
  for (const demand of stated) {
    const { zone, line, value } = demand;
    // A change that may not merge alone has at least one human behind it.
    const count = isAgent ? Math.max(1, value.count) : value.count;
    for (const list of approverLists(demand, path, judging)) {
      asks.push(
        ask(humanApprovals, path, zone, line, {
          count,
          ...list,
          independent: isIndependent(judging),
          keepOnSameDiff: keepsOnSameDiff(judging),
          machineUsers: judging.machineUsers,
          zone,
          line,
          because,
        }),
      );
    }
    if (value.confirm) asks.push(unbuilt('approvals.confirm', path, demand, judging));
  }
}

function askForTheRest(asks: Ask[], demands: FileDemands, judging: JudgingLayer): void {
  const { path, checks } = demands;
  for (const { value, zone, line } of checks) {
    asks.push(ask(requiredChecks, path, zone, line, { name: value.name, app: value.app }));
  }
  for (const stated of demands.evals) {
    // One demand per suite, whichever files and zones ask for it.
    const settings = evalsSettingsOf(stated, judging);
    const key = `${evals.name}\n${stated.value}`;
    asks.push({ ...ask(evals, path, stated.zone, stated.line, settings), key });
  }
  for (const stated of demands.qualityDelta) {
    const settings = zoneQualitySettings(stated.value, stated, judging);
    asks.push(ask(qualityDelta, path, stated.zone, stated.line, settings));
  }
}

function unbuilt(key: string, path: string, { zone, line }: Stated<unknown>, { file }: JudgingLayer): Ask {
  return ask(notBuilt, path, zone, line, { key, file, zone, line });
}

function ask(
  rule: Rule,
  path: string,
  zone: string | null,
  line: number | null,
  settings: Ask['settings'],
): Ask {
  return { rule, path, zone, line, settings, key: `${rule.name}\n${JSON.stringify(settings)}` };
}

function keyWithPath({ key, path }: Ask): string {
  return `${key}\n${path}`;
}

function hasObserver({ policy, mode }: JudgingLayer): boolean {
  return (
    mode === 'observe' || Object.values(policy.document.zones ?? {}).some((zone) => zone.mode === 'observe')
  );
}

const TAKES_PATHS: readonly Rule[] = [permissionTier, humanApprovals, qualityDelta];

/** Gathers the paths of equal demands, in the order in which they were first asked. */
class Groups {
  readonly #judging: JudgingLayer;
  readonly #groups = new Map<
    string,
    { readonly first: Ask; readonly mode: Mode; readonly paths: Set<string> }
  >();

  constructor(judging: JudgingLayer) {
    this.#judging = judging;
  }

  add(asked: Ask, mode: Mode): void {
    // A suite is run and judged once: where one zone enforces it, another that observes adds nothing.
    const key = asked.rule === evals ? asked.key : `${mode}\n${asked.key}`;
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { first: asked, mode, paths: new Set([asked.path]) });
    else group.paths.add(asked.path);
  }

  demands(): readonly Demand[] {
    return [...this.#groups.values()].map(({ first, mode, paths }) => ({
      rule: first.rule,
      settings: TAKES_PATHS.includes(first.rule) ? { ...first.settings, paths: [...paths] } : first.settings,
      layer: first.zone === CONTROL_PLANE ? 'built-in' : this.#judging.layer,
      mode: modeOfGroup(first, mode, this.#judging),
      line: first.line,
      zone: first.zone,
    }));
  }
}

/** A suite, or the quality delta as a whole, may only observe although the zone enforces. */
function modeOfGroup({ rule, settings }: Ask, mode: Mode, { policy }: JudgingLayer): Mode {
  if (rule === qualityDelta) return policy.document.quality_delta?.mode === 'observe' ? 'observe' : mode;
  if (rule !== evals) return mode;
  const { source } = settings as unknown as EvalsSettings;
  return suiteOf(policy.document, source.suite)?.mode === 'observe' ? 'observe' : mode;
}
