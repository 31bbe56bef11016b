// How is one figure of the quality delta written, so that it is read right at a glance?
import { code, type MessagePart } from '../domain/message.js';
import type { QualityReport } from '../quality/assess.js';
import { FEWEST_MERGED_CHANGES } from '../quality/delta.js';
import type { Breach } from '../quality/delta-limits.js';
import { codeSpan } from './escape.js';
import { formatCount, repositoryRoot } from './verdict-table.js';

const DAY = 86_400;
/** A block of the bar. The longest part, history, fills one side. */
const POINTS_PER_BLOCK = 10;
const BLOCKS = 5;
const MOST_COUNTED = 1_000_000_000;

/** `−34`, `+8`, `±0`, with a minus that is as wide as the plus; at most one decimal. */
export function sayPoints(points: number): string {
  const shown = Math.round(points * 10) / 10;
  if (shown === 0) return '±0';
  return `${shown < 0 ? '−' : '+'}${Math.abs(shown)}`;
}

/** A figure as the policy states it, where a plus would read like a change. */
export function sayStated(points: number): string {
  return points < 0 ? `−${Math.abs(points)}` : String(points);
}

/** `limit −60`: broken; `warns below −20`: allowed, and said. */
export function sayDeltaLimit({ limit, fails }: Extract<Breach, { readonly what: 'delta' }>): string {
  return `${fails ? 'limit' : 'warns below'} ${sayStated(limit)}`;
}

export function saySizeLimit({ limit, fails }: Extract<Breach, { readonly what: 'size' }>): string {
  return `${fails ? 'limit' : 'warns above'} ${sayCount(limit)}`;
}

/** Two sides around 0, one scale for every part: `░▐███│░░░░░` is −35. */
export function drawBar(points: number): string {
  const size = Math.min(BLOCKS * POINTS_PER_BLOCK, Math.abs(points));
  // Whatever is not 0 is seen.
  const halves = size < 0.05 ? 0 : Math.max(1, Math.round((2 * size) / POINTS_PER_BLOCK));
  const full = '█'.repeat(Math.floor(halves / 2));
  const hasHalf = halves % 2 === 1;
  const rest = '░'.repeat(BLOCKS - Math.ceil(halves / 2));
  const empty = '░'.repeat(BLOCKS);
  return points < 0
    ? `${rest}${hasHalf ? '▐' : ''}${full}│${empty}`
    : `${empty}│${full}${hasHalf ? '▌' : ''}${rest}`;
}

/** Whole percent, rounded down: 79.96 % is not 80 %. Counted in whole lines, so that 29 of 100 stays 29. */
export function floorPercent(part: number, whole: number): string {
  return `${whole > 0 ? within100(Math.floor((part * 100) / whole)) : 0} %`;
}

/** One decimal, rounded down. */
export function floorTenths(part: number, whole: number): string {
  return `${whole > 0 ? within100(Math.floor((part * 1000) / whole) / 10).toFixed(1) : '0.0'} %`;
}

function within100(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}

/** A share that a policy states, as it states it: `80 %`, `99.95 %`. */
export function statedPercent(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}

/** A share that was counted: `0 %` is possible here. */
export function countedPercent(share: number): string {
  const percent = share * 100;
  return `${percent === 0 ? '0' : percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** `×1.4`, `×0.8`. */
export function sayFactor(logOdds: number): string {
  const factor = Math.exp(logOdds);
  return `×${factor < 9.95 ? factor.toFixed(1) : factor.toFixed(0)}`;
}

export function sayCount(count: number): string {
  if (!Number.isFinite(count) || count > MOST_COUNTED) return `over ${formatCount(MOST_COUNTED)}`;
  return formatCount(Math.max(0, Math.round(count)));
}

/** `1 line`, `812 lines`. */
export function sayMany(count: number, one: string, many = `${one}s`): string {
  return `${sayCount(count)} ${count === 1 ? one : many}`;
}

/** `today`, `12 days ago`, `on 2026-03-02`. */
export function sayAgo(at: number, now: number): string {
  const days = Math.floor((now - at) / DAY);
  if (days < 1) return 'today';
  if (days === 1) return 'yesterday';
  return days < 100 ? `${days} days ago` : `on ${sayDay(at)}`;
}

/** `2026-11-14`, UTC. Dates come from outside: one that no calendar holds is said to be none. */
export function sayDay(at: number): string {
  const date = new Date(at * 1000);
  return Number.isNaN(date.getTime()) ? 'an unknown day' : date.toISOString().slice(0, 10);
}

/** Links to a change of this repository only; without its address a plain word. Markdown. */
export function linkChange(
  { sha, pullRequest }: { readonly sha: string; readonly pullRequest: number | null },
  repositoryUrl: string | null,
): string {
  const root = repositoryRoot(repositoryUrl);
  if (pullRequest !== null && Number.isSafeInteger(pullRequest) && pullRequest > 0) {
    return root === null ? `\`#${pullRequest}\`` : `[#${pullRequest}](${root}/pull/${pullRequest})`;
  }
  const words = codeSpan(sha.slice(0, 7));
  return root !== null && /^[0-9a-f]{7,64}$/.test(sha) ? `[${words}](${root}/commit/${sha})` : words;
}

/** The same for a title or a message, which hold no links. */
export function nameChange({
  sha,
  pullRequest,
}: {
  readonly sha: string;
  readonly pullRequest: number | null;
}): MessagePart {
  return code(pullRequest === null ? sha.slice(0, 7) : `#${pullRequest}`);
}

/**
 * How much the repository's own history has to say. `none`: nothing was merged or read; `few`: too little to know
 * what is usual, so no figure is given to a tenth of a percent.
 */
export function knowledgeOf({ history, chance }: QualityReport): 'none' | 'few' | 'enough' {
  if (history === null || chance === null || history.reading.repository.changes === 0) return 'none';
  return history.reading.repository.changes < FEWEST_MERGED_CHANGES ? 'few' : 'enough';
}

export function isPartlyRead({ history }: QualityReport): boolean {
  return history !== null && history.readDays < history.wantedDays;
}

/** Parts that should have been measured: a change without executable lines owes no coverage. */
export function missingParts({ result }: QualityReport): readonly string[] {
  return result.missing.filter(({ why }) => why !== 'no-executable-lines').map(({ part }) => part);
}
