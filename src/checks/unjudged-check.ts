// What does the check say where GitHub's answer cannot be judged, or not be had?
// A verdict on an earlier answer must not stand for it, least of all a green one.
import type { RenderedCheck } from '../domain/check-run.js';
import { say } from '../domain/message.js';
import { toMarkdown } from './escape.js';
import { RECHECK } from './gate-check.js';

/** Whether attempts go on by themselves, or were given up and begin anew now and then. */
export type Attempts = 'go on' | 'given up';

/** `why`: what was tried and what came of it, as a failure says it. */
export function renderUnjudged(why: string, attempts: Attempts = 'go on'): RenderedCheck {
  const next =
    attempts === 'go on'
      ? 'this is tried again for about two hours, and then on the next event or `Re-check`.'
      : 'this was tried for about two hours. It is tried again every hour, on the next event, and on `Re-check`. ' +
        'The server’s log says more.';
  return {
    name: 'agent-policy',
    gate: 'failure',
    title: 'Blocked: this head could not be judged',
    summary: [
      `${toMarkdown(say`${why}`, 'text', 500)}. What was not judged does not pass.`,
      `**Owner:** ${next}`,
      '**Author:** nothing to repair here. Do not push or reopen.',
    ].join('\n\n'),
    text: '',
    annotations: [],
    actions: [RECHECK],
  };
}

/**
 * A verdict that could not be refreshed. What was green blocks; every other verdict stands and says so. `binds`: false
 * if nothing in it can block, as where a policy only observes.
 */
export function renderStale(
  standing: RenderedCheck,
  { since, why, binds }: { readonly since: Date; readonly why: string; readonly binds: boolean },
): RenderedCheck {
  const isGreen = standing.gate === 'success' || standing.gate === 'neutral';
  const time = `${since.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const reason = toMarkdown(say`${why}`, 'text', 200);
  if (!isGreen || !binds) {
    const line = `**Could not refresh since ${time}** (${reason}). The verdict below is from before; this is tried again by itself.`;
    return { ...standing, summary: `${line}\n\n${standing.summary}` };
  }
  return {
    ...standing,
    gate: 'failure',
    title: `Blocked: could not refresh since ${time}`,
    summary: [
      `It passed before. Since ${time} the facts could not be read again (${reason}). ` +
        'What may have changed since then was not judged, so it does not pass.',
      '**Owner:** this is tried again by itself, and passes again once GitHub answers. `Re-check` tries at once.',
      '**Author:** nothing to repair here. Do not push or reopen.',
    ].join('\n\n'),
    text: '',
    annotations: [],
  };
}
