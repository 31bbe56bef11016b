// What became of a merged change, and how do we know?

/** `kept` until something says otherwise; a revert that was itself undone makes a change `kept` again. */
export type OutcomeKind = 'kept' | 'reverted' | 'hotfixed' | 'incident' | 'rolled-back';

/**
 * What the chance and the records beside it count as a failure: the change was taken out, or production says that it
 * was the cause. A later fix is an outcome of its own: size predicts it and reverts hardly, and the shipped chances
 * were fitted without it. See docs/quality.md.
 */
export const FAILURES = ['reverted', 'incident', 'rolled-back'] as const satisfies readonly OutcomeKind[];

export function isFailure(outcome: OutcomeKind): boolean {
  return (FAILURES as readonly OutcomeKind[]).includes(outcome);
}

export type OutcomeEvidenceKind = 'revert' | 'reland' | 'fix' | 'incident' | 'rollback';

/**
 * `diff`: the change's own lines are gone (or back) again; `ancestry`: the named change is older and on the
 * trunk, but the lines could not be compared; `named`: only said, nothing of it checked.
 */
export type OutcomeProof = 'diff' | 'ancestry' | 'named';

/** One thing that happened to a merged change. */
export interface OutcomeEvidence {
  readonly kind: OutcomeEvidenceKind;
  readonly proof: OutcomeProof;
  /** What did it: SHA of a commit, `#12` of an issue, the id of a deployment. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  /** How it was said: `quoted-title`, `sha`, `pull-request`, `revert-branch`, … */
  readonly form: string;
  /** The words that named the change, as written. */
  readonly named: string;
  /** Share of the change's lines undone, 0 to 1; `null`: not compared or not meaningful. */
  readonly share: number | null;
}

export interface ChangeOutcome {
  /** Commit of the change on the trunk. */
  readonly sha: string;
  readonly pullRequest: number | null;
  readonly outcome: OutcomeKind;
  /** When it became so, ISO 8601; `null` while `kept` untouched. */
  readonly at: string | null;
  /** What made it so, as in the evidence; `null` while `kept` untouched. */
  readonly by: string | null;
  /** Share of its lines undone and not brought back, 0 to 1; `null` where nothing was compared. */
  readonly share: number | null;
  /** Everything that happened to it, oldest first. */
  readonly evidence: readonly OutcomeEvidence[];
}

/** From this share of a change's lines on, a revert is full. */
export const FULL_REVERT_SHARE = 0.6;

/** Below this share of a change's lines, what calls itself a revert did not undo the change. */
export const PARTIAL_REVERT_SHARE = 0.1;
