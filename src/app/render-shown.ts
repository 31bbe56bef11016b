// What does the check on a head say that several pull requests may share?
// The strictest verdict stands and names the others.
import { renderGate } from '../checks/gate-check.js';
import { renderTitle } from '../checks/title.js';
import type { RenderedCheck } from '../domain/check-run.js';
import { type Decision, type Gate, STRICTEST_FIRST } from '../domain/verdict.js';

export interface Shown {
  readonly number: number;
  readonly gate: Gate;
  readonly decision: Decision;
}

/** `unjudged`: pull requests on this head that have no verdict yet. */
export function renderShown(
  shown: readonly [Shown, ...Shown[]],
  unjudged: readonly number[],
  repositoryUrl: string | null,
): RenderedCheck {
  const ordered = [...shown].sort(
    (a, b) => STRICTEST_FIRST.indexOf(a.gate) - STRICTEST_FIRST.indexOf(b.gate) || a.number - b.number,
  );
  const [strictest, ...others] = ordered as [Shown, ...Shown[]];
  return renderGate(strictest.decision, {
    pullRequest: strictest.number,
    siblings: [
      ...others.map((other) => ({
        number: other.number,
        gate: other.gate,
        title: renderTitle(other.decision, other.gate),
      })),
      ...unjudged.map((number) => ({
        number,
        gate: 'in_progress' as const,
        title: 'Running: not judged yet',
      })),
    ],
    repositoryUrl,
  });
}
