// What does the artifact of a head hold, and what does it say of the change?
import { askAboutGuesses, pathsToAsk, withoutDoubtful } from '../coverage/doubtful-files.js';
import { measureChange } from '../coverage/measure-change.js';
import type { CoverageReading } from '../coverage/report.js';
import { plain } from '../domain/message.js';
import type { CoverageFacts, CoverageSource } from '../domain/quality.js';
import type { ChangedFile, Snapshot } from '../domain/snapshot.js';
import type { GitHubClient } from '../github/client.js';
import { GitHubFailure } from '../github/failure.js';
import { type ArtifactReading, readArtifact } from '../github/read-artifact.js';
import { readFormerPaths } from '../github/read-facts.js';
import { readPresent } from '../github/read-present.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';

/** As it is remembered. */
export interface ReadCoverage {
  readonly facts: CoverageFacts;
  /** `null`: those of the snapshot. */
  readonly files: readonly ChangedFile[] | null;
}

export interface CoverageOfHead extends ReadCoverage {
  /** True if no artifact of this head is there, and may come yet. */
  readonly isAwaited: boolean;
}

type Missing = Extract<CoverageFacts, { kind: 'missing' }>;

export async function readCoverageOfHead(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  repoId: number,
  snapshot: Snapshot,
  source: CoverageSource,
): Promise<CoverageOfHead> {
  const artifact = await find(deps, client, target, repoId, snapshot, source);
  if (artifact === 'forbidden') return missing('not-permitted', FORBIDDEN);
  if (artifact.kind !== 'found') {
    return {
      ...sayUnread(artifact, snapshot, source),
      isAwaited: artifact.kind === 'missing' || artifact.kind === 'stale',
    };
  }
  const { headSha, changedFiles } = snapshot.pullRequest;
  const paths = snapshot.files.filter(({ status }) => status !== 'removed').map(({ path }) => path);
  const reading = await readReport(deps, target, {
    source: { kind: 'zip', bytes: artifact.bytes },
    // A run of the default branch is on another commit by its nature: its artifact's name says which head it tested.
    question: { known: { paths: new Set(paths), isComplete: false }, head: headSha, measuredAt: null },
  });
  if (reading.kind !== 'read') return missing(WHY[reading.kind], withoutEnd(plain(reading.why)));
  const files = await withHunks(client, snapshot);
  if (files.length < changedFiles) {
    return missing('no-patches', `GitHub lists ${files.length} of ${changedFiles} changed files`);
  }
  const { owner, repo } = target;
  const guesses = askAboutGuesses(reading.report);
  const present = await readPresent(client, { owner, repo, sha: headSha }, pathsToAsk(guesses));
  const measured = measureChange(withoutDoubtful(reading.report, guesses, present), files);
  const { runId } = artifact.artifact;
  return {
    facts: measured.kind === 'missing' ? measured : { ...measured, base: null, usual: null, runId },
    files: isKeepable(files) ? files : null,
    isAwaited: false,
  };
}

const FORBIDDEN =
  'the App may not read artifacts: an owner of the organisation grants it the permission `actions: read`';

async function find(
  deps: Dependencies,
  client: GitHubClient,
  { owner, repo }: PullRequestTarget,
  repoId: number,
  { repository, commits, pullRequest }: Snapshot,
  source: CoverageSource,
): Promise<ArtifactReading | 'forbidden'> {
  const { number, headSha } = pullRequest;
  const pushes = number === null ? [] : await deps.storage.pushes.find(repoId, number);
  const earlier = [...commits.map(({ sha }) => sha), ...pushes.map((push) => push.headSha)];
  const isHead = source.run === 'head';
  try {
    return await readArtifact(client, {
      owner,
      repo,
      name: artifactName(source, headSha),
      runId: null,
      head: isHead ? headSha : null,
      branch: isHead ? null : repository.defaultBranch,
      earlier: earlier.filter((sha) => sha !== headSha),
    });
  } catch (error) {
    if (error instanceof GitHubFailure && error.status === 403 && !error.retryable) return 'forbidden';
    throw error;
  }
}

/** A run of the default branch is on no head of a pull request, so its artifact's name says which it tested. */
function artifactName({ artifact, run }: CoverageSource, headSha: string): string {
  return run === 'head' ? artifact : `${artifact}-${headSha}`;
}

function sayUnread(
  artifact: Exclude<ArtifactReading, { kind: 'found' }>,
  { repository, pullRequest }: Snapshot,
  source: CoverageSource,
): ReadCoverage {
  const name = artifactName(source, pullRequest.headSha);
  switch (artifact.kind) {
    case 'missing': {
      const whose = source.run === 'head' ? 'on this head' : `of ${repository.defaultBranch}`;
      return missing('no-report', `no workflow run ${whose} uploaded an artifact named ${name}`);
    }
    case 'stale': {
      const [measured, head] = [artifact.headSha, pullRequest.headSha].map((sha) => sha.slice(0, 7));
      return missing('stale-report', `the report is of commit ${measured}, and the head is ${head}`);
    }
    case 'expired':
      return missing('no-report', `the artifact ${name} expired: run the workflow again`);
    case 'too-large': {
      const most = artifact.maxBytes / 1024 / 1024;
      return missing('broken-report', `the artifact ${name} is larger than ${most} MB`);
    }
  }
}

const WHY: Readonly<Record<Exclude<CoverageReading['kind'], 'read'>, Missing['why']>> = {
  missing: 'no-report',
  empty: 'broken-report',
  stale: 'stale-report',
  malformed: 'broken-report',
  'too-large': 'broken-report',
};

async function readReport(
  deps: Dependencies,
  target: PullRequestTarget,
  job: Parameters<Dependencies['coverage']['reader']['read']>[0],
): Promise<CoverageReading> {
  try {
    return await deps.coverage.reader.read(job);
  } catch (error) {
    // A report that kills its reader would do so again: it is the report that must change.
    deps.log.error({ ...target, err: error }, 'a coverage report broke its reader');
    const parts = [{ kind: 'ours', text: 'The report could not be read: its reader broke down' }] as const;
    return { kind: 'malformed', why: { parts } };
  }
}

/** GraphQL gives no hunks; whoever read them before kept them. */
async function withHunks(client: GitHubClient, snapshot: Snapshot): Promise<Snapshot['files']> {
  if (snapshot.files.some(({ patch }) => patch !== null)) return snapshot.files;
  const modes = new Map(snapshot.files.map(({ path, mode }) => [path, mode]));
  const { files } = await readFormerPaths(client, snapshot);
  return files.map((file) => ({ ...file, mode: modes.get(file.path) ?? null }));
}

const MAX_KEPT = 1024 * 1024;

/** Hunks are remembered with the result, or not handed out at all: two reviews of a head see the same. */
function isKeepable(files: readonly ChangedFile[]): boolean {
  return files.reduce((sum, { patch }) => sum + (patch?.length ?? 0), 0) <= MAX_KEPT;
}

function missing(why: Missing['why'], detail: string): CoverageOfHead {
  return { facts: { kind: 'missing', why, detail }, files: null, isAwaited: false };
}

const MAX_DETAIL = 500;

/** As the middle of a sentence. */
function withoutEnd(sentence: string): string {
  const text = sentence.replace(/\.+$/, '').slice(0, MAX_DETAIL);
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
