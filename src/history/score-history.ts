// What chance would each recorded change have been given when it was merged, in a history that was read backwards?
// Replayed in the order of the trunk: a failure is known from the moment it was said, and forgotten when it was
// taken back. Memory is bounded by the window that counters are kept over.
import { logistic, logit } from '../quality/chance.js';
import { createReplay } from '../quality/replay.js';
import type { Ledger, LedgerName } from '../storage/ledger.js';
import { outcomeTurns } from './settle-outcomes.js';

const PAGE = 500;

/** Sets the chance, without correction, of every change that has none. */
export async function scoreHistory(ledger: Ledger, repoId: number, now: number): Promise<void> {
  const state = await ledger.find(repoId);
  if (state === null) return;
  const links = await ledger.readLinks(repoId);
  const linked = new Set(links.flatMap(({ change, by }) => [change, by]));
  const turns = outcomeTurns(await findAll(ledger, repoId, [...linked]), links);
  const replay = createReplay(state.span);
  const ids = new Map<string, number>();
  let turned = 0;
  let id = 0;
  let after: string | null = null;
  for (;;) {
    const changes = await ledger.readChanges(repoId, after, PAGE);
    const chances: { sha: string; chance: number }[] = [];
    for (const change of changes) {
      if (change.mergedAt > now) continue;
      // Whoever reverts is scored by what was known before.
      for (; turned < turns.length && turns[turned]!.at < change.mergedAt; turned += 1) {
        const known = ids.get(turns[turned]!.sha);
        if (known !== undefined) replay.turn(known, turns[turned]!.failed);
      }
      id += 1;
      if (linked.has(change.sha)) ids.set(change.sha, id);
      const { probability } = replay.next({
        id,
        at: change.mergedAt,
        author: change.author,
        isAutomation: !change.isOrdinary,
        title: change.title,
        files: change.files,
        reverts: [],
      });
      if (change.chance !== null) continue;
      const chance = logistic(logit(probability) - replay.correction.logOdds);
      chances.push({ sha: change.sha, chance });
    }
    if (chances.length > 0) await ledger.setChances(repoId, chances);
    if (changes.length < PAGE) return;
    after = changes.at(-1)!.sha;
  }
}

async function findAll(
  ledger: Ledger,
  repoId: number,
  shas: readonly string[],
): Promise<readonly LedgerName[]> {
  const found: LedgerName[] = [];
  for (let from = 0; from < shas.length; from += PAGE)
    found.push(...(await ledger.findChanges(repoId, shas.slice(from, from + PAGE))));
  return found;
}
