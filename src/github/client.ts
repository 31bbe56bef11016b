// What do we ask of GitHub, in one interface?
// Everything else in this folder talks to `GitHubClient`; `connect.ts` makes one from an Octokit.
export type AnswerHeaders = Readonly<Record<string, string | number | undefined>>;

export interface Answer {
  readonly data: unknown;
  readonly status: number;
  readonly headers: AnswerHeaders;
}

export interface GraphqlError {
  readonly message: string;
  /** GitHub's own: `NOT_FOUND`, `FORBIDDEN`, `RATE_LIMITED` …; `null` if it gives none. */
  readonly type: string | null;
  /** Empty if the error concerns the whole query. */
  readonly path: readonly (string | number)[];
}

/** `errors` may stand beside `data`: the reader decides which of them it can live with. */
export interface GraphqlAnswer {
  readonly data: unknown;
  readonly errors: readonly GraphqlError[];
}

/** What is left of the present hour, as GitHub's last answers said. */
export interface Budget {
  readonly remaining: number;
  readonly limit: number;
  readonly resetsAt: Date;
}

/** Every call throws `GitHubFailure` (a limit: `GitHubLimited`) and nothing else. */
export interface GitHubClient {
  /** `route` is Octokit's: `GET /repos/{owner}/{repo}/pulls/{pull_number}/files`. */
  request(deed: string, route: string, params?: Readonly<Record<string, unknown>>): Promise<Answer>;
  graphql(deed: string, query: string, variables: Readonly<Record<string, unknown>>): Promise<GraphqlAnswer>;
  /** Of REST and of GraphQL. `null`: nothing was asked in this hour yet, or GitHub sets no limit. */
  budget(of: 'rest' | 'graphql'): Budget | null;
}

/** What both Probot's Octokit and @octokit/rest's offer. */
export interface OctokitLike {
  request(route: string, params?: Record<string, unknown>): Promise<Answer>;
}

export interface Endpoints {
  /** Without a trailing slash: `https://api.github.com`, `https://HOST/api/v3`. */
  readonly apiUrl: string;
  readonly graphqlUrl: string;
}
