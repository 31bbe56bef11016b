// How does a harness print the result of a suite: one line of counts, one of failures by category?
import type { SuiteJudgement } from './judgement.js';
import { formatPercent, formatShare } from './percent.js';

const WIDTH = 110;
const MAX_CATEGORIES = 20;

/** `show` makes a stranger's text harmless for the place it is printed in. */
export function summarise(
  suite: string,
  { totals, passRate, state, byCategory }: SuiteJudgement,
  show: (text: string) => string,
): string {
  const pass = `${totals.passed} (${formatShare(totals.passed, totals.cases)})`;
  const verdict = state === 'passed' ? 'PASS' : 'FAIL';
  const head = [
    `Suite: ${show(suite)}  `,
    `Cases: ${totals.cases}`,
    `Pass: ${pass}`,
    `Threshold: ${formatPercent(passRate)}`,
    verdict,
  ].join('   ');
  const shown = byCategory.slice(0, MAX_CATEGORIES);
  const more = byCategory.length - shown.length;
  const entries = [
    ...shown.map(({ category, cases }) => `${cases} ${category === null ? '(no category)' : show(category)}`),
    ...(more === 0 ? [] : [`and ${more} categories more`]),
  ];
  return [head, ...wrap(entries)].join('\n');
}

function wrap(entries: readonly string[]): string[] {
  const lines: string[] = [];
  for (const entry of entries) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 3 + entry.length <= WIDTH)
      lines[lines.length - 1] = `${line}   ${entry}`;
    else lines.push(`  ${entry}`);
  }
  return lines;
}
