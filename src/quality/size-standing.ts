// Where does a size stand among the sizes of the repository's merged changes?
import type { SizeCount } from '../domain/ledger.js';
import type { SizeStanding } from './size.js';

/**
 * `sizes` ascending. A row counts every change from its `lines` up to the next possible row, so a size that lies
 * past a row's beginning and before the next row is taken for larger: only the row's own value is "as large".
 */
export function standingOf(lines: number, sizes: readonly SizeCount[]): SizeStanding {
  let [smaller, equal, total] = [0, 0, 0];
  for (const row of sizes) {
    total += row.changes;
    if (row.lines < lines) smaller += row.changes;
    else if (row.lines === lines) equal += row.changes;
  }
  return { smaller, equal, total };
}
