// Which part of the history does a repository's policy want counted, and at which age does a change count half?
import { type Catalogue, knownAgentNames } from '../agents/catalogue.js';
import type { LedgerSpan } from '../domain/ledger.js';
import type { PolicyFiles } from '../domain/policy-file.js';
import { DEFAULTS } from './defaults.js';
import { readValid } from './layers.js';
import type { LoadedPolicy } from './parse.js';

const DAY = 86_400;
const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: DAY, w: 7 * DAY };

/** Outside these a history says too little, or costs more than it says. Seconds. */
export const SPAN_BOUNDS = {
  window: { least: 14 * DAY, most: 1095 * DAY },
  halfLife: { least: 7 * DAY, most: 1095 * DAY },
} as const;

/** As the repository's own policy states it; the defaults where it states nothing or is no valid policy. */
export function wantedSpan(policies: PolicyFiles, catalogue: Catalogue): LedgerSpan {
  return spanOf(readValid(policies.repository, knownAgentNames(catalogue)));
}

export function spanOf(policy: LoadedPolicy | null): LedgerSpan {
  const stated = policy?.document.quality_delta?.history;
  const { window, half_life } = DEFAULTS.quality_delta.history;
  return {
    windowSeconds: within(secondsOf(stated?.window ?? window), SPAN_BOUNDS.window),
    halfLifeSeconds: within(secondsOf(stated?.half_life ?? half_life), SPAN_BOUNDS.halfLife),
  };
}

/** `12h` is 43,200. */
export function secondsOf(duration: string): number {
  return Number.parseInt(duration, 10) * (UNITS[duration.slice(-1)] ?? Number.NaN);
}

function within(seconds: number, { least, most }: { readonly least: number; readonly most: number }): number {
  return Math.min(most, Math.max(least, seconds));
}
