// What stands behind the figures of a suite: the lines a harness prints, and how they are judged?
import { say } from '../domain/message.js';
import { formatPercent } from '../evals/percent.js';
import { summarise } from '../evals/summary.js';
import type { ReportedSuite } from '../policy/evaluate.js';
import type { Fold } from './beside-gate.js';
import { codeSpan, toPlain } from './escape.js';
import { sayCost } from './evals-figures.js';
import { sayMany } from './quality-figures.js';

/** As `agent-policy evals read` prints it. */
export function printedFold(reports: readonly ReportedSuite[]): readonly Fold[] {
  const printed = reports.flatMap(({ suite, judgement }) =>
    judgement === null ? [] : [summarise(suite, judgement, show)],
  );
  return printed.length === 0
    ? []
    : [{ title: 'As a harness prints it', lines: printed.map((text) => `${fence(text)}\n`) }];
}

/** One line, cut: nothing in it can end the block it stands in. */
function show(text: string): string {
  return toPlain(say`${text}`, 100) || '(empty)';
}

/** Longer than any run of backticks inside. */
function fence(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}text\n${text}\n${ticks}`;
}

export function methodFold(reports: readonly ReportedSuite[]): Fold {
  return {
    title: 'How it is judged',
    lines: [
      ...reports.map(suiteLine),
      '- Skipped and errored cases are not passes, and shares are rounded down. Zero cases are no pass.',
      '- A case passes if more than half of its results are passes. Runs of one diff add up over all heads; one failure of zero tolerance is enough.',
      '- Suite, thresholds and workflow are those of the default branch. Only the artifact of the run that agent-policy asked for counts, written by the last job of its first attempt.',
      '- A run that ends without results is neither a pass nor a failed case.',
    ],
  };
}

function suiteLine({ suite, source, demand, judgement, facts }: ReportedSuite): string {
  const { passRate, maxRegressions, runs, zeroTolerance, requiredCategories } = demand;
  const globs = (words: string, all: readonly string[]) =>
    all.length === 0
      ? []
      : [
          `${words} ${all
            .slice(0, 20)
            .map((glob) => codeSpan(glob))
            .join(' ')}`,
        ];
  const cost = judgement === null ? null : sayCost(judgement.cost, judgement.tokens);
  const parts = [
    `workflow ${codeSpan(source.workflow)}`,
    `pass rate ${formatPercent(passRate)}`,
    `at most ${sayMany(maxRegressions, 'regression')}`,
    ...(runs > 1 ? [`${runs} results a case`] : []),
    ...globs('zero tolerance', zeroTolerance),
    ...globs('required', requiredCategories),
    ...(judgement === null ? [] : [`${sayMany(judgement.runs, 'run')} counted`]),
    ...(cost === null ? [] : [cost]),
    ...(facts === null
      ? []
      : [`${facts.dispatchesToday} of ${sayMany(source.maxDispatches, 'run')} started within a day`]),
  ];
  return `- ${codeSpan(suite)}: ${parts.join(' · ')}.`;
}
