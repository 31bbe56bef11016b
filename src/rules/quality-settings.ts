// Which limits of quality may be asked of a change, and of which files?
import { z } from 'zod';

const limit = z.number().nullable();

export const qualityDeltaSettings = z.strictObject({
  limits: z
    .strictObject({
      sizeWarn: limit,
      sizeFail: limit,
      patchMin: limit,
      missingCoverage: z.enum(['pass', 'warn', 'fail']),
      warnBelow: limit,
      failBelow: limit,
    })
    .describe('The limits that hold here; `null`: none.'),
  stated: z
    .boolean()
    .describe('The policy itself states the lowest delta: then it is not passed while no history is known.'),
  ignore: z.array(z.string()).describe('Globs of files whose lines do not count.'),
  coverage: z
    .strictObject({ artifact: z.string(), run: z.enum(['head', 'default-branch']) })
    .nullable()
    .describe('Where the coverage report is; `null`: none is configured.'),
  zone: z.string().nullable().describe('Zone that asks.'),
  line: z.number().int().positive().nullable().describe('Line of the policy that asks; `null`: built in.'),
  paths: z
    .array(z.string())
    .nullable()
    .describe('Files whose size and tested lines are judged; `null`: the whole change.'),
});

export type QualityDeltaSettings = z.infer<typeof qualityDeltaSettings>;
