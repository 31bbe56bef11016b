// What is the decision about one pull request, now?
// Reads GitHub and the memory, evaluates, and remembers what the ratchet needs. Writes nothing to GitHub.

import type { Snapshot } from '../domain/snapshot.js';
import { computeDiffDigest } from '../formats/diff-digest.js';
import { readFileModes } from '../formats/file-modes.js';
import type { GitHubClient } from '../github/client.js';
import { readFacts, readFormerPaths } from '../github/read-facts.js';
import { type PullRequestReading, readPullRequest } from '../github/read-pull-request.js';
import { type Evaluation, evaluate } from '../policy/evaluate.js';
import { evaluateWithFacts, type FactReader } from '../policy/evaluate-with-facts.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import { recordsOf } from './ratchet.js';
import { recall, recallByDigest, settlePolicies } from './recall.js';

export interface Judgement {
  readonly reading: PullRequestReading;
  readonly repoId: number;
  readonly snapshot: Snapshot;
  readonly evaluation: Evaluation;
}

const CACHE_MS = 5 * 60_000;

/**
 * `null`: the pull request is gone, or the app may not see it.
 * `beforeFacts` is called once if more than the one query must be read before the verdict is known.
 */
export async function judge(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  beforeFacts: (reading: PullRequestReading, repoId: number) => Promise<void> = async () => undefined,
): Promise<Judgement | null> {
  const reading = await readPullRequest(client, { ...target, appId: deps.appId });
  if (reading === null) return null;
  const repoId = reading.snapshot.repository.id!;
  const now = deps.now();
  const policies = await settlePolicies(
    deps.storage,
    target.owner,
    reading.policies,
    deps.orgPolicyRequired,
    now,
  );
  const { memory, shapeSeen } = await recall(deps.storage, repoId, reading.snapshot);
  const read = factReader(deps, client, target, repoId);
  let snapshot = await withRememberedDigests(deps, repoId, reading.snapshot);
  if (reading.needsFormerPaths) {
    await beforeFacts(reading, repoId);
    snapshot = await readFormerPaths(client, snapshot);
  }
  let input = { snapshot, memory, now, policies, catalogue: deps.catalogue };
  if (shapeSeen && evaluate(input).decision.authorship.authorship !== 'agent') {
    const { headSha } = snapshot.pullRequest;
    snapshot = await read(snapshot, [{ kind: 'digest', headSha }]);
    const digest = snapshot.digests[headSha];
    if (digest !== undefined) {
      input = { ...input, snapshot, memory: await recallByDigest(deps.storage, repoId, memory, digest) };
    }
  }
  let announced = reading.needsFormerPaths;
  const result = await evaluateWithFacts(input, async (known, facts) => {
    if (!announced) await beforeFacts(reading, repoId);
    announced = true;
    return read(known, facts);
  });
  return { reading, repoId, snapshot: result.snapshot, evaluation: result };
}

/**
 * An agent's change is remembered under its pull request, commits and diff, so that it stays one.
 * One diff read per head, after the verdict stands: nobody waits for it.
 */
export async function rememberAgent(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  judgement: Judgement,
) {
  const { repoId, evaluation } = judgement;
  const { authorship } = evaluation.decision;
  if (authorship.authorship !== 'agent') return;
  const { headSha, baseRef } = judgement.snapshot.pullRequest;
  const known = await deps.storage.digests.find(repoId, target.number, baseRef);
  const read = factReader(deps, client, target, repoId);
  const snapshot =
    judgement.snapshot.digests[headSha] === undefined && known[headSha] === undefined
      ? await read(judgement.snapshot, [{ kind: 'digest', headSha }])
      : judgement.snapshot;
  const digest = snapshot.digests[headSha] ?? known[headSha] ?? null;
  await deps.storage.evidence.record(recordsOf(repoId, snapshot, authorship, digest, deps.now()));
}

async function withRememberedDigests(
  deps: Dependencies,
  repoId: number,
  snapshot: Snapshot,
): Promise<Snapshot> {
  const { number, baseRef } = snapshot.pullRequest;
  const remembered = await deps.storage.digests.find(repoId, number!, baseRef);
  // The present head's own diff may have changed since: its base branch moves. It is read again when it matters.
  const { [snapshot.pullRequest.headSha]: _present, ...earlier } = remembered;
  return { ...snapshot, digests: earlier };
}

function factReader(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  repoId: number,
): FactReader {
  return (snapshot, facts) =>
    readFacts(client, snapshot, facts, {
      computeDigest: computeDiffDigest,
      readModes: readFileModes,
      cached: (key, readFresh) => cached(deps, target.installation, key, readFresh),
      onDigest: (headSha, digest) =>
        deps.storage.digests.record({
          repoId,
          pullRequest: snapshot.pullRequest.number!,
          baseRef: snapshot.pullRequest.baseRef,
          headSha,
          digest,
        }),
    });
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
