// Which earlier changes does a recorded change undo, bring back or repair, by its own message?
// Messages name, the ledger confirms: the named change is older, on the trunk, shares a file with this one, and its
// lines can be gone. Lines themselves are not compared here, so the proof is ancestry.
import { FULL_REVERT_SHARE, PARTIAL_REVERT_SHARE } from '../domain/outcome.js';
import { type NamedChange, nameLiteral } from '../outcomes/change-name.js';
import type { RevertTarget } from '../outcomes/fold-targets.js';
import { mostRedone, mostUndone } from '../outcomes/most-undone.js';
import { readNamedCauses } from '../outcomes/named-cause.js';
import { readReverts } from '../outcomes/read-reverts.js';
import type { Ledger, LedgerName, RecordedLink } from '../storage/ledger.js';
import { type Candidate, findNamed, withoutForeign } from './find-named.js';
import { keysOfNames } from './name-keys.js';

export interface LinkedChange {
  readonly links: readonly RecordedLink[];
  /** Keys of what it names and does not find. */
  readonly waits: readonly string[];
}

export interface Place {
  readonly ledger: Ledger;
  readonly repoId: number;
  /** `owner/name`. */
  readonly repository: string;
  /** Links of all changes, as of now. */
  readonly links: () => Iterable<RecordedLink>;
}

/** True if the message names an earlier change as undone, brought back or at fault. */
export function speaks(message: string, repository: string): boolean {
  const { targets, relands, causes } = readMessage(message, repository);
  return targets.length + relands.length + causes.length > 0;
}

export async function linkChange(place: Place, speaker: LedgerName): Promise<LinkedChange> {
  const { targets, relands, causes } = readMessage(speaker.message, place.repository);
  const links: RecordedLink[] = [];
  const waits: string[] = [];
  for (const target of targets) {
    const found = await findUndone(place, speaker, target, new Set(links.map(({ change }) => change)));
    waits.push(...unmetKeys(target.names, found));
    if (found === null) continue;
    links.push({
      change: found.sha,
      kind: 'revert',
      by: speaker.sha,
      form: target.form,
      named: target.said.slice(0, MAX_NAMED),
      proof: 'ancestry',
      share: found.share,
      at: speaker.mergedAt,
    });
  }
  if (links.length === 0) {
    const { link, waits: more } = await linkReland(place, speaker, relands);
    if (link !== null) links.push(link);
    waits.push(...more);
  }
  for (const { names, form, said } of causes) {
    const found = await findTouched(place, speaker, names);
    waits.push(...unmetKeys(names, found));
    if (found === null || links.some(({ change }) => change === found.sha)) continue;
    links.push({
      change: found.sha,
      kind: 'fix',
      by: speaker.sha,
      form,
      named: said.slice(0, MAX_NAMED),
      proof: 'ancestry',
      share: null,
      at: speaker.mergedAt,
    });
  }
  return { links, waits: [...new Set(waits)] };
}

const MAX_NAMED = 200;

function readMessage(message: string, repository: string) {
  const { targets, relands } = readReverts(message, repository);
  const repo = repository.split('/')[1] ?? '';
  const causes = readNamedCauses(message)
    .map((cause) => ({ ...cause, names: withoutForeign(cause.names, repo) }))
    .filter(({ names }) => names.length > 0);
  return { targets, relands, causes };
}

/** A surer name than the one that led somewhere may still lead to another change. */
function unmetKeys(names: NamedChange, found: Candidate | null): readonly string[] {
  if (found === null) return keysOfNames(names);
  const rank = (name: NamedChange[number]) => (name.kind === 'sha' ? 0 : name.kind === 'title' ? 2 : 1);
  return keysOfNames(names.filter((name) => rank(name) < rank(found.by)));
}

type Undone = Candidate & { readonly share: number | null };

async function findUndone(
  place: Place,
  speaker: LedgerName,
  target: RevertTarget,
  taken: ReadonlySet<string>,
): Promise<Undone | null> {
  const { ledger, repoId } = place;
  const later = await ledger.readFiles(repoId, speaker.sha);
  for await (const candidate of candidatesOf(place, speaker, target.names)) {
    if (taken.has(candidate.sha)) continue;
    const most = mostUndone(await ledger.readFiles(repoId, candidate.sha), later);
    if (most !== null && most < PARTIAL_REVERT_SHARE) continue;
    // What a squash reverted of its own branch often has a namesake on the trunk.
    if (!target.isSure && candidate.by.kind === 'title' && (most ?? 0) < FULL_REVERT_SHARE) continue;
    return { ...candidate, share: partOf(most) };
  }
  return null;
}

/** Too little for all of it: then that much at most. `null`: not compared. */
function partOf(most: number | null): number | null {
  return most !== null && most < FULL_REVERT_SHARE ? most : null;
}

/** `Reapply "T"` names what it brings back; the revert between the two is what it undoes. */
async function linkReland(
  place: Place,
  speaker: LedgerName,
  relands: readonly NamedChange[],
): Promise<{ readonly link: RecordedLink | null; readonly waits: readonly string[] }> {
  const { ledger, repoId } = place;
  const waits: string[] = [];
  for (const names of relands) {
    waits.push(...keysOfNames(names));
    const again = await ledger.readFiles(repoId, speaker.sha);
    for await (const { sha } of candidatesOf(place, speaker, names)) {
      const reverts = [...place.links()].filter(
        ({ kind, change, by, at }) =>
          kind === 'revert' && change === sha && by !== speaker.sha && at <= speaker.mergedAt,
      );
      const revert = reverts.sort((a, b) => a.at - b.at).at(-1);
      if (revert === undefined) continue;
      const most = mostRedone(await ledger.readFiles(repoId, sha), again);
      if (most !== null && most < PARTIAL_REVERT_SHARE) continue;
      const link: RecordedLink = {
        change: revert.by,
        kind: 'revert',
        by: speaker.sha,
        form: 'reland',
        named: String(nameLiteral(names[0]!)),
        proof: 'ancestry',
        share: partOf(most),
        at: speaker.mergedAt,
      };
      return { link, waits };
    }
  }
  return { link: null, waits };
}

async function findTouched(place: Place, speaker: LedgerName, names: NamedChange): Promise<Candidate | null> {
  for await (const candidate of candidatesOf(place, speaker, names)) return candidate;
  return null;
}

/** Named, older, and with a file in common. */
async function* candidatesOf(
  { ledger, repoId }: Place,
  speaker: LedgerName,
  names: NamedChange,
): AsyncGenerator<Candidate> {
  const bounds = { before: speaker.mergedAt, except: speaker.sha };
  for await (const candidate of findNamed(ledger, repoId, names, bounds))
    if (await ledger.shareFile(repoId, candidate.sha, speaker.sha)) yield candidate;
}
