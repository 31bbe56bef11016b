// What do repositories, branches, trees, files and comparisons answer?
import { Refusal } from '../auth.js';
import { listCommits } from '../git/history.js';
import type { TreeLevelEntry } from '../git/store.js';
import { permissionOf } from '../model/accounts.js';
import { resolveCommit } from '../model/commits.js';
import { changesOf, compareCommits, renderDiff } from '../model/comparisons.js';
import { findAccount, findRepository, fullName, nodeId, type Repository } from '../model/world.js';
import {
  type Handlers,
  notFound,
  ok,
  paginate,
  type RestRequest,
  requireRepository,
  wantsMedia,
} from './request.js';
import { shapePublicUser, shapeUser } from './shapes-accounts.js';
import { shapeCommit, shapeDiffEntry, shapeFullRepository, shapePermissions } from './shapes-repositories.js';

export const repositoryRoutes: Handlers = {
  'repos/get': (request) => {
    const repository = requireRepository(request, 'metadata');
    return ok(shapeFullRepository(request.world, repository));
  },
  'repos/get-branch': (request) => {
    const { world } = request;
    const repository = requireRepository(request, 'contents');
    const name = request.params.branch!;
    const sha = repository.branches.get(name);
    if (sha === undefined) throw new Refusal(404, 'Branch not found');
    const self = `${world.url}/repos/${fullName(repository)}/branches/${name}`;
    const rules = repository.protections.get(name);
    return ok({
      name,
      commit: shapeCommit(world, repository, world.store.readCommit(sha)!),
      _links: { self, html: `${world.url}/${fullName(repository)}/tree/${name}` },
      protected: rules !== undefined,
      protection: {
        enabled: rules !== undefined,
        required_status_checks: {
          enforcement_level: rules === undefined ? 'off' : 'everyone',
          contexts: rules?.requiredChecks.map((check) => check.context) ?? [],
          checks:
            rules?.requiredChecks.map((check) => ({ context: check.context, app_id: check.appId })) ?? [],
        },
      },
      protection_url: `${self}/protection`,
    });
  },
  'repos/get-branch-rules': (request) => {
    const repository = requireRepository(request, 'metadata');
    const rules = repository.protections.get(request.params.branch!);
    if (rules === undefined) return ok([]);
    return ok([
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: rules.strict,
          required_status_checks: rules.requiredChecks.map((check) => ({
            context: check.context,
            ...(check.appId === null ? {} : { integration_id: check.appId }),
          })),
        },
        ruleset_source_type: 'Repository',
        ruleset_source: fullName(repository),
        ruleset_id: repository.id,
      },
    ]);
  },
  'repos/get-commit': (request) => {
    const { world } = request;
    const repository = requireRepository(request, 'contents');
    const sha = requireCommit(request, repository, request.params.ref!);
    const commit = world.store.readCommit(sha)!;
    const comparison = changesOf(world, sha);
    if (wantsMedia(request, 'diff')) return diffAnswer(request, comparison);
    const { additions, deletions } = comparison;
    // 300 a page unless asked for fewer, 3,000 at most: https://docs.github.com/rest/commits/commits#get-a-commit
    const { page, headers } = paginate(request, comparison.files.slice(0, 3_000), 300, 300);
    const shaped = {
      ...shapeCommit(world, repository, commit),
      stats: { additions, deletions, total: additions + deletions },
      files: page.map((file) => shapeDiffEntry(world, repository, sha, file)),
    };
    return ok(shaped, headers);
  },
  'repos/compare-commits-with-basehead': (request) => compare(request),
  'repos/get-content': (request) => getContent(request),
  'repos/get-collaborator-permission-level': (request) => {
    const repository = requireRepository(request, 'metadata');
    const account = findAccount(request.world, request.params.username!);
    if (account === undefined) throw new Refusal(404, `${request.params.username} is not a user`);
    const role = permissionOf(request.world, repository, account);
    // The older field knows four levels.
    const permission = { maintain: 'write', triage: 'read' }[role as string] ?? role;
    const user = {
      ...shapeUser(request.world, account),
      permissions: shapePermissions(role),
      role_name: role,
    };
    return ok({ permission, role_name: role, user });
  },
  'users/get-by-username': ({ world, params }) => {
    const account = findAccount(world, params.username!);
    if (account === undefined) throw notFound();
    return ok(shapePublicUser(world, account));
  },
  'git/get-ref': (request) => {
    const { world } = request;
    const repository = requireRepository(request, 'contents');
    const sha = repository.branches.get(request.params.ref!.replace(/^heads\//, ''));
    if (sha === undefined || !request.params.ref!.startsWith('heads/')) throw notFound();
    const url = `${world.url}/repos/${fullName(repository)}/git`;
    const ref = `refs/${request.params.ref}`;
    const object = { type: 'commit', sha, url: `${url}/commits/${sha}` };
    return ok({ ref, node_id: nodeId('REF', `${repository.id}:${ref}`), url: `${url}/${ref}`, object });
  },
  'git/get-tree': (request) => getTree(request),
  'git/get-blob': (request) => {
    const { world } = request;
    const repository = requireRepository(request, 'contents');
    const sha = request.params.file_sha!;
    const content = world.store.readBlob(sha);
    if (content === undefined) throw notFound();
    if (wantsMedia(request, 'raw')) return { status: 200, text: content, contentType: RAW };
    return ok({
      sha,
      node_id: nodeId('B', sha),
      size: content.length,
      url: `${world.url}/repos/${fullName(repository)}/git/blobs/${sha}`,
      content: toBase64(content),
      encoding: 'base64',
    });
  },
};

export function requireCommit(request: RestRequest, repository: Repository, revision: string): string {
  const sha = resolveCommit(request.world, repository, revision);
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${revision}`);
  return sha;
}

export function diffAnswer(request: RestRequest, comparison: ReturnType<typeof compareCommits>) {
  const diff = renderDiff(request.world, comparison, request.idLength);
  if (diff.ok)
    return { status: 200, text: diff.text, contentType: 'application/vnd.github.diff; charset=utf-8' };
  const resource = { resource: 'PullRequest', field: 'diff', code: 'too_large' };
  throw new Refusal(406, diff.message, { errors: [resource] });
}

const RAW = 'application/vnd.github.raw; charset=utf-8';
const MOST_COMPARED_FILES = 300;
const MOST_COMPARED_COMMITS = 250;
/** Larger files have no content in JSON, and none at all above 100 MB. */
const MOST_JSON_BYTES = 1_048_576;

function compare(request: RestRequest) {
  const { world } = request;
  const repository = requireRepository(request, 'contents');
  const [base, head] = request.params.basehead!.split('...');
  if (head === undefined || base === undefined) throw notFound();
  const [from, to] = [base, head].map((side) => resolveSide(request, repository, side));
  if (from === undefined || to === undefined || from === null || to === null) throw notFound();
  const comparison = compareCommits(world, from, to);
  if (comparison.mergeBase === null)
    throw new Refusal(404, `No common ancestor between ${base} and ${head}.`);
  if (wantsMedia(request, 'diff')) return diffAnswer(request, comparison);
  const behind = listCommits(world.store, to, from).length;
  const ahead = comparison.commits.length;
  const html = `${world.url}/${fullName(repository)}/compare/${base}...${head}`;
  const read = (sha: string) => shapeCommit(world, repository, world.store.readCommit(sha)!);
  const files = comparison.files.slice(0, MOST_COMPARED_FILES);
  return ok({
    url: `${world.url}/repos/${fullName(repository)}/compare/${base}...${head}`,
    html_url: html,
    permalink_url: `${world.url}/${fullName(repository)}/compare/${from}...${to}`,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: read(from),
    merge_base_commit: read(comparison.mergeBase),
    status: ahead === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: comparison.commits.slice(-MOST_COMPARED_COMMITS).map(read),
    // Files are listed on the first page only.
    files:
      Number(request.query.get('page') ?? 1) > 1
        ? []
        : files.map((file) => shapeDiffEntry(world, repository, to, file)),
  });
}

/** `owner:branch` names a fork. */
function resolveSide(request: RestRequest, repository: Repository, side: string): string | null {
  const { world } = request;
  const [owner, branch] = side.split(':');
  if (branch === undefined) return resolveCommit(world, repository, side);
  const fork = findRepository(world, `${owner}/${repository.name}`);
  return fork === undefined ? null : resolveCommit(world, fork, branch);
}

function getContent(request: RestRequest) {
  const { world } = request;
  const repository = requireRepository(request, 'contents');
  const ref = request.query.get('ref') ?? repository.defaultBranch;
  const sha = resolveCommit(world, repository, ref);
  if (sha === null) throw new Refusal(404, `No commit found for the ref ${ref}`);
  const path = request.params.path!.replace(/^\/+|\/+$/g, '');
  const entry = world.store.treeOf(sha).get(path);
  const shape = (name: string, at: string, each: { mode: string; sha: string }) =>
    shapeContent(request, repository, ref, name, at, each);
  if (entry === undefined) {
    const level = findLevel(request, sha, path);
    if (level === undefined) throw notFound();
    return ok(
      level.map((each) => {
        const {
          content: _content,
          encoding: _encoding,
          ...item
        } = shape(each.name, path === '' ? each.name : `${path}/${each.name}`, each);
        return item;
      }),
    );
  }
  const content = entry.mode === '160000' ? Buffer.alloc(0) : world.store.readBlob(entry.sha)!;
  if (wantsMedia(request, 'raw')) return { status: 200, text: content, contentType: RAW };
  const item = shape(path.slice(path.lastIndexOf('/') + 1), path, entry);
  if (entry.mode === '120000') {
    // https://docs.github.com/rest/repos/contents#get-repository-content: a symlink to a file here answers the file.
    const target = resolvePath(path, content.toString('utf8'));
    const pointed = target === null ? undefined : world.store.treeOf(sha).get(target);
    if (pointed?.mode.startsWith('100')) {
      const followed = shape(target!.slice(target!.lastIndexOf('/') + 1), target!, pointed);
      return ok({ ...followed, name: item.name, path });
    }
    const { content: _content, encoding: _encoding, ...link } = item;
    return ok({ ...link, type: 'symlink', target: content.toString('utf8') });
  }
  return ok(item);
}

function shapeContent(
  request: RestRequest,
  repository: Repository,
  ref: string,
  name: string,
  path: string,
  entry: { readonly mode: string; readonly sha: string },
) {
  const { world } = request;
  const types: Record<string, string> = { '40000': 'dir', '160000': 'submodule', '120000': 'symlink' };
  const type = types[entry.mode] ?? 'file';
  const blob = type === 'file' || type === 'symlink' ? world.store.readBlob(entry.sha)! : Buffer.alloc(0);
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const api = `${world.url}/repos/${fullName(repository)}`;
  const self = `${api}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${type === 'dir' ? 'trees' : 'blobs'}/${entry.sha}`;
  const html = `${world.url}/${fullName(repository)}/${type === 'dir' ? 'tree' : 'blob'}/${ref}/${encoded}`;
  const large = blob.length > MOST_JSON_BYTES;
  return {
    name,
    path,
    sha: entry.sha,
    size: blob.length,
    url: self,
    html_url: html,
    git_url: git,
    download_url: type === 'file' ? `${world.url}/raw/${fullName(repository)}/${ref}/${encoded}` : null,
    type,
    content: large ? '' : toBase64(blob),
    encoding: large ? 'none' : 'base64',
    ...(type === 'submodule' ? { submodule_git_url: '' } : {}),
    _links: { self, git, html },
  };
}

function findLevel(request: RestRequest, sha: string, path: string): readonly TreeLevelEntry[] | undefined {
  const { store } = request.world;
  let level = store.readTreeLevel(store.readCommit(sha)!.tree);
  for (const name of path === '' ? [] : path.split('/')) {
    const folder = level?.find((each) => each.name === name && each.mode === '40000');
    level = folder === undefined ? undefined : store.readTreeLevel(folder.sha);
  }
  return level;
}

function resolvePath(from: string, target: string): string | null {
  const parts = target.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

const MOST_TREE_ENTRIES = 100_000;

function getTree(request: RestRequest) {
  const { world } = request;
  const repository = requireRepository(request, 'contents');
  const wanted = request.params.tree_sha!;
  const commit = resolveCommit(world, repository, wanted);
  const sha = commit === null ? wanted : world.store.readCommit(commit)!.tree;
  if (world.store.readTreeLevel(sha) === undefined) throw notFound();
  const url = `${world.url}/repos/${fullName(repository)}/git`;
  const recursive = request.query.has('recursive');
  const all: { path: string; mode: string; type: string; sha: string; size?: number; url?: string }[] = [];
  const visit = (id: string, prefix: string) => {
    for (const { name, mode, sha: entry } of world.store.readTreeLevel(id) ?? []) {
      const path = prefix + name;
      if (mode === '40000') {
        all.push({ path, mode: '040000', type: 'tree', sha: entry, url: `${url}/trees/${entry}` });
        if (recursive) visit(entry, `${path}/`);
      } else if (mode === '160000') all.push({ path, mode, type: 'commit', sha: entry });
      else {
        const size = world.store.readBlob(entry)!.length;
        all.push({ path, mode, type: 'blob', sha: entry, size, url: `${url}/blobs/${entry}` });
      }
    }
  };
  visit(sha, '');
  const truncated = all.length > MOST_TREE_ENTRIES;
  return ok({ sha, url: `${url}/trees/${sha}`, tree: all.slice(0, MOST_TREE_ENTRIES), truncated });
}

/** In lines of 60, as GitHub sends it. */
function toBase64(content: Buffer): string {
  const text = content.toString('base64');
  return text === '' ? '' : `${text.match(/.{1,60}/g)!.join('\n')}\n`;
}
