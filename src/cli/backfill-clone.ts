// `backfill --repo DIR`: how does the history of a local clone get into the ledger that the app keeps?
// Everything may be repeated and cut off: what is recorded stays once, and outcomes and chances are settled last.
import type { Catalogue } from '../agents/catalogue.js';
import type { MergedChange } from '../domain/ledger.js';
import { POLICY_PATH, type PolicyFile } from '../domain/policy-file.js';
import { correctIfDue } from '../history/correct-outcomes.js';
import { followOutcomes } from '../history/follow-outcomes.js';
import { settingsOfPolicy } from '../history/policy-settings.js';
import { scoreHistory } from '../history/score-history.js';
import { settleOutcomes } from '../history/settle-outcomes.js';
import { wantedSpan } from '../policy/ledger-span.js';
import { readGenerated } from '../quality/attributes.js';
import type { LedgerState, RecordedLink } from '../storage/ledger.js';
import { CommandFailure } from './exit-codes.js';
import { readFileAt, resolveCommit } from './git.js';
import type { LedgerStore } from './ledger-store.js';
import { type LocalChanges, readLocalChanges } from './local-changes.js';
import { policyFromBytes } from './local-snapshot.js';
import { type RepositoryOutcomes, readRepositoryOutcomes } from './outcomes-history.js';
import type { Progress } from './progress.js';

export interface CloneBackfill {
  readonly repo: string;
  readonly ref: string;
  readonly owner: string;
  readonly name: string;
  /** GitHub's number of the repository; `null`: as the app knows it. */
  readonly repoId: number | null;
  readonly since: number;
  readonly now: number;
  readonly catalogue: Catalogue;
  readonly isStopped: () => boolean;
}

export interface CloneBackfilled {
  readonly repoId: number;
  /** Of the clone, within the time asked for; oldest first. */
  readonly changes: readonly MergedChange[];
  readonly recorded: number;
  readonly tip: string;
  /** Everything merged from then on has been read. */
  readonly readFrom: number;
  readonly stopped: boolean;
  readonly notes: readonly string[];
}

export async function backfillFromClone(
  args: CloneBackfill,
  store: LedgerStore,
  progress: Progress,
): Promise<CloneBackfilled> {
  const tip = await resolveCommit(args.repo, args.ref);
  const policy = await readPolicy(args.repo, tip);
  const state = await findState(args, store, policy);
  const read = await readRepositoryOutcomes({
    repo: args.repo,
    ref: tip,
    since: args.since,
    issues: null,
    deployments: null,
  });
  const local = await readChanges(args, tip, policy, read, progress);
  const before = await readRecorded(store, state.repoId);
  refuseStranger(args, local, before);
  await store.ledger.saveProgress(state.repoId, { wantedFrom: state.wantedFrom });
  const recorded = await record(args, store, state, local, before, progress);
  const common = {
    repoId: state.repoId,
    changes: local.changes,
    recorded,
    tip,
    notes: notesOf(args, local, read, state),
  };
  if (args.isStopped()) return { ...common, readFrom: state.readFrom ?? args.now, stopped: true };
  await keepOutcomes(args, store, state.repoId, local, read, before);
  await scoreHistory(store.ledger, state.repoId, args.now);
  const readFrom = await keepProgress(args, store, state, local, read);
  await correctIfDue(store.ledger, state.repoId, args.now);
  return { ...common, readFrom, stopped: false };
}

async function readPolicy(repo: string, tip: string): Promise<PolicyFile> {
  const bytes = await readFileAt(repo, tip, POLICY_PATH);
  return bytes === null ? { kind: 'absent' } : policyFromBytes(bytes);
}

/** Under the number that GitHub gave the repository: names change, and the app knows it by that. */
async function findState(
  { owner, name, repoId, since, catalogue }: CloneBackfill,
  { ledger }: LedgerStore,
  policy: PolicyFile,
): Promise<LedgerState> {
  const byName = await ledger.findByName(owner, name);
  if (repoId !== null && byName !== null && byName.repoId !== repoId)
    throw new CommandFailure(
      `The app knows ${owner}/${name} as repository ${byName.repoId}, not ${repoId}. Leave --repo-id out, or give the repository's name with --as OWNER/NAME.`,
    );
  const known = byName ?? (repoId === null ? null : await ledger.find(repoId));
  if (known === null && repoId === null)
    throw new CommandFailure(
      `The app has no records of ${owner}/${name} yet, and keeps them under GitHub's number of the repository. Give it: --repo-id "$(gh api repos/${owner}/${name} --jq .id)". Another name? --as OWNER/NAME.`,
    );
  if (known !== null) return { ...known, wantedFrom: Math.min(known.wantedFrom, since) };
  const span = wantedSpan({ repository: policy, organization: { kind: 'not-visible' } }, catalogue);
  return ledger.open(repoId!, { owner, repo: name, span, wantedFrom: since });
}

async function readChanges(
  { repo, owner, name, since, now, catalogue }: CloneBackfill,
  tip: string,
  policy: PolicyFile,
  read: RepositoryOutcomes,
  progress: Progress,
): Promise<LocalChanges> {
  const attributes = (await readFileAt(repo, tip, '.gitattributes'))?.toString('utf8') ?? null;
  return readLocalChanges({
    repo,
    repository: `${owner}/${name}`,
    trunk: read.trunk,
    parents: read.parents,
    shallow: read.shallow,
    since,
    until: now,
    ...settingsOfPolicy(policy, catalogue),
    isGenerated: readGenerated(attributes),
    onProgress: (done, all) => progress.show(done, all, 'changes read'),
  });
}

interface Recorded {
  readonly shas: ReadonlySet<string>;
  readonly pullRequests: ReadonlySet<number>;
  /** `null`: nothing is recorded. */
  readonly oldestAt: number | null;
  readonly newestAt: number | null;
}

/** Two histories in one record could never be told apart again. */
function refuseStranger(
  { repo, owner, name }: CloneBackfill,
  { changes }: LocalChanges,
  before: Recorded,
): void {
  const { oldestAt, newestAt, shas, pullRequests } = before;
  if (oldestAt === null || newestAt === null) return;
  const meanwhile = changes.filter(({ mergedAt }) => mergedAt > oldestAt && mergedAt < newestAt);
  const isKnown = meanwhile.some(
    ({ sha, pullRequest }) => shas.has(sha) || (pullRequest !== null && pullRequests.has(pullRequest)),
  );
  if (meanwhile.length < STRANGERS || isKnown) return;
  throw new CommandFailure(
    `${repo} is no clone of ${owner}/${name}: of its ${meanwhile.length} changes from the time that is recorded, the app knows none. Nothing was written. Name the right repository with --as OWNER/NAME.`,
  );
}

const STRANGERS = 20;

async function readRecorded({ ledger }: LedgerStore, repoId: number): Promise<Recorded> {
  const names = await ledger.readNames(repoId, 0);
  return {
    shas: new Set(names.map(({ sha }) => sha)),
    pullRequests: new Set(names.flatMap(({ pullRequest }) => (pullRequest === null ? [] : [pullRequest]))),
    oldestAt: names.at(-1)?.mergedAt ?? null,
    newestAt: names[0]?.mergedAt ?? null,
  };
}

/** Recorded together, so that an app on the same database finds it free in between. */
const AT_ONCE = 100;

async function record(
  { now, isStopped }: CloneBackfill,
  { ledger, database }: LedgerStore,
  { repoId }: LedgerState,
  { changes }: LocalChanges,
  before: Recorded,
  progress: Progress,
): Promise<number> {
  // A pull request is merged once: the app may have recorded it at another commit.
  const missing = changes.filter(
    ({ sha, pullRequest }) =>
      !before.shas.has(sha) && !(pullRequest !== null && before.pullRequests.has(pullRequest)),
  );
  const isOlder = ({ mergedAt }: MergedChange) => before.oldestAt !== null && mergedAt <= before.oldestAt;
  // Older ones from the newest to the oldest: a renamed file is followed from what is known of it.
  const newer = missing.filter((change) => !isOlder(change));
  const older = missing.filter(isOlder).reverse();
  let recorded = 0;
  for (const part of [newer, older])
    for (let from = 0; from < part.length && !isStopped(); from += AT_ONCE) {
      const batch = part.slice(from, from + AT_ONCE);
      await database.inTransaction(async () => {
        const shas = await ledger.record(repoId, batch);
        if (shas.length > 0) await followOutcomes(ledger, repoId, shas, now);
      });
      recorded += batch.length;
      progress.show(recorded, missing.length, 'changes recorded');
    }
  return recorded;
}

/** The clone has the lines: what they prove or refute stands above what the messages say. */
async function keepOutcomes(
  { now }: CloneBackfill,
  { ledger, database }: LedgerStore,
  repoId: number,
  { changes }: LocalChanges,
  read: RepositoryOutcomes,
  before: Recorded,
): Promise<void> {
  const mergedAt = new Map(changes.map((change) => [change.sha, change.mergedAt]));
  const said = new Map<string, RecordedLink[]>();
  for (const { by } of await ledger.readLinks(repoId)) if (mergedAt.has(by)) said.set(by, []);
  for (const { kind, change, by, form, named, proof, share } of read.links) {
    const sha = read.trunk.shaAt(by);
    const at = mergedAt.get(sha);
    const about = read.trunk.shaAt(change);
    if (at === undefined || !(mergedAt.has(about) || before.shas.has(about))) continue;
    const link = { change: about, kind, by: sha, form, named, proof, share, at };
    said.set(sha, [...(said.get(sha) ?? []), link]);
  }
  if (said.size === 0) return;
  await database.inTransaction(async () => {
    const affected = new Set<string>();
    for (const [by, links] of said) {
      for (const sha of await ledger.removeLinks(repoId, by)) affected.add(sha);
      await ledger.saveLinks(repoId, links);
      for (const { change } of links) affected.add(change);
      affected.add(by);
    }
    await settleOutcomes(ledger, repoId, affected, now);
  });
}

/** How far the records reach without a gap, now that the clone's are among them. */
async function keepProgress(
  { since, now }: CloneBackfill,
  { ledger }: LedgerStore,
  state: LedgerState,
  { changes, readFrom: clonesFrom }: LocalChanges,
  { trunk }: RepositoryOutcomes,
): Promise<number> {
  const clonesTo = changes.at(-1)?.mergedAt ?? now;
  const isEmpty = state.newestSha === null;
  const joins = isEmpty || trunk.find(state.newestSha!) !== null || clonesTo >= (state.readFrom ?? now);
  if (!joins) return state.readFrom ?? now;
  const readFrom = Math.min(state.readFrom ?? Number.POSITIVE_INFINITY, clonesFrom);
  const isOnTrunk = isEmpty || trunk.find(state.newestSha!) !== null;
  await ledger.saveProgress(state.repoId, {
    readFrom,
    ...(isOnTrunk && trunk.size > 0 ? { newestSha: trunk.shaAt(trunk.size - 1) } : {}),
    ...(readFrom <= Math.min(since, state.wantedFrom) ? { cursor: null } : {}),
  });
  return readFrom;
}

function notesOf(
  { repo }: CloneBackfill,
  { uncounted }: LocalChanges,
  { shallow, trunk, notes }: RepositoryOutcomes,
  { newestSha }: LedgerState,
): readonly string[] {
  const said = [...notes];
  if (shallow)
    said.push(
      `The clone is shallow, so nothing is known before its ${trunk.size} commits. \`git -C ${repo} fetch --unshallow\` brings the rest; then run this again.`,
    );
  if (uncounted > 0)
    said.push(
      `The clone lacks the texts of ${uncounted} changes, so their lines count as 0. \`git -C ${repo} fetch --refetch --no-filter\` brings them, but what is recorded stays as it is.`,
    );
  if (newestSha !== null && trunk.find(newestSha) === null)
    said.push(
      `The newest commit that the app has read, ${newestSha.slice(0, 10)}, is not on this trunk: the clone is older than the records, or the branch was rewritten. \`git -C ${repo} fetch\` may bring it.`,
    );
  return said;
}
