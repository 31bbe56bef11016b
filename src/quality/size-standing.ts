// Where does a size stand among the sizes of the repository's merged changes?
import type { SizeCount } from '../domain/ledger.js';
import type { SizeStanding } from './size.js';

/** Counted line by line up to here; past it a row may stand for sizes that differ by a twentieth. */
const EXACT = 20;
const STEP = 1.05;

/** A size is as large as the changes of its own row; `sizes` in any order. */
export function standingOf(lines: number, sizes: readonly SizeCount[]): SizeStanding {
  let [smaller, equal, total] = [0, 0, 0];
  for (const row of sizes) {
    total += row.changes;
    if (isSameRow(lines, row.lines)) equal += row.changes;
    else if (row.lines < lines) smaller += row.changes;
  }
  return { smaller, equal, total };
}

function isSameRow(lines: number, opens: number): boolean {
  return lines === opens || (opens >= EXACT && lines > opens && lines < opens * STEP);
}
