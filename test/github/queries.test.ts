import { describe, expect, test } from '@jest/globals';
import { type DocumentNode, type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql';
import { OPEN_PULL_REQUESTS_QUERY } from '../../src/github/list-pull-requests.js';
import { HEAD_QUERY, MORE_QUERY, PULL_REQUEST_QUERY } from '../../src/github/pull-request-query.js';
import { MERGE_QUEUE_QUERY } from '../../src/github/read-merge-group.js';
import { teamsQuery } from '../../src/github/read-people.js';
import { presentQuery } from '../../src/github/read-present.js';
import { LARGEST_TRUNK_PAGE } from '../../src/github/read-trunk.js';
import { TRUNK_QUERY } from '../../src/github/trunk-query.js';
import { checkQuery } from './github-api.js';

const QUERIES = {
  PULL_REQUEST_QUERY,
  HEAD_QUERY,
  MORE_QUERY,
  OPEN_PULL_REQUESTS_QUERY,
  MERGE_QUEUE_QUERY,
  twentyTeams: teamsQuery(20),
  manyPaths: presentQuery(200),
};

describe.each(Object.entries(QUERIES))('%s', (_, query) => {
  test("is valid against GitHub's schema", () => expect(checkQuery(query)).toEqual([]));

  test('costs one or two points and few nodes', () => {
    const { requests, nodes } = measure(parse(query));
    expect(Math.max(1, Math.round(requests / 100))).toBeLessThanOrEqual(2);
    // A hundred authors of each of a hundred commits; GitHub allows 500,000.
    expect(nodes).toBeLessThan(12_000);
  });
});

describe('TRUNK_QUERY', () => {
  test("is valid against GitHub's schema", () => expect(checkQuery(TRUNK_QUERY)).toEqual([]));

  test.each([
    [LARGEST_TRUNK_PAGE, 4],
    [10, 1],
  ])('costs of a page of %s commits %s points', (commits, points) => {
    const { requests, nodes } = measure(parse(TRUNK_QUERY.replace('first: $first', `first: ${commits}`)));
    expect(Math.max(1, Math.round(requests / 100))).toBe(points);
    expect(nodes).toBeLessThan(25_000);
  });
});

/** GitHub's formula: one request for every connection of every parent; nodes are the product of the page sizes. */
function measure(document: DocumentNode): { requests: number; nodes: number } {
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition.selectionSet]] : [],
    ),
  );
  let [requests, nodes] = [0, 0];
  const visit = (set: SelectionSetNode | undefined, parents: number): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) visit(fragments.get(selection.name.value), parents);
      else if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet, parents);
      else {
        const size = pageSize(selection);
        if (size !== null) {
          requests += parents;
          nodes += parents * size;
        }
        visit(selection.selectionSet, parents * (size ?? 1));
      }
    }
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) visit(definition.selectionSet, 1);
  }
  return { requests, nodes };
}

function pageSize(field: FieldNode): number | null {
  const size = field.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last')?.value;
  return size?.kind === Kind.INT ? Number(size.value) : null;
}
