// Does this pull request undo exactly one merged change? What it says is looked up, and both diffs are compared.
import type { RevertFacts } from '../domain/quality.js';
import type { Snapshot } from '../domain/snapshot.js';
import { isExactInverse } from '../formats/exact-inverse.js';
import type { GitHubClient } from '../github/client.js';
import { readCommitDiff, readDiff } from '../github/read-diff.js';
import type { NamedChange } from '../outcomes/change-name.js';
import { readClaimedRevert } from '../outcomes/claimed-revert.js';
import type { Ledger, LedgerName } from '../storage/ledger.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';

const NOT_EXACT: RevertFacts = { exact: false };

/** Two requests, and only for a pull request that names a merged change of the ledger. */
export async function readRevertFacts(
  deps: Dependencies,
  client: GitHubClient,
  { owner, repo }: PullRequestTarget,
  repoId: number,
  { pullRequest }: Snapshot,
): Promise<RevertFacts> {
  const names = readClaimedRevert(pullRequest, `${owner}/${repo}`);
  const undone = names === null ? null : await findNamed(deps.storage.ledger, repoId, names);
  if (undone === null) return NOT_EXACT;
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
