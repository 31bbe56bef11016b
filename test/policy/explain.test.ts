// Does the explanation of a path name every zone and demand, with its line?
import { describe, expect, test } from '@jest/globals';
import { explainPath, formatExplanation } from '../../src/policy/explain.js';
import { load } from './builders.js';

const FILE = '.github/agent-policy.yml';

function explained(lines: string, path: string): string {
  return formatExplanation(explainPath(load(lines), path, { baseRef: 'main' }), FILE);
}

describe('an explanation', () => {
  test('of a path in two zones tells whose each demand is', () => {
    const lines = `zones:
  default: { propose: 2 }
  infrastructure:
    paths: ["infra/**"]
    approvals: { count: 2, from: ["@acme/sre"], confirm: true }
    require: { rollback_plan: true, feature_flag: { files: [flags.yml] }, checks: [{ name: build, app: ci }] }
  everybody:
    paths: ["**/*.tf"]
    for: everyone
    merge: 3
    evals: [one]
    quality_delta: { fail_below: -10, coverage: { patch_min: 90% } }
evals: { suites: { one: { workflow: a.yml } } }
`;
    expect(explained(lines, 'infra/main.tf')).toBe(
      `infra/main.tf on main

In zone infrastructure (for agents; .github/agent-policy.yml:5)
In zone everybody (for everyone; .github/agent-policy.yml:9)

An agent's change needs
  propose                2                                       zones.default, .github/agent-policy.yml:4
  merge                  3                                       everybody, .github/agent-policy.yml:12
  approvals              2 from @acme/sre, each confirmed        infrastructure, .github/agent-policy.yml:7
  require.rollback_plan  true                                    infrastructure, .github/agent-policy.yml:8
  require.feature_flag   in flags.yml                            infrastructure, .github/agent-policy.yml:8
  require.checks         build by ci                             infrastructure, .github/agent-policy.yml:8
  evals                  one                                     everybody, .github/agent-policy.yml:13
  quality_delta          coverage.patch_min 90%, fail_below -10  everybody, .github/agent-policy.yml:14

A person's change needs
  evals          one                                     everybody, .github/agent-policy.yml:13
  quality_delta  coverage.patch_min 90%, fail_below -10  everybody, .github/agent-policy.yml:14
`,
    );
  });

  test('of a path in no zone tells the built-in default', () => {
    expect(explained('', 'src/a.ts')).toBe(`src/a.ts on main

In no zone but the default.

An agent's change needs
  propose    1             built-in default
  merge      never         built-in default
  approvals  1 from owner  built-in default

A person's change needs
  nothing
`);
  });

  test('of the control plane binds people too', () => {
    expect(explained('', '.github/workflows/ci.yml')).toBe(`.github/workflows/ci.yml on main

In zone control plane (for everyone; built in)

An agent's change needs
  propose    1             built-in default
  merge      never         control plane, built in
  approvals  1 from owner  control plane, built in

A person's change needs
  approvals  1 from owner  control plane, built in
`);
  });

  test('tells from which tier on nobody needs to approve', () => {
    const zone = (more: string) =>
      explained(`zones: { docs: { paths: ["docs/**"], merge: 2${more} } }\n`, 'docs/a.md');
    expect(zone('')).toContain(`needs
  propose    1             built-in default
  merge      2             docs, .github/agent-policy.yml:3
  approvals  1 from owner  built-in default
  From tier 2 on an agent merges here without these approvals.
`);
    expect(zone(', approvals: { count: 0 }')).toContain('  approvals  1 from owner  docs');
    expect(zone(', require: { rollback_plan: true }')).not.toContain('From tier');
    expect(zone(', mode: observe')).not.toContain('From tier');
    expect(explained('zones: { docs: { paths: ["**"], merge: 2 } }\n', 'AGENTS.md')).not.toContain(
      'From tier',
    );
  });

  test('tells what only observes, and what is enforced meanwhile', () => {
    const lines = 'zones:\n  trial: { paths: ["src/**"], mode: observe, propose: 3 }\n';
    const { agents, zones } = explainPath(load(lines), 'src/a', { baseRef: 'main' });
    expect(zones).toEqual([{ name: 'trial', line: 4, mode: 'observe', for: 'agents' }]);
    expect(agents.filter((demand) => demand.key === 'propose')).toEqual([
      { key: 'propose', value: '1', zone: null, line: null, mode: 'enforce' },
      { key: 'propose', value: '3', zone: 'trial', line: 4, mode: 'observe' },
    ]);
    expect(explained(`mode: observe\n${lines}`, 'src/a')).toContain('This policy observes');
  });

  test('shows a path that would break or reorder the line as escapes', () => {
    expect(explained('', 'a\nb\u202ec\u001b[31m')).toContain('a\\u000ab\\u202ec\\u001b[31m on main\n');
  });
});
