// What does the simulated GitHub know? Every record, in one place; the other files read and change it.
import { createGitStore, type GitStore } from '../git/store.js';

export type AccountType = 'User' | 'Bot' | 'Organization' | 'Mannequin';

export interface Account {
  readonly id: number;
  /** As REST writes it: `kim`, `devin-ai-integration[bot]`, `Copilot`. */
  readonly login: string;
  /** As GraphQL writes it: a bot without `[bot]`. */
  readonly graphqlLogin: string;
  readonly type: AccountType;
  readonly name: string;
  readonly email: string;
  readonly createdAt: Date;
}

export type Permission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

export interface Team {
  readonly id: number;
  readonly slug: string;
  name: string;
  readonly organization: Organization;
  readonly parent: Team | null;
  /** Direct members, by login. */
  readonly members: Set<string>;
  /** By full name of the repository. */
  readonly repositories: Map<string, Permission>;
}

export interface Organization {
  readonly account: Account;
  readonly owners: Set<string>;
  readonly members: Set<string>;
  readonly teams: Map<string, Team>;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  readonly bot: Account;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  readonly clientId: string;
  readonly clientSecret: string;
  webhookUrl: string | null;
  webhookSecret: string;
  permissions: Readonly<Record<string, string>>;
  events: readonly string[];
  readonly createdAt: Date;
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  /** `all`, or full names. */
  repositories: 'all' | Set<string>;
  suspendedAt: Date | null;
  deleted: boolean;
  readonly createdAt: Date;
}

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export interface RequiredCheck {
  readonly context: string;
  /** `null`: any source will do. */
  readonly appId: number | null;
}

export interface Protection {
  readonly requiredChecks: readonly RequiredCheck[];
  /** Whether a pull request must be up to date with the base. */
  readonly strict: boolean;
}

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly isPrivate: boolean;
  defaultBranch: string;
  deleted: boolean;
  readonly branches: Map<string, string>;
  readonly collaborators: Map<string, Permission>;
  readonly labels: Map<string, Label>;
  readonly pulls: Map<number, PullRequest>;
  readonly issues: Map<number, Issue>;
  readonly protections: Map<string, Protection>;
  readonly checkSuites: CheckSuite[];
  readonly statuses: CommitStatus[];
  readonly artifacts: Artifact[];
  readonly workflowRuns: WorkflowRun[];
  /** Ids of workflow files by path: they outlive the file. */
  readonly workflowIds: Map<string, number>;
  readonly mergeQueues: Map<string, QueueEntry[]>;
  readonly parent: Repository | null;
  /** What GitHub says about each commit's signature, and which of its co-authors it lists. */
  readonly createdAt: Date;
  pushedAt: Date;
  lastNumber: number;
}

export interface Issue {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string | null;
  state: 'OPEN' | 'CLOSED';
  readonly author: Account;
  readonly labels: Set<string>;
  comments: number;
  readonly createdAt: Date;
  updatedAt: Date;
  closedAt: Date | null;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly environment: string;
  readonly creator: Account;
  readonly isProduction: boolean;
  readonly isTransient: boolean;
  readonly createdAt: Date;
}

export interface Review {
  readonly id: number;
  readonly author: Account;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  body: string;
  /** The head the reviewer looked at. */
  readonly commitId: string;
  readonly submittedAt: Date;
}

export type TimelineEvent =
  | {
      readonly kind: 'BaseRefChangedEvent';
      readonly id: number;
      readonly actor: Account;
      readonly at: Date;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: 'AutomaticBaseChangeSucceededEvent';
      readonly id: number;
      readonly actor: Account;
      readonly at: Date;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: 'HeadRefForcePushedEvent';
      readonly id: number;
      readonly actor: Account;
      readonly at: Date;
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly kind: 'ReviewDismissedEvent';
      readonly id: number;
      readonly actor: Account;
      readonly at: Date;
      readonly review: Review;
      readonly previousState: Review['state'];
    };

export interface Comment {
  readonly id: number;
  readonly author: Account;
  readonly body: string;
  readonly createdAt: Date;
}

export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly author: Account;
  title: string;
  body: string | null;
  state: 'OPEN' | 'CLOSED' | 'MERGED';
  draft: boolean;
  baseRef: string;
  /** The base's tip when GitHub last looked: at opening, retargeting, a push to the head, and merging. */
  baseSha: string;
  /** `null` once the fork is deleted. */
  headRepository: Repository | null;
  readonly headRef: string;
  headSha: string;
  readonly labels: Set<string>;
  readonly assignees: Account[];
  readonly reviews: Review[];
  readonly comments: Comment[];
  readonly timeline: TimelineEvent[];
  readonly closes: number[];
  autoMerge: { readonly by: Account; readonly at: Date } | null;
  readonly createdAt: Date;
  updatedAt: Date;
  closedAt: Date | null;
  mergedAt: Date | null;
  mergedBy: Account | null;
  mergeCommitSha: string | null;
}

export type CheckStatus = 'queued' | 'in_progress' | 'completed';

export interface CheckSuite {
  readonly id: number;
  readonly app: App;
  readonly headBranch: string | null;
  readonly headSha: string;
  readonly before: string;
  readonly runs: CheckRun[];
  readonly createdAt: Date;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number;
  readonly end_column?: number;
  readonly annotation_level: string;
  readonly message: string;
  readonly title?: string;
  readonly raw_details?: string;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly name: string;
  status: CheckStatus;
  conclusion: string | null;
  externalId: string;
  detailsUrl: string | null;
  startedAt: Date | null;
  completedAt: Date | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Annotation[];
  actions: readonly CheckAction[];
  readonly createdAt: Date;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: Account;
  /** Set if an app's token wrote it. */
  readonly app: App | null;
  readonly createdAt: Date;
}

/** What a workflow run uploaded. */
export interface Artifact {
  readonly id: number;
  readonly name: string;
  /** The zip archive. */
  readonly content: Buffer;
  /** What GitHub says of its size. */
  readonly size: number;
  readonly run: WorkflowRun;
  /** Which attempt of the run uploaded it. */
  readonly attempt: number;
  expired: boolean;
  readonly createdAt: Date;
}

/** A run of a fork's pull request belongs to the repository and has its head elsewhere. */
export interface WorkflowRun {
  readonly id: number;
  readonly headSha: string;
  /** A run for a tag has the tag's name here. */
  readonly headBranch: string;
  readonly headRepositoryId: number;
  /** What began it: `pull_request`, `push`, `workflow_run` … */
  readonly event: string;
  readonly workflow: { readonly id: number; readonly path: string; readonly name: string };
  /** Its `run-name`, or what GitHub puts there. */
  readonly displayTitle: string;
  /** Counts the runs of the workflow. */
  readonly number: number;
  readonly actor: Account;
  /** Of a dispatch. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly checkSuiteId: number;
  readonly createdAt: Date;
  /** Oldest first; the last one is what the run shows. */
  readonly attempts: RunAttempt[];
}

export interface RunAttempt {
  readonly number: number;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  readonly jobs: WorkflowJob[];
  readonly triggeredBy: Account;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface WorkflowJob {
  readonly id: number;
  readonly name: string;
  readonly startedAt: Date;
  completedAt: Date | null;
  conclusion: string | null;
}

export interface QueueEntry {
  readonly id: number;
  readonly pull: PullRequest;
  readonly headSha: string;
  readonly headRef: string;
  readonly baseSha: string;
  readonly enqueuedBy: Account;
  readonly enqueuedAt: Date;
}

/** What GitHub says about a commit's signature. It is no part of the commit, so it stands beside the store. */
export interface SignatureRecord {
  readonly state: 'VALID' | 'INVALID' | 'UNKNOWN_KEY' | 'BAD_EMAIL';
  readonly signer: Account | null;
  readonly byGitHub: boolean;
}

export interface Token {
  readonly value: string;
  readonly expiresAt: Date;
  readonly holder:
    | {
        readonly kind: 'installation';
        readonly installation: Installation;
        readonly permissions: Readonly<Record<string, string>>;
        /** `null`: all of the installation's. */
        readonly repositories: ReadonlySet<string> | null;
      }
    | { readonly kind: 'person'; readonly account: Account };
}

export interface World {
  readonly store: GitStore;
  readonly now: () => Date;
  /** How a dispatch takes `return_run_details`: as github.com, or as an older server that refuses the key. */
  runDetails: 'given' | 'refused';
  /** Where the simulator listens. */
  url: string;
  readonly accounts: Map<string, Account>;
  readonly organizations: Map<string, Organization>;
  readonly apps: App[];
  readonly installations: Installation[];
  readonly repositories: Map<string, Repository>;
  readonly signatures: Map<string, SignatureRecord>;
  readonly tokens: Map<string, Token>;
  readonly manifestCodes: Map<string, { readonly app: App }>;
  /** Sends an event to every app that hears of it. */
  emit: (event: WorldEvent) => void;
  nextId: () => number;
}

/** Something happened. `payload` is what is special about the event; the sender of webhooks adds the rest. */
export interface WorldEvent {
  readonly name: string;
  readonly action: string | null;
  readonly repository: Repository | null;
  readonly organization: Account | null;
  readonly sender: Account;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Only this app hears of it: `requested_action`, `rerequested`, installation events. */
  readonly onlyApp?: App;
  readonly installation?: Installation;
}

export function createWorld(now: () => Date): World {
  let id = 100_000;
  return {
    store: createGitStore(),
    now,
    runDetails: 'given',
    url: '',
    accounts: new Map(),
    organizations: new Map(),
    apps: [],
    installations: [],
    repositories: new Map(),
    signatures: new Map(),
    tokens: new Map(),
    manifestCodes: new Map(),
    emit: () => undefined,
    nextId: () => {
      id += 1;
      return id;
    },
  };
}

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** Names are case-insensitive on GitHub. */
export function findRepository(world: World, name: string): Repository | undefined {
  const found = world.repositories.get(name.toLowerCase());
  return found?.deleted ? undefined : found;
}

export function findAccount(world: World, login: string): Account | undefined {
  return world.accounts.get(login.toLowerCase());
}

export function isoDate(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** GitHub's newer node ids: a prefix for the kind, then something opaque. */
export function nodeId(kind: string, id: number | string): string {
  return `${kind}_${Buffer.from(String(id)).toString('base64url')}`;
}
