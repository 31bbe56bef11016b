// What do GitHub's webhooks look like, in the fields that matter here?
// Built after https://docs.github.com/webhooks/webhook-events-and-payloads.

export const HEAD = 'a'.repeat(40);
export const OLD_HEAD = 'c'.repeat(40);
export const OUR_APP = 4242;

const repository = {
  id: 99,
  name: 'shop',
  full_name: 'acme/shop',
  default_branch: 'main',
  owner: { login: 'acme', id: 1, type: 'Organization' },
};
const sender = { login: 'sam', id: 7, type: 'User', site_admin: false };
const common = { installation: { id: 5, node_id: 'x' }, repository, sender };

const pull_request = {
  number: 12,
  state: 'open',
  title: 'Fix the till',
  body: 'a secret @mention',
  updated_at: '2026-11-20T10:00:00Z',
  head: { ref: 'fix', sha: HEAD, repo: null },
  base: { ref: 'main', sha: 'b'.repeat(40) },
  user: sender,
};

export function pullRequest(action: string, changed: object = {}, pull: object = {}) {
  return { ...common, action, number: 12, pull_request: { ...pull_request, ...pull }, ...changed };
}

export function review(action: string) {
  return {
    ...common,
    action,
    review: {
      id: 1,
      state: action === 'dismissed' ? 'dismissed' : 'approved',
      commit_id: HEAD,
      user: sender,
    },
    pull_request,
  };
}

export function checkRun(action: string, appId: number | null = 15368, slug = 'github-actions') {
  return {
    ...common,
    action,
    check_run: {
      id: 1,
      name: 'build',
      head_sha: HEAD,
      status: 'completed',
      conclusion: 'success',
      app: appId === null ? null : { id: appId, slug },
      pull_requests: [],
    },
    ...(action === 'requested_action' ? { requested_action: { identifier: 'recheck' } } : {}),
  };
}

export function checkSuite(action: string) {
  return { ...common, action, check_suite: { id: 1, head_sha: HEAD, app: { id: 15368 }, pull_requests: [] } };
}

export function status() {
  return { ...common, id: 1, sha: HEAD, context: 'ci/other', state: 'success', branches: [] };
}

export function issue(action: string, changed: object = {}, event: object = {}) {
  return {
    ...common,
    action,
    issue: {
      number: 7,
      title: 'Checkout is down',
      body: 'root cause: #12',
      labels: [{ name: 'incident' }],
      user: { login: 'pat', id: 8 },
      author_association: 'NONE',
      updated_at: '2026-11-20T11:00:00Z',
      ...changed,
    },
    ...event,
  };
}

export function deploymentStatus(state: string, deployment: object = {}) {
  return {
    ...common,
    action: 'created',
    deployment: {
      id: 77,
      sha: HEAD,
      environment: 'production',
      transient_environment: false,
      production_environment: true,
      ...deployment,
    },
    deployment_status: { state, created_at: '2026-11-20T11:00:00Z' },
  };
}

export function mergeGroup(action: string) {
  const merge_group = {
    head_sha: HEAD,
    head_ref: 'refs/heads/gh-readonly-queue/main/pr-12-x',
    base_sha: OLD_HEAD,
    base_ref: 'refs/heads/main',
  };
  return { ...common, action, merge_group };
}

export interface PushOptions {
  readonly ref?: string;
  readonly repo?: string;
  readonly forced?: boolean;
  readonly deleted?: boolean;
  readonly sender?: object | null;
  readonly commits?: readonly {
    id?: string;
    distinct?: boolean;
    added?: string[];
    modified?: string[];
    removed?: string[];
  }[];
}

export function push({
  ref = 'refs/heads/main',
  repo = 'shop',
  forced = false,
  deleted = false,
  commits = [],
  ...changed
}: PushOptions = {}) {
  return {
    ...common,
    repository: { ...repository, name: repo, full_name: `acme/${repo}` },
    ref,
    before: OLD_HEAD,
    after: HEAD,
    created: false,
    deleted,
    forced,
    head_commit: deleted ? null : { id: HEAD },
    commits: commits.map((paths) => ({ id: HEAD, added: [], modified: [], removed: [], ...paths })),
    ...changed,
  };
}

export function repositoryEvent(action: string) {
  return { ...common, action, changes: { default_branch: { from: 'master' } } };
}

export function installation(action: string, updated_at: string | number | null = '2026-11-20T09:00:00Z') {
  return {
    action,
    sender,
    installation: { id: 5, account: { login: 'acme', id: 1 }, updated_at },
    repositories: [],
  };
}

export function member(action: string) {
  return { ...common, action, member: sender };
}

export function people(action: string) {
  return { action, sender, installation: { id: 5 }, organization: { login: 'acme' }, member: sender };
}
