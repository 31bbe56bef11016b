// How much of its hourly budget has a caller left?
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
import type { Caller } from './auth.js';

export type Resource = 'core' | 'graphql';

export interface Budget {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Seconds since 1970. */
  readonly reset: number;
}

export interface RateLimiter {
  read(caller: Caller, resource: Resource): Budget;
  /** `false`: there is nothing left. */
  spend(caller: Caller, resource: Resource): boolean;
  set(installationId: number, resource: Resource, budget: Partial<Pick<Budget, 'limit' | 'remaining'>>): void;
}

const HOUR_MS = 3_600_000;
const LIMIT = 5_000;
const ANONYMOUS_LIMIT = 60;

export function createRateLimiter(now: () => Date): RateLimiter {
  const accounts = new Map<string, { limit: number; used: number; resetMs: number }>();
  const find = (key: string, limit: number) => {
    const known = accounts.get(key);
    if (known !== undefined && known.resetMs > now().getTime()) return known;
    const fresh = { limit: known?.limit ?? limit, used: 0, resetMs: now().getTime() + HOUR_MS };
    accounts.set(key, fresh);
    return fresh;
  };
  const of = (caller: Caller, resource: Resource) =>
    find(`${keyOf(caller)} ${resource}`, caller.kind === 'anonymous' ? ANONYMOUS_LIMIT : LIMIT);
  return {
    read(caller, resource) {
      const { limit, used, resetMs } = of(caller, resource);
      return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(resetMs / 1000) };
    },
    spend(caller, resource) {
      const account = of(caller, resource);
      if (account.used >= account.limit) return false;
      account.used += 1;
      return true;
    },
    set(installationId, resource, budget) {
      const account = find(`installation ${installationId} ${resource}`, LIMIT);
      account.limit = budget.limit ?? account.limit;
      if (budget.remaining !== undefined) account.used = account.limit - budget.remaining;
    },
  };
}

export function limitHeaders(budget: Budget, resource: Resource): Record<string, string> {
  return {
    'x-ratelimit-limit': String(budget.limit),
    'x-ratelimit-remaining': String(budget.remaining),
    'x-ratelimit-used': String(budget.used),
    'x-ratelimit-reset': String(budget.reset),
    'x-ratelimit-resource': resource,
  };
}

function keyOf(caller: Caller): string {
  switch (caller.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'app':
      return `app ${caller.app.id}`;
    case 'person':
      return `person ${caller.account.id}`;
    case 'installation':
      return `installation ${caller.installation.id}`;
  }
}
