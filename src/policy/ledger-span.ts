// Which part of the history does a repository's policy want counted, and at which age does a change count half?
import { type Catalogue, knownAgentNames } from '../agents/catalogue.js';
import type { LedgerSpan } from '../domain/ledger.js';
import type { PolicyFiles } from '../domain/policy-file.js';
import { DEFAULTS } from './defaults.js';
import { readValid } from './layers.js';
import type { LoadedPolicy } from './parse.js';
import { SPAN_BOUNDS, secondsOf } from './span-bounds.js';

/** As the repository's own policy states it; the defaults where it states nothing or is no valid policy. */
export function wantedSpan(policies: PolicyFiles, catalogue: Catalogue): LedgerSpan {
  return spanOf(readValid(policies.repository, knownAgentNames(catalogue)));
}

function spanOf(policy: LoadedPolicy | null): LedgerSpan {
  const stated = policy?.document.quality_delta?.history;
  const { window, half_life } = DEFAULTS.quality_delta.history;
  return {
    windowSeconds: within(secondsOf(stated?.window ?? window), SPAN_BOUNDS.window),
    halfLifeSeconds: within(secondsOf(stated?.half_life ?? half_life), SPAN_BOUNDS.halfLife),
  };
}

function within(seconds: number, { least, most }: { readonly least: number; readonly most: number }): number {
  return Math.min(most, Math.max(least, seconds));
}
