// What did one rule conclude, and what should happen next?
import type { AuthorshipFinding } from './authorship.js';
import type { Message } from './message.js';

export type VerdictState = 'pass' | 'fail' | 'waiting' | 'pending' | 'skipped';

/** Whose policy asked. `built-in` is the control plane and what no setting can lift. */
export type Layer = 'organization' | 'repository' | 'built-in';

export type Mode = 'enforce' | 'observe';

export interface Remedy {
  /** Who acts. */
  readonly by: 'author' | 'person' | 'owner' | 'machine';
  /** Imperative, one sentence, adds commits and never loosens policy. */
  readonly what: Message;
}

export interface Annotation {
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly message: Message;
}

/** What a rule returns. The evaluator adds rule name, layer, mode and policy line. */
export interface Finding {
  readonly state: VerdictState;
  /** The cause, without the first word of the check's title: `2 approvals from @acme/sre for infra/ (0 of 2)`. */
  readonly title: Message;
  /** Why, in one or two sentences. */
  readonly reason: Message;
  /** What would lift it; `null` when it passes or nothing can. */
  readonly remedy: Remedy | null;
  /** Observed facts, one line each, for the folded details. */
  readonly details: readonly Message[];
  readonly annotations?: readonly Annotation[];
  /** True when the verdict hangs on a fact that this source cannot tell ("not known locally"). */
  readonly notKnown?: boolean;
}

export interface Verdict extends Finding {
  readonly rule: string;
  readonly layer: Layer;
  readonly mode: Mode;
  /** 1-based line of the policy that asked; `null` for a built-in demand. */
  readonly line: number | null;
  /** The zone that asked, if one did. */
  readonly zone: string | null;
}

/** A policy problem: the user's, so data and never thrown. */
export interface Problem {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  /** What is wrong and what is known instead, e.g. `Unknown tier "reed-only". Known tiers: 0, 1, 2, 3.` */
  readonly message: string;
}

/** How a layer's policy file was found. */
export type PolicyStatus =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }
  | { readonly kind: 'valid'; readonly problems: readonly Problem[] };

export interface LayerReport {
  readonly layer: 'organization' | 'repository';
  /** File name for people: `.github/agent-policy.yml` or `acme/.github: .github/agent-policy.yml`. */
  readonly file: string;
  readonly status: PolicyStatus;
  /** Blob SHA on GitHub, `null` offline. */
  readonly sha: string | null;
  /** SHA-256 of the text, hex. `null` when absent or unreadable. */
  readonly digest: string | null;
}

/** All verdicts for one head SHA under one policy digest. */
export interface Decision {
  readonly headSha: string;
  readonly pullRequest: number | null;
  readonly authorship: AuthorshipFinding;
  readonly layers: readonly LayerReport[];
  readonly verdicts: readonly Verdict[];
  /** Tier in force; `null` when the change is not judged as an agent's. */
  readonly tier: 0 | 1 | 2 | 3 | null;
  /** Rules that fail on the third head or a later one: the author alone does not get there. */
  readonly stuck: readonly string[];
  /** ISO 8601 of the evaluation. */
  readonly at: string;
}

export type Gate = 'success' | 'failure' | 'action_required' | 'in_progress' | 'neutral';

/** Where several verdicts share one check, the strictest stands. */
export const STRICTEST_FIRST: readonly Gate[] = [
  'failure',
  'action_required',
  'in_progress',
  'neutral',
  'success',
];
