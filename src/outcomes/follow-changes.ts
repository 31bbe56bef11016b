// What became of each change, once reverts, their own reverts and fixes are all known?
// A revert that was undone no longer counts, and undoing a revert blames nobody.
import {
  type ChangeOutcome,
  FULL_REVERT_SHARE,
  type OutcomeEvidence,
  type OutcomeProof,
  PARTIAL_REVERT_SHARE,
} from '../domain/outcome.js';

/** A later change that undid, or repaired, an earlier one; positions along the trunk. */
export interface OutcomeLink {
  readonly kind: 'revert' | 'fix';
  readonly change: number;
  readonly by: number;
  readonly form: string;
  readonly named: string;
  readonly proof: OutcomeProof;
  /** `null`: not compared, taken for all of it. */
  readonly share: number | null;
}

/** What an incident or a deployment says of a change. */
export interface OutcomeReport {
  readonly kind: 'incident' | 'rollback';
  readonly change: number;
  /** `#12` of the issue, id of the deployment. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly form: string;
  readonly named: string;
}

export interface TrunkFacts {
  shaAt(position: number): string;
  timeAt(position: number): number;
  pullRequestAt(position: number): number | null;
}

/** One outcome for every change that something happened to, in trunk order. */
export function followChanges(
  links: readonly OutcomeLink[],
  reports: readonly OutcomeReport[],
  trunk: TrunkFacts,
): readonly ChangeOutcome[] {
  const ordered = inOrder(links);
  const reverts = ordered.filter((link) => link.kind === 'revert');
  const onChange = groupBy(reverts, (link) => link.change);
  const byRevert = groupBy(reverts, (link) => link.by);
  const inForce = effects(onChange);
  const fixes = groupBy(
    ordered.filter((link) => link.kind === 'fix'),
    (link) => link.change,
  );
  const reported = groupBy(
    [...reports].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    (report) => report.change,
  );
  const changes = [...new Set([...onChange.keys(), ...fixes.keys(), ...reported.keys()])].sort(
    (a, b) => a - b,
  );
  return changes.map((change) => {
    const undoing = onChange.get(change) ?? [];
    const repairing = fixes.get(change) ?? [];
    const told = reported.get(change) ?? [];
    const evidence = [
      ...undoing.map((link) => toEvidence('revert', link, trunk)),
      ...undoing.flatMap((link) =>
        (onChange.get(link.by) ?? []).map((undone) => toEvidence('reland', undone, trunk)),
      ),
      ...repairing.map((link) => toEvidence('fix', link, trunk)),
      ...told.map(toReportEvidence),
    ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    const about = { sha: trunk.shaAt(change), pullRequest: trunk.pullRequestAt(change), evidence };
    const active = undoing.filter((link) => shareOf(link) * inForce(link.by) >= PARTIAL_REVERT_SHARE);
    const last = active.at(-1);
    // Taking a revert back is no failure of the one who reverted.
    if (last !== undefined && !byRevert.has(change)) {
      const isCompared = active.every((link) => link.share !== null);
      return {
        ...about,
        outcome: 'reverted',
        at: isoTime(trunk.timeAt(last.by)),
        by: trunk.shaAt(last.by),
        share: isCompared ? 1 - remaining(active, inForce) : null,
      };
    }
    // What was seen in production outweighs what a later commit says.
    const report = told.find((one) => one.kind === 'rollback') ?? told[0];
    if (report !== undefined) {
      const outcome = report.kind === 'rollback' ? 'rolled-back' : 'incident';
      return { ...about, outcome, at: report.at, by: report.by, share: null };
    }
    const fix = repairing[0];
    if (fix !== undefined)
      return {
        ...about,
        outcome: 'hotfixed',
        at: isoTime(trunk.timeAt(fix.by)),
        by: trunk.shaAt(fix.by),
        share: null,
      };
    return {
      ...about,
      outcome: 'kept',
      at: null,
      by: null,
      share: undoing.some((one) => one.share !== null) ? 0 : null,
    };
  });
}

/** How much of what a change does is still in force, 0 to 1; later changes decide about earlier ones. */
function effects(onChange: ReadonlyMap<number, readonly OutcomeLink[]>): (position: number) => number {
  const known = new Map<number, number>();
  const inForce = (position: number) => known.get(position) ?? 1;
  for (const change of [...onChange.keys()].sort((a, b) => b - a)) {
    const links = onChange.get(change)!;
    // Who takes most of a revert back takes it back; the rest is what has changed in between.
    const isTakenBack = links.some((link) => shareOf(link) >= FULL_REVERT_SHARE && inForce(link.by) === 1);
    known.set(change, isTakenBack ? 0 : remaining(links, inForce));
  }
  return inForce;
}

/** Share of a change that the links leave. */
function remaining(links: readonly OutcomeLink[], inForce: (position: number) => number): number {
  return links.reduce((left, link) => left * (1 - shareOf(link) * inForce(link.by)), 1);
}

function shareOf(link: OutcomeLink): number {
  return link.share ?? 1;
}

function toEvidence(kind: OutcomeEvidence['kind'], link: OutcomeLink, trunk: TrunkFacts): OutcomeEvidence {
  const { form, named, proof, share } = link;
  return { kind, proof, by: trunk.shaAt(link.by), at: isoTime(trunk.timeAt(link.by)), form, named, share };
}

function toReportEvidence({ kind, by, at, form, named }: OutcomeReport): OutcomeEvidence {
  return { kind, proof: kind === 'rollback' ? 'ancestry' : 'named', by, at, form, named, share: null };
}

function inOrder(links: readonly OutcomeLink[]): readonly OutcomeLink[] {
  return [...links].sort((a, b) => a.by - b.by);
}

function groupBy<T>(items: readonly T[], key: (item: T) => number): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Committers' clocks may say anything; what no calendar holds is the end of it. */
export function isoTime(seconds: number): string {
  const limit = 8_640_000_000_000;
  return new Date(Math.max(-limit, Math.min(limit, seconds)) * 1000).toISOString();
}
