// How does the demo print a check, as a reviewer would read it on the pull request?
import type { RenderedCheck } from '../../src/domain/check-run.js';
import type { PullRequestHandle } from '../fakes/github/model/handles.js';
import type { Chapter } from './story.js';

const COLOR = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const paint = (code: string, text: string) => (COLOR ? `\u001b[${code}m${text}\u001b[0m` : text);

const SIGN: Readonly<Record<string, readonly [sign: string, color: string]>> = {
  success: ['✔', '32'],
  failure: ['✖', '31'],
  action_required: ['●', '33'],
  in_progress: ['…', '33'],
  neutral: ['○', '36'],
};

export function printChapter(
  number: number,
  chapter: Chapter,
  check: RenderedCheck | null,
  pull: PullRequestHandle,
  fits: boolean,
): void {
  console.log(`\n${paint('1', `${number}. ${chapter.title}`)}`);
  if (check === null) console.log('   no check was posted');
  else {
    const [sign, color] = SIGN[check.gate] ?? ['?', '35'];
    console.log(`   ${paint(color, `${sign} agent-policy  ${check.title}`)}`);
    for (const line of [...firstLines(check.summary), ...approvalLines(check.text)])
      console.log(`     ${line}`);
  }
  const { ready } = pull.mergeState();
  console.log(
    paint(
      '2',
      `   head ${pull.headSha.slice(0, 7)} · ${ready ? 'GitHub would let it merge' : 'GitHub holds the merge'}`,
    ),
  );
  if (!fits)
    console.log(
      paint(
        '31',
        `   This is not what the demo expects: ${chapter.expect.conclusion} ${chapter.expect.title}`,
      ),
    );
}

export function printEnd(end: {
  readonly seconds: number;
  readonly requests: number;
  readonly wrong: number;
}): void {
  const verdict = end.wrong === 0 ? 'Every step as expected.' : `${end.wrong} steps not as expected.`;
  console.log(`\n${verdict} ${end.requests} requests to GitHub in ${end.seconds.toFixed(1)} s.`);
}

/** What stands above the table: what to do, in plain words. */
function firstLines(summary: string): readonly string[] {
  return summary
    .split('\n')
    .slice(
      0,
      summary.split('\n').findIndex((line) => line.startsWith('|')),
    )
    .filter((line) => line.trim() !== '')
    .map(unmark);
}

/** Whose approval counts, whose does not, and why: folded in the check, unfolded here. */
function approvalLines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => /^- `@/.test(line))
    .map((line) => `${unmark(line.slice(2))}.`);
}

function unmark(line: string): string {
  return line
    .replaceAll('**', '')
    .replaceAll('`', '')
    .replace(/\\([\\`*_{}[\]()#+.!|<>@~-])/g, '$1');
}
