// Does this pull request undo exactly one merged change? What it says is looked up, and both diffs are compared.
import type { RevertFacts } from '../domain/quality.js';
import type { ChangedFile, Snapshot } from '../domain/snapshot.js';
import { isExactInverse } from '../formats/exact-inverse.js';
import type { GitHubClient } from '../github/client.js';
import { readCommitDiff, readDiff } from '../github/read-diff.js';
import type { NamedChange } from '../outcomes/change-name.js';
import { readClaimedRevert } from '../outcomes/claimed-revert.js';
import type { CountedFile } from '../outcomes/most-undone.js';
import { readReverts } from '../outcomes/read-reverts.js';
import type { Ledger, LedgerName } from '../storage/ledger.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';

const NOT_EXACT: RevertFacts = { exact: false };

/** Two requests, and only for a pull request that names a merged change of the ledger. */
export async function readRevertFacts(
  deps: Dependencies,
  client: GitHubClient,
  { owner, repo }: PullRequestTarget,
  repoId: number,
  { pullRequest, files: changed }: Snapshot,
): Promise<RevertFacts> {
  const { ledger } = deps.storage;
  const names = readClaimedRevert(pullRequest, `${owner}/${repo}`);
  const undone = names === null ? null : await findNamed(ledger, repoId, names);
  if (undone === null || (await isRevert(ledger, repoId, undone, `${owner}/${repo}`))) return NOT_EXACT;
  // Of a pull request that was rebased the commit on the trunk is its last one only.
  if (!isSwapped(changed, await ledger.readFiles(repoId, undone.sha))) return NOT_EXACT;
  const [undoing, original] = await Promise.all([
    readDiff(client, { owner, repo, base: pullRequest.baseRef, head: pullRequest.headSha }),
    readCommitDiff(client, { owner, repo, sha: undone.sha }),
  ]);
  if (undoing.kind !== 'diff' || original.kind !== 'diff') return NOT_EXACT;
  // A diff that ends between two files looks whole.
  const files = undoing.text.match(/^diff --git /gm)?.length ?? 0;
  if (files < pullRequest.changedFiles || !isExactInverse(undoing.text, original.text)) return NOT_EXACT;
  return { exact: true, sha: undone.sha, pullRequest: undone.pullRequest };
}

/** Undoing a revert brings back what was taken out: that is no way back. */
async function isRevert(
  ledger: Ledger,
  repoId: number,
  { sha, message }: LedgerName,
  repository: string,
): Promise<boolean> {
  if (readReverts(message, repository).targets.some(({ isSure }) => isSure)) return true;
  return (await ledger.readLinks(repoId)).some(({ kind, by }) => kind === 'revert' && by === sha);
}

/** The same files with added and deleted lines exchanged, by their counts. */
function isSwapped(undoing: readonly ChangedFile[], undone: readonly CountedFile[]): boolean {
  const left = new Set(
    undoing.map(({ path, previousPath, status, additions, deletions }) =>
      JSON.stringify([status === 'renamed' ? previousPath : path, additions, deletions]),
    ),
  );
  return (
    left.size === undone.length &&
    undone.every(({ path, additions, deletions }) => left.has(JSON.stringify([path, deletions, additions])))
  );
}

/** A title alone may be anybody's; a whole SHA or the number of a pull request is one change. */
async function findNamed(ledger: Ledger, repoId: number, names: NamedChange): Promise<LedgerName | null> {
  for (const name of names) {
    const found =
      name.kind === 'sha' && name.sha.length >= 40
        ? await ledger.findChange(repoId, { sha: name.sha })
        : name.kind === 'pull-request'
          ? await ledger.findChange(repoId, { pullRequest: name.number })
          : null;
    if (found !== null) return found;
  }
  return null;
}
