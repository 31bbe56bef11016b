// Does a change keep the limits that the policy states for its quality delta?
import type { DeltaInput, QualityDelta } from './delta.js';

/** Limits of the policy; `null`: none is stated. */
export interface DeltaLimits {
  readonly sizeWarn: number | null;
  readonly sizeFail: number | null;
  /** Least share of changed executable lines that tests run, 0 to 1. */
  readonly patchMin: number | null;
  readonly missingCoverage: 'pass' | 'warn' | 'fail';
  readonly warnBelow: number | null;
  readonly failBelow: number | null;
}

/** One limit that is not kept, with the figure and the limit, so that a check can print both. */
export type Breach =
  | { readonly what: 'delta'; readonly found: number; readonly limit: number; readonly fails: boolean }
  | { readonly what: 'size'; readonly found: number; readonly limit: number; readonly fails: boolean }
  | { readonly what: 'coverage'; readonly found: number; readonly limit: number; readonly fails: true }
  | { readonly what: 'missing-coverage'; readonly why: string; readonly fails: boolean };

/** Those that fail first; then delta, coverage, size. A limit that fails is not also named as a warning. */
export function findBreaches(
  result: QualityDelta,
  input: Pick<DeltaInput, 'size' | 'coverage'>,
  limits: DeltaLimits,
): readonly Breach[] {
  const breaches = [
    ...deltaBreach(result.delta, limits),
    ...coverageBreach(input.coverage, limits),
    ...sizeBreach(input.size, limits),
  ];
  return [...breaches.filter((one) => one.fails), ...breaches.filter((one) => !one.fails)];
}

function deltaBreach(found: number | null, { failBelow, warnBelow }: DeltaLimits): readonly Breach[] {
  if (found === null) return [];
  if (failBelow !== null && found < failBelow)
    return [{ what: 'delta', found, limit: failBelow, fails: true }];
  if (warnBelow !== null && found < warnBelow)
    return [{ what: 'delta', found, limit: warnBelow, fails: false }];
  return [];
}

function sizeBreach(size: DeltaInput['size'], { sizeFail, sizeWarn }: DeltaLimits): readonly Breach[] {
  if (size.kind === 'missing') return [];
  const found = size.size.lines;
  if (sizeFail !== null && found > sizeFail) return [{ what: 'size', found, limit: sizeFail, fails: true }];
  if (sizeWarn !== null && found > sizeWarn) return [{ what: 'size', found, limit: sizeWarn, fails: false }];
  return [];
}

function coverageBreach(coverage: DeltaInput['coverage'], limits: DeltaLimits): readonly Breach[] {
  if (coverage.kind === 'missing') {
    // Not missing yet: it is waited for.
    if (coverage.why === 'coverage-running' || coverage.why === 'coverage-unread') return [];
    // A change without executable lines owes no coverage; where no report is configured, only a stated share asks for one.
    if (coverage.why === 'no-executable-lines') return [];
    if (coverage.why === 'no-coverage-configured' && limits.patchMin === null) return [];
    if (limits.missingCoverage === 'pass') return [];
    return [{ what: 'missing-coverage', why: coverage.why, fails: limits.missingCoverage === 'fail' }];
  }
  if (limits.patchMin === null || coverage.executable === 0) return [];
  const found = coverage.covered / coverage.executable;
  return found < limits.patchMin ? [{ what: 'coverage', found, limit: limits.patchMin, fails: true }] : [];
}
