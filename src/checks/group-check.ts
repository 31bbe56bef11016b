// What does the check say on a merge group?
// The queue waits for it, so it always concludes: what still waits or runs takes the group out, and says why.
import type { RenderedCheck } from '../domain/check-run.js';
import { say } from '../domain/message.js';
import { type Decision, STRICTEST_FIRST } from '../domain/verdict.js';
import { gateOf } from '../policy/evaluate.js';
import { toMarkdown, toPlain } from './escape.js';
import { renderGate } from './gate-check.js';
import { renderTitle } from './title.js';

export type GroupOutcome =
  | { readonly kind: 'unresolvable'; readonly why: string }
  | {
      readonly kind: 'judged';
      readonly members: readonly { readonly number: number; readonly decision: Decision }[];
      readonly repositoryUrl: string | null;
    };

export function renderGroup(outcome: GroupOutcome): RenderedCheck {
  if (outcome.kind === 'unresolvable') return renderUnresolvable(outcome.why);
  const [worst, ...others] = outcome.members
    .map(({ number, decision }) => ({ number, decision, gate: gateOf(decision) }))
    .sort((a, b) => STRICTEST_FIRST.indexOf(a.gate) - STRICTEST_FIRST.indexOf(b.gate));
  if (worst === undefined) return renderUnresolvable('the group holds no pull request');
  const check = renderGate(worst.decision, {
    pullRequest: worst.number,
    siblings: others.map(({ number, decision, gate }) => ({
      number,
      gate,
      title: renderTitle(decision, gate),
    })),
    shared: 'group',
    repositoryUrl: outcome.repositoryUrl,
  });
  const held = check.gate !== 'success' && check.gate !== 'neutral';
  return {
    ...check,
    gate: held ? 'failure' : check.gate,
    title: held ? `Blocked: #${worst.number} is ${lowerFirst(check.title)}` : check.title,
    summary: `${intro(outcome.members.map(({ number }) => number))}\n\n${check.summary}`,
    actions: [],
  };
}

function renderUnresolvable(why: string): RenderedCheck {
  const reason = say`${why}`;
  return {
    name: 'agent-policy',
    gate: 'failure',
    title: `Blocked: merge group not resolved, ${toPlain(reason, 60)}`,
    summary: [
      `Which pull requests this merge group holds, and at which heads, could not be told: ${toMarkdown(reason, 'text', 500)}.`,
      '**Author:** queue the pull request again.',
    ].join('\n\n'),
    text: '',
    annotations: [],
    actions: [],
  };
}

function intro(numbers: readonly number[]): string {
  const named = numbers.slice(0, 20).map((number) => `#${number}`);
  const more = numbers.length > named.length ? ` and ${numbers.length - named.length} more` : '';
  return `This merge group holds ${named.join(', ')}${more}. Each was judged again at the head that was queued.`;
}

function lowerFirst(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}
