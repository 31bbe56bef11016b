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
  const isRight = (clock: number) => clock >= FIRST_GIT && clock <= now;
  const times: number[] = [];
  // What a clock cannot have seen takes the time of the next newer commit.
  let newer: number | null = null;
  for (const clock of clocks) {
    if (isRight(clock)) newer = clock;
    times.push(newer ?? (clock > now ? now : (clocks.find(isRight) ?? 0)));
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
    .filter(isRight)
    .sort((a, b) => a - b);
  return { times, reachesTo: witnesses[Math.floor(witnesses.length / 2)] ?? now };
}
