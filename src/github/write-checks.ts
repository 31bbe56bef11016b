// How does a verdict get onto a pull request?
// Check runs and labels. A completed run is not reopened: a new one of the same name takes its place.
import * as z from 'zod';
import type { RenderedCheck } from '../domain/check-run.js';
import type { GitHubClient } from './client.js';
import { parseAnswer } from './transport.js';

interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** Creates a check run on a commit and gives its id. It supersedes an older one of the same name. */
export async function createCheck(
  client: GitHubClient,
  at: Repository & { readonly headSha: string; readonly check: RenderedCheck; readonly externalId: string },
): Promise<number> {
  const { owner, repo, headSha, check, externalId } = at;
  const deed = `create check ${check.name} on ${owner}/${repo}@${headSha.slice(0, 7)}`;
  const body = { name: check.name, head_sha: headSha, external_id: externalId, ...toRun(check) };
  const answer = await client.request(deed, 'POST /repos/{owner}/{repo}/check-runs', {
    owner,
    repo,
    ...body,
  });
  return parseAnswer(deed, runSchema, answer.data).id;
}

/** Updates a check run that is not completed yet, and gives its id. */
export async function updateCheck(
  client: GitHubClient,
  at: Repository & { readonly id: number; readonly check: RenderedCheck; readonly externalId: string },
): Promise<number> {
  const { owner, repo, id, check, externalId } = at;
  const deed = `update check ${check.name} (${id}) of ${owner}/${repo}`;
  const body = { external_id: externalId, ...toRun(check) };
  const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
  const answer = await client.request(deed, route, { owner, repo, check_run_id: id, ...body });
  return parseAnswer(deed, runSchema, answer.data).id;
}

/** Adds a label; one that is there already stays. A label that the repository lacks is created. */
export async function addLabel(
  client: GitHubClient,
  at: Repository & { readonly number: number; readonly label: string },
): Promise<void> {
  const { owner, repo, number, label } = at;
  const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels';
  await client.request(`label ${owner}/${repo}#${number}`, route, {
    ...{ owner, repo, issue_number: number },
    labels: [label],
  });
}

const runSchema = z.object({ id: z.number() });

/**
 * Annotations go out with a conclusion only. A run in progress will be updated, and would then show them twice.
 * https://docs.github.com/rest/checks/runs#update-a-check-run
 */
function toRun(check: RenderedCheck) {
  const state =
    check.gate === 'in_progress'
      ? { status: 'in_progress' }
      : { status: 'completed', conclusion: check.gate };
  const annotations = check.gate === 'in_progress' ? [] : check.annotations;
  return {
    ...state,
    output: {
      title: check.title,
      summary: check.summary,
      ...(check.text === '' ? {} : { text: check.text }),
      annotations: annotations.map((annotation) => ({
        path: annotation.path,
        start_line: annotation.startLine,
        end_line: annotation.endLine,
        annotation_level: annotation.level,
        message: annotation.message,
      })),
    },
    actions: check.actions.map(({ label, description, identifier }) => ({ label, description, identifier })),
  };
}
