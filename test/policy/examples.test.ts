// Do the shipped examples say what they seem to say?
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type LoadedPolicy, parsePolicy } from '../../src/policy/parse.js';
import { KNOWN_AGENTS, resolve } from './builders.js';

const FOLDER = new URL('../../config/examples/', import.meta.url);

function example(file: string): LoadedPolicy {
  const parsed = parsePolicy(readFileSync(new URL(file, FOLDER), 'utf8'), { knownAgents: KNOWN_AGENTS });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
  return parsed.policy;
}

describe('an example', () => {
  test.each(readdirSync(FOLDER))('%s is valid and has no warning', (file) => {
    expect(example(file).warnings).toEqual([]);
  });

  test.each(['small.yml', 'observe.yml', 'organization.yml'])('%s can be judged as a whole', (file) => {
    expect(example(file).unbuilt).toEqual([]);
  });

  test('with one zone asks two of @acme/sre for infrastructure, and the owner elsewhere', () => {
    const policy = example('small.yml');
    const asked = (path: string) =>
      resolve(policy, path).approvals.map(({ value }) => `${value.count} ${value.from}`);
    expect(asked('infra/vpc/main.tf')).toEqual(['2 @acme/sre']);
    expect(asked('modules/a.tf')).toEqual(['2 @acme/sre']);
    expect(asked('src/a.ts')).toEqual(['1 owner']);
  });

  test('with every section lets tier 2 merge docs, tier 3 merge production with flag, plan and check', () => {
    const policy = example('full.yml');
    expect(resolve(policy, 'docs/a.md').merge).toEqual({ value: 2, zone: 'docs', line: 54 });
    const production = resolve(policy, 'src/a.ts');
    expect(production.merge.value).toBe(3);
    expect(production.rollbackPlan?.zone).toBe('production');
    expect(production.featureFlag?.value.files).toEqual(['flags/*.yml']);
    expect(production.checks.map(({ value }) => value)).toEqual([{ name: 'build', app: 'github-actions' }]);
    expect(production.approvals.map(({ value }) => value.from)).toEqual([['codeowners']]);
    expect(resolve(policy, 'infra/docs/a.md').zones).toEqual([]);
    expect(resolve(policy, 'infra/a.tf', { baseRef: 'dev' }).zones).toEqual([]);
    expect(resolve(policy, 'prompts/a', { audience: 'person' }).evals.map(({ value }) => value)).toEqual([
      'support-regression',
    ]);
  });

  test('that observes enforces its one zone, with what that zone states', () => {
    const policy = example('observe.yml');
    expect(resolve(policy, 'src/a').approvals).toEqual([]);
    expect(resolve(policy, 'deploy/a').approvals.map(({ value }) => value.from)).toEqual([['@acme/sre']]);
  });

  test('of an organisation demands only what it states', () => {
    const policy = example('organization.yml');
    const org = { layer: 'organization' } as const;
    expect(resolve(policy, 'src/a', org)).toMatchObject({ zones: [], approvals: [], merge: { value: 2 } });
    expect(resolve(policy, 'src/a', { ...org, baseRef: 'release/1' }).merge.value).toBe('never');
    expect(resolve(policy, 'a/.env.local', { ...org, audience: 'person' }).approvals).toHaveLength(1);
  });
});
