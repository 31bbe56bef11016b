// Do the JSON Schema for editors and the parser's schema accept and refuse the same documents?
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { load as loadYaml } from 'js-yaml';
import { policySchema } from '../../src/policy/schema.js';
import { RULES } from '../../src/rules/registry.js';
import type { JsonSchema } from '../tools/policy-reference.js';

const CONFIG = new URL('../../config/', import.meta.url);
const schema = JSON.parse(readFileSync(new URL('agent-policy.schema.json', CONFIG), 'utf8'));
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
const examples = readdirSync(new URL('examples/', CONFIG));
const full = loadYaml(readFileSync(new URL('examples/full.yml', CONFIG), 'utf8'));

function verdicts(document: unknown): { editor: boolean; parser: boolean } {
  return { editor: validate(document), parser: policySchema.safeParse(document).success };
}

describe('the JSON Schema', () => {
  test.each(examples)('accepts %s, and so does the parser', (file) => {
    const document = loadYaml(readFileSync(new URL(`examples/${file}`, CONFIG), 'utf8'));
    expect(verdicts(document)).toEqual({ editor: true, parser: true });
  });

  test('agrees with the parser on every value of the full example replaced by something else', () => {
    const others = [
      null,
      'wrong!',
      '',
      '97%',
      '7d',
      '@acme/sre',
      -7,
      2,
      1.5,
      1e6,
      true,
      [],
      [1],
      ['a'],
      ['!a'],
      {},
      { x: 1 },
    ];
    const counts = { accepted: 0, refused: 0 };
    for (const path of pathsOf(full))
      for (const other of others) {
        const document = replaced(full, path, other);
        const { editor, parser } = verdicts(document);
        expect([path.join('.'), other, editor]).toEqual([path.join('.'), other, parser]);
        counts[parser ? 'accepted' : 'refused']++;
      }
    expect(counts.accepted).toBeGreaterThan(100);
    expect(counts.refused).toBeGreaterThan(1000);
  });

  test('agrees with the parser on every key left out or added', () => {
    let refused = 0;
    for (const path of pathsOf(full)) {
      for (const document of [
        without(full, path),
        replaced(full, [...path.slice(0, -1), 'unknown_key'], 1),
      ]) {
        const { editor, parser } = verdicts(document);
        expect([path.join('.'), editor]).toEqual([path.join('.'), parser]);
        if (!parser) refused++;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });

  test.each([
    ['a list', []],
    ['text', 'version'],
    ['nothing', null],
    ['a zone without paths', { version: 1, owner: 'requester', zones: { a: { propose: 1 } } }],
    ['paths in the default zone', { version: 1, owner: 'requester', zones: { default: { paths: ['a'] } } }],
    ['a version in quotes', { version: '1', owner: 'requester' }],
  ])('refuses %s, and so does the parser', (_what, document) => {
    expect(verdicts(document)).toEqual({ editor: false, parser: false });
  });

  test('lets waivers name rules that exist or are to come, and none that is never waived', () => {
    const named: readonly string[] = schema.properties.waivers.properties.never.items.enum;
    const later = ['evals', 'quality-delta', 'checkpoints', 'sampling'];
    const built: readonly string[] = RULES.map((rule) => rule.name);
    expect(named.filter((name) => !later.includes(name) && !built.includes(name))).toEqual([]);
    for (const never of ['permission-tier', 'human-approvals', 'changes-requested', 'halt']) {
      expect(built).toContain(never);
      expect(named).not.toContain(never);
    }
  });

  test('tells the meaning of every key', () => {
    const silent: string[] = [];
    const visit = (node: JsonSchema, path: string) => {
      for (const [key, child] of Object.entries(node.properties ?? {})) {
        if (child.description === undefined) silent.push(`${path}${key}`);
        visit(child, `${path}${key}.`);
      }
      if (typeof node.additionalProperties === 'object') visit(node.additionalProperties, `${path}<name>.`);
      if (node.items !== undefined) visit(node.items, `${path}[].`);
    };
    visit(schema, '');
    expect(silent).toEqual([]);
  });
});

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, child]) =>
    pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? below : [path, ...below];
}

function replaced(document: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(document);
  const parent = parentOf(copy, path);
  if (Array.isArray(parent) && typeof path.at(-1) === 'string') parent.push(value);
  else (parent as Record<string, unknown>)[String(path.at(-1))] = value;
  return copy;
}

function without(document: unknown, path: Path): unknown {
  const copy = structuredClone(document);
  const parent = parentOf(copy, path);
  if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
  else delete (parent as Record<string, unknown>)[String(path.at(-1))];
  return copy;
}

function parentOf(document: unknown, path: Path): unknown {
  return path.slice(0, -1).reduce((node, step) => (node as Record<string, unknown>)[String(step)], document);
}
