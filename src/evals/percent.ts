// How are shares of cases counted and written, without rounding anybody up?

/** Percent with six decimals as a whole number: shares are compared without fractions. */
const SCALE = 1_000_000;

/** Fewest cases out of `cases` that reach `percent`; 97 % of 240 needs 233. */
export function neededPasses(percent: number, cases: number): number {
  return Math.ceil((Math.round(percent * SCALE) * cases) / (100 * SCALE));
}

/** Rounded down, so that 96.99 % is not 97.0 %; `0.0%` of nothing. */
export function formatShare(passed: number, cases: number): string {
  const tenths = cases === 0 ? 0 : Math.floor((passed * 1000) / cases);
  return `${Math.floor(tenths / 10)}.${tenths % 10}%`;
}

/** A threshold as it was asked, with at least one decimal. */
export function formatPercent(percent: number): string {
  return `${Number.isInteger(percent * 10) ? percent.toFixed(1) : String(percent)}%`;
}

/** `97%` or `99.5%`, as a policy writes it, in percent. `null`: it is none. */
export function parsePercent(text: string): number | null {
  const match = /^(\d{1,3}(?:\.\d{1,20})?)%$/.exec(text.trim());
  const percent = match === null ? Number.NaN : Number(match[1]);
  return percent >= 0 && percent <= 100 ? percent : null;
}
