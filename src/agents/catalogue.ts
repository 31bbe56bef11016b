// Which agents and classic bots are known, and how is each recognised? Reads `config/agents.yml`.
// The file is shipped with the product: anything wrong in it is a bug of ours and is thrown, all at once.
import { load } from 'js-yaml';
import { z } from 'zod';
import { type CatalogueExample, exampleSchema } from './catalogue-example.js';
import type { Automation, BranchPattern, KnownAccount, KnownEmail, Signature } from './signature.js';

/** A part of a pull request's body that a review bot writes into other people's text. */
export interface ReviewBlock {
  readonly name: string;
  /** First words of the block. */
  readonly from: string;
  /** Last words of the block; `null`: up to the next heading of the same or a higher level, or the end. */
  readonly to: string | null;
}

export interface Catalogue {
  readonly agents: readonly Signature[];
  readonly automation: readonly Automation[];
  readonly blocks: readonly ReviewBlock[];
  /** Examples by entry name; the test suite runs them. */
  readonly examples: Readonly<
    Record<
      string,
      { readonly matches: readonly CatalogueExample[]; readonly not: readonly CatalogueExample[] }
    >
  >;
}

/** Throws with every problem if the text is not a valid catalogue. */
export function parseCatalogue(text: string): Catalogue {
  const result = documentSchema.safeParse(load(text, { maxAliases: 0, filename: 'config/agents.yml' }));
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`config/agents.yml is not a valid catalogue:\n${problems.join('\n')}`);
  }
  const { agents, automation, review_blocks } = result.data;
  return {
    agents: agents.map(toSignature),
    automation: automation.map(toAutomation),
    blocks: review_blocks.map((block) => ({ name: block.name, from: block.from, to: block.to ?? null })),
    examples: Object.fromEntries(
      [...agents, ...automation].map((entry) => [entry.name, { matches: entry.matches, not: entry.not }]),
    ),
  };
}

/** Names a policy may use under `agents`. */
export function knownAgentNames(catalogue: Catalogue): readonly string[] {
  return catalogue.agents.map((agent) => agent.name);
}

/** Hosts of the known agents' sessions: the default of `trace.hosts`. `*.` stands for any one subdomain. */
export function defaultTraceHosts(catalogue: Catalogue): readonly string[] {
  return [...new Set(catalogue.agents.flatMap((agent) => agent.sessions.map((session) => session.host)))];
}

/** True if the agent chooses its branch names itself, so that a policy's `naming.branch` cannot bind it. */
export function fixesOwnBranch(catalogue: Catalogue, name: string): boolean {
  return catalogue.agents.some((agent) => agent.name === name && agent.branches.length > 0);
}

/** Patterns run on text from strangers: anchored, short, and without a repeated repetition. */
const pattern = z
  .string()
  .max(300)
  .refine(compiles, 'is not a regular expression')
  .refine((text) => text.startsWith('^'), 'must be anchored with ^')
  .refine(
    (text) => !/[+*}]\)(?:[+*]|\{\d*,)/.test(text),
    'repeats a repetition, which can take exponential time',
  );

const name = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be kebab-case');
const points = z.enum(['agent', 'assisted']);

const account = z.strictObject({
  login: z.string().regex(/^[A-Za-z0-9-]+$/, 'is written without [bot]'),
  type: z.enum(['Bot', 'User']).default('Bot'),
  id: z.int().positive().optional(),
  bare: z.boolean().optional(),
  points: points.default('agent'),
});

const email = z.strictObject({
  email: z.string().includes('@'),
  points: points.default('agent'),
  named: pattern.optional(),
});

const examples = {
  matches: z.array(exampleSchema).min(1, 'needs an example that matches'),
  not: z.array(exampleSchema).min(1, 'needs an example that does not match'),
};

const agentSchema = z.strictObject({
  name,
  title: z.string(),
  accounts: z.array(account).default([]),
  app_slugs: z.array(pattern).default([]),
  acts_as: z.array(name).default([]),
  emails: z.array(email).default([]),
  name_suffixes: z.array(z.string().min(3)).default([]),
  branches: z.array(pattern).default([]),
  shared_branches: z.array(pattern).default([]),
  sessions: z
    .array(z.strictObject({ host: z.string().regex(/^(?:\*\.)?[a-z0-9.-]+$/), path: z.string().max(300) }))
    .default([]),
  trailers: z
    .array(z.strictObject({ key: z.string(), value: pattern.optional(), points: points.default('assisted') }))
    .default([]),
  tool_names: z.array(z.string()).default([]),
  lines: z.array(z.strictObject({ pattern, points: points.default('assisted') })).default([]),
  comments: z.array(z.strictObject({ pattern, points })).default([]),
  requester: z
    .array(z.union([z.enum(['assignee', 'co-author']), z.strictObject({ body: pattern })]))
    .default([]),
  ...examples,
});

const automationSchema = z.strictObject({
  name,
  title: z.string(),
  accounts: z.array(account).default([]),
  emails: z.array(email).default([]),
  branches: z.array(pattern).default([]),
  needs_workflow: z.boolean().default(false),
  ...examples,
});

const documentSchema = z
  .strictObject({
    agents: z.array(agentSchema).min(1),
    automation: z.array(automationSchema).min(1),
    review_blocks: z
      .array(z.strictObject({ name: z.string(), from: z.string().min(8), to: z.string().min(8).optional() }))
      .default([]),
  })
  .superRefine((document, context) => {
    const entries = [...document.agents, ...document.automation];
    report(
      'name',
      entries.map((entry) => entry.name),
    );
    report(
      'account',
      entries.flatMap((entry) => entry.accounts.map((a) => `${a.login.toLowerCase()} ${a.type}`)),
    );
    report(
      'e-mail',
      entries.flatMap((entry) => entry.emails.map((e) => `${e.email.toLowerCase()} ${e.named ?? ''}`.trim())),
    );

    function report(what: string, values: readonly string[]): void {
      for (const value of new Set(values.filter((v, index) => values.indexOf(v) !== index)))
        context.addIssue({ code: 'custom', message: `${what} "${value}" stands twice` });
    }
  });

type AgentDocument = z.output<typeof agentSchema>;
type AutomationDocument = z.output<typeof automationSchema>;

function toSignature(entry: AgentDocument): Signature {
  return {
    name: entry.name,
    title: entry.title,
    accounts: entry.accounts.map(toAccount),
    appSlugs: entry.app_slugs.map((text) => new RegExp(text)),
    actsAs: entry.acts_as,
    emails: entry.emails.map(toEmail),
    nameSuffixes: entry.name_suffixes,
    branches: [
      ...entry.branches.map((text) => toBranch(text, false)),
      ...entry.shared_branches.map((text) => toBranch(text, true)),
    ],
    sessions: entry.sessions.map(({ host, path }) => ({
      host,
      url: new RegExp(`^https://${hostPattern(host)}${path}(?![\\w-])`),
    })),
    trailers: entry.trailers.map((trailer) => ({
      key: trailer.key.toLowerCase(),
      value: trailer.value === undefined ? null : new RegExp(trailer.value),
      points: trailer.points,
    })),
    toolNames: entry.tool_names.map((tool) => tool.toLowerCase()),
    lines: entry.lines.map((mark) => ({ pattern: new RegExp(mark.pattern), points: mark.points })),
    comments: entry.comments.map((mark) => ({ pattern: new RegExp(mark.pattern), points: mark.points })),
    requester: entry.requester.map((from) =>
      typeof from === 'string' ? { from } : { from: 'body', pattern: new RegExp(from.body) },
    ),
  };
}

function toAutomation(entry: AutomationDocument): Automation {
  return {
    name: entry.name,
    title: entry.title,
    accounts: entry.accounts.map(toAccount),
    emails: entry.emails.map(toEmail),
    branches: entry.branches.map((text) => toBranch(text, false)),
    needsWorkflow: entry.needs_workflow,
  };
}

function toAccount(entry: z.output<typeof account>): KnownAccount {
  const login = entry.login.toLowerCase();
  return {
    login,
    type: entry.type,
    id: entry.id ?? null,
    // One plain word may well be a person's login; a compound such as devin-ai-integration is not.
    bare: entry.bare ?? login.includes('-'),
    points: entry.points,
  };
}

function toEmail(entry: z.output<typeof email>): KnownEmail {
  return {
    email: entry.email.toLowerCase(),
    points: entry.points,
    named: entry.named === undefined ? null : new RegExp(entry.named, 'i'),
  };
}

function toBranch(text: string, shared: boolean): BranchPattern {
  const expression = new RegExp(text);
  return { matches: (branch) => expression.test(branch), text, shared };
}

function hostPattern(host: string): string {
  return host.replaceAll('.', '\\.').replace('*\\.', '[a-z0-9-]+\\.');
}

function compiles(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
