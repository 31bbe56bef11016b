// How were the slices of GitHub's published schemas made that stand in test/fakes/github/schema?
// By hand, when an operation or a type is to be added:
//   mkdir /tmp/schemas && npm i --prefix /tmp/schemas --ignore-scripts @octokit/openapi@23.0.2 @octokit/graphql-schema@15.26.1
//   npx tsx test/tools/vendor-schemas.ts /tmp/schemas/node_modules/@octokit
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildSchema,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  print,
  type TypeNode,
} from 'graphql';
import { GRAPHQL_TYPES, REST_OPERATIONS } from './vendored-operations.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const TARGET = fileURLToPath(new URL('../fakes/github/schema/', import.meta.url));
/** Words for people: they are half of the source, and nothing is checked by them. */
const PROSE = ['description', 'example', 'examples', 'externalDocs', 'x-github', 'tags', 'summary', 'title'];

const [source] = process.argv.slice(2);
if (source === undefined) {
  console.error('Usage: npx tsx test/tools/vendor-schemas.ts FOLDER/node_modules/@octokit');
  process.exit(2);
}
await mkdir(TARGET, { recursive: true });
await vendorRest(join(source, 'openapi'));
await vendorGraphql(join(source, 'graphql-schema'));

async function vendorRest(from: string): Promise<void> {
  const whole = JSON.parse(await readFile(join(from, 'generated/api.github.com.json'), 'utf8')) as JsonObject;
  const { version } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8')) as { version: string };
  const wanted = new Set<string>(REST_OPERATIONS);
  const paths: JsonObject = {};
  for (const [path, methods] of Object.entries(whole.paths as JsonObject)) {
    for (const [method, operation] of Object.entries(methods as JsonObject)) {
      const id = (operation as JsonObject).operationId as string;
      if (!wanted.delete(id)) continue;
      paths[path] = { ...(paths[path] as JsonObject | undefined), [method]: withoutProse(operation) };
    }
  }
  if (wanted.size > 0) throw new Error(`The source has no operation ${[...wanted].join(', ')}.`);
  const components: Record<string, JsonObject> = {};
  collectComponents(paths, whole, components);
  await writeFile(
    join(TARGET, 'openapi.json'),
    formatByEntry({
      openapi: whole.openapi!,
      info: { ...(whole.info as JsonObject), description: `Slice of @octokit/openapi ${version}.` },
      paths,
      components,
    }),
  );
  await copyFile(join(from, 'LICENSE'), join(TARGET, 'openapi.LICENSE'));
}

/** Everything that is referred to, and what that refers to. */
function collectComponents(node: Json, whole: JsonObject, into: Record<string, JsonObject>): void {
  for (const ref of JSON.stringify(node).matchAll(/"\$ref":"#\/components\/([^/"]+)\/([^"]+)"/g)) {
    const [, kind, name] = ref as unknown as [string, string, string];
    into[kind] ??= {};
    if (into[kind][name] !== undefined) continue;
    const found = ((whole.components as JsonObject)[kind] as JsonObject)[name]!;
    into[kind][name] = withoutProse(found);
    if (kind !== 'examples') collectComponents(into[kind][name], whole, into);
  }
}

function withoutProse(node: Json, key = ''): Json {
  if (Array.isArray(node)) return node.map((each) => withoutProse(each));
  if (node === null || typeof node !== 'object') return node;
  // Under `properties` the keys are GitHub's own names: `description` and `title` are fields there.
  const names = key === 'properties' ? [] : PROSE;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name]) => !names.includes(name))
      .map(([name, value]) => [name, withoutProse(value, key === 'properties' ? '' : name)]),
  );
}

/** One line for each operation and component, so that a new version can be read as a diff. */
function formatByEntry(document: JsonObject): string {
  const block = (entries: JsonObject, indent: string): string =>
    Object.entries(entries)
      .map(([name, value]) => `${indent}${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .join(',\n');
  const { paths, components, ...head } = document;
  const kinds = Object.entries(components as JsonObject)
    .map(([kind, entries]) => `  ${JSON.stringify(kind)}:{\n${block(entries as JsonObject, '   ')}}`)
    .join(',\n');
  return `{\n${block(head, ' ')},\n "paths":{\n${block(paths as JsonObject, '  ')}},\n "components":{\n${kinds}}}\n`;
}

/** Keeps the wanted types; a field or an argument whose type is not among them is left out. */
async function vendorGraphql(from: string): Promise<void> {
  const document = parse(await readFile(join(from, 'schema.graphql'), 'utf8'), { noLocation: true });
  const { version } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8')) as { version: string };
  const keep = collectTypes(document);
  const definitions = document.definitions.flatMap((each) =>
    'name' in each && each.name && keep.has(each.name.value) ? [sliceDefinition(each, keep)] : [],
  );
  const sliced: DocumentNode = { kind: Kind.DOCUMENT, definitions };
  const text = `# Slice of @octokit/graphql-schema ${version}: see test/tools/vendor-schemas.ts.\n${print(sliced)}\n`;
  buildSchema(text);
  await writeFile(join(TARGET, 'schema.graphql'), text);
  await copyFile(join(from, 'LICENSE.md'), join(TARGET, 'schema.graphql.LICENSE'));
}

function sliceDefinition(definition: DefinitionNode, keep: ReadonlySet<string>): DefinitionNode {
  // Loosely typed on purpose: the same four lists occur on several kinds of definition.
  const node = { ...definition, description: undefined } as Record<string, unknown>;
  const sliceValues = (values: unknown) =>
    (values as InputValueDefinitionNode[]).filter((each) => keep.has(nameOf(each.type))).map(bare);
  if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) node.fields = sliceValues(definition.fields);
  else if ('fields' in definition && definition.fields)
    node.fields = (definition.fields as FieldDefinitionNode[])
      .filter((each) => keep.has(nameOf(each.type)))
      .map((each) => bare({ ...each, arguments: sliceValues(each.arguments ?? []) as never }));
  if ('interfaces' in definition)
    node.interfaces = definition.interfaces?.filter((each) => keep.has(each.name.value));
  if ('types' in definition) node.types = definition.types?.filter((each) => keep.has(each.name.value));
  if ('values' in definition) node.values = definition.values?.map(bare);
  node.directives = [];
  return node as unknown as DefinitionNode;
}

function bare<T extends { readonly directives?: readonly ConstDirectiveNode[] }>(node: T): T {
  const directives = (node.directives ?? []).filter((each) => each.name.value === 'deprecated');
  return { ...node, description: undefined, directives };
}

/** The wanted types, and every scalar, enum and input that their fields use. */
function collectTypes(document: DocumentNode): ReadonlySet<string> {
  const definitions = new Map(
    document.definitions.flatMap((each) =>
      'name' in each && each.name && /TypeDefinition$/.test(each.kind)
        ? [[each.name.value, each] as const]
        : [],
    ),
  );
  const missing = GRAPHQL_TYPES.filter((name) => !definitions.has(name));
  if (missing.length > 0) throw new Error(`The source has no type ${missing.join(', ')}.`);
  const keep = new Set<string>([...GRAPHQL_TYPES, 'String', 'Int', 'Float', 'Boolean', 'ID']);
  const addLeaves = (type: TypeNode) => {
    const definition = definitions.get(nameOf(type));
    if (definition === undefined || keep.has(nameOf(type))) return;
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION || definition.kind === Kind.SCALAR_TYPE_DEFINITION)
      keep.add(nameOf(type));
    if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      keep.add(nameOf(type));
      for (const field of definition.fields ?? []) addLeaves(field.type);
    }
  };
  for (const name of GRAPHQL_TYPES) {
    const definition = definitions.get(name)!;
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      const leaf = definitions.get(nameOf(field.type));
      const kept =
        keep.has(nameOf(field.type)) || leaf === undefined || !('fields' in leaf || 'types' in leaf);
      if (!kept) continue;
      addLeaves(field.type);
      if ('arguments' in field) for (const argument of field.arguments ?? []) addLeaves(argument.type);
    }
  }
  return keep;
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}
