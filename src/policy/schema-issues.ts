// What does a schema's complaint mean in the words of the policy?
import { z } from 'zod';
import { policySchema } from './schema.js';
import type { Path } from './source.js';
import { enumerate, nearest, show } from './suggest.js';

export interface ExplainedIssue {
  readonly path: Path;
  /** True if the key is at fault, not its value. */
  readonly onKey: boolean;
  readonly message: string;
}

/** One complaint may concern several keys. */
export function explainIssue(issue: z.core.$ZodIssue, input: unknown): readonly ExplainedIssue[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys')
    // The walk over the text has told of `__proto__` already.
    return issue.keys
      .filter((key) => key !== '__proto__')
      .map((key) => ({ path: [...path, key], onKey: true, message: unknownKey(key, path) }));
  if (issue.code === 'invalid_key')
    return [{ path, onKey: true, message: `${issue.issues[0]?.message ?? 'This is not a name.'}` }];
  const value = valueAt(input, path);
  if (value === undefined && path.length > 0) return [missingKey(path)];
  return [{ path, onKey: value === null, message: explainValue(issue, value, path) }];
}

function explainValue(issue: z.core.$ZodIssue, value: unknown, path: Path): string {
  const name = path.length === 0 ? 'A policy' : `\`${spell(path)}\``;
  const shape = issue.code === 'invalid_type' ? SHAPES[issue.expected] : undefined;
  if (shape !== undefined) {
    if (path.length === 0)
      return `${name} is ${shape}, and this is ${kindOf(value)}. It begins with \`version: 1\`.`;
    if (value === null) return `${name} is empty. Write ${shape}, or remove the key.`;
    return `${name} must be ${shape}, not ${kindOf(value)}.`;
  }
  if (issue.code === 'too_small' && issue.origin === 'array')
    return `${name} is an empty list. Name at least one, or remove the key.`;
  if (issue.code === 'too_big' && issue.origin === 'array')
    return `${name} has more than ${issue.maximum} entries.`;
  return issue.message;
}

const SHAPES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  boolean: 'true or false',
};

function kindOf(value: unknown): string {
  if (typeof value === 'string') return `text (${show(value)})`;
  return show(value);
}

function missingKey(path: Path): ExplainedIssue {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const meaning = schemaAt(path)?.description;
  const where = parent.length === 0 ? 'The policy' : `\`${spell(parent)}\``;
  return {
    path: parent,
    onKey: true,
    message: `${where} needs \`${key}\`.${meaning === undefined ? '' : ` ${meaning}`}`,
  };
}

function unknownKey(key: string, parent: Path): string {
  const keys = Object.keys(schemaAt(parent)?.properties ?? {});
  const close = nearest(key, keys);
  const where = parent.length === 0 ? '' : ` in \`${spell(parent)}\``;
  const hint = close === null ? '' : ` Did you mean ${close}?`;
  return `Unknown key ${show(key)}${where}.${hint} Known keys: ${enumerate(keys)}.`;
}

/** `zones.infra.paths[0]` */
function spell(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const word = /^[\w-]+$/.test(step) ? step : show(step);
      return index === 0 ? word : `.${word}`;
    })
    .join('');
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

interface SchemaNode {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
}

let whole: SchemaNode | null = null;

/** The place of the schema that judges a path; `undefined` below an unknown key. */
function schemaAt(path: Path): SchemaNode | undefined {
  whole ??= z.toJSONSchema(policySchema) as SchemaNode;
  let node: SchemaNode | undefined = whole;
  for (const step of path) {
    if (node === undefined) return undefined;
    if (typeof step === 'number') node = node.items;
    else if (node.properties !== undefined && Object.hasOwn(node.properties, step))
      node = node.properties[step];
    else node = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  }
  return node;
}
