// What stands on the pull request's Checks tab, as the simulated GitHub holds it?
import type { RenderedAnnotation, RenderedCheck } from '../../src/domain/check-run.js';
import type { Gate } from '../../src/domain/verdict.js';
import { comparePull } from '../fakes/github/model/comparisons.js';
import type { PullRequestHandle } from '../fakes/github/model/handles.js';
import type { PageFacts } from './page.js';
import type { Stage } from './stage.js';

/** The newest run of that name on the head, `null` if there is none. */
export function shownCheck(
  { repository, app }: Stage,
  pull: PullRequestHandle,
  name: RenderedCheck['name'] = 'agent-policy',
): RenderedCheck | null {
  const run = repository.checkRuns({ sha: pull.headSha, name, app, latest: true }).at(-1);
  if (run === undefined) return null;
  return {
    name,
    gate: (run.conclusion ?? 'in_progress') as Gate,
    title: run.title ?? '',
    summary: run.summary ?? '',
    text: run.text ?? '',
    annotations: run.annotations.map((annotation) => ({
      path: annotation.path,
      startLine: annotation.start_line,
      endLine: annotation.end_line,
      level: annotation.annotation_level as RenderedAnnotation['level'],
      message: annotation.message,
    })),
    actions: run.actions,
  };
}

export function pageFactsOf({ github }: Stage, pull: PullRequestHandle): PageFacts {
  const { record } = pull;
  return {
    repository: `${record.repository.owner.login}/${record.repository.name}`,
    number: pull.number,
    title: record.title,
    author: record.author.login,
    authorIsBot: record.author.type === 'Bot',
    state: 'open',
    baseRef: record.baseRef,
    headRef: record.headRef,
    headSha: pull.headSha,
    commits: comparePull(github.world, record).commits.length,
    labels: [...record.labels],
    files: pull
      .files()
      .map(({ path, patch }) => ({ path, additions: patch.additions, deletions: patch.deletions })),
  };
}
