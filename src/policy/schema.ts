// What may stand in a policy file? Every section but `version` and `owner` is optional.
import { z } from 'zod';
import { evals, qualityDelta } from './schema-quality.js';
import {
  type DeepReadonly,
  duration,
  email,
  glob,
  host,
  known,
  label,
  login,
  mention,
  mode,
  owner,
  percent,
  text,
  tier,
  waiverer,
  whole,
  workflowFile,
} from './schema-values.js';
import { zones } from './schema-zone.js';

export type { ZoneDocument } from './schema-zone.js';

/** Rules that `waivers.never` can name. Tier, control plane, approvals, authorship and halt are never waived. */
const WAIVABLE_RULES = [
  'owner',
  'trace-link',
  'trace-fields',
  'required-checks',
  'evals',
  'quality-delta',
  'checkpoints',
  'sampling',
  'naming',
] as const;

const CHECKPOINTS = [
  'workflow-permissions',
  'new-dependency',
  'secret',
  'binary',
  'agent-instructions',
  'access-control',
] as const;

const trace = z
  .strictObject({
    required: z.boolean().optional().describe("Agents' changes must link to the session that made them."),
    hosts: z
      .array(host)
      .min(1)
      .max(100)
      .optional()
      .describe('Hosts a trace link may lead to. Default: the hosts of the known agents.'),
    verify: known('verification', ['present', 'reachable', 'bound'])
      .optional()
      .describe(
        'How a link is verified: it is there, it also answers, or it is also bound to the first pull request that gave it.',
      ),
    fields: z
      .array(known('field', ['model', 'workflow', 'cost']))
      .max(3)
      .optional()
      .describe('Trailers an agent must also give: `Agent-Model`, `Agent-Workflow`, `Agent-Cost`.'),
  })
  .describe("Link from an agent's change to its session.");

const agent = z
  .strictObject({
    tier: tier
      .optional()
      .describe('What this agent may do: 0 read, 1 propose, 2 merge, 3 merge in production.'),
    owner: owner.optional().describe("Who answers for this agent's changes."),
    trace: trace.optional().describe('Replaces the general `trace` for this agent.'),
    budget: z
      .strictObject({
        usd: z
          .number({ error: () => 'A budget is a number of US dollars, such as 400.' })
          .positive({ error: () => 'A budget is a number above 0, such as 400.' })
          .max(1e9, { error: () => 'A budget is at most 1000000000.' })
          .describe('US dollars.'),
        per: known('period', ['day', 'week', 'month']).optional().describe('Period of the budget.'),
        warn_at: percent.optional().describe('Share of the budget that is announced.'),
      })
      .optional()
      .describe('What this agent may cost, by its `Agent-Cost` trailers.'),
    match: z
      .strictObject({
        logins: z.array(login).min(1).max(50).optional().describe('Accounts of this agent.'),
        branches: z.array(glob).min(1).max(50).optional().describe('Globs of its head branches.'),
        emails: z.array(email).min(1).max(50).optional().describe('E-mails of its commits.'),
      })
      .optional()
      .describe('How an agent of your own is recognised.'),
  })
  .describe('One agent: a name of the catalogue, or your own with `match`.');

const defaultAgent = z
  .strictObject({ tier: tier.optional().describe('Tier of every agent that has none of its own.') })
  .describe('What holds for agents not named here.');

type AgentDocument = DeepReadonly<z.output<typeof agent>>;

const agents = z
  .object({ default: defaultAgent.optional() })
  .catchall(agent)
  .describe('Tiers, owners and budgets by agent.') as unknown as z.ZodType<
  Readonly<Record<string, AgentDocument>>
>;

export const policySchema = z
  .strictObject({
    version: z
      .literal(1, { error: () => 'Unknown version. This is written for version: 1.' })
      .describe('Version of the policy language: `1`.'),
    mode: mode.optional().describe('`enforce` blocks; `observe` reports what would happen and never blocks.'),
    owner: owner.describe(
      'Who answers for agents\' changes: `"@user"`, `"@org/team"`, or `requester` (who asked the agent, given write access).',
    ),
    agents: agents.optional(),
    treat: z
      .strictObject({
        assisted: known('treatment of assisted changes', ['human', 'agent'])
          .optional()
          .describe("People's changes that AI is credited in."),
        automation: known('treatment of automation', ['exempt', 'agent'])
          .optional()
          .describe('Changes by dependabot, renovate and release bots.'),
      })
      .optional()
      .describe("How changes that are not simply an agent's or a person's are judged."),
    automation_workflows: z
      .array(workflowFile)
      .max(100)
      .optional()
      .describe('Workflows whose `github-actions[bot]` pull requests are automation.'),
    machine_users: z
      .array(login)
      .max(200)
      .optional()
      .describe('GitHub users that are not people: their approvals never count.'),
    zones: zones.optional(),
    trace: trace.optional(),
    approvals: z
      .strictObject({
        independent: z.boolean().optional().describe('Who asked the agent for the change cannot approve it.'),
        keep_on_same_diff: z
          .boolean()
          .optional()
          .describe('An approval of an earlier head stands while the diff is the same.'),
      })
      .optional()
      .describe('When an approval counts.'),
    evals: evals.optional(),
    quality_delta: qualityDelta.optional(),
    error_budget: z
      .strictObject({
        change_failure_rate: percent.describe('Above this share of failed changes the tier is lowered.'),
        window: duration.optional().describe('How far back changes are counted.'),
        min_changes: whole('a number of changes', 1, 10_000)
          .optional()
          .describe('With fewer changes the budget says nothing.'),
        // biome-ignore lint/suspicious/noThenProperty: the policy's own word, and a mapping, never a function
        then: z
          .strictObject({ tier: tier.describe('Tier while the budget is spent.') })
          .optional()
          .describe('What happens when the budget is spent.'),
      })
      .optional()
      .describe('Lowers the tier of an agent in a zone while too many of its changes fail there.'),
    sampling: z
      .strictObject({
        human_review: percent.describe(
          'Share of changes that could merge alone and are reviewed all the same.',
        ),
      })
      .optional()
      .describe('Random review.'),
    checkpoints: z
      .array(known('checkpoint', CHECKPOINTS))
      .max(CHECKPOINTS.length)
      .optional()
      .describe('Kinds of change that always wait for a person.'),
    naming: z
      .strictObject({
        label: z.boolean().optional().describe("Label agents' pull requests `agent:<name>`."),
        branch: glob
          .optional()
          .describe('Glob the head branch must match, for agents whose own branches are not fixed.'),
      })
      .optional()
      .describe("How agents' pull requests are named."),
    waivers: z
      .strictObject({
        by: z.array(waiverer).min(1).max(50).optional().describe('Who may lift a rule on one diff.'),
        max: duration.optional().describe('Longest a waiver stands.'),
        never: z
          .array(known('rule', WAIVABLE_RULES))
          .optional()
          .describe(
            'Rules that are not waived here. Tier, control plane, approvals, authorship and halt never are.',
          ),
      })
      .optional()
      .describe('Lifting one rule on one diff, by name, with a reason and an expiry.'),
    escalation: z
      .strictObject({
        mention: z.array(mention).max(20).optional().describe('Who is told of violations and failures.'),
        issue_label: label.optional().describe('Label of the issues that are opened.'),
      })
      .optional()
      .describe('Who is told when something goes wrong.'),
    halt: z
      .union(
        [
          z.boolean(),
          z
            .array(text(/^[a-z0-9][a-z0-9-]{0,63}$/, 'the name of an agent', 'devin'))
            .min(1)
            .max(100),
        ],
        { error: () => '`halt` is true, false, or a list of agents such as [devin].' },
      )
      .optional()
      .describe('The kill switch: `true` stops every agent, a list the named ones.'),
  })
  .describe('Policy of agent-policy: how agent-written pull requests may merge.');

/** The policy as it is stated in the file; nothing is filled in. */
export type PolicyDocument = DeepReadonly<z.output<typeof policySchema>>;
