// Did this account really make this commit, by GitHub's own word?
// Only two things count: a valid signature with the account's own key, or GitHub's signature on a commit made
// through the API without a custom author, which GitHub gives an app for its own commits alone:
// https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots
import type { Recognized, Recognizer } from './recognize.js';
import type { SourceCommit } from './source.js';

export function isSignedBy(
  commit: SourceCommit,
  recognizer: Recognizer,
  isWanted: (recognized: Recognized) => boolean,
): boolean {
  const { signature } = commit;
  if (signature === null || !signature.verified) return false;
  const who =
    signature.signer !== null
      ? recognizer.account(signature.signer)
      : signature.byGitHub
        ? recognizer.identity(commit.author)
        : null;
  return who !== null && isWanted(who);
}
