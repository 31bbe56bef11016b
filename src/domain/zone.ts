// What does a policy demand of one changed file?
// A stated value remembers who stated it, so that every verdict can name the zone and the line.
import type { Layer, Mode } from './verdict.js';

export type Tier = 0 | 1 | 2 | 3;
export type MergeTier = 2 | 3 | 'never';

export interface Stated<T> {
  readonly value: T;
  /** Zone name, `default` for `zones.default`, `control plane`, or `null` for a built-in default. */
  readonly zone: string | null;
  /** 1-based line of the policy, `null` for a built-in default. */
  readonly line: number | null;
}

export interface ApprovalDemand {
  readonly count: number;
  /** `@user`, `@org/team`, `codeowners`, `owner`. */
  readonly from: readonly string[];
  /** Each approver also presses Confirm. */
  readonly confirm: boolean;
}

export interface CheckDemand {
  readonly name: string;
  /** App slug the check must come from. */
  readonly app: string;
}

/** Limits of quality as a zone states them; shares as `80%`. */
export interface QualityLimits {
  readonly size?: { readonly warn?: number | undefined; readonly fail?: number | undefined } | undefined;
  readonly coverage?:
    | { readonly patch_min?: string | undefined; readonly missing?: 'pass' | 'warn' | 'fail' | undefined }
    | undefined;
  readonly warn_below?: number | undefined;
  readonly fail_below?: number | undefined;
}

/** Whom a demand binds: agents, or everyone (`for: everyone` and the control plane). */
export type Audience = 'agent' | 'person';

/** One file's demands, already resolved to the strictest stated values. */
export interface FileDemands {
  /** The path it was resolved for; a renamed file is resolved once per name. */
  readonly path: string;
  /** Every matching zone; empty means none but the default. */
  readonly zones: readonly string[];
  readonly propose: Stated<Tier>;
  readonly merge: Stated<MergeTier>;
  /** Each must be met. Never empty for an agent's change; for a person's only what binds everyone. */
  readonly approvals: readonly Stated<ApprovalDemand>[];
  readonly checks: readonly Stated<CheckDemand>[];
  readonly rollbackPlan: Stated<true> | null;
  readonly featureFlag: Stated<{ readonly files: readonly string[] }> | null;
  readonly evals: readonly Stated<string>[];
  /** What each zone states, not united: each holds its own files. */
  readonly qualityDelta: readonly Stated<QualityLimits>[];
  readonly layer: Layer;
  readonly mode: Mode;
}
