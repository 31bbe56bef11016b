// What becomes of jobs that were given up: who learns of them, and when do they begin anew?
import { GitHubFailure } from '../github/failure.js';
import type { JobQueue } from '../storage/queue.js';
import type { Dependencies } from './dependencies.js';
import { parseJobKey } from './job-key.js';
import { sendApart } from './send-apart.js';
import { blockGivenUp } from './stale-verdict.js';

/** After an outage that outlasted all attempts, everything comes right without a person. */
const ANEW_AFTER_MS = 3_600_000;
const APART_MS = 500;
const MOST = 200;
const SHOWN = 5;
const REASON_CHARACTERS = 300;

/** Takes back what is green and could not be judged, and begins anew what was given up an hour ago. */
export async function healGivenUp(deps: Dependencies): Promise<void> {
  const { queue } = deps.storage;
  const now = deps.now().getTime();
  const anew: string[] = [];
  for (const letter of (await queue.deadLetters()).slice(0, MOST)) {
    const key = parseJobKey(letter.key);
    // Of another version: it would only fail again.
    if (key === null) continue;
    if (key.kind === 'review') await takeBack(key, deps);
    if (now - letter.at.getTime() < ANEW_AFTER_MS) continue;
    deps.log.warn(
      { job: letter.key, why: withoutSecrets(letter.error) },
      'a job that was given up begins anew',
    );
    anew.push(letter.key);
  }
  await sendApart(deps.storage, anew, APART_MS, deps.now());
}

async function takeBack(target: Parameters<typeof blockGivenUp>[0], deps: Dependencies): Promise<void> {
  try {
    await blockGivenUp(target, deps);
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    // The next sweep tries again.
    deps.log.warn({ ...target, err: error }, 'could not say on GitHub that a pull request was not judged');
  }
}

export interface GivenUp {
  readonly count: number;
  /** Newest first. */
  readonly newest: readonly {
    readonly key: string;
    readonly reason: string;
    readonly attempts: number;
    readonly at: string;
  }[];
}

/** For the page that operators read. */
export async function describeGivenUp(queue: JobQueue): Promise<GivenUp> {
  const letters = await queue.deadLetters();
  const newest = letters.slice(0, SHOWN).map(({ key, error, attempts, at }) => ({
    key,
    reason: withoutSecrets(error),
    attempts,
    at: at.toISOString(),
  }));
  return { count: letters.length, newest };
}

/** Tokens and passwords do not get into messages of ours; what a library writes is not ours. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/\b(gh[a-z]_|github_pat_|v1\.)[A-Za-z0-9_.]{16,}/g, '[secret]')
    .replace(/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?/g, '[secret]')
    .replace(/-----BEGIN [\s\S]*?(-----END [A-Z ]+-----|$)/g, '[secret]')
    .replace(/\b(bearer|token|basic)\s+[^\s,;]{8,}/gi, '$1 [secret]')
    .replace(/(\w+:\/\/)[^\s/@]+@/g, '$1[secret]@')
    .replace(/\b(password|secret|token|key)(\s*[=:]\s*)[^\s,;]+/gi, '$1$2[secret]')
    .slice(0, REASON_CHARACTERS);
}
