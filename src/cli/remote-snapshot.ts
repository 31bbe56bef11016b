// What does GitHub say about a pull request that a person asks about?

import { computeDiffDigest } from '../formats/diff-digest.js';
import { readFileModes } from '../formats/file-modes.js';
import type { GitHubClient } from '../github/client.js';
import { createTokenClient, readEndpoints } from '../github/connect.js';
import { NO_CACHE, readFacts, readFormerPaths } from '../github/read-facts.js';
import { readPullRequest } from '../github/read-pull-request.js';
import { CommandFailure } from './exit-codes.js';
import type { Subject } from './subject.js';

export async function readRemoteChange(
  target: { readonly owner: string; readonly repo: string; readonly number: number },
  env: Readonly<Record<string, string | undefined>>,
): Promise<Subject> {
  const client = connectWithToken(
    env,
    'simulate --pr reads GitHub',
    'Without GitHub, --repo judges two refs of a clone.',
  );
  const failed = (error: Error): never => {
    throw new CommandFailure(
      `${error.message}. May GITHUB_TOKEN read this repository, and is GITHUB_API_URL the right GitHub?`,
    );
  };
  const reading = await readPullRequest(client, { ...target, appId: null }).catch(failed);
  if (reading === null) {
    throw new CommandFailure(
      `${target.owner}/${target.repo}#${target.number}: no such pull request, or the token may not see it.`,
    );
  }
  const snapshot = reading.needsFormerPaths
    ? await readFormerPaths(client, reading.snapshot).catch(failed)
    : reading.snapshot;
  return {
    snapshot,
    policies: reading.policies,
    readFacts: (known, facts) =>
      readFacts(client, known, facts, {
        computeDigest: computeDiffDigest,
        readModes: readFileModes,
        cached: NO_CACHE,
        onDigest: async () => undefined,
      }).catch(failed),
  };
}

/** With the token of whoever asks. `deed` and `instead` make the error when there is none. */
export function connectWithToken(
  env: Readonly<Record<string, string | undefined>>,
  deed: string,
  instead: string,
): GitHubClient {
  const token = env.GITHUB_TOKEN || env.GH_TOKEN;
  if (!token) {
    throw new CommandFailure(
      `${deed} with the token in GITHUB_TOKEN, and none is set: \`GITHUB_TOKEN=$(gh auth token)\`. ${instead}`,
    );
  }
  const { GITHUB_API_URL, GITHUB_GRAPHQL_URL } = env;
  return createTokenClient({
    token,
    endpoints: readEndpoints({ GITHUB_API_URL, GITHUB_GRAPHQL_URL }),
    now: Date.now,
  });
}
