// What did GitHub refuse, and is it worth asking again?
// A failure is the world's: thrown by the adapter as "deed: cause" and carried back to the queue.

export type FailureKind =
  /** 404 or 410: not there, or not visible to the app. GitHub does not tell which. */
  | 'not-found'
  /** 401 or 403: the app lacks a permission, or its token was revoked. */
  | 'forbidden'
  /** A rate limit; see `GitHubLimited` for when to come back. */
  | 'limited'
  /** Timeout, connection trouble, 5xx, an answer cut short, or a state that was moving while we read. */
  | 'unavailable'
  /** GitHub answered something this version does not understand. */
  | 'unexpected';

export class GitHubFailure extends Error {
  override readonly name: string = 'GitHubFailure';

  constructor(
    /** What we tried to do, for people: `read pull request acme/shop#12`. */
    readonly deed: string,
    readonly kind: FailureKind,
    cause: string,
    /** HTTP status; `null` if there was no answer, or GraphQL answered 200 with errors. */
    readonly status: number | null = null,
  ) {
    super(`${deed}: ${cause}`);
  }

  /** True if the same request may succeed later without anybody doing something. */
  get retryable(): boolean {
    return this.kind === 'limited' || this.kind === 'unavailable';
  }
}

/** Come back after `until`: nothing waits in memory, the job is sent again with that start. */
export class GitHubLimited extends GitHubFailure {
  override readonly name = 'GitHubLimited';

  constructor(
    deed: string,
    readonly until: Date,
    /** `primary`: the hourly budget. `secondary`: GitHub's abuse limits, or our own pace to stay below them. */
    readonly limit: 'primary' | 'secondary',
    status: number | null = null,
  ) {
    super(deed, 'limited', `GitHub's ${limit} rate limit, until ${until.toISOString()}`, status);
  }
}

/** Kind of failure that an HTTP status stands for. Rate limits are told apart before (`rate-limit.ts`). */
export function kindOfStatus(status: number): FailureKind {
  if (status === 404 || status === 410) return 'not-found';
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 429) return 'limited';
  if (status === 408 || status >= 500) return 'unavailable';
  return 'unexpected';
}
