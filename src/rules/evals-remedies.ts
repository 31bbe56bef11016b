// What would make a failed eval suite pass?
// An agent reads this: names of cases are given only where they are plain names, and never what a case says.
import { code, list, type Message, say } from '../domain/message.js';
import type { Remedy } from '../domain/verdict.js';
import type { Reason, SuiteJudgement } from '../evals/judgement.js';
import type { EvalsSettings } from './evals-settings.js';
import { plural } from './short-path.js';

const NAMED = 6;
/** One word, as ids are; a name that is a sentence could be an order to whoever reads it. */
const PLAIN_ID = /^[\p{L}\p{N}_.:/#[\]()=,+-]{1,80}$/u;

export function evalRemedy(judgement: SuiteJudgement, settings: EvalsSettings): Remedy {
  const { repair, reasons } = judgement;
  if (repair !== null) {
    const { ids, share } = repair;
    const these = ids.length === 1 ? say`this case` : say`these ${ids.length} cases`;
    return { by: 'author', what: say`Fix ${these} and it is ${share}${named(ids)}.` };
  }
  const asked = reasons.map((reason) => remedyOf(reason, judgement, settings));
  const byAuthor = asked.find(({ by }) => by === 'author');
  return {
    by: (byAuthor ?? asked[0])?.by ?? 'owner',
    what: {
      parts: asked.flatMap(({ what }, at) => (at === 0 ? what.parts : [...say` `.parts, ...what.parts])),
    },
  };
}

/** `Mend it. Then press Re-run evals …` */
export function pressAgain(first: Message): Message {
  return say`${first} press \`Re-run evals\` on the check \`agent-policy/evals\`.`;
}

function remedyOf(reason: Reason, judgement: SuiteJudgement, { source, demand }: EvalsSettings): Remedy {
  const suite = code(source.suite);
  const { totals, needed } = judgement;
  switch (reason.kind) {
    case 'no-cases':
      return { by: 'owner', what: say`Let the workflow of ${suite} run at least one case.` };
    case 'pass-rate':
      return {
        by: 'author',
        what: say`Let ${plural(needed - totals.passed, 'more case')} of ${suite} pass: it needs ${needed} of ${totals.cases}.`,
      };
    case 'zero-tolerance':
      return {
        by: 'author',
        what: say`Fix the ${plural(reason.count, 'case')} of zero tolerance${named(reason.ids)}.`,
      };
    case 'regressions':
      return {
        by: 'author',
        what: say`Fix the ${plural(reason.count, 'case')} that ${reason.count === 1 ? say`passes` : say`pass`} on the default branch${named(reason.ids)}.`,
      };
    case 'missing-cases':
      return {
        by: 'author',
        what: say`Let the suite answer the ${plural(reason.count, 'case')} that ${reason.count === 1 ? say`is` : say`are`} missing${named(reason.ids)}.`,
      };
    case 'missing-categories':
      return {
        by: 'owner',
        what: say`Let ${suite} run cases of every category that is required of it.`,
      };
    case 'too-few-runs':
      return {
        by: 'owner',
        what: say`Let the workflow of ${suite} run each case ${plural(demand.runs, 'time')}.`,
      };
  }
}

function named(ids: readonly string[]): Message {
  const plain = ids.filter((id) => PLAIN_ID.test(id)).slice(0, NAMED);
  if (plain.length === 0) return say` (named in the check \`agent-policy/evals\`)`;
  const left = ids.length - plain.length;
  const items = plain.map((id) => say`${code(id)}`);
  return say`: ${list(left > 0 ? [...items, say`${left} more`] : items)}`;
}
