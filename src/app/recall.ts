// What does the app remember that GitHub does not tell?
import type { PolicyFile, PolicyFiles } from '../domain/policy-file.js';
import type { Memory, RememberedEvidence, Snapshot } from '../domain/snapshot.js';
import type { Storage } from '../storage/storage.js';
import { digestKey, isEvidence, keysOf } from './ratchet.js';

export interface Recollection {
  readonly memory: Memory;
  /** An agent's diff of this shape: whether it is the same diff, only its digest tells. */
  readonly shapeSeen: readonly RememberedEvidence[];
}

export async function recall(storage: Storage, repoId: number, snapshot: Snapshot): Promise<Recollection> {
  const number = snapshot.pullRequest.number ?? 0;
  const [brought, pushes, requesters, found] = await Promise.all([
    storage.commitPushes.find(
      repoId,
      snapshot.commits.map(({ sha }) => sha),
    ),
    storage.pushes.find(repoId, number),
    storage.requesters.find(repoId, number),
    storage.evidence.find(repoId, keysOf(snapshot)),
  ]);
  return {
    memory: { pushes: [...brought, ...pushes], requesters, evidence: found.filter(isEvidence) },
    shapeSeen: found.filter((piece) => !isEvidence(piece)),
  };
}

/** What was seen on exactly this diff. */
export function findByDigest(
  storage: Storage,
  repoId: number,
  digest: string,
): Promise<readonly RememberedEvidence[]> {
  return storage.evidence.find(repoId, [digestKey(digest)]);
}

/**
 * An organisation's policy that must be there, or was there and is gone without an observed removal,
 * is unreadable and never absent.
 */
export async function settlePolicies(
  storage: Storage,
  owner: string,
  files: PolicyFiles,
  required: boolean,
  /** When the reading of the files began. */
  asked: Date,
): Promise<PolicyFiles> {
  const scope = `organization:${owner.toLowerCase()}`;
  const { organization } = files;
  if (organization.kind === 'found') {
    await storage.policiesSeen.record(scope, {
      sha: organization.sha,
      digest: organization.sha ?? '',
      seenAt: asked,
    });
    return files;
  }
  if (organization.kind === 'unreadable') return files;
  const seen = await storage.policiesSeen.find(scope);
  const why = explainGap(organization, seen?.seenAt ?? null, required);
  return why === null ? files : { ...files, organization: { kind: 'unreadable', why } };
}

function explainGap(organization: PolicyFile, seenAt: Date | null, required: boolean): string | null {
  if (seenAt !== null) {
    return `it was there on ${seenAt.toISOString().slice(0, 10)} and is gone, and no push that removed it was seen`;
  }
  if (!required) return null;
  return organization.kind === 'absent'
    ? 'this server requires one (ORG_POLICY=required), and there is none'
    : 'this server requires one (ORG_POLICY=required), and the app cannot see the .github repository';
}
