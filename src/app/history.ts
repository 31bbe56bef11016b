// What was merged on a default branch since the last look, and, a step further back, before it?
// One step a job, then it comes again: reviews of open pull requests go first, and keep half of GitHub's budget.
import type { Budget, GitHubClient } from '../github/client.js';
import { correctIfDue } from '../history/correct-outcomes.js';
import { followOutcomes } from '../history/follow-outcomes.js';
import { type HistoryStep, isHistoryRead, readBack, readForward } from '../history/read-history.js';
import type { HistoryReader } from '../history/record-changes.js';
import { SPAN_BOUNDS } from '../policy/span-bounds.js';
import type { JobResult } from '../storage/job.js';
import type { LedgerState } from '../storage/ledger.js';
import type { Dependencies } from './dependencies.js';
import { formatJobKey } from './job-key.js';

export interface HistoryTarget {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
}

const DONE: JobResult = { kind: 'done' };
/** Of the hour's requests, this share is left to reviews. */
const LEFT_TO_REVIEWS = 0.5;
/** How often one job may step forward: more is read by the next one. */
const MAX_STEPS_FORWARD = 5;
const EXPIRED_AT_ONCE = 500;
const MAX_EXPIRED_PARTS = 100;

export async function readHistory(target: HistoryTarget, deps: Dependencies): Promise<JobResult> {
  const { installation, owner, repo } = target;
  const { ledger } = deps.storage;
  const client = await deps.clients.forInstallation(installation);
  const reader = readerOf(client, deps);
  const known = await ledger.findByName(owner, repo);
  if (known !== null && isHistoryRead(known)) return goForward(target, deps, reader, known);

  const turn = takeTurn(deps, target);
  if (turn !== null) return { kind: 'again', at: turn };
  try {
    const spent = budgetSpentUntil(client);
    if (spent !== null) {
      deps.log.info({ ...target, until: spent }, 'history waits: the rest of the hour is left to reviews');
      return { kind: 'again', at: spent };
    }
    const back = await readBack(reader, { owner, repo }, known);
    if (back.kind === 'gone') return gone(target, deps, known);
    logStep(deps, target, back);
    // What was pushed meanwhile; the page that begins at the newest commit has it already.
    const isBehind = back.state.newestSha !== null && back.headSha !== back.state.newestSha;
    if (isBehind) {
      const forward = await readForward(reader, back.state);
      if (forward.kind === 'gone') return gone(target, deps, back.state);
      logStep(deps, target, forward);
    }
    const isEmpty = back.headSha === null;
    if (isEmpty) return DONE;
    const now = await ledger.find(back.state.repoId);
    if (now !== null && isHistoryRead(now) && !isBehind) return DONE;
    return comeAgain(target, deps);
  } finally {
    deps.readingHistory.delete(installation);
  }
}

async function goForward(
  target: HistoryTarget,
  deps: Dependencies,
  reader: HistoryReader,
  known: LedgerState,
): Promise<JobResult> {
  let state = known;
  for (let step = 0; step < MAX_STEPS_FORWARD; step += 1) {
    const forward = await readForward(reader, state);
    if (forward.kind === 'gone') return gone(target, deps, known);
    logStep(deps, target, forward);
    state = forward.state;
    if (!forward.hasMore) {
      const { ledger } = deps.storage;
      // Incidents and deployments wake this job although nothing was merged.
      await deps.storage.inTransaction(() => followOutcomes(ledger, state.repoId, [], reader.now()));
      await expire(deps, state.repoId, reader.now());
      if (!isHistoryRead(state) && forward.headSha !== null) return comeAgain(target, deps);
      const now = reader.now();
      if (await correctIfDue(ledger, state.repoId, now))
        await ledger.forgetNews(state.repoId, now - SPAN_BOUNDS.window.most);
      return DONE;
    }
  }
  return comeAgain(target, deps);
}

function readerOf(client: GitHubClient, deps: Dependencies): HistoryReader {
  const { storage, catalogue, log } = deps;
  return {
    client,
    ledger: storage.ledger,
    transact: (fn) => storage.inTransaction(fn),
    catalogue,
    findDecided: async (repoId, pullRequest) =>
      (await storage.decisions.latest(repoId, pullRequest))?.decision.authorship ?? null,
    now: () => Math.floor(deps.now().getTime() / 1_000),
    warn: (fields, text) => log.warn(fields, text),
  };
}

/**
 * One repository of an installation at a time: pages of history are heavy, and GitHub's secondary limits would
 * then hold up reviews too. Whoever waits comes the later, the more wait. `null`: it is this one's turn.
 */
function takeTurn(deps: Dependencies, { installation }: HistoryTarget): Date | null {
  const waiting = deps.readingHistory.get(installation);
  if (waiting === undefined) {
    deps.readingHistory.set(installation, 0);
    return null;
  }
  deps.readingHistory.set(installation, waiting + 1);
  return new Date(deps.now().getTime() + 2_000 + 1_000 * waiting);
}

/** When to go on reading back; `null`: now. */
function budgetSpentUntil(client: GitHubClient): Date | null {
  const spent = [client.budget('graphql'), client.budget('rest')].filter(
    (budget): budget is Budget => budget !== null && budget.remaining < budget.limit * LEFT_TO_REVIEWS,
  );
  const resets = spent.map(({ resetsAt }) => resetsAt.getTime());
  return resets.length === 0 ? null : new Date(Math.max(...resets));
}

async function comeAgain(target: HistoryTarget, deps: Dependencies): Promise<JobResult> {
  if (deps.historyPauseMs > 0)
    return { kind: 'again', at: new Date(deps.now().getTime() + deps.historyPauseMs) };
  await deps.storage.queue.send(formatJobKey({ kind: 'history', ...target }));
  return DONE;
}

/** In parts, so that other work finds the database free between them: nobody merges in a repository that is idle. */
async function expire(deps: Dependencies, repoId: number, now: number): Promise<void> {
  for (let part = 0; part < MAX_EXPIRED_PARTS; part += 1)
    if ((await deps.storage.ledger.expire(repoId, now, EXPIRED_AT_ONCE)) < EXPIRED_AT_ONCE) return;
}

/** What is recorded is corrected all the same, so that it is due, and asked for, once a week and not every hour. */
async function gone(target: HistoryTarget, deps: Dependencies, known: LedgerState | null) {
  deps.log.info({ ...target }, 'repository is gone or not visible, its history is not read');
  if (known !== null)
    await correctIfDue(deps.storage.ledger, known.repoId, Math.floor(deps.now().getTime() / 1_000));
  return DONE;
}

function logStep(deps: Dependencies, target: HistoryTarget, step: HistoryStep & { kind: 'read' }): void {
  const { state, recorded } = step;
  deps.log.debug(
    { ...target, recorded, readFrom: state.readFrom, wantedFrom: state.wantedFrom },
    'history read',
  );
}
