// Which changes were merged in a local clone, with their files, their authors and when?
// Oldest first; one change per commit along the first parents, a merge by its difference from the first of them.
import { availableParallelism } from 'node:os';
import type { Classified } from '../agents/classify.js';
import { ledgerAuthor } from '../agents/ledger-author.js';
import type { AuthorshipSource, SourceIdentity } from '../agents/source.js';
import type { MergedChange } from '../domain/ledger.js';
import { settlePage } from '../history/settle-page.js';
import { readMessageParts } from '../outcomes/message-parts.js';
import { readReverts } from '../outcomes/read-reverts.js';
import type { Trunk } from '../outcomes/trunk.js';
import { measureSize } from '../quality/size.js';
import { readChangedFiles, type TrunkPart } from './changed-files.js';
import { loginOfAddress, type MergedCommits, readMergedCommits } from './merged-commits.js';

export interface LocalChangesQuestion {
  readonly repo: string;
  /** `owner/name`: tells own pull requests from foreign ones in messages; `null`: not known. */
  readonly repository: string | null;
  readonly trunk: Trunk;
  /** Of each position of the trunk. */
  readonly parents: readonly (string | null)[];
  readonly shallow: boolean;
  /** Seconds since 1970: changes merged from then on, and up to then. */
  readonly since: number;
  readonly until: number;
  readonly classify: (source: AuthorshipSource) => Classified;
  /** By the `.gitattributes` of the trunk's tip. */
  readonly isGenerated: (path: string) => boolean;
  /** `quality_delta.size.ignore` of the policy. */
  readonly ignore: readonly string[];
  /** Called now and then with how many of how many changes were read. */
  readonly onProgress: (read: number, all: number) => void;
}

export interface LocalChanges {
  /** Oldest first; their times never go back. */
  readonly changes: readonly MergedChange[];
  /** Everything merged from then on is in `changes`. */
  readonly readFrom: number;
  /** Changes whose lines could not be counted, as the clone lacks their texts. */
  readonly uncounted: number;
  /** Under which name the changes of a git identity are kept. */
  readonly whoIs: (identity: Pick<SourceIdentity, 'name' | 'email'>) => Who;
}

export async function readLocalChanges(question: LocalChangesQuestion): Promise<LocalChanges> {
  const { repo, trunk, parents, shallow, since, onProgress } = question;
  const times = mergeTimes(trunk, question.until);
  let first = times.findIndex((time) => time >= since);
  // The oldest commit of a shallow clone would bring its whole tree.
  if (shallow && first === 0) first = 1;
  if (first === -1 || first >= trunk.size) {
    return {
      changes: [],
      readFrom: shallow ? (times[0] ?? question.until) : since,
      uncounted: 0,
      whoIs: ({ name, email }) => ({ login: loginOfAddress(email ?? ''), gitName: name || email }),
    };
  }
  const part = Array.from({ length: trunk.size - first }, (_, index) => ({
    sha: trunk.shaAt(first + index),
    parent: parents[first + index] ?? null,
  }));
  const commits = await readMergedCommits(
    repo,
    part.map(({ sha }) => sha),
    part[0]!.parent,
  );
  let done = 0;
  const readSlice = async (slice: TrunkPart): Promise<readonly ReadChange[]> => {
    const read: ReadChange[] = [];
    for await (const { sha, files, counted } of readChangedFiles(repo, slice)) {
      const position = trunk.find(sha);
      if (position === null) continue;
      read.push({
        change: toChange({ position, files, mergedAt: times[position]!, commits, question }),
        counted,
      });
      done += 1;
      if (done % 250 === 0) onProgress(done, part.length);
    }
    return read;
  };
  // Comparing trees is most of the work, and git does it on one core.
  const read = (await Promise.all(sliceUp(part).map(readSlice))).flat();
  onProgress(done, part.length);
  const changes = read.map(({ change }) => change);
  const uncounted = read.filter(({ counted }) => !counted).length;
  return {
    changes,
    readFrom: shallow && first <= 1 ? Math.max(since, times[first]!) : since,
    uncounted,
    whoIs: (identity) => whoIs(identity, commits),
  };
}

interface ReadChange {
  readonly change: MergedChange;
  readonly counted: boolean;
}

const FEWEST_IN_SLICE = 250;
const MOST_SLICES = 4;

function sliceUp(part: TrunkPart): readonly TrunkPart[] {
  const slices = Math.min(MOST_SLICES, availableParallelism(), Math.ceil(part.length / FEWEST_IN_SLICE));
  const size = Math.ceil(part.length / Math.max(1, slices));
  return Array.from({ length: slices }, (_, index) => part.slice(index * size, (index + 1) * size)).filter(
    (slice) => slice.length > 0,
  );
}

/** Clocks may be wrong: a trunk does not go back in time, and nothing was merged tomorrow. */
function mergeTimes(trunk: Trunk, until: number): readonly number[] {
  const newestFirst = Array.from({ length: trunk.size }, (_, index) => trunk.timeAt(trunk.size - 1 - index));
  return settlePage(newestFirst, until).times.map(Math.floor).reverse();
}

/** As many characters as are kept of a message from GitHub: the same commit is known by the same words. */
const MAX_MESSAGE = 16_000;

interface Change {
  readonly position: number;
  readonly files: MergedChange['files'];
  readonly mergedAt: number;
  readonly commits: MergedCommits;
  readonly question: LocalChangesQuestion;
}

function toChange({ position, files, mergedAt, commits, question }: Change): MergedChange {
  const { trunk, classify, isGenerated, ignore } = question;
  const sha = trunk.shaAt(position);
  const message = commits.messageOf(sha);
  const written = commits.of(sha);
  const { finding } = classify({
    kind: 'local',
    title: null,
    body: null,
    opener: null,
    assignees: null,
    headRef: readMessageParts(message).branch,
    workflow: null,
    complete: true,
    commits: written,
  });
  return {
    sha,
    pullRequest: trunk.pullRequestAt(position),
    title: trunk.titleAt(position),
    message: message.slice(0, MAX_MESSAGE),
    mergedAt,
    author: ledgerAuthor(finding, whoIs(written[0]?.author, commits)),
    authorship: finding.authorship,
    agent: finding.authorship === 'agent' ? (finding.agents[0] ?? null) : null,
    files,
    lines: measureSize(files, { ignore, isGenerated }).lines,
    isOrdinary:
      files.length > 0 &&
      finding.authorship !== 'automation' &&
      !trunk.isSyncAt(position) &&
      !readReverts(message, question.repository).targets.some(({ isSure }) => isSure),
    chance: null,
  };
}

export interface Who {
  readonly login: string | null;
  readonly gitName: string | null;
}

/** By the address if that holds a login, by the addresses others of that name used, else by the name. */
function whoIs(identity: Pick<SourceIdentity, 'name' | 'email'> | undefined, commits: MergedCommits): Who {
  const name = identity?.name?.trim() ?? '';
  const email = identity?.email?.trim() ?? '';
  return {
    login: loginOfAddress(email) ?? commits.loginOf(name),
    gitName: name || email || null,
  };
}
