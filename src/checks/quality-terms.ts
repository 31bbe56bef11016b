// Which three terms make up the delta, how does each stand here, and what would improve it? One table.
import { code, list, type Message, ours, say } from '../domain/message.js';
import type { QualityReport } from '../quality/assess.js';
import { sayPercent, sayTimesUsual, sayTopShare } from '../quality/chance-words.js';
import { FEWEST_MERGED_CHANGES } from '../quality/delta.js';
import { type LeftOut, sizePercentile } from '../quality/size.js';
import { QUALITY_WEIGHTS, type TermName } from '../quality/weights.js';
import { toMarkdown } from './escape.js';
import { renderCoverageTerm, type TermContext, type TermRow } from './quality-coverage.js';
import {
  drawBar,
  isPartlyRead,
  knowledgeOf,
  missingParts,
  sayCount,
  sayDay,
  sayDeltaLimit,
  sayFactor,
  sayMany,
  sayPoints,
  saySizeLimit,
} from './quality-figures.js';

const CELL_LIMIT = 400;
/** Points that are worth an effort. */
const NOTABLE = 5;

export function renderTerms(report: QualityReport, context: TermContext): string {
  const rows = [historyTerm(report), sizeTerm(report), renderCoverageTerm(report, context)];
  return [
    // No breaks in the heads: on a phone the table scrolls instead of standing one word wide.
    '| Term | Here,&nbsp;and&nbsp;how&nbsp;it&nbsp;is&nbsp;known | Usual | Points | What&nbsp;would&nbsp;improve&nbsp;it |',
    '| :-- | :-- | :-- | :-- | :-- |',
    ...rows.map(renderRow),
    totalRow(report),
  ].join('\n');
}

/** What a reader must know before believing a figure. */
export function honestNote(report: QualityReport): readonly string[] {
  const { history } = report;
  const publicRate = sayPercent(QUALITY_WEIGHTS.publicRate);
  if (history !== null && isPartlyRead(report)) {
    return [
      `**History:** ${Math.floor(history.readDays)} of ${Math.ceil(history.wantedDays)} days read. It is read in the background, and the figures change until it is done.`,
    ];
  }
  if (knowledgeOf(report) === 'none') {
    return [
      `**No history here yet:** public repositories revert about ${publicRate} of changes. Figures of this repository follow with its merged changes.`,
    ];
  }
  if (knowledgeOf(report) === 'few') {
    return [
      `**Little history yet:** ${sayMany(history?.reading.repository.changes ?? 0, 'merged change')} known, too few for a figure. Public repositories revert about ${publicRate} of changes.`,
    ];
  }
  return [];
}

function renderRow({ term, here, usual, points, source, improve }: TermRow): string {
  const share = points === null ? 'not counted' : `**${sayPoints(points)}**<br>\`${drawBar(points)}\``;
  const known = `${cell(here)}<br><sub>${cell(source)}</sub>`;
  return `| ${[`**${term}**`, known, cell(usual), share, cell(improve)].join(' | ')} |`;
}

function totalRow(report: QualityReport): string {
  const { result, breaches } = report;
  const missing = missingParts(report);
  const breach = breaches.find((one) => one.what === 'delta');
  const limit = breach === undefined ? '' : `${sayDeltaLimit(breach)}<br>`;
  const without = missing.length === 0 ? '' : `<br>without ${missing.join(' and ')}`;
  const points = result.delta === null ? 'not measured' : `**${sayPoints(result.delta)}**${without}`;
  const scale = '<sub>from −100 to +100; 0 is the median merged change</sub>';
  return `| **Delta** | ${limit}${scale} | 0 | ${points} | |`;
}

function cell(message: Message): string {
  return toMarkdown(message, 'cell', CELL_LIMIT);
}

function historyTerm(report: QualityReport): TermRow {
  const { history, chance, usual, result } = report;
  const knowledge = knowledgeOf(report);
  const publicRate = sayPercent(QUALITY_WEIGHTS.publicRate);
  if (history === null || chance === null || knowledge === 'none') {
    return {
      term: 'History',
      here: say`not known yet`,
      usual: say`about ${ours(publicRate)} in public repositories`,
      points: result.points.history,
      source: isPartlyRead(report) ? readDays(report) : say`no merged changes known`,
      improve: isPartlyRead(report) ? say`Nothing: it is being read.` : say`Merged changes, as they come.`,
    };
  }
  if (knowledge === 'few') {
    return {
      term: 'History',
      here: say`too few merged changes for a figure`,
      usual: say`about ${ours(publicRate)} in public repositories`,
      points: result.points.history,
      source: readDays(report),
      improve: say`${FEWEST_MERGED_CHANGES} merged changes make a first figure.`,
    };
  }
  const times = usual === null ? say`` : say`, ${ours(sayTimesUsual(chance.probability, usual))}`;
  return {
    term: 'History',
    here: say`${ours(sayPercent(chance.probability))} chance of revert${times}`,
    usual: usual === null ? say`not known` : say`${ours(sayPercent(usual))}`,
    points: result.points.history,
    source: say`${readDays(report)}; ${correctionWords(report)}`,
    improve: improveHistory(report),
  };
}

/** `4,210 merged changes in 365 days, 52 failed`. */
function readDays({ history }: QualityReport): Message {
  if (history === null) return say`not read`;
  const { changes, failed } = history.reading.repository;
  const counted = `${sayMany(changes, 'merged change')}, ${sayCount(failed)} failed`;
  return history.readDays < history.wantedDays
    ? say`${ours(counted)}; ${Math.floor(history.readDays)} of ${Math.ceil(history.wantedDays)} days read so far`
    : say`${ours(counted)}, in ${Math.ceil(history.wantedDays)} days`;
}

/** `corrected ×1.4 by 812 outcomes here, last on 2026-11-14`. */
export function correctionWords({ history }: QualityReport): Message {
  const correction = history?.correction;
  const isNone = correction === undefined || correction.at === null || correction.changes === 0;
  if (isNone) return say`not corrected by outcomes here yet`;
  const bound = correction.bounded ? ours(', at its bound: the outcomes ask for more') : ours('');
  return say`corrected ${ours(sayFactor(correction.logOdds))} by ${ours(sayMany(correction.changes, 'outcome'))} here, last on ${ours(sayDay(correction.at))}${bound}`;
}

/** Only what would change the figure, the most concrete first. Other words would too: they can be made up. */
function improveHistory({ chance, history, result }: QualityReport): Message {
  if (result.points.history === null || result.points.history > -NOTABLE) return say`Nothing to do.`;
  const raises = (name: TermName, from = 0.05) =>
    (chance?.terms.find((term) => term.name === name)?.points ?? 0) > from;
  const worst = history?.riskyPaths.find(({ failed }) => failed > 0);
  if (worst !== undefined && (raises('paths') || raises('folders'))) {
    return say`Leave ${code(worst.path)} out, or change it alone.`;
  }
  if (raises('unfamiliar')) return say`An author who has changed these files before.`;
  if (raises('lines', 0.15)) return say`Fewer added lines outside tests.`;
  if (raises('stopgap')) return say`A lasting change instead of a stopgap.`;
  return say`Nothing in this change.`;
}

const LEFT_OUT: Readonly<Record<LeftOut, readonly [string, string]>> = {
  lockfile: ['lockfile', 'lockfiles'],
  snapshot: ['snapshot', 'snapshots'],
  vendored: ['vendored file', 'vendored files'],
  generated: ['generated file', 'generated files'],
  ignored: ['ignored file', 'ignored files'],
};

function sizeTerm(report: QualityReport): TermRow {
  const { size, result, history, breaches, splits } = report;
  const { standing } = size;
  const isKnown = standing !== null && standing.total >= FEWEST_MERGED_CHANGES;
  const breach = breaches.find((one) => one.what === 'size');
  const limit = breach === undefined ? ours('') : ours(`; ${saySizeLimit(breach)}`);
  const top = isKnown ? ours(` (${sayTopShare(sizePercentile(standing))})`) : ours('');
  const median = isKnown ? medianLines(history?.sizes ?? []) : null;
  return {
    term: 'Size',
    here: say`${ours(sayMany(size.lines, 'line'))} in ${ours(sayMany(size.files, 'file'))}${top}${limit}`,
    usual: median === null ? say`not known yet` : say`about ${ours(sayMany(median, 'line'))}`,
    points: result.points.size,
    source: sizeSource(size),
    improve: improveSize(
      report.result.points.size,
      splits.length,
      isKnown ? 0 : FEWEST_MERGED_CHANGES - (standing?.total ?? 0),
    ),
  };
}

function sizeSource({ additions, deletions, moved, leftOut }: QualityReport['size']): Message {
  const kinds = (Object.keys(LEFT_OUT) as readonly LeftOut[]).flatMap((why) => {
    const count = leftOut.filter((one) => one.why === why).length;
    return count === 0 ? [] : [ours(`${sayCount(count)} ${LEFT_OUT[why][count === 1 ? 0 : 1]}`)];
  });
  const without = [...kinds, ...(moved > 0 ? [ours(sayMany(moved, 'moved line'))] : [])];
  const diff = ours(`diff: +${sayCount(additions)} −${sayCount(deletions)}`);
  return without.length === 0 ? say`${diff}` : say`${diff}; left out: ${list(without)}`;
}

function improveSize(points: number | null, splits: number, missing: number): Message {
  if (points === null)
    return missing > 0
      ? say`${missing} more merged changes tell what is usual.`
      : say`The history of merged changes.`;
  if (splits > 0) return say`Split it, see below.`;
  return points <= -NOTABLE ? say`A smaller change.` : say`Nothing to do.`;
}

/** Changes are counted in steps of size, so the median is about right. */
function medianLines(sizes: readonly { readonly lines: number; readonly changes: number }[]): number | null {
  const total = sizes.reduce((sum, { changes }) => sum + changes, 0);
  let passed = 0;
  for (const { lines, changes } of sizes) {
    passed += changes;
    if (passed * 2 >= total && total > 0) return lines;
  }
  return null;
}
