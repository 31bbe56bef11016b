// What does the check `agent-policy/quality-delta` say: better or worse than usual, why, and what to do?
// Summary: what to do now, one table of the three terms, the files and records behind it. Text: the method, folded.
import type { RenderedAnnotation, RenderedCheck } from '../domain/check-run.js';
import { code, type Message, ours, say } from '../domain/message.js';
import type { Decision, Gate, Verdict } from '../domain/verdict.js';
import { gateOf } from '../policy/evaluate.js';
import type { QualityReport } from '../quality/assess.js';
import type { Breach } from '../quality/delta-limits.js';
import { causesOf, isOpen, isStop, sortVerdicts } from './causes.js';
import { toMarkdown } from './escape.js';
import { collectAnnotations, RECHECK, renderStep } from './gate-check.js';
import { bytesOf, fenceVerdictBlock, nextOf, verdictBlock } from './json-block.js';
import { stepsOf } from './next-steps.js';
import { namedMovers } from './quality-chance.js';
import { renderUncovered, type TermContext } from './quality-coverage.js';
import { linkChange, missingParts, nameChange, sayMany, sayStated } from './quality-figures.js';
import { coverageNotes, type Fold, methodFolds } from './quality-method.js';
import { renderRecord, renderRiskyPaths } from './quality-records.js';
import { honestNote, renderTerms } from './quality-terms.js';
import { renderQualityTitle } from './quality-title.js';
import { fitLines, formatCount, renderAsker, repositoryRoot, stateSign, stateWord } from './verdict-table.js';

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

/** Why a change owes no quality delta any more. */
export type NotOwed =
  | { readonly kind: 'exact-revert'; readonly sha: string; readonly pullRequest: number | null }
  /** The policy asks for none: the change is judged as somebody else's now, or the policy changed. */
  | { readonly kind: 'not-asked' };

const NAME = 'agent-policy/quality-delta';
const MAX_BYTES = 65_000;
const MAX_BLOCK_BYTES = 24_000;
const MAX_ANNOTATIONS = 50;
const MAX_CAUSE_BYTES = 16_000;
const TITLE_LIMIT = 200;
const REASON_LIMIT = 500;

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

/** Calm: what stood here is taken back, and nothing is asked. */
export function renderQualityNotOwed(why: NotOwed, repositoryUrl: string | null): RenderedCheck {
  const words = notOwedWords(why);
  return {
    name: NAME,
    gate: 'success',
    title: `Passed: ${words.title}`,
    summary: `Nothing to do. ${words.summary(repositoryUrl)}`,
    text: '',
    annotations: [],
    actions: [RECHECK],
  };
}

function notOwedWords(why: NotOwed): { title: string; summary: (url: string | null) => string } {
  switch (why.kind) {
    case 'exact-revert':
      return {
        title: `exact revert of ${nameChange(why).text}, owes no quality delta`,
        summary: (url) =>
          `This change undoes ${linkChange(why, url)} line by line and nothing else, so it owes no quality delta.`,
      };
    case 'not-asked':
      return {
        title: 'this change owes no quality delta',
        summary: () => 'The policy asks no quality delta of this change as it is judged now.',
      };
  }
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
    ...sharedHead(context),
    ...causeLines(judged, gate, repositoryUrl),
    renderTerms(report, context),
    ...honestNote(report),
    ...(paths.length === 0 ? [] : ['**Files with failed changes:**', paths.join('\n')]),
    ...moverBlock(report),
    ...renderUncovered(report, (id) => (root === null || !(id > 0) ? null : `${root}/actions/runs/${id}`)),
    ...splitBlock(report),
    ...renderRecord(report),
  ];
}

/** Whole blocks while they fit; the first are what matters most. */
function fitBlocks(blocks: readonly string[]): string {
  const { kept, left } = fitLines(blocks, (block) => `${block}\n`, MAX_BYTES - 100);
  const more = left === 0 ? [] : [`And ${sayMany(left, 'more section')} for which there is no room.`];
  return [...kept.map((block) => block.trimEnd()), ...more].join('\n\n');
}

function whatToDo(
  report: QualityReport,
  judged: Decision,
  gate: Gate,
  decision: Decision,
): readonly string[] {
  if (gate === 'success') return [toMarkdown(passedWords(report, judged))];
  // What it takes to lift a halt or to mend a policy is said once, on the gate.
  if (gate !== 'neutral' && decision.verdicts.some((verdict) => isStop(verdict, decision))) {
    return [
      'Something else comes first: see the check `agent-policy`.',
      '**Author:** Do not push, reopen or ask for a waiver.',
    ];
  }
  return stepsOf(judged, gate, nextOf(decision)).map(renderStep);
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

function sharedHead({ sharedWith, repositoryUrl }: QualityContext): readonly string[] {
  if (sharedWith.length === 0) return [];
  const named = sharedWith
    .slice(0, 5)
    .map((number) => linkChange({ sha: '', pullRequest: number }, repositoryUrl));
  const more =
    sharedWith.length > named.length ? ` and ${formatCount(sharedWith.length - named.length)} more` : '';
  const have = sharedWith.length === 1 ? 'has' : 'have';
  return [`**Shared head:** ${named.join(', ')}${more} ${have} the same head commit and this check.`];
}

/** Which demand of the policy is not met, one line each. */
function causeLines(judged: Decision, gate: Gate, repositoryUrl: string | null): readonly string[] {
  const open = gate === 'success' ? [] : sortVerdicts(judged).filter(isOpen);
  if (open.length === 0) return [];
  const { kept, left } = fitLines(
    open,
    (verdict) => {
      const title = toMarkdown(verdict.title, 'text', TITLE_LIMIT);
      const reason = toMarkdown(verdict.reason, 'text', REASON_LIMIT);
      const asker = renderAsker(verdict, judged, repositoryUrl);
      return `- **${stateSign(verdict)} ${stateWord(verdict)}:** ${title} (${asker}). ${reason}`;
    },
    MAX_CAUSE_BYTES,
  );
  return [[...kept, ...(left === 0 ? [] : [`- and ${formatCount(left)} more`])].join('\n')];
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
  const block = blockForAuthor(judged, decision, pullRequest);
  let room = MAX_BYTES - bytesOf(block) - 200;
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
  const written: string[] = [];
  for (const { title, lines } of folds) {
    const wrap = (body: readonly string[]) =>
      `<details><summary>${title}</summary>\n\n${body.join('\n')}\n\n</details>`;
    const { kept, left } = fitLines(lines, (line) => line, room - bytesOf(wrap([])) - 40);
    const body = left === 0 ? kept : [...kept, `- and ${formatCount(left)} more`];
    if (room < bytesOf(wrap(body)) + 2) break;
    written.push(wrap(body));
    room -= bytesOf(wrap(body)) + 2;
  }
  return [...written, block].join('\n\n');
}

/**
 * Who repairs reads the failing check, so the block stands here too when the author is asked; it is the gate's own,
 * of the whole decision, so that the two never disagree.
 */
function blockForAuthor(judged: Decision, decision: Decision, pullRequest: number | null): string {
  const isAsked = causesOf(judged, gateOf(judged)).some(
    ({ mode, remedy }) => mode === 'enforce' && remedy?.by === 'author',
  );
  return isAsked && nextOf(decision) === 'author'
    ? `For agents:\n\n${fenceVerdictBlock(verdictBlock(decision, pullRequest), MAX_BLOCK_BYTES)}`
    : 'For agents: what to do next stands in the check `agent-policy`.';
}
