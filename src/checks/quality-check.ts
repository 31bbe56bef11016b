// What does the check `agent-policy/quality-delta` say: better or worse than usual, why, and what to do?
// Summary: what to do now, one table of the three terms, the files and records behind it. Text: the method, folded.
import type { RenderedAnnotation, RenderedCheck } from '../domain/check-run.js';
import { code, type Message, ours, say } from '../domain/message.js';
import type { Decision, Gate, Verdict } from '../domain/verdict.js';
import { gateOf } from '../policy/evaluate.js';
import type { QualityReport } from '../quality/assess.js';
import type { Breach } from '../quality/delta-limits.js';
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
import { collectAnnotations, RECHECK } from './gate-check.js';
import { namedMovers } from './quality-chance.js';
import { renderUncovered, type TermContext } from './quality-coverage.js';
import { missingParts, sayMany, sayStated } from './quality-figures.js';
import { coverageNotes, methodFolds } from './quality-method.js';
import { renderRecord, renderRiskyPaths } from './quality-records.js';
import { honestNote, renderTerms } from './quality-terms.js';
import { renderQualityTitle } from './quality-title.js';
import { repositoryRoot } from './verdict-table.js';

export interface QualityContext extends TermContext {
  /** Those of the rule `quality-delta`. */
  readonly verdicts: readonly Verdict[];
  /** All that was judged on this head: who acts next on the pull request is told from the whole. */
  readonly decision: Decision;
  readonly repositoryUrl: string | null;
  readonly pullRequest: number | null;
  /** Other pull requests with this head commit. */
  readonly sharedWith: readonly number[];
}

const NAME = 'agent-policy/quality-delta';
const MAX_ANNOTATIONS = 50;

export function renderQuality(report: QualityReport, context: QualityContext): RenderedCheck {
  const judged: Decision = { ...context.decision, verdicts: context.verdicts };
  const gate = gateOf(judged);
  const annotations = longestFirst(collectAnnotations(judged));
  return {
    name: NAME,
    gate,
    title: renderQualityTitle(report, judged, gate),
    summary: fitBlocks(summaryBlocks(report, judged, gate, context)),
    text: renderText(report, judged, context, annotations.length),
    annotations: annotations.slice(0, MAX_ANNOTATIONS),
    actions: [RECHECK],
  };
}

export function renderQualityNotOwed(why: NotOwed, repositoryUrl: string | null): RenderedCheck {
  return renderNotOwed(NAME, { owes: 'quality delta', asks: 'no quality delta' }, why, repositoryUrl);
}

function summaryBlocks(
  report: QualityReport,
  judged: Decision,
  gate: Gate,
  context: QualityContext,
): readonly string[] {
  const { repositoryUrl } = context;
  const root = repositoryRoot(repositoryUrl);
  const paths = renderRiskyPaths(report, repositoryUrl);
  return [
    ...whatToDo(report, judged, gate, context.decision),
    ...renderSharedHead(context.sharedWith, repositoryUrl),
    ...renderCauses(judged, gate, repositoryUrl),
    renderTerms(report, context),
    ...honestNote(report),
    ...(paths.length === 0 ? [] : ['**Files with failed changes:**', paths.join('\n')]),
    ...moverBlock(report),
    ...renderUncovered(report, (id) => (root === null || !(id > 0) ? null : `${root}/actions/runs/${id}`)),
    ...splitBlock(report),
    ...renderRecord(report),
  ];
}

function whatToDo(
  report: QualityReport,
  judged: Decision,
  gate: Gate,
  decision: Decision,
): readonly string[] {
  if (gate === 'success') return [toMarkdown(passedWords(report, judged))];
  return renderSteps(judged, gate, decision);
}

function passedWords(report: QualityReport, { verdicts }: Decision): Message {
  const warnings = report.breaches.filter(({ fails }) => !fails);
  const [worst] = report.history?.riskyPaths.filter(({ failed }) => failed > 0) ?? [];
  const look = worst === undefined ? say`` : say` Look at ${code(worst.path)} first: it failed before.`;
  if (warnings.length > 0) {
    const words = [...new Set(warnings.map(warningWords))].join(', ');
    return say`Nothing has to be done, but take a closer look: ${ours(words)}.${look}`;
  }
  if (verdicts.every(({ state }) => state === 'skipped')) {
    return say`Nothing to do: the policy states no limit, this is only reported.${look}`;
  }
  const kept =
    missingParts(report).length === 0 ? 'every limit is kept' : 'every limit that could be judged is kept';
  return say`Nothing to do: ${ours(kept)}.${look}`;
}

function warningWords(breach: Breach): string {
  switch (breach.what) {
    case 'delta':
      return `the delta is below ${sayStated(breach.limit)}`;
    case 'size':
      return `more than ${sayMany(breach.limit, 'line')}`;
    case 'coverage':
      return 'too few new lines are tested';
    case 'missing-coverage':
      return breach.why === 'unmeasured-files'
        ? 'files are missing in the coverage report'
        : 'coverage is missing';
  }
}

function moverBlock(report: QualityReport): readonly string[] {
  const movers = namedMovers(report);
  if (movers === null || movers.up.length + movers.down.length === 0) return [];
  const line = (label: string, words: readonly Message[]) =>
    words.length === 0 ? [] : [`- ${label}: ${words.map((one) => toMarkdown(one)).join(' · ')}`];
  return [
    `**What moves the chance** from the ${movers.typical} of a typical change here:`,
    [...line('raises it', movers.up), ...line('lowers it', movers.down)].join('\n'),
  ];
}

function splitBlock({ splits }: QualityReport): readonly string[] {
  if (splits.length === 0) return [];
  const parts = splits.map(
    ({ folder, lines, files }) =>
      `- ${toMarkdown(say`${code(folder)}: ${ours(`${sayMany(lines, 'line')} in ${sayMany(files, 'file')}`)}`)}`,
  );
  return ['**Could be split by folder:**', parts.join('\n')];
}

function longestFirst(annotations: readonly RenderedAnnotation[]): readonly RenderedAnnotation[] {
  const length = ({ startLine, endLine }: RenderedAnnotation) => endLine - startLine;
  const key = ({ path, startLine, endLine, message }: RenderedAnnotation) =>
    JSON.stringify([path, startLine, endLine, message]);
  // Several zones may ask about the same lines.
  const distinct = [...new Map(annotations.toReversed().map((one) => [key(one), one])).values()].toReversed();
  const order = ['failure', 'warning', 'notice'];
  return distinct.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level) || length(b) - length(a));
}

function renderText(
  report: QualityReport,
  judged: Decision,
  { decision, pullRequest }: QualityContext,
  annotationCount: number,
): string {
  const hidden = annotationCount - MAX_ANNOTATIONS;
  const folds: readonly Fold[] = [
    ...methodFolds(report),
    ...coverageNotes(report),
    ...(hidden > 0
      ? [
          {
            title: 'Annotations left out',
            lines: [`- GitHub shows ${MAX_ANNOTATIONS}; ${sayMany(hidden, 'shorter one')} are not shown.`],
          },
        ]
      : []),
  ];
  return renderFolds(folds, judged, decision, pullRequest);
}
