// What happens when a pull request must be judged? Judge, record, then bring GitHub in line.
import { isDeepStrictEqual } from 'node:util';
import { renderUnjudged } from '../checks/unjudged-check.js';
import type { RenderedCheck } from '../domain/check-run.js';
import type { OwnCheck } from '../domain/snapshot.js';
import type { Decision, Gate } from '../domain/verdict.js';
import type { GitHubClient } from '../github/client.js';
import { GitHubFailure } from '../github/failure.js';
import { listOpenPullRequests } from '../github/list-pull-requests.js';
import { readOwnChecks } from '../github/read-own-checks.js';
import type { PullRequestReading } from '../github/read-pull-request.js';
import { createCheck } from '../github/write-checks.js';
import { gateOf } from '../policy/evaluate.js';
import { evals } from '../rules/evals.js';
import { qualityDelta } from '../rules/quality-delta.js';
import type { JobResult } from '../storage/job.js';
import { noteMerged } from './coverage-records.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import { formatReviewKey } from './job-key.js';
import { type Judgement, judge, rememberAgent } from './judge.js';
import { perform } from './perform.js';
import { type Action, externalIdOf, planActions } from './plan.js';
import { recordsOf } from './ratchet.js';
import { renderShown } from './render-shown.js';
import { strictnessOf } from './show-beside.js';
import { showEvals } from './show-evals.js';
import { showQuality } from './show-quality.js';
import { startSuites } from './start-evals.js';

const DONE: JobResult = { kind: 'done' };
/** A policy that GitHub would not show is read again, while what it would ask is unknown and nothing passes. */
const UNREADABLE_RETRY_MS = 60_000;

export async function reviewPullRequest(target: PullRequestTarget, deps: Dependencies): Promise<JobResult> {
  const client = await deps.clients.forInstallation(target.installation);
  const begun = deps.now();
  let red: OwnCheck | null = null;
  const judgement = await judge(deps, client, target, async (reading, repoId) => {
    red = await showRed(deps, client, target, reading, repoId);
  }).catch(async (error: unknown) => {
    if (error instanceof GitHubFailure && !error.retryable) await showUnjudged(deps, client, target, error);
    throw error;
  });
  if (judgement === null) {
    deps.log.info({ ...target }, 'pull request is gone or not visible');
    await forget(deps, target);
    return DONE;
  }
  const { repoId, reading } = judgement;
  if (reading.snapshot.pullRequest.state !== 'open') {
    await noteMerged(deps, repoId, reading.snapshot);
    await deps.storage.heads.close(repoId, formatReviewKey(target));
    await deps.storage.refreshes.forget(formatReviewKey(target));
    await wakeSiblings(deps, target, reading);
    return DONE;
  }
  const decision = await withStuckRules(deps, repoId, target.number, judgement.evaluation.decision);
  const evaluation = { ...judgement.evaluation, decision };
  const judged: Judgement = { ...judgement, evaluation };
  const gate = gateOf(decision);
  const mark = await deps.storage.tightened.find(repoId, target.number);
  await record(deps, judged, target, gate, begun);
  const check = await renderShared(deps, target, judged, gate);
  const labels = evaluation.label === null ? [] : [evaluation.label];
  const actions = planActions(check, labels, standingOf(judged, red));
  const isLabel = (action: Action) => action.kind === 'add-label';
  await perform(
    client,
    target,
    actions.filter((action) => !isLabel(action)),
  );
  const { headSha } = decision;
  const { repositoryUrl } = reading;
  await deps.storage.refreshes.succeeded(
    formatReviewKey(target),
    { repoId, headSha, gate, repositoryUrl },
    deps.now(),
  );
  await showQuality(deps, client, target, judged);
  await showEvals(deps, client, target, judged);
  const isStarted = await startSuites(deps, client, target, judged);
  // What was taken back while this was judged is answered by the review it wakes.
  if (mark !== null && mark.at < begun) await deps.storage.tightened.clear(repoId, target.number, mark);
  deps.log.info(
    {
      ...target,
      head: decision.headSha,
      gate,
      authorship: decision.authorship.authorship,
      title: check.title,
    },
    'judged',
  );
  deps.onJudged(gate, decision.authorship.authorship);
  // The verdict stands and the marks are kept; the digest adds to them and is read again with the next review.
  await rememberAgent(deps, client, target, judgement).catch((error: unknown) => {
    if (!(error instanceof GitHubFailure)) throw error;
    deps.log.warn({ ...target, err: error }, 'could not read the diff of an agent’s change');
  });
  // Last, and nothing hangs on it: anybody can make GitHub refuse one more label.
  await perform(client, target, actions.filter(isLabel));
  // The check says how what was just started stands.
  const at = isStarted ? deps.now() : comesAgainAt(judged, deps.now());
  return at === null ? DONE : { kind: 'again', at };
}

/** When what could not be read, or is not there yet, is looked for again; `null`: an event will tell. */
function comesAgainAt({ reading, recheckAt }: Judgement, now: Date): Date | null {
  const { repository, organization } = reading.policies;
  const isUnreadable = repository.kind === 'unreadable' || organization.kind === 'unreadable';
  const retryAt = isUnreadable ? new Date(now.getTime() + UNREADABLE_RETRY_MS) : null;
  if (retryAt === null || recheckAt === null) return retryAt ?? recheckAt;
  return retryAt < recheckAt ? retryAt : recheckAt;
}

/** From the third head that fails the same rule on, a person is asked instead of the author. */
const HEADS_BEFORE_STUCK = 2;

async function withStuckRules(
  deps: Dependencies,
  repoId: number,
  pullRequest: number,
  decision: Decision,
): Promise<Decision> {
  const failing = decision.verdicts.filter(({ state, mode }) => state === 'fail' && mode === 'enforce');
  if (failing.length === 0) return decision;
  const heads = await deps.storage.decisions.failedHeads(repoId, pullRequest, decision.headSha);
  const rules = [...new Set(failing.map(({ rule }) => rule))];
  return { ...decision, stuck: rules.filter((rule) => (heads[rule] ?? 0) >= HEADS_BEFORE_STUCK) };
}

/** Each has a check of its own, which a shared head has once. */
const BESIDE = [qualityDelta.name, evals.name];

/** The decision is on record before anything is written to GitHub. */
async function record(
  deps: Dependencies,
  judgement: Judgement,
  target: PullRequestTarget,
  gate: Gate,
  begun: Date,
): Promise<void> {
  const { decision } = judgement.evaluation;
  const { repoId } = judgement;
  const jobKey = formatReviewKey(target);
  const policyDigest = decision.layers.map((layer) => layer.digest ?? '-').join(':');
  const before = await deps.storage.decisions.latest(repoId, target.number);
  const changed =
    before === null ||
    before.headSha !== decision.headSha ||
    before.gate !== gate ||
    BESIDE.some((rule) => strictnessOf(before.decision, rule) !== strictnessOf(decision, rule));
  // Sweeps judge again what nobody touched; a decision that says the same once more would only fill the disk.
  const isRepeated =
    !changed && before.policyDigest === policyDigest && isSameDecision(before.decision, decision);
  await deps.storage.inTransaction(async () => {
    const { headSha } = decision;
    const pullRequest = target.number;
    // Whose webhook was lost is known from here on. Webhooks give whole seconds.
    const asOf = new Date(Math.floor(begun.getTime() / 1_000) * 1_000);
    const { baseRef } = judgement.snapshot.pullRequest;
    await deps.storage.heads.record({ repoId, jobKey, pullRequest, headSha, baseRef, open: true, asOf });
    if (!isRepeated) {
      const decidedAt = deps.now();
      await deps.storage.decisions.append({
        ...{ repoId, pullRequest, headSha, policyDigest, gate, decision, decidedAt },
      });
    }
    // A force-push may come before GitHub has taken the check.
    await deps.storage.evidence.record(
      recordsOf(repoId, judgement.snapshot, decision.authorship, null, deps.now()),
    );
    // A sibling on the same head shows the strictest verdict, which this may just have become, or ceased to be.
    if (changed) await wakeSiblings(deps, target, judgement.reading);
    if (changed && gate !== 'success') await wakeGroup(deps, judgement);
  });
}

function isSameDecision(before: Decision, now: Decision): boolean {
  const asStored: Decision = JSON.parse(JSON.stringify(now));
  return isDeepStrictEqual({ ...before, at: '' }, { ...asStored, at: '' });
}

/** Removed from the App's sight, or deleted: no event will close it. */
async function forget({ storage }: Dependencies, target: PullRequestTarget): Promise<void> {
  const jobKey = formatReviewKey(target);
  const known = await storage.refreshes.find(jobKey);
  if (known?.judged) await storage.heads.close(known.judged.repoId, jobKey);
  await storage.refreshes.forget(jobKey);
}

/** A merge group that was green with it merges as soon as the slowest other check is done. */
async function wakeGroup(deps: Dependencies, { repoId, reading }: Judgement): Promise<void> {
  if (reading.queuedAs === null) return;
  for (const head of await deps.storage.heads.onCommit(repoId, reading.queuedAs)) {
    if (head.pullRequest === null) await deps.storage.queue.send(head.jobKey);
  }
}

async function wakeSiblings(
  deps: Dependencies,
  target: PullRequestTarget,
  reading: PullRequestReading,
): Promise<void> {
  for (const sibling of reading.siblings) {
    await deps.storage.queue.send(formatReviewKey({ ...target, number: sibling.number }));
  }
}

/** Whichever of the pull requests on this head is reviewed, the same check is rendered. */
async function renderShared(
  deps: Dependencies,
  target: PullRequestTarget,
  judgement: Judgement,
  gate: Gate,
): Promise<RenderedCheck> {
  const { decision } = judgement.evaluation;
  const open = judgement.reading.siblings.map((sibling) => sibling.number);
  const recorded =
    open.length === 0 ? [] : await deps.storage.decisions.latestForHead(judgement.repoId, decision.headSha);
  const others = recorded.flatMap((other) =>
    other.pullRequest !== null && open.includes(other.pullRequest)
      ? [{ number: other.pullRequest, gate: other.gate, decision: other.decision }]
      : [],
  );
  const shown = [{ number: target.number, gate, decision }, ...others] as const;
  const unjudged = open.filter((number) => !shown.some((one) => one.number === number));
  return renderShown(shown, unjudged, judgement.reading.repositoryUrl);
}

/** An event that can only tighten, while more must be read: what was green is taken back first. */
async function showRed(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  reading: PullRequestReading,
  repoId: number,
): Promise<OwnCheck | null> {
  if ((await deps.storage.tightened.find(repoId, target.number)) === null) return null;
  const { ownChecks, pullRequest } = reading.snapshot;
  const green = ownChecks.some((own) => own.conclusion === 'success' || own.conclusion === 'neutral');
  if (!green) return null;
  const { owner, repo } = target;
  const externalId = externalIdOf(REJUDGING);
  const id = await createCheck(client, {
    owner,
    repo,
    headSha: pullRequest.headSha,
    check: REJUDGING,
    externalId,
  });
  return { id, name: REJUDGING.name, status: 'in_progress', conclusion: null, externalId };
}

/** Asking again will not mend it, so what is green by an earlier answer would stay so. */
async function showUnjudged(
  deps: Dependencies,
  client: GitHubClient,
  target: PullRequestTarget,
  failure: GitHubFailure,
): Promise<void> {
  try {
    const open = await listOpenPullRequests(client, target);
    const headSha = open.find(({ number }) => number === target.number)?.headSha;
    if (headSha === undefined) return;
    const ownChecks = await readOwnChecks(client, { ...target, sha: headSha, appId: deps.appId });
    const standing = { headSha, ownChecks, labels: null };
    await perform(client, target, planActions(renderUnjudged(failure.message), [], standing));
  } catch (error) {
    deps.log.warn({ ...target, err: error }, 'could not say on GitHub that a pull request was not judged');
  }
}

const REJUDGING: RenderedCheck = {
  name: 'agent-policy',
  gate: 'in_progress',
  title: 'Running: something was taken back, judging again',
  summary: 'An approval was dismissed or the base branch changed. The verdict follows in a moment.',
  text: '',
  annotations: [],
  actions: [],
};

function standingOf({ snapshot }: Judgement, red: OwnCheck | null) {
  const { headSha, labels } = snapshot.pullRequest;
  return { headSha, ownChecks: red === null ? snapshot.ownChecks : [...snapshot.ownChecks, red], labels };
}
