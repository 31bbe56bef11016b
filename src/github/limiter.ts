// May this installation ask GitHub now?
// Waits only for a free connection; a limit throws `GitHubLimited`, and the job comes back from the queue.
import type { AnswerHeaders, Budget } from './client.js';
import { GitHubLimited } from './failure.js';
import { type LimitHint, readReset } from './rate-limit.js';

export type RequestKind = 'read' | 'write' | 'graphql';

export interface Limiter {
  /** Resolves with the function to call when the request is over. Throws `GitHubLimited`. */
  enter(deed: string, kind: RequestKind): Promise<() => void>;
  /** Learns the budget from an answer, good or bad. */
  observe(kind: RequestKind, headers: AnswerHeaders): void;
  /** GitHub refused: remembers it for the whole installation and gives the error to throw. */
  refuse(deed: string, kind: RequestKind, hint: LimitHint, status: number | null): GitHubLimited;
  /** What is left of the present hour; `null`: not known. */
  budget(of: 'rest' | 'graphql'): Budget | null;
}

interface Pace {
  readonly kinds: readonly RequestKind[];
  readonly points: Readonly<Record<RequestKind, number>>;
  readonly max: number;
  readonly windowMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * GitHub's secondary limits: 100 concurrent, 900 REST points a minute (a read 1, a write 5), 2,000 for GraphQL,
 * 80 content-creating requests a minute and 500 an hour. Check runs are counted as content, which GitHub leaves open.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
const PACES: readonly Pace[] = [
  { kinds: ['write'], points: { read: 0, write: 1, graphql: 0 }, max: 80, windowMs: MINUTE },
  { kinds: ['write'], points: { read: 0, write: 1, graphql: 0 }, max: 500, windowMs: HOUR },
  { kinds: ['read', 'write'], points: { read: 1, write: 5, graphql: 0 }, max: 900, windowMs: MINUTE },
  { kinds: ['graphql'], points: { read: 0, write: 0, graphql: 1 }, max: 2000, windowMs: MINUTE },
];

/**
 * One per installation and process. Several processes share GitHub's headers and refusals, not our own counts:
 * the second signal then is GitHub's refusal.
 */
export function createLimiter(options: {
  readonly now: () => number;
  /** GitHub allows 100 at a time over REST and GraphQL together. */
  readonly maxConcurrent?: number;
  /** Callers that may wait for a connection; more are sent back to the queue. */
  readonly maxWaiting?: number;
}): Limiter {
  const { now, maxConcurrent = 20, maxWaiting = 200 } = options;
  const windows = PACES.map((pace) => ({ pace, spent: [] as { at: number; points: number }[] }));
  const budgets = new Map<'rest' | 'graphql', { remaining: number; limit: number | null; resetMs: number }>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let blocked: { untilMs: number; limit: 'primary' | 'secondary' } | null = null;
  let strikes = 0;

  const check = (deed: string, kind: RequestKind) => {
    const at = now();
    if (blocked !== null && at < blocked.untilMs) {
      throw new GitHubLimited(deed, new Date(blocked.untilMs), blocked.limit);
    }
    const budget = budgets.get(budgetOf(kind));
    if (budget !== undefined && budget.remaining <= 0 && at < budget.resetMs) {
      throw new GitHubLimited(deed, new Date(budget.resetMs), 'primary');
    }
    for (const { pace, spent } of windows) {
      if (!pace.kinds.includes(kind)) continue;
      while (spent.length > 0 && spent[0]!.at <= at - pace.windowMs) spent.shift();
      const used = spent.reduce((sum, entry) => sum + entry.points, 0);
      if (used + pace.points[kind] > pace.max) {
        throw new GitHubLimited(deed, new Date(spent[0]!.at + pace.windowMs), 'secondary');
      }
    }
  };

  const leave = () => {
    running -= 1;
    waiting.shift()?.();
  };

  return {
    async enter(deed, kind) {
      check(deed, kind);
      if (running >= maxConcurrent) {
        if (waiting.length >= maxWaiting) throw new GitHubLimited(deed, new Date(now() + 5_000), 'secondary');
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      running += 1;
      try {
        // While we waited for a connection, somebody else may have met the limit.
        check(deed, kind);
      } catch (error) {
        leave();
        throw error;
      }
      for (const { pace, spent } of windows) {
        if (pace.kinds.includes(kind)) spent.push({ at: now(), points: pace.points[kind] });
      }
      let left = false;
      return () => {
        if (!left) leave();
        left = true;
      };
    },

    observe(kind, headers) {
      const remaining = Number(headers['x-ratelimit-remaining']);
      const resetMs = readReset(headers);
      if (headers['x-ratelimit-remaining'] === undefined || !Number.isFinite(remaining) || resetMs === null)
        return;
      const resource = headers['x-ratelimit-resource'];
      const budget = resource === undefined ? budgetOf(kind) : resource === 'graphql' ? 'graphql' : 'rest';
      const known = budgets.get(budget);
      // Answers overtake each other: within one window the budget only falls.
      const falls = known === undefined || known.resetMs !== resetMs || remaining < known.remaining;
      if (falls && (known === undefined || resetMs >= known.resetMs))
        budgets.set(budget, { remaining, limit: readLimit(headers), resetMs });
      if (remaining > 0 && (blocked === null || now() >= blocked.untilMs)) strikes = 0;
    },

    refuse(deed, kind, hint, status) {
      const at = now();
      // Where GitHub gives no time: at least a minute, doubled each time it refuses again.
      const guess = at + Math.min(MINUTE * 2 ** strikes, HOUR);
      strikes += 1;
      const untilMs = Math.max(hint.untilMs ?? guess, at + 1_000);
      if (hint.limit === 'primary')
        budgets.set(budgetOf(kind), { remaining: 0, limit: null, resetMs: untilMs });
      else if (blocked === null || untilMs > blocked.untilMs) blocked = { untilMs, limit: 'secondary' };
      return new GitHubLimited(deed, new Date(untilMs), hint.limit, status);
    },

    budget(of) {
      const known = budgets.get(of);
      if (known === undefined || known.limit === null || known.resetMs <= now()) return null;
      return { remaining: known.remaining, limit: known.limit, resetsAt: new Date(known.resetMs) };
    },
  };
}

function readLimit(headers: AnswerHeaders): number | null {
  const limit = Number(headers['x-ratelimit-limit']);
  return Number.isFinite(limit) && limit > 0 ? limit : null;
}

function budgetOf(kind: RequestKind): 'rest' | 'graphql' {
  return kind === 'graphql' ? 'graphql' : 'rest';
}
