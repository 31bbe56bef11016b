// Which globs of a policy are malformed, misleading, or can never match?
import { findGlobProblem, findGlobSurprise } from '../paths/glob.js';
import { listOf, mappingOf, type SemanticProblem, textsOf } from './lint-problem.js';
import type { Path } from './source.js';

type Document = Readonly<Record<string, unknown>>;

export function lintGlobs(document: Document): readonly SemanticProblem[] {
  return [...globLists(document).flatMap(lintList), ...lintUnreachable(document)];
}

interface GlobList {
  readonly path: Path;
  readonly globs: readonly unknown[];
  /** True for globs over files, where surprises such as `*.tf` count. */
  readonly files: boolean;
}

function globLists(document: Document): readonly GlobList[] {
  const at = (files: boolean, value: unknown, ...path: (string | number)[]): GlobList[] => [
    { path, globs: listOf(value), files },
  ];
  const zones = Object.entries(mappingOf(document.zones)).flatMap(([name, value]) => {
    const zone = mappingOf(value);
    const flag = mappingOf(mappingOf(zone.require).feature_flag);
    return [
      ...at(true, zone.paths, 'zones', name, 'paths'),
      ...at(true, zone.except, 'zones', name, 'except'),
      ...at(false, zone.branches, 'zones', name, 'branches'),
      ...at(true, flag.files, 'zones', name, 'require', 'feature_flag', 'files'),
    ];
  });
  const agents = Object.entries(mappingOf(document.agents)).flatMap(([name, agent]) =>
    at(false, mappingOf(mappingOf(agent).match).branches, 'agents', name, 'match', 'branches'),
  );
  const ignore = mappingOf(mappingOf(document.quality_delta).size).ignore;
  const { branch } = mappingOf(document.naming);
  return [
    ...zones,
    ...agents,
    ...at(true, ignore, 'quality_delta', 'size', 'ignore'),
    { path: ['naming', 'branch'], globs: branch === undefined ? [] : [branch], files: false },
  ];
}

function lintList({ path, globs, files }: GlobList): readonly SemanticProblem[] {
  return globs.flatMap((glob, index): SemanticProblem[] => {
    // Length and leading sign are the schema's.
    if (typeof glob !== 'string' || glob === '' || glob.length > 256 || /^[!#]/.test(glob)) return [];
    const place = { path: path[0] === 'naming' ? path : [...path, index], onKey: false };
    const problem = findGlobProblem(glob);
    if (problem !== null) return [{ ...place, severity: 'error', message: problem }];
    const surprise = files ? findGlobSurprise(glob) : null;
    return surprise === null ? [] : [{ ...place, severity: 'warning', message: surprise }];
  });
}

/** Only what is certain: every glob of the zone also stands in `except`, or `except` takes everything. */
function lintUnreachable(document: Document): readonly SemanticProblem[] {
  return Object.entries(mappingOf(document.zones)).flatMap(([name, value]): SemanticProblem[] => {
    const zone = mappingOf(value);
    const paths = textsOf(zone.paths);
    const except = textsOf(zone.except);
    const all = except.some((glob) => glob === '**' || glob === '**/*');
    if (paths.length === 0 || !(all || paths.every((glob) => except.includes(glob)))) return [];
    return [
      {
        path: ['zones', name, 'except'],
        onKey: true,
        severity: 'warning',
        message: `No path can be in zone ${name}: \`except\` takes out everything that \`paths\` names.`,
      },
    ];
  });
}
