// A ledger on the embedded engine, and changes to record in it.
import { createHash } from 'node:crypto';
import { pino } from 'pino';
import type { MergedChange } from '../../src/domain/ledger.js';
import type { Ledger } from '../../src/storage/ledger.js';
import { openStorage, type Storage } from '../../src/storage/storage.js';

export const DAY = 86_400;
export const NOW = Math.floor(Date.UTC(2026, 10, 1) / 1_000);
const SPAN = { windowSeconds: 365 * DAY, halfLifeSeconds: 60 * DAY };

export async function openTestStorage(): Promise<Storage> {
  return openStorage({ databaseUrl: null, dataFolder: 'memory://', log: pino({ level: 'silent' }) });
}

let repositories = 0;

/** A repository of its own: `acme/shop`. */
export async function openRepository(ledger: Ledger): Promise<number> {
  repositories += 1;
  const at = { owner: 'acme', repo: 'shop', span: SPAN, wantedFrom: NOW - 365 * DAY };
  await ledger.open(repositories, at);
  return repositories;
}

export function shaOf(name: string): string {
  return createHash('sha1').update(name).digest('hex');
}

export interface Told {
  readonly message: string;
  readonly path?: string;
  readonly added?: number;
  readonly deleted?: number;
  readonly pullRequest?: number | null;
  readonly changed?: Partial<MergedChange>;
}

/** Change `name`, merged `hours` after the beginning of the story. */
export function change(name: string, hours: number, told: Told): MergedChange {
  const { message, path = 'src/a.ts', added = 10, deleted = 0, pullRequest = null } = told;
  return {
    sha: shaOf(name),
    pullRequest,
    title: message.split('\n')[0]!,
    message,
    mergedAt: NOW - 100 * DAY + hours * 3_600,
    author: 'sam',
    authorship: 'human',
    agent: null,
    files: [{ path, previousPath: null, additions: added, deletions: deleted }],
    lines: added + deleted,
    isOrdinary: true,
    chance: null,
    ...told.changed,
  };
}

/** `added` lines taken out again. */
export function undoing(message: string, told: Partial<Told> = {}): Told {
  return { message, added: 0, deleted: 10, ...told };
}
