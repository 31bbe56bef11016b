// Does every file get the strictest demand that was stated, and never less than the control plane's?
import { describe, expect, test } from '@jest/globals';
import { modeOf, tierOf } from '../../src/policy/resolve.js';
import { load, resolve } from './builders.js';

describe('a policy without zones', () => {
  const policy = load('');

  test('lets tier 1 propose and a person merge, after one approval by the owner', () => {
    expect(resolve(policy, 'src/a.ts')).toEqual({
      path: 'src/a.ts',
      zones: [],
      propose: { value: 1, zone: null, line: null },
      merge: { value: 'never', zone: null, line: null },
      approvals: [{ value: { count: 1, from: ['owner'], confirm: false }, zone: null, line: null }],
      checks: [],
      rollbackPlan: null,
      featureFlag: null,
      evals: [],
      qualityDelta: [],
      layer: 'repository',
      mode: 'enforce',
    });
  });

  test("demands nothing of a person's change", () => {
    const { propose, merge, approvals } = resolve(policy, 'src/a.ts', { audience: 'person' });
    expect([propose.value, merge.value, approvals]).toEqual([0, 2, []]);
  });

  test("demands nothing in the organisation's layer", () => {
    const { propose, merge, approvals } = resolve(policy, 'src/a.ts', { layer: 'organization' });
    expect([propose.value, merge.value, approvals]).toEqual([0, 2, []]);
  });
});

describe('a key', () => {
  const zones = (lines: string) => load(`zones:\n${lines}`);

  test('has the strictest value of the zones that state it, whatever their order', () => {
    const a = '  a: { paths: ["src/**"], propose: 1, merge: 2 }\n';
    const b = '  b: { paths: ["src/pay/**"], propose: 3, merge: never }\n';
    const c = '  c: { paths: ["**/*.ts"], merge: 3 }\n';
    for (const order of [a + b + c, c + b + a, b + a + c]) {
      const { propose, merge } = resolve(zones(order), 'src/pay/x.ts');
      expect([propose.value, propose.zone, merge.value, merge.zone]).toEqual([3, 'b', 'never', 'b']);
    }
    const { merge } = resolve(zones(a + c), 'src/x.ts');
    expect([merge.value, merge.zone, merge.line]).toEqual([3, 'c', 5]);
  });

  test('that a looser zone states is not tightened by the default', () => {
    const policy = zones(
      '  default: { merge: never, propose: 2 }\n  docs: { paths: ["docs/**"], merge: 2 }\n',
    );
    const { propose, merge } = resolve(policy, 'docs/a.md');
    expect([merge.value, merge.zone]).toEqual([2, 'docs']);
    expect([propose.value, propose.zone, propose.line]).toEqual([2, 'default', 4]);
  });

  test('falls to the built-in default where the default zone is silent', () => {
    const policy = zones('  default: { propose: 2 }\n');
    const { merge, approvals } = resolve(policy, 'docs/a.md');
    expect([merge.value, merge.zone]).toEqual(['never', null]);
    expect(approvals).toHaveLength(1);
  });

  test('of approvals keeps the demand of each zone, and one of equal demands', () => {
    const policy = zones(
      [
        '  a: { paths: ["**"], approvals: { count: 2, from: ["@acme/sre"] } }',
        '  b: { paths: ["infra/**"], approvals: { count: 1, from: ["@alice", codeowners] } }',
        '  c: { paths: ["infra/**"], approvals: { from: [codeowners, "@Alice"] } }',
        '',
      ].join('\n'),
    );
    expect(resolve(policy, 'infra/a').approvals).toEqual([
      { value: { count: 2, from: ['@acme/sre'], confirm: false }, zone: 'a', line: 4 },
      { value: { count: 1, from: ['@alice', 'codeowners'], confirm: false }, zone: 'b', line: 5 },
    ]);
  });

  test('of approvals by one person asks the owner when the zone names nobody', () => {
    const [approval] = resolve(zones('  a: { paths: ["**"], approvals: { count: 3 } }\n'), 'x').approvals;
    expect(approval?.value).toEqual({ count: 3, from: ['owner'], confirm: false });
  });

  test('of lists is united, each entry with its line', () => {
    const policy = load(`zones:
  a:
    paths: ["src/**"]
    evals: [one]
    require: { checks: [{ name: build, app: github-actions }] }
  b:
    paths: ["**/*.ts"]
    evals:
      - two
      - one
    require:
      checks:
        - { name: build, app: github-actions }
        - { name: build, app: other }
evals: { suites: { one: { workflow: a.yml }, two: { workflow: b.yml } } }
`);
    const { evals, checks } = resolve(policy, 'src/a.ts');
    expect(evals.map(({ value, zone, line }) => [value, zone, line])).toEqual([
      ['one', 'a', 6],
      ['two', 'b', 11],
    ]);
    expect(checks.map(({ value, zone, line }) => [value.app, zone, line])).toEqual([
      ['github-actions', 'a', 7],
      ['other', 'b', 16],
    ]);
  });

  test('with an empty list states that there is none, so the default does not speak', () => {
    const policy = load(`zones:
  default: { evals: [one] }
  docs: { paths: ["docs/**"], evals: [] }
evals: { suites: { one: { workflow: a.yml } } }
`);
    expect(resolve(policy, 'docs/a').evals).toEqual([]);
    expect(resolve(policy, 'src/a').evals).toHaveLength(1);
  });

  test('of rollback and flag is resolved on its own; files of flags are those all zones name', () => {
    const policy = load(`zones:
  default: { require: { rollback_plan: true } }
  a: { paths: ["src/**"], require: { feature_flag: { files: [one.yml, two.yml] } } }
  b: { paths: ["src/pay/**"], require: { rollback_plan: false, feature_flag: { files: [two.yml] } } }
  c: { paths: ["src/pay/x/**"], require: { rollback_plan: true, feature_flag: { files: [three.yml] } } }
`);
    const plain = resolve(policy, 'src/a');
    expect([plain.rollbackPlan?.zone, plain.featureFlag?.value.files]).toEqual([
      'default',
      ['one.yml', 'two.yml'],
    ]);
    const pay = resolve(policy, 'src/pay/a');
    expect([pay.rollbackPlan, pay.featureFlag?.value.files]).toEqual([null, ['two.yml']]);
    const strict = resolve(policy, 'src/pay/x/a');
    expect([strict.rollbackPlan?.zone, strict.featureFlag?.value.files]).toEqual(['c', []]);
  });

  test('of the quality delta keeps what each zone states', () => {
    const policy = load(`zones:
  a: { paths: ["**"], quality_delta: { fail_below: -10 } }
  b: { paths: ["src/**"], quality_delta: { coverage: { patch_min: 90% } } }
`);
    expect(resolve(policy, 'src/a').qualityDelta.map((stated) => stated.value)).toEqual([
      { fail_below: -10 },
      { coverage: { patch_min: '90%' } },
    ]);
  });
});

describe('a zone', () => {
  test('leaves out what `except` names', () => {
    const policy = load('zones:\n  a: { paths: ["infra/**"], except: ["infra/docs/**"], merge: 3 }\n');
    expect(resolve(policy, 'infra/docs/a.md').zones).toEqual([]);
    expect(resolve(policy, 'infra/docs.tf').zones).toEqual(['a']);
  });

  test('is for its base branches only', () => {
    const policy = load('zones:\n  a: { paths: ["**"], branches: [main, "release/*"], propose: 3 }\n');
    const proposed = (baseRef: string) => resolve(policy, 'x', { baseRef }).propose.value;
    expect(['main', 'release/1', 'maintenance', 'release/1/2', 'dev'].map(proposed)).toEqual([3, 3, 1, 1, 1]);
  });

  test('matches dotfiles and names that git allows', () => {
    const policy = load('zones:\n  a: { paths: ["src/**"], propose: 3 }\n');
    const paths = [
      'src/.env',
      'src/.a/b',
      'src/a\nb',
      'src/a|b',
      'src/`@x`',
      'src/\u202ea',
      'src/ ',
      'src/a\\b',
    ];
    expect(paths.map((path) => resolve(policy, path).zones)).toEqual(paths.map(() => ['a']));
    expect(resolve(policy, 'src2/a').zones).toEqual([]);
  });

  test('may be called like a property of every object', () => {
    const policy = load(
      'zones:\n  constructor: { paths: ["**"], propose: 2 }\n  toString: { paths: [x], propose: 3 }\n',
    );
    expect(resolve(policy, 'x').propose).toEqual({ value: 3, zone: 'toString', line: 5 });
    expect(tierOf(policy, 'constructor').value).toBe(1);
  });
});

describe("a person's change", () => {
  const policy = load(`zones:
  default: { approvals: { count: 3 } }
  all:
    paths: ["prompts/**"]
    for: everyone
    propose: 3
    merge: 2
    approvals: { count: 2, from: ["@acme/sre"] }
    require: { rollback_plan: true, feature_flag: { files: [f.yml] }, checks: [{ name: build, app: ci }] }
    evals: [one]
    quality_delta: { fail_below: -10 }
  agents: { paths: ["**"], approvals: { count: 5 }, evals: [one] }
evals: { suites: { one: { workflow: a.yml } } }
`);

  test('owes approvals, evals, checks and quality of zones for everyone, and nothing else', () => {
    const demands = resolve(policy, 'prompts/a', { audience: 'person' });
    expect(demands.zones).toEqual(['all']);
    expect([demands.propose.value, demands.merge.value]).toEqual([0, 2]);
    expect([demands.rollbackPlan, demands.featureFlag]).toEqual([null, null]);
    expect(demands.approvals.map((stated) => stated.value.count)).toEqual([2]);
    expect(demands.checks.map((stated) => stated.value.name)).toEqual(['build']);
    expect(demands.evals.map((stated) => stated.value)).toEqual(['one']);
    expect(demands.qualityDelta).toHaveLength(1);
  });

  test('owes nothing outside them', () => {
    const demands = resolve(policy, 'src/a', { audience: 'person' });
    expect([demands.zones, demands.approvals, demands.evals]).toEqual([[], [], []]);
  });

  test('is bound by a default zone that is for everyone', () => {
    const everyone = load('zones:\n  default: { for: everyone, approvals: { from: [codeowners] } }\n');
    expect(resolve(everyone, 'src/a', { audience: 'person' }).approvals[0]?.value.from).toEqual([
      'codeowners',
    ]);
  });
});

describe('the control plane', () => {
  const loose = load(`zones:
  default: { merge: 2, approvals: { count: 0 } }
  mine: { paths: [".github/**", "**/AGENTS.md"], merge: 2, approvals: { count: 0 } }
`);

  test('cannot be loosened by a zone or the default', () => {
    for (const path of [
      '.github/workflows/ci.yml',
      '.GitHub/Workflows/ci.yml',
      'AGENTS.md',
      'CODEOWNERS',
      '.claude/x',
    ]) {
      const { merge, approvals, zones } = resolve(loose, path);
      expect([path, merge.value, merge.zone]).toEqual([path, 'never', 'control plane']);
      expect(approvals[0]).toEqual({
        value: { count: 1, from: ['owner'], confirm: false },
        zone: 'control plane',
        line: null,
      });
      expect(zones.at(-1)).toBe('control plane');
    }
  });

  test("binds people's changes", () => {
    const { merge, approvals } = resolve(loose, '.github/agent-policy.yml', { audience: 'person' });
    expect([merge.value, approvals.map((stated) => stated.zone)]).toEqual(['never', ['control plane']]);
  });

  test('adds to what zones and defaults demand, and takes nothing away', () => {
    const policy = load(`zones:
  default: { propose: 2, approvals: { count: 2, from: ["@acme/sre"] } }
`);
    const { propose, approvals } = resolve(policy, '.mcp.json');
    expect(propose.value).toBe(2);
    expect(approvals.map((stated) => [stated.zone, stated.value.count])).toEqual([
      ['control plane', 1],
      ['default', 2],
    ]);
  });

  test("is in the organisation's layer too unless the repository's own policy has it", () => {
    expect(resolve(loose, '.mcp.json', { layer: 'organization' }).merge.value).toBe('never');
    const left = resolve(load(''), '.mcp.json', { layer: 'organization', controlPlane: false });
    expect([left.merge.value, left.approvals, left.zones]).toEqual([2, [], []]);
  });

  test('follows the mode at the top of the policy', () => {
    const policy = load('mode: observe\n');
    expect(resolve(policy, '.mcp.json').approvals).toEqual([]);
    const would = resolve(policy, '.mcp.json', { modes: 'all' });
    expect([would.merge.value, would.mode]).toEqual(['never', 'observe']);
  });
});

describe('observe', () => {
  test('of one zone leaves the other zones and the default in force', () => {
    const policy = load(`zones:
  trial: { paths: ["src/**"], mode: observe, propose: 3, approvals: { count: 4 } }
  real: { paths: ["src/pay/**"], propose: 2 }
`);
    const now = resolve(policy, 'src/pay/a');
    expect([now.zones, now.propose.value, now.approvals[0]?.value.count, now.mode]).toEqual([
      ['real'],
      2,
      1,
      'enforce',
    ]);
    const would = resolve(policy, 'src/pay/a', { modes: 'all' });
    expect([would.zones, would.propose.value, would.approvals[0]?.value.count, would.mode]).toEqual([
      ['trial', 'real'],
      3,
      4,
      'observe',
    ]);
    expect(resolve(policy, 'docs/a', { modes: 'all' }).mode).toBe('enforce');
  });

  test('of the policy leaves a zone that enforces in force, with what it states alone', () => {
    const policy = load(
      'mode: observe\nzones:\n  hard: { paths: ["infra/**"], mode: enforce, propose: 3 }\n',
    );
    const now = resolve(policy, 'infra/a');
    expect([now.propose.value, now.merge.value, now.approvals]).toEqual([3, 2, []]);
    const would = resolve(policy, 'infra/a', { modes: 'all' });
    expect([would.propose.value, would.merge.value, would.mode]).toEqual([3, 'never', 'observe']);
    expect(modeOf(policy)).toBe('observe');
  });

  test('of the default zone falls to the built-in default', () => {
    const policy = load('zones:\n  default: { mode: observe, propose: 3, merge: 2 }\n');
    const now = resolve(policy, 'a');
    expect([now.propose.value, now.merge.value]).toEqual([1, 'never']);
  });
});

describe('the tier of an agent', () => {
  const policy = load(
    'agents:\n  default: { tier: 0 }\n  devin: { tier: 2 }\n  copilot: { owner: "@alice" }\n',
  );

  test('is its own, else the default, else 1', () => {
    expect(tierOf(policy, 'devin')).toEqual({ value: 2, zone: null, line: 5 });
    expect(tierOf(policy, 'copilot')).toEqual({ value: 0, zone: null, line: 4 });
    expect(tierOf(policy, 'someone')).toEqual({ value: 0, zone: null, line: 4 });
    expect(tierOf(policy, null)).toEqual({ value: 0, zone: null, line: 4 });
    expect(tierOf(load(''), 'devin')).toEqual({ value: 1, zone: null, line: null });
    expect(modeOf(policy)).toBe('enforce');
  });
});
