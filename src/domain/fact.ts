// Which facts beyond the one query does a rule need before it can judge?

export type Fact =
  /** Type and permission of one account on this repository. */
  | { readonly kind: 'person'; readonly login: string }
  /** Direct members and permission of one team, `@org/team`. */
  | { readonly kind: 'team'; readonly team: string }
  /** Diff digest of a head of this pull request against the present base branch. */
  | { readonly kind: 'digest'; readonly headSha: string }
  /** Former paths, file modes and hunks of every changed file. */
  | { readonly kind: 'diff' };

/** One string per fact, for a set. */
export function factKey(fact: Fact): string {
  switch (fact.kind) {
    case 'person':
      return `person:${fact.login.toLowerCase()}`;
    case 'team':
      return `team:${fact.team.toLowerCase()}`;
    case 'digest':
      return `digest:${fact.headSha}`;
    case 'diff':
      return 'diff';
  }
}
