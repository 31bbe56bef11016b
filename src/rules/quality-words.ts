// How are the figures of a quality report said in the gate: cause, reason, what is known of each part?
import { code, type Message, ours, say } from '../domain/message.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { QualityReport } from '../quality/assess.js';
import { sayPercent, sayTimesUsual, sayTopShare } from '../quality/chance-words.js';
import type { MissingPart } from '../quality/delta.js';
import type { Breach } from '../quality/delta-limits.js';
import { sizePercentile } from '../quality/size.js';
import type { QualityDeltaSettings } from './quality-settings.js';
import { plural } from './short-path.js';

/** `41% of new lines tested (80% needed)`: the cause, for a title. */
export function causeOf(breach: Breach, settings: QualityDeltaSettings): Message {
  const here = inZone(settings);
  switch (breach.what) {
    case 'coverage':
      return say`${ours(percentDown(breach.found))} of new lines tested${here} (${ours(percentOf(breach.limit))} needed)`;
    case 'size':
      return say`${plural(breach.found, 'line')}${here} (limit ${breach.limit})`;
    case 'delta':
      return say`quality delta ${ours(signed(breach.found))} (limit ${ours(signed(breach.limit))})`;
    case 'missing-coverage':
      return say`${missingWords(breach.why)}${here}`;
  }
}

/** A limit that only warns: `delta −24 (warns below −20)`. */
export function warningOf(breach: Breach, settings: QualityDeltaSettings): Message {
  switch (breach.what) {
    case 'delta':
      return say`delta ${ours(signed(breach.found))} (warns below ${ours(signed(breach.limit))})`;
    case 'size':
      return say`${plural(breach.found, 'line')} (warns above ${breach.limit})`;
    case 'coverage':
    case 'missing-coverage':
      return causeOf(breach, settings);
  }
}

/** `delta +3, 91% of new lines tested, 120 lines`: whatever is known; of a zone its own figures. */
export function figuresOf(
  { result, coverage, size }: QualityReport,
  settings: QualityDeltaSettings,
): Message {
  const delta = result.delta === null ? say`no delta yet, ` : say`delta ${ours(signed(result.delta))}, `;
  const tested =
    coverage.kind === 'measured' && coverage.executable > 0
      ? say`${ours(percentDown(coverage.covered / coverage.executable))} of new lines tested, `
      : say``;
  return say`${speaksOfDelta(settings) ? delta : say``}${tested}${plural(size.lines, 'line')}${inZone(settings)}`;
}

/** The delta is that of the whole change: a zone that limits only its own files does not speak of it. */
export function speaksOfDelta({ paths, limits }: QualityDeltaSettings): boolean {
  return paths === null || limits.failBelow !== null || limits.warnBelow !== null;
}

function inZone({ zone }: QualityDeltaSettings): Message {
  return zone === null ? say`` : say` in zone ${code(zone)}`;
}

export function reasonOf(
  failing: readonly Breach[],
  report: QualityReport,
  settings: QualityDeltaSettings,
): Message {
  const line = settings.line === null ? say`` : say` (line ${settings.line})`;
  const sentences = failing.map((breach) => sentenceOf(breach, report));
  const claim = isClaim(report, settings) ? say` ${CLAIM}` : say``;
  return say`${spaced(sentences)} The policy sets the limit${line}.${claim}`;
}

const CLAIM = say`Coverage is measured by this head's own run, so it is the author's claim.`;

/** One line per part: its share of the delta, its figure, its source, or why it is missing. */
export function qualityDetails(
  report: QualityReport,
  settings: QualityDeltaSettings,
  snapshot: Snapshot,
): readonly Message[] {
  if (settings.paths !== null) {
    return [
      ...(speaksOfDelta(settings) ? [wholeLine(report)] : []),
      say`Size: ${sizeFigure(report)}.`,
      ...leftOutLine(report),
      ...coverageFigure(report).map((figure) => say`Coverage: ${figure}.`),
      ...coverageNotes(report),
    ];
  }
  return [
    historyLine(report),
    ...readSoFar(report),
    ...(snapshot.pullRequest.title === null && report.chance !== null
      ? [say`The title is not known here, so the chance is that of a change whose title says nothing.`]
      : []),
    sizeLine(report),
    ...leftOutLine(report),
    coverageLine(report),
    ...coverageNotes(report),
  ];
}

/** The points are those of the whole change, whatever files are in question. */
function wholeLine({ result }: QualityReport): Message {
  if (result.delta === null) return say`Of the whole change no part can be compared yet.`;
  return say`Of the whole change: ${ours(partPoints(result))}.`;
}

function partPoints({ points }: QualityReport['result']): string {
  const parts = (['history', 'size', 'coverage'] as const).flatMap((part) => {
    const value = points[part];
    return value === null ? [] : [`${part} ${signed(value)}`];
  });
  return parts.join(', ');
}

function historyLine({ result, chance, usual }: QualityReport): Message {
  if (chance === null || usual === null) return say`History: ${absent(result, 'history')}.`;
  const said = say`${ours(sayPercent(chance.probability))} chance of a revert`;
  const points = result.points.history;
  if (points === null) return say`History: ${said}; no points, ${absent(result, 'history')}.`;
  return say`History ${ours(signed(points))}: ${said}, ${ours(sayTimesUsual(chance.probability, usual))}.`;
}

function readSoFar({ history }: QualityReport): readonly Message[] {
  if (history === null || history.readDays >= history.wantedDays) return [];
  return [say`history: ${history.readDays} of ${plural(history.wantedDays, 'day')} read`];
}

function sizeFigure({ size }: QualityReport): Message {
  const moved = size.moved === 0 ? say`` : say`, besides ${plural(size.moved, 'line')} that only moved`;
  return say`${plural(size.lines, 'line')} in ${plural(size.files, 'file')}${moved}`;
}

function sizeLine(report: QualityReport): Message {
  const { result, size } = report;
  const figure = sizeFigure(report);
  const points = result.points.size;
  if (points === null || size.standing === null)
    return say`Size: ${figure}; no points, ${absent(result, 'size')}.`;
  return say`Size ${ours(signed(points))}: ${figure}, ${ours(sayTopShare(sizePercentile(size.standing)))} of the merged changes.`;
}

function leftOutLine({ size: { leftOut } }: QualityReport): readonly Message[] {
  if (leftOut.length === 0) return [];
  const reasons = [...new Set(leftOut.map(({ why }) => why))].map((why) => {
    const count = leftOut.filter((one) => one.why === why).length;
    return `${count} ${why}`;
  });
  return [say`Not counted: ${plural(leftOut.length, 'file')} (${ours(reasons.join(', '))}).`];
}

function coverageFigure({ coverage }: QualityReport): readonly Message[] {
  if (coverage.kind !== 'measured' || coverage.executable === 0) return [];
  const { covered, executable } = coverage;
  return [
    say`tests run ${covered} of ${plural(executable, 'new line')} (${ours(percentDown(covered / executable))})`,
  ];
}

function coverageLine(report: QualityReport): Message {
  const { result } = report;
  const [figure] = coverageFigure(report);
  if (figure === undefined) return say`Coverage: ${absent(result, 'coverage')}.`;
  const points = result.points.coverage;
  return points === null
    ? say`Coverage: ${figure}; no points, ${absent(result, 'coverage')}.`
    : say`Coverage ${ours(signed(points))}: ${figure}.`;
}

function coverageNotes({ coverage }: QualityReport): readonly Message[] {
  if (coverage.kind === 'missing') return [say`Coverage report: ${coverage.detail}.`];
  if (coverage.kind !== 'measured') return [];
  const { unmeasured, notes } = coverage.facts;
  return [
    ...unmeasured
      .slice(0, 20)
      .map(
        ({ path, addedLines }) =>
          say`${code(path)} is not in the report: ${plural(addedLines, 'new line')} counted nowhere.`,
      ),
    ...notes.slice(0, 10).map((note) => say`${note}`),
  ];
}

function sentenceOf(breach: Breach, { coverage, result, size }: QualityReport): Message {
  switch (breach.what) {
    case 'coverage': {
      if (coverage.kind !== 'measured') return say``;
      const { covered, executable } = coverage;
      return say`${executable - covered} of ${plural(executable, 'new line')} are not run by a test.`;
    }
    case 'size':
      return say`${plural(size.additions, 'line')} added and ${size.deletions} deleted, without generated and ignored files.`;
    case 'delta':
      return say`Against what is usually merged here: ${ours(partPoints(result))}.`;
    case 'missing-coverage':
      return coverage.kind === 'missing'
        ? say`There is no coverage to judge: ${coverage.detail}.`
        : say`What is not in the report may be untested.`;
  }
}

function isClaim({ coverage }: QualityReport, settings: QualityDeltaSettings): boolean {
  // Of no run: the reports were given on the command line.
  return coverage.kind === 'measured' && coverage.facts.runId > 0 && settings.coverage?.run === 'head';
}

/** In a sentence after a colon or a comma. */
function absent(result: QualityReport['result'], part: 'history' | 'size' | 'coverage'): Message {
  const why = result.missing.find((one) => one.part === part)?.why;
  return why === undefined ? say`not known` : partWords(why);
}

function partWords(why: MissingPart['why']): Message {
  switch (why) {
    case 'few-changes':
      return say`there are fewer than 20 merged changes to compare with`;
    case 'ledger-not-ready':
      return say`no merged changes were read to compare with`;
    case 'no-coverage-configured':
      return say`the policy names no coverage report`;
    case 'no-executable-lines':
      return say`the change adds no line that the report knows as executable`;
    case 'no-usual':
      return say`it is not known what share is usual here`;
    case 'coverage-running':
      return say`it is being measured`;
    case 'coverage-unread':
      return say`it was not read`;
    default:
      return missingWords(why);
  }
}

function missingWords(why: string): Message {
  switch (why) {
    case 'no-report':
      return say`no coverage report`;
    case 'stale-report':
      return say`the coverage report is of another head`;
    case 'broken-report':
      return say`the coverage report cannot be read`;
    case 'no-patches':
      return say`coverage is not known, GitHub hands out no lines of this change`;
    case 'not-permitted':
      return say`the app may not read the coverage report`;
    case 'unmeasured-files':
      return say`changed files are not in the coverage report`;
    default:
      return say`coverage is not known`;
  }
}

/** `41%`: rounded down, so that a share below a limit never reads like it. */
function percentDown(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)}%`;
}

/** A limit as the policy states it: `80%`, `79.5%`. */
export function percentOf(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}

/** `−64`, `0`, `+12`. */
export function signed(points: number): string {
  if (points === 0) return '0';
  return points < 0 ? `−${Math.abs(points)}` : `+${points}`;
}

function spaced(messages: readonly Message[]): Message {
  return { parts: messages.flatMap((one, index) => (index === 0 ? one.parts : [ours(' '), ...one.parts])) };
}
