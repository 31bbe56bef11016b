// Which verdicts hold a pull request, and which of them is said first?
import type { Decision, Gate, Verdict, VerdictState } from '../domain/verdict.js';

const SEVERITY: Readonly<Record<VerdictState, number>> = {
  fail: 0,
  waiting: 1,
  pending: 2,
  pass: 3,
  skipped: 4,
};

/** Every verdict: what holds first, then what would in observe mode, then what passes. */
export function sortVerdicts(decision: Decision): readonly Verdict[] {
  return [...decision.verdicts].sort(
    (a, b) =>
      Number(!isOpen(a)) - Number(!isOpen(b)) ||
      Number(a.mode === 'observe' && isOpen(a)) - Number(b.mode === 'observe' && isOpen(b)) ||
      SEVERITY[a.state] - SEVERITY[b.state] ||
      Number(!isHalt(a)) - Number(!isHalt(b)) ||
      Number(a.rule !== 'policy-file') - Number(b.rule !== 'policy-file') ||
      Number(a.notKnown === true) - Number(b.notKnown === true),
  );
}

/** What passes and tells a reader most, first. */
const TELLING: readonly string[] = [
  'human-approvals',
  'trace-link',
  'permission-tier',
  'required-checks',
  'owner',
];

/**
 * The rows of a report. That a policy file is in order needs no row beside others: which one judged is said below.
 */
export function rowsOf(decision: Decision): readonly Verdict[] {
  const sorted = sortVerdicts(decision);
  const rows = sorted.filter((verdict) => isOpen(verdict) || verdict.rule !== 'policy-file');
  const open = rows.filter(isOpen);
  const passed = rows.filter((verdict) => !isOpen(verdict));
  const place = ({ rule }: Verdict) => (TELLING.includes(rule) ? TELLING.indexOf(rule) : TELLING.length);
  passed.sort((a, b) => SEVERITY[a.state] - SEVERITY[b.state] || place(a) - place(b));
  return rows.length === 0 ? sorted.filter(({ layer }) => layer !== 'organization') : [...open, ...passed];
}

/** Enforced verdicts that are no pass, the most severe first. */
export function holdingVerdicts(decision: Decision): readonly Verdict[] {
  return sortVerdicts(decision).filter((verdict) => isOpen(verdict) && verdict.mode === 'enforce');
}

/** What the title and the counts speak of: what holds, or in observe mode what would. */
export function causesOf(decision: Decision, gate: Gate): readonly Verdict[] {
  if (gate === 'success') return [];
  if (gate === 'neutral') return sortVerdicts(decision).filter(isOpen);
  return holdingVerdicts(decision);
}

export function isOpen(verdict: Verdict): boolean {
  return SEVERITY[verdict.state] < SEVERITY.pass;
}

export function isHalt(verdict: Verdict): boolean {
  return verdict.rule === 'halt' && verdict.state === 'fail';
}

/** True if the verdict is about a policy with errors in it, not one that could not be read. */
export function isBrokenPolicy(verdict: Verdict, decision: Decision): boolean {
  return (
    verdict.rule === 'policy-file' &&
    verdict.state === 'fail' &&
    decision.layers.some((layer) => layer.status.kind === 'invalid')
  );
}

/** While one of these stands, repairing the rest is wasted work. */
export function isStop(verdict: Verdict, decision: Decision): boolean {
  return isHalt(verdict) || isBrokenPolicy(verdict, decision);
}

/** True if something else must be lifted before this verdict's remedy is of use. */
export function isForLater(verdict: Verdict, decision: Decision): boolean {
  return (
    isOpen(verdict) &&
    !isStop(verdict, decision) &&
    decision.verdicts.some((other) => isStop(other, decision))
  );
}
