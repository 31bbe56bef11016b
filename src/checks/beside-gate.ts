// What do the checks beside the gate have in common: whose demand is not met, who shares the head, what an agent reads?
import type { RenderedCheck } from '../domain/check-run.js';
import type { Decision, Gate, Verdict } from '../domain/verdict.js';
import { gateOf } from '../policy/evaluate.js';
import { causesOf, isOpen, isStop, sortVerdicts } from './causes.js';
import { toMarkdown } from './escape.js';
import { RECHECK, renderStep } from './gate-check.js';
import { bytesOf, fenceVerdictBlock, nextOf, verdictBlock } from './json-block.js';
import { stepsOf } from './next-steps.js';
import { linkChange, nameChange, sayMany } from './quality-figures.js';
import { fitLines, formatCount, renderAsker, stateSign, stateWord } from './verdict-table.js';

/** Why a change owes something no more. */
export type NotOwed =
  | { readonly kind: 'exact-revert'; readonly sha: string; readonly pullRequest: number | null }
  /** The policy asks for none: the change is judged as somebody else's now, or the policy changed. */
  | { readonly kind: 'not-asked' };

/** A folded section: its title is ours and stands in HTML, its lines are Markdown. */
export interface Fold {
  readonly title: string;
  readonly lines: readonly string[];
}

const MAX_BYTES = 65_000;
const MAX_BLOCK_BYTES = 24_000;
const MAX_CAUSE_BYTES = 16_000;
const TITLE_LIMIT = 200;
const REASON_LIMIT = 500;

/** Calm: what stood here is taken back, and nothing is asked. `what`: `quality delta`, `evals`. */
export function renderNotOwed(
  name: RenderedCheck['name'],
  what: { readonly owes: string; readonly asks: string },
  why: NotOwed,
  repositoryUrl: string | null,
): RenderedCheck {
  const isRevert = why.kind === 'exact-revert';
  return {
    name,
    gate: 'success',
    title: isRevert
      ? `Passed: exact revert of ${nameChange(why).text}, owes no ${what.owes}`
      : `Passed: this change owes no ${what.owes}`,
    summary: isRevert
      ? `Nothing to do. This change undoes ${linkChange(why, repositoryUrl)} line by line and nothing else, so it owes no ${what.owes}.`
      : `Nothing to do. The policy asks ${what.asks} of this change as it is judged now.`,
    text: '',
    annotations: [],
    actions: [RECHECK],
  };
}

/** Who acts, where it does not pass. What it takes to lift a halt or to mend a policy is said once, on the gate. */
export function renderSteps(judged: Decision, gate: Gate, decision: Decision): readonly string[] {
  if (gate !== 'neutral' && decision.verdicts.some((verdict) => isStop(verdict, decision))) {
    return [
      'Something else comes first: see the check `agent-policy`.',
      '**Author:** Do not push, reopen or ask for a waiver.',
    ];
  }
  return stepsOf(judged, gate, nextOf(decision)).map(renderStep);
}

/** Whole blocks while they fit; the first are what matters most. */
export function fitBlocks(blocks: readonly string[]): string {
  const { kept, left } = fitLines(blocks, (block) => `${block}\n`, MAX_BYTES - 100);
  const more = left === 0 ? [] : [`And ${sayMany(left, 'more section')} for which there is no room.`];
  return [...kept.map((block) => block.trimEnd()), ...more].join('\n\n');
}

export function renderSharedHead(
  sharedWith: readonly number[],
  repositoryUrl: string | null,
): readonly string[] {
  if (sharedWith.length === 0) return [];
  const named = sharedWith
    .slice(0, 5)
    .map((number) => linkChange({ sha: '', pullRequest: number }, repositoryUrl));
  const more =
    sharedWith.length > named.length ? ` and ${formatCount(sharedWith.length - named.length)} more` : '';
  const have = sharedWith.length === 1 ? 'has' : 'have';
  return [`**Shared head:** ${named.join(', ')}${more} ${have} the same head commit and this check.`];
}

/** Which demand of the policy is not met, one line each. */
export function renderCauses(judged: Decision, gate: Gate, repositoryUrl: string | null): readonly string[] {
  const open = gate === 'success' ? [] : sortVerdicts(judged).filter(isOpen);
  if (open.length === 0) return [];
  const line = (verdict: Verdict) => {
    const title = toMarkdown(verdict.title, 'text', TITLE_LIMIT);
    const reason = toMarkdown(verdict.reason, 'text', REASON_LIMIT);
    const asker = renderAsker(verdict, judged, repositoryUrl);
    return `- **${stateSign(verdict)} ${stateWord(verdict)}:** ${title} (${asker}). ${reason}`;
  };
  const { kept, left } = fitLines(open, line, MAX_CAUSE_BYTES);
  return [[...kept, ...(left === 0 ? [] : [`- and ${formatCount(left)} more`])].join('\n')];
}

/** Folds as far as they fit, then what an agent reads. */
export function renderFolds(
  folds: readonly Fold[],
  judged: Decision,
  decision: Decision,
  pullRequest: number | null,
): string {
  const block = blockForAuthor(judged, decision, pullRequest);
  let room = MAX_BYTES - bytesOf(block) - 200;
  const written: string[] = [];
  for (const { title, lines } of folds) {
    const wrap = (body: readonly string[]) =>
      `<details><summary>${title}</summary>\n\n${body.join('\n')}\n\n</details>`;
    const { kept, left } = fitLines(lines, (line) => line, room - bytesOf(wrap([])) - 40);
    const body = left === 0 ? kept : [...kept, `- and ${formatCount(left)} more`];
    if (room < bytesOf(wrap(body)) + 2) break;
    written.push(wrap(body));
    room -= bytesOf(wrap(body)) + 2;
  }
  return [...written, block].join('\n\n');
}

/**
 * Who repairs reads the failing check, so the block stands here too when the author is asked; it is the gate's own,
 * of the whole decision, so that the two never disagree.
 */
function blockForAuthor(judged: Decision, decision: Decision, pullRequest: number | null): string {
  const isAsked = causesOf(judged, gateOf(judged)).some(
    ({ mode, remedy }) => mode === 'enforce' && remedy?.by === 'author',
  );
  return isAsked && nextOf(decision) === 'author'
    ? `For agents:\n\n${fenceVerdictBlock(verdictBlock(decision, pullRequest), MAX_BLOCK_BYTES)}`
    : 'For agents: what to do next stands in the check `agent-policy`.';
}
