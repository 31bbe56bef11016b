// What does a webhook tell us? Its payload is parsed here, and nothing but these fields goes further.
import { z } from 'zod';

const Id = z.int().nonnegative();
const Sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const Ref = z.string().min(1).max(1_000);
const Name = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/);
const Time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const Repository = z.object({
  id: Id,
  name: Name,
  owner: z.object({ login: Name }),
  default_branch: Ref.optional(),
});
const AccountTypes = z.enum(['User', 'Bot', 'Organization', 'Mannequin', 'EnterpriseUserAccount']);
const Sender = z.object({
  // A bot's login ends in `[bot]`.
  login: z.string().min(1).max(120),
  id: Id,
  // A type GitHub adds later is one we do not know, which grants nothing.
  type: AccountTypes.nullable().catch(null),
});
const PullRequest = z.object({
  number: Id,
  state: z.enum(['open', 'closed']),
  updated_at: Time,
  head: z.object({ sha: Sha }),
  base: z.object({ ref: Ref }),
});
const Installation = z.object({ id: Id });
const InRepository = { installation: Installation, repository: Repository };
const Action = z.string().min(1).max(100);
const App = z.object({ id: Id, slug: z.string().max(200).nullish().catch(null) }).nullable();
const ChangedPaths = z.array(z.string()).optional().default([]);

/** One schema per event whose content matters. Fields not named here are dropped. */
const SCHEMAS = {
  pull_request: z.object({
    ...InRepository,
    action: Action,
    sender: Sender,
    pull_request: PullRequest,
    /** The head before a push. */
    before: Sha.optional(),
    changes: z.object({ base: z.unknown().optional() }).optional(),
  }),
  pull_request_review: z.object({
    ...InRepository,
    action: Action,
    sender: Sender,
    pull_request: PullRequest,
  }),
  check_run: z.object({
    ...InRepository,
    action: Action,
    sender: Sender,
    check_run: z.object({
      head_sha: Sha,
      name: z.string().max(1_000),
      status: z.string().max(100),
      app: App,
    }),
    requested_action: z.object({ identifier: z.string().max(100) }).optional(),
  }),
  check_suite: z.object({
    ...InRepository,
    action: Action,
    check_suite: z.object({ head_sha: Sha, app: App }),
  }),
  status: z.object({ ...InRepository, sha: Sha }),
  merge_group: z.object({
    ...InRepository,
    action: Action,
    merge_group: z.object({ head_sha: Sha, head_ref: Ref, base_sha: Sha, base_ref: Ref }),
  }),
  push: z.object({
    ...InRepository,
    ref: Ref,
    created: z.boolean(),
    deleted: z.boolean(),
    forced: z.boolean(),
    after: Sha,
    sender: Sender.nullish(),
    /** `after`, or what the tag in its place points to. */
    head_commit: z.object({ id: Sha }).nullish(),
    commits: z.array(
      z.object({
        id: Sha,
        /** False if an earlier push had brought it. */
        distinct: z.boolean().optional().default(true),
        added: ChangedPaths,
        modified: ChangedPaths,
        removed: ChangedPaths,
      }),
    ),
  }),
  issues: z.object({
    ...InRepository,
    action: Action,
    sender: Sender,
    issue: z.object({
      number: Id,
      title: z.string(),
      body: z.string().nullish(),
      labels: z
        .array(z.object({ name: z.string() }))
        .optional()
        .default([]),
      /** `null`: the account is gone. */
      user: z.object({ id: Id }).nullish(),
      author_association: z.string().max(100),
      updated_at: Time,
    }),
    /** The one that was set or taken off. */
    label: z.object({ name: z.string() }).nullish(),
  }),
  deployment_status: z.object({
    ...InRepository,
    action: Action,
    deployment: z.object({
      id: Id,
      sha: Sha,
      environment: z.string().min(1).max(1_000),
      transient_environment: z.boolean().optional().default(false),
      production_environment: z.boolean().optional().default(false),
    }),
    deployment_status: z.object({ state: z.string().max(100), created_at: Time }),
  }),
  workflow_run: z.object({
    ...InRepository,
    action: Action,
    workflow_run: z.object({
      id: Id,
      display_title: z.string().nullish(),
      event: z.string().max(100),
      status: z.string().max(100).nullable(),
      conclusion: z.string().max(100).nullable(),
      head_branch: z.string().max(1_000).nullable(),
      path: z.string().max(1_000),
      run_attempt: Id,
      /** `null`: the fork is gone. */
      head_repository: z.object({ id: Id }).nullish(),
    }),
  }),
  repository: z.object({ ...InRepository, action: Action }),
  installation: z.object({
    action: Action,
    installation: z.object({
      id: Id,
      account: z.object({ login: Name }),
      updated_at: z
        .union([Time, z.int().transform((seconds) => new Date(seconds * 1_000))])
        .nullish()
        .transform((time) => time ?? null),
    }),
  }),
  installation_repositories: z.object({ action: Action, installation: Installation }),
  member: z.object({ ...InRepository, action: Action }),
  membership: z.object({ action: Action, installation: Installation }),
  team: z.object({ action: Action, installation: Installation }),
  team_add: z.object({ installation: Installation }),
  organization: z.object({ action: Action, installation: Installation }),
} as const;

type Schemas = typeof SCHEMAS;
type WebhookName = keyof Schemas;
export type WebhookEvent = {
  [Name in WebhookName]: { readonly name: Name } & z.output<Schemas[Name]>;
}[WebhookName];

export type WebhookReading =
  | { readonly kind: 'event'; readonly event: WebhookEvent }
  /** An event this version has no use for. */
  | { readonly kind: 'other' }
  /** Signed by GitHub, and not of the shape its documentation gives. `why` names fields, never values. */
  | { readonly kind: 'not understood'; readonly why: string };

export function isKnownEvent(name: string): boolean {
  return Object.hasOwn(SCHEMAS, name);
}

export function readWebhook(name: string, payload: unknown): WebhookReading {
  if (!isKnownEvent(name)) return { kind: 'other' };
  const parsed = SCHEMAS[name as WebhookName].safeParse(payload);
  if (parsed.success) return { kind: 'event', event: { name, ...parsed.data } as WebhookEvent };
  const fields = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.code}`);
  return { kind: 'not understood', why: fields.join(', ') };
}

/** The few identifiers every event may carry, for the inbox; `null` where they are missing or odd. */
export function readEnvelope(payload: unknown): {
  readonly action: string | null;
  readonly installation: number | null;
} {
  const envelope = z
    .object({
      action: Action.nullable().catch(null),
      installation: Installation.nullable().catch(null),
    })
    .safeParse(payload);
  return envelope.success
    ? { action: envelope.data.action, installation: envelope.data.installation?.id ?? null }
    : { action: null, installation: null };
}
