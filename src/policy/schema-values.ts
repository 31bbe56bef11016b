// How are the single values of a policy written: tiers, percentages, durations, owners, globs?
// Each one carries its own message, so that a mistake is told in the policy's words and not in a library's.
import { z } from 'zod';
import { enumerate, nearest, show } from './suggest.js';

export type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

type Input = { readonly input?: unknown };

/** One of a few known values. `noun` is singular: `tier` gives `Unknown tier "x". Known tiers: 0, 1.` */
export function known<const T extends string | number>(noun: string, values: readonly T[]): z.ZodLiteral<T> {
  return z.literal([...values], { error: (issue: Input) => unknownValue(noun, values, issue.input) });
}

/** Text of a given form; what is wrong is told with an example of what is right. */
export function text(form: RegExp, what: string, example: string): z.ZodString {
  const error = (issue: Input) => `${show(issue.input)} is not ${what}. Write it like ${example}.`;
  return z.string({ error }).regex(form, { error }).meta({ title: what });
}

function unknownValue(noun: string, values: readonly (string | number)[], input: unknown): string {
  const same =
    typeof input === 'string' && values.some((value) => typeof value === 'number' && String(value) === input);
  const close = typeof input === 'string' && !same ? nearest(input, values.map(String)) : null;
  const hint = same ? ` Write it without quotes: ${input}.` : close === null ? '' : ` Did you mean ${close}?`;
  return `Unknown ${noun} ${show(input)}.${hint} Known ${plural(noun)}: ${enumerate(values)}.`;
}

function plural(noun: string): string {
  if (noun.endsWith('y')) return `${noun.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

/** GitHub's logins, with the underscore of enterprise-managed users. */
const LOGIN = '[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})';
const TEAM = `${LOGIN}/[A-Za-z0-9][A-Za-z0-9._-]{0,99}`;
const WHO = `@(?:${TEAM}|${LOGIN})`;

export const tier = known('tier', [0, 1, 2, 3]);
export const mergeTier = known('merge tier', [2, 3, 'never']);
export const mode = known('mode', ['enforce', 'observe']);

export const owner = text(
  new RegExp(`^(?:${WHO}|requester)$`),
  'an owner',
  '"@alice", "@acme/platform" or requester (with quotes around the @)',
);
export const approver = text(
  new RegExp(`^(?:${WHO}|codeowners|owner)$`),
  'somebody who can approve',
  '"@alice", "@acme/sre", codeowners or owner (with quotes around the @)',
);
export const waiverer = text(
  new RegExp(`^(?:${WHO}|owner)$`),
  'somebody who can waive',
  '"@alice", "@acme/leads" or owner (with quotes around the @)',
);
export const mention = text(
  new RegExp(`^${WHO}$`),
  'a person or a team',
  '"@alice" or "@acme/oncall" (with quotes around the @)',
);
export const login = text(
  new RegExp(`^${LOGIN}(?:\\[bot\\])?$`),
  'a login',
  'acme-deploy or "acme-codegen[bot]" (without an @)',
);
export const email = text(/^[^@\s<>]+@[^@\s<>]+$/, 'an e-mail address', '"codegen@acme.dev"');
/** From 0% to 100%, decimals allowed. */
export const percent = text(/^(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/, 'a percentage', '97% (from 0% to 100%)');
/** Whole minutes, hours, days or weeks; never zero. */
export const duration = text(
  /^[1-9]\d{0,4}[mhdw]$/,
  'a duration',
  '30m, 12h, 7d or 4w (minutes, hours, days, weeks)',
);
export const host = text(
  /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d{1,5})?$/,
  'a host',
  '"app.devin.ai" (without https:// and path, no wildcards)',
);
export const workflowFile = text(
  /^[^/\\\s]+\.ya?ml$/,
  'a workflow file',
  'release.yml (a file name inside .github/workflows)',
);
export const appSlug = text(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'the slug of an app', 'github-actions');
/** Length and leading sign here; braces and the shape of the path in `paths/glob.ts`. */
export const glob = z
  .string({ error: (issue: Input) => `${show(issue.input)} is not a glob. Write it like "infra/**".` })
  .min(1, { error: () => 'An empty glob matches nothing. Write it like "infra/**".' })
  .max(256, {
    error: (issue: Input) =>
      `A glob has at most 256 characters, this one ${String(issue.input).length}. Use several shorter ones.`,
  })
  .regex(/^(?![!#])/, { error: (issue: Input) => leadingSign(String(issue.input)) })
  .meta({ title: 'a glob' });
export const categoryGlob = text(
  /^[^!#\s][^\s]{0,99}$/,
  'a category or a glob over categories',
  '"prompt_injection*"',
);
export const label = text(/^[^\p{Cc}]{1,50}$/u, 'a name of at most 50 characters', 'agent-incident');

/** A whole number within bounds, told in one sentence. */
export function whole(what: string, min: number, max: number): z.ZodNumber {
  const error = (issue: Input) =>
    `${show(issue.input)} is not ${what}. Write a whole number from ${min} to ${max}.`;
  return z.int({ error }).min(min, { error }).max(max, { error }).meta({ title: what });
}

function leadingSign(pattern: string): string {
  return pattern.startsWith('!')
    ? `A glob cannot begin with "!". Name the paths that are out under \`except\`: ${show(pattern.slice(1))}.`
    : 'A glob cannot begin with "#".';
}
