// What does a reader see of each suite: where it stands, how it compares, what fails, and the worst cases?
import { type Message, ours, say } from '../domain/message.js';
import type { Decision } from '../domain/verdict.js';
import type { JudgedCase, Reason, SuiteJudgement } from '../evals/judgement.js';
import { formatShare } from '../evals/percent.js';
import type { ReportedSuite } from '../policy/evaluate.js';
import { codeSpan, shortenMiddle, toMarkdown } from './escape.js';
import { drawCount, driftOf, runLink, runLinks, sayChange, sayElapsed, stateUrl } from './evals-figures.js';
import { sayDay, sayMany } from './quality-figures.js';
import { fitLines, formatCount, renderAsker, stateSign, stateWord } from './verdict-table.js';

export interface SuiteContext {
  readonly decision: Decision;
  readonly repositoryUrl: string | null;
  /** Seconds since 1970. */
  readonly now: number;
}

const MAX_TABLE_BYTES = 20_000;
const MAX_CATEGORIES = 10;
const MAX_CASES = 10;
/** A judgement names no more cases. */
const MOST_KNOWN = 100;
const NAME_LIMIT = 100;
const MESSAGE_LIMIT = 160;

/** One row for each suite; without figures where none has any yet. */
export function renderSuites(reports: readonly ReportedSuite[], context: SuiteContext): string {
  const hasFigures = reports.some(({ judgement }) => judgement !== null);
  const columns = [
    'Suite',
    'State',
    ...(hasFigures ? ['Pass rate', 'Against the default branch'] : []),
    'Run',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const { kept, left } = fitLines(
    reports,
    (report) => line(cellsOf(report, hasFigures, context)),
    MAX_TABLE_BYTES,
  );
  const more = left === 0 ? [] : [line([`and ${formatCount(left)} more`, ...columns.slice(1).fill('')])];
  return [line(columns), line(columns.map(() => ':--')), ...kept, ...more].join('\n');
}

function cellsOf(report: ReportedSuite, hasFigures: boolean, context: SuiteContext): readonly string[] {
  const { suite, verdict, judgement } = report;
  const asker = renderAsker(verdict, context.decision, context.repositoryUrl);
  const state = `${stateSign(verdict)} ${stateWord(verdict)}`.replaceAll(' ', '&nbsp;');
  const isOpen = verdict.state !== 'pass' && verdict.state !== 'skipped';
  return [
    `${codeSpan(suite, 'cell')}<br>${asker}`,
    [isOpen ? `**${state}**` : state, ...progressOf(report, context)].join('<br>'),
    ...(hasFigures ? [judgement === null ? '' : rateCell(judgement), baselineCell(report, context)] : []),
    runLinks(stateUrl(report), context.repositoryUrl) ?? '',
  ];
}

/** How long it runs, and which attempt it is. */
function progressOf({ facts, source }: ReportedSuite, { now }: SuiteContext): readonly string[] {
  const state = facts?.state;
  if (state === undefined) return [];
  const elapsed = sayElapsed(state, now);
  const attempt =
    'attempt' in state && state.attempt > 1 ? [`attempt ${state.attempt} of ${source.retries + 1}`] : [];
  return [
    ...(elapsed === null ? [] : [`${state.kind === 'queued' ? 'queued, ' : ''}${elapsed}`]),
    ...attempt,
  ];
}

function rateCell({ totals, passRate, needed }: SuiteJudgement): string {
  const { passed, cases } = totals;
  const needs = passed < needed ? `, needs ${formatCount(needed)}` : '';
  return `**${formatShare(passed, cases)}** of ${passRate}%<br>${formatCount(passed)} of ${formatCount(cases)}${needs}`;
}

function baselineCell({ facts, judgement }: ReportedSuite, { repositoryUrl }: SuiteContext): string {
  const baseline = facts?.baseline;
  if (judgement === null || baseline === undefined) return '';
  if (baseline === null || judgement.baseline === null) return 'no results yet';
  const { passed, cases } = judgement.baseline;
  const day = sayDay(baseline.at);
  const when = runLink(baseline.url, repositoryUrl, day) ?? day;
  const regressions = judgement.worst.filter(({ isRegression }) => isRegression).length;
  const lost =
    regressions === 0
      ? ''
      : `<br>${regressions === judgement.worst.length && regressions >= MOST_KNOWN ? `${MOST_KNOWN} or more regressions` : sayMany(regressions, 'regression')}`;
  return `${sayChange(judgement.totals, judgement.baseline)}${lost}<br>${formatShare(passed, cases)}, ${formatCount(passed)} of ${formatCount(cases)}<br>${when}`;
}

/** What a failed suite lacks, without the names that stand in the tables below. */
export function renderReasons({ suite, judgement, verdict }: ReportedSuite): string | null {
  if (judgement === null || judgement.state === 'passed') return null;
  const reasons = judgement.reasons.map((reason) => toMarkdown(reasonWords(reason, judgement), 'text', 900));
  return `- **${stateSign(verdict)} ${stateWord(verdict)}:** ${codeSpan(suite)}: ${reasons.join(' ')}`;
}

function reasonWords({ kind, count, what }: Reason, { totals, needed }: SuiteJudgement): Message {
  switch (kind) {
    case 'pass-rate':
      return say`${ours(formatCount(totals.passed))} of ${ours(sayMany(totals.cases, 'case'))} pass, ${ours(formatCount(needed))} must.`;
    case 'zero-tolerance':
      return say`${ours(sayMany(count, 'case'))} of zero tolerance failed, none may.`;
    case 'regressions':
    case 'no-cases':
    case 'missing-cases':
    case 'missing-categories':
    case 'too-few-runs':
      return what;
  }
}

/** Of one suite: its categories, its worst cases and what else to know. Nothing where nothing was judged. */
export function renderSuite(report: ReportedSuite): readonly string[] {
  const { judgement, suite } = report;
  const notes = suiteNotes(report).map((note) => `- ${toMarkdown(note, 'text', 900)}`);
  const noted = notes.length === 0 ? [] : [[`**On ${codeSpan(suite)}:**`, '', ...notes].join('\n')];
  if (judgement === null) return noted;
  const isBad = judgement.state === 'failed';
  return [...(isBad ? renderFailures(report, judgement) : []), ...noted];
}

/** What does not pass, by category and by name. For a suite that passes it is folded away. */
export function renderFailures(
  { suite, demand }: ReportedSuite,
  judgement: SuiteJudgement,
): readonly string[] {
  const { byCategory, worst } = judgement;
  if (worst.length === 0) return [];
  const wrong = byCategory.reduce((sum, { cases }) => sum + cases, 0);
  const shown = worst.slice(0, MAX_CASES);
  const more = Math.max(wrong, worst.length) - shown.length;
  const rest = more > 0 ? [`And ${sayMany(more, 'more case')} in the artifact.`] : [];
  const words =
    worst.length === 1 ? 'The case' : shown.length < worst.length ? 'The worst cases' : 'The cases';
  return [
    ...(byCategory.length === 0
      ? []
      : [`**Not passed in ${codeSpan(suite)}, by category:**\n\n${categoryTable(byCategory)}`]),
    [
      `**${words} of ${codeSpan(suite)}:**`,
      '',
      '| Case | State | Why |',
      '| :-- | :-- | :-- |',
      ...shown.map((one) => caseRow(one, demand.runs)),
    ].join('\n'),
    ...rest,
  ];
}

function categoryTable(byCategory: SuiteJudgement['byCategory']): string {
  const longest = byCategory[0]?.cases ?? 0;
  const shown = byCategory.slice(0, MAX_CATEGORIES);
  const rows = shown.map(({ category, cases }) => {
    const name = category === null ? 'no category' : codeSpan(clip(category), 'cell');
    return `| ${name} | ${formatCount(cases)} | ${drawCount(cases, longest)} |`;
  });
  const left = byCategory.slice(shown.length);
  const sum = left.reduce((total, { cases }) => total + cases, 0);
  const more =
    left.length === 0
      ? []
      : [`| and ${sayMany(left.length, 'more category', 'more categories')} | ${formatCount(sum)} | |`];
  return ['| Category | Cases | |', '| :-- | --: | :-- |', ...rows, ...more].join('\n');
}

function caseRow(one: JudgedCase, runs: number): string {
  const name = codeSpan(clip(one.id), 'cell');
  const tags = [
    one.status === 'passed' ? 'passed' : one.status,
    ...(one.isZeroTolerance ? ['zero tolerance'] : []),
    ...(one.isRegression ? ['regression'] : []),
    ...(one.isFlaky ? ['flaky'] : []),
  ];
  const count = one.results > 1 || runs > 1 ? ` (${one.passes} of ${one.results} passed)` : '';
  const why = one.message === null ? '' : toMarkdown(say`${one.message}`, 'cell', MESSAGE_LIMIT);
  return `| ${name} | ${tags.join(', ')}${count} | ${why} |`;
}

function clip(name: string): string {
  return shortenMiddle(name, NAME_LIMIT);
}

/** What a reader should know and what blocks nothing by itself. */
function suiteNotes(report: ReportedSuite): readonly Message[] {
  const { verdict, judgement } = report;
  const drift = driftOf(report);
  const drifted =
    drift === null
      ? []
      : [
          say`The default branch drifts: ${ours(formatShare(drift.now.passed, drift.now.cases))} of the cases pass there now, ${ours(formatShare(drift.before.passed, drift.before.cases))} in the ${drift.before.runs} runs before.`,
        ];
  // The rule's details hold what this change edits, runs of earlier heads, and the judgement's concerns.
  const notes = new Set(judgement?.notes ?? []);
  return [...drifted, ...verdict.details.filter((detail) => !notes.has(detail))];
}
