// What does one page of a default branch's history ask for?
// Cost by GitHub's formula (requests needed for every connection / 100, at least 1) for the largest page of 50:
// history 1; parents and pull requests of each commit 100; files and commits of up to 3 pull requests each 300
// → 401 / 100 → 4 points of 5,000 an hour. Nodes: about 18,000 of 500,000. A page of 10 costs 1 point.
// https://docs.github.com/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api

/** Git walks by date, and one wrong clock would end it early: that is why no `since` is asked for. */
export const TRUNK_QUERY = `
query Trunk($owner: String!, $repo: String!, $from: String!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    databaseId
    name
    owner { login }
    defaultBranchRef { name target { __typename oid } }
    policy: object(expression: "HEAD:.github/agent-policy.yml") { ...blob }
    attributes: object(expression: "HEAD:.gitattributes") { ...blob }
    trunk: object(expression: $from) {
      __typename
      oid
      ... on Commit {
        history(first: $first, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { ...trunkCommit }
        }
      }
    }
  }
}
fragment trunkCommit on Commit {
  oid
  message
  committedDate
  author { ...person }
  committer { ...person }
  signature { ...signature }
  parents(first: 2) { totalCount nodes { oid } }
  associatedPullRequests(first: 3, orderBy: { field: CREATED_AT, direction: DESC }) {
    nodes { ...trunkPull }
  }
}
fragment trunkPull on PullRequest {
  number
  title
  body
  state
  baseRefName
  headRefName
  headRefOid
  author { ...actor }
  baseRepository { databaseId }
  mergeCommit { oid }
  files(first: 100) {
    totalCount
    nodes { path additions deletions changeType }
  }
  commits(first: 20) {
    totalCount
    nodes { commit { oid message author { ...person } committer { ...person } signature { ...signature } } }
  }
}
fragment person on GitActor { name email user { login databaseId } }
fragment signature on GitSignature { isValid wasSignedByGitHub signer { login databaseId } }
fragment actor on Actor {
  __typename
  login
  ... on User { databaseId }
  ... on Bot { databaseId }
  ... on Mannequin { databaseId }
  ... on Organization { databaseId }
}
fragment blob on GitObject {
  __typename
  oid
  ... on Blob { byteSize isBinary isTruncated text }
}
`;
