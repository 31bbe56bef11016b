// How does REST write repositories, commits, files and labels?

import type { CommitObject, GitPerson } from '../git/store.js';
import { findByEmail } from '../model/accounts.js';
import type { ComparedFile } from '../model/comparisons.js';
import {
  fullName,
  isoDate,
  type Label,
  nodeId,
  type Permission,
  type Repository,
  type World,
} from '../model/world.js';
import { shapeUser } from './shapes-accounts.js';

export function shapeRepository(world: World, repository: Repository) {
  const name = fullName(repository);
  const url = `${world.url}/repos/${name}`;
  const html = `${world.url}/${name}`;
  const forks = [...world.repositories.values()].filter((each) => each.parent === repository).length;
  const openPulls = [...repository.pulls.values()].filter((pull) => pull.state === 'OPEN').length;
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: name,
    private: repository.isPrivate,
    owner: shapeUser(world, repository.owner),
    html_url: html,
    description: null,
    fork: repository.parent !== null,
    url,
    forks_url: `${url}/forks`,
    keys_url: `${url}/keys{/key_id}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    teams_url: `${url}/teams`,
    hooks_url: `${url}/hooks`,
    issue_events_url: `${url}/issues/events{/number}`,
    events_url: `${url}/events`,
    assignees_url: `${url}/assignees{/user}`,
    branches_url: `${url}/branches{/branch}`,
    tags_url: `${url}/tags`,
    blobs_url: `${url}/git/blobs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    trees_url: `${url}/git/trees{/sha}`,
    statuses_url: `${url}/statuses/{sha}`,
    languages_url: `${url}/languages`,
    stargazers_url: `${url}/stargazers`,
    contributors_url: `${url}/contributors`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    commits_url: `${url}/commits{/sha}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    comments_url: `${url}/comments{/number}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    contents_url: `${url}/contents/{+path}`,
    compare_url: `${url}/compare/{base}...{head}`,
    merges_url: `${url}/merges`,
    archive_url: `${url}/{archive_format}{/ref}`,
    downloads_url: `${url}/downloads`,
    issues_url: `${url}/issues{/number}`,
    pulls_url: `${url}/pulls{/number}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    labels_url: `${url}/labels{/name}`,
    releases_url: `${url}/releases{/id}`,
    deployments_url: `${url}/deployments`,
    created_at: isoDate(repository.createdAt),
    updated_at: isoDate(repository.pushedAt),
    pushed_at: isoDate(repository.pushedAt),
    git_url: `git://${html.replace(/^https?:\/\//, '')}.git`,
    ssh_url: `git@github.test:${name}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: forks,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: openPulls,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    custom_properties: {},
    topics: [],
    visibility: repository.isPrivate ? 'private' : 'public',
    forks,
    open_issues: openPulls,
    watchers: 0,
    default_branch: repository.defaultBranch,
  };
}

export function shapeFullRepository(world: World, repository: Repository) {
  const organization = repository.owner.type === 'Organization';
  return {
    ...shapeRepository(world, repository),
    temp_clone_token: null,
    network_count: 0,
    subscribers_count: 0,
    ...(organization ? { organization: shapeUser(world, repository.owner) } : {}),
    ...(repository.parent === null ? {} : { parent: shapeRepository(world, repository.parent) }),
  };
}

export function shapePermissions(permission: Permission) {
  const order: readonly Permission[] = ['read', 'triage', 'write', 'maintain', 'admin'];
  const at = order.indexOf(permission);
  return { admin: at >= 4, maintain: at >= 3, push: at >= 2, triage: at >= 1, pull: at >= 0 };
}

export function shapeCommit(world: World, repository: Repository, commit: CommitObject) {
  const url = `${world.url}/repos/${fullName(repository)}`;
  const { sha } = commit;
  const account = (person: GitPerson) => {
    const found = findByEmail(world, person.email);
    return found === null ? null : shapeUser(world, found);
  };
  return {
    sha,
    node_id: nodeId('C', sha),
    commit: {
      author: shapePerson(commit.author),
      committer: shapePerson(commit.committer),
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${sha}`,
      comment_count: 0,
      verification: shapeVerification(world, commit),
    },
    url: `${url}/commits/${sha}`,
    html_url: `${world.url}/${fullName(repository)}/commit/${sha}`,
    comments_url: `${url}/commits/${sha}/comments`,
    author: account(commit.author),
    committer: account(commit.committer),
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${url}/commits/${parent}`,
      html_url: `${world.url}/${fullName(repository)}/commit/${parent}`,
    })),
  };
}

/** The short form in webhooks. */
export function shapeSimpleCommit(commit: CommitObject) {
  const person = ({ name, email }: GitPerson) => ({ name, email });
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: isoDate(commit.committer.date),
    author: person(commit.author),
    committer: person(commit.committer),
  };
}

/** Above this, GitHub hands out no `patch` for a file. */
const MOST_PATCH_BYTES = 500_000;
const MOST_PATCH_LINES = 20_000;

export function shapeDiffEntry(world: World, repository: Repository, head: string, file: ComparedFile) {
  const url = `${world.url}/${fullName(repository)}`;
  const at = file.after === null ? `${head}^` : head;
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  const { additions, deletions } = file;
  const { hunks } = file.patch;
  const tooLarge =
    hunks !== null &&
    (Buffer.byteLength(hunks) > MOST_PATCH_BYTES || additions + deletions > MOST_PATCH_LINES);
  return {
    sha: (file.after ?? file.before)!.sha,
    filename: file.path,
    status: file.status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${url}/blob/${at}/${path}`,
    raw_url: `${url}/raw/${at}/${path}`,
    contents_url: `${world.url}/repos/${fullName(repository)}/contents/${path}?ref=${head}`,
    ...(hunks === null || tooLarge ? {} : { patch: hunks }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
}

export function shapeLabel(world: World, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: `${world.url}/repos/${fullName(repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

function shapePerson(person: GitPerson) {
  return { name: person.name, email: person.email, date: isoDate(person.date) };
}

function shapeVerification(world: World, commit: CommitObject) {
  const record = world.signatures.get(commit.sha);
  if (record === undefined)
    return { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };
  const reason = { VALID: 'valid', INVALID: 'invalid', UNKNOWN_KEY: 'unknown_key', BAD_EMAIL: 'bad_email' };
  return {
    verified: record.state === 'VALID',
    reason: reason[record.state],
    signature: commit.gpgsig,
    payload: world.store.signedPayload(commit.sha),
    verified_at: record.state === 'VALID' ? isoDate(commit.committer.date) : null,
  };
}
