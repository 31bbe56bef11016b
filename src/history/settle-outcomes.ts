// What is the outcome of each change now that its links are known, and what was it at each moment before?
// Changes that are linked with one another are judged together; all others stay as they are.
import { type ChangeOutcome, isFailure } from '../domain/outcome.js';
import { followChanges, isoTime, type OutcomeLink, type OutcomeReport } from '../outcomes/follow-changes.js';
import type { Ledger, LedgerName, RecordedLink, SetOutcome } from '../storage/ledger.js';

/** Writes the outcomes that differ from what stands there. */
export async function settleOutcomes(
  ledger: Ledger,
  repoId: number,
  affected: ReadonlySet<string>,
  now: number,
): Promise<void> {
  if (affected.size === 0) return;
  const links = await ledger.readLinks(repoId);
  const groups = groupLinks(links);
  const shas = new Set<string>();
  const together: RecordedLink[] = [];
  for (const sha of affected) {
    if (shas.has(sha)) continue;
    const group = groups.get(sha);
    for (const member of group?.shas ?? [sha]) shas.add(member);
    if (group !== undefined) together.push(...group.links);
  }
  const changes = await ledger.findChanges(repoId, [...shas]);
  const known = new Map((await ledger.readOutcomes(repoId)).map((outcome) => [outcome.sha, outcome]));
  const outcomes = new Map(outcomesOf(changes, together).map((one) => [one.sha, one]));
  const changed = changes
    .map(({ sha }) => toSetOutcome(sha, outcomes.get(sha)))
    .filter((outcome) => !isSame(outcome, known.get(outcome.sha) ?? toSetOutcome(outcome.sha, undefined)));
  if (changed.length > 0) await ledger.setOutcomes(repoId, changed, now);
}

/** When a change became known to have failed, or to be kept after all. */
export interface OutcomeTurn {
  readonly sha: string;
  readonly at: number;
  readonly failed: boolean;
}

/** Every turn of every change, oldest first: what was known at a moment is what had turned before it. */
export function outcomeTurns(
  changes: readonly LedgerName[],
  links: readonly RecordedLink[],
): readonly OutcomeTurn[] {
  const bySha = new Map(changes.map((change) => [change.sha, change]));
  const turns: OutcomeTurn[] = [];
  for (const group of new Set(groupLinks(links).values())) {
    const members = changes.filter(({ sha }) => group.shas.has(sha));
    const failed = new Set<string>();
    const moments = [...new Set(group.links.map(({ at }) => at))].sort((a, b) => a - b).slice(0, MAX_MOMENTS);
    for (const at of moments) {
      const said = group.links.filter((link) => link.at <= at);
      const outcomes = new Map(outcomesOf(members, said).map((one) => [one.sha, one.outcome]));
      for (const sha of group.shas) {
        if (!bySha.has(sha)) continue;
        const hasFailed = isFailure(outcomes.get(sha) ?? 'kept');
        if (hasFailed === failed.has(sha)) continue;
        if (hasFailed) failed.add(sha);
        else failed.delete(sha);
        turns.push({ sha, at, failed: hasFailed });
      }
    }
  }
  return turns.sort((a, b) => a.at - b.at);
}

/** More about one group of changes is a quarrel. */
const MAX_MOMENTS = 1_000;

/** `changes` in the order of the trunk; what links one that is not among them is left out. */
function outcomesOf(
  changes: readonly LedgerName[],
  links: readonly RecordedLink[],
): readonly ChangeOutcome[] {
  const position = new Map(changes.map(({ sha }, index) => [sha, index]));
  const undoing: OutcomeLink[] = [];
  const reports: OutcomeReport[] = [];
  for (const { change: sha, kind, by, form, named, proof, share, at } of links) {
    const change = position.get(sha);
    if (change === undefined) continue;
    if (kind === 'incident' || kind === 'rollback') {
      reports.push({ kind, change, by, at: isoTime(at), form, named });
      continue;
    }
    const later = position.get(by);
    if (later !== undefined) undoing.push({ kind, change, by: later, form, named, proof, share });
  }
  return followChanges(undoing, reports, {
    shaAt: (index) => changes[index]!.sha,
    timeAt: (index) => changes[index]!.mergedAt,
    pullRequestAt: (index) => changes[index]!.pullRequest,
  });
}

interface LinkGroup {
  readonly shas: Set<string>;
  readonly links: RecordedLink[];
}

/** By SHA of each change: everything that hangs together with it. A report joins nothing. */
function groupLinks(links: readonly RecordedLink[]): ReadonlyMap<string, LinkGroup> {
  const groups = new Map<string, LinkGroup>();
  const groupOf = (sha: string): LinkGroup => {
    let group = groups.get(sha);
    if (group === undefined) {
      group = { shas: new Set([sha]), links: [] };
      groups.set(sha, group);
    }
    return group;
  };
  for (const link of links) {
    let group = groupOf(link.change);
    if (link.kind === 'revert' || link.kind === 'fix') {
      const other = groupOf(link.by);
      if (other !== group) {
        const [large, small] = other.shas.size > group.shas.size ? [other, group] : [group, other];
        for (const sha of small.shas) {
          large.shas.add(sha);
          groups.set(sha, large);
        }
        large.links.push(...small.links);
        group = large;
      }
    }
    group.links.push(link);
  }
  return groups;
}

function toSetOutcome(sha: string, outcome: ChangeOutcome | undefined): SetOutcome {
  if (outcome === undefined) return { sha, outcome: 'kept', at: null, by: null, share: null };
  const at = outcome.at === null ? null : Math.floor(Date.parse(outcome.at) / 1_000);
  return { sha, outcome: outcome.outcome, at, by: outcome.by, share: outcome.share };
}

/** A change that is kept is not read back, so its share is no difference. */
function isSame(a: SetOutcome, b: SetOutcome): boolean {
  if (a.outcome === 'kept' && b.outcome === 'kept') return true;
  return a.outcome === b.outcome && a.at === b.at && a.by === b.by && a.share === b.share;
}
