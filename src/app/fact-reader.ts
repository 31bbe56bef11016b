// Where does each fact that a rule asks for come from? GitHub, the ledger, or what was remembered of this head.
import type { AuthorshipFinding } from '../domain/authorship.js';
import type { Fact } from '../domain/fact.js';
import type { PolicyFiles } from '../domain/policy-file.js';
import { coverageKey } from '../domain/quality.js';
import type { ChangedFile, Snapshot } from '../domain/snapshot.js';
import { computeDiffDigest } from '../formats/diff-digest.js';
import { readFileModes } from '../formats/file-modes.js';
import type { GitHubClient } from '../github/client.js';
import { readFacts } from '../github/read-facts.js';
import type { FactReader } from '../policy/evaluate-with-facts.js';
import { wantedSpan } from '../policy/ledger-span.js';
import { readCoverageFacts } from './coverage-facts.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import { readEvalFacts } from './eval-facts.js';
import { readHistoryFacts } from './history-facts.js';
import { readRevertFacts } from './revert-facts.js';

const CACHE_MS = 5 * 60_000;
const DIGEST_CACHE_MS = 24 * 60 * 60_000;

export interface Facts {
  readonly read: FactReader;
  /** The earliest moment at which a fact that was not there yet should be looked for again. */
  recheckAt(): Date | null;
}

export function createFactReader(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  about: { readonly repoId: number; readonly policies: PolicyFiles },
): Facts {
  const { repoId, policies } = about;
  let recheckAt: Date | null = null;
  const noteRecheck = (at: Date | null) => {
    if (at !== null && (recheckAt === null || at < recheckAt)) recheckAt = at;
  };

  const readOne = async (
    snapshot: Snapshot,
    fact: Fact,
    authorship: AuthorshipFinding,
  ): Promise<Snapshot> => {
    const { quality } = snapshot;
    switch (fact.kind) {
      case 'history': {
        const span = wantedSpan(policies, deps.catalogue);
        const history = await readHistoryFacts(deps, target, { repoId, snapshot, authorship, span });
        return { ...snapshot, quality: { ...quality, history } };
      }
      case 'coverage': {
        const found = await readCoverageFacts(deps, client, target, repoId, snapshot, fact.source);
        noteRecheck(found.recheckAt);
        const coverage = { ...quality.coverage, [coverageKey(fact.source)]: found.facts };
        return {
          ...snapshot,
          files: withPatches(snapshot.files, found.files),
          quality: { ...quality, coverage },
        };
      }
      case 'evals': {
        const found = await readEvalFacts(deps, client, target, repoId, snapshot, fact.source);
        noteRecheck(found.recheckAt);
        return { ...snapshot, evals: { ...snapshot.evals, [fact.source.suite]: found.facts } };
      }
      case 'revert':
        return { ...snapshot, revertOf: await readRevertFacts(deps, client, target, repoId, snapshot) };
      default:
        return snapshot;
    }
  };

  return {
    recheckAt: () => recheckAt,
    async read(known, facts, authorship) {
      let snapshot = await readFacts(client, known, facts, {
        computeDigest: computeDiffDigest,
        readModes: readFileModes,
        cached: (key, readFresh) => cached(deps, target.installation, key, readFresh),
        onDigest: (headSha, digest) => rememberDigest(deps, target, repoId, known, headSha, digest),
      });
      for (const fact of facts) snapshot = await readOne(snapshot, fact, authorship);
      return snapshot;
    },
  };
}

/** Keeps what else is known of each file. */
function withPatches(files: readonly ChangedFile[], read: readonly ChangedFile[]): readonly ChangedFile[] {
  const patches = new Map(read.map(({ path, patch }) => [path, patch]));
  return files.map((file) =>
    file.patch === null ? { ...file, patch: patches.get(file.path) ?? null } : file,
  );
}

export async function withRememberedDigests(
  deps: Dependencies,
  target: PullRequestTarget,
  repoId: number,
  snapshot: Snapshot,
): Promise<Snapshot> {
  const { number, baseRef, headSha } = snapshot.pullRequest;
  const [remembered, present] = await Promise.all([
    deps.storage.digests.find(repoId, number!, baseRef),
    deps.storage.cache.get(target.installation, presentDigestKey(target, snapshot), deps.now()),
  ]);
  const { [headSha]: _asOfThen, ...earlier } = remembered;
  return { ...snapshot, digests: typeof present === 'string' ? { ...earlier, [headSha]: present } : earlier };
}

async function rememberDigest(
  deps: Dependencies,
  target: PullRequestTarget,
  repoId: number,
  snapshot: Snapshot,
  headSha: string,
  digest: string,
): Promise<void> {
  const { number, baseRef } = snapshot.pullRequest;
  await deps.storage.digests.record({ repoId, pullRequest: number!, baseRef, headSha, digest });
  if (headSha !== snapshot.pullRequest.headSha) return;
  const expiresAt = new Date(deps.now().getTime() + DIGEST_CACHE_MS);
  await deps.storage.cache.set(target.installation, presentDigestKey(target, snapshot), digest, expiresAt);
}

/**
 * The diff of a head changes under it only when the base branch takes in some of its commits: they are fewer then.
 */
function presentDigestKey({ owner, repo, number }: PullRequestTarget, { pullRequest }: Snapshot): string {
  const { headSha, baseRef, commitCount, changedFiles } = pullRequest;
  return `digest ${owner}/${repo}#${number} ${headSha} ${commitCount} ${changedFiles} ${baseRef}`;
}

async function cached<T>(
  deps: Dependencies,
  installation: number,
  key: string,
  read: () => Promise<T>,
): Promise<T> {
  const now = deps.now();
  const known = await deps.storage.cache.get(installation, key, now);
  if (known !== undefined) return known as T;
  const fresh = await read();
  await deps.storage.cache.set(installation, key, fresh, new Date(now.getTime() + CACHE_MS));
  return fresh;
}
