// Are the counters kept by the window and half-life that the default branch's policy asks for now?
// Counting anew takes seconds for a long history, so it is done where the history is read and no review waits for it.
import type { Catalogue } from '../agents/catalogue.js';
import type { PolicyFile } from '../domain/policy-file.js';
import { wantedSpan } from '../policy/ledger-span.js';
import type { Ledger, LedgerState } from '../storage/ledger.js';

/** A policy that cannot be read changes nothing. A longer window is read further back from the next step on. */
export async function keepSpan(
  ledger: Ledger,
  state: LedgerState,
  policy: PolicyFile,
  catalogue: Catalogue,
  now: number,
): Promise<void> {
  if (policy.kind === 'unreadable') return;
  const wanted = wantedSpan({ repository: policy, organization: { kind: 'absent' } }, catalogue);
  const { windowSeconds, halfLifeSeconds } = state.span;
  if (windowSeconds === wanted.windowSeconds && halfLifeSeconds === wanted.halfLifeSeconds) return;
  await ledger.respan(state.repoId, wanted, now);
  const wantedFrom = now - wanted.windowSeconds;
  if (wantedFrom < state.wantedFrom) await ledger.saveProgress(state.repoId, { wantedFrom });
}
