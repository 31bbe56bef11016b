// Where do the figures of the quality check come from, and what are they worth? Folded, for who asks.
import { type Message, ours, say } from '../domain/message.js';
import type { QualityReport } from '../quality/assess.js';
import { sayPercent } from '../quality/chance-words.js';
import { QUALITY_WEIGHTS } from '../quality/weights.js';
import type { Fold } from './beside-gate.js';
import { toMarkdown } from './escape.js';
import { figureWords, termLabel } from './quality-chance.js';
import { knowledgeOf, sayCount, sayDay, sayFactor, sayMany, sayStated } from './quality-figures.js';
import { correctionWords } from './quality-terms.js';

const DAY = 86_400;

export function methodFolds(report: QualityReport): readonly Fold[] {
  return [...chanceFold(report), { title: 'Method and sources', lines: methodLines(report) }];
}

function chanceFold(report: QualityReport): readonly Fold[] {
  const { chance } = report;
  if (chance === null) return [];
  const isShown = knowledgeOf(report) === 'enough';
  const rows = chance.terms.map((term) => {
    const { weight, typical } = QUALITY_WEIGHTS.terms[term.name];
    const usual = isMark(term.name)
      ? `${Math.round(typical * 100)} % of changes`
      : figureWords({ ...term, figure: typical });
    const cells = [termLabel(term.name), figureWords(term), usual, sayStated(weight)];
    return `| ${[...cells, ...(isShown ? [sayPrecise(term.points)] : [])].join(' | ')} |`;
  });
  return [
    {
      title: isShown
        ? `How the chance of ${sayPercent(chance.probability)} comes about`
        : 'What the chance is made of',
      lines: [
        isShown
          ? `A change that is typical in every term has ${sayPercent(chance.typical)} here; each term multiplies its odds.`
          : 'Too little is merged here for a chance. These are the facts it will rest on.',
        '',
        `| Term | Here | Typical | Weight |${isShown ? ' Factor |' : ''}`,
        `| :-- | :-- | :-- | --: |${isShown ? ' --: |' : ''}`,
        ...rows,
      ],
    },
  ];
}

function isMark(name: string): boolean {
  return ['settings', 'docs', 'stopgap', 'wording', 'fix', 'tidying'].includes(name);
}

function sayPrecise(points: number): string {
  const factor = Math.exp(points);
  return factor < 9.95 ? `×${factor.toFixed(2)}` : sayFactor(points);
}

function methodLines(report: QualityReport): readonly string[] {
  const { history } = report;
  const { delta, smoothing, correction, history: span } = QUALITY_WEIGHTS;
  const windowDays = history?.wantedDays ?? span.windowSeconds / DAY;
  const halfLifeDays = history?.halfLifeDays ?? span.halfLifeSeconds / DAY;
  const lines: readonly Message[] = [
    say`The delta compares this change with the median merged change of this repository, where every term gives 0 points. History gives at most ±${delta.history.most}, ${delta.history.perUnit} for each doubling of the chance; size ±${delta.size.most}; coverage ±${delta.coverage.most}. These shares are a choice, not a measurement.`,
    say`The label behind the chance is the revert. A defect that a later fix mends is not in it.`,
    say`Window: ${ours(sayMany(windowDays, 'day'))}; a merged change counts half after ${ours(sayMany(halfLifeDays, 'day'))}. Each record is mixed with imagined changes at this repository's rate, ${smoothing.paths} for a file or an author and ${smoothing.folders} for a folder, so that one unlucky file condemns nothing.`,
    ...(history === null
      ? [say`No history of this repository was read.`]
      : [
          say`Read ${ours(sayDay(history.at))} (UTC): ${ours(sayMany(history.reading.repository.changes, 'merged change'))}, ${ours(sayCount(history.reading.repository.failed))} of them failed; ${Math.floor(history.readDays)} of ${Math.ceil(history.wantedDays)} days. The author's record is that of ${history.author}.`,
          say`Correction: ${correctionWords(report)}. It is worked out weekly from changes at least ${correction.ripeningSeconds / DAY} days old, and never moves a chance by more than a factor of ${correction.maxFactor}.`,
        ]),
    say`Size leaves out lockfiles, snapshots, vendored and generated files, as the default branch names them, and what the policy ignores.`,
    say`Coverage is a team's standard: in the data behind the chance it predicts no reverts, so it has its own term.`,
    say`Calibration: replayed on twelve public repositories, each with weights fitted on the eleven others, the chance lay within the 95 % interval of what was observed in nine of ten groups. It ranks changes; it does not know whether one is correct. More in docs/quality.md of agent-policy.`,
  ];
  return lines.map((line) => `- ${toMarkdown(line)}`);
}

/** What a reader must know of the coverage report; words of the report, so foreign. */
export function coverageNotes({ coverage }: QualityReport): readonly Fold[] {
  if (coverage.kind !== 'measured' || coverage.facts.notes.length === 0) return [];
  const { notes } = coverage.facts;
  return [
    {
      title: `About the coverage report (${sayCount(notes.length)})`,
      lines: notes.map((note) => `- ${toMarkdown(say`${note}`, 'text', 400)}`),
    },
  ];
}
