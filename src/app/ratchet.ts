// Which marks does an agent's change leave, so that it is known again after a force-push or in a new pull request?
// Pull request and commits are known by name; a whole diff by its digest, looked up through its cheap shape.
import { createHash } from 'node:crypto';
import type { AuthorshipFinding } from '../domain/authorship.js';
import { plain } from '../domain/message.js';
import type { RememberedEvidence, Snapshot } from '../domain/snapshot.js';
import { contentDigestOf } from '../formats/diff-digest.js';
import type { EvidenceKey, EvidenceRecord } from '../storage/evidence.js';

/** Where to look for remembered evidence about this change. The digest is looked up only if its shape was seen. */
export function keysOf(snapshot: Snapshot): readonly EvidenceKey[] {
  const { number } = snapshot.pullRequest;
  return [
    ...(number === null ? [] : [{ kind: 'pull' as const, key: String(number) }]),
    ...snapshot.commits.map((commit) => ({ kind: 'commit' as const, key: commit.sha })),
    ...shapeKey(snapshot),
  ];
}

/** The same content against another base branch, or moved by a rebase, is the same work. */
export function digestKey(digest: string): EvidenceKey {
  return { kind: 'digest', key: contentDigestOf(digest) };
}

/** A shape alone is no evidence: other changes have the same files and line counts. */
export function isEvidence(found: EvidenceKey): boolean {
  return found.kind !== 'shape';
}

/** What to remember of an agent's change: its pull request, its commits, its shape and, once read, its digest. */
export function recordsOf(
  repoId: number,
  snapshot: Snapshot,
  authorship: AuthorshipFinding,
  digest: string | null,
  now: Date,
): readonly EvidenceRecord[] {
  const pointing = authorship.evidence.filter(
    (piece) => piece.points === 'agent' && piece.kind !== 'remembered',
  );
  if (pointing.length === 0) return [];
  const first = pointing[0]!;
  const remembered: RememberedEvidence = {
    agent: first.signature,
    seenIn: `pull request #${snapshot.pullRequest.number ?? '?'}`,
    seenAt: now.toISOString(),
    what: plain(first.what).slice(0, 500),
  };
  // A mark on the pull request itself speaks for all its commits; a mark on one commit for that one alone.
  const whole = pointing.some((piece) => piece.commit === null);
  const marked = new Set(pointing.map((piece) => piece.commit));
  const commits = snapshot.commits.filter(
    (commit) => commit.parents.length < 2 && (whole || marked.has(commit.sha)),
  );
  const keys: EvidenceKey[] = [
    { kind: 'pull', key: String(snapshot.pullRequest.number) },
    ...commits.map((commit) => ({ kind: 'commit' as const, key: commit.sha })),
    ...shapeKey(snapshot),
    ...(digest === null ? [] : [digestKey(digest)]),
  ];
  return keys.map((key) => ({ repoId, ...key, ...remembered }));
}

function shapeKey(snapshot: Snapshot): readonly EvidenceKey[] {
  if (snapshot.files.length === 0) return [];
  const rows = snapshot.files.map(
    (file) => `${file.path}\0${file.status}\0${file.additions}\0${file.deletions}`,
  );
  return [{ kind: 'shape', key: createHash('sha256').update(rows.sort().join('\n')).digest('hex') }];
}
