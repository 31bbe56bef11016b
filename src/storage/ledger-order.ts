// In which order do changes follow each other on the trunk, and at which end of what is recorded?
// Their times tell it roughly: trunks go back in time by minutes or hours (rebases, queues), and seconds are shared.
import type { StretchEnd } from './ledger-names.js';

interface Timed {
  readonly mergedAt: number;
}

/** The stretch of the trunk that is recorded; `null`: nothing yet. */
export interface Stretch {
  readonly oldest_at: number | null;
  readonly newest_at: number | null;
}

const TOLERANCE_SECONDS = 86_400;

/** Changes that come together go to one end, unless they reach beyond both. The first tell by their order. */
export function stretchEnds<One extends Timed>(
  { oldest_at, newest_at }: Stretch,
  changes: readonly One[],
): (one: One) => StretchEnd {
  if (oldest_at === null || newest_at === null) {
    return changes[0]!.mergedAt > changes.at(-1)!.mergedAt ? () => 'older' : () => 'newer';
  }
  let newest = Number.NEGATIVE_INFINITY;
  let oldest = Number.POSITIVE_INFINITY;
  for (const { mergedAt } of changes) {
    newest = Math.max(newest, mergedAt);
    oldest = Math.min(oldest, mergedAt);
  }
  if (oldest >= newest_at) return () => 'newer';
  if (newest <= oldest_at) return () => 'older';
  const behindFront = newest_at - newest;
  const beforeBack = oldest - oldest_at;
  if (behindFront < 0 && beforeBack < 0) {
    return ({ mergedAt }) => (mergedAt >= newest_at ? 'newer' : mergedAt <= oldest_at ? 'older' : 'between');
  }
  if (behindFront <= TOLERANCE_SECONDS && behindFront <= beforeBack) return () => 'newer';
  if (beforeBack <= TOLERANCE_SECONDS) return () => 'older';
  return () => 'between';
}

/** As listed, or turned round, where the times agree with that; else by time. */
export function oldestFirst<One extends Timed>(
  changes: readonly One[],
  endOf: (one: One) => StretchEnd,
): readonly One[] {
  const first = changes[0]!;
  const last = changes.at(-1)!;
  // Within one second only the habit tells: a history is read backwards newest first.
  const isNewestFirst =
    first.mergedAt === last.mergedAt ? endOf(first) === 'older' : first.mergedAt > last.mergedAt;
  const listed = isNewestFirst ? changes.toReversed() : changes;
  const isInOrder = listed.every(
    ({ mergedAt }, index) => index === 0 || listed[index - 1]!.mergedAt - mergedAt <= TOLERANCE_SECONDS,
  );
  return isInOrder ? listed : listed.toSorted((a, b) => a.mergedAt - b.mergedAt);
}
