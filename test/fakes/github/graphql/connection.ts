// How does GitHub page a list in GraphQL?
// https://docs.github.com/graphql/guides/using-pagination-in-the-graphql-api
import { GraphQLError } from 'graphql';

export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

const LARGEST_PAGE = 100;

/** `view` makes the node; `edge` adds what an edge says besides. `total` where more exist than are listed. */
export function connect<T>(
  name: string,
  items: readonly T[],
  args: PageArguments,
  view: (item: T) => object,
  extra: { readonly edge?: (item: T) => object; readonly total?: number; readonly fields?: object } = {},
) {
  const { first, last } = args;
  for (const [word, size] of [
    ['first', first],
    ['last', last],
  ] as const) {
    if (size == null) continue;
    if (size < 0)
      throw refuse(
        `\`${word}\` on the \`${name}\` connection cannot be less than zero.`,
        'INVALID_CURSOR_ARGUMENTS',
      );
    if (size > LARGEST_PAGE)
      throw refuse(
        `Requesting ${size} records on the \`${name}\` connection exceeds the \`${word}\` limit of ${LARGEST_PAGE} records.`,
        'EXCESSIVE_PAGINATION',
      );
  }
  if (first == null && last == null)
    throw refuse(
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
      'MISSING_PAGINATION_BOUNDARIES',
    );
  let from = args.after == null ? 0 : readCursor(args.after) + 1;
  let to = args.before == null ? items.length : Math.min(readCursor(args.before), items.length);
  if (first != null) to = Math.min(to, from + first);
  if (last != null) from = Math.max(from, to - last);
  const page = items.slice(from, to);
  return {
    totalCount: extra.total ?? items.length,
    pageInfo: {
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
      startCursor: page.length > 0 ? writeCursor(from) : null,
      endCursor: page.length > 0 ? writeCursor(from + page.length - 1) : null,
    },
    nodes: () => page.map(view),
    edges: () =>
      page.map((item, index) => ({
        cursor: writeCursor(from + index),
        node: () => view(item),
        ...extra.edge?.(item),
      })),
    ...extra.fields,
  };
}

export function refuse(message: string, type: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

function writeCursor(index: number): string {
  return Buffer.from(`cursor:v2:${index}`).toString('base64');
}

function readCursor(cursor: string): number {
  const index = /^cursor:v2:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString('utf8'))?.[1];
  if (index === undefined)
    throw refuse(`\`${cursor}\` does not appear to be a valid cursor.`, 'INVALID_CURSOR_ARGUMENTS');
  return Number(index);
}
