// With which flags are eval results judged?
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EVAL_FORMATS, type EvalFormat } from '../domain/eval-results.js';
import { parsePercent } from '../evals/percent.js';
import { runEvalsRead } from './evals.js';
import type { CommandIo, ExitCode } from './exit-codes.js';

export function addEvalsCommand(
  program: Command,
  run: (command: Promise<ExitCode>) => Promise<void>,
  io: CommandIo,
): void {
  const evals = program.command('evals').description('Judge the results of eval suites.');
  evals
    .command('read')
    .description('Print what eval results say, and hold them against a threshold.')
    .argument(
      '<file...>',
      'results of one suite, or a zip archive of them; a case in several files ran several times',
    )
    .addOption(
      new Option('--format <format>', 'what wrote the files (default: told by what stands in them)').choices(
        EVAL_FORMATS,
      ),
    )
    .option('--suite <name>', 'name of the suite (default: as the results say)')
    .addOption(
      new Option('--pass-rate <share>', 'least share of cases that must pass, such as 97%')
        .argParser(parseRate)
        .default(100, '100%'),
    )
    .addOption(
      new Option(
        '--zero-tolerance <categories>',
        'categories or globs in which not one case may fail, parted by commas',
      )
        .argParser(collectNames)
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--required-categories <categories>',
        'categories or globs of which a case must have run, parted by commas',
      )
        .argParser(collectNames)
        .default([], 'none'),
    )
    .addOption(
      new Option('--baseline <file>', 'results of the default branch; may be given several times')
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], 'none'),
    )
    .option('--max-regressions <number>', 'most cases that pass in the baseline and not here', parseCount, 0)
    .option('--runs <number>', 'results each case must have; the majority decides', parseRuns, 1)
    .option('--head <sha>', 'refuse results that say they are of another commit')
    .addOption(new Option('--print <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      "\nExit codes: 0 passed · 1 below the threshold, or not passed for another reason · 2 the results cannot be read, or wrong usage\n\nExample:\n  $ agent-policy evals read results.xml --pass-rate 97% --zero-tolerance 'prompt_injection*'\n  $ agent-policy evals read run-1.xml run-2.xml run-3.xml --runs 3 --baseline main.xml --max-regressions 2",
    )
    .action((files: string[], flags: EvalsFlags) =>
      run(
        runEvalsRead(
          {
            files,
            format: flags.format ?? null,
            suite: flags.suite ?? null,
            baseline: flags.baseline,
            head: flags.head ?? null,
            demand: {
              passRate: flags.passRate,
              zeroTolerance: flags.zeroTolerance,
              requiredCategories: flags.requiredCategories,
              maxRegressions: flags.maxRegressions,
              runs: flags.runs,
            },
            print: flags.print,
          },
          io,
        ),
      ),
    );
}

interface EvalsFlags {
  readonly format?: EvalFormat;
  readonly suite?: string;
  readonly passRate: number;
  readonly zeroTolerance: readonly string[];
  readonly requiredCategories: readonly string[];
  readonly baseline: readonly string[];
  readonly maxRegressions: number;
  readonly runs: number;
  readonly head?: string;
  readonly print: 'text' | 'json';
}

function parseRate(value: string): number {
  const percent = parsePercent(value);
  if (percent !== null) return percent;
  throw new InvalidArgumentError('Give a percentage from 0% to 100%, for example 97%.');
}

/** Commas inside braces belong to a glob. */
function collectNames(value: string, previous: readonly string[]): string[] {
  const names = value.match(/(?:\{[^{}]*\}|[^,{}])+/g)?.map((name) => name.trim()) ?? [];
  if (names.some((name) => name === '' || name.length > 100)) {
    throw new InvalidArgumentError('Give categories of at most 100 characters, parted by commas.');
  }
  if (names.length === 0) throw new InvalidArgumentError('Name at least one category.');
  return [...previous, ...names];
}

function parseCount(value: string): number {
  if (/^\d{1,6}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Give a whole number of cases, for example 2.');
}

function parseRuns(value: string): number {
  if (/^(?:[1-9]|1[0-5])$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Give a whole number of runs from 1 to 15.');
}
