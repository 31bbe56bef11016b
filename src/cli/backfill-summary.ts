// What did a backfill bring, said in a few lines or as JSON?
import type { MergedChange } from '../domain/ledger.js';
import type { OutcomeKind } from '../domain/outcome.js';
import type { Ledger } from '../storage/ledger.js';
import { count } from './progress.js';

export interface Backfilled {
  readonly repository: string;
  readonly repoId: number;
  /** What was asked for, seconds since 1970. */
  readonly since: number;
  readonly now: number;
  /** Everything merged from then on is in the records. */
  readonly readFrom: number;
  /** In the records, merged since then. */
  readonly changes: number;
  /** New among them. */
  readonly recorded: number;
  readonly authors: Authors;
  readonly failed: Readonly<Record<Exclude<OutcomeKind, 'kept'>, number>>;
  readonly requests: number;
  /** `clone /srv/shop, origin/main at 1a2b3c4d5e`, `GitHub`. */
  readonly source: string;
  /** Why it ended before all was read, and when it can go on; `null`: all is read. */
  readonly stopped: { readonly why: string; readonly until: Date | null } | null;
  readonly notes: readonly string[];
}

export interface Authors {
  readonly people: number;
  readonly agents: Readonly<Record<string, number>>;
  readonly automation: number;
  readonly unknown: number;
}

const PAGE = 1_000;

/** Counts what the ledger holds since then. */
export async function countRecords(
  ledger: Ledger,
  repoId: number,
  since: number,
): Promise<Pick<Backfilled, 'changes' | 'authors' | 'failed'>> {
  const agents = new Map<string, number>();
  const by = { people: 0, automation: 0, unknown: 0 };
  let all = 0;
  const ordinary = new Set<string>();
  let after: string | null = null;
  for (;;) {
    const page: readonly MergedChange[] = await ledger.readChanges(repoId, after, PAGE);
    for (const { sha, mergedAt, authorship, agent, isOrdinary } of page) {
      if (mergedAt < since) continue;
      all += 1;
      if (isOrdinary) ordinary.add(sha);
      switch (authorship) {
        case 'agent':
          agents.set(agent ?? 'unnamed', (agents.get(agent ?? 'unnamed') ?? 0) + 1);
          break;
        case 'human':
        case 'assisted':
          by.people += 1;
          break;
        case 'automation':
        case 'unknown':
          by[authorship] += 1;
      }
    }
    if (page.length < PAGE) break;
    after = page.at(-1)!.sha;
  }
  const failed = { reverted: 0, hotfixed: 0, incident: 0, 'rolled-back': 0 };
  for (const { sha, outcome } of await ledger.readOutcomes(repoId))
    if (outcome !== 'kept' && ordinary.has(sha)) failed[outcome] += 1;
  const sorted = [...agents].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { changes: all, authors: { ...by, agents: Object.fromEntries(sorted) }, failed };
}

export function describeBackfill(done: Backfilled): string {
  const lines = [
    `${done.repository}: ${changes(done.changes)} merged since ${day(done.since)} (${days(done.now - done.since)} days), ${count(done.recorded)} new in the records${done.recorded > done.changes ? ', some of them older' : ''}.`,
    `Written by ${sayAuthors(done.authors)}.`,
    sayFailed(done.failed),
    `Read from ${done.source}. ${done.requests === 0 ? 'GitHub was not asked' : `${count(done.requests)} ${done.requests === 1 ? 'request' : 'requests'} to GitHub`}.`,
    ...done.notes.map((note) => `Note: ${note}`),
    ...(done.stopped === null ? [] : [sayStopped(done, done.stopped)]),
  ];
  return `${lines.join('\n')}\n`;
}

export function backfillJson(done: Backfilled) {
  return {
    repository: done.repository,
    id: done.repoId,
    since: iso(done.since),
    read_from: iso(done.readFrom),
    days: { read: daysRead(done), wanted: days(done.now - done.since) },
    changes: done.changes,
    recorded: done.recorded,
    authors: done.authors,
    failed: done.failed,
    requests: done.requests,
    done: done.stopped === null,
    /** When it can go on; `null`: it is done, or at once. */
    continue_at: done.stopped?.until?.toISOString() ?? null,
    notes: done.notes,
  };
}

function daysRead({ now, since, readFrom }: Pick<Backfilled, 'now' | 'since' | 'readFrom'>): number {
  return Math.max(0, days(now - Math.max(since, readFrom)));
}

function sayStopped(done: Backfilled, { why, until }: NonNullable<Backfilled['stopped']>): string {
  const when =
    until === null ? 'The same command goes on' : `Run the same command after ${clock(until)}: it goes on`;
  return `${why} ${daysRead(done)} of ${days(done.now - done.since)} days are read. ${when} where this one ended.`;
}

function sayAuthors({ people, agents, automation, unknown }: Authors): string {
  const written = Object.values(agents).reduce((sum, number) => sum + number, 0);
  const named = Object.entries(agents).map(([name, number]) => `${name} ${count(number)}`);
  return [
    `people: ${count(people)}`,
    `agents: ${count(written)}${named.length === 0 ? '' : ` (${named.join(', ')})`}`,
    ...(automation === 0 ? [] : [`automation: ${count(automation)}`]),
    ...(unknown === 0 ? [] : [`unknown: ${count(unknown)}`]),
  ].join(' · ');
}

const FAILED: readonly (readonly [Exclude<OutcomeKind, 'kept'>, string])[] = [
  ['reverted', 'reverted'],
  ['rolled-back', 'rolled back'],
  ['incident', 'named by an incident'],
  ['hotfixed', 'repaired by a fix that names them'],
];

function sayFailed(failed: Backfilled['failed']): string {
  const all = Object.values(failed).reduce((sum, number) => sum + number, 0);
  if (all === 0) return 'Failed: none that the history names.';
  const parts = FAILED.filter(([kind]) => failed[kind] > 0).map(
    ([kind, words]) => `${count(failed[kind])} ${words}`,
  );
  return `Failed: ${count(all)} (${parts.join(', ')}).`;
}

function changes(number: number): string {
  return number === 1 ? '1 change' : `${count(number)} changes`;
}

function days(seconds: number): number {
  return Math.round(seconds / 86_400);
}

function day(seconds: number): string {
  return iso(seconds).slice(0, 10);
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** `14:02 UTC`. */
function clock(date: Date): string {
  return `${date.toISOString().slice(11, 16)} UTC`;
}
