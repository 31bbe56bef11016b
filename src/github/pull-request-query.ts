// What does one review read about a pull request?
// Cost by GitHub's formula (requests needed for every connection / 100, at least 1), worst case of the first query:
// labels, assignees, reviews, dismissals, files, commits, timeline, head commit, suites, rollup, siblings: 11; parents of each
// commit 100, its authors 100; runs of each suite 3 → 214 / 100 → 2 points of 5,000 an hour. Nodes: about 11,000
// of 500,000.
// https://docs.github.com/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api

const ACTOR = `
fragment actor on Actor {
  __typename
  login
  ... on User { databaseId }
  ... on Bot { databaseId }
  ... on Mannequin { databaseId }
  ... on Organization { databaseId }
}`;

const BLOB = `
fragment blob on GitObject {
  __typename
  oid
  ... on Blob { byteSize isBinary isTruncated text }
}`;

const PAGE = `
fragment page on PageInfo { hasNextPage endCursor }`;

const LISTS = `
fragment person on GitActor { name email user { login databaseId } }
fragment commits on PullRequestCommitConnection {
  totalCount
  pageInfo { ...page }
  nodes {
    commit {
      oid
      message
      author { ...person }
      committer { ...person }
      authors(first: 100) { totalCount nodes { ...person } }
      signature { isValid wasSignedByGitHub signer { login databaseId } }
      parents(first: 2) { nodes { oid } }
    }
  }
}
fragment files on PullRequestChangedFileConnection {
  pageInfo { ...page }
  nodes { path additions deletions changeType }
}
fragment reviews on PullRequestReviewConnection {
  pageInfo { ...page }
  nodes { ...review state }
}
fragment review on PullRequestReview { id submittedAt author { ...actor } commit { oid } }
fragment dismissals on PullRequestTimelineItemsConnection {
  pageInfo { ...page }
  nodes { ... on ReviewDismissedEvent { previousReviewState actor { ...actor } review { ...review } } }
}
`;

const HEAD_LISTS = `
fragment contexts on StatusCheckRollupContextConnection {
  pageInfo { ...page }
  nodes {
    __typename
    ... on CheckRun { name status conclusion checkSuite { app { slug databaseId } } }
    ... on StatusContext { context state }
  }
}
fragment siblings on PullRequestConnection {
  pageInfo { ...page }
  nodes { number state headRefOid baseRepository { databaseId } }
}
`;

/** What hangs on the head commit. Own checks are found by app id, so that no namesake is taken for ours. */
const HEAD = `
fragment head on Commit {
  oid
  file(path: ".github/agent-policy.yml") { object { ...blob } }
  checkSuites(first: 3, filterBy: { appId: $appId }) @include(if: $asApp) {
    nodes {
      checkRuns(first: 20, filterBy: { checkType: LATEST }) {
        nodes { databaseId name status conclusion externalId }
      }
    }
  }
  statusCheckRollup { contexts(first: 100) { ...contexts } }
  associatedPullRequests(first: 20, orderBy: { field: CREATED_AT, direction: DESC }) { ...siblings }
}
`;

/**
 * `HEAD:` is the tip of the default branch. The organisation's repository is read without following renames, or
 * whoever renames a repository away from `.github` would take the policy along.
 */
export const PULL_REQUEST_QUERY = `
query PullRequest($owner: String!, $repo: String!, $number: Int!, $appId: Int, $asApp: Boolean!) {
  repository(owner: $owner, name: $repo) {
    databaseId
    name
    url
    owner { login }
    defaultBranchRef { name }
    policy: object(expression: "HEAD:.github/agent-policy.yml") { ...blob }
    codeowners1: object(expression: "HEAD:.github/CODEOWNERS") { ...blob }
    codeowners2: object(expression: "HEAD:CODEOWNERS") { ...blob }
    codeowners3: object(expression: "HEAD:docs/CODEOWNERS") { ...blob }
    attributes: object(expression: "HEAD:.gitattributes") { ...blob }
    pullRequest(number: $number) {
      number
      title
      body
      state
      isDraft
      baseRefName
      headRefName
      headRefOid
      changedFiles
      author { ...actor }
      headRepository { nameWithOwner }
      labels(first: 100) { totalCount nodes { name } }
      assignees(first: 20) { totalCount nodes { login databaseId } }
      commits(first: 100) { ...commits }
      latestOpinionatedReviews(first: 100, writersOnly: true) { ...reviews }
      dismissals: timelineItems(first: 100, itemTypes: [REVIEW_DISMISSED_EVENT]) { ...dismissals }
      files(first: 100) { ...files }
      timelineItems(
        last: 1
        itemTypes: [BASE_REF_CHANGED_EVENT, AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT]
      ) {
        nodes {
          __typename
          ... on BaseRefChangedEvent { createdAt }
          ... on AutomaticBaseChangeSucceededEvent { createdAt }
        }
      }
      mergeQueueEntry { headCommit { oid } }
      head: commits(last: 1) { nodes { commit { ...head } } }
    }
  }
  organization: repository(owner: $owner, name: ".github", followRenames: false) {
    policy: object(expression: "HEAD:.github/agent-policy.yml") { ...blob }
  }
}
${HEAD}${HEAD_LISTS}${LISTS}${ACTOR}${BLOB}${PAGE}`;

/** The head by its id: `commits(last: 1)` is another commit where GitHub lists only the first 250. */
export const HEAD_QUERY = `
query Head($owner: String!, $repo: String!, $oid: GitObjectID!, $appId: Int, $asApp: Boolean!) {
  repository(owner: $owner, name: $repo) { object(oid: $oid) { __typename ... on Commit { ...head } } }
}
${HEAD}${HEAD_LISTS}${BLOB}${PAGE}`;

/** Further pages, each list only while it has more. */
export const MORE_QUERY = `
query More(
  $owner: String!, $repo: String!, $number: Int!, $oid: GitObjectID!,
  $moreCommits: Boolean!, $commits: String, $moreFiles: Boolean!, $files: String,
  $moreReviews: Boolean!, $reviews: String, $moreContexts: Boolean!, $contexts: String,
  $moreDismissals: Boolean!, $dismissals: String, $moreSiblings: Boolean!, $siblings: String
) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      headRefOid
      commits(first: 100, after: $commits) @include(if: $moreCommits) { ...commits }
      files(first: 100, after: $files) @include(if: $moreFiles) { ...files }
      latestOpinionatedReviews(first: 100, after: $reviews, writersOnly: true) @include(if: $moreReviews) {
        ...reviews
      }
      dismissals: timelineItems(first: 100, after: $dismissals, itemTypes: [REVIEW_DISMISSED_EVENT])
        @include(if: $moreDismissals) { ...dismissals }
    }
    object(oid: $oid) {
      ... on Commit {
        statusCheckRollup @include(if: $moreContexts) { contexts(first: 100, after: $contexts) { ...contexts } }
        associatedPullRequests(first: 100, after: $siblings, orderBy: { field: CREATED_AT, direction: DESC })
          @include(if: $moreSiblings) { ...siblings }
      }
    }
  }
}
${HEAD_LISTS}${LISTS}${ACTOR}${PAGE}`;
