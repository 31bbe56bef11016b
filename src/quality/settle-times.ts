// When was a commit really merged, where its clock was wrong?
// A time far ahead of the commits that follow is a wrong clock; without this, one commit dated 2106 would age
// every record away. A time that lies back is left to the reader of the history, for whom time never goes back.

/** How many following commits are asked. */
const LOOKAHEAD = 16;
/** Trunks are out of order by minutes or hours (rebases, queues), not by more. */
const TOLERANCE_SECONDS = 86_400;

export interface Settling<Timed> {
  /** Takes one commit and gives back those whose time is settled, in order. */
  next(commit: Timed): readonly Timed[];
  /** What is left at the end. */
  rest(): readonly Timed[];
}

export function settleTimes<Timed extends { readonly at: number }>(): Settling<Timed> {
  let waiting: Timed[] = [];
  let last = Number.NEGATIVE_INFINITY;

  const settle = (): Timed => {
    const [commit, ...following] = waiting as [Timed, ...Timed[]];
    waiting = following;
    let earliest = commit.at;
    // A following commit that lies before what is settled has a wrong clock itself, or tells nothing.
    for (const { at } of following) if (at >= last && at < earliest) earliest = at;
    const settled = commit.at - earliest > TOLERANCE_SECONDS ? { ...commit, at: earliest } : commit;
    last = Math.max(last, settled.at);
    return settled;
  };

  return {
    next(commit) {
      waiting.push(commit);
      return waiting.length > LOOKAHEAD ? [settle()] : [];
    },
    rest() {
      const settled: Timed[] = [];
      while (waiting.length > 0) settled.push(settle());
      return settled;
    },
  };
}
