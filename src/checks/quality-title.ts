// What is the one line of the quality check: which word, which figures, and what leads?
// What breaks a limit stands first; where the line is too long, the comments go before the figures.
import type { Decision, Gate, Verdict } from '../domain/verdict.js';
import type { QualityReport } from '../quality/assess.js';
import { sayPercent, sayTimesUsual, sayTopShare } from '../quality/chance-words.js';
import { FEWEST_MERGED_CHANGES } from '../quality/delta.js';
import type { Breach } from '../quality/delta-limits.js';
import { sizePercentile } from '../quality/size.js';
import { causesOf } from './causes.js';
import { graphemes, toPlain } from './escape.js';
import {
  floorPercent,
  isPartlyRead,
  knowledgeOf,
  sayDeltaLimit,
  sayMany,
  sayPoints,
  saySizeLimit,
  statedPercent,
} from './quality-figures.js';
import { conclusionWord, leadWord } from './title.js';

const MOST = 110;
/** GitHub's own limit. */
const MOST_UNITS = 255;
const CAUSE_LIMIT = 64;

/** `judged` holds the verdicts of this check alone. */
export function renderQualityTitle(report: QualityReport, judged: Decision, gate: Gate): string {
  const [lead] = causesOf(judged, gate);
  const word = lead === undefined ? conclusionWord(gate) : leadWord(gate, lead, judged);
  return fitParts(`${word}: `, partsOf(report, lead, gate), gate === 'success');
}

type PartName = 'cause' | 'delta' | 'chance' | 'coverage' | 'size' | 'history';

interface Part {
  readonly name: PartName;
  /** From the fullest wording to the shortest that is still true. */
  readonly wordings: readonly [string, ...string[]];
}

/** Which part gives way first; each is named as often as it has shorter wordings. */
const SHORTEN: readonly PartName[] = ['delta', 'size', 'coverage', 'size', 'chance', 'cause', 'history'];
/** What goes altogether when nothing is left to shorten. */
const DROP: readonly PartName[] = ['size', 'chance', 'delta', 'coverage', 'history'];

function partsOf(report: QualityReport, lead: Verdict | undefined, gate: Gate): readonly Part[] {
  const known = [
    ...deltaPart(report),
    ...chancePart(report),
    ...coveragePart(report),
    ...sizePart(report),
    ...historyPart(report),
  ];
  if (gate === 'success') return leadWith(known, report.breaches.filter(({ fails }) => !fails).map(partOf));
  const isMeasuring = isBeingMeasured(report);
  if (lead?.state === 'pending' && isMeasuring) {
    // Without the coverage neither delta nor verdict is final: they would only be taken back.
    return leadWith(
      known.filter(({ name }) => name !== 'delta' && name !== 'chance'),
      ['coverage'],
    );
  }
  if (lead?.state === 'pending' && isPartlyRead(report)) return leadWith(known, ['history']);
  const failing = report.breaches.filter(({ fails }) => fails).map(partOf);
  if (failing.length > 0 && (lead === undefined || lead.state === 'fail')) {
    // Without its coverage the delta is not final: what is broken for certain is said alone.
    const certain = isMeasuring ? failing.filter((name) => name !== 'delta') : failing;
    return certain.length === failing.length || certain.length === 0
      ? leadWith(known, failing)
      : leadWith(
          known.filter(({ name }) => name !== 'delta'),
          certain,
        );
  }
  return lead === undefined ? known : [causePart(lead), ...known];
}

function leadWith(parts: readonly Part[], names: readonly PartName[]): readonly Part[] {
  const place = ({ name }: Part) => (names.includes(name) ? names.indexOf(name) : names.length);
  return [...parts].sort((a, b) => place(a) - place(b));
}

function partOf({ what }: Breach): PartName {
  return what === 'missing-coverage' ? 'coverage' : what;
}

function isBeingMeasured({ coverage }: QualityReport): boolean {
  return coverage.kind === 'pending' || coverage.kind === 'unread';
}

function causePart({ title }: Verdict): Part {
  return {
    name: 'cause',
    wordings: [toPlain(title, CAUSE_LIMIT) || 'see below', toPlain(title, 30) || 'see below'],
  };
}

function deltaPart({ result, breaches }: QualityReport): readonly Part[] {
  if (result.delta === null) return [];
  const short = sayPoints(result.delta);
  const breach = breaches.find((one) => one.what === 'delta');
  return breach === undefined
    ? [{ name: 'delta', wordings: [short] }]
    : [{ name: 'delta', wordings: [`${short} (${sayDeltaLimit(breach)})`, short] }];
}

function chancePart(report: QualityReport): readonly Part[] {
  const { chance, usual } = report;
  if (chance === null || knowledgeOf(report) !== 'enough') return [];
  const short = `${sayPercent(chance.probability)} chance of revert`;
  return [
    {
      name: 'chance',
      wordings: usual === null ? [short] : [`${short}, ${sayTimesUsual(chance.probability, usual)}`, short],
    },
  ];
}

function coveragePart({ coverage, breaches }: QualityReport): readonly Part[] {
  const part = (first: string, ...rest: readonly string[]): readonly Part[] => [
    { name: 'coverage', wordings: [first, ...rest] },
  ];
  const isAsked = breaches.some(({ what }) => what === 'missing-coverage');
  switch (coverage.kind) {
    case 'measured': {
      if (coverage.executable === 0 && !isAsked) return [];
      const breach = breaches.find((one) => one.what === 'coverage');
      const found = floorPercent(coverage.covered, coverage.executable);
      const words = breach === undefined ? found : `${found} of ${statedPercent(breach.limit)}`;
      const { length } = coverage.facts.unmeasured;
      return isAsked
        ? part(`${sayMany(length, 'file')} not in the coverage report · patch coverage ${words}`)
        : part(`patch coverage ${words}`, `coverage ${words}`);
    }
    case 'pending':
    case 'unread':
      return part('coverage is being measured');
    case 'missing':
      return isAsked ? part(missingWords(coverage.why)) : [];
    case 'not-configured':
      return isAsked ? part('no coverage report is configured', 'no coverage configured') : [];
  }
}

function missingWords(why: Extract<QualityReport['coverage'], { kind: 'missing' }>['why']): string {
  switch (why) {
    case 'no-report':
      return 'no coverage report';
    case 'stale-report':
      return 'coverage report of another commit';
    case 'broken-report':
      return 'coverage report cannot be read';
    case 'no-patches':
      return 'no diff to measure coverage on';
    case 'not-permitted':
      return 'no permission to read coverage';
  }
}

function sizePart({ size, breaches }: QualityReport): readonly Part[] {
  const short = sayMany(size.lines, 'line');
  const breach = breaches.find((one) => one.what === 'size');
  const limit = breach === undefined ? [] : [saySizeLimit(breach)];
  const { standing } = size;
  const isKnown = standing !== null && standing.total >= FEWEST_MERGED_CHANGES;
  const top = isKnown ? [sayTopShare(sizePercentile(standing))] : [];
  const withWords = (words: readonly string[]) =>
    words.length === 0 ? short : `${short} (${words.join(', ')})`;
  const shorter = breach?.fails ? [] : [short];
  return [{ name: 'size', wordings: [withWords([...limit, ...top]), withWords(limit), ...shorter] }];
}

function historyPart(report: QualityReport): readonly Part[] {
  const { history } = report;
  if (history !== null && isPartlyRead(report)) {
    const read = `${Math.floor(history.readDays)} of ${Math.ceil(history.wantedDays)} days`;
    return [{ name: 'history', wordings: [`history: ${read} read`, `${read} read`] }];
  }
  switch (knowledgeOf(report)) {
    case 'none':
      return [{ name: 'history', wordings: ['no history here yet'] }];
    case 'few':
      return [
        {
          name: 'history',
          wordings: [`history: only ${sayMany(history?.reading.repository.changes ?? 0, 'merged change')}`],
        },
      ];
    case 'enough':
      return [];
  }
}

/** Shortens comments first, then leaves out figures from the least telling one; what leads stays to the end. */
function fitParts(start: string, parts: readonly Part[], isWarning: boolean): string {
  const lead = parts[0]?.name;
  // A warning is nothing but its limit; what blocks is told from the word and the place.
  const order = isWarning
    ? [...SHORTEN.filter((name) => name !== lead), ...SHORTEN.filter((n) => n === lead)]
    : SHORTEN;
  const level = new Map<PartName, number>();
  const words = (part: Part) => part.wordings[Math.min(level.get(part.name) ?? 0, part.wordings.length - 1)]!;
  const lineOf = (shown: readonly Part[]) => `${start}${shown.map(words).join(' · ')}`;
  const step = (name: PartName, by: 1 | -1) => level.set(name, Math.max(0, (level.get(name) ?? 0) + by));
  const taken: PartName[] = [];
  for (const name of order) {
    if (isShort(lineOf(parts))) break;
    step(name, 1);
    taken.unshift(name);
  }
  let shown = parts;
  for (const name of DROP) {
    if (isShort(lineOf(shown))) break;
    if (name !== lead) shown = shown.filter((part) => part.name !== name);
  }
  // One long comment may have gone after several short ones: these come back.
  for (const name of taken) {
    step(name, -1);
    if (!isShort(lineOf(shown))) step(name, 1);
  }
  const line = lineOf(shown);
  return isShort(line)
    ? line
    : `${graphemes(line)
        .slice(0, MOST - 1)
        .join('')
        .slice(0, MOST_UNITS - 1)}…`;
}

/** By what a reader sees and by what GitHub counts. */
function isShort(line: string): boolean {
  return graphemes(line).length <= MOST && line.length <= MOST_UNITS;
}
