// How is a GraphQL query answered? Checked and run by graphql-js against GitHub's published schema.
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import type { Caller } from '../auth.js';
import type { World } from '../model/world.js';
import type { RateLimiter } from '../rate-limit.js';
import { viewQuery } from './view-query.js';

export interface GraphqlContext {
  readonly world: World;
  readonly caller: Caller;
  readonly limiter: RateLimiter;
}

export interface GraphqlService {
  execute(query: string, variables: Readonly<Record<string, unknown>>, caller: Caller): Promise<object>;
}

export function createGraphqlService(
  world: World,
  limiter: RateLimiter,
  violations: string[],
): GraphqlService {
  const fieldResolver: GraphQLFieldResolver<Record<string, unknown>, GraphqlContext> = (
    source,
    args,
    context,
    info,
  ) => {
    const value = source[info.fieldName];
    if (value === undefined) {
      const field = `${info.parentType.name}.${info.fieldName}`;
      violations.push(`GraphQL: the simulator does not know ${field}`);
      throw new Error(`The simulator does not know ${field}.`);
    }
    return typeof value === 'function' ? value(args, context, info) : value;
  };
  return {
    async execute(query, variables, caller) {
      const document = readDocument(query);
      if (!('kind' in document)) {
        violations.push(...document.map((error) => `GraphQL: ${error.message} in: ${query.slice(0, 200)}`));
        return { errors: document.map(formatError) };
      }
      const context: GraphqlContext = { world, caller, limiter };
      const result = await execute({
        schema: readSchema(),
        document,
        rootValue: viewQuery(context),
        contextValue: context,
        variableValues: variables,
        fieldResolver: fieldResolver as GraphQLFieldResolver<unknown, unknown>,
      });
      const errors = result.errors ?? [];
      violations.push(
        ...errors.filter(isUnexpected).map((error) => `GraphQL: ${error.stack ?? error.message}`),
      );
      return {
        ...(result.data === undefined ? {} : { data: result.data }),
        ...(errors.length === 0 ? {} : { errors: errors.map(formatError) }),
      };
    },
  };
}

let schema: GraphQLSchema | null = null;

function readSchema(): GraphQLSchema {
  schema ??= buildSchema(readFileSync(new URL('../schema/schema.graphql', import.meta.url), 'utf8'));
  return schema;
}

/** Queries are few and constant: each is checked once. */
const documents = new Map<string, DocumentNode | readonly GraphQLError[]>();

function readDocument(query: string): DocumentNode | readonly GraphQLError[] {
  const known = documents.get(query);
  if (known !== undefined) return known;
  const found = check(readSchema(), query);
  documents.set(query, found);
  return found;
}

function check(against: GraphQLSchema, query: string): DocumentNode | readonly GraphQLError[] {
  try {
    const document = parse(query);
    const errors = validate(against, document);
    return errors.length === 0 ? document : errors;
  } catch (error) {
    return [error as GraphQLError];
  }
}

/** A bad variable, a page too large, a value that the schema does not allow: nothing that may happen in a good query. */
function isUnexpected({ extensions, message }: GraphQLError): boolean {
  if (typeof extensions.type === 'string') return !['NOT_FOUND', 'FORBIDDEN'].includes(extensions.type);
  return !message.startsWith('The simulator does not know');
}

/** GitHub puts `type` beside the message. */
function formatError({ message, path, locations, extensions }: GraphQLError): object {
  return {
    ...(extensions.type === undefined ? {} : { type: extensions.type }),
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined ? {} : { locations }),
    message,
  };
}
