// Which deployments took an environment back, and which changes did they take out?
// A success of an older commit after a newer one is a rollback; failures and inactive states say nothing.

export interface DeploymentStatus {
  /** GitHub's id of the deployment. */
  readonly id: string;
  readonly environment: string;
  readonly sha: string;
  readonly state: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface Rollback {
  readonly environment: string;
  readonly deployment: string;
  /** What ran before, and what runs now. */
  readonly from: string;
  readonly to: string;
  readonly at: string;
  /** Positions on the trunk that were taken out, oldest first: after `to`, up to and with `from`. */
  readonly undone: { readonly first: number; readonly last: number };
}

export interface RollbackReading {
  readonly rollbacks: readonly Rollback[];
  /** Deployed commits whose place on the trunk is not known: nothing is concluded from them. */
  readonly unknown: readonly string[];
}

/** `positionOf` counts along the trunk, oldest first; `null` for a commit not on it or not known. */
export function findRollbacks(
  statuses: readonly DeploymentStatus[],
  positionOf: (sha: string) => number | null,
): RollbackReading {
  const current = new Map<string, DeploymentStatus & { readonly position: number }>();
  const rollbacks: Rollback[] = [];
  const unknown = new Set<string>();
  for (const status of inOrder(statuses)) {
    if (status.state !== 'success') continue;
    const position = positionOf(status.sha);
    if (position === null) {
      unknown.add(status.sha);
      // What runs now is not known, so the next success has nothing to be compared with.
      current.delete(status.environment);
      continue;
    }
    const before = current.get(status.environment);
    // The same deployment reports success more than once.
    if (before !== undefined && position < before.position && before.id !== status.id)
      rollbacks.push({
        environment: status.environment,
        deployment: status.id,
        from: before.sha,
        to: status.sha,
        at: status.at,
        undone: { first: position + 1, last: before.position },
      });
    current.set(status.environment, { ...status, position });
  }
  return { rollbacks, unknown: [...unknown] };
}

function inOrder(statuses: readonly DeploymentStatus[]): readonly DeploymentStatus[] {
  return [...statuses].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
