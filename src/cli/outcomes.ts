// `outcomes`: which merged changes failed, and how do we know? From messages alone or with a clone's history.
import type { ChangeOutcome, OutcomeEvidence } from '../domain/outcome.js';
import { FULL_REVERT_SHARE } from '../domain/outcome.js';
import { isoTime } from '../outcomes/follow-changes.js';
import { CommandFailure, type CommandIo, EXIT, type ExitCode } from './exit-codes.js';
import { type RepositoryOutcomes, readRepositoryOutcomes } from './outcomes-history.js';
import { runOutcomesOfRows } from './outcomes-rows.js';
import { parseSince } from './since.js';

export interface OutcomesArguments {
  /** A path, or `-` for standard input. */
  readonly jsonl: string | null;
  /** A local clone. */
  readonly repo: string | null;
  /** Branch, tag or SHA whose first parents are the trunk. */
  readonly ref: string;
  /** `365d` or a date; earlier changes are named but not listed. */
  readonly since: string | null;
  /** Issues and deployment statuses of GitHub, one JSON object a line. */
  readonly issues: string | null;
  readonly deployments: string | null;
  readonly format: 'text' | 'jsonl';
}

/** One line of `--format jsonl`: a change that something happened to, or that undid others. */
export interface OutcomeLine extends ChangeOutcome {
  readonly title: string;
  readonly merged_at: string;
  /** SHAs on the trunk that this change undid. */
  readonly reverts: readonly string[];
  /** What it names as undone without it being so, or being in this history. */
  readonly unresolved: readonly { readonly named: string; readonly why: string }[];
}

export async function runOutcomes(args: OutcomesArguments, io: CommandIo): Promise<ExitCode> {
  if ((args.jsonl === null) === (args.repo === null))
    throw new CommandFailure(
      'Give either --jsonl FILE with commit messages or --repo DIR with a local clone.',
    );
  if (args.jsonl !== null) return runOutcomesOfRows(args.jsonl, io);
  const since = args.since === null ? Number.NEGATIVE_INFINITY : parseSince(args.since, new Date());
  const read = await readRepositoryOutcomes({ ...args, repo: args.repo!, since });
  const lines = toLines(read, since);
  if (args.format === 'jsonl') {
    for (const line of lines) io.stdout(`${JSON.stringify(line)}\n`);
    for (const note of notesOf(read)) io.stderr(`${note}\n`);
    return EXIT.fine;
  }
  for (const line of lines) if (line.evidence.length > 0) io.stdout(`${describe(line)}\n`);
  io.stdout(`${[summary(read, lines, since), ...notesOf(read)].join('\n')}\n`);
  return EXIT.fine;
}

function toLines(read: RepositoryOutcomes, since: number): readonly OutcomeLine[] {
  const { trunk, outcomes, undoneBy, open } = read;
  const known = new Map(outcomes.map((outcome) => [outcome.sha, outcome]));
  const unresolved = new Map<string, { named: string; why: string }[]>();
  for (const { sha, named, why } of open)
    unresolved.set(sha, [...(unresolved.get(sha) ?? []), { named, why }]);
  const positions = [...new Set([...known.keys(), ...undoneBy.keys(), ...unresolved.keys()])]
    .map((sha) => trunk.find(sha)!)
    .filter((position) => trunk.timeAt(position) >= since)
    .sort((a, b) => a - b);
  return positions.map((position) => {
    const sha = trunk.shaAt(position);
    return {
      ...(known.get(sha) ?? untouched(sha, trunk.pullRequestAt(position))),
      title: trunk.titleAt(position),
      merged_at: isoTime(trunk.timeAt(position)),
      reverts: undoneBy.get(sha) ?? [],
      unresolved: unresolved.get(sha) ?? [],
    };
  });
}

function untouched(sha: string, pullRequest: number | null): ChangeOutcome {
  return { sha, pullRequest, outcome: 'kept', at: null, by: null, share: null, evidence: [] };
}

function describe(line: OutcomeLine): string {
  const number = line.pullRequest === null ? '' : ` #${line.pullRequest}`;
  const title = plainText(line.title).slice(0, 80);
  // Taking a revert back is no failure of its author, so it has no name among the outcomes.
  const isRevertUndone = line.outcome === 'kept' && line.reverts.length > 0;
  const head = `${(isRevertUndone ? 'taken back' : line.outcome).padEnd(11)} ${line.sha.slice(0, 10)}${number} ${line.merged_at.slice(0, 10)} ${title}`;
  return [head, ...line.evidence.map((one) => `              ${describeEvidence(one)}`)].join('\n');
}

function describeEvidence(one: OutcomeEvidence): string {
  const how = {
    revert: 'undone by',
    reland: 'brought back by',
    fix: 'repaired by',
    incident: 'blamed by',
    rollback: 'rolled back by',
  };
  const share =
    one.share !== null
      ? ` · ${one.share >= FULL_REVERT_SHARE ? 'full' : 'partial'}, ${Math.floor(one.share * 100)} % of its lines`
      : one.kind === 'fix'
        ? ' · touches the same file'
        : ' · lines not compared';
  return `${how[one.kind]} ${one.by.slice(0, 10)} ${one.at.slice(0, 10)}${share} · ${one.form}: ${plainText(one.named).slice(0, 70)}`;
}

function summary(
  { changes, trunk, open }: RepositoryOutcomes,
  lines: readonly OutcomeLine[],
  since: number,
): string {
  const count = (outcome: ChangeOutcome['outcome']) =>
    lines.filter((line) => line.outcome === outcome).length;
  const back = lines.filter(
    (line) => line.outcome === 'kept' && line.evidence.some((one) => one.kind === 'reland'),
  ).length;
  const merged =
    since === Number.NEGATIVE_INFINITY
      ? changes
      : Array.from({ length: changes }, (_, at) => trunk.timeAt(at)).filter((time) => time >= since).length;
  const missing = open.filter((one) => one.why === 'not found').length;
  const words = `${merged} ${merged === 1 ? 'change' : 'changes'} on the trunk: ${count('reverted')} reverted, ${back} reverted and brought back, ${count('hotfixed')} repaired by a fix that names them.`;
  const rest = `Reverts that name a change not in this history: ${missing}. Reverts of a change whose lines still stand: ${open.length - missing}.`;
  return `${words}\n${rest}`;
}

function notesOf({ shallow, changes, notes }: RepositoryOutcomes): readonly string[] {
  if (!shallow) return notes;
  return [
    ...notes,
    `The clone is shallow: nothing is known before its ${changes} commits, so what they say of older changes is not judged. \`git fetch --unshallow\` brings the rest.`,
  ];
}

/** Titles are other people's: no terminal codes. */
function plainText(text: string): string {
  return text
    .replace(/\u001b\[[0-9;]{0,20}m/g, '')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, ' ')
    .trim();
}
