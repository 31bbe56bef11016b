// Which merged change does a pull request say it undoes? Its word alone: the diffs must confirm it.
import type { NamedChange } from './change-name.js';
import { readReverts } from './read-reverts.js';

export interface ClaimingPullRequest {
  readonly title: string | null;
  readonly body: string | null;
  readonly headRef: string | null;
}

/** `null`: it claims nothing, or names several changes, or a part of one. */
export function readClaimedRevert(pull: ClaimingPullRequest, repository: string): NamedChange | null {
  // Written as the merge would be, so that the branch of GitHub's Revert button is read as well.
  const branch =
    pull.headRef === null ? '' : `Merge pull request #0 from ${repository.split('/')[0]}/${pull.headRef}\n\n`;
  const { targets } = readReverts(`${branch}${pull.title ?? ''}\n\n${pull.body ?? ''}`, repository);
  const [target] = targets;
  return target === undefined || targets.length > 1 || target.partial ? null : target.names;
}
