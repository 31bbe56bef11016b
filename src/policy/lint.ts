// What is wrong or odd in a policy that has the right shape?
// It reads the raw document defensively: a part of the wrong shape is the schema's to tell of, and hides nothing else.
import { CONTROL_PLANE } from '../paths/control-plane.js';
import { lintGlobs } from './lint-globs.js';
import { lintLimits } from './lint-limits.js';
import { listOf, mappingOf, type SemanticProblem, textsOf } from './lint-problem.js';
import { enumerate, nearest, show } from './suggest.js';

export function findSemanticProblems(
  input: unknown,
  knownAgents: readonly string[],
): readonly SemanticProblem[] {
  const document = mappingOf(input);
  return [
    ...lintAgents(document, knownAgents),
    ...lintZoneNames(document),
    ...lintEvals(document),
    ...lintGlobs(document),
    ...lintLimits(document),
  ];
}

type Document = Readonly<Record<string, unknown>>;

const AGENT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

function lintAgents(document: Document, catalogue: readonly string[]): readonly SemanticProblem[] {
  const entries = Object.entries(mappingOf(document.agents)).filter(([name]) => name !== 'default');
  const own = entries.flatMap(([name, agent]) => (mappingOf(agent).match === undefined ? [] : [name]));
  const names = new Set([...catalogue, ...own]);
  const known = [...names].toSorted();
  const problems: SemanticProblem[] = [];
  for (const [name, agent] of entries) {
    const error = (message: string, ...path: string[]) =>
      problems.push({ path: ['agents', name, ...path], onKey: true, severity: 'error', message });
    if (!AGENT_NAME.test(name))
      error(
        `${show(name)} is not the name of an agent. Use small letters, digits and hyphens: acme-codegen.`,
      );
    else if (!names.has(name))
      error(`${unknownAgent(name, known)} To define one of your own, give it \`match\`.`);
    const { match } = mappingOf(agent);
    if (match !== undefined && isEmptyMapping(match))
      error(`\`agents.${name}.match\` recognises nobody. Give it logins, branches or emails.`, 'match');
  }
  // Longer lists are refused as a whole by the schema.
  textsOf(document.halt)
    .slice(0, 100)
    .forEach((name, index) => {
      if (!names.has(name))
        problems.push({
          path: ['halt', index],
          onKey: false,
          severity: 'error',
          message: unknownAgent(name, known),
        });
    });
  return problems;
}

function unknownAgent(name: string, known: readonly string[]): string {
  const close = nearest(name, known);
  return `Unknown agent ${show(name)}.${close === null ? '' : ` Did you mean ${close}?`} Known agents: ${enumerate(known)}.`;
}

function isEmptyMapping(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  );
}

const MAX_ZONES = 500;
const ZONE_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,63}$/u;

function lintZoneNames(document: Document): readonly SemanticProblem[] {
  const names = Object.keys(mappingOf(document.zones));
  if (names.length > MAX_ZONES) {
    const message = `A policy has at most ${MAX_ZONES} zones, this one ${names.length}. Put paths with equal demands together.`;
    return [{ path: ['zones'], onKey: true, severity: 'error', message }];
  }
  return names.flatMap((name): SemanticProblem[] => {
    const error = (message: string): SemanticProblem[] => [
      { path: ['zones', name], onKey: true, severity: 'error', message },
    ];
    const folded = name
      .toLowerCase()
      .replace(/[\s_-]+/g, ' ')
      .trim();
    if (folded === CONTROL_PLANE)
      return error('The zone "control plane" is built in and cannot be changed. Give this one another name.');
    if (name !== 'default' && folded === 'default')
      return error(`Unknown zone ${show(name)}. Did you mean default?`);
    if (!ZONE_NAME.test(name))
      return error(
        `${show(name)} is not the name of a zone. Use letters, digits, spaces and . _ / -, at most 64 characters.`,
      );
    return [];
  });
}

function lintEvals(document: Document): readonly SemanticProblem[] {
  const suites = Object.keys(mappingOf(mappingOf(document.evals).suites));
  const defined = new Set(suites);
  const used = new Set<string>();
  const problems: SemanticProblem[] = [];
  for (const [zone, value] of Object.entries(mappingOf(document.zones))) {
    const names = listOf(mappingOf(value).evals).slice(0, 50);
    names.forEach((name, index) => {
      if (typeof name !== 'string') return;
      used.add(name);
      if (defined.has(name)) return;
      const close = nearest(name, suites);
      const known = suites.length === 0 ? 'None is defined.' : `Known suites: ${enumerate(suites)}.`;
      problems.push({
        path: ['zones', zone, 'evals', index],
        onKey: false,
        severity: 'error',
        message: `Unknown eval suite ${show(name)}.${close === null ? '' : ` Did you mean ${close}?`} ${known} Define it under \`evals.suites\`.`,
      });
    });
  }
  for (const name of suites.filter((suite) => !used.has(suite)))
    problems.push({
      path: ['evals', 'suites', name],
      onKey: true,
      severity: 'warning',
      message: `No zone names the suite ${show(name)}, so it binds no change. Name it under \`evals\` of a zone.`,
    });
  return problems;
}
