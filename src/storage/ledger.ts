// What was merged in each repository, and what became of it?
// Counters per path, folder, author and repository are kept up to date, so that judging one change reads a few rows
// by key however long the history is. Times are seconds since 1970.
import type {
  LedgerQuery,
  LedgerReading,
  LedgerSpan,
  MergedChange,
  OutcomeCount,
  OutcomeRecord,
  PathRecord,
  SizeCount,
} from '../domain/ledger.js';
import type { OutcomeKind } from '../domain/outcome.js';
import type { AppliedCorrection } from '../domain/quality.js';

export interface LedgerState {
  readonly repoId: number;
  readonly owner: string;
  readonly repo: string;
  /** The span the counters are kept by. */
  readonly span: LedgerSpan;
  /** How far back the history was asked for. */
  readonly wantedFrom: number;
  /** Everything merged from then on has been read; `null`: nothing yet. Equal to `wantedFrom` or less: all. */
  readonly readFrom: number | null;
  /** Newest commit of the trunk that was read; reading forward stops there. `null`: none. */
  readonly newestSha: string | null;
  /** Where reading back goes on; `null`: at the newest commit, or it is done. */
  readonly cursor: string | null;
  readonly correction: AppliedCorrection;
  readonly outcomes: OutcomeRecord;
}

export interface LedgerProgress {
  readonly readFrom?: number;
  readonly newestSha?: string;
  readonly cursor?: string | null;
  readonly wantedFrom?: number;
}

/** A later change that undid, repaired or brought back an earlier one, or a report about it. */
export interface RecordedLink {
  /** SHA of the change it is about. */
  readonly change: string;
  readonly kind: 'revert' | 'fix' | 'incident' | 'rollback';
  /** SHA of the later change, `#12` of the issue, id of the deployment. */
  readonly by: string;
  readonly form: string;
  readonly named: string;
  readonly proof: 'diff' | 'ancestry' | 'named';
  /** `null`: not compared. */
  readonly share: number | null;
  readonly at: number;
}

/** A recorded change as names are looked up in it. */
export interface LedgerName {
  readonly sha: string;
  readonly pullRequest: number | null;
  readonly message: string;
  readonly mergedAt: number;
}

export interface SetOutcome {
  readonly sha: string;
  readonly outcome: OutcomeKind;
  /** When it became known; `null` for `kept`. */
  readonly at: number | null;
  readonly by: string | null;
  readonly share: number | null;
}

/** A ripe change that has not been counted in the correction yet. */
export interface RipeChange {
  readonly sha: string;
  readonly mergedAt: number;
  readonly chance: number;
  readonly failed: boolean;
}

export interface Deployment {
  readonly id: string;
  readonly environment: string;
  readonly sha: string;
  readonly state: string;
  /** ISO 8601. */
  readonly at: string;
}

/** One name of a recorded change, as a key that equal names share. */
export interface NameKey {
  readonly key: string;
  readonly sha: string;
  readonly mergedAt: number;
}

/** Somebody who names a change: SHA of a change, `#12` of an issue, `environment:` and its name. */
export interface OpenNote {
  readonly by: string;
  /** Counts what was noted, so that answering one note does not answer a later one; `null`: waits for a name. */
  readonly mark: number | null;
}

/** What an incident issue blames, as of its newest event. */
export interface NotedIncident {
  readonly issue: number;
  /** As they were read from the issue; a list of names for each change. Empty: nothing, or no longer. */
  readonly causes: readonly (readonly unknown[])[];
  /** Since when it blames somebody, seconds since 1970; `null`: it does not. */
  readonly namedAt: number | null;
}

export interface LedgerNotes {
  saveNameKeys(repoId: number, keys: readonly NameKey[]): Promise<void>;
  /** SHAs of changes merged at `before` or earlier whose key is this, or begins like this; the newest first. */
  findNamed(
    repoId: number,
    by: { readonly key: string; readonly isCut: boolean },
    before: number,
    limit: number,
  ): Promise<readonly string[]>;

  /** To be looked at in any case: something about it has changed. */
  note(repoId: number, by: string): Promise<void>;
  /** Everybody who was noted, and everybody who waits for one of these names; each once. */
  findNoted(repoId: number, keys: readonly string[]): Promise<readonly OpenNote[]>;
  /** It was looked at: it now waits for these names, and for nothing else. */
  settleNote(repoId: number, note: OpenNote, keys: readonly string[]): Promise<void>;

  /** News that are older than what is known change nothing. Notes the issue. */
  saveIncident(
    repoId: number,
    news: Pick<NotedIncident, 'issue' | 'causes'> & { readonly asOf: Date },
  ): Promise<void>;
  findIncident(repoId: number, issue: number): Promise<NotedIncident | null>;
  /** Drops deployments, incidents and those who wait for a name, all from before; what they said stands. */
  forgetNews(repoId: number, before: number): Promise<void>;
  /** Where one of these commits was deployed. */
  findEnvironments(repoId: number, shas: readonly string[]): Promise<readonly string[]>;
  /** Takes back what one change, issue or deployment said. Answers the SHAs of the changes it was about. */
  removeLinks(repoId: number, by: string): Promise<readonly string[]>;
  /** In the order of the trunk; unknown ones are missing. */
  findChanges(repoId: number, shas: readonly string[]): Promise<readonly LedgerName[]>;
  readFiles(repoId: number, sha: string): Promise<MergedChange['files']>;
  /** SHAs of the changes behind one on the trunk, up to and with another; oldest first. */
  findBetween(repoId: number, after: string, until: string): Promise<readonly string[]>;
}

export interface Ledger extends LedgerNotes {
  find(repoId: number): Promise<LedgerState | null>;
  /** By name, for work without network: names change, so the newest that was seen counts. */
  findByName(owner: string, repo: string): Promise<LedgerState | null>;
  /** Creates what is missing; keeps the name up to date. */
  open(
    repoId: number,
    at: {
      readonly owner: string;
      readonly repo: string;
      readonly span: LedgerSpan;
      readonly wantedFrom: number;
    },
  ): Promise<LedgerState>;
  /** Those whose next correction is due, or whose history is not read to the end. */
  due(correctedBefore: number): Promise<readonly LedgerState[]>;
  saveProgress(repoId: number, progress: LedgerProgress): Promise<void>;

  /**
   * Each once: what is there already stays. Answers the SHAs that were new. Newer changes than the recorded ones are
   * added at the front of the history, older ones at its back; a list may begin with either end, and which it is
   * tells the order within one second. A renamed file keeps its record from both ends; a change that comes between
   * recorded ones is counted, but moves no name. No change is merged later than a day after now.
   */
  record(repoId: number, changes: readonly MergedChange[]): Promise<readonly string[]>;
  /** Drops from the counters what has left the window; at most `limit` changes. Answers how many. */
  expire(repoId: number, now: number, limit: number): Promise<number>;
  /** Counts everything anew by another span. */
  respan(repoId: number, span: LedgerSpan, now: number): Promise<void>;

  /** What `createMemoryLedger` answers to the same query after the same changes. */
  read(repoId: number, query: LedgerQuery): Promise<LedgerReading>;
  /** Of the ordinary changes within the window. */
  readSizes(repoId: number): Promise<readonly SizeCount[]>;
  /** Median chance of the newest 500 changes that have one; `null`: fewer than 20. */
  readUsualChance(repoId: number): Promise<number | null>;
  /** Of these paths, those that failed most; the worst first. */
  readPathRecords(repoId: number, paths: readonly string[], limit: number): Promise<readonly PathRecord[]>;
  /** Ordinary changes only, as only they can fail. */
  readAgent(repoId: number, agent: string): Promise<OutcomeCount>;
  readPeople(repoId: number): Promise<OutcomeCount>;

  /** How many changes merged since then have exactly one of these messages. */
  countMessages(
    repoId: number,
    since: number,
    messages: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;
  /** Newest first; for finding what a message names. */
  readNames(repoId: number, since: number): Promise<readonly LedgerName[]>;
  findChange(
    repoId: number,
    by: { readonly sha: string } | { readonly pullRequest: number },
  ): Promise<LedgerName | null>;
  /** True if the two changes touch a common file. */
  shareFile(repoId: number, a: string, b: string): Promise<boolean>;

  /** Each link once. */
  saveLinks(repoId: number, links: readonly RecordedLink[]): Promise<void>;
  readLinks(repoId: number): Promise<readonly RecordedLink[]>;
  /** Counters follow, and so does the correction's record where the change was counted in it. */
  setOutcomes(repoId: number, outcomes: readonly SetOutcome[], now: number): Promise<void>;
  /** Everything whose outcome is not `kept`. */
  readOutcomes(repoId: number): Promise<readonly SetOutcome[]>;
  saveDeployment(repoId: number, deployment: Deployment): Promise<void>;
  /** The newest `limit`, the oldest of them first. */
  readDeployments(repoId: number, environment: string, limit: number): Promise<readonly Deployment[]>;

  /** Chances worked out later, when a history was read backwards. */
  setChances(
    repoId: number,
    chances: readonly { readonly sha: string; readonly chance: number }[],
  ): Promise<void>;
  /** Oldest first, without messages; pages by `after`, the SHA of the last one seen. */
  readChanges(repoId: number, after: string | null, limit: number): Promise<readonly MergedChange[]>;
  readRipe(repoId: number, mergedBefore: number, limit: number): Promise<readonly RipeChange[]>;
  /** Marks them as counted and records the new correction beside the earlier ones. */
  saveCorrection(
    repoId: number,
    outcomes: OutcomeRecord,
    correction: AppliedCorrection,
    counted: readonly string[],
  ): Promise<void>;
  /** Newest first. */
  readCorrections(repoId: number, limit: number): Promise<readonly AppliedCorrection[]>;
}
