// How are one figure, one state and one link of an eval suite written?
import type { SuiteState } from '../domain/evals.js';
import { type Drift, findDrift } from '../evals/drift.js';
import { formatShare } from '../evals/percent.js';
import type { ReportedSuite } from '../policy/evaluate.js';
import { repositoryRoot } from './verdict-table.js';

const BLOCKS = 10;
const MINUTE = 60;

/** `█████▌`, in halves, as long as its share of the longest. Whatever is not 0 is seen. */
export function drawCount(count: number, longest: number): string {
  const share = longest <= 0 ? 0 : Math.min(1, count / longest);
  const halves = count <= 0 || longest <= 0 ? 0 : Math.max(1, Math.round(2 * BLOCKS * share));
  return '█'.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? '▌' : '');
}

/** `−3.7 points`, `±0.0 points`: of two shares as they are shown, so that the reader's own sum agrees. */
export function sayChange(
  now: { readonly passed: number; readonly cases: number },
  before: { readonly passed: number; readonly cases: number },
): string {
  const tenths = (share: { readonly passed: number; readonly cases: number }) =>
    Math.round(Number.parseFloat(formatShare(share.passed, share.cases)) * 10);
  const apart = (tenths(now) - tenths(before)) / 10;
  const sign = apart === 0 ? '±' : apart < 0 ? '−' : '+';
  return `${sign}${Math.abs(apart).toFixed(1)} points`;
}

/** `4 min`; from ten on in steps of five, as nobody waits by the minute then. `null`: it is not running. */
export function sayElapsed(state: SuiteState, now: number): string | null {
  if (state.kind !== 'queued' && state.kind !== 'running') return null;
  const minutes = Math.floor(Math.max(0, now - state.since) / MINUTE);
  if (!Number.isFinite(minutes)) return null;
  if (minutes < 1) return 'under a minute';
  if (minutes < 10) return `${minutes} min`;
  const steps = Math.floor(minutes / 5) * 5;
  if (steps < 120) return `${steps} min`;
  return `${Math.floor(steps / 60)} h`;
}

/** Links to the run and its artifacts: only to runs of this very repository. */
export function runLinks(url: string | null, repositoryUrl: string | null): string | null {
  const link = runLink(url, repositoryUrl, 'run');
  return link === null ? null : `${link} · [artifacts](${url}#artifacts)`;
}

export function runLink(url: string | null, repositoryUrl: string | null, words: string): string | null {
  const root = repositoryRoot(repositoryUrl);
  if (root === null || url === null) return null;
  const prefix = `${root}/actions/runs/`;
  const isOurs = url.toLowerCase().startsWith(prefix.toLowerCase());
  return isOurs && /^\d+$/.test(url.slice(prefix.length)) ? `[${words}](${url})` : null;
}

export function stateUrl({ facts }: ReportedSuite): string | null {
  const state = facts?.state;
  return state !== undefined && 'url' in state ? state.url : null;
}

/** `412,000 tokens, 1.84 USD`; nothing where the tool gives neither. */
export function sayCost(cost: number | null, tokens: number | null): string | null {
  const parts = [
    ...(tokens === null ? [] : [`${Math.round(tokens).toLocaleString('en-US')} tokens`]),
    ...(cost === null ? [] : [`${cost.toFixed(2)} USD`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

/** Of the default branch's newest results, as they were judged; `null`: none, or it does not drift. */
export function driftOf({ facts, judgement }: ReportedSuite): Drift | null {
  const baseline = facts?.baseline ?? null;
  const now = judgement?.baseline ?? null;
  return baseline === null || now === null ? null : findDrift(now, baseline);
}
