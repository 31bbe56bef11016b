// Between which bounds does a share lie that was counted on few changes?
// Wilson's score interval at 95 %: honest at 0 of 5, where the plain formula says "exactly 0".

export interface Interval {
  /** 0 to 1. */
  readonly low: number;
  readonly high: number;
}

/** 97.5th percentile of the normal distribution. */
const Z = 1.959964;

/** E. B. Wilson, 1927, J. Am. Stat. Assoc. 22, 209–212. Nothing counted: everything is possible. */
export function wilsonInterval(hits: number, total: number): Interval {
  if (!(total > 0)) return { low: 0, high: 1 };
  const share = Math.min(1, Math.max(0, hits / total));
  const square = (Z * Z) / total;
  const middle = (share + square / 2) / (1 + square);
  const reach = (Z / (1 + square)) * Math.sqrt((share * (1 - share)) / total + square / (4 * total));
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

export function overlap(a: Interval, b: Interval): boolean {
  return a.low <= b.high && b.low <= a.high;
}
