// What does a policy ask of an eval suite that one of its zones names?
import type { SuiteSource } from '../domain/evals.js';
import type { Stated } from '../domain/zone.js';
import { parsePercent } from '../evals/percent.js';
import { evals } from '../rules/evals.js';
import type { EvalsSettings } from '../rules/evals-settings.js';
import { DEFAULTS } from './defaults.js';
import type { Demand, JudgingLayer } from './demand.js';
import type { PolicyDocument } from './schema.js';
import { secondsOf } from './span-bounds.js';

type Suite = NonNullable<NonNullable<NonNullable<PolicyDocument['evals']>['suites']>[string]>;

/** The suite as the policy defines it. A valid policy defines every suite that its zones name. */
export function suiteOf({ evals: section }: PolicyDocument, name: string): Suite | null {
  const suites = section?.suites;
  return suites !== undefined && Object.hasOwn(suites, name) ? suites[name]! : null;
}

export function evalsSettingsOf(
  { value: name, zone, line }: Stated<string>,
  { policy, file }: JudgingLayer,
): EvalsSettings {
  const suite = suiteOf(policy.document, name);
  if (suite === null) throw new Error(`The policy names the suite ${name} and does not define it.`);
  const defaults = DEFAULTS.suite;
  return {
    source: sourceOf(name, suite, policy.document),
    demand: {
      passRate: percentOf(suite.pass_rate ?? defaults.pass_rate),
      zeroTolerance: [...(suite.zero_tolerance ?? defaults.zero_tolerance)],
      requiredCategories: [...(suite.required_categories ?? defaults.required_categories)],
      maxRegressions: suite.max_regressions ?? defaults.max_regressions,
      runs: suite.runs ?? defaults.runs,
    },
    clash: false,
    file,
    line,
    zone,
  };
}

/**
 * One name is one run. Where both policies ask for a suite and run it alike, the organisation says how often and how
 * long; where they run it differently, the repository's demand waits, so that its run never answers for the other.
 */
export function reconcileSuites(demands: readonly Demand[]): readonly Demand[] {
  const above = new Map(
    demands
      .filter(({ rule, layer }) => rule === evals && layer === 'organization')
      .map(({ settings }) => (settings as EvalsSettings).source)
      .map((source) => [source.suite, source] as const),
  );
  return demands.map((demand) => {
    if (demand.rule !== evals || demand.layer === 'organization') return demand;
    const settings = demand.settings as EvalsSettings;
    const source = above.get(settings.source.suite);
    if (source === undefined) return demand;
    const isAlike = runKey(source) === runKey(settings.source);
    return { ...demand, settings: isAlike ? { ...settings, source } : { ...settings, clash: true } };
  });
}

function runKey({ workflow, inputs, artifact, format }: SuiteSource): string {
  const sorted = Object.entries(inputs).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([workflow, sorted, artifact, format]);
}

function sourceOf(name: string, suite: Suite, { evals: section }: PolicyDocument): EvalsSettings['source'] {
  const defaults = DEFAULTS.suite;
  return {
    suite: name,
    workflow: suite.workflow,
    inputs: Object.fromEntries(
      Object.entries(suite.inputs ?? {}).map(([key, value]) => [key, String(value)]),
    ),
    artifact: suite.results?.artifact ?? defaults.results.artifact,
    format: suite.results?.format ?? defaults.results.format,
    timeoutMs: secondsOf(suite.timeout ?? defaults.timeout) * 1000,
    retries: suite.retries ?? defaults.retries,
    drafts: suite.drafts ?? defaults.drafts,
    cancelSuperseded: suite.cancel_superseded ?? defaults.cancel_superseded,
    maxDispatches: section?.max_dispatches ?? DEFAULTS.evals.max_dispatches,
  };
}

/** The schema lets nothing through that is none; more decimals than can be counted tighten, never loosen. */
function percentOf(text: string): number {
  return parsePercent(text) ?? Math.min(100, Math.ceil(Number.parseFloat(text) * 1e6) / 1e6);
}
