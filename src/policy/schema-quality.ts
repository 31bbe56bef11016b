// What may a policy ask of evals and of the quality delta?
import { z } from 'zod';
import {
  categoryGlob,
  duration,
  glob,
  known,
  label,
  mode,
  percent,
  whole,
  workflowFile,
} from './schema-values.js';

const delta = (what: string) => whole(what, -100, 100);
const lines = (what: string) => whole(what, 1, 1_000_000);

const patchMin = percent.optional().describe('Least share of changed executable lines that tests must run.');
const missing = known('answer', ['pass', 'warn', 'fail'])
  .optional()
  .describe('What a missing coverage report means.');
const warnBelow = delta('a quality delta')
  .optional()
  .describe('A delta below this is said in the title and stays a success.');
const failBelow = delta('a quality delta').optional().describe('A delta below this fails.');
const sizeWarn = lines('a number of lines')
  .optional()
  .describe('More changed lines than this are said in the title.');
const sizeFail = lines('a number of lines').optional().describe('More changed lines than this fail.');

/** The limits a zone may set for itself. */
export const qualityLimits = z.strictObject({
  size: z.strictObject({ warn: sizeWarn, fail: sizeFail }).optional().describe('Limits of changed lines.'),
  coverage: z.strictObject({ patch_min: patchMin, missing }).optional().describe('Limits of tested lines.'),
  warn_below: warnBelow,
  fail_below: failBelow,
});

export const qualityDelta = z
  .strictObject({
    mode: mode.optional().describe('`observe` reports the quality delta and never blocks on it.'),
    size: z
      .strictObject({
        warn: sizeWarn,
        fail: sizeFail,
        ignore: z
          .array(glob)
          .max(200)
          .optional()
          .describe('Files whose lines do not count, besides lockfiles, snapshots and generated files.'),
      })
      .optional()
      .describe('How many lines and files a change has.'),
    coverage: z
      .strictObject({
        artifact: label.optional().describe('Name of the artifact that holds the coverage report.'),
        run: known('run', ['head', 'default-branch'])
          .optional()
          .describe(
            "Whose workflow measures: the head's own run, which is the author's claim, or one defined on the default branch.",
          ),
        patch_min: patchMin,
        missing,
      })
      .optional()
      .describe('How much of the patch is tested.'),
    history: z
      .strictObject({
        window: duration.optional().describe('How far back merged changes are counted.'),
        half_life: duration.optional().describe('Age at which a merged change counts half.'),
      })
      .optional()
      .describe('How often changes like this one failed here.'),
    warn_below: warnBelow,
    fail_below: failBelow,
  })
  .describe('How this change compares with what the repository usually merges, from -100 to 100.');

const inputValue = z.union([z.string().max(1000), z.number(), z.boolean()], {
  error: () => 'An input of a workflow is text of at most 1000 characters, a number, true or false.',
});

const suite = z
  .strictObject({
    mode: mode.optional().describe('`observe` reports this suite and never blocks on it.'),
    workflow: workflowFile.describe('Workflow of the default branch that runs the suite.'),
    inputs: z
      .record(label, inputValue)
      .optional()
      .describe(
        'Inputs the workflow is dispatched with, at most 20. `head_sha`, `pull_request` and `nonce` are given by the app; so is `suite`, its name, unless it stands here.',
      ),
    results: z
      .strictObject({
        artifact: label.optional().describe('Name of the artifact that holds the results.'),
        format: known('format', ['junit', 'promptfoo', 'inspect', 'ctrf', 'json'])
          .optional()
          .describe('Format of the results.'),
      })
      .optional()
      .describe('Where the results are.'),
    pass_rate: percent.optional().describe('Least share of cases that must pass.'),
    zero_tolerance: z
      .array(categoryGlob)
      .max(100)
      .optional()
      .describe('Categories in which not one case may fail.'),
    required_categories: z
      .array(categoryGlob)
      .max(100)
      .optional()
      .describe('Categories that must be present in the results.'),
    max_regressions: whole('a number of cases', 0, 100_000)
      .optional()
      .describe('Most cases that pass on the default branch and fail here.'),
    runs: whole('a number of runs', 1, 15).optional().describe('Runs per case; the majority decides.'),
    retries: whole('a number of retries', 0, 10).optional().describe('Retries of infrastructure errors.'),
    timeout: duration.optional().describe('How long a run may take.'),
    drafts: known('answer to drafts', ['wait', 'run'])
      .optional()
      .describe('Whether drafts are evaluated at once or when they are ready.'),
    cancel_superseded: z.boolean().optional().describe('A newer head cancels the older run.'),
  })
  .describe('One eval suite.');

export const evals = z
  .strictObject({
    suites: z.record(label, suite).optional().describe('Eval suites by name.'),
    max_dispatches: whole('a number of dispatches', 1, 1000)
      .optional()
      .describe('Most runs started per pull request and day.'),
  })
  .describe('Eval suites and when they run.');
