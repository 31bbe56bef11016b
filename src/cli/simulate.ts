// How would this change be judged, without opening it on GitHub?
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import type { Catalogue } from '../agents/catalogue.js';
import { verdictBlock } from '../checks/json-block.js';
import { renderText } from '../checks/text-report.js';
import type { PolicyFile } from '../domain/policy-file.js';
import { type Account, NOTHING_REMEMBERED } from '../domain/snapshot.js';
import type { Decision } from '../domain/verdict.js';
import { gateOf } from '../policy/evaluate.js';
import { evaluateWithFacts } from '../policy/evaluate-with-facts.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';
import { createLocalFacts } from './local-facts.js';
import { policyFromBytes, readLocalChange } from './local-snapshot.js';
import { readRemoteChange } from './remote-snapshot.js';
import type { Subject } from './subject.js';

export interface SimulateArguments {
  readonly repo: string;
  readonly base: string | null;
  readonly head: string;
  readonly pullRequest: { readonly owner: string; readonly repo: string; readonly number: number } | null;
  /** A policy file to judge by instead of the base's. */
  readonly policy: string | null;
  readonly branch: string | null;
  readonly author: Account | null;
  readonly title: string | null;
  readonly body: string | null;
  readonly approvals: readonly string[] | null;
  /** Coverage reports of the head; empty: none. */
  readonly coverage: readonly string[];
  readonly format: 'text' | 'json';
}

/** Exit code 0 would pass · 1 blocked · 8 waits for a human, a machine or a fact not known here. */
export async function runSimulate(
  args: SimulateArguments,
  catalogue: Catalogue,
  io: CommandIo,
): Promise<ExitCode> {
  if (args.pullRequest !== null && args.coverage.length > 0)
    throw new CommandFailure('--coverage goes with --repo: of a pull request GitHub holds the coverage.');
  const now = new Date();
  const given = args.policy === null ? null : await readPolicy(args.policy);
  const subject =
    args.pullRequest === null
      ? await localSubject(args, given, catalogue, now, io)
      : await readRemoteChange(args.pullRequest, io.env);
  const policies = given === null ? subject.policies : { ...subject.policies, repository: given };
  const { decision } = await evaluateWithFacts(
    { snapshot: subject.snapshot, memory: NOTHING_REMEMBERED, now, policies, catalogue },
    subject.readFacts,
  );
  if (subject.snapshot.pullRequest.commitCount === 0) {
    io.stderr('Note: the head has no commits that the base lacks, so there is nothing to judge.\n');
  }
  const shown = args.policy === null ? decision : judgedBy(decision, args.policy);
  io.stdout(
    args.format === 'json'
      ? `${JSON.stringify({ ...verdictBlock(decision, subject.snapshot.pullRequest.number), gate: gateOf(decision) }, null, 2)}\n`
      : renderText(shown, { color: io.color, width: io.width }),
  );
  return exitCodeOf(decision);
}

/** The policy that judged is the given file, not the one of the same role in the repository. */
function judgedBy(decision: Decision, file: string): Decision {
  const layers = decision.layers.map((layer) => (layer.layer === 'repository' ? { ...layer, file } : layer));
  return { ...decision, layers };
}

/** Observed verdicts never block, here as on GitHub. */
function exitCodeOf(decision: Decision): ExitCode {
  const gate = gateOf(decision);
  if (gate === 'failure') return EXIT.atFault;
  return gate === 'success' || gate === 'neutral' ? EXIT.fine : EXIT.waiting;
}

async function localSubject(
  args: SimulateArguments,
  given: PolicyFile | null,
  catalogue: Catalogue,
  now: Date,
  io: CommandIo,
): Promise<Subject> {
  if (args.base === null) {
    throw new CommandFailure(
      'simulate needs --base REF, the branch the change would merge into (or --pr OWNER/REPO#NUMBER).',
    );
  }
  const { snapshot, policy } = await readLocalChange(
    {
      repo: args.repo,
      base: args.base,
      head: args.head,
      branch: args.branch,
      author: args.author,
      title: args.title,
      body: args.body === null ? null : await readBody(args.body),
      approvals: args.approvals,
    },
    now,
  );
  const policies = { repository: given ?? policy, organization: { kind: 'not-visible' } } as const;
  const { repo, base, head, coverage } = args;
  const isOpenerGiven = args.author !== null;
  return {
    snapshot,
    policies,
    readFacts: createLocalFacts({ repo, base, head, isOpenerGiven, coverage, policies, catalogue, now }, io),
  };
}

async function readBody(file: string): Promise<string> {
  return file === '-' ? readAll(process.stdin) : (await readGiven(file, '--body')).toString('utf8');
}

async function readPolicy(file: string): Promise<PolicyFile> {
  return policyFromBytes(await readGiven(file, '--policy'));
}

async function readGiven(file: string, flag: string): Promise<Buffer> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailure(`${flag} ${file}: ${error.code === 'ENOENT' ? 'no such file' : error.message}.`);
  });
}
