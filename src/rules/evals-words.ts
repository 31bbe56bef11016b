// How is the result of an eval suite said in a title, a reason and a line of detail?
import type { SuiteFacts } from '../domain/evals.js';
import { code, list, type Message, ours, say } from '../domain/message.js';
import { POLICY_PATH } from '../domain/policy-file.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { Reason, SuiteJudgement } from '../evals/judgement.js';
import { formatShare } from '../evals/percent.js';
import type { EvalsSettings } from './evals-settings.js';
import { furtherCauses, plural } from './short-path.js';

const CATEGORIES = 6;

/** `95.4% of 97% (229/240)` */
function suiteFigures({ totals, passRate }: SuiteJudgement): string {
  const { passed, cases } = totals;
  return `${formatShare(passed, cases)} of ${passRate}% (${passed}/${cases})`;
}

/** What is wrong, the first thing to look at first; figures stand first where they are what is wrong. */
export function failedTitle(judgement: SuiteJudgement, name: Message = say`evals`): Message {
  const [lead, ...others] = ordered(judgement.reasons);
  if (lead === undefined || lead.kind === 'no-cases') return say`${name}: no case was evaluated`;
  const figures = ours(suiteFigures(judgement));
  if (lead.kind !== 'pass-rate') {
    return say`${name}: ${causeOf(lead)}, ${figures}${furtherCauses(others.length)}`;
  }
  const [second, ...rest] = others;
  const and = second === undefined ? say`` : say`, ${causeOf(second)}`;
  return say`${name} ${figures}${and}${furtherCauses(rest.length)}`;
}

export function passedTitle(judgement: SuiteJudgement, name: Message = say`evals`): Message {
  return say`${name} ${ours(suiteFigures(judgement))}`;
}

const ORDER: readonly Reason['kind'][] = [
  'no-cases',
  'pass-rate',
  'zero-tolerance',
  'missing-cases',
  'missing-categories',
  'regressions',
  'too-few-runs',
];

function ordered(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function causeOf({ kind, count }: Reason): Message {
  switch (kind) {
    case 'zero-tolerance':
      return say`${count} zero-tolerance`;
    case 'missing-cases':
      return say`${plural(count, 'case')} missing`;
    case 'missing-categories':
      return say`${plural(count, 'category', 'categories')} missing`;
    case 'regressions':
      return say`${plural(count, 'regression')}`;
    case 'too-few-runs':
      return say`too few runs`;
    case 'pass-rate':
      return say`pass rate`;
    case 'no-cases':
      return say`no case`;
  }
}

/** The suite, why it failed, and the categories of what does not pass. */
export function reasonOf(suite: string, { reasons, state, byCategory, needed }: SuiteJudgement): Message {
  if (state === 'passed') {
    return say`${code(suite)} passes: it needs ${needed}.${categories(byCategory)}`;
  }
  const words = reasons.map(({ what }) => what);
  return {
    parts: [
      ...say`${code(suite)}:`.parts,
      ...words.flatMap(({ parts }) => [ours(' '), ...parts]),
      ...categories(byCategory).parts,
    ],
  };
}

function categories(byCategory: SuiteJudgement['byCategory']): Message {
  if (byCategory.length === 0) return say``;
  const shown = byCategory
    .slice(0, CATEGORIES)
    .map(({ category, cases }) =>
      category === null ? say`${cases} without a category` : say`${cases} ${code(category)}`,
    );
  const left = byCategory.length - shown.length;
  return say` Not passed: ${list(left > 0 ? [...shown, say`${plural(left, 'more category', 'more categories')}`] : shown)}.`;
}

/** What a reader should know besides: what this change edits, and what is counted with it. */
export function evalDetails(
  { source }: EvalsSettings,
  facts: SuiteFacts | null,
  snapshot: Snapshot,
): readonly Message[] {
  const earlier = facts?.fromEarlierHeads ?? 0;
  return [
    ...editsOf(source, snapshot).map(
      (path) =>
        say`This change edits ${code(path)}, which steers the suite. The default branch's copy judges it, and the owner approves the edit.`,
    ),
    ...[...new Set(facts?.refusedPresses ?? [])].map(
      (login) =>
        say`${code(`@${login}`)} pressed a button and has no write access here, or is no person: nothing was started.`,
    ),
    ...(earlier > 0
      ? [
          say`${plural(earlier, 'run')} of earlier heads with the same diff ${earlier === 1 ? say`counts` : say`count`} too.`,
        ]
      : []),
  ];
}

/** Files of the suite that the policy knows of: its workflow, and the thresholds. */
export function editsOf(source: EvalsSettings['source'], { files }: Snapshot): readonly string[] {
  const steering = [`.github/workflows/${source.workflow}`, POLICY_PATH].map((path) => path.toLowerCase());
  const touched = files.flatMap(({ path, previousPath }) =>
    previousPath === null ? [path] : [path, previousPath],
  );
  return [...new Set(touched.filter((path) => steering.includes(path.toLowerCase())))];
}
