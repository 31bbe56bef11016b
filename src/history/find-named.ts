// Which recorded change does a name mean?
// The surest name first; a title may be that of several changes, so the latest comes first.
import type { ChangeName, NamedChange } from '../outcomes/change-name.js';
import type { Ledger } from '../storage/ledger.js';
import { recordKey } from './name-keys.js';

export interface Candidate {
  readonly sha: string;
  readonly by: ChangeName;
}

const MAX_CANDIDATES = 5;
const ORDER = ['sha', 'revision', 'pull-request', 'title'] as const;

/** Changes that were merged at `before` or earlier, each once. `except`: whoever speaks does not mean itself. */
export async function* findNamed(
  ledger: Ledger,
  repoId: number,
  names: NamedChange,
  { before, except }: { readonly before: number; readonly except: string | null },
): AsyncGenerator<Candidate> {
  const seen = new Set<string>(except === null ? [] : [except]);
  for (const kind of ORDER)
    for (const name of names) {
      if (name.kind !== kind) continue;
      for (const sha of await shasOf(ledger, repoId, name, before)) {
        if (seen.has(sha)) continue;
        seen.add(sha);
        yield { sha, by: name };
      }
    }
}

async function shasOf(
  ledger: Ledger,
  repoId: number,
  name: ChangeName,
  before: number,
): Promise<readonly string[]> {
  const asked = recordKey(name);
  if (asked !== null) return ledger.findNamed(repoId, asked, before, MAX_CANDIDATES);
  const found =
    name.kind === 'sha'
      ? await ledger.findChange(repoId, { sha: name.sha })
      : name.kind === 'pull-request'
        ? await ledger.findChange(repoId, { pullRequest: name.number })
        : null;
  return found !== null && found.mergedAt <= before ? [found.sha] : [];
}

/** A pull request of another repository is none of ours. Owners change when a repository is transferred. */
export function withoutForeign(names: NamedChange, repo: string): NamedChange {
  return names.filter(
    (name) =>
      name.kind !== 'pull-request' ||
      name.repository === null ||
      name.repository.toLowerCase().split('/').at(-1) === repo.toLowerCase(),
  );
}
