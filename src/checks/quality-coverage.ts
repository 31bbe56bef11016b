// How is patch coverage shown: measured, on its way, or missing and what would bring it?
import { code, type Message, ours, say } from '../domain/message.js';
import type { QualityReport } from '../quality/assess.js';
import { toMarkdown } from './escape.js';
import { floorPercent, floorTenths, sayCount, sayMany, statedPercent } from './quality-figures.js';

export interface TermRow {
  readonly term: string;
  readonly here: Message;
  readonly usual: Message;
  readonly points: number | null;
  readonly source: Message;
  readonly improve: Message;
}

export interface TermContext {
  /** Name of the coverage artifact the policy asks for, and whose run it must come from; `null`: it asks for none. */
  readonly coverage: { readonly artifact: string; readonly run: 'head' | 'default-branch' } | null;
}

type Measured = Extract<QualityReport['coverage'], { readonly kind: 'measured' }>;
type Missing = Extract<QualityReport['coverage'], { readonly kind: 'missing' }>;

const MOST_FILES = 5;
const MOST_RUNS = 3;

export function renderCoverageTerm(report: QualityReport, context: TermContext): TermRow {
  const { coverage, result } = report;
  const row = (here: Message, source: Message, improve: Message): TermRow => ({
    term: 'Coverage',
    here,
    usual: say`–`,
    points: result.points.coverage,
    source,
    improve,
  });
  switch (coverage.kind) {
    case 'measured':
      return measuredTerm(report, coverage, context);
    case 'pending':
      return row(
        coverage.why === 'checks-running' ? say`being measured` : say`waiting for the run to start`,
        reportSource(context),
        say`Nothing: it is on its way.`,
      );
    case 'unread':
      return row(say`not read yet`, reportSource(context), say`Nothing: it is read next.`);
    case 'not-configured':
      return row(
        say`not measured`,
        say`the policy names no report`,
        say`The owner may name a coverage report in the policy.`,
      );
    case 'missing':
      return row(say`missing`, say`${coverage.detail}`, bringBack(coverage, context));
  }
}

function measuredTerm(report: QualityReport, coverage: Measured, context: TermContext): TermRow {
  const { covered, executable, facts } = coverage;
  const points = report.result.points.coverage;
  if (executable === 0) {
    // No run was asked where nothing is added.
    const isRead = facts.runId > 0;
    return {
      term: 'Coverage',
      here: isRead ? say`no executable lines added` : say`no lines added`,
      usual: say`–`,
      points,
      source: isRead ? reportSource(context) : say`the diff`,
      improve: say`Nothing to do.`,
    };
  }
  const breach = report.breaches.find((one) => one.what === 'coverage');
  const limit = breach === undefined ? ours('') : ours(`; ${statedPercent(breach.limit)} needed`);
  return {
    term: 'Coverage',
    here: say`${ours(floorPercent(covered, executable))} of the patch (${ours(sayCount(covered))} of ${ours(sayMany(executable, 'new line'))})${limit}`,
    usual: usualWords(coverage, points),
    points,
    source: reportSource(context),
    improve: improveCoverage(coverage, points, breach?.limit ?? null),
  };
}

/** What the share is held against: merged changes, else the project, else the policy. */
function usualWords({ facts: { usual, base } }: Measured, points: number | null): Message {
  if (usual !== null) {
    const share = floorPercent(Math.round(usual.share * 1e6), 1e6);
    return say`${ours(share)} (${ours(sayMany(usual.changes, 'merged change'))})`;
  }
  if (base !== null && base.executable > 0) {
    return say`${ours(floorPercent(base.covered, base.executable))} of the project`;
  }
  return points === null ? say`not known yet` : say`as the policy asks`;
}

function improveCoverage(
  { covered, executable, facts: { usual } }: Measured,
  points: number | null,
  limit: number | null,
): Message {
  const goal = limit ?? usual?.share ?? null;
  if (goal === null) {
    const isEnough = covered >= executable || (points !== null && points >= 0);
    return isEnough ? say`Nothing to do.` : say`Tests for the lines below.`;
  }
  const needed = Math.ceil(goal * executable - 1e-9) - covered;
  if (needed <= 0) return say`Nothing to do.`;
  const reached = limit === null ? 'the usual' : statedPercent(limit);
  return say`Tests for ${ours(sayMany(needed, 'more line'))} reach ${ours(reached)}.`;
}

/** A report from the head's own run is what the author's code says of itself. */
function reportSource({ coverage }: TermContext): Message {
  if (coverage === null) return say`coverage report`;
  return coverage.run === 'head'
    ? say`artifact ${code(coverage.artifact)} of this head's own run: the author's claim`
    : say`artifact ${code(coverage.artifact)} of a run that the default branch defines`;
}

function bringBack({ why }: Missing, { coverage }: TermContext): Message {
  const artifact = coverage === null ? say`the artifact` : say`artifact ${code(coverage.artifact)}`;
  switch (why) {
    case 'no-report':
      return say`A run on this head that uploads ${artifact}.`;
    case 'stale-report':
      return say`A run on this very head that uploads ${artifact}.`;
    case 'broken-report':
      return say`A report in a format that is known, in ${artifact}.`;
    case 'no-patches':
      return say`A change whose diff GitHub shows.`;
    case 'not-permitted':
      return say`An owner lets the app read artifacts: the permission ${code('actions: read')}.`;
  }
}

/** Which lines no test runs, where most of them are, and what became of the project's coverage. Markdown. */
export function renderUncovered(
  report: QualityReport,
  runUrl: (id: number) => string | null,
): readonly string[] {
  const { coverage } = report;
  if (coverage.kind !== 'measured') return [];
  const { facts, covered, executable } = coverage;
  const files = facts.files
    .map((file) => ({ ...file, missing: file.executable - file.covered }))
    .filter(({ missing }) => missing > 0)
    .sort((a, b) => b.missing - a.missing);
  const missing = executable - covered;
  const lines: string[] = [];
  if (missing > 0) {
    const url = runUrl(facts.runId);
    const run = url === null ? '' : ` ([run](${url}))`;
    lines.push(`**Not tested:** ${sayCount(missing)} of ${sayMany(executable, 'new line')}${run}`);
    lines.push(...files.slice(0, MOST_FILES).map((file) => `- ${toMarkdown(fileWords(file))}`));
    if (files.length > MOST_FILES) lines.push(`- and ${sayMany(files.length - MOST_FILES, 'more file')}`);
  }
  const project = projectChange(coverage);
  return [
    ...(lines.length === 0 ? [] : [lines.join('\n').replace('\n', '\n\n')]),
    ...(project === null ? [] : [project]),
    ...unmeasuredWords(coverage),
  ];
}

function fileWords(file: {
  readonly path: string;
  readonly missing: number;
  readonly uncovered: readonly { readonly start: number; readonly end: number; readonly lines: number }[];
}): Message {
  const runs = [...file.uncovered].sort((a, b) => b.lines - a.lines);
  const shown = runs
    .slice(0, MOST_RUNS)
    .sort((a, b) => a.start - b.start)
    .map(({ start, end }) => (start === end ? `${start}` : `${start}–${end}`));
  const more = runs.length > MOST_RUNS ? ` and ${sayCount(runs.length - MOST_RUNS)} more places` : '';
  const where = shown.length === 0 ? '' : `, at ${shown.join(', ')}${more}`;
  return say`${code(file.path)}: ${ours(`${sayMany(file.missing, 'line')}${where}`)}`;
}

/** `**Project coverage:** 81.2 % → 80.9 %`. */
function projectChange({ facts: { project, base } }: Measured): string | null {
  if (project === null || project.executable === 0) return null;
  const now = floorTenths(project.covered, project.executable);
  if (base === null || base.executable === 0)
    return `**Project coverage:** ${now}; what it was before is not known yet.`;
  const before = floorTenths(base.covered, base.executable);
  return before === now
    ? `**Project coverage:** ${now}, as before.`
    : `**Project coverage:** ${before} → ${now}`;
}

function unmeasuredWords({ facts: { unmeasured } }: Measured): readonly string[] {
  if (unmeasured.length === 0) return [];
  const added = unmeasured.reduce((sum, file) => sum + Math.max(0, file.addedLines), 0);
  const named = unmeasured
    .slice(0, MOST_FILES)
    .map(
      ({ path, addedLines }) =>
        `- ${toMarkdown(say`${code(path)}: ${ours(sayMany(addedLines, 'added line'))}`)}`,
    );
  const more =
    unmeasured.length > MOST_FILES ? [`- and ${sayMany(unmeasured.length - MOST_FILES, 'more file')}`] : [];
  return [
    [
      `**Not in the report:** ${sayMany(unmeasured.length, 'file')} with ${sayMany(added, 'added line')}, although it knows others of their kind. Their lines count nowhere.`,
      '',
      ...named,
      ...more,
    ].join('\n'),
  ];
}
