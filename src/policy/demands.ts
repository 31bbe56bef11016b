// Which demands apply to this change?
// Each layer is asked on its own, and a change must satisfy both: nothing in one can loosen the other.
import type { Catalogue } from '../agents/catalogue.js';
import { knownAgentNames } from '../agents/catalogue.js';
import type { Fact } from '../domain/fact.js';
import { POLICY_PATH } from '../domain/policy-file.js';
import { CONTROL_PLANE, isControlPlane } from '../paths/control-plane.js';
import { completeEvidence, gapsOf } from '../rules/complete-evidence.js';
import type { RuleContext } from '../rules/define-rule.js';
import { humanApprovals } from '../rules/human-approvals.js';
import { collectParticipants } from '../rules/participants.js';
import { policyFile } from '../rules/policy-file.js';
import { policyPreview } from '../rules/policy-preview.js';
import { approverLists, keepsOnSameDiff } from './approver-lists.js';
import { demandsOfChange, demandsOnce, reviewDemand } from './change-demands.js';
import { DEFAULTS } from './defaults.js';
import type { Demand, JudgingLayer } from './demand.js';
import { reconcileSuites } from './eval-demands.js';
import { forgiveExactRevert } from './exact-revert.js';
import { demandsOfFiles, namesOf } from './file-demands.js';
import { isNothingAsked, type PolicyLayer, type PolicyLayers } from './layers.js';
import { parsePolicyFile } from './parse.js';
import { shareCoverage } from './quality-demands.js';
import { modeOf } from './resolve.js';
import { audienceOf, judgedAgents, type TierInForce, tierInForce } from './standing.js';
import { CONTROL_PLANE_DEMANDS } from './zone-rules.js';

export interface DemandInput {
  readonly layers: PolicyLayers;
  readonly catalogue: Catalogue;
  readonly context: RuleContext;
}

export interface Demands {
  readonly demands: readonly Demand[];
  /** Facts without which it is not settled which demands apply. */
  readonly needs: readonly Fact[];
  /** `null` where no layer judges the change as an agent's. */
  readonly tier: TierInForce | null;
}

export function collectDemands(input: DemandInput): Demands {
  const { layers, context } = input;
  if (isNothingAsked(layers)) {
    return { demands: [...fileDemands(input, []), ...previewDemands(input)], needs: [], tier: null };
  }
  const judging = judgingLayers(input);
  const files = judging.map((one) => ({ one, ...demandsOfFiles(one) }));
  const agentLayers = files.filter(({ one }) => one.audience === 'agent');
  const demands: Demand[] = [...fileDemands(input, judging), ...previewDemands(input)];
  for (const { one, anyAlone, demands: found } of files) {
    if (one.audience === 'agent') demands.push(...demandsOfChange(one, anyAlone));
    demands.push(...found);
  }
  const speaker = speakerOf(agentLayers.map(({ one }) => one));
  if (speaker !== null) demands.push(...demandsOnce(speaker));
  else demands.push(...unreadDemands(input, judging));
  if (judging.length === 0) demands.push(...unguardedDemands(input));
  const reviewed = speaker ?? speakerOf(judging.filter((one) => asksForReview(demands, one)));
  if (reviewed !== null) demands.push(reviewDemand(reviewed));

  const needs: Fact[] = files.some(({ needsModes }) => needsModes) ? [{ kind: 'diff' }] : [];
  const tier = agentLayers[0]?.one.tier ?? null;
  const owed = forgiveExactRevert(reconcileSuites(shareCoverage(demands)), context.snapshot);
  return {
    demands: owed.demands,
    needs: [...needs, ...(tier?.needs ?? []), ...owed.needs],
    tier: tier ?? tierWithoutPolicy(input),
  };

  function asksForReview(all: readonly Demand[], one: JudgingLayer): boolean {
    return all.some(
      ({ rule, layer }) => rule === humanApprovals && (layer === one.layer || layer === 'built-in'),
    );
  }

  /** No valid policy: the built-in default holds for what is reported. */
  function tierWithoutPolicy(given: DemandInput): TierInForce | null {
    if (judging.length > 0 || audienceOf(context.authorship, null) !== 'agent') return null;
    return tierInForce({ ...given.context, policies: [], machineUsers: [] });
  }
}

function judgingLayers({ layers, catalogue, context }: DemandInput): readonly JudgingLayer[] {
  const valid = [layers.repository, layers.organization].flatMap(({ layer, report, policy }) =>
    policy === null ? [] : [{ layer, file: report.file, policy, mode: modeOf(policy) }],
  );
  const machineUsers = valid.flatMap(({ policy }) => policy.document.machine_users ?? []);
  const tier = tierInForce({ ...context, policies: valid, machineUsers });
  const participants = collectParticipants({ ...context, independent: true });
  const guardian = valid.find(({ mode }) => mode === 'enforce') ?? valid[0];
  return valid.map((one) => ({
    ...one,
    audience: audienceOf(context.authorship, one.policy),
    controlPlane: one === guardian,
    agents: judgedAgents(context.authorship),
    tier,
    machineUsers,
    catalogue,
    context,
    participants,
  }));
}

/** The layer that speaks for both where one verdict is enough: one that enforces, the repository's first. */
function speakerOf(layers: readonly JudgingLayer[]): JudgingLayer | null {
  return layers.find(({ mode }) => mode === 'enforce') ?? layers[0] ?? null;
}

function fileDemands({ layers, context }: DemandInput, judging: readonly JudgingLayer[]): readonly Demand[] {
  const nothingAsked = isNothingAsked(layers);
  return [layers.repository, layers.organization].flatMap((layer): readonly Demand[] => {
    const { status, file } = layer.report;
    // An organisation without a policy is the usual case and worth no line.
    if (layer.layer === 'organization' && status.kind === 'absent' && !layer.notVisible) return [];
    const settings = {
      file,
      status: layer.notVisible ? { kind: 'not-visible' } : status,
      nothingAsked,
      agent: isAgentHere(layer, judging),
      path: layer.layer === 'repository' ? POLICY_PATH : null,
    };
    const line = status.kind === 'invalid' ? (status.problems[0]?.line ?? null) : null;
    return [{ rule: policyFile, settings, layer: layer.layer, mode: 'enforce', line, zone: null }];
  });

  function isAgentHere({ layer, policy }: PolicyLayer, known: readonly JudgingLayer[]): boolean {
    const own = known.find((one) => one.layer === layer);
    return (own?.audience ?? audienceOf(context.authorship, policy)) === 'agent';
  }
}

/** A pull request that edits the policy is told what is wrong with its version. */
function previewDemands({ layers, catalogue, context }: DemandInput): readonly Demand[] {
  const { files, headPolicy } = context.snapshot;
  if (!files.some((file) => namesOf(file).includes(POLICY_PATH))) return [];
  const mode = layers.repository.policy === null ? 'enforce' : modeOf(layers.repository.policy);
  return [
    {
      rule: policyPreview,
      settings: { file: POLICY_PATH, head: previewOf() },
      layer: 'repository',
      mode,
      line: null,
      zone: null,
    },
  ];

  function previewOf() {
    if (headPolicy === null) return { kind: 'unread', why: 'its new version was not read' };
    switch (headPolicy.kind) {
      case 'absent':
        return { kind: 'removed' };
      case 'not-visible':
        return { kind: 'unread', why: 'its new version is not visible' };
      case 'unreadable':
        return { kind: 'unread', why: headPolicy.why };
      case 'found': {
        const parsed = parsePolicyFile(headPolicy, { knownAgents: knownAgentNames(catalogue) });
        const problems = parsed.ok ? [...parsed.policy.warnings, ...parsed.policy.unbuilt] : parsed.problems;
        return { kind: 'parsed', valid: parsed.ok, problems };
      }
    }
  }
}

/** A person's change of which not all was read: it may touch the control plane, so the owner approves. */
function unreadDemands({ context }: DemandInput, judging: readonly JudgingLayer[]): readonly Demand[] {
  const guardian = judging.find(({ controlPlane }) => controlPlane);
  if (guardian === undefined && audienceOf(context.authorship, null) === 'agent') return [];
  const layer = 'built-in';
  const mode = guardian?.mode ?? 'enforce';
  const gaps = gapsOf(context.snapshot);
  const renamed = context.snapshot.files.some(
    ({ status, previousPath }) => (status === 'renamed' || status === 'copied') && previousPath === null,
  );
  const found: Demand[] = [];
  if (gaps.length > 0 || renamed) {
    found.push({ rule: completeEvidence, settings: { agent: false }, layer, mode, line: null, zone: null });
  }
  if (gaps.length > 0) {
    const because = gaps.map(
      ({ what, counted, read }) =>
        `GitHub counts ${counted} ${what} and handed out ${read}; the rest may belong to the control plane.`,
    );
    const lists =
      guardian === undefined
        ? [{ from: ['admin'], listUnknown: false }]
        : approverLists(CONTROL_PLANE_DEMANDS.approvals, '', guardian);
    found.push(...lists.map((list) => guard({ ...list, because, paths: [] }, guardian, mode)));
  }
  return found;
}

/** No policy can be read, so nobody is known to own the control plane: a repository admin approves. */
function unguardedDemands({ context }: DemandInput): readonly Demand[] {
  const paths = context.snapshot.files.flatMap(namesOf).filter(isControlPlane);
  if (paths.length === 0) return [];
  const because = ['No valid policy says who owns it.'];
  return [guard({ from: ['admin'], listUnknown: false, because, paths }, undefined, 'enforce')];
}

function guard(
  given: {
    readonly from: readonly string[];
    readonly listUnknown: boolean;
    readonly because: readonly string[];
    readonly paths: readonly string[];
  },
  guardian: JudgingLayer | undefined,
  mode: Demand['mode'],
): Demand {
  const settings = {
    ...given,
    count: 1,
    independent: false,
    keepOnSameDiff: guardian === undefined ? DEFAULTS.approvals.keep_on_same_diff : keepsOnSameDiff(guardian),
    machineUsers: guardian?.machineUsers ?? [],
    zone: CONTROL_PLANE,
    line: null,
  };
  return { rule: humanApprovals, settings, layer: 'built-in', mode, line: null, zone: CONTROL_PLANE };
}
