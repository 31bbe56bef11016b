// What does a whole evaluation need? The shipped catalogue, policies as text, and a pull request.
import { readFileSync } from 'node:fs';
import { type Catalogue, parseCatalogue } from '../../src/agents/catalogue.js';
import { plain } from '../../src/domain/message.js';
import type { PolicyFile } from '../../src/domain/policy-file.js';
import type { Memory, Snapshot } from '../../src/domain/snapshot.js';
import type { Verdict } from '../../src/domain/verdict.js';
import { type Evaluation, evaluate } from '../../src/policy/evaluate.js';
import { NOW } from './context.js';
import { aMemory, aSnapshot } from './snapshot.js';

export const CATALOGUE: Catalogue = parseCatalogue(
  readFileSync(new URL('../../config/agents.yml', import.meta.url), 'utf8'),
);

export const ABSENT: PolicyFile = { kind: 'absent' };

export function found(text: string | null): PolicyFile {
  return { kind: 'found', text, bytes: text === null ? 10 : Buffer.byteLength(text), sha: 'c0ffee' };
}

/** The smallest policy, with more sections below it. */
export function aPolicy(more = '', owner = '@acme/platform'): string {
  return `version: 1\nowner: "${owner}"\n${more}`;
}

export interface Given {
  readonly repository?: string | PolicyFile;
  readonly organization?: string | PolicyFile;
  readonly snapshot?: Snapshot;
  readonly memory?: Memory;
}

export function evaluateWith({ repository, organization, snapshot, memory }: Given): Evaluation {
  return evaluate({
    snapshot: snapshot ?? aSnapshot(),
    memory: memory ?? aMemory(),
    now: NOW,
    policies: { repository: asFile(repository ?? aPolicy()), organization: asFile(organization ?? ABSENT) },
    catalogue: CATALOGUE,
  });
}

/** `rule state title`, one line a verdict, without those that are always there and pass. */
export function openVerdicts({ decision }: Evaluation): readonly string[] {
  return decision.verdicts.filter(({ state }) => state !== 'pass' && state !== 'skipped').map(lineOf);
}

export function verdictsOf({ decision }: Evaluation, rule: string): readonly Verdict[] {
  return decision.verdicts.filter((verdict) => verdict.rule === rule);
}

export function lineOf({ rule, state, title }: Verdict): string {
  return `${rule} ${state}: ${plain(title)}`;
}

function asFile(given: string | PolicyFile): PolicyFile {
  return typeof given === 'string' ? found(given) : given;
}
