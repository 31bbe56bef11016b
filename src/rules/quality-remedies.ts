// What would lift a broken limit of quality, worked out from the figures?
// Remedies add commits or take files out; they never touch the policy.
import { code, list, type Message, ours, say } from '../domain/message.js';
import type { Remedy } from '../domain/verdict.js';
import type { QualityReport } from '../quality/assess.js';
import type { Breach } from '../quality/delta-limits.js';
import { QUALITY_WEIGHTS } from '../quality/weights.js';
import type { QualityDeltaSettings } from './quality-settings.js';
import { plural, shortPath } from './short-path.js';

const NAMED = 3;

export function remedyFor(
  failing: readonly Breach[],
  report: QualityReport,
  settings: QualityDeltaSettings,
): Remedy {
  const each = failing.map((breach) => remedyOf(breach, report, settings));
  return {
    by: each[0]?.by ?? 'author',
    what: { parts: each.flatMap(({ what }, at) => (at === 0 ? what.parts : [ours(' '), ...what.parts])) },
  };
}

function remedyOf(breach: Breach, report: QualityReport, settings: QualityDeltaSettings): Remedy {
  switch (breach.what) {
    case 'coverage':
      return { by: 'author', what: testMore(breach.limit, report) };
    case 'size':
      return { by: 'author', what: split(breach.found - breach.limit, report) };
    case 'delta':
      return { by: 'author', what: raise(breach, report) };
    case 'missing-coverage':
      return bringReport(breach.why, report, settings);
  }
}

/** Lines that tests must run in addition, so that the share is reached. */
function testMore(share: number, { coverage }: QualityReport): Message {
  if (coverage.kind !== 'measured') return say`Add tests for the new lines.`;
  const { covered, executable, facts } = coverage;
  const untested = executable - covered;
  const needed = Math.min(untested, Math.ceil(share * executable - 1e-9) - covered);
  const worst = facts.files
    .map(({ path, covered: run, executable: all }) => ({ path, lines: all - run }))
    .filter(({ lines }) => lines > 0)
    .toSorted((a, b) => b.lines - a.lines)
    .slice(0, NAMED);
  const where = list(worst.map(({ path, lines }) => say`${code(shortPath(path))} (${lines})`));
  const lines = needed === untested ? say`the` : say`at least ${needed} more of the`;
  return say`Add tests that run ${lines} ${plural(untested, 'untested new line')}, first in ${where}.`;
}

function split(tooMany: number, { splits }: QualityReport): Message {
  if (splits.length === 0) {
    return say`Take at least ${plural(tooMany, 'line')} out of this pull request, into one of their own.`;
  }
  const parts = splits.map(({ folder, lines }) => say`${code(folder)} (${plural(lines, 'line')})`);
  return say`Split this pull request by folder: ${list(parts)}.`;
}

function raise({ limit, found }: Extract<Breach, { what: 'delta' }>, report: QualityReport): Message {
  const { points } = report.result;
  const missing = limit - found;
  const { most, perUnit } = QUALITY_WEIGHTS.delta.coverage;
  if (report.coverage.kind === 'measured' && points.coverage !== null && report.coverage.executable > 0) {
    const { covered, executable } = report.coverage;
    const possible = Math.min(most - points.coverage, (1 - covered / executable) * perUnit);
    if (possible >= missing + 1) {
      return testMore(covered / executable + (missing + 1) / perUnit, report);
    }
  }
  const risky = (report.history?.riskyPaths ?? []).filter(({ failed }) => failed > 0).slice(0, NAMED);
  if (risky.length > 0 && isWorst(points.history, points)) {
    const named = list(risky.map(({ path }) => code(shortPath(path))));
    return say`Take what failed most here out of this pull request, into one of its own: ${named}.`;
  }
  return say`Split this pull request into smaller ones that touch fewer files.`;
}

function isWorst(one: number | null, points: QualityReport['result']['points']): boolean {
  return one !== null && Object.values(points).every((other) => other === null || one <= other);
}

function bringReport(why: string, report: QualityReport, settings: QualityDeltaSettings): Remedy {
  const artifact = code(settings.coverage?.artifact ?? 'coverage');
  if (why === 'not-permitted') {
    return { by: 'owner', what: say`Let the app read artifacts: grant it ${code('actions: read')}.` };
  }
  if (why === 'no-patches') {
    return {
      by: 'author',
      what: say`Split this pull request into smaller ones, so that its lines can be read.`,
    };
  }
  if (why === 'unmeasured-files' && report.coverage.kind === 'measured') {
    const named = report.coverage.facts.unmeasured.slice(0, NAMED).map(({ path }) => code(shortPath(path)));
    return {
      by: 'author',
      what: say`Let tests load ${list(named)}, or let the coverage tool report files that no test loads.`,
    };
  }
  return settings.coverage?.run === 'default-branch'
    ? {
        by: 'owner',
        what: say`Let the workflow of the default branch write a coverage report of this head into the artifact ${artifact}.`,
      }
    : {
        by: 'author',
        what: say`Let a workflow of this head write a coverage report of its tests into the artifact ${artifact}.`,
      };
}
