// How do the changes of a page get into the ledger: what must still be read of them, and what was known before?
import type { Catalogue } from '../agents/catalogue.js';
import type { AuthorshipFinding } from '../domain/authorship.js';
import type { MergedChange } from '../domain/ledger.js';
import type { ChangedFile } from '../domain/snapshot.js';
import type { GitHubClient } from '../github/client.js';
import { GitHubFailure } from '../github/failure.js';
import { readCommitFiles, readFiles } from '../github/read-diff.js';
import type { TrunkReading } from '../github/read-trunk.js';
import { readGenerated } from '../quality/attributes.js';
import { scoreChange } from '../quality/chance.js';
import type { Ledger, LedgerState } from '../storage/ledger.js';
import { settingsOfPolicy } from './policy-settings.js';
import { toMergedChange } from './record-change.js';
import type { TrunkChange } from './select-changes.js';

/** What reading a history needs; the app and the command line hand it in. */
export interface HistoryReader {
  readonly client: GitHubClient;
  readonly ledger: Ledger;
  /** Everything done in `fn` is kept, or nothing. */
  readonly transact: <T>(fn: () => Promise<T>) => Promise<T>;
  readonly catalogue: Catalogue;
  /** What was found when the pull request was judged; `null`: it never was. */
  readonly findDecided: (repoId: number, pullRequest: number) => Promise<AuthorshipFinding | null>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Something was recorded less than whole: static text, varying fields. */
  readonly warn: (fields: Readonly<Record<string, unknown>>, text: string) => void;
}

export interface TimedChange extends TrunkChange {
  /** Seconds since 1970. */
  readonly mergedAt: number;
}

export interface PreparedChanges {
  /** Oldest first. */
  readonly changes: readonly MergedChange[];
  /** False if the requests of one step were spent before all of them were read. */
  readonly isWhole: boolean;
}

/** Direct pushes, renames and large changes cost a request each; a step makes about so many, then the next goes on. */
const REQUESTS_PER_STEP = 100;

/** Leaves out what the ledger has: a pull request is merged once, whatever becomes of its commit later. */
export async function withoutRecorded(
  ledger: Ledger,
  repoId: number,
  changes: readonly TimedChange[],
): Promise<readonly TimedChange[]> {
  const missing: TimedChange[] = [];
  for (const change of changes) {
    const { entry, pull } = change;
    if ((await ledger.findChange(repoId, { sha: entry.commit.sha })) !== null) continue;
    if (pull !== null && (await ledger.findChange(repoId, { pullRequest: pull.number })) !== null) continue;
    missing.push(change);
  }
  return missing;
}

/** Reads what the pages did not tell. `changes`: newest first. */
export async function prepareChanges(
  reader: HistoryReader,
  state: Pick<LedgerState, 'repoId' | 'owner' | 'repo'>,
  changes: readonly TimedChange[],
  told: Pick<TrunkReading['repository'], 'attributes' | 'policy'>,
): Promise<PreparedChanges> {
  const { repoId, owner, repo } = state;
  const settings = {
    repository: `${owner}/${repo}`,
    ...settingsOfPolicy(told.policy, reader.catalogue),
    isGenerated: readGenerated(told.attributes),
  };
  const prepared: MergedChange[] = [];
  let requests = 0;
  for (const change of changes.toReversed()) {
    if (requests >= REQUESTS_PER_STEP) return { changes: prepared, isWhole: false };
    const read = await readChangedFiles(reader, { owner, repo }, change);
    requests += read.requests;
    const number = change.pull?.number ?? null;
    const decided = number === null ? null : await reader.findDecided(repoId, number);
    prepared.push(
      toMergedChange(change, { mergedAt: change.mergedAt, files: read.files, decided }, settings),
    );
  }
  return { changes: prepared, isWhole: true };
}

/**
 * Records changes, oldest first, each with the chance that it had by what the ledger knew before it; answers the
 * SHAs that were new. To be called in a transaction.
 */
export async function recordScored(
  ledger: Ledger,
  repoId: number,
  changes: readonly MergedChange[],
): Promise<readonly string[]> {
  const recorded: string[] = [];
  for (const change of changes) {
    const reading = await ledger.read(repoId, {
      at: change.mergedAt,
      author: change.author,
      paths: change.files,
    });
    const chance = scoreChange(change, reading, { logOdds: 0 }).probability;
    recorded.push(...(await ledger.record(repoId, [{ ...change, chance }])));
  }
  return recorded;
}

interface FilesReading {
  readonly files: readonly ChangedFile[];
  readonly requests: number;
}

async function readChangedFiles(
  reader: HistoryReader,
  at: { readonly owner: string; readonly repo: string },
  { entry, pull }: TrunkChange,
): Promise<FilesReading> {
  if (pull?.hasAllOfFiles) return { files: pull.files, requests: 0 };
  const { sha } = entry.commit;
  const fields = { ...at, sha, pullRequest: pull?.number ?? null };
  // Counted by what the answer holds: a page has 100 files, a commit's 300.
  const read = (files: readonly ChangedFile[]) => ({ files, requests: 1 + Math.floor(files.length / 100) });
  if (pull !== null) {
    try {
      return read(await readFiles(reader.client, { ...at, number: pull.number, headSha: pull.headSha }));
    } catch (error) {
      if (!(error instanceof GitHubFailure) || error.kind === 'limited') throw error;
      // The commit on the trunk holds the same change, or at least the last part of it.
      reader.warn({ ...fields, err: error }, 'files of a pull request cannot be read, asking for its commit');
    }
  }
  try {
    const files = await readCommitFiles(reader.client, { ...at, sha });
    if (files !== null) return read(files);
  } catch (error) {
    // What GitHub will never answer must not stop the history here; what it may answer later is asked again.
    const isLost = error instanceof GitHubFailure && ['not-found', 'unexpected'].includes(error.kind);
    if (!isLost) throw error;
    reader.warn({ ...fields, err: error }, 'files of a change cannot be read');
  }
  return read(pull?.files ?? []);
}
