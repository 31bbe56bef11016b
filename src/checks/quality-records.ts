// Which touched files failed before, and how does this agent's record compare with people's?
// No record says more than its interval does: what overlaps cannot be told apart, and that is said.
import type { OutcomeCount, PastFailure, PathRecord } from '../domain/ledger.js';
import { code, say } from '../domain/message.js';
import type { OutcomeKind } from '../domain/outcome.js';
import type { QualityReport } from '../quality/assess.js';
import { FEWEST_MERGED_CHANGES } from '../quality/delta.js';
import { overlap, wilsonInterval } from '../quality/wilson.js';
import { codeSpan, toMarkdown } from './escape.js';
import { countedPercent, linkChange, sayAgo, sayCount, sayMany } from './quality-figures.js';

/** Markdown lines, the worst file first; empty where none of the files failed before. */
export function renderRiskyPaths(report: QualityReport, repositoryUrl: string | null): readonly string[] {
  const { history } = report;
  const records = (history?.riskyPaths ?? []).filter(({ failed }) => failed > 0);
  if (history === null || records.length === 0) return [];
  return records.map((record) => `- ${pathLine(record, history.at, repositoryUrl)}`);
}

/** `src/billing/tax.ts`: 3 of 41 changes reverted, last 12 days ago: #812, #790, #771 */
function pathLine(record: PathRecord, now: number, repositoryUrl: string | null): string {
  const { path, changes, failed, failures } = record;
  const name = toMarkdown(say`${code(path)}`);
  const counted = `${sayCount(failed)} of ${sayMany(Math.max(changes, failed), 'change')} ${failureWord(record)}`;
  if (failures.length === 0) return `${name}: ${counted}`;
  const newest = Math.max(...failures.map(({ at }) => at));
  const isMixed = new Set(failures.map(({ outcome }) => outcome)).size > 1;
  const links = failures.map(
    (one) => `${linkChange(one, repositoryUrl)}${isMixed ? ` (${outcomeWord(one.outcome)})` : ''}`,
  );
  const earlier = failed - failures.length;
  const more = earlier > 0 ? ` and ${sayCount(earlier)} earlier` : '';
  return `${name}: ${counted}, last ${sayAgo(newest, now)}: ${links.join(', ')}${more}`;
}

/** One word only where it is known of all of them. */
function failureWord({ failed, failures }: PathRecord): string {
  const [first] = failures;
  const isKnown = failures.length >= failed && first !== undefined;
  return isKnown && failures.every(({ outcome }) => outcome === first.outcome)
    ? outcomeWord(first.outcome)
    : 'failed';
}

function outcomeWord(outcome: OutcomeKind | PastFailure['outcome']): string {
  switch (outcome) {
    case 'reverted':
      return 'reverted';
    case 'hotfixed':
      return 'needed a fix';
    case 'incident':
      return 'led to an incident';
    case 'rolled-back':
      return 'rolled back';
    case 'kept':
      return 'kept after all';
  }
}

/** Markdown of this agent's record beside people's; empty where no agent wrote the change. */
export function renderRecord(report: QualityReport): readonly string[] {
  const { history } = report;
  if (history === null || history.agent === null) return [];
  const { agent, people } = history;
  if (agent.changes + people.changes === 0) return [];
  return [
    '**Record here**, merged changes that were taken back or led to an incident, with the 95 % interval:',
    [`- ${recordLine(codeSpan(agent.name.slice(0, 100)), agent)}`, `- ${recordLine('people', people)}`].join(
      '\n',
    ),
    compare(agent, people),
  ];
}

function recordLine(who: string, { changes, failed }: OutcomeCount): string {
  if (changes === 0) return `${who}: no merged change yet`;
  const { low, high } = wilsonInterval(failed, changes);
  const share = countedPercent(Math.min(1, failed / changes));
  return `${who}: ${sayCount(failed)} of ${sayCount(changes)}, ${share} (${bound(low)} to ${bound(high)} %)`;
}

function bound(share: number): string {
  return countedPercent(share).replace(' %', '');
}

function compare(agent: OutcomeCount, people: OutcomeCount): string {
  if (agent.changes < FEWEST_MERGED_CHANGES || people.changes < FEWEST_MERGED_CHANGES) {
    return `Too few to tell: ${FEWEST_MERGED_CHANGES} merged changes of each are needed.`;
  }
  const of = ({ failed, changes }: OutcomeCount) => wilsonInterval(failed, changes);
  if (overlap(of(agent), of(people))) return 'Too few to tell: the intervals overlap.';
  return agent.failed / agent.changes > people.failed / people.changes
    ? "The intervals do not overlap: this agent's changes failed more often than people's here."
    : "The intervals do not overlap: this agent's changes failed less often than people's here.";
}
