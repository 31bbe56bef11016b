// What does the check `agent-policy/evals` say: which suites pass, what fails in them, and who does what?
// Summary: what to do now, one row a suite, failures and worst cases. Text: the harness's lines and the method, folded.
import type { CheckAction, RenderedCheck } from '../domain/check-run.js';
import { code, list, type Message, say } from '../domain/message.js';
import type { Decision, Gate } from '../domain/verdict.js';
import { gateOf, type ReportedSuite } from '../policy/evaluate.js';
import {
  type Fold,
  fitBlocks,
  type NotOwed,
  renderCauses,
  renderFolds,
  renderNotOwed,
  renderSharedHead,
  renderSteps,
} from './beside-gate.js';
import { toMarkdown } from './escape.js';
import { driftOf } from './evals-figures.js';
import { methodFold, printedFold } from './evals-method.js';
import {
  renderFailures,
  renderReasons,
  renderSuite,
  renderSuites,
  type SuiteContext,
} from './evals-suite.js';
import { renderEvalsTitle } from './evals-title.js';
import { RECHECK } from './gate-check.js';
import { fitLines, formatCount } from './verdict-table.js';

export interface EvalsContext {
  /** All that was judged on this head: who acts next on the pull request is told from the whole. */
  readonly decision: Decision;
  readonly repositoryUrl: string | null;
  readonly pullRequest: number | null;
  /** Other pull requests with this head commit. */
  readonly sharedWith: readonly number[];
}

const NAME = 'agent-policy/evals';
const MAX_REASON_BYTES = 16_000;

const RERUN_EVALS: CheckAction = {
  label: 'Re-run evals',
  description: 'Run every suite of this head again',
  identifier: 'rerun-evals',
};

const RUN_EVALS: CheckAction = {
  label: 'Run evals',
  description: 'Let the suites run on this head',
  identifier: 'run-evals',
};

export function renderEvals(reports: readonly ReportedSuite[], context: EvalsContext): RenderedCheck {
  const { decision, repositoryUrl, pullRequest } = context;
  const judged: Decision = { ...decision, verdicts: reports.map(({ verdict }) => verdict) };
  const gate = gateOf(judged);
  const suites: SuiteContext = { decision, repositoryUrl, now: Date.parse(decision.at) / 1000 };
  return {
    name: NAME,
    gate,
    title: renderEvalsTitle(reports, judged, gate, suites.now),
    summary: fitBlocks([
      ...(gate === 'success' ? [toMarkdown(passedWords(reports))] : renderSteps(judged, gate, decision)),
      ...renderSharedHead(context.sharedWith, repositoryUrl),
      ...causeLines(reports, judged, gate, repositoryUrl),
      renderSuites(reports, suites),
      ...reports.flatMap(renderSuite),
    ]),
    text: renderFolds(foldsOf(reports), judged, decision, pullRequest),
    annotations: [],
    actions: actionsFor(reports, gate),
  };
}

export function renderEvalsNotOwed(why: NotOwed, repositoryUrl: string | null): RenderedCheck {
  return renderNotOwed(NAME, { owes: 'evals', asks: 'no evals' }, why, repositoryUrl);
}

/** Of a suite that was judged in short words: the tables below have the rest. */
function causeLines(
  reports: readonly ReportedSuite[],
  judged: Decision,
  gate: Gate,
  repositoryUrl: string | null,
): readonly string[] {
  const failed = reports.flatMap((report) => renderReasons(report) ?? []);
  const others = reports.filter((report) => renderReasons(report) === null).map(({ verdict }) => verdict);
  const { kept, left } = fitLines(failed, (line) => line, MAX_REASON_BYTES);
  const lines = [
    ...kept,
    ...(left === 0 ? [] : [`- and ${formatCount(left)} more`]),
    ...renderCauses({ ...judged, verdicts: others }, gate, repositoryUrl),
  ];
  return lines.length === 0 ? [] : [lines.join('\n')];
}

/** A concern that blocks nothing is worth a look all the same. */
function passedWords(reports: readonly ReportedSuite[]): Message {
  const looks = [
    ...reports.flatMap((report) => {
      const { suite, judgement } = report;
      const kinds = (judgement?.concerns ?? []).map(({ kind }) => kind);
      return [
        ...(kinds.includes('glob-unseen') ? [say`zero tolerance guards nothing in ${code(suite)}`] : []),
        ...(kinds.includes('too-small') ? [say`${code(suite)} has too few cases to be sure`] : []),
        ...(kinds.includes('flaky') ? [say`${code(suite)} has flaky cases`] : []),
        ...(driftOf(report) !== null ? [say`the default branch drifts in ${code(suite)}`] : []),
      ];
    }),
  ];
  return looks.length === 0
    ? say`Nothing to do: every suite passes.`
    : say`Nothing has to be done, but take a closer look: ${list(looks.slice(0, 6))}.`;
}

function foldsOf(reports: readonly ReportedSuite[]): readonly Fold[] {
  const passing = reports.flatMap((report) =>
    report.judgement?.state === 'passed' ? renderFailures(report, report.judgement) : [],
  );
  const notes = reports.flatMap(({ judgement }) => judgement?.notes ?? []);
  return [
    ...printedFold(reports),
    ...(passing.length === 0
      ? []
      : [{ title: 'Cases that do not pass', lines: passing.map((block) => `${block}\n`) }]),
    ...(notes.length === 0
      ? []
      : [
          {
            title: 'What the reader of the results noted',
            lines: [...new Set(notes.map((note) => `- ${toMarkdown(note, 'text', 400)}`))].slice(0, 50),
          },
        ]),
    methodFold(reports),
  ];
}

/** At most three. A run is asked for again where one has ended: while one goes on, another would only cost. */
function actionsFor(reports: readonly ReportedSuite[], gate: Gate): readonly CheckAction[] {
  const states = reports.flatMap(({ facts }) => (facts === null ? [] : [facts.state]));
  const hasEnded = states.some(
    (state) =>
      state.kind === 'finished' ||
      ((state.kind === 'infrastructure' || state.kind === 'timed-out' || state.kind === 'cancelled') &&
        state.isFinal),
  );
  const needsPress = states.some(
    (state) => state.kind === 'not-granted' || (state.kind === 'held' && state.why === 'draft'),
  );
  return [
    ...(needsPress ? [RUN_EVALS] : []),
    ...(hasEnded && !needsPress && gate !== 'in_progress' ? [RERUN_EVALS] : []),
    RECHECK,
  ];
}
