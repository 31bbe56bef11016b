// What may a zone say? Paths, and what a change there demands.
import { z } from 'zod';
import { qualityLimits } from './schema-quality.js';
import {
  approver,
  appSlug,
  type DeepReadonly,
  glob,
  known,
  label,
  mergeTier,
  mode,
  text,
  tier,
  whole,
} from './schema-values.js';

const approvals = z
  .strictObject({
    count: whole('a number of approvals', 0, 10).optional().describe('How many people must approve.'),
    from: z
      .array(approver)
      .min(1)
      .max(50)
      .optional()
      .describe(
        'Whose approval counts: `"@user"`, `"@org/team"`, `codeowners` (of each file, on the default branch; files without one: the owner) or `owner`.',
      ),
    confirm: z.boolean().optional().describe('Each approver also presses Confirm on the check.'),
  })
  .describe('Approvals by people. Every matching zone that asks must be satisfied.');

const requiredCheck = z.strictObject({
  name: text(/^[^\p{Cc}]{1,255}$/u, 'the name of a check', 'build').describe(
    'Name of the check run. Skipped and neutral do not satisfy it.',
  ),
  app: appSlug.describe('Slug of the app the check must come from, such as `github-actions`.'),
});

const requirements = z
  .strictObject({
    rollback_plan: z
      .boolean()
      .optional()
      .describe(
        'The `Rollback-Plan` trailer names a runbook that exists on the default branch; without it people must approve.',
      ),
    feature_flag: z
      .strictObject({
        files: z.array(glob).min(1).max(50).describe('Files on the default branch that declare flags.'),
      })
      .optional()
      .describe(
        'The `Feature-Flag` trailer names a flag that is declared in one of the files and off by default; without it people must approve.',
      ),
    checks: z
      .array(requiredCheck)
      .max(50)
      .optional()
      .describe("Other apps' checks that must have succeeded on the head."),
  })
  .describe('What a change must bring besides approvals.');

const demands = {
  mode: mode.optional().describe('`observe` reports what this zone demands and never blocks on it.'),
  for: known('audience', ['agents', 'everyone'])
    .optional()
    .describe("Whom approvals, evals, checks and quality bind: agents' changes, or people's too."),
  propose: tier.optional().describe('Lowest tier that may propose a change here.'),
  merge: mergeTier
    .optional()
    .describe('Lowest tier that may merge a change here without a person; `never`: none may.'),
  approvals: approvals.optional(),
  require: requirements.optional(),
  evals: z
    .array(label)
    .max(50)
    .optional()
    .describe('Eval suites a change here must pass, by their name under `evals.suites`.'),
  quality_delta: qualityLimits.optional().describe('Stricter limits of the quality delta for changes here.'),
};

/** `zones.default`: it has no paths, because it speaks where no other zone does. */
const defaultZone = z
  .strictObject(demands)
  .describe('What holds for files in no other zone, and for keys that no matching zone states.');

const zone = z
  .strictObject({
    paths: z
      .array(glob)
      .min(1)
      .max(200)
      .describe('Globs of the files in this zone, from the root of the repository.'),
    except: z.array(glob).max(200).optional().describe('Globs of files that are not in this zone after all.'),
    branches: z.array(glob).min(1).max(50).optional().describe('Globs of base branches this zone is for.'),
    ...demands,
  })
  .describe('A named set of paths and what a change there demands.');

export type ZoneDocument = DeepReadonly<z.output<typeof defaultZone>> & {
  readonly paths?: readonly string[];
  readonly except?: readonly string[];
  readonly branches?: readonly string[];
};

/** Typed as one shape; the schema itself refuses `paths` in `default` and misses it everywhere else. */
export const zones = z
  .object({ default: defaultZone.optional() })
  .catchall(zone)
  .describe('Named sets of paths and what a change there demands.') as unknown as z.ZodType<
  Readonly<Record<string, ZoneDocument>>
>;
