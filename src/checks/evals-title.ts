// What is the one line of the evals check: which word, which suite, which figures?
import { code, type Message, ours, say } from '../domain/message.js';
import type { Decision, Gate, Verdict } from '../domain/verdict.js';
import { formatShare } from '../evals/percent.js';
import type { ReportedSuite } from '../policy/evaluate.js';
import { failedTitle, passedTitle } from '../rules/evals-words.js';
import { causesOf } from './causes.js';
import { graphemes, shortenMiddle, toPlain } from './escape.js';
import { sayElapsed } from './evals-figures.js';
import { conclusionWord, leadWord } from './title.js';

const MOST = 110;
/** GitHub's own limit. */
const MOST_UNITS = 255;
const SHORT_NAME = 24;

export function renderEvalsTitle(
  reports: readonly ReportedSuite[],
  judged: Decision,
  gate: Gate,
  now: number,
): string {
  if (gate === 'success') return fitLine('Passed: ', passedWordings(reports), '');
  const causes = causesOf(judged, gate);
  const [lead] = causes;
  const report = reports.find(({ verdict }) => verdict === lead);
  const end = causes.length > 1 ? ` (+${causes.length - 1})` : '';
  if (lead === undefined || report === undefined) return `${conclusionWord(gate)}: see below`;
  const cause = (limit: number) => causeWords(report, lead, limit, now);
  return fitLine(`${leadWord(gate, lead, judged)}: `, [cause(50), cause(SHORT_NAME)].map(one), end);
}

function causeWords(report: ReportedSuite, { title }: Verdict, limit: number, now: number): Message {
  const { suite, judgement, facts } = report;
  const name = say`${code(shortenMiddle(suite, limit))}`;
  if (judgement?.state === 'failed') return failedTitle(judgement, name);
  const state = facts?.state;
  const elapsed = state === undefined ? null : sayElapsed(state, now);
  if (elapsed === null || state === undefined) return title;
  return say`${name}${ours(state.kind === 'queued' ? ' is queued' : '')}, ${ours(elapsed)}`;
}

/** Every suite with its figures, or how many there are and which is closest to its threshold. */
function passedWordings(reports: readonly ReportedSuite[]): readonly string[] {
  const judged = reports.flatMap(({ suite, judgement }) =>
    judgement === null ? [] : [{ suite, judgement, share: judgement.totals.passed / judgement.totals.cases }],
  );
  const [closest] = judged.toSorted(
    (a, b) => a.share * 100 - a.judgement.passRate - (b.share * 100 - b.judgement.passRate),
  );
  if (closest === undefined) return ['every suite that could be judged'];
  const { totals, passRate } = closest.judgement;
  const names = new Set(judged.map(({ suite }) => suite));
  if (judged.length === 1) {
    return [
      one(passedTitle(closest.judgement, say`${code(closest.suite)}`)),
      one(passedTitle(closest.judgement, say`${code(shortenMiddle(closest.suite, SHORT_NAME))}`)),
    ];
  }
  const each = judged.map(({ suite, judgement }) =>
    one(
      say`${code(suite)} ${ours(`${formatShare(judgement.totals.passed, judgement.totals.cases)} of ${judgement.passRate}%`)}`,
    ),
  );
  const suites = names.size === 1 ? '1 suite' : `${names.size} suites`;
  return [
    each.join(', '),
    `${suites}, the closest ${formatShare(totals.passed, totals.cases)} of ${passRate}%`,
  ];
}

function one(message: Message): string {
  return toPlain(message);
}

/** The first wording that is short enough, else the last one cut. */
function fitLine(start: string, wordings: readonly string[], end: string): string {
  const lines = wordings.map((words) => `${start}${words}${end}`);
  const short = lines.find((line) => graphemes(line).length <= MOST && line.length <= MOST_UNITS);
  if (short !== undefined) return short;
  const room = MOST - start.length - end.length - 1;
  let kept = '';
  for (const letter of graphemes(wordings.at(-1) ?? '').slice(0, room)) {
    if (start.length + kept.length + letter.length + end.length > MOST_UNITS - 1) break;
    kept += letter;
  }
  return `${start}${kept.trimEnd()}…${end}`;
}
