// `backfill OWNER/NAME`: how does the history of a repository on GitHub get into the ledger, within the request budget?
// A page a step, each kept before the next is asked for: whoever is cut off goes on from there.
import type { Catalogue } from '../agents/catalogue.js';
import type { Budget, GitHubClient } from '../github/client.js';
import { GitHubFailure, GitHubLimited } from '../github/failure.js';
import { type HistoryStep, readBack, readForward } from '../history/read-history.js';
import type { HistoryReader } from '../history/record-changes.js';
import type { LedgerState } from '../storage/ledger.js';
import { CommandFailure } from './exit-codes.js';
import type { LedgerStore } from './ledger-store.js';
import { count, type Progress } from './progress.js';

export interface GitHubBackfill {
  readonly owner: string;
  readonly name: string;
  readonly since: number;
  readonly now: number;
  readonly client: GitHubClient;
  readonly catalogue: Catalogue;
  readonly isStopped: () => boolean;
}

export interface GitHubBackfilled {
  readonly state: LedgerState;
  readonly recorded: number;
  readonly requests: number;
  readonly stopped: { readonly why: string; readonly until: Date | null } | null;
  readonly notes: readonly string[];
}

/** Of the hour's requests, this share is left to others. */
const LEFT = 0.1;
const DAY = 86_400;
/** Pages of at least four commits: more than any history has that is not read in a circle. */
const MAX_STEPS = 1_000_000;

export async function backfillFromGitHub(
  args: GitHubBackfill,
  store: LedgerStore,
  progress: Progress,
): Promise<GitHubBackfilled> {
  const { owner, name, since, now } = args;
  const counting = countRequests(args.client);
  let incomplete = 0;
  const reader = readerOf(args, store, counting.client, () => {
    incomplete += 1;
  });
  const wantedDays = Math.round((now - since) / DAY);
  let recorded = 0;
  let state = await store.ledger.findByName(owner, name);
  if (state !== null) state = await wantFrom(store, state, since);
  const answer = (stopped: GitHubBackfilled['stopped']): GitHubBackfilled => {
    if (state === null) throw new CommandFailure(`${owner}/${name}: ${stopped?.why ?? 'nothing was read.'}`);
    const notes =
      incomplete === 0
        ? []
        : [`GitHub does not give the files of ${count(incomplete)} changes; they are recorded without.`];
    return { state, recorded, requests: counting.requests(), stopped, notes };
  };
  try {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      if (args.isStopped()) return answer({ why: 'Stopped.', until: null });
      const spent = spentBudget(counting.client);
      if (spent !== null)
        return answer({
          why: `Less than a tenth of GitHub's requests of this hour are left (${count(spent.remaining)} of ${count(spent.limit)}), and others need them.`,
          until: spent.resetsAt,
        });
      const isBack = state === null || state.newestSha === null || !isReadSince(state, since);
      const read: HistoryStep = isBack
        ? await readBack(reader, { owner, repo: name }, state)
        : await readForward(reader, state!);
      if (read.kind === 'gone')
        throw new CommandFailure(
          `${owner}/${name}: no such repository on GitHub, or the token may not read it.`,
        );
      recorded += read.recorded;
      state = await wantFrom(store, read.state, since);
      const daysRead = Math.max(0, Math.floor((now - Math.max(since, state.readFrom ?? now)) / DAY));
      progress.show(
        daysRead,
        wantedDays,
        'days read',
        `${count(recorded)} changes · ${count(counting.requests())} requests`,
      );
      const isEmpty = read.headSha === null;
      if (isEmpty || (isReadSince(state, since) && !read.hasMore && read.headSha === state.newestSha))
        return answer(null);
    }
  } catch (error) {
    if (error instanceof GitHubLimited) return answer({ why: 'GitHub asks to wait.', until: error.until });
    if (error instanceof GitHubFailure)
      throw new CommandFailure(
        `${error.message}. What was read before is kept; the same command goes on from there.`,
      );
    throw error;
  }
  throw new CommandFailure(`${owner}/${name}: its history has no end. Please report this.`);
}

/** The app goes on reading as far back as anybody asked. */
async function wantFrom({ ledger }: LedgerStore, state: LedgerState, since: number): Promise<LedgerState> {
  if (state.wantedFrom <= since) return state;
  await ledger.saveProgress(state.repoId, { wantedFrom: since });
  return { ...state, wantedFrom: since };
}

function isReadSince({ readFrom }: LedgerState, since: number): boolean {
  return readFrom !== null && readFrom <= since;
}

function spentBudget(client: GitHubClient): Budget | null {
  for (const kind of ['graphql', 'rest'] as const) {
    const budget = client.budget(kind);
    if (budget !== null && budget.remaining < budget.limit * LEFT) return budget;
  }
  return null;
}

function countRequests(client: GitHubClient): {
  readonly client: GitHubClient;
  readonly requests: () => number;
} {
  let requests = 0;
  return {
    requests: () => requests,
    client: {
      request: (...given) => {
        requests += 1;
        return client.request(...given);
      },
      graphql: (...given) => {
        requests += 1;
        return client.graphql(...given);
      },
      budget: client.budget,
    },
  };
}

function readerOf(
  { now, catalogue }: GitHubBackfill,
  { ledger, database, findDecided }: LedgerStore,
  client: GitHubClient,
  onIncomplete: () => void,
): HistoryReader {
  return {
    client,
    ledger,
    transact: (fn) => database.inTransaction(fn),
    catalogue,
    findDecided,
    now: () => now,
    warn: onIncomplete,
  };
}
