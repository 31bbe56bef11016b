// What does recognition look at? The narrow part of a pull request that a snapshot, a row of a file
// and an example of the catalogue can all give. `null` means "not known".
import type { Account, CommitSignature, Snapshot } from '../domain/snapshot.js';

export interface SourceIdentity {
  readonly name: string | null;
  readonly email: string | null;
  readonly account: Account | null;
}

export interface SourceCommit {
  readonly sha: string | null;
  readonly message: string | null;
  readonly author: SourceIdentity;
  readonly committer: SourceIdentity;
  readonly signature: CommitSignature | null;
}

export interface AuthorshipSource {
  /** `github`: accounts are GitHub's own word. `local`: from a clone. `row`: somebody's record of a pull request. */
  readonly kind: 'github' | 'local' | 'row';
  readonly title: string | null;
  readonly body: string | null;
  readonly opener: Account | null;
  readonly assignees: readonly Account[] | null;
  readonly headRef: string | null;
  /** File name of the workflow that opened it as github-actions[bot]. GitHub does not tell today. */
  readonly workflow: string | null;
  /** False if fewer commits were read than there are. */
  readonly complete: boolean;
  /** Oldest first. */
  readonly commits: readonly SourceCommit[];
}

export function sourceOfSnapshot(snapshot: Snapshot): AuthorshipSource {
  const { pullRequest } = snapshot;
  return {
    kind: snapshot.source,
    title: pullRequest.title,
    body: pullRequest.body,
    opener: pullRequest.author,
    assignees: pullRequest.assignees,
    headRef: pullRequest.headRef,
    workflow: null,
    complete: snapshot.commits.length >= pullRequest.commitCount,
    commits: snapshot.commits,
  };
}
