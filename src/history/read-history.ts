// What was merged on the default branch since the last look, and, one page further back, before it?
// Forward on every push, backwards page by page until the wanted span is read. What is recorded and how far the
// reading came are kept in one transaction, so that it goes on from there whenever it was cut off.
import { GitHubFailure } from '../github/failure.js';
import { LARGEST_TRUNK_PAGE, readTrunk, type TrunkPage, type TrunkReading } from '../github/read-trunk.js';
import { QUALITY_WEIGHTS } from '../quality/weights.js';
import type { LedgerState } from '../storage/ledger.js';
import { correctIfDue } from './correct-outcomes.js';
import { followOutcomes } from './follow-outcomes.js';
import { keepSpan } from './keep-span.js';
import {
  type HistoryReader,
  prepareChanges,
  recordScored,
  type TimedChange,
  withoutRecorded,
} from './record-changes.js';
import { scoreHistory } from './score-history.js';
import { selectChanges } from './select-changes.js';
import { settlePage } from './settle-page.js';

export interface Place {
  readonly owner: string;
  readonly repo: string;
}

export type HistoryStep =
  /** Deleted, or not visible. */
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'read';
      readonly state: LedgerState;
      /** Changes that were new. */
      readonly recorded: number;
      /** True if another step forward would find more at once. */
      readonly hasMore: boolean;
      /** Newest commit of the default branch, as GitHub answered; `null`: it is empty. */
      readonly headSha: string | null;
    };

/** Everything merged since `wantedFrom` is in the ledger. */
export function isHistoryRead(state: Pick<LedgerState, 'newestSha' | 'readFrom' | 'wantedFrom'>): boolean {
  return state.newestSha !== null && state.readFrom !== null && state.readFrom <= state.wantedFrom;
}

/** A push mostly brings one commit or the few of one branch. */
const FIRST_FORWARD_PAGE = 10;
/** A gap of more pages is read like a history: step by step. */
const MAX_FORWARD_PAGES = 20;
const NOTHING_TOLD = { attributes: null, policy: { kind: 'absent' } } as const;
/** Recorded together, so that other work finds the database free between them. */
const CHANGES_AT_ONCE = 25;

/**
 * Reads from the newest commit back to what was read before. A rewritten branch is read back to where it joins what
 * is recorded. `state` must have a `newestSha`.
 */
export async function readForward(reader: HistoryReader, state: LedgerState): Promise<HistoryStep> {
  const found: TimedChange[] = [];
  // Older than what was read last and not recorded: a merge brought it, or it was rewritten.
  const behind: TimedChange[] = [];
  // What is recorded but newer than this was recorded by a step that was cut off: the branch goes on behind it.
  const last = await reader.ledger.findChange(state.repoId, { sha: state.newestSha ?? '' });
  const lastAt = last?.mergedAt ?? Number.POSITIVE_INFINITY;
  let first: TrunkReading | null = null;
  let cursor: string | null = null;
  let reachesTo = reader.now();
  let end: 'met' | 'joined' | 'window' | 'gap' = 'gap';
  for (let pages = 0; pages < MAX_FORWARD_PAGES; pages += 1) {
    const from: string | null = first?.page?.from ?? null;
    const size = pages === 0 ? FIRST_FORWARD_PAGE : LARGEST_TRUNK_PAGE;
    const reading = await readPage(reader, state, { from, after: cursor }, size);
    if (reading === null) return { kind: 'gone' };
    if (reading.repository.id !== state.repoId) return startAnew(reader, reading);
    first ??= reading;
    const { page } = reading;
    if (page === null) {
      end = 'window';
      break;
    }
    const timed = timeChanges(reader, page, reading.repository.defaultBranch);
    const missing = await withoutRecorded(reader.ledger, state.repoId, withinWindow(timed.changes, state));
    const metAt = page.entries.findIndex(({ commit }) => commit.sha === state.newestSha);
    const older = new Set(metAt === -1 ? [] : page.entries.slice(metAt));
    for (const change of missing) (older.has(change.entry) ? behind : found).push(change);
    reachesTo = timed.reachesTo;
    cursor = page.next;
    if (metAt !== -1) end = 'met';
    else if (timed.changes.length > 0 && missing.length === 0 && timed.reachesTo < lastAt) end = 'joined';
    else if (cursor === null || reachesTo < state.wantedFrom) end = 'window';
    if (end !== 'gap') break;
  }
  const headSha = first?.page?.from ?? null;
  const isRewritten = end === 'joined' || end === 'window';
  const [fresh, doubtful] = isRewritten ? [[], found] : [found, behind];
  const missing = [...fresh, ...(await withoutRewritten(reader, state, doubtful))];
  const told = first?.repository ?? NOTHING_TOLD;
  const { changes, isWhole } = await prepareChanges(reader, state, missing, told);
  let recorded = 0;
  for (let at = 0; at < Math.max(1, changes.length); at += CHANGES_AT_ONCE) {
    const isLast = at + CHANGES_AT_ONCE >= changes.length;
    recorded += await reader.transact(async () => {
      const batch = changes.slice(at, at + CHANGES_AT_ONCE);
      const shas = isHistoryRead(state)
        ? await recordScored(reader.ledger, state.repoId, batch)
        : await reader.ledger.record(state.repoId, batch);
      if (isLast && isWhole && headSha !== null) {
        const gap =
          end === 'gap' && cursor !== null
            ? { cursor: formatCursor(headSha, cursor), readFrom: reachesTo }
            : {};
        await reader.ledger.saveProgress(state.repoId, { newestSha: headSha, ...gap });
      }
      if (shas.length > 0) await followOutcomes(reader.ledger, state.repoId, shas, reader.now());
      return shas.length;
    });
  }
  if (first !== null) await keepSpan(reader.ledger, state, told.policy, reader.catalogue, reader.now());
  return answer(reader, state, { recorded, hasMore: !isWhole, headSha });
}

/** Reads one page further back; the first one begins at the newest commit. `state`: as found by name, if any. */
export async function readBack(
  reader: HistoryReader,
  place: Place,
  known: LedgerState | null,
): Promise<HistoryStep> {
  const begin = parseCursor(known?.cursor ?? null);
  const reading = await readPage(reader, known ?? place, begin, LARGEST_TRUNK_PAGE);
  if (reading === null) return { kind: 'gone' };
  if (known === null || reading.repository.id !== known.repoId) return startAnew(reader, reading, known);
  return recordBack(reader, known, begin, reading);
}

async function recordBack(
  reader: HistoryReader,
  state: LedgerState,
  begin: ReturnType<typeof parseCursor>,
  reading: TrunkReading,
): Promise<HistoryStep> {
  const { repoId } = state;
  const { page, repository } = reading;
  const { headSha } = repository;
  if (page === null) {
    // Empty: there is nothing to read. Else the commit to go on from is gone with a rewritten branch: begin again.
    const progress = headSha === null ? { cursor: null, readFrom: state.wantedFrom } : { cursor: null };
    await reader.ledger.saveProgress(repoId, progress);
    return answer(reader, state, { recorded: 0, hasMore: false, headSha });
  }
  const timed = timeChanges(reader, page, repository.defaultBranch);
  const missing = await withoutRecorded(reader.ledger, repoId, withinWindow(timed.changes, state));
  const { changes, isWhole } = await prepareChanges(reader, state, missing, repository);
  const isEnd = page.next === null || timed.reachesTo < state.wantedFrom;
  const newest = begin.from === null ? { newestSha: page.from } : {};
  const recorded = await reader.transact(async () => {
    const shas = await reader.ledger.record(repoId, changes);
    const further =
      isWhole && !isEnd
        ? {
            cursor: formatCursor(page.from, page.next!),
            readFrom: Math.max(timed.reachesTo, state.wantedFrom + 1),
          }
        : {};
    // A first page that was not read whole is read again, from the newest commit.
    if (isWhole) await reader.ledger.saveProgress(repoId, { ...newest, ...further });
    if (shas.length > 0) await followOutcomes(reader.ledger, repoId, shas, reader.now());
    return shas.length;
  });
  if (isWhole && isEnd) {
    // Said to be done only afterwards: what is cut off here comes back to this page and scores again.
    await scoreHistory(reader.ledger, repoId, reader.now());
    await reader.ledger.saveProgress(repoId, { cursor: null, readFrom: state.wantedFrom });
    await correctIfDue(reader.ledger, repoId, reader.now());
  }
  await keepSpan(reader.ledger, state, repository.policy, reader.catalogue, reader.now());
  return answer(reader, state, { recorded, hasMore: false, headSha });
}

/** Not known yet, renamed, or another repository under a known name. */
async function startAnew(
  reader: HistoryReader,
  reading: TrunkReading,
  assumed: LedgerState | null = null,
): Promise<HistoryStep> {
  const { id, owner, name } = reading.repository;
  const span = QUALITY_WEIGHTS.history;
  const wantedFrom = reader.now() - span.windowSeconds;
  const state = await reader.ledger.open(id, { owner, repo: name, span, wantedFrom });
  const isFirstPage = (assumed?.cursor ?? null) === null;
  if (state.newestSha === null && state.cursor === null && isFirstPage && reading.page !== null)
    return recordBack(reader, state, { from: null, after: null }, reading);
  if (reading.repository.headSha === null)
    return recordBack(reader, state, { from: null, after: null }, reading);
  return answer(reader, state, { recorded: 0, hasMore: true, headSha: reading.repository.headSha });
}

async function answer(
  reader: HistoryReader,
  state: LedgerState,
  seen: { readonly recorded: number; readonly hasMore: boolean; readonly headSha: string | null },
): Promise<HistoryStep> {
  return { kind: 'read', state: (await reader.ledger.find(state.repoId)) ?? state, ...seen };
}

/** Fifty pull requests with their files may be more than GitHub computes in its ten seconds. */
async function readPage(
  reader: HistoryReader,
  { owner, repo }: Place,
  begin: ReturnType<typeof parseCursor>,
  largest: number,
): Promise<TrunkReading | null> {
  const sizes = [largest, 15, 4].filter((size) => size <= largest);
  for (const [index, first] of sizes.entries()) {
    try {
      return await readTrunk(reader.client, { owner, repo, ...begin, first });
    } catch (error) {
      const isLast = index === sizes.length - 1;
      if (isLast || !(error instanceof GitHubFailure) || error.kind !== 'unavailable') throw error;
    }
  }
  throw new Error('read a page of the history: there is no page size to try');
}

function timeChanges(reader: HistoryReader, page: TrunkPage, defaultBranch: string | null) {
  const clocks = page.entries.map(({ committedAt }) => committedAt);
  const { times, reachesTo } = settlePage(clocks, reader.now());
  const timeOf = new Map(page.entries.map((entry, index) => [entry, times[index]!]));
  const changes = selectChanges(page.entries, defaultBranch ?? '').map(
    (change): TimedChange => ({ ...change, mergedAt: timeOf.get(change.entry)! }),
  );
  return { changes, reachesTo };
}

function withinWindow(
  changes: readonly TimedChange[],
  { wantedFrom }: Pick<LedgerState, 'wantedFrom'>,
): readonly TimedChange[] {
  return changes.filter(({ mergedAt }) => mergedAt >= wantedFrom);
}

/** A rewritten commit has another SHA and the same message: the change is counted already. */
async function withoutRewritten(
  reader: HistoryReader,
  state: LedgerState,
  changes: readonly TimedChange[],
): Promise<readonly TimedChange[]> {
  if (changes.length === 0) return changes;
  const messages = changes.map(({ entry }) => entry.commit.message);
  const known = new Map(await reader.ledger.countMessages(state.repoId, state.wantedFrom, messages));
  return changes.filter(({ entry, pull }) => {
    const left = pull === null ? (known.get(entry.commit.message) ?? 0) : 0;
    if (left === 0) return true;
    known.set(entry.commit.message, left - 1);
    return false;
  });
}

/** The commit that the pages hang on, and GitHub's own cursor, which may hold spaces. */
function formatCursor(from: string, after: string): string {
  return `${from} ${after}`;
}

function parseCursor(cursor: string | null): { readonly from: string | null; readonly after: string | null } {
  const found = cursor === null ? null : /^([0-9a-f]{40,64}) (.+)$/s.exec(cursor);
  return found === null ? { from: null, after: null } : { from: found[1]!, after: found[2]! };
}
