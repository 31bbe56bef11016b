// How are planned actions carried out on GitHub, one after the other?
import type { GitHubClient } from '../github/client.js';
import { addLabel, createCheck, updateCheck } from '../github/write-checks.js';
import type { Action } from './plan.js';

export async function perform(
  client: GitHubClient,
  target: { readonly owner: string; readonly repo: string; readonly number?: number },
  actions: readonly Action[],
): Promise<void> {
  const { owner, repo } = target;
  for (const action of actions) {
    switch (action.kind) {
      case 'create-check':
        await createCheck(client, {
          owner,
          repo,
          headSha: action.headSha,
          check: action.check,
          externalId: action.externalId,
        });
        break;
      case 'update-check':
        await updateCheck(client, {
          owner,
          repo,
          id: action.id,
          check: action.check,
          externalId: action.externalId,
        });
        break;
      case 'add-label':
        if (target.number === undefined) throw new Error('add a label: only a pull request has labels.');
        await addLabel(client, { owner, repo, number: target.number, label: action.label });
        break;
    }
  }
}
