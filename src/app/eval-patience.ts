// How long does the app wait for runs of evals that no event announces?
export interface EvalPatience {
  /** For a run that was asked for to be seen, before it is asked for again. */
  readonly adoptMs: number;
  /** For a run whose start GitHub confirmed without saying which it is. */
  readonly unnamedMs: number;
  /** Between two looks at a run of which no event was heard. */
  readonly pollMs: number;
}

export const EVAL_PATIENCE: EvalPatience = {
  adoptMs: 60_000,
  unnamedMs: 10 * 60_000,
  pollMs: 5 * 60_000,
};
