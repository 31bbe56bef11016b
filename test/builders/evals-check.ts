// What does the evals check look like? Facts of made-up runs, judged by the real policy and rule.
import { type EvalsContext, renderEvals } from '../../src/checks/evals-check.js';
import type { SuiteFacts } from '../../src/domain/evals.js';
import type { Mode } from '../../src/domain/verdict.js';
import type { ReportedSuite } from '../../src/policy/evaluate.js';
import { evals, factsOf, judgementFor } from '../../src/rules/evals.js';
import type { EvalsSettings } from '../../src/rules/evals-settings.js';
import { editsOf } from '../../src/rules/evals-words.js';
import { aContext } from './context.js';
import { aDecision } from './decision.js';
import { evalsSettingsOf } from './evals.js';
import { aSnapshot } from './snapshot.js';

export interface SuiteCase {
  readonly settings?: EvalsSettings;
  /** `null`: nobody looked. */
  readonly facts: SuiteFacts | null;
  readonly mode?: Mode;
  readonly snapshot?: Parameters<typeof aSnapshot>[0];
}

export function reportOf({ settings = evalsSettingsOf(), facts, mode, snapshot }: SuiteCase): ReportedSuite {
  const { source, demand } = settings;
  const seen = aSnapshot({ ...snapshot, evals: facts === null ? {} : { [source.suite]: facts } });
  const [finding] = evals.evaluate(settings, aContext({ snapshot: seen }));
  return {
    suite: source.suite,
    source,
    demand,
    facts: settings.clash ? null : factsOf(settings, seen),
    judgement: judgementFor(settings, seen),
    edits: editsOf(source, seen),
    verdict: {
      ...finding!,
      rule: 'evals',
      layer: 'repository',
      mode: mode ?? 'enforce',
      line: settings.line,
      zone: settings.zone,
    },
  };
}

export function evalsCheck(cases: readonly SuiteCase[], context: Partial<EvalsContext> = {}) {
  const reports = cases.map(reportOf);
  return renderEvals(reports, {
    decision: aDecision(
      reports.map(({ verdict }) => verdict),
      { pullRequest: 913 },
    ),
    repositoryUrl: 'https://github.com/acme/shop',
    pullRequest: 913,
    sharedWith: [],
    ...context,
  });
}
