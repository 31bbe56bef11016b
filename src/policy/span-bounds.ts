// How long is a duration of the policy, and which spans of history can be counted?

const DAY = 86_400;
const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: DAY, w: 7 * DAY };

/** Outside these a history says too little, or costs more than it says. Seconds. */
export const SPAN_BOUNDS = {
  window: { least: 14 * DAY, most: 1095 * DAY },
  halfLife: { least: 7 * DAY, most: 1095 * DAY },
} as const;

/** `12h` is 43,200. Not a number for what is no duration. */
export function secondsOf(duration: string): number {
  return Number.parseInt(duration, 10) * (UNITS[duration.slice(-1)] ?? Number.NaN);
}
