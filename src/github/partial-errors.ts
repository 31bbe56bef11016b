// Which parts of a GraphQL answer are missing, and may the reader live without them?
// GitHub answers 200 with `null` in one place and says why in `errors`.
import type { GraphqlError } from './client.js';
import { type FailureKind, GitHubFailure } from './failure.js';

export interface Gaps {
  /** The error at this place or below it, if any; the reader then has dealt with it. `*` stands for any index. */
  take(path: string): GraphqlError | null;
  /** Throws `GitHubFailure` for the first error that no `take` dealt with: what is unreadable is never absent. */
  refuseRest(): void;
}

export function findGaps(deed: string, errors: readonly GraphqlError[]): Gaps {
  const open = new Set(errors);
  return {
    take(path) {
      const want = path.split('.');
      const found = errors.filter((error) => startsWith(error.path, want));
      for (const error of found) open.delete(error);
      // A refusal weighs more than a "not found" beside it.
      return found.find((error) => error.type !== 'NOT_FOUND') ?? found[0] ?? null;
    },
    refuseRest() {
      for (const error of open) {
        const where = error.path.length === 0 ? '' : ` (at ${error.path.join('.')})`;
        throw new GitHubFailure(deed, kindOfError(error), `${error.message}${where}`);
      }
    },
  };
}

function kindOfError({ type }: GraphqlError): FailureKind {
  switch (type) {
    case 'NOT_FOUND':
      return 'not-found';
    case 'FORBIDDEN':
    case 'INSUFFICIENT_SCOPES':
      return 'forbidden';
    case null:
      // "Something went wrong while executing your query": GitHub's own trouble carries no type.
      return 'unavailable';
    case 'SERVICE_UNAVAILABLE':
    case 'INTERNAL':
    case 'STREAM_ERROR':
    case 'RESOURCE_LIMITS_EXCEEDED':
      return 'unavailable';
    default:
      return 'unexpected';
  }
}

function startsWith(path: GraphqlError['path'], want: readonly string[]): boolean {
  return (
    path.length >= want.length &&
    want.every((part, index) =>
      part === '*' ? typeof path[index] === 'number' : String(path[index]) === part,
    )
  );
}
