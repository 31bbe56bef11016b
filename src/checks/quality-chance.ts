// Which facts move the chance of a revert most, in words that a reviewer understands?
import type { Tally } from '../domain/ledger.js';
import { type Message, ours, say } from '../domain/message.js';
import type { QualityReport } from '../quality/assess.js';
import type { ChanceTerm } from '../quality/chance.js';
import { sayPercent } from '../quality/chance-words.js';
import type { TermName } from '../quality/weights.js';
import { knowledgeOf, sayCount, sayFactor, sayMany } from './quality-figures.js';

const MOST_NAMED = 3;
/** What would be written ×1.0 or ×0.9 is not worth a reviewer's word. */
const WORTH_SAYING = Math.log(1.1);

export interface Movers {
  /** What a change that is typical in every term has here: `1.1 %`. */
  readonly typical: string;
  /** `new to 3 of 4 of these files: ×1.3`, the strongest first. */
  readonly up: readonly Message[];
  readonly down: readonly Message[];
}

/** `null` where too little is known for the chance to be shown. */
export function namedMovers(report: QualityReport): Movers | null {
  const { chance } = report;
  if (chance === null || knowledgeOf(report) !== 'enough') return null;
  const strongest = [...chance.terms].sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
  const named = (sign: 1 | -1) =>
    strongest
      .filter(({ points }) => sign * points > WORTH_SAYING)
      .flatMap((term) => {
        const words = moverWords(term, report);
        return words === null ? [] : [say`${words}: ${ours(sayFactor(term.points))}`];
      })
      .slice(0, MOST_NAMED);
  return { typical: sayPercent(chance.typical), up: named(1), down: named(-1) };
}

/** What a term looks at, for the table of all terms. */
export function termLabel(name: TermName): string {
  switch (name) {
    case 'paths':
      return 'record of the touched files';
    case 'folders':
      return 'record of their folders';
    case 'author':
      return "the author's record";
    case 'unfamiliar':
      return 'share of the files that are new to the author';
    case 'traffic':
      return 'earlier changes per touched file';
    case 'lines':
      return 'added lines outside tests';
    case 'settings':
      return 'only settings, dependencies or CI files';
    case 'docs':
      return 'only documents';
    case 'stopgap':
      return 'title says temporary, disable, skip';
    case 'wording':
      return 'title says docs, format, version';
    case 'fix':
      return 'title says fix';
    case 'tidying':
      return 'title says refactor, clean up';
  }
}

/** The figure in its own unit: `2.0 times the rate here`, `75 %`, `41`, `yes`. */
export function figureWords({ name, figure }: ChanceTerm): string {
  switch (name) {
    case 'paths':
    case 'folders':
    case 'author':
      return `${timesWords(figure)} the rate here`;
    case 'unfamiliar':
      return `${Math.round(figure * 100)} %`;
    case 'traffic':
    case 'lines':
      return sayCount(2 ** figure - 1);
    default:
      return figure > 0 ? 'yes' : 'no';
  }
}

/** `null` for what is only the absence of a mark: no reviewer can do anything with it. */
function moverWords(term: ChanceTerm, report: QualityReport): Message | null {
  const { name, figure, points } = term;
  switch (name) {
    case 'paths':
      return recordWords('the record of these files', report.history?.reading.paths ?? []);
    case 'folders':
      return recordWords('the record of their folders', report.history?.reading.folders ?? []);
    case 'author':
      return recordWords(
        "the author's record",
        report.history === null ? [] : [report.history.reading.author],
      );
    case 'unfamiliar':
      return familiarWords(report, points);
    case 'traffic': {
      const each = 2 ** figure - 1;
      if (each < 0.5) return say`files without earlier changes`;
      const changes = ours(sayMany(Math.round(each), 'earlier change'));
      return points > 0
        ? say`much-changed files, ${changes} each`
        : say`seldom-changed files, ${changes} each`;
    }
    case 'lines': {
      const lines = Math.round(2 ** figure - 1);
      if (lines === 0) return say`no added lines outside tests`;
      // The chance counts every file; the size, next to which this stands, does not.
      const every =
        lines > report.size.additions && report.size.leftOut.length > 0 ? ', generated ones too' : '';
      return say`${ours(`${points > 0 ? '' : 'only '}${sayMany(lines, 'added line')} outside tests${every}`)}`;
    }
    case 'settings':
      return figure > 0 ? say`only settings, dependencies or CI files change` : null;
    case 'docs':
      return figure > 0 ? say`only documents change` : null;
    case 'stopgap':
      return figure > 0 ? say`the title speaks of a stopgap` : null;
    case 'wording':
      return figure > 0 ? say`the title speaks of words, format or a version` : null;
    case 'fix':
      return figure > 0 ? say`the title speaks of a fix` : null;
    case 'tidying':
      return figure > 0 ? say`the title speaks of tidying up` : null;
  }
}

/** The counts alone: they are too few for "more often" or "less often". */
function recordWords(whose: string, tallies: readonly Tally[]): Message {
  const sum = (of: 'changes' | 'failed') => tallies.reduce((total, tally) => total + tally[of], 0);
  if (sum('changes') === 0) return say`${ours(whose)}, empty so far`;
  return say`${ours(`${whose}, ${sayCount(sum('failed'))} of ${sayCount(sum('changes'))} failed`)}`;
}

function familiarWords({ history }: QualityReport, points: number): Message {
  const files = history?.reading.paths.length ?? 0;
  const known = Math.min(files, history?.reading.familiarPaths ?? 0);
  if (points > 0) {
    if (known === 0)
      return files === 1 ? say`new to this file` : say`new to all ${ours(sayCount(files))} files`;
    return say`new to ${ours(sayCount(files - known))} of ${ours(sayCount(files))} of these files`;
  }
  if (known === files)
    return files === 1 ? say`knows this file` : say`knows all ${ours(sayCount(files))} files`;
  return say`knows ${ours(sayCount(known))} of ${ours(sayCount(files))} of these files`;
}

function timesWords(doublings: number): string {
  const times = 2 ** doublings;
  return `${times < 9.95 ? times.toFixed(1) : times.toFixed(0)} times`;
}
