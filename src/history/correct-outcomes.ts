// By how much do this repository's own outcomes correct the shipped chances, once a week?
// Only what had time to fail is counted, each change once; the ledger keeps every correction that was in use.
import { addOutcomes, correctRate, isRipe } from '../quality/correction.js';
import { QUALITY_WEIGHTS } from '../quality/weights.js';
import type { Ledger } from '../storage/ledger.js';

/** Ripe changes that are counted together. */
const PAGE = 50_000;

/** True if a week has passed, and the correction was worked out anew. */
export async function correctIfDue(ledger: Ledger, repoId: number, now: number): Promise<boolean> {
  const { everySeconds, ripeningSeconds } = QUALITY_WEIGHTS.correction;
  const state = await ledger.find(repoId);
  if (state === null) return false;
  const last = state.correction.at;
  if (last !== null && now - last < everySeconds) return false;
  let { outcomes } = state;
  for (;;) {
    const ripe = (await ledger.readRipe(repoId, now - ripeningSeconds, PAGE)).filter(({ mergedAt }) =>
      isRipe(mergedAt, now),
    );
    outcomes = addOutcomes(
      outcomes,
      ripe.map(({ mergedAt, chance, failed }) => ({ mergedAt, uncorrected: chance, failed })),
      now,
    );
    const correction = { ...correctRate(outcomes), at: now };
    await ledger.saveCorrection(
      repoId,
      outcomes,
      correction,
      ripe.map(({ sha }) => sha),
    );
    if (ripe.length < PAGE) return true;
  }
}
