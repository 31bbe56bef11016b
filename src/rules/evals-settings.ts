// What is asked of one eval suite, and how is it run?
import { z } from 'zod';
import { EVAL_FORMATS } from '../domain/eval-results.js';

export const evalsSettings = z.strictObject({
  source: z
    .strictObject({
      suite: z.string(),
      workflow: z.string(),
      inputs: z.record(z.string(), z.string()),
      artifact: z.string(),
      format: z.enum(EVAL_FORMATS),
      timeoutMs: z.number().positive(),
      retries: z.number().int().nonnegative(),
      drafts: z.enum(['wait', 'run']),
      cancelSuperseded: z.boolean(),
      maxDispatches: z.number().int().positive(),
    })
    .describe('How the suite is run, and where its results are.'),
  demand: z
    .strictObject({
      passRate: z.number().min(0).max(100),
      zeroTolerance: z.array(z.string()),
      requiredCategories: z.array(z.string()),
      maxRegressions: z.number().int().nonnegative(),
      runs: z.number().int().positive(),
    })
    .describe('What its results must show; the pass rate in percent.'),
  clash: z
    .boolean()
    .describe('The other policy defines another suite of this name: one run cannot answer for both.'),
  file: z.string().describe('The policy file, for people.'),
  line: z.number().int().positive().nullable().describe('Line of the policy that asks; `null`: built in.'),
  zone: z.string().nullable().describe('Zone that asks.'),
});

export type EvalsSettings = z.infer<typeof evalsSettings>;
