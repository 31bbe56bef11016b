// What are all the keys of a policy, with values, default and meaning? Read from the schema and the defaults.

import { dump } from 'js-yaml';
import { z } from 'zod';
import { DEFAULTS } from '../../src/policy/defaults.js';
import { policySchema } from '../../src/policy/schema.js';
import { QUALITY_WEIGHTS } from '../../src/quality/weights.js';

export interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly [keyword: string]: unknown;
}

export interface ReferenceRow {
  /** `zones.<name>.propose` */
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  readonly required: boolean;
  /** `undefined`: a section, or a key below one that has no default at all. */
  readonly fallback: unknown;
}

/** Keys whose own keys are told elsewhere in the table. */
const SAME_KEYS: Readonly<Record<string, string>> = {
  'zones.default': 'The keys of `zones.<name>` but `paths`, `except` and `branches`.',
  'agents.<name>.trace': 'The keys of `trace`.',
};

/** Defaults that stand elsewhere in the policy, by the end of the key. */
const INHERITED: readonly (readonly [RegExp, string])[] = [
  [/^.+\.mode$/, "the file's `mode`"],
  [/^agents\.<name>\.tier$/, '`agents.default`'],
  [/^agents\.<name>\.owner$/, '`owner`'],
  [/^zones\.<name>\.quality_delta\./, '`quality_delta`'],
  [/^trace\.hosts$/, "the known agents'"],
];

/** JSON Schema (draft 7, which editors know) with every default filled in. */
export function buildPolicySchema(): JsonSchema {
  const schema = z.toJSONSchema(policySchema, { target: 'draft-7', io: 'input' }) as JsonSchema;
  return withDefaults({ ...schema, title: 'agent-policy' }, []);
}

export function listReference(): readonly ReferenceRow[] {
  return collect(buildPolicySchema(), []);
}

export function renderTable(): string {
  const rows = listReference().map((row) => {
    const key = row.path.join('.');
    const same = SAME_KEYS[key];
    const meaning = [row.schema.description ?? '', same ?? ''].filter((text) => text !== '').join(' ');
    return `| \`${key}\` | ${cell(spellValues(row.schema))} | ${cell(spellDefault(row))} | ${cell(meaning)} |`;
  });
  return ['| key | values | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

export function renderDefaults(): string {
  const { agent, zone, suite, agents, evals, ...rest } = DEFAULTS;
  const shaped = {
    ...rest,
    agents: { default: agents.default, '<name>': agent },
    zones: { '<name>': zone },
    evals: { suites: { '<name>': suite }, max_dispatches: evals.max_dispatches },
  };
  const order = Object.keys(buildPolicySchema().properties ?? {});
  const sorted = Object.fromEntries(
    order.flatMap((key) => (key in shaped ? [[key, shaped[key as never]]] : [])),
  );
  return [
    '# What holds where a policy says nothing. Written by `npm run generate` from src/policy/defaults.ts.',
    '# `<name>` stands for any name. `null`: nothing is demanded, limited or replaced.',
    '# `trace`, `evals` and `quality_delta` that are absent as a whole are reported and never block.',
    dump(sorted, { lineWidth: 110 }),
    '# Fitted on public repositories, the same everywhere and no settings: src/quality/weights.ts, docs/quality.md.',
    dump({ weights: QUALITY_WEIGHTS }, { lineWidth: 110 }),
  ].join('\n');
}

function collect(schema: JsonSchema, path: readonly string[]): readonly ReferenceRow[] {
  const named = Object.entries(schema.properties ?? {});
  const any = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null;
  const children: readonly (readonly [string, JsonSchema])[] = [
    ...named,
    ...(any !== null && isMapping(any) ? [['<name>', any] as const] : []),
  ];
  const below = children.flatMap(([key, child]): readonly ReferenceRow[] => {
    const at = [...path, key];
    const row = {
      path: at,
      schema: child,
      required: schema.required?.includes(key) ?? false,
      fallback: isMapping(child) ? undefined : defaultAt(at),
    };
    return at.join('.') in SAME_KEYS ? [row] : [row, ...collect(child, at)];
  });
  const items =
    schema.items !== undefined && isMapping(schema.items)
      ? collect(schema.items, [...path.slice(0, -1), `${path.at(-1)}[]`])
      : [];
  return [...below, ...items];
}

function isMapping(schema: JsonSchema): boolean {
  return (
    schema.properties !== undefined ||
    (typeof schema.additionalProperties === 'object' && isMapping(schema.additionalProperties))
  );
}

const ROOTS: Readonly<Record<string, unknown>> = {
  'agents.<name>': DEFAULTS.agent,
  'zones.<name>': DEFAULTS.zone,
  'evals.suites.<name>': DEFAULTS.suite,
};

function defaultAt(path: readonly string[]): unknown {
  const place = path.join('.');
  const root = Object.keys(ROOTS).find((prefix) => place.startsWith(`${prefix}.`));
  const rest = root === undefined ? path : path.slice(root.split('.').length);
  let value: unknown = root === undefined ? DEFAULTS : ROOTS[root];
  for (const key of rest) {
    if (value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function withDefaults(schema: JsonSchema, path: readonly string[]): JsonSchema {
  const fallback = isMapping(schema) ? undefined : defaultAt(path);
  const map = (record: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(
      Object.entries(record).map(([key, child]) => [key, withDefaults(child, [...path, key])]),
    );
  return {
    ...schema,
    ...(fallback === undefined || fallback === null ? {} : { default: fallback }),
    ...(schema.properties === undefined ? {} : { properties: map(schema.properties) }),
    ...(typeof schema.additionalProperties === 'object'
      ? { additionalProperties: withDefaults(schema.additionalProperties, [...path, '<name>']) }
      : {}),
  };
}

function spellValues(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(' ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(spellValues).join(' or ');
  if (schema.type === 'array') return `list: ${spellValues(schema.items ?? {}) || 'mappings'}`;
  if (schema.type === 'boolean') return '`true` `false`';
  if (schema.type === 'object') return isMapping(schema) ? '' : 'mapping';
  if (schema.type === 'integer') return `${schema.minimum} to ${schema.maximum}`;
  return schema.title ?? schema.type ?? '';
}

function spellDefault({ path, required, fallback, schema }: ReferenceRow): string {
  const inherited = INHERITED.find(([form]) => form.test(path.join('.')))?.[1];
  if (inherited !== undefined && !isMapping(schema)) return inherited;
  if (required && (fallback === undefined || fallback === null)) return 'required';
  if (isMapping(schema) || fallback === undefined) return '';
  if (fallback === null) return 'none';
  if (Array.isArray(fallback))
    return fallback.length === 0 ? 'none' : fallback.map((item) => `\`${item}\``).join(' ');
  return `\`${String(fallback)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
