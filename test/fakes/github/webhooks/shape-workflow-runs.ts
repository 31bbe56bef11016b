// What do webhooks of workflow runs look like?
import type { components } from '@octokit/openapi-webhooks-types';
import type { Repository, WorkflowRun, World } from '../model/world.js';
import { shapeRun, shapeWorkflow } from '../rest/shapes-workflows.js';

type Schemas = components['schemas'];
type Event = Pick<Schemas['webhook-workflow-run-completed'], 'workflow' | 'workflow_run'>;

export function shapeWorkflowRunEvent(world: World, repository: Repository, payload: object): object {
  const { run } = payload as { run: WorkflowRun };
  const shaped = shapeRun(world, repository, run);
  return {
    workflow_run: {
      ...shaped,
      // Its schemas for the other actions differ in these two only.
      status: shaped.status as Event['workflow_run']['status'],
      conclusion: shaped.conclusion as Event['workflow_run']['conclusion'],
    },
    workflow: shapeWorkflow(world, repository, run),
  } satisfies Event;
}
