// What was true of a pull request at one moment?
// `null` always means "not known", never "absent"; an absent thing is an empty list or an explicit value.
import type { SuiteFacts } from './evals.js';
import type { PolicyFile } from './policy-file.js';
import type { QualityFacts, RevertFacts } from './quality.js';

/** GitHub's account types; `null` in an account's `type` means the source does not tell. */
export type AccountType = 'User' | 'Bot' | 'Organization' | 'Mannequin' | 'EnterpriseUserAccount';

export interface Account {
  /** As REST writes it: a bot has its `[bot]` suffix (`devin-ai-integration[bot]`); `Copilot` has none. */
  readonly login: string;
  /** GitHub's numeric database id. */
  readonly id: number | null;
  readonly type: AccountType | null;
}

/** Name and e-mail as git recorded them. Anybody can write them. */
export interface GitIdentity {
  readonly name: string;
  readonly email: string;
  /** The account GitHub resolves the e-mail to, where the source tells. A claim, not a proof. */
  readonly account: Account | null;
}

export interface CommitSignature {
  /** True only if GitHub says the signature is valid. */
  readonly verified: boolean;
  /** The account whose key signed. `null`: GitHub does not say (web-flow signatures count as no signer). */
  readonly signer: Account | null;
  /** True if GitHub itself signed (web edits, merges, API commits by an app). */
  readonly byGitHub: boolean;
}

export interface Commit {
  readonly sha: string;
  /** The whole message, subject and trailers. */
  readonly message: string;
  readonly author: GitIdentity;
  readonly committer: GitIdentity;
  /** Co-authors as GitHub resolves them to accounts. Empty where the source does not: the message names them. */
  readonly coAuthors: readonly GitIdentity[];
  /** `null`: not known (offline). */
  readonly signature: CommitSignature | null;
  /** More than one means a merge. Empty if not known. */
  readonly parents: readonly string[];
}

export type FileStatus = 'added' | 'modified' | 'removed' | 'renamed' | 'copied' | 'changed';

export interface ChangedFile {
  readonly path: string;
  /** The former path of a renamed or copied file. `null` for every other status. */
  readonly previousPath: string | null;
  readonly status: FileStatus;
  readonly additions: number;
  readonly deletions: number;
  /** Git's file mode after the change: `100644`, `100755`, `120000` symlink, `160000` submodule. `null`: not read. */
  readonly mode: string | null;
  /** Unified hunks. `null`: not read, binary or too large. */
  readonly patch: string | null;
}

/** Who took a review back, and what it had said. */
export interface Dismissal {
  readonly by: Account;
  readonly from: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'PENDING' | 'DISMISSED';
}

/** The newest opinionated review of one person with write access; one that was dismissed may be of anybody. */
export interface Review {
  readonly author: Account;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED';
  /** The head the person looked at (`commit_id`). */
  readonly headSha: string;
  /** ISO 8601, UTC. */
  readonly submittedAt: string;
  /** `null` unless `DISMISSED`; of a dismissed one `null` means not known. */
  readonly dismissal: Dismissal | null;
}

export type RepositoryPermission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

/** What the app found out about one named person. */
export interface PersonFacts {
  readonly account: Account;
  readonly permission: RepositoryPermission;
}

/** What the app found out about one named team. `found: false`: no such team, or not visible to the app. */
export type TeamFacts =
  | {
      readonly found: true;
      /** Logins of direct members, as GitHub writes them. */
      readonly members: readonly string[];
      /** The team's own permission on this repository. */
      readonly permission: RepositoryPermission;
    }
  | { readonly found: false; readonly why: string };

/** A check run or commit status on the head, written by somebody else. */
export interface ForeignCheck {
  readonly name: string;
  /** Slug of the app that wrote it (`github-actions`); `null` for a commit status. */
  readonly app: string | null;
  /** Lower case. `null` while it runs. */
  readonly conclusion:
    | 'success'
    | 'failure'
    | 'neutral'
    | 'cancelled'
    | 'skipped'
    | 'timed_out'
    | 'action_required'
    | 'stale'
    | 'startup_failure'
    | null;
}

/** One of our own check runs on the head, found by app id. */
export interface OwnCheck {
  readonly id: number;
  readonly name: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
  readonly externalId: string | null;
}

export interface PullRequest {
  /** `null` offline. */
  readonly number: number | null;
  readonly title: string | null;
  readonly body: string | null;
  readonly state: 'open' | 'closed' | 'merged';
  readonly draft: boolean | null;
  readonly author: Account | null;
  readonly baseRef: string;
  readonly headRef: string | null;
  readonly headSha: string;
  /** `owner/name` of the repository the head lives in; `null`: not known or deleted. */
  readonly headRepository: string | null;
  readonly labels: readonly string[] | null;
  readonly assignees: readonly Account[] | null;
  /** How many files and commits GitHub counts, to be compared with what was read. */
  readonly changedFiles: number;
  readonly commitCount: number;
  /** When the base branch was last changed (ISO 8601), `never`, or `null` if not known. */
  readonly baseChangedAt: string | 'never' | null;
}

export interface RepositoryFacts {
  readonly owner: string;
  readonly name: string;
  /** Numeric database id; `null` offline. */
  readonly id: number | null;
  readonly defaultBranch: string;
}

/** The default branch's CODEOWNERS. `null` in a snapshot: not read; `text: null`: there is none. */
export interface CodeownersFile {
  readonly path: string | null;
  readonly text: string | null;
}

export interface Snapshot {
  /** `github`: read with the app's or a person's token. `local`: from a clone, so many facts are not known. */
  readonly source: 'github' | 'local';
  readonly repository: RepositoryFacts;
  readonly pullRequest: PullRequest;
  /** Oldest first. Fewer than `pullRequest.commitCount` means incomplete. */
  readonly commits: readonly Commit[];
  /** Fewer than `pullRequest.changedFiles` means incomplete. */
  readonly files: readonly ChangedFile[];
  /** One per person with write access, newest opinion. `null`: not known. */
  readonly reviews: readonly Review[] | null;
  readonly codeowners: CodeownersFile | null;
  /** Text of the default branch's `.gitattributes`. `null`: not read; empty: there is none. */
  readonly attributes: string | null;
  /** The policy file as the head has it, for the preview. `null`: not known. */
  readonly headPolicy: PolicyFile | null;
  /** Keyed by login in lower case. Someone missing here was not looked up. */
  readonly people: Readonly<Record<string, PersonFacts>>;
  /** Keyed by `@org/team` in lower case. A team missing here was not looked up. */
  readonly teams: Readonly<Record<string, TeamFacts>>;
  /** Checks and statuses of others on the head. `null`: not known. */
  readonly checks: readonly ForeignCheck[] | null;
  readonly ownChecks: readonly OwnCheck[];
  /** Diff digests by head SHA, as far as they were computed or remembered for this base branch. */
  readonly digests: Readonly<Record<string, string>>;
  readonly quality: QualityFacts;
  /** By name of the suite. One missing here was not looked at. */
  readonly evals: Readonly<Record<string, SuiteFacts>>;
  /** `null`: not looked at. */
  readonly revertOf: RevertFacts | null;
}

/** What GitHub forgets and the app remembers about a pull request. */
export interface Memory {
  /** Senders of observed pushes: first of its commits, opened or not, then to the pull request; each oldest first. */
  readonly pushes: readonly { readonly sender: Account; readonly headSha: string }[];
  /** Logins that this pull request named as requester, now or earlier: assignee, trailer and body can be changed. */
  readonly requesters: readonly string[];
  /** Agent evidence seen earlier on this pull request, its commits or its diff: it persists. */
  readonly evidence: readonly RememberedEvidence[];
}

export interface RememberedEvidence {
  readonly agent: string;
  /** Where it was seen, for people: `this pull request before a force-push`, `pull request #12`. */
  readonly seenIn: string;
  /** ISO 8601. */
  readonly seenAt: string;
  /** The words of the original evidence. */
  readonly what: string;
}

export const NOTHING_REMEMBERED: Memory = { pushes: [], requesters: [], evidence: [] };
