// What does a suite say of the default branch itself, and what did it say before?
import type { CaseTotals } from '../domain/eval-results.js';
import type { SuiteBaseline } from '../domain/evals.js';
import { GitHubFailure } from '../github/failure.js';
import { isOnBranch, listOwnRuns, type WorkflowRun } from '../github/workflow-runs.js';
import type { Storage } from '../storage/storage.js';
import { readEndedRun } from './eval-results.js';
import type { Tracking } from './eval-tracking.js';

/** Events tell of new runs; this is for one that was not heard of. */
const LOOKED_MS = 6 * 3_600_000;
/** Ended without results that count, one after the other. */
const MAX_RUNS = 3;
/** The newest, and those before it that tell a drift. */
const SHOWN = 11;

/** Nothing where it was looked for; else two requests, and four with a download for each run that is new. */
export async function readBaseline(tracking: Tracking): Promise<SuiteBaseline | null> {
  const { deps, target, repoId, source } = tracking;
  const key = lookedKey(repoId, source.workflow);
  const looked = await deps.storage.cache.get(target.installation, `${key} ${source.suite}`, deps.now());
  const mark = await deps.storage.cache.get(target.installation, key, deps.now());
  // The mark changes with every run that ends.
  if (looked === undefined || looked !== (mark ?? null)) {
    await unlessForbidden(() => lookForNewer(tracking));
    const until = new Date(deps.now().getTime() + LOOKED_MS);
    await deps.storage.cache.set(target.installation, `${key} ${source.suite}`, mark ?? null, until);
  }
  const [newest] = await deps.storage.evalRuns.baselines(repoId, source.suite, 1);
  if (newest === undefined) return null;
  const { results, headSha, at, url } = newest;
  const [, ...earlier] = await deps.storage.evalRuns.baselineTotals(repoId, source.suite, SHOWN);
  return {
    results,
    headSha,
    at: seconds(at),
    url,
    earlier: earlier.map((one) => ({ ...addUp(one.totals), at: seconds(one.at) })),
  };
}

/** Without the permission no run is started either, and that is said where it is. */
async function unlessForbidden(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GitHubFailure) || error.status !== 403 || error.retryable) throw error;
  }
}

async function lookForNewer(tracking: Tracking): Promise<void> {
  const { deps, client, target, repoId, defaultBranch, source } = tracking;
  const { owner, repo } = target;
  const [known] = await deps.storage.evalRuns.baselineTotals(repoId, source.suite, 1);
  const where = { owner, repo, repoId, workflow: source.workflow, branch: defaultBranch };
  const runs = await listOwnRuns(client, where);
  for (const run of runs.filter(({ id }) => known === undefined || id > known.runId).slice(0, MAX_RUNS)) {
    if (await saveIfSound(tracking, run)) return;
  }
}

async function saveIfSound(tracking: Tracking, run: WorkflowRun): Promise<boolean> {
  const { deps, client, target, repoId, defaultBranch, source } = tracking;
  const { owner, repo } = target;
  const { id: runId, headSha, url, createdAt: at } = run;
  // A schedule runs on the default branch only; a push may be of a tag that is called like it.
  const isOurs =
    run.event === 'schedule' ||
    (await isOnBranch(client, { owner, repo, branch: defaultBranch, sha: headSha }));
  if (!isOurs) return false;
  const conclusion = run.attempt === 1 ? run.conclusion : null;
  const end = await readEndedRun(deps, client, { owner, repo, runId, conclusion, headSha }, source);
  if (end.kind !== 'results') {
    deps.log.info({ owner, repo, runId, suite: source.suite, why: end.why }, 'no baseline from this run');
    return false;
  }
  await deps.storage.evalRuns.saveBaseline(repoId, source.suite, {
    ...{ runId, headSha, url, at, results: end.results },
  });
  return true;
}

/** A run of this workflow ended on the default branch: whoever asks for a baseline next looks for it. */
export async function forgetBaselines(
  storage: Storage,
  about: {
    readonly installation: number;
    readonly repoId: number;
    readonly workflow: string;
    readonly runId: number;
  },
  now: Date,
): Promise<void> {
  const until = new Date(now.getTime() + LOOKED_MS);
  const key = lookedKey(about.repoId, about.workflow);
  await storage.cache.set(about.installation, key, about.runId, until);
}

function lookedKey(repoId: number, workflow: string): string {
  return `evals baseline ${repoId} ${workflow}`;
}

function addUp(totals: readonly CaseTotals[]): { readonly passed: number; readonly cases: number } {
  return totals.reduce(
    (sum, { passed, cases }) => ({ passed: sum.passed + passed, cases: sum.cases + cases }),
    { passed: 0, cases: 0 },
  );
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
