// What exactly does a pull request, or a single commit, change?
// Former paths and hunks by file (REST), or the raw diff of any head against a base branch, or of a commit.
import * as z from 'zod';
import type { ChangedFile } from '../domain/snapshot.js';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';
import { parseAnswer } from './transport.js';

/** https://docs.github.com/rest/pulls/pulls#list-pull-requests-files */
const MAX_PAGES = 30;
const PER_PAGE = 100;

/**
 * Every changed file with its former path and hunks, at most 3,000: fewer than the pull request counts means
 * incomplete. REST has no file modes. Throws `GitHubFailure`, also when a page ends before the list does, and when the
 * list is already of another head: hunks of one head say nothing about the other.
 */
export async function readFiles(
  client: GitHubClient,
  at: {
    readonly owner: string;
    readonly repo: string;
    readonly number: number;
    /** The head that the list must be of; left out: whichever it has. */
    readonly headSha?: string;
  },
): Promise<readonly ChangedFile[]> {
  const { owner, repo, number, headSha } = at;
  const deed = `read files of ${owner}/${repo}#${number}`;
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files';
  const files: ChangedFile[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const params = { owner, repo, pull_number: number, per_page: PER_PAGE, page };
    const answer = await client.request(deed, route, params);
    const found = parseAnswer(deed, filesSchema, answer.data);
    if (found.some((file) => isOfOtherHead(file, headSha))) {
      throw new GitHubFailure(deed, 'unavailable', 'the pull request got another head meanwhile');
    }
    files.push(...found.map(toChangedFile));
    if (found.length < PER_PAGE && !/rel="next"/.test(String(answer.headers.link ?? ''))) break;
  }
  return files;
}

/** https://docs.github.com/rest/commits/commits#get-a-commit: 300 files a page, at most 3,000. */
const MAX_COMMIT_PAGES = 10;

/**
 * Every file that a commit changes against its first parent, at most 3,000. `null`: it is not there (any more).
 * Throws `GitHubFailure`.
 */
export async function readCommitFiles(
  client: GitHubClient,
  at: { readonly owner: string; readonly repo: string; readonly sha: string },
): Promise<readonly ChangedFile[] | null> {
  const { owner, repo, sha } = at;
  const deed = `read files of commit ${owner}/${repo}@${sha}`;
  const files: ChangedFile[] = [];
  try {
    for (let page = 1; page <= MAX_COMMIT_PAGES; page += 1) {
      const answer = await client.request(deed, 'GET /repos/{owner}/{repo}/commits/{ref}', {
        ...{ owner, repo, ref: sha },
        // The first page as GitHub gives it by itself, so that nearly every commit is one plain request.
        ...(page === 1 ? {} : { page }),
      });
      const found = parseAnswer(deed, z.object({ files: filesSchema.optional() }), answer.data);
      files.push(...(found.files ?? []).map(toChangedFile));
      if (!/rel="next"/.test(String(answer.headers.link ?? ''))) break;
    }
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    if (error.kind === 'not-found' || (error.status === 422 && /no commit found/i.test(error.message)))
      return null;
    throw error;
  }
  return files;
}

export type DiffReading =
  | { readonly kind: 'diff'; readonly text: string }
  /** GitHub does not hand out diffs of more than 300 files or 20,000 lines. */
  | { readonly kind: 'too-large' }
  /** The base branch or the head is not there (any more), or they have no common history. */
  | { readonly kind: 'gone' };

/**
 * The raw diff from where `head` left `base` (a branch) to `head` (a SHA), as git writes it.
 * What the text says is the caller's to check: count its files against the pull request's.
 */
export async function readDiff(
  client: GitHubClient,
  at: { readonly owner: string; readonly repo: string; readonly base: string; readonly head: string },
): Promise<DiffReading> {
  const { owner, repo, base, head } = at;
  const deed = `read diff of ${owner}/${repo} ${base}...${head}`;
  const params = { owner, repo, basehead: `${base}...${head}` };
  return requestDiff(client, deed, 'GET /repos/{owner}/{repo}/compare/{basehead}', params);
}

/** The raw diff of a commit against its first parent. */
export async function readCommitDiff(
  client: GitHubClient,
  at: { readonly owner: string; readonly repo: string; readonly sha: string },
): Promise<DiffReading> {
  const { owner, repo, sha } = at;
  const deed = `read diff of commit ${owner}/${repo}@${sha}`;
  return requestDiff(client, deed, 'GET /repos/{owner}/{repo}/commits/{ref}', { owner, repo, ref: sha });
}

async function requestDiff(
  client: GitHubClient,
  deed: string,
  route: string,
  params: Readonly<Record<string, unknown>>,
): Promise<DiffReading> {
  try {
    const headers = { accept: 'application/vnd.github.diff' };
    const answer = await client.request(deed, route, { ...params, headers });
    return { kind: 'diff', text: toText(deed, answer.data) };
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    if (error.kind === 'not-found') return { kind: 'gone' };
    if (error.status === 422 && /no commit found/i.test(error.message)) return { kind: 'gone' };
    // 406 with code "too_large" for pull requests, 422 on other paths.
    if (error.status === 406) return { kind: 'too-large' };
    if (error.status === 422 && /too_large|too large|exceeded|taking too long/i.test(error.message)) {
      return { kind: 'too-large' };
    }
    throw error;
  }
}

/**
 * Full blob ids after the change (before it, for a removed file) by path, which the raw diff only abbreviates. At
 * most 300 files, as in the diff. Empty if the base or the head is gone.
 */
export async function readBlobIds(
  client: GitHubClient,
  at: { readonly owner: string; readonly repo: string; readonly base: string; readonly head: string },
): Promise<ReadonlyMap<string, string>> {
  const { owner, repo, base, head } = at;
  const deed = `read blobs of ${owner}/${repo} ${base}...${head}`;
  try {
    const answer = await client.request(deed, 'GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...{ owner, repo, basehead: `${base}...${head}` },
      ...{ per_page: 1, page: 1 },
    });
    const { files } = parseAnswer(deed, z.object({ files: filesSchema.optional() }), answer.data);
    return new Map((files ?? []).flatMap(({ filename, sha }) => (sha ? [[filename, sha]] : [])));
  } catch (error) {
    if (error instanceof GitHubFailure && error.kind === 'not-found') return new Map();
    throw error;
  }
}

const filesSchema = z.array(
  z.object({
    filename: z.string(),
    previous_filename: z.string().optional(),
    status: z.enum(['added', 'removed', 'modified', 'renamed', 'copied', 'changed', 'unchanged']),
    additions: z.number(),
    deletions: z.number(),
    sha: z.string().nullish(),
    /** `…/contents/src/a.ts?ref=<SHA of the head>` */
    contents_url: z.string().optional(),
    patch: z.string().optional(),
  }),
);

/** A removed file is not in the head, so its address tells nothing. */
function isOfOtherHead(
  { status, contents_url }: z.infer<typeof filesSchema>[number],
  headSha: string | undefined,
): boolean {
  const ref = /[?&]ref=([0-9a-f]{40,64})$/.exec(contents_url ?? '')?.[1];
  return headSha !== undefined && status !== 'removed' && ref !== undefined && ref !== headSha;
}

function toChangedFile(file: z.infer<typeof filesSchema>[number]): ChangedFile {
  return {
    path: file.filename,
    previousPath: file.previous_filename ?? null,
    // GitHub lists what is touched and in the end the same: judged as a change.
    status: file.status === 'unchanged' ? 'changed' : file.status,
    additions: file.additions,
    deletions: file.deletions,
    mode: null,
    patch: file.patch ?? null,
  };
}

/** Octokit gives text or bytes, by the content type. Bytes that are no UTF-8 become U+FFFD, which the digest minds. */
function toText(deed: string, data: unknown): string {
  if (typeof data === 'string') return data;
  if (data instanceof ArrayBuffer) return new TextDecoder('utf-8').decode(data);
  throw new GitHubFailure(deed, 'unexpected', 'GitHub did not answer with a diff');
}
