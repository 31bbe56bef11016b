// Which values of a policy are each legal and together odd?
import { DEFAULTS } from './defaults.js';
import { listOf, mappingOf, type SemanticProblem } from './lint-problem.js';
import type { Path } from './source.js';
import { SPAN_BOUNDS, secondsOf } from './span-bounds.js';
import { show } from './suggest.js';

type Document = Readonly<Record<string, unknown>>;

export function lintLimits(document: Document): readonly SemanticProblem[] {
  return [
    ...Object.entries(mappingOf(document.zones)).flatMap(([name, zone]) => lintZone(name, mappingOf(zone))),
    ...lintMissingCoverage(document),
    ...lintSpan(mappingOf(mappingOf(document.quality_delta).history)),
    ...lintQuality(
      document.quality_delta === undefined
        ? {}
        : { ...DEFAULTS.quality_delta, ...mappingOf(document.quality_delta) },
      ['quality_delta'],
    ),
    ...Object.entries(mappingOf(mappingOf(document.evals).suites)).flatMap(([name, suite]) =>
      lintSuite(mappingOf(suite), ['evals', 'suites', name]),
    ),
  ];
}

function lintZone(name: string, zone: Document): readonly SemanticProblem[] {
  const path = ['zones', name];
  const found: SemanticProblem[] = [
    ...lintQuality(mappingOf(zone.quality_delta), [...path, 'quality_delta']),
  ];
  const { propose, merge } = zone;
  if (typeof propose === 'number' && typeof merge === 'number' && merge < propose)
    found.push(
      warn(
        [...path, 'merge'],
        `Tier ${merge} may not propose here (propose: ${propose}), so this means merge: ${propose}.`,
      ),
    );
  const { count, from } = mappingOf(zone.approvals);
  if (count === 0)
    found.push(
      warn(
        [...path, 'approvals', 'count'],
        'An agent that may not merge alone needs one approval all the same, so 0 means 1 for it. `merge` says who may merge alone.',
      ),
    );
  const people = new Set(listOf(from).map((who) => String(who).toLowerCase()));
  const onlyPeople = people.size > 0 && [...people].every((who) => /^@[^/]+$/.test(who));
  if (typeof count === 'number' && onlyPeople && count > people.size)
    found.push(
      warn(
        [...path, 'approvals', 'count'],
        `${count} approvals are asked of ${people.size === 1 ? 'one person' : `${people.size} people`}: nobody can give them all. Name a team or more people.`,
      ),
    );
  return found;
}

function lintQuality(quality: Document, path: Path): readonly SemanticProblem[] {
  const size = mappingOf(quality.size);
  const found: SemanticProblem[] = [];
  if (isAbove(size.warn, size.fail))
    found.push(
      warn([...path, 'size', 'warn'], `A change fails at ${size.fail} lines before this warning is reached.`),
    );
  if (isAbove(quality.fail_below, quality.warn_below))
    found.push(
      warn(
        [...path, 'warn_below'],
        `A change fails below ${quality.fail_below} before this warning is reached.`,
      ),
    );
  return found;
}

/** A share that is asked for and cannot be judged passes with a warning unless the policy says otherwise. */
function lintMissingCoverage(document: Document): readonly SemanticProblem[] {
  const general = mappingOf(mappingOf(document.quality_delta).coverage);
  const zones = Object.entries(mappingOf(document.zones)).map(
    ([name, zone]) =>
      [['zones', name], mappingOf(mappingOf(mappingOf(zone).quality_delta).coverage)] as const,
  );
  const sections = [[[] as string[], general] as const, ...zones];
  if (general.missing !== undefined) return [];
  return sections
    .filter(([, { patch_min, missing }]) => patch_min !== undefined && missing === undefined)
    .map(([path]) =>
      warn(
        [...path, 'quality_delta', 'coverage', 'patch_min'],
        'A change without a coverage report passes here with a warning. With `missing: fail` it does not; `missing: warn` says that this is meant.',
      ),
    );
}

function lintSpan(history: Document): readonly SemanticProblem[] {
  const bounds = { window: SPAN_BOUNDS.window, half_life: SPAN_BOUNDS.halfLife };
  return Object.entries(bounds).flatMap(([key, { least, most }]) => {
    const stated = history[key];
    const seconds = typeof stated === 'string' ? secondsOf(stated) : Number.NaN;
    if (!(seconds < least || seconds > most)) return [];
    const taken = (seconds < least ? least : most) / 86_400;
    return [
      warn(
        ['quality_delta', 'history', key],
        `${stated} is taken as ${taken}d: from ${least / 86_400}d to ${most / 86_400}d can be counted.`,
      ),
    ];
  });
}

/** GitHub takes 25 inputs; some are the app's own. https://docs.github.com/en/rest/actions/workflows */
const MAX_INPUTS = 20;
/** A policy may give `suite` another value: the name the workflow knows the suite by. */
const OWN_INPUTS: readonly string[] = ['head_sha', 'pull_request', 'nonce'];

function lintSuite(suite: Document, path: Path): readonly SemanticProblem[] {
  const { runs } = suite;
  const inputs = Object.keys(mappingOf(suite.inputs));
  const found: SemanticProblem[] = inputs
    .filter((name) => OWN_INPUTS.includes(name.toLowerCase()))
    .map((name) =>
      refuse(
        [...path, 'inputs', name],
        `The input ${show(name)} is given by the app. Name this one otherwise.`,
      ),
    );
  if (inputs.length > MAX_INPUTS)
    found.push(
      refuse(
        [...path, 'inputs'],
        `A suite has at most ${MAX_INPUTS} inputs, this one ${inputs.length}: GitHub takes 25, the app's own among them.`,
      ),
    );
  if (typeof runs === 'number' && runs % 2 === 0)
    found.push(
      warn([...path, 'runs'], `The majority of ${runs} runs can be a tie, which fails. Use an odd number.`),
    );
  return found;
}

function refuse(path: Path, message: string): SemanticProblem {
  return { path, onKey: true, severity: 'error', message };
}

function isAbove(a: unknown, b: unknown): boolean {
  return typeof a === 'number' && typeof b === 'number' && a > b;
}

function warn(path: Path, message: string): SemanticProblem {
  return { path, onKey: false, severity: 'warning', message };
}
