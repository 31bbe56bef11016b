// Who pressed `Run evals` for this head, and may they?
import type { GitHubClient } from '../github/client.js';
import { readPerson } from '../github/read-people.js';
import { canWrite } from '../rules/people.js';
import type { EvalPress } from '../storage/eval-runs.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';

export interface JudgedPresses {
  /** By people with write access, oldest first. */
  readonly granted: readonly EvalPress[];
  /** By bots, and by people without. */
  readonly refused: readonly EvalPress[];
}

const JUDGED_MS = 60_000;

/** One request for each press that was not judged a moment ago. */
export async function judgePresses(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  repoId: number,
  headSha: string,
): Promise<JudgedPresses> {
  const granted: EvalPress[] = [];
  const refused: EvalPress[] = [];
  for (const press of await deps.storage.evalRuns.presses(repoId, headSha)) {
    const isGranted = await mayPress(deps, client, target, repoId, press);
    (isGranted ? granted : refused).push(press);
  }
  return { granted, refused };
}

async function mayPress(
  deps: Dependencies,
  client: GitHubClient,
  { installation, owner, repo }: PullRequestTarget,
  repoId: number,
  { login }: EvalPress,
): Promise<boolean> {
  const key = `evals press ${repoId} ${login.toLowerCase()}`;
  const now = deps.now();
  const known = await deps.storage.cache.get(installation, key, now);
  if (known !== undefined) return known === true;
  const { account, permission } = await readPerson(client, { owner, repo, login });
  const isGranted = account.type === 'User' && canWrite(permission);
  await deps.storage.cache.set(installation, key, isGranted, new Date(now.getTime() + JUDGED_MS));
  if (!isGranted)
    deps.log.info({ owner, repo, login }, 'a press for evals by someone who may not start them');
  return isGranted;
}
