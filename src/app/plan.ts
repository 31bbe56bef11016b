// Which actions bring GitHub in line with a decision?
// An unchanged verdict asks for nothing: GitHub's POSTs are not idempotent, so what stands there is read first.
import { createHash } from 'node:crypto';
import type { RenderedCheck } from '../domain/check-run.js';
import type { OwnCheck } from '../domain/snapshot.js';

export type Action =
  | {
      readonly kind: 'create-check';
      readonly check: RenderedCheck;
      readonly headSha: string;
      readonly externalId: string;
    }
  | {
      readonly kind: 'update-check';
      readonly id: number;
      readonly check: RenderedCheck;
      readonly externalId: string;
    }
  | { readonly kind: 'add-label'; readonly label: string };

/** What GitHub holds now: our own check runs on the head, and the labels (`null`: not known, so none is added). */
export interface Standing {
  readonly headSha: string;
  readonly ownChecks: readonly OwnCheck[];
  readonly labels: readonly string[] | null;
}

export function planActions(
  check: RenderedCheck,
  labels: readonly string[],
  standing: Standing,
): readonly Action[] {
  const { labels: present } = standing;
  const lacking = present === null ? [] : labels.filter((label) => !hasLabel(present, label));
  return [...planCheck(check, standing), ...lacking.map((label): Action => ({ kind: 'add-label', label }))];
}

/** Names one rendered verdict: two renderings with the same id look the same to a reviewer. */
export function externalIdOf(check: RenderedCheck): string {
  return `v1:${createHash('sha256').update(JSON.stringify(check)).digest('hex').slice(0, 40)}`;
}

export function planCheck(check: RenderedCheck, standing: Standing): readonly Action[] {
  const externalId = externalIdOf(check);
  const newest = newestOf(standing.ownChecks, check.name);
  if (newest === null) return [{ kind: 'create-check', check, headSha: standing.headSha, externalId }];
  if (newest.externalId === externalId && newest.conclusion === conclusionOf(check)) return [];
  // A completed run does not go back to in progress, and keeps the annotations of what it said before.
  if (newest.status === 'completed') {
    return [{ kind: 'create-check', check, headSha: standing.headSha, externalId }];
  }
  return [{ kind: 'update-check', id: newest.id, check, externalId }];
}

/** GitHub takes the run with the highest id as the latest of its name. */
function newestOf(checks: readonly OwnCheck[], name: string): OwnCheck | null {
  const same = checks.filter((check) => check.name === name);
  return same.reduce<OwnCheck | null>(
    (best, check) => (best === null || check.id > best.id ? check : best),
    null,
  );
}

function conclusionOf(check: RenderedCheck): string | null {
  return check.gate === 'in_progress' ? null : check.gate;
}

/** GitHub compares labels without regard to case. */
function hasLabel(labels: readonly string[], label: string): boolean {
  return labels.some((existing) => existing.toLowerCase() === label.toLowerCase());
}
