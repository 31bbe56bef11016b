// When was each commit of one page merged, whatever its clock said?
import { settleTimes } from '../quality/settle-times.js';

/** No commit is older than git itself; a clock that says so was never set. */
const FIRST_GIT = 1_112_911_993;
/** How many of the oldest commits say how far a page reaches: one wrong clock does not move their median. */
const WITNESSES = 15;

export interface SettledPage {
  /** Seconds since 1970, in the order of the page. */
  readonly times: readonly number[];
  /** How far back the page reaches. */
  readonly reachesTo: number;
}

/** `clocks`: newest first, seconds since 1970. Nothing was merged later than `now`. */
export function settlePage(clocks: readonly number[], now: number): SettledPage {
  const times: number[] = [];
  // A clock that was never set takes the time of the next newer commit.
  let newer: number | null = null;
  for (const clock of clocks) {
    const at = Math.min(clock, now);
    const isSet = Number.isFinite(at) && at >= FIRST_GIT;
    if (isSet) newer = at;
    times.push(isSet ? at : (newer ?? clocks.find((one) => one >= FIRST_GIT && one <= now) ?? 0));
  }
  const settling = settleTimes<{ readonly at: number; readonly index: number }>();
  const oldestFirst = times.map((at, index) => ({ at, index })).reverse();
  let last = Number.NEGATIVE_INFINITY;
  for (const { at, index } of [...oldestFirst.flatMap((one) => settling.next(one)), ...settling.rest()]) {
    // A trunk does not go back in time.
    last = Math.max(last, at);
    times[index] = last;
  }
  const witnesses = clocks
    .slice(-WITNESSES)
    .filter((clock) => clock >= FIRST_GIT && clock <= now)
    .sort((a, b) => a - b);
  return { times, reachesTo: witnesses[Math.floor(witnesses.length / 2)] ?? now };
}
