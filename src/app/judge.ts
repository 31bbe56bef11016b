// What is the decision about one pull request, now?
// Reads GitHub and the memory, evaluates, and remembers what the ratchet needs. Writes nothing to GitHub.

import type { Snapshot } from '../domain/snapshot.js';
import type { GitHubClient } from '../github/client.js';
import { readFormerPaths } from '../github/read-facts.js';
import { type PullRequestReading, readPullRequest } from '../github/read-pull-request.js';
import { type Evaluation, evaluate } from '../policy/evaluate.js';
import { evaluateWithFacts } from '../policy/evaluate-with-facts.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import { createFactReader, withRememberedDigests } from './fact-reader.js';
import { recordsOf } from './ratchet.js';
import { findByDigest, recall, settlePolicies } from './recall.js';

export interface Judgement {
  readonly reading: PullRequestReading;
  readonly repoId: number;
  readonly snapshot: Snapshot;
  readonly evaluation: Evaluation;
  /** When a fact that is not there yet is worth another look, although no event may tell; `null`: no need. */
  readonly recheckAt: Date | null;
}

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
  const asked = deps.now();
  const reading = await readPullRequest(client, { ...target, appId: deps.appId });
  if (reading === null) return null;
  const repoId = reading.snapshot.repository.id!;
  const now = deps.now();
  const policies = await settlePolicies(
    deps.storage,
    target.owner,
    reading.policies,
    deps.orgPolicyRequired,
    asked,
  );
  const { memory, shapeSeen } = await recall(deps.storage, repoId, reading.snapshot);
  const facts = createFactReader(deps, client, target, { repoId, policies });
  let snapshot = await withRememberedDigests(deps, target, repoId, reading.snapshot);
  if (reading.needsFormerPaths) {
    await beforeFacts(reading, repoId);
    snapshot = await readFormerPaths(client, snapshot);
  }
  let input = { snapshot, memory, now, policies, catalogue: deps.catalogue };
  const first = shapeSeen.length > 0 ? evaluate(input).decision.authorship : null;
  if (first !== null && first.authorship !== 'agent') {
    const { headSha } = snapshot.pullRequest;
    if (snapshot.digests[headSha] === undefined)
      snapshot = await facts.read(snapshot, [{ kind: 'digest', headSha }], first);
    const digest = snapshot.digests[headSha];
    // A diff too large to be read is taken for the one whose every file and line count it has.
    const seen = digest === undefined ? shapeSeen : await findByDigest(deps.storage, repoId, digest);
    input = { ...input, snapshot, memory: { ...memory, evidence: [...memory.evidence, ...seen] } };
  }
  let announced = reading.needsFormerPaths;
  const result = await evaluateWithFacts(input, async (known, missing, authorship) => {
    // The ledger is at hand; everything else is asked of GitHub.
    const isSlow = missing.some(({ kind }) => kind !== 'history');
    if (isSlow && !announced) await beforeFacts(reading, repoId);
    announced ||= isSlow;
    return facts.read(known, missing, authorship);
  });
  for (const { rule, error } of result.bugs) {
    deps.log.error({ ...target, rule, err: error }, 'a rule broke down; what it judges is blocked');
  }
  const { authorship } = result.decision;
  if (authorship.authorship === 'agent' && authorship.requester.known) {
    const named = authorship.requester.logins.filter((login) => !memory.requesters.includes(login));
    await deps.storage.requesters.record(repoId, target.number, named, now);
  }
  return { reading, repoId, snapshot: result.snapshot, evaluation: result, recheckAt: facts.recheckAt() };
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
  const { read } = createFactReader(deps, client, target, { repoId, policies: judgement.reading.policies });
  const snapshot =
    judgement.snapshot.digests[headSha] === undefined && known[headSha] === undefined
      ? await read(judgement.snapshot, [{ kind: 'digest', headSha }], authorship)
      : judgement.snapshot;
  const digest = snapshot.digests[headSha] ?? known[headSha] ?? null;
  await deps.storage.evidence.record(recordsOf(repoId, snapshot, authorship, digest, deps.now()));
}
