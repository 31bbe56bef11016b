// `classify --jsonl FILE|-`: who wrote each of these pull requests?
// One record a line in, one verdict a line out, in the same order and without holding the file in memory.
import { z } from 'zod';
import type { Catalogue } from '../agents/catalogue.js';
import { type Classified, createClassifier } from '../agents/classify.js';
import type { AuthorshipSource, SourceIdentity } from '../agents/source.js';
import { plain } from '../domain/message.js';
import { type Account, NOTHING_REMEMBERED } from '../domain/snapshot.js';
import { type CommandIo, EXIT, type ExitCode } from './exit-codes.js';
import { parseRows, readLines } from './json-lines.js';

export interface ClassifyArguments {
  /** A path, or `-` for standard input. */
  readonly jsonl: string;
}

type Label = 'agent' | 'assisted' | 'human' | 'bot' | 'unknown';

export interface ClassifiedRow {
  readonly id: string | number | null;
  readonly label: Label;
  /** Name of the agent, for `assisted` of the tool, for `bot` of the bot. */
  readonly agent: string | null;
  /** What was seen, strongest first. */
  readonly evidence: readonly string[];
}

export async function runClassify(
  args: ClassifyArguments,
  catalogue: Catalogue,
  io: Pick<CommandIo, 'stdout'>,
  lines: AsyncIterable<string> = readLines(args.jsonl),
): Promise<ExitCode> {
  const classify = createClassifier({
    catalogue,
    custom: [],
    automationWorkflows: [],
    machineUsers: [],
    memory: NOTHING_REMEMBERED,
  });
  for await (const row of parseRows(lines, args.jsonl, rowSchema, WORDS))
    io.stdout(`${JSON.stringify(toRow(row.id ?? null, classify(toSource(row))))}\n`);
  return EXIT.fine;
}

const text = z.string().nullish();

const WORDS = { done: 'classified', kind: 'a pull request', hint: '' };

const rowSchema = z
  .object({
    id: z.union([z.string(), z.number()]).nullish(),
    pr: z
      .object({
        title: text,
        body: text,
        user_login: text,
        user_type: text,
        head_ref: text,
        labels: z.array(z.unknown()).nullish(),
      })
      .nullish(),
    commits: z
      .array(
        z.object({
          message: text,
          author_name: text,
          author_email: text,
          author_login: text,
          committer_name: text,
          committer_email: text,
          committer_login: text,
        }),
      )
      .nullish(),
  })
  .refine(({ pr, commits }) => pr != null || commits != null, 'it has neither "pr" nor "commits"');

type Row = z.output<typeof rowSchema>;

function toSource({ pr, commits }: Row): AuthorshipSource {
  return {
    kind: 'row',
    title: pr?.title ?? null,
    body: pr?.body ?? null,
    opener: opener(pr),
    assignees: null,
    headRef: pr?.head_ref ?? null,
    workflow: null,
    complete: true,
    commits: (commits ?? []).map((commit) => ({
      sha: null,
      message: commit.message ?? null,
      author: identity(commit.author_name, commit.author_email, commit.author_login),
      committer: identity(commit.committer_name, commit.committer_email, commit.committer_login),
      signature: null,
    })),
  };
}

const TYPES = ['User', 'Bot', 'Organization', 'Mannequin', 'EnterpriseUserAccount'] as const;

function opener(pr: Row['pr']): Account | null {
  const login = blankToNull(pr?.user_login);
  // A type that nobody has heard of is not known.
  const type = TYPES.find((known) => known.toLowerCase() === pr?.user_type?.toLowerCase()) ?? null;
  if (login !== null) return { login, id: null, type };
  // A bot without a name is still no person.
  return type === 'Bot' ? { login: 'unnamed[bot]', id: null, type } : null;
}

function identity(
  name: string | null | undefined,
  email: string | null | undefined,
  login: string | null | undefined,
): SourceIdentity {
  const account = blankToNull(login);
  return {
    name: blankToNull(name),
    email: blankToNull(email),
    account: account === null ? null : { login: account, id: null, type: null },
  };
}

function blankToNull(value: string | null | undefined): string | null {
  return value == null || value.trim() === '' ? null : value;
}

function toRow(id: ClassifiedRow['id'], { finding, bot }: Classified): ClassifiedRow {
  const evidence = finding.evidence.map((one) => `${one.points} (${one.signature}): ${plain(one.what)}`);
  return {
    id,
    label: label(finding.authorship, bot),
    agent: finding.name,
    evidence: [...evidence, ...finding.doubts.map(plain)],
  };
}

/** A record cannot prove who a bot is, and a label says what it is: a bot that shows no agent is a bot. */
function label(authorship: Classified['finding']['authorship'], bot: string | null): Label {
  switch (authorship) {
    case 'agent':
    case 'assisted':
    case 'human':
      return authorship;
    case 'automation':
      return 'bot';
    case 'unknown':
      return bot === null ? 'unknown' : 'bot';
  }
}
