// Which check `agent-policy/evals` stands on the head? The gate contains its verdicts; this one shows the suites.
import { renderEvals, renderEvalsNotOwed } from '../checks/evals-check.js';
import type { RenderedCheck } from '../domain/check-run.js';
import type { GitHubClient } from '../github/client.js';
import { evals as evalsRule } from '../rules/evals.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import type { Judgement } from './judge.js';
import { findNotOwed, showBeside } from './show-beside.js';

export async function showEvals(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  judgement: Judgement,
): Promise<void> {
  await showBeside(deps, client, target, judgement, {
    rule: evalsRule.name,
    render: () => renderFor(judgement),
  });
}

function renderFor(judgement: Judgement): RenderedCheck | null {
  const { evaluation, reading, snapshot } = judgement;
  const { evals, decision } = evaluation;
  if (evals.length === 0) {
    const why = findNotOwed(judgement, 'agent-policy/evals');
    return why === null ? null : renderEvalsNotOwed(why, reading.repositoryUrl);
  }
  return renderEvals(evals, {
    decision,
    repositoryUrl: reading.repositoryUrl,
    pullRequest: snapshot.pullRequest.number,
    sharedWith: reading.siblings.map(({ number }) => number),
  });
}
