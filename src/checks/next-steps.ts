// What should whom do now?
import { code, list, type Message, type MessagePart, ours, say } from '../domain/message.js';
import type { Decision, Gate, Remedy, Verdict } from '../domain/verdict.js';
import { causesOf, isForLater } from './causes.js';
import { toPlain } from './escape.js';
import { type Next, nextOf } from './json-block.js';

export interface Step {
  /** `Author`, `Reviewer`, `Owner`, `Machine`; `null` for a line to everyone. */
  readonly who: string | null;
  readonly what: Message;
}

/** Remedies said in one line to one addressee; the table has them all. */
const MOST_REMEDIES = 3;

/** `next`: who acts next on the pull request as a whole, where `decision` holds only a part of its verdicts. */
export function stepsOf(decision: Decision, gate: Gate, next: Next = nextOf(decision)): readonly Step[] {
  if (gate === 'success') {
    return [{ who: null, what: say`Nothing to do: agent-policy does not hold this pull request.` }];
  }
  const causes = causesOf(decision, gate);
  if (gate === 'neutral') {
    return [
      { who: null, what: say`Observe mode: nothing is blocked. Were it enforced:` },
      ...remedySteps(causes, ['author', 'person', 'owner', 'machine']),
    ];
  }
  const useful = causes.filter((verdict) => !isForLater(verdict, decision));
  return [...stuckSteps(useful, decision, next), ...remedySteps(useful, orderFor(next)), ...closing(next)];
}

export function addressee(by: Remedy['by']): string {
  switch (by) {
    case 'author':
      return 'Author';
    case 'person':
      return 'Reviewer';
    case 'owner':
      return 'Owner';
    case 'machine':
      return 'Machine';
  }
}

/** Three heads that fail the same rule: the next one would too. */
function stuckSteps(causes: readonly Verdict[], { stuck }: Decision, next: Next): readonly Step[] {
  const rules = [...new Set(causes.map(({ rule }) => rule))].filter((rule) => stuck.includes(rule));
  if (next !== 'person' || rules.length === 0) return [];
  const what = say`${list(rules.map((rule) => code(rule)))} failed on three heads or more. Help the author, or close the pull request.`;
  return [{ who: 'Reviewer', what }];
}

function orderFor(next: Next): readonly Remedy['by'][] {
  // A push may take approvals away, so a reviewer is asked after the author has repaired.
  return next === 'author'
    ? ['author', 'person', 'owner', 'machine']
    : ['person', 'owner', 'machine', 'author'];
}

function closing(next: Next): readonly Step[] {
  switch (next) {
    case 'author':
      return [];
    case 'person':
      return [{ who: 'Author', what: say`Do not push, reopen or ask for a waiver.` }];
    case 'machine':
      return [
        { who: null, what: say`This check updates by itself.` },
        { who: 'Author', what: say`Do not push, reopen or ask for a waiver.` },
      ];
    case 'none':
      return [{ who: 'Author', what: say`Nothing to repair here. Do not push, reopen or ask for a waiver.` }];
  }
}

function remedySteps(causes: readonly Verdict[], order: readonly Remedy['by'][]): readonly Step[] {
  return order.flatMap((by) => {
    const remedies = causes.flatMap(({ remedy }) => (remedy?.by === by ? [remedy.what] : []));
    const distinct = [...new Map(remedies.map((what) => [toPlain(what), what])).values()];
    return distinct.length === 0 ? [] : [{ who: addressee(by), what: joinSentences(distinct) }];
  });
}

function joinSentences(sentences: readonly Message[]): Message {
  const parts: MessagePart[] = [];
  for (const sentence of sentences.slice(0, MOST_REMEDIES)) {
    if (parts.length > 0) parts.push(ours(' '));
    parts.push(...sentence.parts);
    if (!/[.!?]$/.test(toPlain(sentence))) parts.push(ours('.'));
  }
  const left = sentences.length - MOST_REMEDIES;
  if (left > 0) parts.push(ours(` And ${left} more, below.`));
  return { parts };
}
