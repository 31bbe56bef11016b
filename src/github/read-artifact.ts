// What did a workflow run upload under this name?
// GitHub answers a download with an address elsewhere, which is fetched without the token.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { GitHubClient } from './client.js';
import { GitHubFailure, kindOfStatus } from './failure.js';
import { parseAnswer } from './transport.js';

export interface ArtifactAddress {
  readonly owner: string;
  readonly repo: string;
  /** As the workflow names it. */
  readonly name: string;
  /** The run; `null`: any run on `head`. */
  readonly runId: number | null;
  /** The commit the run must have been on; `null`: whichever. */
  readonly head: string | null;
  /**
   * The default branch, if it must be a run of its own workflow: no fork's branch and no tag of that name. `null`:
   * any run.
   */
  readonly branch: string | null;
  /** Commits that `head` followed: an artifact of one of them is told to be stale. */
  readonly earlier: readonly string[];
}

export interface Artifact {
  readonly id: number;
  readonly runId: number;
  /** The commit the run was on. */
  readonly headSha: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export type ArtifactReading =
  /** A zip archive, of as many bytes as were counted. */
  | { readonly kind: 'found'; readonly artifact: Artifact; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' }
  /** The run was on another commit than asked for. */
  | { readonly kind: 'stale'; readonly headSha: string }
  /** GitHub keeps artifacts for 90 days, or as many as the repository says. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'too-large'; readonly maxBytes: number };

export interface ArtifactLimits {
  /** Of the archive, packed. */
  readonly maxBytes: number;
  /** Of the download. */
  readonly timeoutMs: number;
}

const LIMITS: ArtifactLimits = { maxBytes: 100 * 1024 * 1024, timeoutMs: 60_000 };

/**
 * Two requests to GitHub: the list, then the address of the newest artifact of that name. A third for the run where
 * a branch is asked for. More only if others uploaded newer artifacts of that name.
 * Throws `GitHubFailure`, also when the download breaks off or is not what GitHub's digest says.
 */
export async function readArtifact(
  client: GitHubClient,
  at: ArtifactAddress,
  limits: ArtifactLimits = LIMITS,
): Promise<ArtifactReading> {
  const deed = `read artifact ${at.name} of ${at.owner}/${at.repo}`;
  const found = await listArtifacts(client, deed, at);
  // A run that is repeated uploads the same name again.
  const fit = found.filter(({ artifact }) => isOfHead(at, artifact));
  const newest = at.branch === null ? newestOf(fit) : await newestOfOwnRun(client, deed, at, fit);
  if (newest === null) {
    const isOther = ({ artifact }: ListedArtifact) =>
      at.runId !== null || at.earlier.includes(artifact.headSha);
    const other = newestOf(found.filter(isOther));
    return other === null ? { kind: 'missing' } : { kind: 'stale', headSha: other.artifact.headSha };
  }
  return fetchListed(client, deed, at, newest, limits);
}

export interface TimedArtifactAddress extends Pick<ArtifactAddress, 'owner' | 'repo' | 'name'> {
  readonly runId: number;
  /** Uploaded later than `after`, and from `from` to `to`; GitHub tells whole seconds. */
  readonly after: Date | null;
  readonly from: Date;
  readonly to: Date;
}

export type TimedArtifactReading =
  | Exclude<ArtifactReading, { readonly kind: 'stale' }>
  /** The run has such artifacts, and none of them, or more than one, was uploaded then. */
  | { readonly kind: 'untimely' | 'ambiguous' };

/** The one artifact of this name that a run uploaded within a span of time. Requests and failures as above. */
export async function readTimedArtifact(
  client: GitHubClient,
  at: TimedArtifactAddress,
  limits: ArtifactLimits = LIMITS,
): Promise<TimedArtifactReading> {
  const deed = `read artifact ${at.name} of run ${at.runId} of ${at.owner}/${at.repo}`;
  const found = await listArtifacts(client, deed, { ...at, head: null, branch: null, earlier: [] });
  const timely = found.filter(({ artifact }) => isTimely(at, Date.parse(artifact.createdAt)));
  if (timely.length > 1) return { kind: 'ambiguous' };
  const [only] = timely;
  if (only === undefined) return { kind: found.length === 0 ? 'missing' : 'untimely' };
  return fetchListed(client, deed, at, only, limits);
}

function isTimely({ after, from, to }: TimedArtifactAddress, at: number): boolean {
  return at >= from.getTime() && at <= to.getTime() && (after === null || at > after.getTime());
}

async function fetchListed(
  client: GitHubClient,
  deed: string,
  at: Pick<ArtifactAddress, 'owner' | 'repo'>,
  listed: ListedArtifact,
  limits: ArtifactLimits,
): Promise<Extract<ArtifactReading, { readonly kind: 'found' | 'expired' | 'too-large' }>> {
  if (listed.isExpired) return { kind: 'expired' };
  const tooLarge = { kind: 'too-large', maxBytes: limits.maxBytes } as const;
  if (listed.size > limits.maxBytes) return tooLarge;
  const address = await askForAddress(client, deed, at, listed.artifact.id);
  if (address === null) return { kind: 'expired' };
  const bytes = await download(deed, address, limits);
  if (bytes === null) return tooLarge;
  checkDigest(deed, bytes, listed.digest);
  return { kind: 'found', bytes, artifact: listed.artifact };
}

const artifactSchema = z.object({
  id: z.number(),
  name: z.string(),
  size_in_bytes: z.number(),
  expired: z.boolean(),
  created_at: z.string().nullable(),
  /** `sha256:…`; absent on older servers. */
  digest: z.string().nullish(),
  workflow_run: z
    .object({
      id: z.number(),
      head_sha: z.string(),
      head_branch: z.string().nullable(),
      repository_id: z.number(),
      head_repository_id: z.number().nullable(),
    })
    .partial()
    .nullish(),
});

interface ListedArtifact {
  readonly artifact: Artifact;
  readonly size: number;
  readonly isExpired: boolean;
  readonly digest: string | null;
}

/** Many runs may upload the same name; whoever wants to hide one uploads a hundred. */
const MAX_PAGES = 3;
const PER_PAGE = 100;

/** https://docs.github.com/rest/actions/artifacts: filtered by name, the newest first; reads on until one is fit. */
async function listArtifacts(
  client: GitHubClient,
  deed: string,
  at: ArtifactAddress,
): Promise<readonly ListedArtifact[]> {
  const { owner, repo, name, runId } = at;
  const found: ListedArtifact[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const params = { owner, repo, name, per_page: PER_PAGE, ...(page === 1 ? {} : { page }) };
    const answer =
      runId === null
        ? await client.request(deed, 'GET /repos/{owner}/{repo}/actions/artifacts', params)
        : await client.request(deed, 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', {
            ...params,
            run_id: runId,
          });
    const { artifacts } = parseAnswer(deed, z.object({ artifacts: z.array(artifactSchema) }), answer.data);
    found.push(...artifacts.flatMap((each) => toListed(each, at)));
    if (artifacts.length < PER_PAGE || found.some(({ artifact }) => isOfHead(at, artifact))) break;
  }
  return found;
}

function toListed(each: z.infer<typeof artifactSchema>, at: ArtifactAddress): readonly ListedArtifact[] {
  const { id: run, head_sha: headSha } = each.workflow_run ?? {};
  // Without its run and commit an artifact proves nothing about either.
  if (each.name !== at.name || run === undefined || headSha === undefined) return [];
  if (at.runId !== null && run !== at.runId) return [];
  if (at.branch !== null && !isOfBranch(each.workflow_run, at.branch)) return [];
  const artifact = { id: each.id, runId: run, headSha, createdAt: each.created_at ?? '' };
  const { size_in_bytes: size, expired: isExpired, digest } = each;
  return [{ artifact, size, isExpired, digest: digest ?? null }];
}

/**
 * Events that always run the default branch's own workflow, whatever was pushed.
 * A tag that is called like the branch gives its runs that name too, on `push` and `workflow_dispatch`.
 * https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
const OWN_EVENTS = ['workflow_run', 'schedule', 'repository_dispatch'];
const MAX_RUNS = 3;

async function newestOfOwnRun(
  client: GitHubClient,
  deed: string,
  { owner, repo }: ArtifactAddress,
  artifacts: readonly ListedArtifact[],
): Promise<ListedArtifact | null> {
  let left = artifacts;
  for (let asked = 0; asked < MAX_RUNS; asked += 1) {
    const newest = newestOf(left);
    if (newest === null) return null;
    const { runId } = newest.artifact;
    const answer = await client.request(deed, 'GET /repos/{owner}/{repo}/actions/runs/{run_id}', {
      ...{ owner, repo, run_id: runId },
    });
    const { event } = parseAnswer(deed, z.object({ event: z.string() }), answer.data);
    if (OWN_EVENTS.includes(event)) return newest;
    left = left.filter(({ artifact }) => artifact.runId !== runId);
  }
  return null;
}

/** Of the repository itself: what a fork calls by the same name, or what GitHub does not tell, is not. */
function isOfBranch(run: z.infer<typeof artifactSchema>['workflow_run'], branch: string): boolean {
  const { head_branch, repository_id, head_repository_id } = run ?? {};
  return head_branch === branch && repository_id !== undefined && head_repository_id === repository_id;
}

function isOfHead({ head }: ArtifactAddress, { headSha }: Artifact): boolean {
  return head === null || headSha === head;
}

function newestOf(artifacts: readonly ListedArtifact[]): ListedArtifact | null {
  return artifacts.reduce<ListedArtifact | null>((a, b) => (a === null || isNewer(b, a) ? b : a), null);
}

function isNewer({ artifact: a }: ListedArtifact, { artifact: b }: ListedArtifact): boolean {
  return a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt;
}

/** `null`: expired. The address holds a signature and is valid for a minute. */
async function askForAddress(
  client: GitHubClient,
  deed: string,
  { owner, repo }: Pick<ArtifactAddress, 'owner' | 'repo'>,
  id: number,
): Promise<URL | null> {
  try {
    const answer = await client.request(
      deed,
      'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
      { owner, repo, artifact_id: id, archive_format: 'zip', request: { redirect: 'manual' } },
    );
    return readAddress(deed, answer.headers.location);
  } catch (error) {
    if (error instanceof GitHubFailure && error.status === 410) return null;
    throw error;
  }
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Only over TLS, but for this machine itself. */
function readAddress(deed: string, location: unknown, base?: URL): URL {
  const text = String(location ?? '');
  if (!URL.canParse(text, base?.href)) {
    throw new GitHubFailure(deed, 'unexpected', 'GitHub gave no address to download from');
  }
  const url = new URL(text, base);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname))) return url;
  throw new GitHubFailure(deed, 'unexpected', `the address to download from is not https: ${url.protocol}`);
}

const MAX_REDIRECTS = 3;

/** `null`: more bytes than allowed, whatever the answer says of its length. Sends no token, keeps no cookie. */
async function download(deed: string, from: URL, limits: ArtifactLimits): Promise<Uint8Array | null> {
  const signal = AbortSignal.timeout(limits.timeoutMs);
  let url = from;
  try {
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const answer = await fetch(url, {
        redirect: 'manual',
        signal,
        headers: { 'user-agent': 'agent-policy' },
      });
      if (answer.status === 200) return await readBody(answer, limits.maxBytes);
      await answer.body?.cancel();
      if (answer.status < 300 || answer.status >= 400) throw refused(deed, url, answer.status);
      url = readAddress(deed, answer.headers.get('location'), url);
    }
  } catch (error) {
    if (error instanceof GitHubFailure) throw error;
    // Not the error's own words: they may hold the address and its signature.
    throw new GitHubFailure(deed, 'unavailable', `the download from ${url.host} broke off or took too long`);
  }
  throw new GitHubFailure(deed, 'unexpected', `${url.host} sends from one address to the next`);
}

/** An address that is too old answers 403 or 404: a new one is asked for next time. */
function refused(deed: string, url: URL, status: number): GitHubFailure {
  const kind = status < 500 ? 'unavailable' : kindOfStatus(status);
  return new GitHubFailure(deed, kind, `${url.host} answered ${status}`, status);
}

async function readBody(answer: Response, maxBytes: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    // Leaving the loop cancels the download.
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checkDigest(deed: string, bytes: Uint8Array, digest: string | null): void {
  if (digest === null || !digest.startsWith('sha256:')) return;
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === digest.slice('sha256:'.length).toLowerCase()) return;
  throw new GitHubFailure(deed, 'unavailable', 'the download is not what GitHub’s digest says');
}
