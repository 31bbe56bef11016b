// What does a webhook tell of the runs of eval suites?
// It only says where to look: nothing in it is taken for a result.
import type { EvalRunRow } from '../storage/eval-runs.js';
import type { Storage } from '../storage/storage.js';
import { forgetBaselines } from './eval-baseline.js';
import { findNonce } from './eval-nonce.js';
import { rememberEnd } from './eval-tracking.js';
import type { WebhookEvent } from './webhook-event.js';

export type EvalNews =
  /** A run that somebody started; perhaps one of ours. */
  | {
      readonly kind: 'run';
      readonly installation: number;
      readonly repoId: number;
      readonly runId: number;
      readonly nonce: string | null;
      readonly action: 'requested' | 'in_progress' | 'completed';
      readonly conclusion: string | null;
    }
  /** A run that nobody chose to start ended on the default branch. */
  | {
      readonly kind: 'default-branch';
      readonly installation: number;
      readonly repoId: number;
      readonly runId: number;
      readonly workflow: string;
    };

const OWN_EVENTS = ['push', 'schedule'];
const ACTIONS = ['requested', 'in_progress', 'completed'] as const;

/** `null`: of no use. Only the first attempt of a run counts: a later one is somebody's choice. */
export function readEvalNews({
  action: name,
  installation,
  repository,
  workflow_run: run,
}: Extract<WebhookEvent, { name: 'workflow_run' }>): EvalNews | null {
  const action = ACTIONS.find((known) => known === name);
  const isOfDefaultBranch =
    run.head_branch === repository.default_branch && run.head_repository?.id === repository.id;
  if (action === undefined || !isOfDefaultBranch || run.run_attempt !== 1) return null;
  const about = { installation: installation.id, repoId: repository.id, runId: run.id };
  if (OWN_EVENTS.includes(run.event)) {
    const workflow = run.path.replace(/@.*$/, '').replace(/^.*\//, '');
    return action === 'completed' ? { kind: 'default-branch', ...about, workflow } : null;
  }
  if (run.event !== 'workflow_dispatch') return null;
  return {
    ...{ kind: 'run', ...about, action, nonce: findNonce(run.display_title ?? '') },
    conclusion: run.conclusion,
  };
}

export async function storeEvalNews(storage: Storage, news: EvalNews, now: Date): Promise<void> {
  if (news.kind === 'default-branch') return forgetBaselines(storage, news, now);
  const row = await findRow(storage, news);
  if (row === null || row.end !== null) return;
  // GitHub's own time of start is when the run was queued.
  if (news.action === 'in_progress') await storage.evalRuns.started(row.id, now);
  if (news.action === 'completed') await rememberEnd(storage, news, news.conclusion, now);
}

type RunNews = Extract<EvalNews, { kind: 'run' }>;

/** The row of a run; by its name only as long as nobody knows its run. */
export async function findRow(
  storage: Storage,
  { repoId, runId, nonce }: Pick<RunNews, 'repoId' | 'runId' | 'nonce'>,
): Promise<EvalRunRow | null> {
  const known = await storage.evalRuns.find({ repoId, runId });
  if (known !== null || nonce === null) return known;
  const named = await storage.evalRuns.findByNonce(repoId, nonce);
  return named?.runId === null ? named : null;
}

const BUTTONS = ['rerun-evals', 'run-evals'];

export interface Press {
  readonly repoId: number;
  readonly headSha: string;
  readonly login: string;
}

/** On our own check only. Whether this person may is judged when it is acted upon. */
export function readPress(event: Extract<WebhookEvent, { name: 'check_run' }>, appId: number): Press | null {
  const { action, check_run: check, requested_action: requested, repository, sender } = event;
  if (action !== 'requested_action' || check.app?.id !== appId) return null;
  if (check.name !== 'agent-policy/evals' || !BUTTONS.includes(requested?.identifier ?? '')) return null;
  return { repoId: repository.id, headSha: check.head_sha, login: sender.login };
}
