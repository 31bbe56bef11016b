// How does a commit of the trunk become an entry of the ledger?
// Who wrote it, how large it is, and whether it has an outcome of its own.
import type { Classified } from '../agents/classify.js';
import { ledgerAuthor } from '../agents/ledger-author.js';
import type { AuthorshipSource } from '../agents/source.js';
import type { AuthorshipFinding } from '../domain/authorship.js';
import type { MergedChange } from '../domain/ledger.js';
import type { ChangedFile } from '../domain/snapshot.js';
import type { TrunkPull } from '../github/read-trunk.js';
import { readReverts } from '../outcomes/read-reverts.js';
import { measureSize } from '../quality/size.js';
import type { TrunkChange } from './select-changes.js';

export interface RecordSettings {
  /** `owner/name`: tells own pull requests from foreign ones in messages. */
  readonly repository: string;
  readonly classify: (source: AuthorshipSource) => Classified;
  /** By the default branch's `.gitattributes`. */
  readonly isGenerated: (path: string) => boolean;
  /** `quality_delta.size.ignore` of the policy. */
  readonly ignore: readonly string[];
}

/** Names and reverts stand near the beginning; the rest of a long message is a list of squashed commits. */
const MESSAGE_LENGTH = 16_000;
const TITLE_LENGTH = 1_000;

/** `decided`: what was found when the pull request was judged, which has the say. `chance` is left open. */
export function toMergedChange(
  change: TrunkChange,
  facts: {
    readonly mergedAt: number;
    readonly files: readonly ChangedFile[];
    readonly decided: AuthorshipFinding | null;
  },
  settings: RecordSettings,
): MergedChange {
  const { entry, pull } = change;
  const { commit } = entry;
  const finding = facts.decided ?? settings.classify(sourceOf(change)).finding;
  const login = (pull === null ? commit.author.account : pull.author)?.login ?? null;
  const message = withRevertLine(commit.message, pull).slice(0, MESSAGE_LENGTH);
  const files = facts.files.map((file) => ({
    path: file.path,
    // A copy leaves the record of the first one where it is.
    previousPath: file.status === 'renamed' ? file.previousPath : null,
    additions: Math.max(0, file.additions),
    deletions: Math.max(0, file.deletions),
  }));
  const isRevert = readReverts(message, settings.repository).targets.some(({ isSure }) => isSure);
  return {
    sha: commit.sha,
    pullRequest: pull?.number ?? null,
    title: (pull?.title ?? firstLine(commit.message)).slice(0, TITLE_LENGTH),
    message,
    mergedAt: facts.mergedAt,
    author: ledgerAuthor(finding, { login, gitName: commit.author.name || null }),
    authorship: finding.authorship,
    agent: finding.authorship === 'agent' ? (finding.agents[0] ?? null) : null,
    files,
    lines: measureSize(files, settings).lines,
    isOrdinary: files.length > 0 && !isRevert && finding.authorship !== 'automation',
    chance: null,
  };
}

/** Of a direct push GitHub verifies nobody: there the claims stand, as in a clone. */
function sourceOf({ entry, pull }: TrunkChange): AuthorshipSource {
  const common = { assignees: null, workflow: null, complete: true } as const;
  if (pull === null) {
    return {
      ...common,
      kind: 'local',
      title: null,
      body: null,
      opener: null,
      headRef: null,
      commits: [entry.commit],
    };
  }
  const { title, body, author: opener, headRef } = pull;
  // A page tells the first 20 commits. That the record of a long pull request rests on them is accepted.
  const commits = pull.commits.length > 0 ? pull.commits : [entry.commit];
  return { ...common, kind: 'github', title, body, opener, headRef, commits };
}

/** GitHub's revert button says it in the body, which a squashed commit need not repeat. */
function withRevertLine(message: string, pull: TrunkPull | null): string {
  const line = /^Reverts \S*#\d+\s*$/m.exec(pull?.body.slice(0, MESSAGE_LENGTH) ?? '')?.[0].trim();
  return line === undefined || message.includes(line) ? message : `${message}\n\n${line}`;
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]!.trim();
}
