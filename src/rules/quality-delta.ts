// Does this change keep the limits of size, tested lines and quality delta?
// The figures come from one assessment, which the check shows too; here limits are held against them.
import type { Fact } from '../domain/fact.js';
import { type Message, say } from '../domain/message.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { Annotation, Finding, Remedy } from '../domain/verdict.js';
import { addsNothing, assessQuality, type QualityReport } from '../quality/assess.js';
import type { Breach } from '../quality/delta-limits.js';
import { QUALITY_WEIGHTS } from '../quality/weights.js';
import { defineRule } from './define-rule.js';
import { fail, pass, skipped, undecided } from './finding.js';
import { remedyFor } from './quality-remedies.js';
import { type QualityDeltaSettings, qualityDeltaSettings } from './quality-settings.js';
import {
  causeOf,
  figuresOf,
  percentOf,
  qualityDetails,
  reasonOf,
  signed,
  speaksOfDelta,
  warningOf,
} from './quality-words.js';
import { furtherCauses, plural } from './short-path.js';

export const qualityDelta = defineRule({
  name: 'quality-delta',
  settings: qualityDeltaSettings,
  needs: ({ coverage }, { snapshot }): readonly Fact[] => [
    { kind: 'history' },
    ...(coverage === null || addsNothing(snapshot) ? [] : [{ kind: 'coverage', source: coverage } as const]),
  ],
  describe: (settings) => describeLimits(settings),
  evaluate: (settings, { snapshot }) => [conclude(assessFor(settings, snapshot), settings, snapshot)],
});

/** The assessment behind the verdict: the same settings give the same report. */
export function assessFor(settings: QualityDeltaSettings, snapshot: Snapshot): QualityReport {
  const { limits, ignore, coverage, paths } = settings;
  return assessQuality(snapshot, { limits, ignore, coverage, paths });
}

function conclude(report: QualityReport, settings: QualityDeltaSettings, snapshot: Snapshot): Finding {
  const details = qualityDetails(report, settings, snapshot);
  const annotations = annotationsOf(report, settings);
  const withAnnotations = (finding: Finding): Finding =>
    annotations.length === 0 ? finding : { ...finding, annotations };
  const failing = report.breaches.filter(({ fails }) => fails);
  const open = openQuestion(report, settings, snapshot);
  const firm = open === null ? failing : failing.filter((breach) => isFirm(breach, report));
  if (firm.length > 0) {
    const ordered = firm.toSorted((a, b) => CAUSE_FIRST.indexOf(a.what) - CAUSE_FIRST.indexOf(b.what));
    return withAnnotations(
      fail(
        titleOf(ordered, report, settings),
        reasonOf(ordered, report, settings),
        remedyFor(ordered, report, settings),
        details,
      ),
    );
  }
  if (open !== null) {
    return withAnnotations(undecided(snapshot, open.title, open.reason, open.remedy, details));
  }
  if (asksNothing(settings)) {
    return skipped(
      figuresOf(report, settings),
      say`The policy states no limit for the quality delta; this is only reported.`,
      details,
    );
  }
  const warnings = report.breaches.map((breach) => warningOf(breach, settings));
  return withAnnotations(
    pass(
      warnings.length === 0 ? figuresOf(report, settings) : joined(warnings),
      warnings.length === 0
        ? say`Every limit that could be judged is kept.`
        : say`${joined(warnings)}. A warning holds nothing up.`,
      details,
    ),
  );
}

/** What a reader can act on first. */
const CAUSE_FIRST: readonly Breach['what'][] = ['coverage', 'missing-coverage', 'size', 'delta'];

function titleOf(failing: readonly Breach[], report: QualityReport, settings: QualityDeltaSettings): Message {
  const lead = failing[0]!;
  const { delta } = report.result;
  const score =
    lead.what === 'delta' || delta === null || !speaksOfDelta(settings)
      ? say``
      : say`, delta ${signed(delta)}`;
  const others = failing.filter(({ what }) => what !== lead.what && what !== 'delta').length;
  return say`${causeOf(lead, settings)}${score}${furtherCauses(others)}`;
}

interface OpenQuestion {
  readonly title: Message;
  readonly reason: Message;
  readonly remedy: Remedy;
}

/** What must be known before this can pass; `null`: enough is known. */
function openQuestion(
  report: QualityReport,
  settings: QualityDeltaSettings,
  { source }: Snapshot,
): OpenQuestion | null {
  const { limits, stated, coverage: where } = settings;
  const { coverage, history, result } = report;
  const isLocal = source === 'local';
  const hangsOnCoverage = limits.patchMin !== null || limits.missingCoverage === 'fail';
  if (coverage.kind === 'pending') {
    const state = coverage.why === 'checks-running' ? say`is running` : say`has not started`;
    return {
      title: say`coverage ${state}`,
      reason: say`What tests run of this change is known once the run that writes ${artifact(where)} is done.`,
      remedy: { by: 'machine', what: say`Finish the run that writes ${artifact(where)}.` },
    };
  }
  if (coverage.kind === 'unread' && (hangsOnCoverage || !isLocal)) {
    return {
      title: say`coverage is not known`,
      reason: isLocal
        ? say`Coverage is measured by a run on GitHub, and a clone does not have it.`
        : say`The coverage report of this head was not read.`,
      remedy: { by: 'machine', what: say`Read ${artifact(where)} of this head.` },
    };
  }
  if (limits.failBelow === null || (isLocal && !stated)) return null;
  if (history === null) {
    return {
      title: say`the history is not known`,
      reason: isLocal
        ? say`The quality delta is a comparison with merged changes, and none are recorded here.`
        : say`The quality delta is a comparison with merged changes, which were not read.`,
      remedy: { by: 'machine', what: say`Read the history of the default branch.` },
    };
  }
  const unread = result.missing.some(({ part, why }) => part === 'history' && why === 'ledger-not-ready');
  if (!stated || !unread) return null;
  return {
    title: say`history: ${history.readDays} of ${plural(history.wantedDays, 'day')} read`,
    reason: say`The quality delta is a comparison with merged changes, and these are still being read.`,
    remedy: { by: 'machine', what: say`Read the history of the default branch.` },
  };
}

/** Would it be broken whatever the open question's answer is? */
function isFirm(breach: Breach, { history, coverage }: QualityReport): boolean {
  if (breach.what !== 'delta') return true;
  if (history === null) return false;
  const isOpen = coverage.kind === 'pending' || coverage.kind === 'unread';
  return breach.found + (isOpen ? QUALITY_WEIGHTS.delta.coverage.most : 0) < breach.limit;
}

function asksNothing({ limits }: QualityDeltaSettings): boolean {
  const { missingCoverage, ...figures } = limits;
  return missingCoverage === 'pass' && Object.values(figures).every((value) => value === null);
}

const MOST_ANNOTATIONS = 50;

/** Untested new lines, the longest runs first; only where the policy asks for a share of them. */
function annotationsOf(report: QualityReport, { limits }: QualityDeltaSettings): readonly Annotation[] {
  if (limits.patchMin === null || report.coverage.kind !== 'measured') return [];
  const level = report.breaches.some(({ what }) => what === 'coverage') ? 'warning' : 'notice';
  return report.coverage.facts.files
    .flatMap(({ path, uncovered }) => uncovered.map((run) => ({ path, ...run })))
    .toSorted((a, b) => b.lines - a.lines)
    .slice(0, MOST_ANNOTATIONS)
    .map(({ path, start, end, lines }) => ({
      path,
      startLine: start,
      endLine: end,
      level,
      message: lines === 1 ? say`No test runs this new line.` : say`No test runs these ${lines} new lines.`,
    }));
}

function describeLimits({ limits, zone }: QualityDeltaSettings): string {
  const { sizeFail, patchMin, failBelow, missingCoverage } = limits;
  const asked = [
    ...(patchMin === null ? [] : [`at least ${percentOf(patchMin)} of the new lines are tested`]),
    ...(missingCoverage === 'fail' ? ['there is a coverage report'] : []),
    ...(sizeFail === null ? [] : [`at most ${sizeFail} lines change`]),
    ...(failBelow === null ? [] : [`the quality delta is at least ${signed(failBelow)}`]),
  ];
  if (asked.length === 0) return 'The quality delta is reported.';
  const where = zone === null ? '' : ` in zone ${zone}`;
  return `For this change${where}: ${asked.join(', ')}.`;
}

function artifact(where: QualityDeltaSettings['coverage']): Message {
  return say`the artifact ${where?.artifact ?? 'coverage'}`;
}

function joined(messages: readonly Message[]): Message {
  return {
    parts: messages.flatMap((one, index) => (index === 0 ? one.parts : [...say`, `.parts, ...one.parts])),
  };
}
