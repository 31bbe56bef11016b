// Which commands are there, with which flags, and what does each look like in use?
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Catalogue } from '../agents/catalogue.js';
import type { Account } from '../domain/snapshot.js';
import { type RepositoryName, runBackfill } from './backfill.js';
import { addBackupCommands } from './backup-command.js';
import { runClassify } from './classify.js';
import { runCoverage } from './coverage.js';
import { addEvalsCommand } from './evals-command.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';
import { runExplain } from './explain.js';
import { runLint } from './lint.js';
import { runOutcomes } from './outcomes.js';
import { runReplay } from './replay.js';
import { runSimulate } from './simulate.js';

const FORMAT = new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text');

/** Builds the program; `done` receives the exit code of the command that ran. */
export function buildProgram(
  catalogue: Catalogue,
  version: string,
  io: CommandIo,
  done: (code: ExitCode) => void,
): Command {
  const program = new Command('agent-policy')
    .description('Judges agent-written pull requests against a repository’s policy.')
    .version(version)
    .showHelpAfterError('(--help shows the flags and an example)')
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr })
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit codes: 0 fine · 1 the policy or the change is at fault · 2 wrong usage or the world failed · 8 waiting for a human, a machine or a fact not known here',
    );
  const run = (command: Promise<ExitCode>) => command.then(done);

  program
    .command('lint')
    .description('Check a policy file; every problem at once, with line and column.')
    .argument('[file]', 'the policy (default: .github/agent-policy.yml)')
    .addOption(FORMAT)
    .addHelpText('after', example('agent-policy lint .github/agent-policy.yml'))
    .action((file: string | undefined, flags: { format: 'text' | 'json' }) =>
      run(runLint({ file: file ?? null, format: flags.format }, catalogue, io)),
    );

  program
    .command('classify')
    .description('Say who wrote each pull request: one JSON object a line in, one a line out.')
    .requiredOption('--jsonl <file>', 'pull requests, one a line; - reads standard input')
    .addHelpText('after', example('agent-policy classify --jsonl pulls.jsonl > labels.jsonl'))
    .action((flags: { jsonl: string }) => run(runClassify({ jsonl: flags.jsonl }, catalogue, io)));

  program
    .command('outcomes')
    .description(
      'Say which merged changes were undone, and what shows it: from commit messages or a local clone.',
    )
    .option('--jsonl <file>', 'commit messages, one JSON object a line; - reads standard input')
    .option('--repo <dir>', 'a local git repository; nothing is read from the network')
    .option('--ref <ref>', 'the branch whose first parents are the trunk', 'HEAD')
    .option('--since <date>', 'only changes merged from this day on')
    .option(
      '--issues <file>',
      'with --repo: issues of GitHub, one JSON object a line; incidents blame by name',
    )
    .option(
      '--deployments <file>',
      'with --repo: deployment statuses, one JSON object a line; finds rollbacks',
    )
    .addOption(
      new Option('--format <format>', 'how to print with --repo').choices(['text', 'jsonl']).default('text'),
    )
    .addHelpText(
      'after',
      example(
        'agent-policy outcomes --repo . --since 2025-01-31',
        'agent-policy outcomes --repo . --format jsonl > outcomes.jsonl',
        'agent-policy outcomes --jsonl commits.jsonl > reverts.jsonl',
      ),
    )
    .action((flags: OutcomesFlags) =>
      run(
        runOutcomes(
          {
            jsonl: flags.jsonl ?? null,
            repo: flags.repo ?? null,
            ref: flags.ref,
            since: flags.since ?? null,
            issues: flags.issues ?? null,
            deployments: flags.deployments ?? null,
            format: flags.format,
          },
          io,
        ),
      ),
    );

  program
    .command('backfill')
    .description(
      'Fill the app’s records with what was merged before it came: from GitHub, or from a local clone.',
    )
    .argument(
      '[owner/name]',
      'the repository on GitHub; the token is read from GITHUB_TOKEN',
      parseRepository,
    )
    .requiredOption('--since <time>', 'how far back: 365d, 26w or a day such as 2026-01-31')
    .option('--repo <dir>', 'a local clone; nothing is read from the network')
    .option('--ref <ref>', 'with --repo: the branch whose first parents are the trunk (default: origin’s)')
    .option('--as <owner/name>', 'with --repo: its name on GitHub (default: by its origin)', parseRepository)
    .option('--repo-id <number>', 'with --repo: GitHub’s number of it, if the app never saw it', parseId)
    .addOption(FORMAT)
    .addHelpText(
      'after',
      `${example(
        'agent-policy backfill --since 365d --repo .',
        'agent-policy backfill --since 365d --repo ../shop --as acme/shop --repo-id "$(gh api repos/acme/shop --jq .id)"',
        'GITHUB_TOKEN=… agent-policy backfill acme/shop --since 180d',
      )}\n\nThe records are those of DATABASE_URL or DATA_FOLDER, as the app has them.\nMay be repeated and stopped at any time: nothing is counted twice. Exit code 8: not at the end yet.`,
    )
    .action((given: RepositoryName | undefined, flags: BackfillFlags) => {
      if (given !== undefined && flags.as !== undefined)
        throw new CommandFailure('Name the repository once: as an argument or with --as.');
      return run(
        runBackfill(
          {
            target: given ?? flags.as ?? null,
            since: flags.since,
            repo: flags.repo ?? null,
            ref: flags.ref ?? null,
            repoId: flags.repoId ?? null,
            format: flags.format,
          },
          catalogue,
          io,
        ),
      );
    });

  program
    .command('simulate')
    .description('Judge a change as the check would: two refs of a local clone, or a pull request on GitHub.')
    .option('--repo <dir>', 'a local git repository; nothing is read from the network', '.')
    .option('--base <ref>', 'the branch it would merge into; its tip holds the policy')
    .option('--head <ref>', 'the tip of the change', 'HEAD')
    .option(
      '--pr <owner/repo#number>',
      'a pull request on GitHub; the token is read from GITHUB_TOKEN',
      parsePullRequest,
    )
    .option('--policy <file>', 'judge by this policy instead of the base’s')
    .option('--branch <name>', 'the name of the head branch')
    .option(
      '--author <login:type>',
      'who opens it; type is User or Bot (default: the last commit’s author, a person)',
      parseAuthor,
    )
    .option('--title <text>', 'the title (default: of a single commit its subject)')
    .option('--body <file>', 'the description; - reads standard input')
    .addOption(
      new Option('--approve <login>', 'a person who approves the head; may be given several times')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--coverage <file...>', 'coverage reports of the head, for the quality delta')
    .addOption(FORMAT)
    .addHelpText(
      'after',
      example(
        'agent-policy simulate --repo . --base main --head my-branch --policy .github/agent-policy.yml',
        'agent-policy simulate --repo . --base main --head copilot/fix-1 --author Copilot:Bot --body pr.md --approve kim',
        'GITHUB_TOKEN=… agent-policy simulate --pr acme/shop#812',
      ),
    )
    .action((flags: SimulateFlags) =>
      run(
        runSimulate(
          {
            repo: flags.repo,
            base: flags.base ?? null,
            head: flags.head,
            pullRequest: flags.pr ?? null,
            policy: flags.policy ?? null,
            branch: flags.branch ?? null,
            author: flags.author ?? null,
            title: flags.title ?? null,
            body: flags.body ?? null,
            approvals: flags.approve.length === 0 ? null : flags.approve,
            coverage: flags.coverage ?? [],
            format: flags.format,
          },
          catalogue,
          io,
        ),
      ),
    );

  program
    .command('explain')
    .description('Say which zones a path is in, and what each demands.')
    .argument('<path>', 'a path in the repository')
    .option('--policy <file>', 'the policy', '.github/agent-policy.yml')
    .option('--base <branch>', 'the branch it would merge into', 'main')
    .addOption(FORMAT)
    .addHelpText('after', example('agent-policy explain infra/vpc/main.tf'))
    .action((path: string, flags: { policy: string; base: string; format: 'text' | 'json' }) =>
      run(runExplain({ path, policy: flags.policy, base: flags.base, format: flags.format }, catalogue, io)),
    );

  program
    .command('coverage')
    .description('Say which of the lines a change adds are run by the tests.')
    .argument('<file...>', 'lcov, Cobertura, JaCoCo, Istanbul JSON, Go profile, or a zip archive of them')
    .option('--repo <dir>', 'a local git repository', '.')
    .requiredOption('--base <ref>', 'the branch it would merge into')
    .option('--head <ref>', 'the tip of the change, on which the tests ran', 'HEAD')
    .option('--patch-min <share>', 'least share of added lines that must be run, such as 80%', parseShare)
    .addOption(
      new Option(
        '--against <file>',
        'a coverage file of the base, for the change of the project; may be given several times',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(FORMAT)
    .addHelpText('after', example('agent-policy coverage coverage/lcov.info --base main --patch-min 80%'))
    .action((files: string[], flags: CoverageFlags) =>
      run(runCoverage({ ...flags, files, patchMin: flags.patchMin ?? null }, io)),
    );

  addEvalsCommand(program, run, io);
  addBackupCommands(program, run, io);

  program
    .command('replay')
    .description('Score every change of a history by what was known before it: the chance of a revert.')
    .argument('<file>', 'commits of the trunk, oldest first, one JSON object a line; may be gzipped (.gz)')
    .requiredOption('--out <file>', 'where the scores go, one JSON object a line')
    .addHelpText('after', example('agent-policy replay history.jsonl.gz --out scores.jsonl'))
    .action((file: string, flags: { out: string }) => run(runReplay({ file, out: flags.out }, io)));

  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeOut: io.stdout, writeErr: io.stderr });
  return program;
}

/** Exit code of an error that commander throws: help and version are fine, everything else is wrong usage. */
export function usageExitCode(error: { exitCode: number }): ExitCode {
  return error.exitCode === 0 ? EXIT.fine : EXIT.failed;
}

interface OutcomesFlags {
  readonly jsonl?: string;
  readonly repo?: string;
  readonly ref: string;
  readonly since?: string;
  readonly issues?: string;
  readonly deployments?: string;
  readonly format: 'text' | 'jsonl';
}

interface BackfillFlags {
  readonly since: string;
  readonly repo?: string;
  readonly ref?: string;
  readonly as?: RepositoryName;
  readonly repoId?: number;
  readonly format: 'text' | 'json';
}

interface SimulateFlags {
  readonly repo: string;
  readonly base?: string;
  readonly head: string;
  readonly pr?: { readonly owner: string; readonly repo: string; readonly number: number };
  readonly policy?: string;
  readonly branch?: string;
  readonly author?: Account;
  readonly title?: string;
  readonly body?: string;
  readonly approve: readonly string[];
  readonly coverage?: readonly string[];
  readonly format: 'text' | 'json';
}

interface CoverageFlags {
  readonly repo: string;
  readonly base: string;
  readonly head: string;
  readonly patchMin?: number;
  readonly against: readonly string[];
  readonly format: 'text' | 'json';
}

function example(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function parseShare(value: string): number {
  const match = /^(\d{1,3}(?:\.\d{1,4})?)%$/.exec(value);
  const share = match === null ? Number.NaN : Number(match[1]) / 100;
  if (share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('Give a percentage from 0% to 100%, for example 80%.');
}

function parsePullRequest(value: string): { owner: string; repo: string; number: number } {
  const match =
    /^([\w.-]+)\/([\w.-]+)#(\d{1,9})$/.exec(value) ??
    /^https:\/\/[^/]+\/([\w.-]+)\/([\w.-]+)\/pull\/(\d{1,9})\/?$/.exec(value);
  if (match === null) throw new InvalidArgumentError('Give OWNER/REPO#NUMBER, for example acme/shop#812.');
  return { owner: match[1]!, repo: match[2]!, number: Number(match[3]) };
}

function parseRepository(value: string): RepositoryName {
  const match = /^(?:https:\/\/[^/]+\/)?([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(value);
  if (match === null) throw new InvalidArgumentError('Give OWNER/NAME, for example acme/shop.');
  return { owner: match[1]!, name: match[2]! };
}

function parseId(value: string): number {
  if (/^[1-9]\d{0,14}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('Give the number of GitHub: `gh api repos/acme/shop --jq .id`.');
}

function parseAuthor(value: string): Account {
  const match = /^@?(.+?)(?::(User|Bot))?$/i.exec(value);
  if (match === null || match[1]!.includes(':'))
    throw new InvalidArgumentError('Give LOGIN:User or LOGIN:Bot, for example Copilot:Bot.');
  return { login: match[1]!, id: null, type: match[2]?.toLowerCase() === 'bot' ? 'Bot' : 'User' };
}
