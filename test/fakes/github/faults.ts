// Which requests should go wrong, and how?
export interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** OpenAPI operation id, `graphql` or `graphql:OperationName`; `unknown` for a route that is not there. */
  readonly operation: string;
  readonly body: unknown;
}

/** All that is given must fit. */
export type Matcher =
  | ((request: SeenRequest) => boolean)
  | {
      readonly method?: string;
      readonly path?: string | RegExp;
      readonly operation?: string | RegExp;
    };

export interface Fault {
  /** Answered instead of the real answer. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Waits first. */
  readonly hangMs?: number;
  /** Breaks the connection after so many bytes of the body. */
  readonly truncate?: number;
  /** Breaks the connection before the deed (`before`) or after it is done (`after`: the answer is lost). */
  readonly drop?: 'before' | 'after';
  /** How many requests it hits; default 1. */
  readonly times?: number;
}

export interface Faults {
  add(matcher: Matcher, fault: Fault): void;
  /** The first that fits, counted down. */
  take(request: SeenRequest): Fault | null;
  clear(): void;
}

export function createFaults(): Faults {
  let planned: { readonly matcher: Matcher; readonly fault: Fault; left: number }[] = [];
  return {
    add(matcher, fault) {
      planned.push({ matcher, fault, left: fault.times ?? 1 });
    },
    take(request) {
      const found = planned.find((each) => fits(each.matcher, request));
      if (found === undefined) return null;
      found.left -= 1;
      if (found.left <= 0) planned = planned.filter((each) => each !== found);
      return found.fault;
    },
    clear() {
      planned = [];
    },
  };
}

function fits(matcher: Matcher, request: SeenRequest): boolean {
  if (typeof matcher === 'function') return matcher(request);
  const matches = (wanted: string | RegExp | undefined, value: string) =>
    wanted === undefined || (typeof wanted === 'string' ? wanted === value : wanted.test(value));
  return (
    matches(matcher.method?.toUpperCase(), request.method) &&
    matches(matcher.path, request.path) &&
    matches(matcher.operation, request.operation)
  );
}
