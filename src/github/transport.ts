// How does one request become an answer or a failure that says what was tried?
// No retry here: the job goes back to the queue.
import * as z from 'zod';
import type {
  Answer,
  AnswerHeaders,
  Endpoints,
  GitHubClient,
  GraphqlAnswer,
  GraphqlError,
  OctokitLike,
} from './client.js';
import { GitHubFailure, kindOfStatus } from './failure.js';
import type { Limiter, RequestKind } from './limiter.js';
import { findLimit } from './rate-limit.js';

/** One Octokit seen as a client: paced by its limiter, every error a `GitHubFailure`. */
export function createClient(
  octokit: OctokitLike,
  endpoints: Endpoints,
  limiter: Limiter,
  now: () => number,
): GitHubClient {
  const send = async (
    deed: string,
    kind: RequestKind,
    route: string,
    params: Record<string, unknown>,
  ): Promise<Answer> => {
    const leave = await limiter.enter(deed, kind);
    try {
      const { data, status, headers } = await octokit.request(route, params);
      limiter.observe(kind, headers);
      return { data, status, headers };
    } catch (error) {
      const seen = readError(error);
      limiter.observe(kind, seen.headers);
      const hint = findLimit(seen.status, seen.headers, seen.message, now());
      if (hint !== null) throw limiter.refuse(deed, kind, hint, seen.status);
      throw toFailure(deed, error);
    } finally {
      leave();
    }
  };
  return {
    request: (deed, route, params = {}) =>
      send(deed, route.startsWith('GET ') ? 'read' : 'write', route, { ...params }),
    async graphql(deed, query, variables) {
      const answer = await send(deed, 'graphql', `POST ${endpoints.graphqlUrl}`, { query, variables });
      const read = readGraphqlAnswer(deed, answer);
      const limited = read.errors.find(
        (error) => error.type === 'RATE_LIMITED' || /rate limit/i.test(error.message),
      );
      if (limited === undefined) return read;
      const message = limited.type === 'RATE_LIMITED' ? 'API rate limit exceeded' : limited.message;
      const hint = findLimit(200, answer.headers, message, now()) ?? { limit: 'secondary', untilMs: null };
      throw limiter.refuse(deed, 'graphql', hint, 200);
    },
    budget: (of) => limiter.budget(of),
  };
}

/** Whatever Octokit threw, as a failure. Its own message is kept, its request (which holds the token) is not. */
export function toFailure(deed: string, error: unknown): GitHubFailure {
  if (error instanceof GitHubFailure) return error;
  const { status, answered, message } = readError(error);
  if (answered && status !== null)
    return new GitHubFailure(deed, kindOfStatus(status), `${status} ${message}`, status);
  // Octokit gives 500 to a request that got no answer at all.
  if (status !== null) return new GitHubFailure(deed, 'unavailable', message);
  return new GitHubFailure(deed, 'unexpected', message);
}

/** Checks what GitHub answered. What we do not know is an error, never a default. */
export function parseAnswer<T>(deed: string, schema: z.ZodType<T>, data: unknown): T {
  // Octokit hands out JSON that breaks off as a string.
  if (typeof data === 'string' || data === undefined || data === null) {
    throw new GitHubFailure(deed, 'unavailable', 'the answer is empty, or breaks off');
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new GitHubFailure(deed, 'unexpected', `at ${issue.path.join('.') || 'the top'}: ${issue.message}`);
}

const graphqlBody = z.object({
  data: z.unknown().optional(),
  message: z.string().optional(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        type: z.string().nullish(),
        path: z.array(z.union([z.string(), z.number()])).nullish(),
      }),
    )
    .nullish(),
});

function readGraphqlAnswer(deed: string, answer: Answer): GraphqlAnswer {
  const body = parseAnswer(deed, graphqlBody, answer.data);
  const errors: GraphqlError[] = (body.errors ?? []).map(({ message, type, path }) => ({
    message: shorten(message),
    type: type ?? null,
    path: path ?? [],
  }));
  if (errors.length === 0 && (body.data === undefined || body.data === null)) {
    throw new GitHubFailure(deed, 'unavailable', body.message ?? 'the answer holds no data', answer.status);
  }
  return { data: body.data ?? null, errors };
}

interface SeenError {
  readonly status: number | null;
  /** False if GitHub never answered. */
  readonly answered: boolean;
  readonly message: string;
  readonly headers: AnswerHeaders;
}

function readError(error: unknown): SeenError {
  const seen = error as {
    message?: unknown;
    status?: unknown;
    response?: { headers?: AnswerHeaders; data?: unknown };
    cause?: unknown;
  };
  const message = typeof seen?.message === 'string' && seen.message !== '' ? seen.message : 'no reason given';
  return {
    status: typeof seen?.status === 'number' ? seen.status : null,
    answered: seen?.response !== undefined,
    message: shorten(message),
    headers: seen?.response?.headers ?? {},
  };
}

/** Enough to find the cause, not a page of HTML from a proxy. */
function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
