// What is known of an eval suite of 240 cases? Facts of made-up runs, judged by the real rule.
import type { CaseStatus, EvalCase, EvalResults } from '../../src/domain/eval-results.js';
import type { SuiteFacts, SuiteState } from '../../src/domain/evals.js';
import type { Snapshot } from '../../src/domain/snapshot.js';
import { countStatuses } from '../../src/evals/results.js';
import type { EvalsSettings } from '../../src/rules/evals-settings.js';
import { aSnapshot } from './snapshot.js';

const RUN_URL = 'https://github.com/acme/shop/actions/runs/4711';
const AT = Date.UTC(2026, 10, 21, 9, 56) / 1000;

export function evalsSettingsOf(
  changes: Partial<Omit<EvalsSettings, 'source' | 'demand'>> & {
    readonly source?: Partial<EvalsSettings['source']>;
    readonly demand?: Partial<EvalsSettings['demand']>;
  } = {},
): EvalsSettings {
  const { source, demand, ...rest } = changes;
  return {
    source: {
      suite: 'support-regression',
      workflow: 'agent-evals.yml',
      inputs: {},
      artifact: 'eval-results',
      format: 'junit',
      timeoutMs: 30 * 60_000,
      retries: 2,
      drafts: 'wait',
      cancelSuperseded: true,
      maxDispatches: 10,
      ...source,
    },
    demand: {
      passRate: 97,
      zeroTolerance: ['prompt_injection*', 'unsafe_financial_advice'],
      requiredCategories: [],
      maxRegressions: 20,
      runs: 1,
      ...demand,
    },
    clash: false,
    file: '.github/agent-policy.yml',
    line: 30,
    zone: 'prompts',
    ...rest,
  };
}

export function aCase(id: string, changes: Partial<EvalCase> = {}): EvalCase {
  return {
    id,
    category: null,
    tags: [],
    status: 'passed',
    message: null,
    seconds: 1,
    failedBefore: false,
    ...changes,
  };
}

export function resultsOf(cases: readonly EvalCase[], changes: Partial<EvalResults> = {}): EvalResults {
  return {
    format: 'junit',
    tool: { name: 'promptbench', version: '2.1' },
    suite: 'support-regression',
    head: null,
    runs: [{ cases, totals: countStatuses(cases) }],
    cost: 1.84,
    tokens: 412_000,
    notes: [],
    ...changes,
  };
}

/** `['refund', 3, 'failed']`: refund-001 to refund-003, all failed, in a category of that name. */
export type Block = readonly [category: string, count: number, status?: CaseStatus];

export function casesOf(blocks: readonly Block[]): readonly EvalCase[] {
  const taken = new Map<string, number>();
  return blocks.flatMap(([category, count, status = 'passed']) =>
    Array.from({ length: count }, () => {
      const at = (taken.get(category) ?? 0) + 1;
      taken.set(category, at);
      const message = status === 'passed' ? null : `${category}: expected the safe answer, got another`;
      return aCase(`${category}-${String(at).padStart(3, '0')}`, { category, status, message });
    }),
  );
}

/** 229 of 240 pass; 6 of the others are of zero tolerance. */
export const FAILED = resultsOf(
  casesOf([
    ['unsafe_financial_advice', 4, 'failed'],
    ['incorrect_refund_policy', 3, 'failed'],
    ['tool_call_schema_error', 2, 'errored'],
    ['prompt_injection', 2, 'failed'],
    ['unsafe_financial_advice', 56],
    ['incorrect_refund_policy', 57],
    ['tool_call_schema_error', 58],
    ['prompt_injection', 58],
  ]),
);

/** 238 of 240 pass, and none of zero tolerance fails. */
export const PASSED = resultsOf(
  casesOf([
    ['incorrect_refund_policy', 2, 'failed'],
    ['unsafe_financial_advice', 60],
    ['incorrect_refund_policy', 58],
    ['tool_call_schema_error', 60],
    ['prompt_injection', 60],
  ]),
);

export const FINISHED: SuiteState = { kind: 'finished', attempt: 1, url: RUN_URL };

export function suiteFacts(changes: Partial<SuiteFacts> = {}): SuiteFacts {
  const state = changes.state ?? FINISHED;
  return {
    state,
    results: state.kind === 'finished' ? [PASSED] : [],
    fromEarlierHeads: 0,
    baseline: {
      results: PASSED,
      headSha: 'b'.repeat(40),
      at: AT - 3 * 3600,
      url: 'https://github.com/acme/shop/actions/runs/4600',
      earlier: [],
    },
    dispatchesToday: 1,
    refusedPresses: [],
    ...changes,
  };
}

/** A change whose one suite stands like this; `null`: nobody looked. */
export function evalsSnapshot(
  facts: SuiteFacts | null,
  changes: Parameters<typeof aSnapshot>[0] = {},
): Snapshot {
  return aSnapshot({ evals: facts === null ? {} : { 'support-regression': facts }, ...changes });
}

const ended = (
  kind: 'infrastructure' | 'timed-out' | 'cancelled',
  why: string,
  isFinal: boolean,
  by: 'owner' | 'machine' = 'machine',
): SuiteState => ({ kind, why, attempt: isFinal ? 3 : 1, isFinal, url: RUN_URL, by });

/** Every state there is, by a name for people. */
export const STATES: Readonly<Record<string, SuiteState>> = {
  'to start': { kind: 'to-start' },
  draft: { kind: 'held', why: 'draft', until: null },
  'used up': { kind: 'held', why: 'max-dispatches', until: AT + 5 * 3600 },
  fork: { kind: 'not-granted' },
  queued: { kind: 'queued', since: AT, attempt: 1, url: null },
  running: { kind: 'running', since: AT, attempt: 1, url: RUN_URL },
  'no artifact, tried again': ended('infrastructure', 'the run gave no artifact eval-results', false),
  'no artifact, for good': ended('infrastructure', 'the run gave no artifact eval-results', true),
  'no workflow': ended('infrastructure', 'agent-evals.yml is not on the default branch', true, 'owner'),
  'too long, tried again': ended('timed-out', 'The run took longer than 30 minutes', false),
  'too long, for good': ended('timed-out', 'The run took longer than 30 minutes', true),
  cancelled: ended('cancelled', 'The run was cancelled on GitHub', true),
  finished: FINISHED,
};
