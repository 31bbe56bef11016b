// How is a chance said, so that nobody takes it for more than it is?

/** `2.6 %`, `0.4 %`, `12 %`; never 0 %, which no history can promise. */
export function sayPercent(share: number): string {
  const percent = share * 100;
  if (percent < 0.1) return 'under 0.1 %';
  return `${percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** `half the usual`, `about the usual`, `twice the usual`, `3 times the usual`. */
export function sayTimesUsual(chance: number, usual: number): string {
  const times = chance / usual;
  if (times < 0.4) return 'far below the usual';
  if (times < 0.67) return 'half the usual';
  if (times < 0.87) return 'below the usual';
  if (times < 1.15) return 'about the usual';
  if (times < 1.75) return 'above the usual';
  if (times < 2.5) return 'twice the usual';
  return `${Math.round(times)} times the usual`;
}

/** Where a size stands among the merged changes: `top 6 %` for a large one, `smallest 6 %` for a small one. */
export function sayTopShare(percentile: number): string {
  const [word, share] = percentile < 0.5 ? ['smallest', percentile] : ['top', 1 - percentile];
  return `${word} ${Math.max(1, Math.ceil(share * 100 - 1e-9))} %`;
}
