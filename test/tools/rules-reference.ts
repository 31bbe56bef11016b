// What do the rules and their settings look like as tables? Made from the registry and the settings' schemas.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Rule } from '../../src/rules/define-rule.js';
import { RULES } from '../../src/rules/registry.js';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** One row a rule: its name, linked to its page, and the question it answers. */
export function renderRules(): string {
  const rows = RULES.map(({ name }) => `| [\`${name}\`](../src/rules/${name}.md) | ${questionOf(name)} |`);
  return ['| rule | question |', '|---|---|', ...rows].join('\n');
}

/** One row a setting, in the order of the code. */
export function renderSettings(rule: Rule): string {
  const settings = listSettings(rule);
  if (settings.length === 0) return 'None.';
  const rows = settings.map(({ key, type, says }) => `| \`${key}\` | ${type} | ${says} |`);
  return ['| setting | type | meaning |', '|---|---|---|', ...rows].join('\n');
}

export function listSettings(rule: Rule) {
  const { properties = {} } = z.toJSONSchema(rule.settings, { unrepresentable: 'any' }) as JsonSchema;
  return Object.entries(properties).map(([key, schema]) => ({
    key,
    type: typeOf(schema),
    says: (schema.description ?? '').replaceAll('|', '\\|'),
  }));
}

function questionOf(name: string): string {
  const source = readFileSync(new URL(`../../src/rules/${name}.ts`, import.meta.url), 'utf8');
  return source.split('\n')[0]!.replace(/^\/\/ /, '');
}

function typeOf(schema: JsonSchema): string {
  const { type, items, properties } = schema;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return [...new Set(either.map(typeOf))].join(' or ');
  if (type === 'array') return `list of ${items === undefined ? 'anything' : typeOf(items)}`;
  if (properties?.kind !== undefined) return typeOf(properties.kind);
  const types = typeof type === 'string' ? [type] : (type ?? ['anything']);
  return types.map((one) => (one === 'null' ? '`null`' : one)).join(' or ');
}
