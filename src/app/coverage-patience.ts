// How long does the app wait for a coverage report that no event announces?

export interface CoveragePatience {
  /** For a workflow to begin on a head. */
  readonly startMs: number;
  /** For an artifact of the head's own run: checks of a run follow each other, with nothing running in between. */
  readonly headReportMs: number;
  /** For one of the default branch, whose run begins when those of the head are done. */
  readonly defaultBranchReportMs: number;
}

export const COVERAGE_PATIENCE: CoveragePatience = {
  startMs: 10 * 60_000,
  headReportMs: 60_000,
  defaultBranchReportMs: 30 * 60_000,
};
