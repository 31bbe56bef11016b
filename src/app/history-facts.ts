// What do the repository's merged changes say of this one?
// Read from counters in the database; the first look at a repository begins its history.
import { ledgerAuthor } from '../agents/ledger-author.js';
import type { AuthorshipFinding } from '../domain/authorship.js';
import type { LedgerSpan } from '../domain/ledger.js';
import type { HistoryFacts } from '../domain/quality.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { LedgerState } from '../storage/ledger.js';
import type { Dependencies, PullRequestTarget } from './dependencies.js';
import { formatJobKey } from './job-key.js';

const DAY_SECONDS = 86_400;
const RISKY_PATHS = 5;

export async function readHistoryFacts(
  deps: Dependencies,
  target: PullRequestTarget,
  about: {
    readonly repoId: number;
    readonly snapshot: Snapshot;
    readonly authorship: AuthorshipFinding;
    readonly span: LedgerSpan;
  },
): Promise<HistoryFacts> {
  const { repoId, snapshot, authorship, span } = about;
  const { ledger } = deps.storage;
  const at = Math.floor(deps.now().getTime() / 1_000);
  const state = await readyState(deps, target, repoId, span, at);
  const author = ledgerAuthor(authorship, {
    login: snapshot.pullRequest.author?.login ?? null,
    gitName: snapshot.commits.at(-1)?.author.name ?? null,
  });
  const agent = authorship.agents[0] ?? null;
  const paths = snapshot.files.map(({ path, previousPath, status }) => ({
    path,
    // A copy leaves the record of the first one where it is.
    previousPath: status === 'renamed' ? previousPath : null,
  }));
  const names = paths.flatMap(({ path, previousPath }) =>
    previousPath === null ? [path] : [path, previousPath],
  );
  const [reading, usualChance, sizes, riskyPaths, ofAgent, people] = await Promise.all([
    ledger.read(repoId, { at, author, paths }),
    ledger.readUsualChance(repoId),
    ledger.readSizes(repoId),
    ledger.readPathRecords(repoId, names, RISKY_PATHS),
    agent === null ? null : ledger.readAgent(repoId, agent),
    ledger.readPeople(repoId),
  ]);
  return {
    at,
    author,
    reading,
    ...daysOf(state, at),
    correction: state.correction,
    usualChance,
    sizes,
    riskyPaths,
    agent: agent === null || ofAgent === null ? null : { name: agent, ...ofAgent },
    people,
  };
}

/**
 * Reading a history begins here where nothing else began it. A policy that asks for another window is followed by
 * that job: counting anew may take seconds, and until then the window in use is the one that is said.
 */
async function readyState(
  deps: Dependencies,
  target: PullRequestTarget,
  repoId: number,
  span: LedgerSpan,
  now: number,
): Promise<LedgerState> {
  const { ledger, queue } = deps.storage;
  const { installation, owner, repo } = target;
  const found = await ledger.find(repoId);
  const { windowSeconds, halfLifeSeconds } = span;
  if (found?.span.windowSeconds === windowSeconds && found.span.halfLifeSeconds === halfLifeSeconds)
    return found;
  return deps.storage.inTransaction(async () => {
    await queue.send(formatJobKey({ kind: 'history', installation, owner, repo }));
    return found ?? (await ledger.open(repoId, { owner, repo, span, wantedFrom: now - windowSeconds }));
  });
}

/** Whole days, rounded down: what is not read is not claimed. */
function daysOf({ readFrom, wantedFrom, span }: LedgerState, now: number) {
  const wantedDays = Math.round(span.windowSeconds / DAY_SECONDS);
  const halfLifeDays = span.halfLifeSeconds / DAY_SECONDS;
  if (readFrom === null) return { readDays: 0, wantedDays, halfLifeDays };
  if (readFrom <= wantedFrom) return { readDays: wantedDays, wantedDays, halfLifeDays };
  return {
    readDays: Math.max(0, Math.min(wantedDays, Math.floor((now - readFrom) / DAY_SECONDS))),
    wantedDays,
    halfLifeDays,
  };
}
