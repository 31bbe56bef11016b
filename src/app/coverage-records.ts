// How does a change's coverage compare with what was merged before?
import { type CoverageFacts, type CoverageSource, coverageKey } from '../domain/quality.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { Dependencies } from './dependencies.js';

/** Merged changes behind "usual", at least and at most. */
const MIN_USUAL = 20;
const MAX_USUAL = 200;

/** Fills in base and usual, as they are known now. */
export async function withHistory(
  { storage }: Dependencies,
  repoId: number,
  baseRef: string,
  source: CoverageSource,
  facts: CoverageFacts,
): Promise<CoverageFacts> {
  if (facts.kind !== 'measured') return facts;
  const query = { repoId, baseRef, source: coverageKey(source) };
  const [base, shares] = await Promise.all([
    storage.coverageRecords.readBase(query),
    storage.coverageRecords.readShares(query, MAX_USUAL),
  ]);
  const usual = shares.length < MIN_USUAL ? null : { share: median(shares), changes: shares.length };
  return { ...facts, base, usual };
}

/** What is measured is compared with later, if it is merged. */
export async function recordCoverage(
  deps: Dependencies,
  repoId: number,
  { pullRequest }: Snapshot,
  source: CoverageSource,
  facts: CoverageFacts,
): Promise<void> {
  const { number, headSha, baseRef } = pullRequest;
  if (facts.kind !== 'measured' || number === null) return;
  const patch = facts.files.reduce(
    (sum, file) => ({
      covered: sum.covered + file.covered,
      executable: sum.executable + file.executable,
    }),
    { covered: 0, executable: 0 },
  );
  await deps.storage.coverageRecords.record({
    ...{ repoId, pullRequest: number, headSha, baseRef, patch },
    source: coverageKey(source),
    project: facts.project,
    at: deps.now(),
  });
}

/** A pull request was seen merged: its coverage is what later ones are compared with. */
export async function noteMerged(
  deps: Dependencies,
  repoId: number,
  { pullRequest }: Snapshot,
): Promise<void> {
  const { number, headSha, state } = pullRequest;
  if (state !== 'merged' || number === null) return;
  await deps.storage.coverageRecords.markMerged({ repoId, pullRequest: number, headSha }, deps.now());
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
