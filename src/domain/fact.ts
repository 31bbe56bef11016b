// Which facts beyond the one query does a rule need before it can judge?

import type { SuiteSource } from './evals.js';
import { type CoverageSource, coverageKey } from './quality.js';

export type Fact =
  /** Type and permission of one account on this repository. */
  | { readonly kind: 'person'; readonly login: string }
  /** Direct members and permission of one team, `@org/team`. */
  | { readonly kind: 'team'; readonly team: string }
  /** Diff digest of a head of this pull request against the present base branch. */
  | { readonly kind: 'digest'; readonly headSha: string }
  /** Former paths, file modes and hunks of every changed file. */
  | { readonly kind: 'diff' }
  /** What the repository's merged changes say of this one. */
  | { readonly kind: 'history' }
  /** What tests run of the lines this change adds. */
  | { readonly kind: 'coverage'; readonly source: CoverageSource }
  /** Where the newest run of a suite for this head stands, and what came of it. */
  | { readonly kind: 'evals'; readonly source: SuiteSource }
  /** Whether it undoes exactly one merged change. Asked only of a change that says so. */
  | { readonly kind: 'revert' };

/** One string per fact, for a set. */
export function factKey(fact: Fact): string {
  switch (fact.kind) {
    case 'person':
      return `person:${fact.login.toLowerCase()}`;
    case 'team':
      return `team:${fact.team.toLowerCase()}`;
    case 'digest':
      return `digest:${fact.headSha}`;
    case 'coverage':
      return `coverage:${coverageKey(fact.source)}`;
    case 'evals':
      return `evals:${fact.source.suite}`;
    case 'diff':
    case 'history':
    case 'revert':
      return fact.kind;
  }
}
