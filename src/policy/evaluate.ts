// What was asked of this change, and is it met? Pure, synchronous, replayable from its input.
import { type Catalogue, knownAgentNames } from '../agents/catalogue.js';
import { classifyAuthorship } from '../agents/classify.js';
import { customSignatures } from '../agents/custom.js';
import type { AuthorshipFinding } from '../domain/authorship.js';
import type { SuiteFacts, SuiteSource, SuiteState } from '../domain/evals.js';
import { type Fact, factKey } from '../domain/fact.js';
import { code, type Message, say } from '../domain/message.js';
import type { PolicyFiles } from '../domain/policy-file.js';
import { type CoverageSource, coverageKey } from '../domain/quality.js';
import type { Memory, Snapshot } from '../domain/snapshot.js';
import type { Decision, Finding, Gate, Verdict } from '../domain/verdict.js';
import type { SuiteDemand, SuiteJudgement } from '../evals/judgement.js';
import type { QualityReport } from '../quality/assess.js';
import type { RuleContext } from '../rules/define-rule.js';
import { evals, factsOf, judgementFor } from '../rules/evals.js';
import type { EvalsSettings } from '../rules/evals-settings.js';
import { editsOf } from '../rules/evals-words.js';
import { halt } from '../rules/halt.js';
import { naming } from '../rules/naming.js';
import { assessFor, qualityDelta } from '../rules/quality-delta.js';
import type { QualityDeltaSettings } from '../rules/quality-settings.js';
import { labelOf } from './change-demands.js';
import type { Demand } from './demand.js';
import { collectDemands } from './demands.js';
import { type PolicyLayers, readLayers } from './layers.js';

export interface EvaluationInput {
  readonly snapshot: Snapshot;
  readonly memory: Memory;
  readonly now: Date;
  readonly policies: PolicyFiles;
  readonly catalogue: Catalogue;
}

export interface Evaluation {
  readonly decision: Decision;
  /** Facts that would settle more. No verdict that hangs on one of them is a pass. */
  readonly missing: readonly Fact[];
  /** What broke down in ours while judging, for the log; the decision holds a failure for each. */
  readonly bugs: readonly Bug[];
  /** What the check `agent-policy/quality-delta` shows; `null`: nothing was asked of the change's quality. */
  readonly quality: ReportedQuality | null;
  /** What the check `agent-policy/evals` shows, one for each suite and layer that asks; empty: no suite applies. */
  readonly evals: readonly ReportedSuite[];
  /** Suites to be started now, or tried again after an infrastructure error; each once. */
  readonly toStart: readonly SuiteSource[];
  /** Label the app sets on an agent's pull request; `null` where the policy asks for none. */
  readonly label: string | null;
}

export interface ReportedQuality {
  readonly report: QualityReport;
  /** Where the policy says that the coverage report is; `null`: it configures none. */
  readonly coverage: CoverageSource | null;
}

export interface ReportedSuite {
  readonly suite: string;
  readonly source: SuiteSource;
  readonly demand: SuiteDemand;
  /** `null`: not looked at. */
  readonly facts: SuiteFacts | null;
  /** `null` while there are no results of this head. */
  readonly judgement: SuiteJudgement | null;
  readonly verdict: Verdict;
  /** Files of this change that steer the suite: its workflow, the policy. */
  readonly edits: readonly string[];
}

export interface Bug {
  readonly rule: string;
  readonly error: unknown;
}

export function evaluate(input: EvaluationInput): Evaluation {
  const { snapshot, memory, now, policies, catalogue } = input;
  const layers = readLayers(policies, snapshot.repository, knownAgentNames(catalogue));
  const bugs: Bug[] = [];
  const authorship = guarded('authorship', () => classify(input, layers), bugs) ?? UNCLASSIFIED;
  const context: RuleContext = { snapshot, memory, now, authorship };
  const collected = guarded('demands', () => collectDemands({ layers, catalogue, context }), bugs);
  const broken = bugs.map(({ rule, error }) => bugVerdict(rule, error));
  const judged = (collected?.demands ?? []).map((demand) => judge(demand, context, bugs));
  const facts = [...(collected?.needs ?? []), ...judged.flatMap(({ needs }) => needs)];
  const demands = collected?.demands ?? [];
  const suites =
    guarded('evals', () => demands.flatMap((demand, at) => suiteOf(demand, judged[at]!, snapshot)), bugs) ??
    [];
  const verdicts = [...broken, ...judged.flatMap((one) => one.verdicts)];
  return {
    decision: {
      headSha: snapshot.pullRequest.headSha,
      pullRequest: snapshot.pullRequest.number,
      authorship,
      layers: [layers.repository.report, layers.organization.report],
      verdicts,
      tier: collected?.tier?.tier ?? null,
      stuck: [],
      at: now.toISOString(),
    },
    bugs,
    quality: guarded('quality-delta', () => qualityFor(demands, snapshot), bugs),
    evals: suites,
    toStart: startable(suites, verdicts),
    label: labelFor(authorship, demands),
    missing: [
      ...new Map(
        facts.filter((fact) => isMissing(fact, snapshot)).map((fact) => [factKey(fact), fact]),
      ).values(),
    ],
  };
}

/** What GitHub is told. Only enforced verdicts hold a change; `neutral` says that an observed one would. */
export function gateOf(decision: Pick<Decision, 'verdicts'>): Gate {
  const open = decision.verdicts.filter(({ state }) => state !== 'pass' && state !== 'skipped');
  const enforced = open.filter(({ mode }) => mode === 'enforce').map(({ state }) => state);
  if (enforced.includes('fail')) return 'failure';
  if (enforced.includes('waiting')) return 'action_required';
  if (enforced.includes('pending')) return 'in_progress';
  return open.length > 0 ? 'neutral' : 'success';
}

function labelFor({ agents }: AuthorshipFinding, demands: readonly Demand[]): string | null {
  const [agent] = agents;
  if (agent === undefined) return null;
  const label = labelOf(agent);
  const asked = demands.some(
    ({ rule, settings }) =>
      rule === naming && (settings as { readonly labels: readonly string[] }).labels.includes(label),
  );
  return asked ? label : null;
}

/** The report of the whole change where it is judged as a whole, by the demand that limits most; else of a zone. */
function qualityFor(demands: readonly Demand[], snapshot: Snapshot): ReportedQuality | null {
  const asked = demands.filter(({ rule, lifted }) => rule === qualityDelta && lifted === undefined);
  const settings = asked.map((demand) => demand.settings as QualityDeltaSettings);
  const general = settings.filter(({ paths }) => paths === null);
  const chosen = general.find(({ line }) => line !== null) ?? general[0] ?? settings[0];
  return chosen === undefined ? null : { report: assessFor(chosen, snapshot), coverage: chosen.coverage };
}

function suiteOf(demand: Demand, { verdicts }: Judged, snapshot: Snapshot): readonly ReportedSuite[] {
  const [verdict] = verdicts;
  if (demand.rule !== evals || demand.lifted !== undefined || verdict === undefined) return [];
  const settings = demand.settings as EvalsSettings;
  const { source } = settings;
  return [
    {
      suite: source.suite,
      source,
      demand: settings.demand,
      facts: settings.clash ? null : factsOf(settings, snapshot),
      judgement: judgementFor(settings, snapshot),
      verdict,
      edits: editsOf(source, snapshot),
    },
  ];
}

/** While an agent is halted nothing is started for it: runs cost money. */
function startable(suites: readonly ReportedSuite[], verdicts: readonly Verdict[]): readonly SuiteSource[] {
  if (verdicts.some(({ rule, state }) => rule === halt.name && state === 'fail')) return [];
  const due = suites.filter(({ facts }) => facts !== null && isDue(facts.state));
  return [...new Map(due.map(({ suite, source }) => [suite, source])).values()];
}

function isDue(state: SuiteState): boolean {
  switch (state.kind) {
    case 'to-start':
      return true;
    case 'infrastructure':
    case 'timed-out':
    case 'cancelled':
      return !state.isFinal;
    case 'held':
    case 'not-granted':
    case 'queued':
    case 'running':
    case 'finished':
      return false;
  }
}

function classify({ snapshot, memory, catalogue }: EvaluationInput, layers: PolicyLayers): AuthorshipFinding {
  const documents = [layers.repository, layers.organization].flatMap(({ policy }) =>
    policy === null ? [] : [policy.document],
  );
  return classifyAuthorship(snapshot, {
    catalogue,
    custom: documents.flatMap((document) => customSignatures(document.agents ?? {})),
    automationWorkflows: documents.flatMap((document) => document.automation_workflows ?? []),
    machineUsers: documents.flatMap((document) => document.machine_users ?? []),
    memory,
  });
}

interface Judged {
  readonly verdicts: readonly Verdict[];
  readonly needs: readonly Fact[];
}

/** A rule that throws, or concludes nothing, fails closed and is named. */
function judge(demand: Demand, context: RuleContext, bugs: Bug[]): Judged {
  const { rule, settings, layer, mode, line, zone } = demand;
  const common = { rule: rule.name, layer, mode, line, zone };
  if (demand.lifted !== undefined) return { needs: [], verdicts: [{ ...lift(demand.lifted), ...common }] };
  try {
    const needs = rule.needs(settings, context);
    const findings = rule.evaluate(settings, context);
    if (findings.length === 0) throw new Error('it concluded nothing');
    return { needs, verdicts: findings.map((finding) => ({ ...finding, ...common })) };
  } catch (error) {
    bugs.push({ rule: rule.name, error });
    return { needs: [], verdicts: [{ ...bugVerdict(rule.name, error), ...common }] };
  }
}

function lift(why: Message): Finding {
  return {
    state: 'skipped',
    title: say`not owed by an exact revert`,
    reason: why,
    remedy: null,
    details: [],
  };
}

function guarded<T>(name: string, work: () => T, bugs: Bug[]): T | null {
  try {
    return work();
  } catch (error) {
    bugs.push({ rule: name, error });
    return null;
  }
}

function bugVerdict(name: string, error: unknown): Verdict {
  const cause = error instanceof Error ? error.message : String(error);
  return {
    rule: name,
    state: 'fail',
    title: say`${code(name)} broke down, a bug in agent-policy`,
    reason: say`${code(name)} could not be evaluated: ${cause.slice(0, 300)}. What was not judged does not pass.`,
    remedy: { by: 'owner', what: say`Report this to the makers of agent-policy, with these words.` },
    details: [],
    layer: 'built-in',
    mode: 'enforce',
    line: null,
    zone: null,
  };
}

const UNCLASSIFIED: AuthorshipFinding = {
  authorship: 'unknown',
  agents: [],
  name: null,
  evidence: [],
  doubts: [say`who wrote it could not be worked out`],
  requester: { known: false, why: 'Who wrote it could not be worked out.' },
  openerVerified: false,
  traceLinks: [],
};

function isMissing(fact: Fact, snapshot: Snapshot): boolean {
  switch (fact.kind) {
    case 'person':
      return !Object.hasOwn(snapshot.people, fact.login.toLowerCase());
    case 'team':
      return !Object.hasOwn(snapshot.teams, fact.team.toLowerCase());
    case 'digest':
      return !Object.hasOwn(snapshot.digests, fact.headSha);
    case 'diff':
      // Asked for only where the snapshot lacks it.
      return true;
    case 'history':
      return snapshot.quality.history === null;
    case 'coverage':
      return !Object.hasOwn(snapshot.quality.coverage, coverageKey(fact.source));
    case 'evals':
      return !Object.hasOwn(snapshot.evals, fact.source.suite);
    case 'revert':
      return snapshot.revertOf === null;
  }
}
