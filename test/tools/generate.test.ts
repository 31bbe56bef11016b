// Is everything that is generated complete and up to date, and does the defaults' file say what the code does?
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load as loadYaml } from 'js-yaml';
import { DEFAULTS } from '../../src/policy/defaults.js';
import { parsePolicy } from '../../src/policy/parse.js';
import { generate } from './generate.js';
import { listReference, renderDefaults } from './policy-reference.js';

const ROOT = new URL('../..', import.meta.url).pathname;

describe('what is generated', () => {
  let folder: string;
  let files: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'agent-policy-generate-'));
    files = await generate(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is the schema, the defaults and the table, equal to what is committed', async () => {
    expect(files).toEqual(
      expect.arrayContaining(['config/agent-policy.schema.json', 'config/defaults.yml', 'docs/policy.md']),
    );
    for (const file of files) {
      const [fresh, committed] = await Promise.all(
        [folder, ROOT].map((at) => readFile(join(at, file), 'utf8')),
      );
      expect([file, fresh === committed]).toEqual([file, true]);
    }
  });
});

describe('the defaults', () => {
  /** Keys that have a default nowhere: they are what defines a thing of the user's own. */
  const WITHOUT = [
    'agents.<name>.match.logins',
    'agents.<name>.match.branches',
    'agents.<name>.match.emails',
  ];

  test('have an entry for every optional key of the schema', () => {
    const leaves = listReference().filter((row) => row.schema.properties === undefined && !row.required);
    const mappings = /^(agents|zones|evals\.suites)(\.<name>|\.default)?$|\.(trace)$/;
    const open = leaves.filter((row) => row.fallback === undefined).map((row) => row.path.join('.'));
    expect(open.filter((key) => !mappings.test(key))).toEqual(WITHOUT);
    expect(leaves.length).toBeGreaterThan(60);
  });

  test('name no key that the schema does not know', () => {
    const known = new Set(listReference().map((row) => row.path.join('.')));
    const { agent, zone, suite, ...rest } = DEFAULTS;
    const named = [
      ...keysOf(rest, ''),
      ...keysOf(agent, 'agents.<name>.'),
      ...keysOf(zone, 'zones.<name>.'),
      ...keysOf(suite, 'evals.suites.<name>.'),
    ];
    expect(named.filter((key) => !known.has(key))).toEqual([]);
  });

  test('are a valid policy once what is null is left out and the names are filled in', () => {
    const {
      agents,
      zones,
      evals,
      error_budget,
      weights: _weights,
      ...rest
    } = withoutNulls(loadYaml(renderDefaults())) as Shaped;
    const { '<name>': agent, ...namedAgents } = agents;
    const document = {
      version: 1,
      owner: '@acme/platform',
      ...rest,
      agents: { ...namedAgents, devin: { ...agent, budget: { usd: 1, ...DEFAULTS.agent.budget } } },
      zones: { all: { ...zones['<name>'], paths: ['**'], evals: ['one'] } },
      evals: { ...evals, suites: { one: { workflow: 'a.yml', ...evals.suites['<name>'] } } },
      error_budget: { change_failure_rate: '15%', ...error_budget },
    };
    const parsed = parsePolicy(JSON.stringify(document), { knownAgents: ['devin'] });
    expect(parsed.ok ? parsed.policy.warnings : parsed.problems).toEqual([]);
  });
});

type Section = Readonly<Record<string, object>>;

interface Shaped {
  readonly weights: unknown;
  readonly agents: Section;
  readonly zones: Section;
  readonly evals: { readonly suites: Section };
  readonly error_budget: object;
}

function keysOf(value: unknown, prefix: string): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    `${prefix}${key}`,
    ...keysOf(child, `${prefix}${key}.`),
  ]);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => (child === null ? [] : [[key, withoutNulls(child)]])),
  );
}
