// Which runs are started for a judgement that asks for them?
// Each is written down before GitHub is asked: whoever comes after a dead process looks for it before asking again.
import type { SuiteSource } from '../domain/evals.js';
import type { GitHubClient } from '../github/client.js';
import { cancelRun, type DispatchAnswer, dispatchWorkflow } from '../github/workflow-dispatch.js';
import { findRunByNonce } from '../github/workflow-runs.js';
import type { EvalPress, EvalRunEnd, EvalRunRow } from '../storage/eval-runs.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import { standingInput } from './eval-facts.js';
import { newNonce } from './eval-nonce.js';
import { judgePresses } from './eval-presses.js';
import { standingOf } from './eval-standing.js';
import type { Judgement } from './judge.js';

interface Planned {
  readonly source: SuiteSource;
  readonly row: EvalRunRow;
}

/**
 * One request for each run, and one for each older run that is cancelled. Answers whether anything was started, or
 * refused: the check should say so. Throws `GitHubFailure` for outages; the run is then looked for before the next try.
 */
export async function startSuites(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  judgement: Judgement,
): Promise<boolean> {
  const planned = await planRuns(deps, client, target, judgement);
  for (const one of planned) await startRun(deps, client, target, judgement, one);
  return planned.length > 0;
}

async function planRuns(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  { repoId, snapshot, evaluation }: Judgement,
): Promise<readonly Planned[]> {
  const { headSha } = snapshot.pullRequest;
  const { evalRuns } = deps.storage;
  const presses = await judgePresses(deps, client, target, repoId, headSha);
  return deps.storage.inTransaction(async () => {
    const planned: Planned[] = [];
    for (const source of evaluation.toStart) {
      const row = await planRun(deps, target, { repoId, snapshot }, source, presses.granted);
      if (row !== null) planned.push({ source, row });
    }
    const started = new Set(planned.map(({ source }) => source.suite));
    // Whoever pressed while there was no room for a run, or everything stood still, gets it later.
    const isOwed = evaluation.evals.some(
      ({ suite, facts }) => (facts === null || isDue(facts.state.kind)) && !started.has(suite),
    );
    const settled = isOwed ? presses.refused : [...presses.refused, ...presses.granted];
    for (const { id } of settled) await evalRuns.settlePress(id);
    return planned;
  });
}

function isDue(kind: string): boolean {
  return kind === 'to-start' || kind === 'held';
}

/** `null`: it is under way by now, or nothing is to be started any more. */
async function planRun(
  deps: Dependencies,
  target: PullRequestTarget,
  { repoId, snapshot }: Pick<Judgement, 'repoId' | 'snapshot'>,
  source: SuiteSource,
  presses: readonly EvalPress[],
): Promise<EvalRunRow | null> {
  const { headSha } = snapshot.pullRequest;
  const { evalRuns } = deps.storage;
  const rows = await evalRuns.ofHead(repoId, target.number, source.suite, headSha);
  const newest = rows.at(-1);
  // The judgement asks for it, so GitHub was looked through.
  const isLost = newest?.end === null && newest.runId === null;
  const input = await standingInput(deps, repoId, snapshot, source, { rows, isLost, presses });
  const { next } = standingOf(input);
  if (next === null) return null;
  if (next.kind === 'repeat') return next.row;
  return evalRuns.plan({
    ...{ repoId, headSha, pullRequest: target.number, suite: source.suite, workflow: source.workflow },
    ...{ round: next.round, attempt: next.attempt, requestedBy: next.press, plannedAt: deps.now() },
    diffDigest: Object.hasOwn(snapshot.digests, headSha) ? snapshot.digests[headSha]! : null,
    nonce: newNonce(),
  });
}

async function startRun(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  judgement: Judgement,
  { source, row }: Planned,
): Promise<void> {
  const { owner, repo } = target;
  if (source.cancelSuperseded) await cancelOlder(deps, client, target, judgement, source);
  const answer = await dispatchWorkflow(client, {
    ...{ owner, repo, workflow: source.workflow, branch: judgement.snapshot.repository.defaultBranch },
    inputs: {
      // The policy may give the workflow another name for the suite; the rest is ours, whatever it says.
      suite: source.suite,
      ...source.inputs,
      head_sha: row.headSha,
      pull_request: String(row.pullRequest),
      nonce: row.nonce,
    },
  });
  const at = deps.now();
  const fields = { ...target, suite: source.suite, head: row.headSha, attempt: row.attempt };
  if (answer.kind === 'refused') {
    deps.log.warn({ ...fields, why: answer.message }, 'GitHub would not start a run of evals');
    await deps.storage.evalRuns.end(row.id, refusedEnd(answer, judgement, source), at);
    return;
  }
  await deps.storage.evalRuns.dispatched(row.id, { runId: answer.runId, runUrl: answer.url, at });
  deps.log.info({ ...fields, run: answer.runId }, 'started a run of evals');
}

async function cancelOlder(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  { repoId, snapshot }: Judgement,
  { suite }: SuiteSource,
): Promise<void> {
  const { headSha } = snapshot.pullRequest;
  const { owner, repo } = target;
  const where = { owner, repo, repoId, branch: snapshot.repository.defaultBranch };
  const short = headSha.slice(0, 7);
  for (const row of await deps.storage.evalRuns.superseded(repoId, target.number, suite, headSha)) {
    const { workflow, nonce, plannedAt: since } = row;
    const runId =
      row.runId ?? (await findRunByNonce(client, { ...where, workflow, nonce, since }))?.id ?? null;
    if (runId !== null && row.runId === null)
      await deps.storage.evalRuns.dispatched(row.id, { runId, runUrl: row.runUrl, at: deps.now() });
    // Whoever pushes as soon as a run has failed does not make it forgotten: its results are read next.
    if (runId !== null && !(await cancelRun(client, { owner, repo, runId }))) continue;
    const why = `The head ${short} took its place`;
    const end: EvalRunEnd = { kind: 'superseded', why, retryable: false, by: 'machine' };
    await deps.storage.evalRuns.end(row.id, end, deps.now());
  }
}

const MAX_MESSAGE = 300;

function refusedEnd(
  { why, message }: Extract<DispatchAnswer, { kind: 'refused' }>,
  { snapshot }: Judgement,
  { workflow }: SuiteSource,
): EvalRunEnd {
  const said = message
    .replace(/\s+/g, ' ')
    .replace(/ - https?:\S*$/, '')
    .slice(0, MAX_MESSAGE);
  const file = `.github/workflows/${workflow}`;
  const { defaultBranch } = snapshot.repository;
  const words = {
    'not-found': `There is no workflow ${file} on ${defaultBranch}`,
    invalid: sayInvalid(`${file} on ${defaultBranch}`, said),
    forbidden: `The App may not start ${file}: an owner of the organisation grants it the permission actions: write (GitHub says: ${said})`,
  };
  return { kind: 'infrastructure', why: words[why].replace(/\.+$/, ''), retryable: false, by: 'owner' };
}

/** https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event */
function sayInvalid(workflow: string, said: string): string {
  const unknown = /^Unexpected inputs provided: \[(.*)\]$/.exec(said)?.[1]?.replaceAll('"', '');
  if (unknown !== undefined) return `${workflow} does not declare the inputs it is started with: ${unknown}`;
  return `GitHub does not start ${workflow}: ${said}`;
}
