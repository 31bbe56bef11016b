// What is a signature: how is one agent, or one classic bot, recognised?
// Plain data with compiled patterns, made from `config/agents.yml` or from the policy's own `match`.

/** What an identity or a mark shows on its own. */
export type Points = 'agent' | 'assisted';

export interface KnownAccount {
  /** Lower case, without `[bot]`. */
  readonly login: string;
  readonly type: 'Bot' | 'User';
  /** GitHub's numeric id, where it was seen. It confirms a login and never replaces it. */
  readonly id: number | null;
  /** True if a login without `[bot]` and without a known type is enough: no person is called that. */
  readonly bare: boolean;
  /** `assisted`: the account reviews and suggests; its commits are not an agent's work. */
  readonly points: Points;
}

export interface KnownEmail {
  /** Lower case. */
  readonly email: string;
  readonly points: Points;
  /** For a mailbox shared with others: the name that must stand beside it. */
  readonly named: RegExp | null;
}

export interface BranchPattern {
  readonly matches: (branch: string) => boolean;
  /** The pattern as written, for people. */
  readonly text: string;
  /** Counts only beside an account of this signature (or one it acts as): others use such names too. */
  readonly shared: boolean;
}

interface SessionShape {
  /** Lower case; `*.sentry.io` stands for any one subdomain. */
  readonly host: string;
  readonly url: RegExp;
}

interface TrailerMark {
  /** Lower case. */
  readonly key: string;
  readonly value: RegExp | null;
  readonly points: Points;
}

export interface TextMark {
  readonly pattern: RegExp;
  readonly points: Points;
}

export type RequesterSource =
  | { readonly from: 'assignee' }
  | { readonly from: 'co-author' }
  | { readonly from: 'body'; readonly pattern: RegExp };

export interface Signature {
  /** Kebab-case, as in the policy's `agents.<name>`. */
  readonly name: string;
  readonly title: string;
  readonly accounts: readonly KnownAccount[];
  /** Slugs of apps that companies set up themselves around this agent. */
  readonly appSlugs: readonly RegExp[];
  /** Classic bots under whose account it opens pull requests. */
  readonly actsAs: readonly string[];
  readonly emails: readonly KnownEmail[];
  /** Suffixes a tool adds to the name of the person who runs it. At most `assisted`. */
  readonly nameSuffixes: readonly string[];
  readonly branches: readonly BranchPattern[];
  readonly sessions: readonly SessionShape[];
  readonly trailers: readonly TrailerMark[];
  /** Names a tool goes by in `Assisted-by:` and `Generated-by:`. Lower case. */
  readonly toolNames: readonly string[];
  /** Lines of a body or a message. */
  readonly lines: readonly TextMark[];
  /** Content of HTML comments that the tool itself writes. */
  readonly comments: readonly TextMark[];
  readonly requester: readonly RequesterSource[];
}

/** A classic bot: does one thing by rule, without a model. */
export interface Automation {
  readonly name: string;
  readonly title: string;
  readonly accounts: readonly KnownAccount[];
  readonly emails: readonly KnownEmail[];
  readonly branches: readonly BranchPattern[];
  /** True if any workflow of the repository can act under this account, agents included. */
  readonly needsWorkflow: boolean;
}

/** A signature from the policy: `agents.<name>.match`. */
export type CustomSignature = Signature;

export const EMPTY_SIGNATURE: Omit<Signature, 'name' | 'title'> = {
  accounts: [],
  appSlugs: [],
  actsAs: [],
  emails: [],
  nameSuffixes: [],
  branches: [],
  sessions: [],
  trailers: [],
  toolNames: [],
  lines: [],
  comments: [],
  requester: [],
};
