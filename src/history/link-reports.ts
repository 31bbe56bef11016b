// Which changes does an incident issue blame, and which did a deployment of an older commit take out?

import type { NamedChange } from '../outcomes/change-name.js';
import { nameLiteral } from '../outcomes/change-name.js';
import { findRollbacks } from '../outcomes/rollbacks.js';
import type { Deployment, RecordedLink } from '../storage/ledger.js';
import { findNamed, withoutForeign } from './find-named.js';
import type { LinkedChange, Place } from './link-change.js';
import { keysOfNames } from './name-keys.js';

/** An incident blames what was merged before it was said. */
export async function linkIncident(
  { ledger, repoId, repository }: Place,
  issue: number,
): Promise<LinkedChange> {
  const incident = await ledger.findIncident(repoId, issue);
  if (incident === null || incident.namedAt === null) return { links: [], waits: [] };
  const links: RecordedLink[] = [];
  const waits: string[] = [];
  for (const cause of incident.causes as readonly NamedChange[]) {
    const names = withoutForeign(cause, repository.split('/')[1] ?? '');
    let found: string | null = null;
    for await (const { sha } of findNamed(ledger, repoId, names, {
      before: incident.namedAt,
      except: null,
    })) {
      found = sha;
      break;
    }
    if (found === null) waits.push(...keysOfNames(names));
    else if (!links.some(({ change }) => change === found))
      links.push({
        change: found,
        kind: 'incident',
        by: `#${issue}`,
        form: 'root-cause',
        named: String(nameLiteral(names[0]!)),
        proof: 'named',
        share: null,
        at: incident.namedAt,
      });
  }
  return { links, waits: [...new Set(waits)] };
}

/** Older ones were looked at when they were new. */
const MAX_DEPLOYMENTS = 200;

/**
 * Links by the deployments among the newest of an environment; `looked` are their ids. Of the oldest of them nobody
 * knows any more what ran before: what it said when that was known stands.
 */
export async function linkDeployments(
  { ledger, repoId }: Place,
  environment: string,
): Promise<{ readonly links: readonly RecordedLink[]; readonly looked: readonly string[] }> {
  const deployments = inTurn(await ledger.readDeployments(repoId, environment, MAX_DEPLOYMENTS));
  const deployed = await ledger.findChanges(
    repoId,
    deployments.map(({ sha }) => sha),
  );
  const place = new Map(deployed.map(({ sha }, index) => [sha, index]));
  const { rollbacks } = findRollbacks(deployments, (sha) => place.get(sha) ?? null);
  const links: RecordedLink[] = [];
  for (const { deployment, from, to, at } of rollbacks) {
    const named = `${environment}: ${from.slice(0, 10)} back to ${to.slice(0, 10)}`;
    for (const change of await ledger.findBetween(repoId, to, from))
      links.push({
        change,
        kind: 'rollback',
        by: deployment,
        form: 'deployment',
        named,
        proof: 'ancestry',
        share: null,
        at: Math.floor(Date.parse(at) / 1_000),
      });
  }
  return { links, looked: deployments.slice(1).map(({ id }) => id) };
}

/**
 * In the order of their success. Two that run at once may end in the wrong order: the success of a deployment that
 * was begun before the one that runs now is no rollback. GitHub counts its ids up.
 */
function inTurn(deployments: readonly Deployment[]): readonly Deployment[] {
  const ordered = deployments
    .filter(({ state }) => state === 'success')
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || Number(a.id) - Number(b.id));
  let newest = Number.NEGATIVE_INFINITY;
  return ordered.filter(({ id }) => {
    if (Number(id) <= newest) return false;
    newest = Number(id);
    return true;
  });
}
