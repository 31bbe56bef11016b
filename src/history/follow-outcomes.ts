// What became of the recorded changes, now that newer or older ones, incidents or deployments have come to light?
// Whoever names a change that is not recorded waits for it: history arrives backwards, and webhooks in any order.
import type { Ledger, LedgerName, OpenNote, RecordedLink } from '../storage/ledger.js';
import { type LinkedChange, linkChange, type Place, speaks } from './link-change.js';
import { linkDeployments, linkIncident } from './link-reports.js';
import { recordKeys, waitedKeys } from './name-keys.js';
import { settleOutcomes } from './settle-outcomes.js';

/** `by` of an environment whose deployments are to be looked at. */
export function environmentNote(environment: string): string {
  return `${ENVIRONMENT}${environment}`;
}

const ENVIRONMENT = 'environment:';
/** Changes that are looked at together. */
const PAGE = 500;

/**
 * Brings the outcomes up to date with what was noted and with these new changes, in any order and more than once
 * with the same result. Call it in the transaction that records the changes: who speaks among them is noted here.
 */
export async function followOutcomes(
  ledger: Ledger,
  repoId: number,
  newShas: readonly string[],
  now: number,
): Promise<void> {
  const state = await ledger.find(repoId);
  if (state === null) return;
  const repository = `${state.owner}/${state.repo}`;
  for (let from = 0; from === 0 || from < newShas.length; from += PAGE) {
    const changes = await ledger.findChanges(repoId, newShas.slice(from, from + PAGE));
    await ledger.saveNameKeys(
      repoId,
      changes.flatMap((change) =>
        recordKeys(change).map((key) => ({ key, sha: change.sha, mergedAt: change.mergedAt })),
      ),
    );
    const notes = await collectNotes(ledger, repoId, repository, changes);
    if (notes.length > 0) await answerNotes(ledger, repoId, repository, notes, now);
  }
}

/** Everybody who has to be heard (again). */
async function collectNotes(
  ledger: Ledger,
  repoId: number,
  repository: string,
  changes: readonly LedgerName[],
): Promise<readonly OpenNote[]> {
  const waiting = await ledger.findNoted(repoId, changes.flatMap(waitedKeys));
  const notes = new Map(waiting.map((note) => [note.by, note]));
  const add = (by: string) => notes.has(by) || notes.set(by, { by, mark: null });
  for (const { sha, message } of changes) if (speaks(message, repository)) add(sha);
  const shas = changes.map(({ sha }) => sha);
  for (const environment of await ledger.findEnvironments(repoId, shas)) add(environmentNote(environment));
  return [...notes.values()];
}

async function answerNotes(
  ledger: Ledger,
  repoId: number,
  repository: string,
  notes: readonly OpenNote[],
  now: number,
): Promise<void> {
  const linksBy = new Map<string, readonly RecordedLink[]>();
  for (const link of await ledger.readLinks(repoId))
    linksBy.set(link.by, [...(linksBy.get(link.by) ?? []), link]);
  const place: Place = { ledger, repoId, repository, links: () => [...linksBy.values()].flat() };
  const affected = new Set<string>();
  const answered: { readonly note: OpenNote; readonly waits: readonly string[] }[] = [];

  const linkAnew = async (by: string, links: readonly RecordedLink[]): Promise<boolean> => {
    const before = linksBy.get(by) ?? [];
    // Whoever compared the lines of a clone knows better than counts.
    if (before.some(({ proof }) => proof === 'diff') || isSameLinks(before, links)) return false;
    if (before.length > 0) await ledger.removeLinks(repoId, by);
    if (links.length > 0) await ledger.saveLinks(repoId, links);
    linksBy.set(by, links);
    for (const { change } of [...before, ...links]) affected.add(change);
    return true;
  };

  const reports = notes.filter(({ by }) => by.startsWith('#') || by.startsWith(ENVIRONMENT));
  const noteOf = new Map(notes.map((note) => [note.by, note]));
  const heard = new Set(notes.map(({ by }) => by));
  // The revert before the reland that needs its link.
  const inOrder = await ledger.findChanges(repoId, [...noteOf.keys()]);
  const queue = inOrder.map((change) => ({ change, note: noteOf.get(change.sha)! }));
  for (let at = 0; at < queue.length; at += 1) {
    const { change, note } = queue[at]!;
    const { links, waits } = await linkChange(place, change);
    answered.push({ note, waits });
    if (!(await linkAnew(change.sha, links))) continue;
    affected.add(change.sha);
    // Who brings a change back waits for its revert, too.
    const undone = await ledger.findChanges(
      repoId,
      links.map((link) => link.change),
    );
    const roused = await ledger.findNoted(repoId, undone.flatMap(waitedKeys));
    const more = roused.filter(({ by }) => !heard.has(by) && !by.startsWith('#'));
    for (const one of await ledger.findChanges(
      repoId,
      more.map(({ by }) => by),
    )) {
      heard.add(one.sha);
      queue.push({ change: one, note: more.find(({ by }) => by === one.sha)! });
    }
  }
  for (const note of reports) {
    if (note.by.startsWith('#')) {
      const { links, waits }: LinkedChange = await linkIncident(place, Number(note.by.slice(1)));
      answered.push({ note, waits });
      await linkAnew(note.by, links);
    } else {
      const { links, looked } = await linkDeployments(place, note.by.slice(ENVIRONMENT.length));
      answered.push({ note, waits: [] });
      for (const id of looked)
        await linkAnew(
          id,
          links.filter(({ by }) => by === id),
        );
    }
  }
  await settleOutcomes(ledger, repoId, affected, now);
  // Last, so that whatever breaks down before is done again.
  for (const { note, waits } of answered) await ledger.settleNote(repoId, note, waits);
}

function isSameLinks(a: readonly RecordedLink[], b: readonly RecordedLink[]): boolean {
  const texts = (links: readonly RecordedLink[]) =>
    links
      .map(({ change, kind, form, named, proof, share, at }) =>
        JSON.stringify([change, kind, form, named, proof, share, at]),
      )
      .sort()
      .join('\n');
  return texts(a) === texts(b);
}
