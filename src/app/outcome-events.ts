// What do issues and deployments say of merged changes, and who may say it?
// Only an incident's own label and text count, from people who may label it; only successes outside of previews.
import type { NamedChange } from '../outcomes/change-name.js';
import { isIncidentLabel, readIncidentCauses } from '../outcomes/incident-cause.js';
import type { Deployment } from '../storage/ledger.js';
import type { WebhookEvent } from './webhook-event.js';

export interface IncidentNews {
  readonly issue: number;
  /** Empty: it blames nobody, or no longer. */
  readonly causes: readonly NamedChange[];
  readonly asOf: Date;
}

type IssueEvent = Extract<WebhookEvent, { name: 'issues' }>;
type DeploymentEvent = Extract<WebhookEvent, { name: 'deployment_status' }>;

/** `null`: nothing that the ledger has use for. */
export function readIncidentNews(event: IssueEvent): IncidentNews | null {
  const { action, issue, label } = event;
  const labels = issue.labels.map(({ name }) => name);
  const news = (causes: readonly NamedChange[]) => ({
    issue: issue.number,
    causes,
    asOf: issue.updated_at,
  });
  const causes = () => readIncidentCauses({ labels, title: issue.title, body: issue.body ?? '' });
  const isLabelled = labels.some((name) => isIncidentLabel(name));
  switch (action) {
    case 'opened':
    case 'edited':
      return isLabelled && isVouched(event) ? news(causes()) : null;
    case 'labeled':
      return isLabelled && isVouched(event) && (label == null || isIncidentLabel(label.name))
        ? news(causes())
        : null;
    case 'unlabeled':
      if (label != null && !isIncidentLabel(label.name)) return null;
      return isLabelled ? null : news([]);
    case 'deleted':
    case 'transferred':
      return isLabelled ? news([]) : null;
    default:
      return null;
  }
}

/** https://docs.github.com/graphql/reference/enums#commentauthorassociation */
const INSIDERS = ['OWNER', 'MEMBER', 'COLLABORATOR'];

/**
 * Labels and other people's issues need triage rights, but a stranger's own issue may carry a label that its
 * template sets, and may be reworded after somebody labelled it.
 */
function isVouched({ sender, issue }: IssueEvent): boolean {
  return sender.type === 'Bot' || sender.id !== issue.user?.id || INSIDERS.includes(issue.author_association);
}

/** Places where older commits are tried out, by their usual names. */
const TRIAL =
  /(?:^|[^a-z])(?:previews?|staging|stage|stg|test|tests|testing|qa|uat|dev|develop|development|sandbox|review|demo|ci|pr)(?:[^a-z]|$)/i;

const ENVIRONMENT_CHARACTERS = 200;

/** `null`: no success, or of an environment where an older commit is no failure of the newer ones. */
export function readDeployment(event: DeploymentEvent): Deployment | null {
  const { deployment, deployment_status: status } = event;
  if (status.state !== 'success') return null;
  const { transient_environment: isTransient, production_environment: isProduction } = deployment;
  if (!isProduction && (isTransient || TRIAL.test(deployment.environment))) return null;
  return {
    id: String(deployment.id),
    environment: deployment.environment.slice(0, ENVIRONMENT_CHARACTERS),
    sha: deployment.sha,
    state: status.state,
    at: status.created_at.toISOString(),
  };
}
