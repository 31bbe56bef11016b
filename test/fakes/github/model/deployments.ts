// What is deployed where?
import { type Account, type Deployment, fullName, type Repository, type World } from './world.js';

export interface NewDeployment {
  readonly sha: string;
  readonly environment: string;
  readonly by: string;
  /** GitHub's default: true for an environment called `production`. */
  readonly isProduction?: boolean;
  readonly isTransient?: boolean;
}

export interface DeploymentHandle {
  readonly id: number;
  setState(state: 'in_progress' | 'success' | 'failure' | 'error' | 'inactive'): void;
}

export function createDeployment(
  world: World,
  repository: Repository,
  creator: Account,
  { sha, environment, isProduction, isTransient }: Omit<NewDeployment, 'by'>,
): DeploymentHandle {
  if (world.store.readCommit(sha) === undefined)
    throw new Error(`${fullName(repository)} has no commit ${sha}: GitHub refuses to deploy it.`);
  const deployment: Deployment = {
    id: world.nextId(),
    sha,
    environment,
    creator,
    isProduction: isProduction ?? environment === 'production',
    isTransient: isTransient ?? false,
    createdAt: world.now(),
  };
  return {
    id: deployment.id,
    setState(state) {
      const status = { id: world.nextId(), state, createdAt: world.now() };
      world.emit({
        name: 'deployment_status',
        action: 'created',
        repository,
        organization: null,
        sender: creator,
        payload: { deployment, status },
      });
    },
  };
}
