// How is a workflow of one branch started, and how does GitHub say no?
// https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event
import * as z from 'zod';
import type { GitHubClient } from './client.js';
import { GitHubFailure } from './failure.js';

export interface WorkflowDispatch {
  readonly owner: string;
  readonly repo: string;
  /** File name below `.github/workflows/`. */
  readonly workflow: string;
  /** The branch whose copy runs. */
  readonly branch: string;
  readonly inputs: Readonly<Record<string, string>>;
}

export type DispatchAnswer =
  /** `null`: the server does not say which run it is. */
  | { readonly kind: 'started'; readonly runId: number | null; readonly url: string | null }
  /**
   * `not-found`: no such workflow on the default branch. `invalid`: an input, or its trigger. `forbidden`: a
   * permission. `message` is GitHub's.
   */
  | {
      readonly kind: 'refused';
      readonly why: 'not-found' | 'invalid' | 'forbidden';
      readonly message: string;
    };

/**
 * One request; a second on servers that know no `return_run_details` (Enterprise Server before 3.20).
 * Not idempotent: whoever repeats it after a failure looks for the run first. Throws `GitHubFailure`.
 */
export async function dispatchWorkflow(client: GitHubClient, at: WorkflowDispatch): Promise<DispatchAnswer> {
  const answer = await send(client, at, true);
  const isOldServer =
    answer.kind === 'refused' &&
    answer.why === 'invalid' &&
    /return_run_details|permitted key/i.test(answer.message);
  return isOldServer ? await send(client, at, false) : answer;
}

const detailsSchema = z.object({ workflow_run_id: z.number(), html_url: z.string() });

async function send(
  client: GitHubClient,
  { owner, repo, workflow, branch, inputs }: WorkflowDispatch,
  withDetails: boolean,
): Promise<DispatchAnswer> {
  const deed = `start workflow ${workflow} of ${owner}/${repo}`;
  const route = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
  try {
    const { status, data } = await client.request(deed, route, {
      ...{ owner, repo, workflow_id: workflow, inputs },
      // In full: a tag may be called like the branch, and have another copy of the workflow.
      ref: `refs/heads/${branch}`,
      ...(withDetails ? { return_run_details: true } : {}),
    });
    if (status === 204) return { kind: 'started', runId: null, url: null };
    // It has begun, whatever stands in the answer.
    const details = detailsSchema.safeParse(data);
    if (!details.success) return { kind: 'started', runId: null, url: null };
    return { kind: 'started', runId: details.data.workflow_run_id, url: details.data.html_url };
  } catch (error) {
    return refusalOf(error);
  }
}

/** Whatever is not an answer of GitHub about this workflow is thrown on. */
function refusalOf(error: unknown): DispatchAnswer {
  if (!(error instanceof GitHubFailure) || error.retryable) throw error;
  const why = WHY[error.status ?? 0];
  if (why === undefined) throw error;
  const message = error.message.slice(error.deed.length + 2).replace(/^\d+ /, '');
  return { kind: 'refused', why, message };
}

const WHY: Readonly<Record<number, 'not-found' | 'invalid' | 'forbidden'>> = {
  403: 'forbidden',
  404: 'not-found',
  422: 'invalid',
};

/**
 * False: it has ended already (409), and has what results it has. 404: it is gone. 403: then it runs to its end, and
 * nothing hangs on either.
 */
export async function cancelRun(
  client: GitHubClient,
  { owner, repo, runId }: { readonly owner: string; readonly repo: string; readonly runId: number },
): Promise<boolean> {
  const deed = `cancel run ${runId} of ${owner}/${repo}`;
  try {
    await client.request(deed, 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel', {
      ...{ owner, repo, run_id: runId },
    });
    return true;
  } catch (error) {
    if (error instanceof GitHubFailure && [403, 404, 409].includes(error.status ?? 0))
      return error.status !== 409;
    throw error;
  }
}
