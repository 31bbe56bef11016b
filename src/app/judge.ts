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
import { findByDigest, recall, settlePolicies } from './recall.js';

export interface Judgement {
  readonly reading: PullRequestReading;
  readonly repoId: number;
  readonly snapshot: Snapshot;
  readonly evaluation: Evaluation;
}

const CACHE_MS = 5 * 60_000;
const DIGEST_CACHE_MS = 24 * 60 * 60_000;

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
  let snapshot = await withRememberedDigests(deps, target, repoId, reading.snapshot);
  if (reading.needsFormerPaths) {
    await beforeFacts(reading, repoId);
    snapshot = await readFormerPaths(client, snapshot);
  }
  let input = { snapshot, memory, now, policies, catalogue: deps.catalogue };
  if (shapeSeen.length > 0 && evaluate(input).decision.authorship.authorship !== 'agent') {
    const { headSha } = snapshot.pullRequest;
    if (snapshot.digests[headSha] === undefined)
      snapshot = await read(snapshot, [{ kind: 'digest', headSha }], evaluate(input).decision.authorship);
    const digest = snapshot.digests[headSha];
    // A diff too large to be read is taken for the one whose every file and line count it has.
    const seen = digest === undefined ? shapeSeen : await findByDigest(deps.storage, repoId, digest);
    input = { ...input, snapshot, memory: { ...memory, evidence: [...memory.evidence, ...seen] } };
  }
  let announced = reading.needsFormerPaths;
  const result = await evaluateWithFacts(input, async (known, facts, authorship) => {
    if (!announced) await beforeFacts(reading, repoId);
    announced = true;
    return read(known, facts, authorship);
  });
  for (const { rule, error } of result.bugs) {
    deps.log.error({ ...target, rule, err: error }, 'a rule broke down; what it judges is blocked');
  }
  const { authorship } = result.decision;
  if (authorship.authorship === 'agent' && authorship.requester.known) {
    const named = authorship.requester.logins.filter((login) => !memory.requesters.includes(login));
    await deps.storage.requesters.record(repoId, target.number, named, now);
  }
  return { reading, repoId, snapshot: result.snapshot, evaluation: result };
}

/**
 * An agent's change is remembered under its diff too, so that it stays one in another pull request.
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
      ? await read(judgement.snapshot, [{ kind: 'digest', headSha }], authorship)
      : judgement.snapshot;
  const digest = snapshot.digests[headSha] ?? known[headSha] ?? null;
  await deps.storage.evidence.record(recordsOf(repoId, snapshot, authorship, digest, deps.now()));
}

async function withRememberedDigests(
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

/**
 * The diff of a head changes under it only when the base branch takes in some of its commits: they are fewer then.
 */
function presentDigestKey({ owner, repo, number }: PullRequestTarget, { pullRequest }: Snapshot): string {
  const { headSha, baseRef, commitCount, changedFiles } = pullRequest;
  return `digest ${owner}/${repo}#${number} ${headSha} ${commitCount} ${changedFiles} ${baseRef}`;
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
      onDigest: async (headSha, digest) => {
        const { number, baseRef } = snapshot.pullRequest;
        await deps.storage.digests.record({ repoId, pullRequest: number!, baseRef, headSha, digest });
        if (headSha !== snapshot.pullRequest.headSha) return;
        const expiresAt = new Date(deps.now().getTime() + DIGEST_CACHE_MS);
        await deps.storage.cache.set(
          target.installation,
          presentDigestKey(target, snapshot),
          digest,
          expiresAt,
        );
      },
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
