// What did workflow runs upload, and where is it downloaded from?
import { createHmac, randomBytes } from 'node:crypto';
import { endedRun } from './workflow-runs.js';
import type { Artifact, Repository, WorkflowRun, World } from './world.js';

export interface NewArtifact {
  readonly name: string;
  /** A zip archive, or whatever pretends to be one. */
  readonly content: Buffer;
  readonly headSha: string;
  /** Branch of the run. Default: the one whose tip `headSha` is, here or in `fork`. */
  readonly branch?: string;
  /** The repository the run's head is in. Default: this one. */
  readonly fork?: { readonly record: Repository };
  /** Default: a run of its own, that has ended. */
  readonly runId?: number;
  /** What began the run. Default: `pull_request`. */
  readonly event?: string;
  readonly expired?: boolean;
  /** What GitHub says of its size. Default: the truth. */
  readonly size?: number;
  /** Default: now. */
  readonly createdAt?: Date;
}

export function uploadArtifact(world: World, repository: Repository, artifact: NewArtifact): Artifact {
  const { name, content, headSha, fork, runId, expired = false, size = content.length } = artifact;
  const head = fork?.record ?? repository;
  const known = repository.workflowRuns.find(({ id }) => id === runId);
  if (known !== undefined)
    return addArtifact(world, repository, known, { name, content, size, expired, at: artifact.createdAt });
  const branch = artifact.branch ?? [...head.branches].find(([, tip]) => tip === headSha)?.[0];
  if (branch === undefined) throw new Error(`No branch is at ${headSha}: name the branch of the run.`);
  const run = endedRun(world, repository, {
    id: runId ?? world.nextId(),
    headSha,
    headBranch: branch,
    headRepositoryId: head.id,
    event: artifact.event ?? 'pull_request',
  });
  return addArtifact(world, repository, run, { name, content, size, expired, at: artifact.createdAt });
}

export function addArtifact(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  { name, content, size = content.length, expired = false, at = world.now() }: ArtifactFields,
): Artifact {
  const uploaded: Artifact = {
    id: world.nextId(),
    name,
    content,
    size,
    run,
    attempt: run.attempts.length,
    expired,
    createdAt: at,
  };
  repository.artifacts.push(uploaded);
  return uploaded;
}

export interface ArtifactFields extends Pick<NewArtifact, 'name' | 'content' | 'size' | 'expired'> {
  /** When it was uploaded; default: now. */
  readonly at?: Date;
}

const STORE = '/store/artifacts/';
const SECRET = randomBytes(20);
/** https://docs.github.com/rest/actions/artifacts#download-an-artifact: valid for a minute. */
const VALID_MS = 60_000;

export function storeAddress(world: World, artifact: Artifact): string {
  const until = world.now().getTime() + VALID_MS;
  return `${world.url}${STORE}${artifact.id}.zip?until=${until}&sig=${sign(artifact.id, until)}`;
}

export function isStorePath(url: URL): boolean {
  return url.pathname.startsWith(STORE);
}

/** `null`: the address is too old, or nobody signed it. */
export function readStore(world: World, url: URL): Buffer | null {
  const id = Number(/(\d+)\.zip$/.exec(url.pathname)?.[1]);
  const until = Number(url.searchParams.get('until'));
  if (url.searchParams.get('sig') !== sign(id, until) || world.now().getTime() > until) return null;
  const all = [...world.repositories.values()].flatMap((repository) => repository.artifacts);
  return all.find((artifact) => artifact.id === id)?.content ?? null;
}

function sign(id: number, until: number): string {
  return createHmac('sha256', SECRET).update(`${id} ${until}`).digest('hex');
}
