// What does GitHub answer about a pull request where nothing is special?
// Each test changes the one thing it is about.

export const HEAD = 'a'.repeat(40);
const PAGE = { hasNextPage: false, endCursor: null };

function person(login: string, id: number) {
  return { __typename: 'User', login, databaseId: id };
}

export function blob(text: string, oid = 'b'.repeat(40)) {
  return {
    __typename: 'Blob',
    oid,
    byteSize: Buffer.byteLength(text),
    isBinary: false,
    isTruncated: false,
    text,
  };
}

export function commit(oid: string, changes: object = {}) {
  const alice = { name: 'Alice', email: 'alice@example.com', user: { login: 'alice', databaseId: 1 } };
  return {
    commit: {
      oid,
      message: 'Change the network',
      author: alice,
      committer: alice,
      authors: { totalCount: 1, nodes: [alice] },
      signature: null,
      parents: { nodes: [{ oid: 'f'.repeat(40) }] },
      ...changes,
    },
  };
}

export function file(path: string, changeType = 'MODIFIED') {
  return { path, additions: 1, deletions: 0, changeType };
}

export function review(login: string, id: number, changes: object = {}) {
  return {
    id: `PRR_${login}`,
    state: 'APPROVED',
    submittedAt: '2026-11-20T10:00:00Z',
    author: person(login, id),
    commit: { oid: HEAD },
    ...changes,
  };
}

export function list<T>(nodes: readonly T[], next: string | null = null) {
  return {
    totalCount: nodes.length,
    pageInfo: next === null ? PAGE : { hasNextPage: true, endCursor: next },
    nodes,
  };
}

export function head(changes: object = {}) {
  return {
    oid: HEAD,
    file: { object: blob('version: 1\n') },
    checkSuites: { nodes: [] },
    statusCheckRollup: null,
    associatedPullRequests: list([]),
    ...changes,
  };
}

export function pullRequest(changes: object = {}) {
  return {
    number: 7,
    title: 'Change the network',
    body: 'Because.',
    state: 'OPEN',
    isDraft: false,
    baseRefName: 'main',
    headRefName: 'copilot/fix',
    headRefOid: HEAD,
    changedFiles: 1,
    author: person('alice', 1),
    headRepository: { nameWithOwner: 'acme/shop' },
    labels: { totalCount: 1, nodes: [{ name: 'bug' }] },
    assignees: { totalCount: 0, nodes: [] },
    commits: list([commit(HEAD)]),
    latestOpinionatedReviews: list([]),
    dismissals: list([]),
    files: list([file('infra/main.tf')]),
    timelineItems: { nodes: [] },
    mergeQueueEntry: null,
    head: { nodes: [{ commit: head() }] },
    ...changes,
  };
}

export function repository(changes: object = {}) {
  return {
    databaseId: 99,
    name: 'shop',
    url: 'https://github.com/acme/shop',
    owner: { login: 'acme' },
    defaultBranchRef: { name: 'main' },
    policy: blob('version: 1\nowner: "@acme/ops"\n', 'c'.repeat(40)),
    codeowners1: null,
    codeowners2: null,
    codeowners3: null,
    attributes: null,
    pullRequest: pullRequest(),
    ...changes,
  };
}

export function reading(changes: object = {}) {
  return { repository: repository(), organization: { policy: null }, ...changes };
}

export function error(type: string | null, path: readonly (string | number)[], message = 'no') {
  return { message, path, ...(type === null ? {} : { type }) };
}
