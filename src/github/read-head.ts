// What hangs on the head commit: its policy file, check runs, and pull requests?
import type { PolicyFile } from '../domain/policy-file.js';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';
import { findGaps, type Gaps } from './partial-errors.js';
import { type HeadAnswer, headSchema } from './pull-request-answer.js';
import { toPolicyFile } from './pull-request-facts.js';
import { HEAD_QUERY } from './pull-request-query.js';
import { parseAnswer } from './transport.js';

export interface HeadFacts {
  readonly answer: HeadAnswer;
  readonly policy: PolicyFile;
  /** GitHub would not show us the checks of others (a missing permission): not known, not absent. */
  readonly checksUnreadable: boolean;
}

/** `place`: where the commit stands in the answer, with `*` for an index. */
export function toHeadFacts(answer: HeadAnswer, gaps: Gaps, place: string): HeadFacts {
  // GitHub reports a missing file as an error beside the null.
  const file = gaps.take(`${place}.file`);
  const checks = gaps.take(`${place}.statusCheckRollup`);
  return {
    answer,
    policy: toPolicyFile(answer.file?.object ?? null, file),
    checksUnreadable: checks !== null,
  };
}

/** By its id: `commits(last: 1)` is an older commit where GitHub lists only the first 250. */
export async function readHead(
  client: GitHubClient,
  deed: string,
  address: { readonly owner: string; readonly repo: string; readonly appId: number | null },
  oid: string,
): Promise<HeadFacts> {
  const { owner, repo, appId } = address;
  const answer = await client.graphql(deed, HEAD_QUERY, { owner, repo, oid, appId, asApp: appId !== null });
  const gaps = findGaps(deed, answer.errors);
  const fileAndChecks = ['repository.object.file', 'repository.object.statusCheckRollup'];
  const errors = answer.errors.filter((error) => !fileAndChecks.includes(error.path.slice(0, 3).join('.')));
  findGaps(deed, errors).refuseRest();
  const commit = parseAnswer(deed, headSchema, answer.data).repository?.object ?? null;
  if (commit === null || commit.__typename !== 'Commit') {
    throw new GitHubFailure(deed, 'unavailable', `GitHub does not show the head ${oid} yet`);
  }
  return toHeadFacts(commit, gaps, 'repository.object');
}
