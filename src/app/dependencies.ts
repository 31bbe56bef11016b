// What does the app's work need from the outside?
import type { Logger } from 'pino';
import type { Catalogue } from '../agents/catalogue.js';
import type { Authorship } from '../domain/authorship.js';
import type { Gate } from '../domain/verdict.js';
import type { InstallationClients } from '../github/connect.js';
import type { Storage } from '../storage/storage.js';
import type { CoveragePatience } from './coverage-patience.js';
import type { CoverageReader } from './coverage-reader.js';
import type { EvalPatience } from './eval-patience.js';

export interface Dependencies {
  readonly storage: Storage;
  readonly clients: InstallationClients;
  readonly catalogue: Catalogue;
  /** Our own App's id: our checks are known by it alone. */
  readonly appId: number;
  /** An organisation policy that cannot be read blocks. */
  readonly orgPolicyRequired: boolean;
  /** How long a merge group that GitHub's queue does not show yet is asked for again. */
  readonly groupPatienceMs: number;
  readonly coverage: { readonly reader: CoverageReader; readonly patience: CoveragePatience };
  readonly evals: EvalPatience;
  /** Between two steps of reading a history back, so that reviews go first. 0: none. */
  readonly historyPauseMs: number;
  /** Installations of which a history is being read back, with how many others wait for their turn. */
  readonly readingHistory: Map<number, number>;
  /** A review has its verdict, and its check stands. */
  readonly onJudged: (gate: Gate, authorship: Authorship) => void;
  readonly now: () => Date;
  readonly log: Logger;
}

export interface PullRequestTarget {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}
