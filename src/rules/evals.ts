// Does an eval suite pass on this head, by the default branch's thresholds?
// A run that ended without results is neither a pass nor a failed case: it is retried, then somebody is asked.
import type { SuiteFacts, SuiteState } from '../domain/evals.js';
import type { Fact } from '../domain/fact.js';
import { code, type Message, ours, say } from '../domain/message.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { Finding, Remedy } from '../domain/verdict.js';
import { judgeSuite } from '../evals/judge.js';
import type { SuiteJudgement } from '../evals/judgement.js';
import { defineRule } from './define-rule.js';
import { evalRemedy, pressAgain } from './evals-remedies.js';
import { type EvalsSettings, evalsSettings } from './evals-settings.js';
import { evalDetails, failedTitle, passedTitle, reasonOf } from './evals-words.js';
import { fail, pass, pending, undecided, waiting } from './finding.js';

export const evals = defineRule({
  name: 'evals',
  settings: evalsSettings,
  // The digest stands first: runs of the same diff on earlier heads are looked for by it.
  needs: ({ source }, { snapshot }): readonly Fact[] => [
    { kind: 'digest', headSha: snapshot.pullRequest.headSha },
    { kind: 'evals', source },
  ],
  describe: ({ source: { suite }, demand: { passRate } }) =>
    `The eval suite ${suite} passes: ${passRate}% of its cases.`,
  evaluate: (settings, { snapshot }) => [conclude(settings, snapshot)],
});

/** What the facts say of a suite; `null`: it was not looked at. */
export function factsOf({ source }: EvalsSettings, snapshot: Snapshot): SuiteFacts | null {
  return Object.hasOwn(snapshot.evals, source.suite) ? snapshot.evals[source.suite]! : null;
}

/** Judged once for the same facts and thresholds: 100,000 cases are asked about several times in one review. */
const judged = new WeakMap<SuiteFacts, Map<string, SuiteJudgement>>();

/** The judgement behind the verdict; `null` while there are no results of this head that count. */
export function judgementFor(settings: EvalsSettings, snapshot: Snapshot): SuiteJudgement | null {
  const facts = factsOf(settings, snapshot);
  if (facts === null || settings.clash || facts.state.kind !== 'finished') return null;
  if (facts.results.length <= facts.fromEarlierHeads) return null;
  const key = JSON.stringify(settings.demand);
  const known = judged.get(facts) ?? new Map<string, SuiteJudgement>();
  judged.set(facts, known);
  const before = known.get(key);
  if (before !== undefined) return before;
  const baseline = facts.baseline === null ? null : [facts.baseline.results];
  const fresh = judgeSuite({ results: facts.results, baseline }, settings.demand);
  known.set(key, fresh);
  return fresh;
}

function conclude(settings: EvalsSettings, snapshot: Snapshot): Finding {
  const { source, clash } = settings;
  const facts = factsOf(settings, snapshot);
  const details = evalDetails(settings, facts, snapshot);
  if (clash) return clashing(settings, details);
  if (facts === null) {
    return undecided(
      snapshot,
      say`evals ${code(source.suite)} are not known`,
      snapshot.source === 'local'
        ? say`The suite runs on GitHub, and a clone does not have its results.`
        : say`Whether the suite has run for this head was not read.`,
      { by: 'machine', what: say`Look for the suite's run for this head.` },
      details,
    );
  }
  if (facts.state.kind !== 'finished') return unfinished(facts.state, settings, details);
  const judgement = judgementFor(settings, snapshot);
  if (judgement === null) {
    return undecided(
      snapshot,
      say`the results of ${code(source.suite)} are not known`,
      say`The run has ended, and its results were not read.`,
      { by: 'machine', what: say`Read the results of the suite's run.` },
      details,
    );
  }
  return concludeJudged(judgement, settings, snapshot, details);
}

function concludeJudged(
  judgement: SuiteJudgement,
  settings: EvalsSettings,
  snapshot: Snapshot,
  details: readonly Message[],
): Finding {
  const { suite } = settings.source;
  const all = [...details, ...judgement.concerns.map(({ what }) => what), ...judgement.notes];
  const reason = reasonOf(suite, judgement);
  if (judgement.state === 'failed') {
    return fail(failedTitle(judgement), reason, evalRemedy(judgement, settings), all);
  }
  if (!Object.hasOwn(snapshot.digests, snapshot.pullRequest.headSha)) {
    return undecided(
      snapshot,
      say`whether ${code(suite)} failed before on this diff is not known`,
      say`The diff of this head was not read. Runs of one diff add up, so earlier ones are looked for first.`,
      {
        by: 'machine',
        what: say`Read the diff of this head. Where GitHub does not hand it out it is too large: split the change.`,
      },
      all,
    );
  }
  return pass(passedTitle(judgement), reason, all);
}

function clashing({ source: { suite }, file }: EvalsSettings, details: readonly Message[]): Finding {
  return waiting(
    say`the owner: both policies define ${code(suite)}`,
    say`The organisation's policy and ${code(file)} run a suite of this name differently, and one result cannot answer for both.`,
    {
      by: 'owner',
      what: say`Give the suite another name in ${code(file)} on the default branch, or define it as the organisation does.`,
    },
    details,
  );
}

const MINUTE = 60_000;

function unfinished(
  state: Exclude<SuiteState, { readonly kind: 'finished' }>,
  settings: EvalsSettings,
  details: readonly Message[],
): Finding {
  const { source } = settings;
  const suite = code(source.suite);
  const wait = (title: Message, reason: Message, what: Message) =>
    pending(title, reason, { by: 'machine', what }, details);
  switch (state.kind) {
    case 'to-start':
      return wait(
        say`evals ${suite} are about to start`,
        say`The suite is run once for every head that it is asked of.`,
        say`Start ${suite}.`,
      );
    case 'queued':
      return wait(
        say`evals ${suite} are queued`,
        say`The run was asked for and has not begun yet.`,
        say`Run ${suite}.`,
      );
    case 'running':
      return wait(
        say`evals ${suite} are running`,
        say`The run has begun; its results come when it ends.`,
        say`Finish ${suite}.`,
      );
    case 'held':
      return held(state, settings, details);
    case 'not-granted':
      return waiting(
        say`a person to press Run evals for this fork's head`,
        say`The head lives in a fork, so ${suite} starts nothing by itself.`,
        {
          by: 'person',
          what: say`Look at the change, then press \`Run evals\` on the check \`agent-policy/evals\`. Write access is needed.`,
        },
        details,
      );
    case 'infrastructure':
    case 'timed-out':
    case 'cancelled':
      return ended(state, settings, details);
  }
}

function held(
  { why, until }: Extract<SuiteState, { kind: 'held' }>,
  { source }: EvalsSettings,
  details: readonly Message[],
): Finding {
  const suite = code(source.suite);
  if (why === 'draft') {
    return waiting(
      say`evals ${suite} wait until this is no draft`,
      say`Drafts are judged, and the suite runs when they are ready.`,
      { by: 'author', what: say`Mark this pull request as ready for review when it is done.` },
      details,
    );
  }
  const most = source.maxDispatches;
  const time = until === null ? null : sayTime(until);
  const after = time === null ? say`` : say` after ${ours(time)}`;
  return waiting(
    say`eval runs are used up, ${most} a day${time === null ? say`` : say`; next after ${ours(time)}`}`,
    say`At most ${most} runs are started for one pull request within a day, and ${suite} has not run for this head.`,
    {
      by: 'owner',
      what: say`Wait: ${suite} starts by itself${after}. How many runs a day may cost stands in \`evals.max_dispatches\`.`,
    },
    details,
  );
}

type Ended = Extract<SuiteState, { kind: 'infrastructure' | 'timed-out' | 'cancelled' }>;

function ended(state: Ended, { source }: EvalsSettings, details: readonly Message[]): Finding {
  const suite = code(source.suite);
  const what = endWords(state, source.timeoutMs);
  const reason = say`${sentence(state.why)} That is neither a pass nor a failed case.`;
  if (!state.isFinal) {
    const next = say`${state.attempt + 1} of ${source.retries + 1}`;
    return pending(
      say`evals ${suite} ${what} and are tried again`,
      say`${reason} Attempt ${next} follows.`,
      { by: 'machine', what: say`Run ${suite} again, attempt ${next}.` },
      details,
    );
  }
  const remedy: Remedy =
    state.kind === 'cancelled'
      ? { by: 'person', what: pressAgain(say`Find out why it was cancelled. Then`) }
      : { by: 'owner', what: pressAgain(mendWords(state)) };
  return waiting(say`evals ${suite} ${what}`, reason, remedy, details);
}

/** A large first letter, unless it is a name that begins with a small one; one full stop. */
function sentence(words: string): string {
  const trimmed = words.trim().replace(/\.$/, '');
  const first = /^\p{Ll}+(?= )/u.test(trimmed) ? trimmed.slice(0, 1).toUpperCase() : trimmed.slice(0, 1);
  return `${first}${trimmed.slice(1)}.`;
}

function endWords({ kind }: Ended, timeoutMs: number): Message {
  switch (kind) {
    case 'infrastructure':
      return say`gave no results`;
    case 'timed-out':
      return say`ran longer than ${Math.round(timeoutMs / MINUTE)} min`;
    case 'cancelled':
      return say`were cancelled`;
  }
}

function mendWords({ by, kind }: Ended): Message {
  if (kind === 'timed-out')
    return say`Make the suite faster or give it more time on the default branch. Then`;
  return by === 'owner' ? say`Mend it on the default branch. Then` : say`Look at the run. Then`;
}

/** `2026-11-21 14:02 UTC`; a date that no calendar holds is said to be none. */
function sayTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? 'an unknown time'
    : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
