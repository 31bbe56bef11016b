// `outcomes --repo DIR`: what became of the merged changes of a local clone, and what shows it?
// Messages name, history confirms: a named change must be older, on the trunk, and its lines gone.
import { type ChangeOutcome, type OutcomeProof, PARTIAL_REVERT_SHARE } from '../domain/outcome.js';
import { type ChangeName, type NamedChange, nameLiteral } from '../outcomes/change-name.js';
import type { RevertTarget } from '../outcomes/fold-targets.js';
import { followChanges, type OutcomeLink } from '../outcomes/follow-changes.js';
import {
  type ChangeLines,
  readChangeLines,
  shareRedone,
  sharesPath,
  shareUndone,
} from '../outcomes/inverse-diff.js';
import { readNamedCauses } from '../outcomes/named-cause.js';
import { readReverts } from '../outcomes/read-reverts.js';
import { createTrunk, type Trunk } from '../outcomes/trunk.js';
import { resolveCommit } from './git.js';
import { isShallow, openDiffs, readTrunk } from './git-history.js';
import { findIntroduced, type Introduced } from './introduced-commits.js';
import { readReports } from './outcomes-reports.js';

export interface RepositoryOutcomes {
  readonly changes: number;
  readonly shallow: boolean;
  readonly trunk: Trunk;
  /** First parent of each position of the trunk. */
  readonly parents: readonly (string | null)[];
  /** What later changes did to earlier ones, as found. */
  readonly links: readonly OutcomeLink[];
  /** Everything that something happened to, in trunk order. */
  readonly outcomes: readonly ChangeOutcome[];
  /** SHAs that a change undid, by its own SHA. */
  readonly undoneBy: ReadonlyMap<string, readonly string[]>;
  /** What issues and deployments name without its being on this trunk. */
  readonly notes: readonly string[];
  /** Reverts whose named change is not in this history, or was not undone. */
  readonly open: readonly OpenRevert[];
}

export interface OpenRevert {
  readonly sha: string;
  readonly named: string;
  readonly why: 'not found' | 'not undone';
}

interface Speaking {
  readonly position: number;
  readonly targets: readonly RevertTarget[];
  readonly relands: readonly NamedChange[];
  readonly causes: readonly { readonly names: NamedChange; readonly form: string; readonly said: string }[];
}

export interface HistoryArguments {
  readonly repo: string;
  readonly ref: string;
  /** In seconds: only changes merged from then on, and those they undo, are compared. */
  readonly since: number;
  /** JSON lines exported from GitHub. */
  readonly issues: string | null;
  readonly deployments: string | null;
}

export async function readRepositoryOutcomes(args: HistoryArguments): Promise<RepositoryOutcomes> {
  const { repo, since } = args;
  const tip = await resolveCommit(repo, args.ref);
  const shallow = await isShallow(repo);
  const trunk = createTrunk();
  const parents: (string | null)[] = [];
  const speaking: Speaking[] = [];
  for await (const commit of readTrunk(repo, tip)) {
    const position = trunk.add(commit);
    parents.push(commit.parents[0] ?? null);
    const { targets, relands } = readReverts(commit.message);
    const causes = readNamedCauses(commit.message);
    if (targets.length + relands.length + causes.length > 0 && commit.time >= since)
      speaking.push({ position, targets, relands, causes });
  }
  const { reports, notes } = await readReports(args.issues, args.deployments, trunk);
  const introduced = await findIntroduced(repo, tip, trunk, speaking.flatMap(namesOf));
  const lines = openLines(repo, shallow);
  try {
    const links: OutcomeLink[] = [];
    const open: OpenRevert[] = [];
    for (const one of speaking) await linkOne({ one, trunk, parents, introduced, lines, links, open });
    return {
      changes: trunk.size,
      shallow,
      trunk,
      parents,
      links,
      outcomes: followChanges(links, reports, trunk),
      undoneBy: undone(links, trunk),
      notes,
      open,
    };
  } finally {
    lines.close();
  }
}

function namesOf({ targets, causes, relands }: Speaking): readonly ChangeName[] {
  return [...targets, ...causes].flatMap((one) => one.names).concat(relands.flat());
}

interface Linking {
  readonly one: Speaking;
  readonly trunk: Trunk;
  readonly parents: readonly (string | null)[];
  readonly introduced: ReadonlyMap<string, Introduced>;
  readonly lines: LineReader;
  readonly links: OutcomeLink[];
  readonly open: OpenRevert[];
}

async function linkOne(linking: Linking): Promise<void> {
  const { one, trunk, links, open } = linking;
  const linked = new Set<number>();
  for (const target of one.targets) {
    const found = await findUndone(linking, target.names, linked);
    const named = String(nameLiteral(target.names[0]!));
    if (found === 'not found' || found === 'not undone') {
      if (target.isSure) open.push({ sha: trunk.shaAt(one.position), named, why: found });
    } else if (!linked.has(found.change)) {
      linked.add(found.change);
      links.push({
        kind: 'revert',
        by: one.position,
        form: target.form,
        named: target.said.slice(0, 200),
        ...found,
      });
    }
  }
  if (linked.size === 0) await linkRelands(linking);
  for (const cause of one.causes) await linkFix(linking, cause, linked);
}

type Undone = Pick<OutcomeLink, 'change' | 'proof' | 'share'>;

async function findUndone(
  { one, trunk, introduced, lines, parents }: Linking,
  names: NamedChange,
  taken: ReadonlySet<number>,
): Promise<Undone | 'not found' | 'not undone'> {
  const seen = new Set<number>();
  let found: (Undone & { readonly rank: number }) | null = null;
  for (const { change, inner } of candidatesOf(trunk, introduced, names, one.position)) {
    if (seen.has(change) || taken.has(change)) continue;
    seen.add(change);
    const later = await lines.read(trunk.shaAt(one.position), parents[one.position]!);
    const earlier = await lines.read(trunk.shaAt(change), parents[change]!);
    const share = earlier === null || later === null ? null : shareUndone(earlier, later);
    if (share === null) {
      found ??= { change, proof: 'ancestry', share: null, rank: 0 };
      continue;
    }
    if (inner === null && share >= PARTIAL_REVERT_SHARE) {
      if (found === null || share >= found.rank) found = { change, proof: 'diff', share, rank: share };
      break;
    }
    // One commit of several in a merged branch: its own lines decide, the share is of the whole.
    // A rebase may have left the commit in a branch and its double on the trunk, so the search goes on.
    const part = inner === null ? null : await lines.read(inner.sha, inner.parent);
    const partShare = part === null || later === null ? null : shareUndone(part, later);
    if (partShare !== null && partShare >= PARTIAL_REVERT_SHARE && partShare > (found?.rank ?? 0))
      found = { change, proof: 'diff', share, rank: partShare };
  }
  if (found === null) return seen.size === 0 ? 'not found' : 'not undone';
  return { change: found.change, proof: found.proof, share: found.share };
}

/** The surest name first; a title may be that of several changes. */
function* candidatesOf(
  trunk: Trunk,
  introduced: ReadonlyMap<string, Introduced>,
  names: NamedChange,
  before: number,
): Generator<{ readonly change: number; readonly inner: Introduced | null }> {
  const order = ['sha', 'revision', 'pull-request', 'title'] as const;
  for (const kind of order)
    for (const name of names) {
      if (name.kind !== kind) continue;
      for (const change of trunk.candidates(name, before)) yield { change, inner: null };
      const inner = name.kind === 'sha' ? introduced.get(name.sha) : undefined;
      if (inner !== undefined && inner.change < before) yield { change: inner.change, inner };
    }
}

/** `Reapply "T"` names what it brings back; the revert between the two is what it undoes. */
async function linkRelands({ one, trunk, introduced, lines, parents, links }: Linking): Promise<void> {
  for (const names of one.relands)
    for (const { change } of candidatesOf(trunk, introduced, names, one.position)) {
      const revert = links.findLast((link) => link.kind === 'revert' && link.change === change);
      if (revert === undefined) continue;
      const again = await lines.read(trunk.shaAt(one.position), parents[one.position]!);
      const first = await lines.read(trunk.shaAt(change), parents[change]!);
      const share = again === null || first === null ? null : shareRedone(first, again);
      if (share !== null && share < PARTIAL_REVERT_SHARE) continue;
      const proof: OutcomeProof = share === null ? 'ancestry' : 'diff';
      const named = String(nameLiteral(names[0]!));
      links.push({
        kind: 'revert',
        change: revert.by,
        by: one.position,
        form: 'reland',
        named,
        proof,
        share,
      });
      return;
    }
}

/** A cause is believed if both touch the same file. */
async function linkFix(
  { one, trunk, introduced, lines, parents, links }: Linking,
  cause: Speaking['causes'][number],
  undoneHere: ReadonlySet<number>,
): Promise<void> {
  for (const { change } of candidatesOf(trunk, introduced, cause.names, one.position)) {
    if (undoneHere.has(change)) return;
    const fix = await lines.read(trunk.shaAt(one.position), parents[one.position]!);
    const first = await lines.read(trunk.shaAt(change), parents[change]!);
    if (fix !== null && first !== null && !sharesPath(first, fix)) continue;
    const { form, said } = cause;
    links.push({
      kind: 'fix',
      change,
      by: one.position,
      form,
      named: said.slice(0, 200),
      proof: 'ancestry',
      share: null,
    });
    return;
  }
}

interface LineReader {
  read(sha: string, parent: string | null): Promise<ChangeLines | null>;
  close(): void;
}

const KEPT_CHANGES = 8;

function openLines(repo: string, shallow: boolean): LineReader {
  const diffs = openDiffs(repo);
  // The reverting change is asked for once per candidate.
  const kept = new Map<string, ChangeLines | null>();
  return {
    async read(sha, parent) {
      const known = kept.get(sha);
      if (known !== undefined) return known;
      // The first commits of a shallow clone would show the whole tree as theirs.
      const text = shallow && parent === null ? null : await diffs.read(sha, parent);
      const lines = text === null ? null : readChangeLines(text);
      if (kept.size >= KEPT_CHANGES) kept.delete(kept.keys().next().value!);
      kept.set(sha, lines);
      return lines;
    },
    close: () => diffs.close(),
  };
}

function undone(links: readonly OutcomeLink[], trunk: Trunk): ReadonlyMap<string, readonly string[]> {
  const by = new Map<string, string[]>();
  for (const link of links) {
    // A reland names what it brings back; that it undoes the revert is our conclusion, not its word.
    if (link.kind !== 'revert' || link.form === 'reland') continue;
    const sha = trunk.shaAt(link.by);
    by.set(sha, [...(by.get(sha) ?? []), trunk.shaAt(link.change)]);
  }
  return by;
}
