// `backfill`: what was merged before the app came, from a clone or from GitHub, into the records that the app keeps.
import type { Catalogue } from '../agents/catalogue.js';
import { backfillFromClone } from './backfill-clone.js';
import { backfillFromGitHub } from './backfill-github.js';
import { type Backfilled, backfillJson, countRecords, describeBackfill } from './backfill-summary.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';
import { git } from './git.js';
import { type LedgerStore, openLedgerStore } from './ledger-store.js';
import { openProgress } from './progress.js';
import { connectWithToken } from './remote-snapshot.js';
import { parseSince } from './since.js';

export interface BackfillArguments {
  /** On GitHub; `null`: as the origin of the clone names it. */
  readonly target: RepositoryName | null;
  /** `365d`, or a day. */
  readonly since: string;
  /** A local clone; `null`: GitHub is read. */
  readonly repo: string | null;
  /** The branch of the clone whose first parents are the trunk; `null`: the default branch of its origin. */
  readonly ref: string | null;
  readonly repoId: number | null;
  readonly format: 'text' | 'json';
}

export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** Exit code 0: everything asked for is in the records · 8: ended on the way, the same command goes on. */
export async function runBackfill(
  args: BackfillArguments,
  catalogue: Catalogue,
  io: CommandIo,
): Promise<ExitCode> {
  const date = new Date();
  const task: Task = {
    args,
    catalogue,
    io,
    since: parseSince(args.since, date),
    now: Math.floor(date.getTime() / 1000),
  };
  if (task.since >= task.now) throw new CommandFailure(`--since ${args.since} lies in the future.`);
  const run = args.repo === null ? prepareGitHub(task) : await prepareClone(task, args.repo);
  const store = await openLedgerStore(io.env);
  const stop = listenForStop(io);
  try {
    const done = await run(store, stop.isStopped);
    io.stdout(
      args.format === 'json' ? `${JSON.stringify(backfillJson(done), null, 2)}\n` : describeBackfill(done),
    );
    return done.stopped === null ? EXIT.fine : EXIT.waiting;
  } finally {
    stop.close();
    await store.close();
  }
}

interface Task {
  readonly args: BackfillArguments;
  readonly catalogue: Catalogue;
  readonly io: CommandIo;
  readonly since: number;
  readonly now: number;
}

type Run = (store: LedgerStore, isStopped: () => boolean) => Promise<Backfilled>;

/** Everything that can be wrong with the command is said before the records are opened. */
async function prepareClone({ args, catalogue, io, since, now }: Task, repo: string): Promise<Run> {
  const { owner, name } = args.target ?? (await readOriginName(repo));
  const ref = args.ref ?? (await findTrunk(repo));
  return async (store, isStopped) => {
    const progress = openProgress(io, `${owner}/${name}`);
    const { repoId } = args;
    const given = { repo, ref, owner, name, repoId, since, now, catalogue, isStopped };
    const done = await backfillFromClone(given, store, progress);
    progress.close();
    return {
      repository: `${owner}/${name}`,
      repoId: done.repoId,
      since,
      now,
      readFrom: done.readFrom,
      recorded: done.recorded,
      ...(await countRecords(store.ledger, done.repoId, since)),
      requests: 0,
      source: `the clone ${repo}, ${ref.replace(/^refs\/(heads|remotes)\//, '')} at ${done.tip.slice(0, 10)}`,
      stopped: done.stopped ? { why: 'Stopped.', until: null } : null,
      notes: done.notes,
    };
  };
}

function prepareGitHub({ args, catalogue, io, since, now }: Task): Run {
  const { target } = args;
  if (target === null)
    throw new CommandFailure(
      'backfill needs a repository on GitHub, OWNER/NAME, or a local clone, --repo DIR, which asks GitHub nothing.',
    );
  if (args.ref !== null || args.repoId !== null)
    throw new CommandFailure('--ref and --repo-id go with --repo DIR: GitHub tells both itself.');
  const client = connectWithToken(
    io.env,
    'backfill OWNER/NAME reads GitHub',
    'A local clone needs none: --repo DIR.',
  );
  return async (store, isStopped) => {
    const progress = openProgress(io, `${target.owner}/${target.name}`);
    const given = { ...target, since, now, client, catalogue, isStopped };
    const done = await backfillFromGitHub(given, store, progress);
    progress.close();
    const { repoId, owner, repo, readFrom } = done.state;
    return {
      repository: `${owner}/${repo}`,
      repoId,
      since,
      now,
      readFrom: readFrom ?? now,
      recorded: done.recorded,
      ...(await countRecords(store.ledger, repoId, since)),
      requests: done.requests,
      source: 'GitHub',
      stopped: done.stopped,
      notes: done.notes,
    };
  };
}

async function readOriginName(repo: string): Promise<RepositoryName> {
  const url = await tryGit(repo, ['config', '--get', 'remote.origin.url']);
  const match = /[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(url);
  if (match !== null) return { owner: match[1]!, name: match[2]! };
  await git(repo, ['rev-parse', '--git-dir']).catch(() => {
    throw new CommandFailure(`${repo} is not a git repository.`);
  });
  throw new CommandFailure(
    `${repo} has no origin that names its repository on GitHub. Name it: --as OWNER/NAME.`,
  );
}

/** What a clone was made from; somebody may have checked out a branch of their own. */
async function findTrunk(repo: string): Promise<string> {
  return (await tryGit(repo, ['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'])) || 'HEAD';
}

async function tryGit(repo: string, args: readonly string[]): Promise<string> {
  return (await git(repo, args).catch(() => Buffer.from(''))).toString('utf8').trim();
}

/** The first Ctrl-C lets the present step end, the second is the system's own. */
function listenForStop(io: Pick<CommandIo, 'stderr'>): { isStopped: () => boolean; close: () => void } {
  let stopped = false;
  const stop = () => {
    stopped = true;
    io.stderr('\nStopping after this step; what is read is kept.\n');
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  return {
    isStopped: () => stopped,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
