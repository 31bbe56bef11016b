// Is a request, or an answer, what GitHub's published OpenAPI description says?
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly template: string;
}

export interface MatchedOperation {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

export interface RestContract {
  match(method: string, path: string): MatchedOperation | null;
  /** What is wrong with the request, in words; empty if nothing. */
  checkRequest(matched: MatchedOperation, query: URLSearchParams, body: unknown): readonly string[];
  checkAnswer(operation: Operation, status: number, body: unknown): readonly string[];
}

type Json = { readonly [key: string]: unknown };

/** Where GitHub's own description contradicts what GitHub sends, or itself. */
const ALLOWED: readonly { readonly operation: RegExp; readonly at: RegExp; readonly why: string }[] = [
  {
    operation: /^apps\/list-installations$/,
    at: /^\/\d+\/account\b/,
    why: 'the list asks for all of a user and an enterprise at once; a single installation for one of them',
  },
  {
    operation: /^pulls\/(list|get)$/,
    at: /\/head\/(repo|user)\b/,
    why: 'the repository of a deleted fork is null; the description says it is always there',
  },
  {
    operation: /^pulls\/list$/,
    at: /\/labels\/\d+\/description/,
    why: 'a label without description has null; pulls/get allows it, pulls/list does not',
  },
  {
    operation: /^checks\//,
    at: /\/conclusion$/,
    why: '`stale` and `startup_failure` are conclusions of runs in answers too',
  },
];

/** A range, `>=2026-11-20`, where the description says it is a date. */
const RANGES: readonly string[] = ['actions/list-workflow-runs created'];

let contract: RestContract | null = null;

/** One for the whole process: it holds nothing but compiled schemas. */
export function readRestContract(): RestContract {
  contract ??= createRestContract();
  return contract;
}

/** Reads the slice; every schema is compiled when it is first needed. */
function createRestContract(): RestContract {
  const { paths, components } = readSlice();
  const ajv = new Ajv({
    strict: false,
    // All of them, or one that is allowed would hide the next.
    allErrors: true,
    logger: false,
    formats: FORMATS,
    validateSchema: false,
    meta: false,
  });
  ajv.addSchema({ $id: 'github', components: toJsonSchema(components) } as object, 'github');
  const routes = listRoutes(paths);
  const compiled = new Map<string, ValidateFunction | null>();
  const compile = (key: string, find: () => unknown): ValidateFunction | null => {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const schema = find();
    const validate = schema === undefined ? null : ajv.compile(toJsonSchema(schema) as object);
    compiled.set(key, validate);
    return validate;
  };
  const resolve = (node: unknown): Json => {
    const { $ref } = node as { $ref?: string };
    if ($ref === undefined) return node as Json;
    return $ref
      .slice(2)
      .split('/')
      .reduce<unknown>((at, key) => (at as Json)[key], { components }) as Json;
  };
  const definitionOf = ({ template, method }: Operation) => (paths[template] as Json)[method] as Json;
  const parametersOf = (operation: Operation) =>
    ((definitionOf(operation).parameters as unknown[]) ?? []).map(resolve);
  const validate = (validator: ValidateFunction, value: unknown, what: string): string[] =>
    validator(value)
      ? []
      : (validator.errors ?? []).map(
          (error) => `${what}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
        );

  return {
    match(method, path) {
      for (const route of routes) {
        if (route.operation.method !== method.toLowerCase()) continue;
        const found = route.pattern.exec(path);
        if (found === null) continue;
        const values = found.slice(1).map(decodeURIComponent);
        return {
          operation: route.operation,
          params: Object.fromEntries(route.names.map((name, index) => [name, values[index]!])),
        };
      }
      return null;
    },
    checkRequest({ operation, params }, query, body) {
      const problems: string[] = [];
      const known = parametersOf(operation);
      for (const parameter of known) {
        const { name, required } = parameter as { name: string; required?: boolean };
        const raw = parameter.in === 'path' ? params[name] : (query.get(name) ?? undefined);
        if (parameter.in !== 'path' && parameter.in !== 'query') continue;
        if (raw === undefined) {
          if (required) problems.push(`parameter "${name}" is missing`);
          continue;
        }
        const validator = compile(`${operation.id} ${name}`, () => parameter.schema);
        const value = coerce(resolve(parameter.schema), raw);
        if (validator !== null && !RANGES.includes(`${operation.id} ${name}`))
          problems.push(...validate(validator, value, `parameter "${name}"`));
      }
      for (const name of query.keys())
        if (!known.some((each) => each.in === 'query' && each.name === name))
          problems.push(`parameter "${name}" is not known to ${operation.id}`);
      return [...problems, ...checkBody(operation, body)];
    },
    checkAnswer(operation, status, body) {
      const answers = definitionOf(operation).responses as Json;
      // What is not described per operation (401, 403, 429 …) has the general form of an error.
      const described = answers[status] === undefined ? null : resolve(answers[status]);
      if (described === null && status < 400)
        return [`status ${status} is not described for ${operation.id}`];
      const content = described?.content as Json | undefined;
      const media = Object.keys(content ?? {});
      if (media.length === 0)
        return body === undefined || status >= 400 ? [] : [`status ${status} of ${operation.id} has no body`];
      // A file has one media type for each of its forms.
      const problems = media.map((type) => {
        const schema = () => (content![type] as Json).schema;
        const validator = compile(`${operation.id} ${status} ${type}`, schema);
        return validator === null ? [] : validate(validator, body, 'body');
      });
      const fewest = problems.reduce((least, each) => (each.length < least.length ? each : least));
      return fewest.filter((problem) => !isAllowed(operation, problem));
    },
  };

  function checkBody(operation: Operation, body: unknown): readonly string[] {
    const described = definitionOf(operation).requestBody;
    if (described === undefined)
      return body === undefined ? [] : [`${operation.id} takes no body, and one was sent`];
    const { required, content } = resolve(described) as { required?: boolean; content: Json };
    if (body === undefined) return required ? [`${operation.id} needs a body`] : [];
    const schema = () => closeObjects(resolve((content['application/json'] as Json).schema));
    const validator = compile(`${operation.id} body`, schema);
    return validator === null ? [] : validate(validator, body, 'body');
  }
}

function isAllowed(operation: Operation, problem: string): boolean {
  const at = /^body(\S*)/.exec(problem)?.[1] ?? '';
  return ALLOWED.some((each) => each.operation.test(operation.id) && each.at.test(at));
}

function readSlice(): { readonly paths: Json; readonly components: Json } {
  return JSON.parse(readFileSync(new URL('./schema/openapi.json', import.meta.url), 'utf8'));
}

interface Route {
  readonly operation: Operation;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** These may hold slashes in a path. */
const LONG = ['path', 'ref', 'branch', 'basehead', 'tree_sha'];

function listRoutes(paths: Json): readonly Route[] {
  const routes = Object.entries(paths).flatMap(([template, methods]) => {
    const names = [...template.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!);
    const source = template
      .split(/(\{\w+\})/)
      .map((part) => {
        const name = /^\{(\w+)\}$/.exec(part)?.[1];
        if (name === undefined) return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
        return LONG.includes(name) ? '(.*)' : '([^/]+)';
      })
      .join('');
    const pattern = new RegExp(`^${source}$`);
    return Object.entries(methods as Json).map(([method, definition]) => ({
      operation: { id: (definition as { operationId: string }).operationId, method, template },
      pattern,
      names,
    }));
  });
  const literal = (route: Route) => route.operation.template.replace(/\{\w+\}/g, '').length;
  return routes.sort((a, b) => literal(b) - literal(a));
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type `null`. */
function toJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (node === null || typeof node !== 'object') return node;
  const { nullable, ...rest } = node as Record<string, unknown>;
  const entries = Object.entries(rest).map(([key, value]) => [
    key,
    key === '$ref' ? String(value).replace(/^#\//, 'github#/') : toJsonSchema(value),
  ]);
  const schema = Object.fromEntries(entries) as Record<string, unknown>;
  // A property may itself be called "nullable".
  if (typeof nullable === 'object') schema.nullable = toJsonSchema(nullable);
  return nullable === true ? { anyOf: [{ type: 'null' }, schema] } : schema;
}

/** The description leaves bodies open, so that a misspelt key would pass. */
function closeObjects(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closeObjects);
  if (node === null || typeof node !== 'object') return node;
  const schema = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, closeObjects(value)]),
  ) as Record<string, unknown>;
  const isObject = schema.type === 'object' && typeof schema.properties === 'object';
  return isObject && schema.additionalProperties === undefined
    ? { ...schema, additionalProperties: false }
    : schema;
}

function coerce(schema: Json, raw: string): unknown {
  if (schema.type === 'integer' || schema.type === 'number')
    return raw.trim() !== '' && Number.isFinite(Number(raw)) ? Number(raw) : raw;
  if (schema.type === 'boolean') return raw === 'true' ? true : raw === 'false' ? false : raw;
  if (Array.isArray(schema.oneOf)) return /^\d+$/.test(raw) ? Number(raw) : raw;
  return raw;
}

const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  timestamp: true,
  uri: (text: string) => URL.canParse(text),
  email: /^[^@\s]+@[^@\s]+$/,
  int64: true,
  binary: true,
  'repo.nwo': /^[^/]+\/[^/]+$/,
  'ssh-key': true,
  hostname: true,
  ipv4: true,
  ipv6: true,
  cidr: true,
} as const;
