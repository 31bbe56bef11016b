// What does an agent read to repair its own pull request?
// One JSON object, the same on the check and from `simulate --format json`.
import { z } from 'zod';
import type { Decision, Verdict } from '../domain/verdict.js';
import { holdingVerdicts, isStop } from './causes.js';
import { toPlain } from './escape.js';

const MAX_DO = 600;

export const verdictBlockSchema = z
  .strictObject({
    v: z.literal(1).describe('Version of this format.'),
    pr: z.int().positive().nullable().describe('Number of the pull request; null without GitHub.'),
    head: z.string().describe('Head commit that was judged. For any other head the verdict may differ.'),
    policy: z.strictObject({
      sha: z
        .string()
        .nullable()
        .describe(
          "Blob SHA of the repository's policy, or of the organisation's where the repository has none; null if neither is known.",
        ),
    }),
    next: z
      .enum(['author', 'person', 'machine', 'none'])
      .describe('Who acts next. Unless it is author: do not push, reopen or ask for a waiver.'),
    items: z
      .array(
        z.strictObject({
          rule: z.string().describe('Rule that is not met.'),
          layer: z.enum(['organization', 'repository', 'built-in']).describe('Whose policy asks.'),
          line: z.int().positive().nullable().describe('Line of the policy that asks; null if built in.'),
          by: z
            .enum(['author', 'person', 'owner', 'machine'])
            .nullable()
            .describe('Who lifts it; null: nobody can.'),
          do: z.string().nullable().describe('What lifts it; null: nothing does.'),
          notKnown: z
            .literal(true)
            .optional()
            .describe('Whether it is met cannot be told from a clone; from the command line only.'),
        }),
      )
      .describe('Enforced rules that are not met, the most severe first.'),
    gate: z
      .enum(['success', 'failure', 'action_required', 'in_progress', 'neutral'])
      .optional()
      .describe('What the check would conclude; from the command line only, where no check run says it.'),
    more: z.int().positive().optional().describe('How many items were left out for want of space.'),
  })
  .describe('What agent-policy asks of one head of a pull request.');

export type VerdictBlock = z.infer<typeof verdictBlockSchema>;
export type Next = VerdictBlock['next'];

export function verdictBlock(decision: Decision, pr: number | null): VerdictBlock {
  return {
    v: 1,
    pr,
    head: decision.headSha,
    policy: { sha: policySha(decision) },
    next: nextOf(decision),
    items: holdingVerdicts(decision).map((verdict) => ({
      rule: verdict.rule,
      layer: verdict.layer,
      line: verdict.line,
      by: verdict.remedy?.by ?? null,
      do: verdict.remedy === null ? null : toPlain(verdict.remedy.what, MAX_DO),
      ...(isUntold(verdict) ? { notKnown: true as const } : {}),
    })),
  };
}

/**
 * Nothing an author does lifts a halt or a broken policy, whatever else is wrong with the change; and who has failed
 * the same rule on three heads needs a person.
 */
export function nextOf(decision: Decision): Next {
  const holding = holdingVerdicts(decision);
  const lead = holding[0];
  if (lead === undefined) return 'none';
  if (isStop(lead, decision)) return 'person';
  const by = (verdict: Verdict) => verdict.remedy?.by;
  // A clone without the body shows no trace link. Nobody is sent to push by that while something is known to hold.
  const told = holding.some((verdict) => !isUntold(verdict));
  const forAuthor = holding.filter(
    (verdict) => verdict.state !== 'pending' && by(verdict) === 'author' && !(told && isUntold(verdict)),
  );
  if (forAuthor.some(({ rule }) => !decision.stuck.includes(rule))) return 'author';
  if (forAuthor.length > 0) return 'person';
  if (holding.some((verdict) => by(verdict) === 'person' || by(verdict) === 'owner')) return 'person';
  if (holding.some((verdict) => by(verdict) === 'machine' || verdict.state === 'pending')) return 'machine';
  return 'none';
}

/** On GitHub what is not known is still being read. */
function isUntold({ state, notKnown }: Verdict): boolean {
  return notKnown === true && state !== 'pending';
}

/** A fence that nothing in it can close, and in which nothing is a tag. At most `maxBytes`; items go, never their halves. */
export function fenceVerdictBlock(block: VerdictBlock, maxBytes: number): string {
  let shown = block.items.length;
  let fenced = fence(block);
  while (shown > 0 && bytesOf(fenced) > maxBytes) {
    shown = Math.min(shown - 1, Math.floor((shown * maxBytes) / bytesOf(fenced)));
    fenced = fence({ ...block, items: block.items.slice(0, shown), more: block.items.length - shown });
  }
  return fenced;
}

/** JSON Schema of the block, for `config/verdict.schema.json`. */
export function verdictJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(verdictBlockSchema, { target: 'draft-2020-12' });
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function fence(block: VerdictBlock): string {
  const json = JSON.stringify(block).replace(
    /[`<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `\`\`\`json\n${json}\n\`\`\``;
}

function policySha({ layers }: Decision): string | null {
  const of = (layer: 'repository' | 'organization') =>
    layers.find((report) => report.layer === layer)?.sha ?? null;
  return of('repository') ?? of('organization');
}
