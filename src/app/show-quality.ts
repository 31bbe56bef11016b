// Which check `agent-policy/quality-delta` stands on the head? The gate contains its verdict; this one shows the figures.
import { renderQuality, renderQualityNotOwed } from '../checks/quality-check.js';
import type { RenderedCheck } from '../domain/check-run.js';
import type { GitHubClient } from '../github/client.js';
import { qualityDelta } from '../rules/quality-delta.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import type { Judgement } from './judge.js';
import { findNotOwed, showBeside } from './show-beside.js';

export async function showQuality(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  judgement: Judgement,
): Promise<void> {
  await showBeside(deps, client, target, judgement, {
    rule: qualityDelta.name,
    render: () => renderFor(judgement),
  });
}

function renderFor(judgement: Judgement): RenderedCheck | null {
  const { evaluation, reading, snapshot } = judgement;
  const { quality, decision } = evaluation;
  if (quality === null) {
    const why = findNotOwed(judgement, 'agent-policy/quality-delta');
    return why === null ? null : renderQualityNotOwed(why, reading.repositoryUrl);
  }
  return renderQuality(quality.report, {
    coverage: quality.coverage,
    verdicts: decision.verdicts.filter(({ rule }) => rule === qualityDelta.name),
    decision,
    repositoryUrl: reading.repositoryUrl,
    pullRequest: snapshot.pullRequest.number,
    sharedWith: reading.siblings.map(({ number }) => number),
  });
}
