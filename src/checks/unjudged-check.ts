// What does the check say where GitHub's answer cannot be judged?
// A verdict on an earlier answer must not stand for it, least of all a green one.
import type { RenderedCheck } from '../domain/check-run.js';
import { say } from '../domain/message.js';
import { toMarkdown } from './escape.js';
import { RECHECK } from './gate-check.js';

/** `why`: what was tried and what came of it, as a failure says it. */
export function renderUnjudged(why: string): RenderedCheck {
  return {
    name: 'agent-policy',
    gate: 'failure',
    title: 'Blocked: this head could not be judged',
    summary: [
      `${toMarkdown(say`${why}`, 'text', 500)}. What was not judged does not pass.`,
      '**Owner:** this is tried again for about two hours, and then on the next event or `Re-check`.',
      '**Author:** nothing to repair here. Do not push or reopen.',
    ].join('\n\n'),
    text: '',
    annotations: [],
    actions: [RECHECK],
  };
}
