// How does a test get a policy from a few lines of YAML?
import type { FileDemands } from '../../src/domain/zone.js';
import { type LoadedPolicy, type ParsedPolicy, parsePolicy } from '../../src/policy/parse.js';
import { type ResolveOptions, resolveFile } from '../../src/policy/resolve.js';

export const KNOWN_AGENTS = ['claude-code', 'copilot', 'devin'];

/** The two lines every policy needs; what follows begins at line 3. */
export const HEAD = 'version: 1\nowner: "@acme/platform"\n';

export function parse(text: string): ParsedPolicy {
  return parsePolicy(text, { knownAgents: KNOWN_AGENTS });
}

/** A valid policy of `HEAD` and these lines; its problems fail the test. */
export function load(lines: string): LoadedPolicy {
  const parsed = parse(`${HEAD}${lines}`);
  if (!parsed.ok) throw new Error(parsed.problems.map(spell).join('\n'));
  return parsed.policy;
}

/** `line:column  message`, a warning marked; `valid` if there is nothing to tell. */
export function problemsOf(text: string): string {
  const parsed = parse(text);
  const problems = parsed.ok ? parsed.policy.warnings : parsed.problems;
  return problems.length === 0 ? 'valid' : problems.map(spell).join('\n');
}

export function resolve(
  policy: LoadedPolicy,
  path: string,
  options: Partial<ResolveOptions> = {},
): FileDemands {
  return resolveFile(policy, path, {
    baseRef: 'main',
    audience: 'agent',
    layer: 'repository',
    modes: 'enforce',
    ...options,
  });
}

function spell(problem: { line: number; column: number; severity: string; message: string }): string {
  const mark = problem.severity === 'warning' ? 'Warning: ' : '';
  return `${problem.line}:${problem.column}  ${mark}${problem.message}`;
}
