// Which three terms make up the delta, how does each stand here, and what would improve it? One table.
import { code, list, type Message, ours, say } from '../domain/message.js';
import type { QualityReport } from '../quality/assess.js';
import { sayPercent, sayTimesUsual, sayTopShare } from '../quality/chance-words.js';
import { FEWEST_MERGED_CHANGES } from '../quality/delta.js';
import { type LeftOut, sizePercentile } from '../quality/size.js';
import { QUALITY_WEIGHTS } from '../quality/weights.js';
import { toMarkdown } from './escape.js';
import { renderCoverageTerm, type TermContext, type TermRow } from './quality-coverage.js';
import {
  drawBar,
  isPartlyRead,
  knowledgeOf,
  sayCount,
  sayDay,
  sayFactor,
  sayLimit,
  sayMany,
  sayPoints,
} from './quality-figures.js';

const CELL_LIMIT = 400;

export function renderTerms(report: QualityReport, context: TermContext): string {
  const rows = [historyTerm(report), sizeTerm(report), renderCoverageTerm(report, context)];
  return [
    '| Term | Here | Usual | Points | Source | What would improve it |',
    '| :-- | :-- | :-- | :-- | :-- | :-- |',
    ...rows.map(renderRow),
    totalRow(report),
  ].join('\n');
}

function renderRow({ term, here, usual, points, source, improve }: TermRow): string {
  const share = points === null ? 'not counted' : `**${sayPoints(points)}**<br>\`${drawBar(points)}\``;
  const cells = [here, usual].map(cell);
  return `| **${term}** | ${cells.join(' | ')} | ${share} | ${cell(source)} | ${cell(improve)} |`;
}

function totalRow({ result, breaches }: QualityReport): string {
  if (result.delta === null) return '| **Delta** | not measured |  |  |  | |';
  const breach = breaches.find((one) => one.what === 'delta');
  const limit =
    breach === undefined
      ? ''
      : `, ${breach.fails ? 'allowed' : 'warning below'}: ${sayLimit(breach.limit)}${breach.fails ? ' or better' : ''}`;
  return `| **Delta** | **${sayPoints(result.delta)}**${limit} | 0 |  | −100 to +100 | |`;
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
  if (correction === undefined || correction.at === null) return say`not corrected by outcomes here yet`;
  const bound = correction.bounded ? ours(', at its bound: the outcomes ask for more') : ours('');
  return say`corrected ${ours(sayFactor(correction.logOdds))} by ${ours(sayMany(correction.changes, 'outcome'))} here, last on ${ours(sayDay(correction.at))}${bound}`;
}

/** Only what would change the figure, and nothing that would change the words alone: titles can be made up. */
function improveHistory({ chance, history }: QualityReport): Message {
  const raises = [...(chance?.terms ?? [])]
    .filter(({ points }) => points > 0.05)
    .sort((a, b) => b.points - a.points);
  for (const { name } of raises) {
    const worst = history?.riskyPaths[0];
    if ((name === 'paths' || name === 'folders') && worst !== undefined) {
      return say`Leave ${code(worst.path)} out, or change it alone.`;
    }
    if (name === 'unfamiliar' && history !== null) {
      return say`Somebody who has changed these files before.`;
    }
    if (name === 'lines') return say`Fewer added lines outside tests.`;
    if (name === 'settings') return say`Try it out before it is merged: no test covers settings.`;
    if (name === 'stopgap') return say`A lasting change instead of a stopgap.`;
  }
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
  const limit =
    breach === undefined
      ? ours('')
      : ours(`, ${breach.fails ? 'allowed' : 'warning over'}: ${sayCount(breach.limit)}`);
  const top = isKnown ? ours(` (${sayTopShare(sizePercentile(standing))})`) : ours('');
  const median = isKnown ? medianLines(history?.sizes ?? []) : null;
  return {
    term: 'Size',
    here: say`${ours(sayMany(size.lines, 'line'))}${limit} in ${ours(sayMany(size.files, 'file'))}${top}`,
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
  return without.length === 0 ? say`${diff}` : say`${diff}, without ${list(without)}`;
}

function improveSize(points: number | null, splits: number, missing: number): Message {
  if (points === null)
    return missing > 0
      ? say`${missing} more merged changes tell what is usual.`
      : say`The history of merged changes.`;
  if (splits > 0) return say`Split it, see below.`;
  return points < -2 ? say`A smaller change.` : say`Nothing to do.`;
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
