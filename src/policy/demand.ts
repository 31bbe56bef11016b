// What is one demand: a rule with its settings, and who asked for it where?

import type { Catalogue } from '../agents/catalogue.js';
import type { Message } from '../domain/message.js';
import type { Layer, Mode } from '../domain/verdict.js';
import type { Audience } from '../domain/zone.js';
import type { Rule, RuleContext } from '../rules/define-rule.js';
import type { Participants } from '../rules/participants.js';
import type { LoadedPolicy } from './parse.js';
import type { TierInForce } from './standing.js';

export interface Demand {
  readonly rule: Rule;
  readonly settings: unknown;
  readonly layer: Layer;
  readonly mode: Mode;
  readonly line: number | null;
  readonly zone: string | null;
  /** Why it is not owed after all; then nothing is evaluated. */
  readonly lifted?: Message;
}

/** One valid policy, and as what it judges this change. */
export interface JudgingLayer {
  readonly layer: 'repository' | 'organization';
  /** For people: `.github/agent-policy.yml`. */
  readonly file: string;
  readonly policy: LoadedPolicy;
  readonly mode: Mode;
  readonly audience: Audience;
  /** Whether this layer answers for the control plane. */
  readonly controlPlane: boolean;
  readonly agents: readonly string[];
  readonly tier: TierInForce;
  readonly machineUsers: readonly string[];
  readonly catalogue: Catalogue;
  readonly context: RuleContext;
  /** Everyone who took part, the requester among them. */
  readonly participants: Participants;
}
