// Who wrote a change, and how do we know?
import type { Message } from './message.js';

export type Authorship = 'agent' | 'assisted' | 'automation' | 'human' | 'unknown';

/** `verified`: account id and type from GitHub, app, GitHub-verified signer. `claimed`: anybody can write it. */
export type EvidenceStrength = 'verified' | 'claimed';

export type EvidenceKind =
  | 'opener'
  | 'commit-author'
  | 'commit-committer'
  | 'branch'
  | 'session-link'
  | 'body'
  | 'trailer'
  | 'co-author'
  | 'label'
  | 'name-suffix'
  | 'push-sender'
  | 'remembered'
  | 'policy';

export interface Evidence {
  readonly kind: EvidenceKind;
  readonly strength: EvidenceStrength;
  /** What it proves or suggests on its own. */
  readonly points: 'agent' | 'assisted' | 'automation';
  /** Name of the signature in the catalogue or the policy: `copilot`, `devin`, `acme-codegen`. */
  readonly signature: string;
  /** What was observed, for people. */
  readonly what: Message;
  /** SHA of the commit it was seen on, if any. */
  readonly commit: string | null;
}

/** The human who asked the agent for this change. */
export type Requester =
  | { readonly known: true; readonly logins: readonly string[]; readonly how: string }
  | { readonly known: false; readonly why: string };

export interface AuthorshipFinding {
  readonly authorship: Authorship;
  /** Every agent with agent-pointing evidence, the one with the strongest evidence first. Empty unless `agent`. */
  readonly agents: readonly string[];
  /** Agent or tool named for display; for `assisted` the tool, for `automation` the bot. */
  readonly name: string | null;
  readonly evidence: readonly Evidence[];
  /** Why neither `human` nor `automation` was granted; for `agent`, who took part beside the agents. Else empty. */
  readonly doubts: readonly Message[];
  readonly requester: Requester;
  /** True if the opener is an account GitHub verifies to be the agent's own. */
  readonly openerVerified: boolean;
  /** Session links found in trailers or body, in order. */
  readonly traceLinks: readonly TraceLink[];
}

export interface TraceLink {
  readonly url: string;
  readonly where: 'trailer' | 'body';
  /** Signature whose session URL shape it has, else `null`. */
  readonly signature: string | null;
}
